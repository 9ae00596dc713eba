"""Outgoing https: the reverse proxy in front of TLS servers of others."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

from harness.proxy import Proxy, curl, fetched, status_of
from harness.suite import Skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def program(*command, port):
    """A server program that listens on the port after a moment."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not installed")
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < deadline, process.stderr.read().decode()
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


class ScriptedServer:
    """A TLS server of Python's; `serve(connection, request)` answers each request's head. A context manager."""

    def __init__(self, files, serve):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*files)
        self.serve = serve
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(plain,), daemon=True).start()

    def handle(self, plain):
        with contextlib.suppress(OSError, ssl.SSLError):
            plain.settimeout(20)
            with self.context.wrap_socket(plain, server_side=True) as connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (part := connection.recv(4096)):
                        return
                    head += part
                self.serve(connection, head)

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def run(suite, authority):
    weir = suite.options.weir
    good = authority.issue("localhost")

    def to(port, *more, **how):
        return Proxy(weir, f"https://localhost:{port}", "--no-system-ca", "--ca-file", authority.file, *more, **how)

    def s_server(*more, files=good):
        port = free_port()
        return port, program(
            "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", files[0], "-key", files[1], "-www", *more, port=port
        )

    def openssl(version, name):
        port, server = s_server(version)
        with server, to(port) as proxy:
            assert name in fetched(proxy.url).decode()

    def resumption(version):
        port, server = s_server(version)
        with server, to(port, threads=1) as proxy:
            pages = [fetched(proxy.url).decode() for _ in range(3)]
            assert "New, TLS" in pages[0], pages[0]
            assert all("Reused, TLS" in page for page in pages[1:]), pages

    def gnutls(priority):
        port = free_port()
        server = program(
            "gnutls-serv", "--http", "--port", port, "--x509certfile", good[0], "--x509keyfile", good[1], "--priority",
            f"NORMAL:-VERS-ALL:+VERS-{priority}", "--disable-client-cert", port=port,
        )  # fmt: skip
        with server, to(port) as proxy:
            page = fetched(proxy.url).decode()
            assert priority in page, page

    def client_certificate():
        mine = authority.issue("somebody")
        port, server = s_server("-Verify", "1", "-CAfile", authority.file, "-verify_return_error")
        with server:
            with to(port, "--client-cert", mine[0], "--client-key", mine[1]) as proxy:
                page = fetched(proxy.url).decode()
                assert "Client certificate" in page and "somebody" in page, page
            with to(port) as proxy:
                assert status_of(proxy.url) == 502

    def refused(files, reason, *trust):
        port, server = s_server(files=files)
        with server, Proxy(weir, f"https://localhost:{port}", "--no-system-ca", *trust) as proxy:
            assert status_of(proxy.url) == 502
            proxy.wait_for_line(rf"refused: the server's certificate: .*{reason}")

    def not_tls():
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def serve():
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            with to(listener.getsockname()[1]) as proxy:
                assert status_of(proxy.url) == 502
            thread.join(5)

    def large():
        content = bytes(range(256)) * 20_000

        def serve(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)

        with ScriptedServer(good, serve) as server, to(server.port) as proxy:
            assert fetched(proxy.url) == content

    def truncated():
        # The connection ends, TLS does not: an attacker's doing as far as anybody knows.
        def serve(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nonly a part")
            time.sleep(0.2)
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
            connection.close()

        with ScriptedServer(good, serve) as server, to(server.port) as proxy:
            status, _, error = curl(proxy.url)
            assert status != 0, "a truncated response looks whole"
            assert re.search(r"transfer closed|reset|outstanding|unexpected|Malformed|chunk", error, re.I), error

    def whole():
        def serve(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nall of it")
            connection.unwrap()

        with ScriptedServer(good, serve) as server, to(server.port) as proxy:
            assert fetched(proxy.url) == b"all of it"

    suite.run("outgoing: openssl s_server, TLS 1.3", lambda: openssl("-tls1_3", "TLSv1.3"))
    suite.run("outgoing: openssl s_server, TLS 1.2", lambda: openssl("-tls1_2", "TLSv1.2"))
    suite.run("outgoing: sessions are resumed, TLS 1.3", lambda: resumption("-tls1_3"))
    suite.run("outgoing: sessions are resumed, TLS 1.2", lambda: resumption("-tls1_2"))
    suite.run("outgoing: gnutls-serv, TLS 1.3", lambda: gnutls("TLS1.3"))
    suite.run("outgoing: gnutls-serv, TLS 1.2", lambda: gnutls("TLS1.2"))
    suite.run("outgoing: a server that wants a client's certificate", client_certificate)
    suite.run("outgoing: an authority that nobody trusts", lambda: refused(good, "issuer"))
    suite.run(
        "outgoing: a certificate for another host",
        lambda: refused(authority.issue("x", "DNS:other.test"), "Hostname mismatch", "--ca-file", authority.file),
    )
    suite.run(
        "outgoing: an expired certificate",
        lambda: refused(authority.issue("x", expired=True), "expired", "--ca-file", authority.file),
    )
    suite.run("outgoing: a server that speaks no TLS", not_tls)
    suite.run("outgoing: a large response", large)
    suite.run("outgoing: a response that is cut below TLS is no response", truncated)
    suite.run("outgoing: a response that TLS ends is one", whole)
