"""Incoming https: clients of others against Weir's server."""

import contextlib
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from harness.proxy import Proxy, curl, fetched
from harness.suite import Skip
from harness.upstream import Upstream
from peers.hostile import raised_limit
from peers.native import PROGRAM, Native


def s_client(port, *more, say="", guard=20):
    """What `openssl s_client` prints."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *map(str, more)],
        input=say.encode(), capture_output=True, timeout=guard,
    )  # fmt: skip
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def run(suite, authority):
    weir = suite.options.weir
    good = authority.issue("localhost")

    def over(upstream, *more, files=(good,)):
        pairs = [flag for certificate, key in files for flag in ("--tls-cert", certificate, "--tls-key", key)]
        return Proxy(weir, upstream.url, *pairs, *more)

    def trusting(**more):
        return ssl.create_default_context(cafile=str(authority.file), **more)

    def with_curl(version):
        with Upstream() as upstream, over(upstream) as proxy:
            out = fetched(
                "--cacert", authority.file, f"--tlsv{version}", "--tls-max", version, "-d", "hello", "-w",
                "%{ssl_verify_result} %{http_version}", f"{proxy.secure_url}/echo",
            )  # fmt: skip
            assert out == b"hello0 1.1", out
            many = [f"{proxy.secure_url}/status/{status}" for status in (200, 404, 503)]
            assert b"status 503" in fetched("--cacert", authority.file, *many)

    def large_both_ways():
        with Upstream() as upstream, over(upstream) as proxy, tempfile.NamedTemporaryFile() as file:
            content = os.urandom(3_000_000)
            file.write(content)
            file.flush()
            out = fetched("--cacert", authority.file, "--data-binary", f"@{file.name}", f"{proxy.secure_url}/echo")
            assert out == content

    def versions():
        with Upstream() as upstream, over(upstream) as proxy:
            for version in ("-tls1", "-tls1_1"):
                text = s_client(proxy.port, version, "-cipher", "ALL:@SECLEVEL=0")
                assert "Cipher is (NONE)" in text, text
            for version, name in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
                text = s_client(proxy.port, version)
                assert f"New, {name}, Cipher is" in text, text
            # No forward secrecy, no authenticated encryption.
            for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"):
                assert "Cipher is (NONE)" in s_client(proxy.port, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0"), cipher

    def alpn():
        with Upstream() as upstream, over(upstream) as proxy:
            assert "ALPN protocol: http/1.1" in s_client(proxy.port, "-alpn", "h2,http/1.1")
            assert "No ALPN negotiated" in s_client(proxy.port)
            # RFC 7301 section 3.2
            assert "alert number 120" in s_client(proxy.port, "-alpn", "h2")

    def sni():
        files = [
            good,
            authority.issue("one", "DNS:one.test"),
            authority.issue("two", "DNS:two.test,DNS:*.two.test"),
        ]
        with Upstream() as upstream, over(upstream, files=files) as proxy:
            for name, subject in (("one.test", "one"), ("two.test", "two"), ("a.two.test", "two"), ("none.test", "localhost")):
                text = s_client(proxy.port, "-servername", name)
                assert f"subject=CN = {subject}\n" in text, (name, text)
            assert "subject=CN = localhost\n" in s_client(proxy.port, "-noservername")

    def two_kinds_of_key():
        files = [good, authority.issue("rsa", kind="rsa")]
        with Upstream() as upstream, over(upstream, files=files) as proxy:
            for algorithm, subject in (("ecdsa_secp256r1_sha256", "localhost"), ("rsa_pss_rsae_sha256", "rsa")):
                text = s_client(proxy.port, "-servername", "localhost", "-sigalgs", algorithm)
                assert f"subject=CN = {subject}\n" in text, (algorithm, text)

    def resumption(version):
        with Upstream() as upstream, over(upstream) as proxy, tempfile.NamedTemporaryFile() as file:
            # In TLS 1.3 the tickets come after the handshake.
            say = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            common = [version, "-CAfile", authority.file, "-ign_eof"]
            first = s_client(proxy.port, *common, "-sess_out", file.name, say=say)
            assert "New, TLS" in first, first
            second = s_client(proxy.port, *common, "-sess_in", file.name, say=say)
            assert "Reused, TLS" in second, second
            assert "upstream says hello" in second, second

    def early_tickets():
        """They come before any request: until something comes Nagle's algorithm may hold a client's first one back."""
        with Upstream() as upstream, over(upstream) as proxy:
            plain = socket.create_connection(("127.0.0.1", proxy.port), 20)
            with trusting().wrap_socket(plain, server_hostname="localhost") as connection:
                assert connection.version() == "TLSv1.3", connection.version()
                connection.settimeout(0.1)
                deadline = time.monotonic() + 20
                while not connection.session.has_ticket:
                    assert time.monotonic() < deadline, "no tickets"
                    with contextlib.suppress(TimeoutError):
                        assert connection.recv(1) is None, "more than tickets"
                connection.settimeout(20)
                connection.sendall(b"GET /status/404 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b" 404 " in connection.recv(4096)

    def client_certificates():
        mine = authority.issue("somebody")
        with Upstream() as upstream, over(upstream, "--tls-client-ca", authority.file) as proxy:
            url = f"{proxy.secure_url}/echo"
            out = fetched("--cacert", authority.file, "--cert", mine[0], "--key", mine[1], "-d", "x", url)
            assert out == b"x"
            status, _, error = curl("--cacert", authority.file, url)
            assert status in (35, 56), (status, error)
        with Upstream() as upstream, over(upstream, "--tls-client-ca", authority.file, "--tls-client-optional") as proxy:
            assert fetched("--cacert", authority.file, "-d", "x", f"{proxy.secure_url}/echo") == b"x"

    def reload():
        with Upstream() as upstream, tempfile.TemporaryDirectory() as folder:
            shown = f"{folder}/shown.pem", f"{folder}/shown.key"
            for source, target in zip(good, shown):
                shutil.copy(source, target)
            with over(upstream, files=[shown]) as proxy:
                old = trusting().wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 20), server_hostname="localhost")
                for source, target in zip(authority.issue("renewed"), shown):
                    shutil.copy(source, target)
                proxy.process.send_signal(signal.SIGHUP)
                proxy.wait_for_line("the certificates were read again")
                assert "subject=CN = renewed\n" in s_client(proxy.port)
                # A connection goes on with what it began with.
                old.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b"200 OK" in old.recv(1000)
                old.close()
                with open(shown[0], "w") as file:
                    file.write("broken")
                proxy.process.send_signal(signal.SIGHUP)
                proxy.wait_for_line("the certificates stay as they were: .*shown.pem")
                assert "subject=CN = renewed\n" in s_client(proxy.port)

    def gnutls():
        if not shutil.which("gnutls-cli"):
            raise Skip("gnutls-cli is not installed")
        with Upstream() as upstream, over(upstream) as proxy:
            done = subprocess.run(
                ["gnutls-cli", "--x509cafile", str(authority.file), "--port", str(proxy.port), "localhost"],
                input=b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", capture_output=True, timeout=20,
            )  # fmt: skip
            assert b"upstream says hello" in done.stdout, done.stdout + done.stderr

    def close_notify():
        # What only the connection's end delimits must end in TLS, too.
        with Upstream() as upstream, over(upstream) as proxy:
            plain = socket.create_connection(("127.0.0.1", proxy.port), 20)
            with trusting().wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as connection:
                connection.sendall(b"GET /chunks HTTP/1.0\r\nHost: localhost\r\n\r\n")
                text = b""
                while part := connection.recv(4096):
                    text += part
                assert text.endswith(b"chunk 2\n"), text

    def many():
        """1,000 connections over TLS at a time, each served and then idle."""
        wanted, had = 1_000, resource.getrlimit(resource.RLIMIT_NOFILE)
        if had[1] != resource.RLIM_INFINITY and had[1] < wanted + 200:
            raise Skip(f"{wanted + 200} descriptors are needed, {had[1]} may be had")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(had[0], wanted + 200), had[1]))
        with Upstream() as upstream, over(upstream) as proxy:
            context = trusting()
            connections = []
            before = proxy.resident_kib()
            cpu = proxy.cpu_seconds()
            try:
                for _ in range(wanted):
                    plain = socket.create_connection(("127.0.0.1", proxy.port), 20)
                    connections.append(context.wrap_socket(plain, server_hostname="localhost"))
                cpu = proxy.cpu_seconds() - cpu
                for connection in connections:
                    connection.sendall(b"GET /status/404 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    assert b" 404 " in connection.recv(4096)
                each = (proxy.resident_kib() - before) / wanted
                print(f"        an idle connection over TLS costs {each:.0f} KiB, its handshake {cpu / wanted * 1000:.2f} ms of CPU")
                assert each < 100, each
            finally:
                for connection in connections:
                    connection.close()
            assert fetched("--cacert", authority.file, "-d", "x", f"{proxy.secure_url}/echo") == b"x"

    def used_up_budget():
        """Where the byte budget is used up everybody holds little, and goes on."""
        if not PROGRAM.exists():
            raise Skip(f"{PROGRAM} is not built")
        count, size = 200, 3_000_000
        raised_limit(count * 2 + 200)
        flags = ["--max-requests", "2000", "--max-buffered"]
        each = {}
        for budget in ("256MiB", "256KiB"):
            with Native(threads=1) as native, over(native, *flags, budget) as proxy, contextlib.ExitStack() as stack:
                context, before = trusting(), proxy.resident_kib()
                for _ in range(count):
                    plain = socket.create_connection(("127.0.0.1", proxy.port), 20)
                    stalled = stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))
                    stalled.sendall(b"GET /zeros/104857600 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    assert b" 200 " in stalled.recv(100)
                each[budget] = (proxy.resident_kib() - before) / count
                with tempfile.NamedTemporaryFile() as file:
                    content = os.urandom(size)
                    file.write(content)
                    file.flush()
                    echoed = fetched("--cacert", authority.file, "--data-binary", f"@{file.name}", f"{proxy.secure_url}/echo")
                    assert echoed == content
                stack.close()
                assert fetched("--cacert", authority.file, "-d", "x", f"{proxy.secure_url}/echo") == b"x"
        print("        a stalled reader over TLS costs " + ", ".join(f"{kib:.0f} KiB of a budget of {name}" for name, kib in each.items()))
        assert each["256KiB"] < each["256MiB"] - 20, each

    def plain_http():
        with Upstream() as upstream, over(upstream) as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = connection.recv(100)
                assert not answer.startswith(b"HTTP/1.1 200"), answer
            assert fetched("--cacert", authority.file, "-d", "x", f"{proxy.secure_url}/echo") == b"x"

    def resets_within_the_handshake():
        with Upstream() as upstream, over(upstream) as proxy:
            sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
            client = trusting().wrap_bio(received, sent, server_hostname="localhost")
            with contextlib.suppress(ssl.SSLWantReadError):
                client.do_handshake()
            hello = sent.read()
            for cut in range(0, len(hello), 7):
                connection = socket.create_connection(("127.0.0.1", proxy.port), 20)
                connection.sendall(hello[:cut])
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.close()
            assert fetched("--cacert", authority.file, "-d", "x", f"{proxy.secure_url}/echo") == b"x"

    def stalled_handshake():
        with Upstream() as upstream, over(upstream, "--head-timeout", "1s") as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as connection:
                connection.sendall(b"\x16\x03\x01")
                started = time.monotonic()
                with contextlib.suppress(ConnectionResetError):
                    while connection.recv(100):
                        pass
                assert time.monotonic() - started < 15

    def bad_flags():
        for flags, status, reason in (
            (["--tls-cert", good[0]], 2, "needs its --tls-key"),
            (["--tls-client-ca", good[0]], 2, "no TLS without --tls-cert"),
            (["--tls-cert", good[0], "--tls-key", good[1], "--tls-client-optional"], 2, "is for --tls-client-ca"),
            (["--client-cert", good[0]], 2, "needs its --client-key"),
            (["--tls-cert", "/nowhere", "--tls-key", good[1]], 1, "cannot read /nowhere"),
            (["--tls-cert", good[0], "--tls-key", authority.issue("x")[1]], 1, "is not that of"),
        ):
            done = subprocess.run(
                [weir, "proxy", "http://127.0.0.1:1", "--addr", "127.0.0.1:0", *map(str, flags)],
                capture_output=True, text=True, timeout=20,
            )  # fmt: skip
            assert done.returncode == status and reason in done.stderr, done.stderr

    suite.run("incoming: curl, TLS 1.3", lambda: with_curl("1.3"))
    suite.run("incoming: curl, TLS 1.2", lambda: with_curl("1.2"))
    suite.run("incoming: 3 MB both ways", large_both_ways)
    suite.run("incoming: versions and ciphers", versions)
    suite.run("incoming: ALPN", alpn)
    suite.run("incoming: a certificate for each name", sni)
    suite.run("incoming: RSA beside ECDSA", two_kinds_of_key)
    suite.run("incoming: sessions are resumed, TLS 1.3", lambda: resumption("-tls1_3"))
    suite.run("incoming: sessions are resumed, TLS 1.2", lambda: resumption("-tls1_2"))
    suite.run("incoming: tickets before any request", early_tickets)
    suite.run("incoming: clients' certificates", client_certificates)
    suite.run("incoming: SIGHUP reads the certificates again", reload)
    suite.run("incoming: gnutls-cli", gnutls)
    suite.run("incoming: the end of a response is an end of TLS", close_notify)
    suite.run("incoming: 1,000 connections at a time", many)
    suite.run("incoming: a byte budget that is used up", used_up_budget)
    suite.run("incoming: plain HTTP is refused", plain_http)
    suite.run("incoming: resets within the handshake", resets_within_the_handshake)
    suite.run("incoming: a handshake that stalls is ended", stalled_handshake)
    suite.run("incoming: what is wrong with the flags", bad_flags)
