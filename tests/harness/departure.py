"""Clients that go away while a guest (e2e-c) works for them and has a request of its own in flight: when does that end?"""

import socket
import struct
import threading
import time

from harness.raw_upstream import RawUpstream, read_head, read_until

GUARD_SECONDS = 10


class Stalling(RawUpstream):
    """An upstream that answers a part, or nothing; tells when a request came and when its connection ended."""

    def __init__(self):
        super().__init__(self.stall)
        self.came, self.ended = threading.Semaphore(0), threading.Semaphore(0)
        self.ended_at = 0.0

    def stall(self, connection):
        try:
            if b" /part" in read_head(connection):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart")
            self.came.release()
            while connection.recv(65536):
                pass
        finally:
            self.ended_at = time.monotonic()
            self.ended.release()


# What the client sends, and what it has received, before it goes.
SITUATIONS = {
    "the guest computes no answer yet": (b"GET %s/never HTTP/1.1\r\nHost: a\r\n\r\n", b""),
    "another request is pipelined": (b"GET %s/never HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", b""),
    "the request's content is stalled": (b"POST %s/never HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc", b""),
    "the answer's content is stalled": (b"GET %s/part HTTP/1.1\r\nHost: a\r\n\r\n", b"part"),
}


def ended_after_ms(port, upstream, situation, resets):
    """Milliseconds from the client's going to the end of the guest's own request to `upstream`."""
    sent, received = SITUATIONS[situation]
    with socket.create_connection(("127.0.0.1", port), GUARD_SECONDS) as client:
        client.sendall(sent % f"/fetch?url={upstream.url}".encode())
        assert upstream.came.acquire(timeout=GUARD_SECONDS), f"the guest asked nobody: {situation}"
        if received:
            assert received in read_until(client, received), situation
        if resets:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone = time.monotonic()
    assert upstream.ended.acquire(timeout=GUARD_SECONDS), f"the guest's request did not end: {situation}"
    return (upstream.ended_at - gone) * 1000


def worst_ms(port, upstream, situation, rounds=10):
    """The longest of some times; every other client resets its connection."""
    return max(ended_after_ms(port, upstream, situation, number % 2 == 1) for number in range(rounds))
