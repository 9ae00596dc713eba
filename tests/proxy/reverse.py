"""The reverse proxy between curl and scripted upstreams."""

import os
import re
import socket
import subprocess
import tempfile
import threading

from harness.proxy import Proxy, curl, fetched, status_of
from harness.raw_upstream import RawUpstream, converse, read_head, read_until
from harness.upstream import Upstream


def fields_of(seen):
    return [(name.lower(), value) for name, value in seen[2]]


def run(suite):
    weir = suite.options.weir

    def between(serve, *more):
        upstream = RawUpstream(serve)
        return upstream, Proxy(weir, upstream.url, *more)

    def methods():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                out = fetched("-X", method, "-d", method.lower(), f"{proxy.url}/echo?a=%2F&b")
                assert out == method.lower().encode()
                assert upstream.seen[-1][:2] == (method, "/echo?a=%2F&b"), upstream.seen[-1]
            assert fetched("-I", f"{proxy.url}/large").lower().count(b"content-length: 1048576") == 1

    def statuses():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            for status in (200, 201, 204, 301, 304, 401, 404, 418, 500, 503):
                assert status_of(f"{proxy.url}/status/{status}") == status

    def fields():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            fetched(
                "-H", "X-Case: Kept", "-H", "X-Twice: 1", "-H", "X-Twice: 2", "-H", "Connection: X-Hop, keep-alive",
                "-H", "X-Hop: secret", "-H", "Proxy-Connection: keep-alive", "-H", "Proxy-Authorization: secret",
                "-H", "Via: 1.0 before", "-H", "Forwarded: for=192.0.2.1", "-H", "Host: front.test", f"{proxy.url}/echo",
            )  # fmt: skip
            raw = upstream.seen[-1][2]
            seen = fields_of(upstream.seen[-1])
            assert ("X-Case", "Kept") in raw
            assert [value for name, value in seen if name == "x-twice"] == ["1", "2"]
            assert [value for name, value in seen if name == "host"] == [f"127.0.0.1:{upstream.port}"]
            assert [value.split("-")[0] for name, value in seen if name == "via"] == ["1.0 before", "1.1 weir"]
            forwarded = [value for name, value in seen if name == "forwarded"]
            assert forwarded[0] == "for=192.0.2.1" and len(forwarded) == 2, forwarded
            assert re.fullmatch(r'for="127\.0\.0\.1:\d+";host=front\.test;proto=http', forwarded[1]), forwarded
            names = [name for name, _ in seen]
            assert not {"x-hop", "proxy-connection", "proxy-authorization", "keep-alive"} & set(names), names
            connection = [value for name, value in seen if name == "connection"]
            assert connection in ([], ["TE"]), connection

    def keeps_the_host():
        with Upstream() as upstream, Proxy(weir, upstream.url, "--keep-host") as proxy:
            fetched("-H", "Host: front.test:81", f"{proxy.url}/echo")
            assert [value for name, value in fields_of(upstream.seen[-1]) if name == "host"] == ["front.test:81"]

    def says_why_in_proxy_status():
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with Proxy(weir, f"http://127.0.0.1:{port}") as proxy:
            text = fetched("-i", proxy.url).lower()
            assert re.search(rb"\r\nproxy-status: weir-[0-9a-f]{8}; error=connection_refused\r\n", text), text
        for answer, error in (
            (b"nonsense\r\n\r\n", b"http_protocol_error"),
            (b"HTTP/1.1 200 OK\r\nContent-Le", b"http_response_incomplete"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", b"http_response_header_s"),
        ):

            def serve(connection, answer=answer):
                read_head(connection)
                connection.sendall(answer)

            upstream, proxy = between(serve)
            with upstream, proxy:
                text = fetched("-i", proxy.url).lower()
                assert text.startswith(b"http/1.1 502 ") and b"; error=" + error in text, text
        # An upstream's own answer says nothing of the kind.
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            assert b"proxy-status" not in fetched("-i", f"{proxy.url}/status/502").lower()

    def response_fields():
        def serve(connection):
            read_head(connection)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: a\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a=1\r\n"
                b"Set-Cookie: b=2\r\nX-CaSe: k\r\nContent-Length: 2\r\n\r\nok"
            )
            read_head(connection)

        upstream, proxy = between(serve)
        with upstream, proxy:
            text = fetched("-i", proxy.url)
            assert b"X-Hop" not in text and b"Keep-Alive" not in text, text
            assert b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-CaSe: k\r\n" in text, text
            assert text.count(b"Via: 1.1 weir-") == 1, text

    def bodies():
        content = os.urandom(2_000_000)
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy, tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            for more in ([], ["-H", "Transfer-Encoding: chunked"]):
                assert fetched(*more, "-X", "POST", "-T", file.name, f"{proxy.url}/echo") == content, more
            assert fetched(f"{proxy.url}/chunks") == b"chunk 0\nchunk 1\nchunk 2\n"
            assert fetched(f"{proxy.url}/large") == bytes(range(256)) * 4096

    def streaming():
        # The first part of each direction arrives before the second is sent.
        def serve(connection):
            data = read_until(connection, b"first")
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nFIRST\r\n")
            read_until(connection, b"second")
            connection.sendall(b"6\r\nSECOND\r\n0\r\n\r\n")
            assert b"first" in data

        upstream, proxy = between(serve)
        with upstream, proxy, socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            read_until(client, b"FIRST")
            client.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            assert b"SECOND" in read_until(client, b"SECOND")

    def interim():
        def serve(connection):
            read_head(connection)
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        upstream, proxy = between(serve)
        with upstream, proxy:
            text = converse(proxy.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            statuses = re.findall(rb"^HTTP/1\.1 (\d+)", text, re.M)
            assert statuses == [b"103", b"102", b"200"], text
            assert b"Link: </a>" in text
            # HTTP/1.0 has none.
            text = converse(proxy.port, b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
            assert re.findall(rb"^HTTP/1\.1 (\d+)", text, re.M) == [b"200"], text

    def continues():
        polled = []

        def serve(connection):
            head = read_head(connection)
            assert b"Expect: 100-continue" in head
            connection.settimeout(0.3)
            try:
                polled.append(connection.recv(100))
            except socket.timeout:
                polled.append(None)
            connection.settimeout(20)
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            read_until(connection, b"content")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        upstream, proxy = between(serve)
        with upstream, proxy, socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n")
            assert read_head(client).startswith(b"HTTP/1.1 100 "), "no 100"
            client.sendall(b"content")
            assert b"200 OK" in read_until(client, b"ok")
            assert polled == [None], polled

    def refuses_before_the_body():
        def serve(connection):
            read_head(connection)
            connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
            read_head(connection)

        upstream, proxy = between(serve)
        with upstream, proxy, socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n")
            text = read_until(client, b"no")
            assert text.startswith(b"HTTP/1.1 401 "), text

    def answered_with_trailers(trailers):
        def serve(connection):
            head = read_head(connection)
            assert b"TE: trailers" in head, head
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\n" + trailers + b"\r\n"
            )

        upstream, proxy = between(serve)
        with upstream, proxy:
            return converse(proxy.port, b"GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n")

    def trailers():
        text = answered_with_trailers(b"X-Sum: 1\r\n")
        assert text.endswith(b"2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"), text

    def framing_among_trailers_is_cut():
        text = answered_with_trailers(b"X-Sum: 1\r\nContent-Length: 9\r\n")
        assert text.endswith(b"2\r\nok\r\n"), text

    def request_trailers():
        seen = []

        def serve(connection):
            seen.append(read_until(connection, b"\r\n0\r\nX-Sum: 1\r\n\r\n"))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        upstream, proxy = between(serve)
        with upstream, proxy:
            text = converse(
                proxy.port,
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                b"2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n",
            )
            assert b"200 OK" in text and seen[0].endswith(b"X-Sum: 1\r\n\r\n"), (text, seen)

    def truncation():
        for body in (
            b"Content-Length: 100\r\n\r\nonly this",
            b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ):

            def serve(connection, body=body):
                read_head(connection)
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + body)

            upstream, proxy = between(serve)
            with upstream, proxy:
                status, _, error = curl(proxy.url)
                assert status in (18, 56), (body, status, error)

    def resets():
        # A connection that ends after each number of bytes never looks like a whole response.
        response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        cut = [0]

        def serve(connection):
            read_head(connection)
            connection.sendall(response[: cut[0]])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        upstream, proxy = between(serve)
        with upstream, proxy:
            for cut[0] in range(len(response)):
                text = converse(proxy.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                whole = text.startswith(b"HTTP/1.1 200") and text.endswith(b"0\r\n\r\n")
                assert not whole, (cut, text)

    def gone():
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with Proxy(weir, f"http://127.0.0.1:{port}") as proxy:
            assert status_of(proxy.url) == 502

    def too_slow():
        def serve(connection):
            read_head(connection)
            threading.Event().wait(5)

        upstream, proxy = between(serve, "--timeout", "1s")
        with upstream, proxy:
            assert status_of(proxy.url) == 504

    def kept_connections():
        with Upstream() as upstream, Proxy(weir, upstream.url, threads=1) as proxy:
            for _ in range(20):
                fetched(f"{proxy.url}/echo", "-d", "x")

        def serve(connection):
            while read_head(connection):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        raw = RawUpstream(serve)
        with raw, Proxy(weir, raw.url, threads=1) as proxy:
            for _ in range(20):
                assert fetched(proxy.url) == b"ok"
            assert raw.connections == 1, raw.connections

    def retries():
        # A kept connection that the upstream closes just then costs no request that may be repeated.
        def serve(connection):
            read_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            read_head(connection)

        raw = RawUpstream(serve)
        with raw, Proxy(weir, raw.url, threads=1) as proxy:
            for _ in range(10):
                assert fetched(proxy.url) == b"ok"
            assert raw.connections == 10, raw.connections

    def loops():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            [weir, "proxy", f"http://127.0.0.1:{port}", "--addr", f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True
        )
        try:
            assert "Serving" in process.stderr.readline()
            assert status_of(f"http://127.0.0.1:{port}/") == 508
        finally:
            process.kill()
            process.wait()

    def max_forwards():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            assert status_of("-X", "OPTIONS", "-H", "Max-Forwards: 0", f"{proxy.url}/echo") == 200
            assert upstream.seen == []
            fetched("-X", "OPTIONS", "-H", "Max-Forwards: 3", f"{proxy.url}/echo")
            assert ("max-forwards", "2") in fields_of(upstream.seen[0])

    def many_at_once():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy, tempfile.TemporaryDirectory() as folder:
            targets = [part for i in range(100) for part in (f"{proxy.url}/large?{i}", "-o", f"{folder}/{i}")]
            fetched("--parallel", "--parallel-max", "50", *targets)
            wanted = bytes(range(256)) * 4096
            for i in range(100):
                with open(f"{folder}/{i}", "rb") as file:
                    assert file.read() == wanted, i

    def back_pressure():
        # A client that does not read stops the upstream, and costs the proxy little.
        sent = [0]
        stopped = threading.Event()

        def serve(connection):
            read_head(connection)
            size = 200 << 20
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            connection.settimeout(2)
            block = bytes(1 << 16)
            try:
                while sent[0] < size:
                    connection.sendall(block)
                    sent[0] += len(block)
            except socket.timeout:
                pass
            stopped.set()

        upstream, proxy = between(serve)
        with upstream, proxy, socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
            before = proxy.resident_kib()
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert stopped.wait(30)
            assert sent[0] < 100 << 20, sent
            assert proxy.resident_kib() - before < 8 << 10

    def upgrades():
        def serve(connection):
            head = read_head(connection)
            assert b"Upgrade: echo\r\n" in head and b"upgrade" in head.lower().split(b"connection:")[1], head
            connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nfirst")
            while part := connection.recv(4096):
                connection.sendall(part)

        upstream, proxy = between(serve)
        with upstream, proxy, socket.create_connection(("127.0.0.1", proxy.port), 20) as client:
            client.sendall(b"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
            text = read_until(client, b"first")
            assert text.startswith(b"HTTP/1.1 101 ") and b"pgrade: echo" in text, text
            client.sendall(b"ping")
            assert read_until(client, b"ping") == b"ping"
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100) == b""

    def refuses_to_upgrade():
        # An upstream that answers an offer of another protocol in HTTP.
        def serve(connection):
            read_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        upstream, proxy = between(serve)
        with upstream, proxy:
            assert fetched("-H", "Connection: upgrade", "-H", "Upgrade: echo", proxy.url) == b"ok"

    def connect_is_not_its_job():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            text = converse(proxy.port, b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n")
            assert re.match(rb"HTTP/1\.1 (400|405|501) ", text), text
            assert upstream.seen == []

    def bad_usage():
        for arguments, status, reason in (
            (["ftp://a"], 2, "scheme other than http and https"),
            (["a.test"], 2, "has no scheme"),
            (["http://a.test/path"], 2, "has a path"),
            ([], 2, "name an upstream"),
            (["http://a.test", "--forward"], 2, "excludes"),
            (["http://a.test", "--allow-outbound", "*"], 2, "--forward"),
        ):
            done = subprocess.run([weir, "proxy", *arguments], capture_output=True, text=True, timeout=20)
            assert done.returncode == status and reason in done.stderr, (arguments, done)

    for name, case in list(locals().items()):
        if callable(case) and name not in ("between", "answered_with_trailers"):
            suite.run(f"reverse: {name.replace('_', ' ')}", case)
