"""The access log of a server with guests: what it says of each way for a request to end, and where it goes."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time

from harness.client import Connection, Cut, request
from harness.guests import guest
from harness.server import SERVING, Server

GUARD_SECONDS = 30
# A path of the guest hostile-c, and what comes of a request for it.
OUTCOMES = {
    "/hello": ("ok", 200),
    "/trap-before-head": ("trap", 500),
    "/never-answer": ("timeout", 504),
    "/spin": ("cpu", 504),
    "/grow": ("oom", 500),
}


def lines_of(server, count):
    """The first lines on stdout, once there are so many."""
    deadline = time.monotonic() + GUARD_SECONDS
    while len(lines := [line for line in list(server.stdout) if line.startswith("{")]) < count:
        assert time.monotonic() < deadline, lines
        time.sleep(0.02)
    return [json.loads(line) for line in lines]


def outcomes(suite):
    # One thread: lines come in order.
    more = ["--access-log", "json", "--max-memory", "16MiB", "--threads", "1"]
    with Server(suite.host, guest("hostile-c"), timeout=1.5, cpu_time=0.3, more=more) as server:
        for path in OUTCOMES:
            try:
                request(server.port, path, guard=GUARD_SECONDS)
            except Cut:
                pass
        told = lines_of(server, len(OUTCOMES))
        for line, (path, (outcome, status)) in zip(told, OUTCOMES.items()):
            assert (line["target"], line["outcome"], line.get("status")) == (path, outcome, status), line
            assert line["guest_cpu_ms"] > 0 and line["instantiation_ms"] > 0, line
            assert line["total_ms"] >= line["guest_cpu_ms"] * 0.5, line
        assert told[0]["sent"] == len("Hello, world!\n") and told[0]["received"] == 0, told[0]
        assert told[3]["guest_cpu_ms"] >= 300, told[3]
        # Refused before any guest, and left by its client.
        with Connection(server.port) as connection:
            connection.send(b"GET  / HTTP/1.1\r\n\r\n")
            assert connection.read_reply().status == 400
        refused = lines_of(server, len(OUTCOMES) + 1)[-1]
        assert (refused["outcome"], refused["status"]) == ("refused", 400) and "target" not in refused, refused
        with Connection(server.port) as connection:
            connection.send_head("GET", "/never-answer")
            time.sleep(0.3)
        left = lines_of(server, len(OUTCOMES) + 2)[-1]
        assert left["outcome"] == "cancelled" and "status" not in left and left["guest_cpu_ms"] > 0, left


def on_a_terminal(suite):
    """Without a word about it there is a log in text on a terminal, and none elsewhere."""
    for terminal in (True, False):
        near, far = pty.openpty() if terminal else os.pipe()
        process = subprocess.Popen(
            suite.host.command(guest("hello-c")), stdin=subprocess.DEVNULL, stdout=far, stderr=subprocess.PIPE
        )
        os.close(far)
        try:
            port = int(SERVING.search(process.stderr.readline().decode())[1])
            assert request(port, "/x?y").status == 200
            if terminal:
                seen = b""
                while b"\n" not in seen:
                    assert select.select([near], [], [], GUARD_SECONDS)[0], seen
                    seen += os.read(near, 4096)
                assert re.search(rb'Z 127\.0\.0\.1:\d+ "GET /x\?y HTTP/1\.1" 200 ok in=0 out=\d+ ', seen), seen
            process.send_signal(signal.SIGTERM)
            assert process.wait(GUARD_SECONDS) == 0
            if not terminal:
                assert os.read(near, 4096) == b""
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
            os.close(near)


def run(suite):
    if not suite.host.is_weir:
        return
    suite.run("the access log tells how each request ended", lambda: outcomes(suite))
    suite.run("the access log is on where standard output is a terminal", lambda: on_a_terminal(suite))
