"""Connections of a loop whose guest computes go to the idle loop; only for weir."""

import contextlib
import os
import shutil
import socket
import ssl
import tempfile
import time

from harness.authority import Authority
from harness.client import Connection
from harness.guests import guest
from harness.server import Server
from harness.suite import Skip

GUARD_SECONDS = 30
REQUESTS = 40


class Kept(Connection):
    """A kept connection over any socket."""

    def __init__(self, connected):
        self.port, self.socket, self.buffer = 0, connected, b""
        self.socket.settimeout(GUARD_SECONDS)

    def hello(self):
        """Milliseconds until its answer was there."""
        begun = time.monotonic()
        reply = self.exchange("GET", "/hello")
        assert (reply.status, reply.text, reply.complete) == (200, "Hello, world!\n", True), reply
        return (time.monotonic() - begun) * 1000


def threads(pid):
    """Of each thread but the one that pre-empts guests: the clock ticks that it has run, how often it has stopped to run."""
    seen = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            facts = dict(line.rstrip("\n").split(":\t", 1) for line in status)
        with open(f"/proc/{pid}/task/{thread}/stat") as stat:
            ticks = int(stat.read().rsplit(")", 1)[1].split()[11])
        if facts["Name"] != "weir-ticker":
            seen[thread] = (ticks, int(facts["voluntary_ctxt_switches"]) + int(facts["nonvoluntary_ctxt_switches"]))
    return seen


def computing(pid):
    """The thread that computes now."""
    before, deadline = threads(pid), time.monotonic() + GUARD_SECONDS
    while True:
        for thread, (ticks, _) in threads(pid).items():
            if ticks - before.get(thread, (ticks, 0))[0] >= 20:
                return thread
        assert time.monotonic() < deadline, "nobody computes"
        time.sleep(0.02)


def served(server, connect):
    pid = server.process.pid
    with contextlib.ExitStack() as stack:
        kept = [stack.enter_context(Kept(connect())) for _ in range(8)]
        for connection in kept:
            connection.hello()
        # A guest computes for as long as the test lasts.
        kept[0].send_head("GET", "/spin")
        busy = computing(pid)
        # Each of its loop's connections finds the idle one with one of its first requests.
        first = [[connection.hello() for _ in range(20)][0] for connection in kept[1:]]
        later = []
        # Between requests the idle loop's thread has nothing to do.
        for connection in kept[1:]:
            before = threads(pid)
            later += [connection.hello() for _ in range(REQUESTS)]
            woken = max(stopped - before[thread][1] for thread, (_, stopped) in threads(pid).items() if thread != busy)
            assert woken > REQUESTS / 2, f"the idle loop was woken {woken} times for {REQUESTS} requests"
        median = sorted(later)[len(later) // 2]
        print(f"        beside a guest that computes: first requests at most {max(first):.1f} ms, later ones {median:.2f} ms (median)")


def over_tcp(suite):
    with running(suite) as server:
        served(server, lambda: socket.create_connection(("127.0.0.1", server.port), GUARD_SECONDS))


def over_tls(suite):
    if not shutil.which("openssl"):
        raise Skip("openssl is not installed")
    with Authority() as authority:
        certificate, key = authority.issue("localhost")
        context = ssl.create_default_context(cafile=str(authority.file))
        with running(suite, "--tls-cert", certificate, "--tls-key", key) as server:
            plain = lambda: socket.create_connection(("127.0.0.1", server.port), GUARD_SECONDS)  # noqa: E731
            served(server, lambda: context.wrap_socket(plain(), server_hostname="localhost"))


def over_a_path(suite):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/socket"

        def connect():
            connected = socket.socket(socket.AF_UNIX)
            connected.connect(path)
            return connected

        with running(suite, "--addr", f"unix:{path}") as server:
            served(server, connect)


def running(suite, *more):
    more = ["--threads", "2", *map(str, more)]
    return Server(suite.host, guest("hostile-c"), cpu_time=120, timeout=120, more=more)


def run(suite):
    if not suite.host.is_weir:
        return
    for how, case in {"TCP": over_tcp, "TLS": over_tls, "a Unix socket": over_a_path}.items():
        suite.run(f"an idle loop takes over connections of one that computes, {how}", lambda case=case: case(suite))
