"""What a guest has begun ends when its client is gone, its own requests included."""

import socket
import time

from harness.client import request
from harness.departure import GUARD_SECONDS, SITUATIONS, Stalling, ended_after_ms
from harness.guests import guest
from harness.server import Server


def gone(suite, situation):
    with Stalling() as upstream, Server(suite.host, guest("e2e-c"), outbound=[upstream.url]) as server:
        worst = max(ended_after_ms(server.port, upstream, situation, resets) for resets in (False, True) * 3)
        print(f"        the guest's own request ended at most {worst:.1f} ms after its client was gone")
        assert request(server.port, "/hello").text == "Hello, world!\n"


def gone_from_the_queue(suite):
    """A request whose client leaves while it waits for room never runs."""
    more = ["--max-requests", "1", "--queue-timeout", "60s", "--access-log", "json"]
    with Stalling() as upstream, Server(suite.host, guest("e2e-c"), outbound=[upstream.url], more=more) as server:
        ask = f"GET /fetch?url={upstream.url}/never HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", server.port), GUARD_SECONDS) as first:
            first.sendall(ask)
            assert upstream.came.acquire(timeout=GUARD_SECONDS)
            for _ in range(10):
                with socket.create_connection(("127.0.0.1", server.port), GUARD_SECONDS) as second:
                    second.sendall(ask)
            deadline = time.monotonic() + GUARD_SECONDS
            while len(gone := [line for line in list(server.stdout) if '"outcome":"cancelled"' in line]) < 10:
                assert time.monotonic() < deadline, gone
                time.sleep(0.02)
        # Had one of them run, it would have asked by now.
        assert upstream.ended.acquire(timeout=GUARD_SECONDS)
        assert request(server.port, "/hello").text == "Hello, world!\n"
        assert not upstream.came.acquire(timeout=0.2)


def room_comes_back_late(suite):
    """A guest that goes on after its answer keeps its place for as long as it runs, and gives it back."""
    with Server(suite.host, guest("e2e-c"), more=["--max-requests", "2"]) as server:
        for _ in range(50):
            assert request(server.port, "/hello").status == 200
            assert request(server.port, "/trap").status == 500


def run(suite):
    if not suite.host.is_weir:
        return
    for situation in SITUATIONS:
        suite.run(f"client gone while {situation}", lambda situation=situation: gone(suite, situation))
    suite.run("client gone while its request is in the queue: never run", lambda: gone_from_the_queue(suite))
    suite.run("room comes back, however a request ends", lambda: room_comes_back_late(suite))
