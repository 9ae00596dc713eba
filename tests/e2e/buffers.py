"""A process that may hold next to nothing in its buffers still moves everything, if in small pieces."""

import os
import threading

from harness.client import Connection, request
from harness.guests import guest
from harness.server import Server

GUARD_SECONDS = 60
CLIENTS = 12
BODY = os.urandom(300_000)


def echo(port, chunked):
    """Sends the body while it reads what comes back."""
    with Connection(port, GUARD_SECONDS) as connection:
        fields = [("Transfer-Encoding", "chunked")] if chunked else [("Content-Length", str(len(BODY)))]
        connection.send_head("POST", "/echo", fields)

        def send():
            if not chunked:
                return connection.send(BODY)
            for at in range(0, len(BODY), 7000):
                connection.send_chunk(BODY[at : at + 7000])
            connection.send_last_chunk()

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        reply = connection.read_reply()
        sender.join(GUARD_SECONDS)
        assert reply.status == 200 and reply.complete and reply.body == BODY, reply


def used_up(suite):
    with Server(suite.host, guest("echo-c"), more=["--max-buffered", "1B", "--threads", "2"]) as server:
        # Those who send much and read nothing hold whatever there may be.
        stalled = [Connection(server.port, GUARD_SECONDS) for _ in range(20)]
        for connection in stalled:
            connection.socket.setblocking(False)
            try:
                connection.send_head("POST", "/echo", [("Content-Length", "100000000")])
                connection.send(b"x" * 10_000_000)
            except OSError:
                pass
        failures = []

        def client(chunked):
            try:
                echo(server.port, chunked)
            except Exception as error:
                failures.append(repr(error)[:500])

        clients = [threading.Thread(target=client, args=(i % 2 == 0,), daemon=True) for i in range(CLIENTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join(GUARD_SECONDS)
        assert not failures and not any(thread.is_alive() for thread in clients), failures[:3]
        for connection in stalled:
            connection.socket.close()
        assert request(server.port, "/").status == 200


def run(suite):
    suite.run("nothing may be buffered: everything still moves", lambda: used_up(suite))
