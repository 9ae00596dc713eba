"""The forward proxy: absolute-form requests and tunnels, under the policy."""

import re
import socket

from harness.proxy import Proxy, curl, fetched, status_of
from harness.raw_upstream import RawUpstream, converse, read_head, read_until
from harness.upstream import Upstream


def run(suite):
    weir = suite.options.weir

    def absolute_form():
        with Upstream() as upstream, Proxy(weir, "--forward", "--allow-outbound", "127.0.0.1:*") as proxy:
            assert fetched("-x", proxy.url, "-d", "hello", f"{upstream.url}/echo?a=b") == b"hello"
            method, path, fields, _ = upstream.seen[-1]
            assert (method, path) == ("POST", "/echo?a=b")
            names = [name.lower() for name, _ in fields]
            assert names.count("via") == 1 and names.count("forwarded") == 1
            assert "proxy-connection" not in names
            assert dict(fields)["Host"] == f"127.0.0.1:{upstream.port}"

    def denied():
        with Upstream() as upstream, Proxy(weir, "--forward", "--allow-outbound", "example.com") as proxy:
            assert status_of("-x", proxy.url, upstream.url) == 403
            proxy.wait_for_line(rf"refused: nothing allows it; allow it with --allow-outbound http://127.0.0.1:{upstream.port}")
            assert upstream.seen == []

    def private_addresses():
        with Upstream() as upstream:
            target = f"http://localhost:{upstream.port}/"
            with Proxy(weir, "--forward", "--allow-outbound", "*:*") as proxy:
                for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "127.0.0.1.", "0.0.0.0", "[::1]", "10.0.0.1"):
                    url = f"http://{host}:{upstream.port}/"
                    assert status_of("-x", proxy.url, "--globoff", url) in (400, 502), host
                proxy.wait_for_line("its address is private; allow it with --allow-outbound private")
                assert upstream.seen == []
            with Proxy(weir, "--forward", "--allow-outbound", "*:*", "--allow-outbound", "private") as proxy:
                assert status_of("-x", proxy.url, target) == 200
            with Proxy(weir, "--forward", "--allow-outbound", "localhost:*") as proxy:
                assert status_of("-x", proxy.url, target) == 200

    def tunnels():
        with Upstream() as upstream, Proxy(weir, "--forward", "--allow-outbound", "127.0.0.1:*") as proxy:
            # curl makes a tunnel for plain HTTP with -p.
            assert fetched("-p", "-x", proxy.url, "-d", "hello", f"{upstream.url}/echo") == b"hello"
            names = [name.lower() for name, _ in upstream.seen[-1][2]]
            assert "via" not in names, names
            assert fetched("-p", "-x", proxy.url, f"{upstream.url}/large") == bytes(range(256)) * 4096

    def tunnels_carry_what_follows_at_once():
        # What the client sends with its CONNECT, and half-closes on both sides.
        def serve(connection):
            data = b""
            while part := connection.recv(4096):
                data += part
            connection.sendall(b"got " + data)

        with RawUpstream(serve) as upstream, Proxy(weir, "--forward", "--allow-outbound", "127.0.0.1:*") as proxy:
            target = f"127.0.0.1:{upstream.port}"
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
                client.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\nearly ".encode())
                assert read_head(client).startswith(b"HTTP/1.1 200 ")
                client.sendall(b"and late")
                client.shutdown(socket.SHUT_WR)
                assert read_until(client, b"late") == b"got early and late"
                assert client.recv(100) == b""

    def tunnels_are_under_the_policy():
        with Upstream() as upstream, Proxy(weir, "--forward", "--allow-outbound", "example.com:*") as proxy:
            status, _, error = curl("-p", "-x", proxy.url, upstream.url)
            assert status == 56 and "403" in error, (status, error)
            assert upstream.seen == []

    def tunnels_need_a_port():
        with Proxy(weir, "--forward", "--allow-outbound", "*:*") as proxy:
            for target in ("a.test", "a.test:0", "a.test:99999", "http://a.test/", "u@a.test:1"):
                text = converse(proxy.port, f"CONNECT {target} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode(), until=b"\r\n\r\n")
                assert re.match(rb"HTTP/1\.1 4\d\d ", text), (target, text)

    for name, case in list(locals().items()):
        if callable(case):
            suite.run(f"forward: {name.replace('_', ' ')}", case)
