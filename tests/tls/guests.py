"""Guests: their own https requests, and being served over https."""

import threading

from harness.client import request
from harness.guests import guest
from harness.proxy import fetched
from harness.server import Server
from tls.outgoing import ScriptedServer


def run(suite, authority):
    good = authority.issue("localhost")

    def hello(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: close\r\n\r\nhello over https!\n")

    def serving(outbound, *more):
        return Server(suite.host, guest("e2e-c"), outbound=outbound, more=[str(word) for word in more])

    def sends_https():
        with ScriptedServer(good, hello) as upstream:
            url = f"https://localhost:{upstream.port}"
            with serving([url], "--no-system-ca", "--ca-file", authority.file) as server:
                reply = request(server.port, f"/fetch?url={url}/")
                assert reply.status == 200 and reply.text == "hello over https!\n", reply
                # The pattern names https alone.
                reply = request(server.port, f"/fetch?url=http://localhost:{upstream.port}/")
                assert reply.status == 502, reply

    def does_not_trust_anybody():
        with ScriptedServer(good, hello) as upstream:
            url = f"https://localhost:{upstream.port}"
            with serving([url]) as server:
                reply = request(server.port, f"/fetch?url={url}/")
                assert reply.status == 502 and reply.text.startswith("error"), reply
                server.wait_for_line(server.stderr, "refused: the server's certificate: .*--ca-file")

    def hears_which_flag_would_allow():
        with serving([]) as server:
            assert request(server.port, "/fetch?url=https://example.com/").status == 502
            server.wait_for_line(server.stderr, r"allow it with --allow-outbound https://example\.com:443")

    def is_served():
        with serving([], "--tls-cert", good[0], "--tls-key", good[1]) as server:
            url = f"https://localhost:{server.port}"
            assert fetched("--cacert", authority.file, f"{url}/hello") == b"Hello, world!\n"
            assert fetched("--cacert", authority.file, "-d", "x" * 100_000, f"{url}/echo") == b"x" * 100_000

    def calls_its_own_server_at_the_request_limit():
        # Both places are taken by requests whose guests ask the same server: it must answer somehow.
        command = ["--max-requests", "2"]
        with serving(["127.0.0.1:*"], *command) as server:
            replies = []

            def ask():
                replies.append(request(server.port, f"/fetch?url=http://127.0.0.1:{server.port}/hello", guard=30))

            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert len(replies) == 4 and all(reply.complete for reply in replies), replies
            assert all(reply.status in (200, 502, 503) for reply in replies), replies
            assert request(server.port, "/hello").status == 200

    suite.run("guests: https to a server that is trusted", sends_https)
    suite.run("guests: https to a server that is not", does_not_trust_anybody)
    suite.run("guests: a refused destination is logged with its flag", hears_which_flag_would_allow)
    suite.run("guests: are served over https", is_served)
    suite.run("guests: may call their own server at the request limit", calls_its_own_server_at_the_request_limit)
