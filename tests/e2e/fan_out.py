"""One call of a guest has many requests of its own in flight."""

from harness.client import request
from harness.guests import guest
from harness.server import Server
from harness.upstream import Upstream

REQUESTS = 16
HTTP_REQUEST_DENIED = 15


def fan_out(suite):
    with Upstream() as upstream, Server(suite.host, guest("fan-out"), outbound=[upstream.url]) as server:
        for _ in range(2):
            reply = request(server.port, f"/?port={upstream.port}", guard=30)
            lines = sorted(reply.text.splitlines())
            expected = [f"{i} status 200" for i in range(REQUESTS)]
            if suite.host.is_weir:
                expected.append(f"{REQUESTS} error {HTTP_REQUEST_DENIED}")
            else:
                # The peer grants every address, and this one does not resolve.
                lines = [line for line in lines if not line.startswith(f"{REQUESTS} ")]
            assert reply.complete and lines == sorted(expected), reply


def run(suite):
    suite.run("a guest sends sixteen requests at once and polls for all of them", lambda: fan_out(suite))
