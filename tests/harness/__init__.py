"""What the suites under tests/ share: guests, servers under test, an HTTP client that sees cuts, an upstream server."""
