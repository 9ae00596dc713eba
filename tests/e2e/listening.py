"""Where a server listens, and what signals do to it; only for weir."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from harness.client import Connection, request
from harness.guests import guest
from harness.server import Server
from harness.suite import Skip
from peers.hostile import loses_nothing

GUARD_SECONDS = 30
GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


class Running:
    """`weir serve hello-c` with these arguments; a context manager that ends it with SIGTERM and expects exit status 0."""

    def __init__(self, suite, *arguments, app="hello-c", before=(), **how):
        self.process = subprocess.Popen(
            [*before, suite.host.program, "serve", *arguments, guest(app)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how,
        )  # fmt: skip
        self.log = []
        self.thread = threading.Thread(target=lambda: self.log.extend(iter(self.process.stderr.readline, "")), daemon=True)
        self.thread.start()
        self.wait_for("Serving HTTP on ")

    def wait_for(self, text):
        deadline = time.monotonic() + GUARD_SECONDS
        while not any(text in line for line in self.log):
            assert self.process.poll() is None and time.monotonic() < deadline, (text, self.log)
            time.sleep(0.02)
        return next(line.strip() for line in self.log if text in line)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        status = self.process.wait(GUARD_SECONDS)
        self.thread.join(5)
        assert kind is not None or status == 0, (status, self.log)


def says_hello(connection):
    with connection:
        connection.settimeout(GUARD_SECONDS)
        connection.sendall(GET)
        text = b""
        while part := connection.recv(4096):
            text += part
    assert text.startswith(b"HTTP/1.1 200 ") and text.endswith(b"Hello from C!\n"), text


def ipv6(suite):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        raise Skip(f"no IPv6 here: {error}") from None
    with Running(suite, "--addr", "[::1]:0") as server:
        line = server.wait_for("Serving HTTP on http://[::1]:")
        port = int(line.rsplit(":", 1)[1].rstrip("/"))
        says_hello(socket.create_connection(("::1", port), GUARD_SECONDS))
        connection = http.client.HTTPConnection("::1", port, timeout=GUARD_SECONDS)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"Hello from C!\n"
        connection.close()


def unix_socket(suite):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "weir.sock"

        def connect():
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(path))
            return connection

        with Running(suite, "--addr", f"unix:{path}") as server:
            server.wait_for(f"Serving HTTP on unix:{path}")
            says_hello(connect())
            # A live one is not taken over.
            second = subprocess.run(
                [suite.host.program, "serve", "--addr", f"unix:{path}", guest("hello-c")],
                capture_output=True, text=True, timeout=GUARD_SECONDS,
            )  # fmt: skip
            assert second.returncode == 1 and "address in use" in second.stderr, second
            says_hello(connect())
        assert not path.exists()
        # What a killed server left behind is.
        with Running(suite, "--addr", f"unix:{path}") as server:
            server.process.kill()
            server.process.wait()
            assert path.exists()
            with Running(suite, "--addr", f"unix:{path}"):
                says_hello(connect())
            server.process.terminate = lambda: None
            server.process.wait = lambda _: 0


# Takes over as the process that LISTEN_PID names, as systemd's child does.
AS_SYSTEMD = """
import os, sys
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[1], sys.argv[1:])
"""


def passed_sockets(suite):
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:

        def put():
            # Descriptors 3 and 4, which survive the exec.
            high = [os.dup(s.fileno()) for s in (first, second)]
            for number, fd in zip((3, 4), high):
                os.dup2(fd, number)

        with Running(
            suite, before=[sys.executable, "-c", AS_SYSTEMD], env={**os.environ, "LISTEN_FDS": "2"}, preexec_fn=put, close_fds=False
        ):
            for listener in (first, second):
                says_hello(socket.create_connection(listener.getsockname(), GUARD_SECONDS))
        # Named by hand.
        with Running(suite, "--addr", "fd:3", preexec_fn=put, close_fds=False):
            says_hello(socket.create_connection(first.getsockname(), GUARD_SECONDS))
    # Another process's sockets are none of ours.
    done = subprocess.run(
        [suite.host.program, "serve", "--addr", "fd:200", guest("hello-c")], capture_output=True, text=True, timeout=GUARD_SECONDS
    )
    assert done.returncode == 1 and "fd:200" in done.stderr, done


def second_signal(suite):
    for number in (signal.SIGTERM, signal.SIGINT):
        server = Server(suite.host, guest("wait"))
        with Connection(server.port) as connection:
            connection.send_head("GET", "/20000")
            # Its guest sleeps: the drain waits for that.
            deadline = time.monotonic() + GUARD_SECONDS
            time.sleep(0.3)
            server.process.send_signal(number)
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", server.port)) != 0:
                        break
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert server.process.poll() is None
            server.process.send_signal(number)
            assert server.process.wait(GUARD_SECONDS) == 128 + number
        server.kill()


def drain_under_load(suite):
    server = Server(suite.host, guest("hello-c"))
    loses_nothing(server.process, server.port)
    server.kill()


def log_file_moves(suite):
    """SIGHUP opens the access log again: lines after it go to the new file, and none is lost."""
    with tempfile.TemporaryDirectory() as folder:
        path, moved = pathlib.Path(folder) / "access.log", pathlib.Path(folder) / "access.log.1"

        def lines(of, count):
            deadline = time.monotonic() + GUARD_SECONDS
            while len(told := [json.loads(line) for line in of.read_text().splitlines()]) < count:
                assert time.monotonic() < deadline, told
                time.sleep(0.02)
            return [line["target"] for line in told]

        with Server(suite.host, guest("hello-c"), more=["--access-log", f"json:{path}"]) as server:
            request(server.port, "/before")
            assert lines(path, 1) == ["/before"]
            path.rename(moved)
            request(server.port, "/between")
            assert lines(moved, 2) == ["/before", "/between"]
            server.process.send_signal(signal.SIGHUP)
            server.wait_for_line(server.stderr, "the access log was opened again")
            request(server.port, "/after")
            assert lines(path, 1) == ["/after"]
            # Where it cannot be opened, the old one goes on.
            path.unlink()
            pathlib.Path(folder, "access.log").mkdir()
            server.process.send_signal(signal.SIGHUP)
            server.wait_for_line(server.stderr, "the access log stays where it was: cannot open .*access.log")
            assert request(server.port, "/later").status == 200
        assert lines(moved, 2) == ["/before", "/between"]


CASES = {
    "an IPv6 address": ipv6,
    "a unix socket; one left behind is taken over, a live one is not": unix_socket,
    "sockets that were passed: LISTEN_FDS and fd:N": passed_sockets,
    "a second SIGTERM or SIGINT ends at once with 128 + n": second_signal,
    "no accepted request is lost in a drain under load": drain_under_load,
    "SIGHUP opens the access log again": log_file_moves,
}


def run(suite):
    if not suite.host.is_weir:
        return
    for name, case in CASES.items():
        suite.run(f"listening: {name}", lambda case=case: case(suite))
