"""Peers that mean no good, or do no good: slow, flooding, vanishing, many."""

import contextlib
import json
import os
import random
import resource
import socket
import struct
import threading
import time

from harness.client import Connection, Cut, request
from harness.suite import Skip
from peers.native import GUARD_SECONDS, Native

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
NEVER = b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n"
MESSAGE = (
    b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nConnection: te\r\n\r\n"
    b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n" + GET
)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answers(server):
    reply = request(server.port, "/")
    assert reply.status == 200 and reply.text == "hello\n", reply


def waiting(server):
    return int(request(server.port, "/waiting").text)


def read_all(connection):
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65536):
            data += part
    return data


def slow_head():
    with Native(head_timeout=300) as server, server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert b" 408 " in read_all(connection)
        answers(server)


def slow_head_trickles():
    """A byte now and then does not prolong the time for a head."""
    with Native(head_timeout=500) as server, server.connect() as connection:
        started = time.monotonic()

        def trickle():
            with contextlib.suppress(OSError):
                for byte in b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 1000:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        assert b" 408 " in read_all(connection)
        assert time.monotonic() - started < GUARD_SECONDS
        connection.close()
        thread.join(GUARD_SECONDS)


def slow_body():
    with Native(read_timeout=300) as server, server.connect() as connection:
        connection.sendall(b"POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab")
        assert b" 408 " in read_all(connection)
        answers(server)


def slow_read():
    with Native(write_timeout=300) as server:
        connections = [server.connect() for _ in range(50)]
        for connection in connections:
            connection.sendall(b"GET /zeros/104857600 HTTP/1.1\r\nHost: a\r\n\r\n")
        # Every one of them is cut in time, and nothing is left of them.
        server.settle(lambda: server.descriptors() < 50)
        answers(server)
        for connection in connections:
            connection.close()


def idle():
    with Native(idle_timeout=200) as server, server.connect() as connection:
        connection.sendall(GET)
        assert read_all(connection).endswith(b"hello\n")


def after_a_long_rest():
    """A server that has rested for longer than a connection may is there for the next one."""
    with Native(threads=2, idle_timeout=1000) as server:
        for _ in range(3):
            time.sleep(1.5)
            answers(server)


def flood_of_garbage():
    with Native(threads=2) as server:
        chance = random.Random(1)
        for _ in range(100):
            with server.connect() as connection, contextlib.suppress(OSError):
                connection.sendall(chance.randbytes(chance.randrange(1, 100_000)))
                connection.shutdown(socket.SHUT_WR)
                read_all(connection)
        answers(server)


def flood_of_requests():
    """More requests at once than anybody reads answers of."""
    with Native(write_timeout=500) as server, server.connect() as connection:
        connection.settimeout(1)
        with contextlib.suppress(OSError):
            for _ in range(200):
                connection.sendall(GET * 10_000)
        answers(server)
        assert server.resident_kib() < 100_000, server.resident_kib()


def resets_at_every_byte():
    with Native(threads=2) as server:
        answers(server)
        before = server.descriptors()
        for size in range(len(MESSAGE) + 1):
            connection = server.connect()
            connection.sendall(MESSAGE[:size])
            reset(connection)
        answers(server)
        server.settle(lambda: server.descriptors() <= before)


def ends_at_every_byte():
    with Native(threads=2, half_close=1) as server:
        before = server.descriptors()
        for size in range(len(MESSAGE) + 1):
            with server.connect() as connection:
                connection.sendall(MESSAGE[:size])
                connection.shutdown(socket.SHUT_WR)
                told = read_all(connection)
                if size == len(MESSAGE):
                    assert told.endswith(b"hello\n"), told
        answers(server)
        server.settle(lambda: server.descriptors() <= before)


def half_close():
    with Native() as server, server.connect() as connection:
        connection.sendall(NEVER)
        server.settle(lambda: waiting(server) == 1)
        connection.shutdown(socket.SHUT_WR)
        server.settle(lambda: waiting(server) == 0)
    with Native(half_close=1, response_timeout=1000) as server, server.connect() as connection:
        connection.sendall(NEVER)
        connection.shutdown(socket.SHUT_WR)
        assert b" 504 " in read_all(connection)


def gone_in_every_state():
    """How soon work ends once its client is gone."""
    worst = 0
    with Native() as server:
        for sent in (
            NEVER,
            NEVER + GET,
            b"POST /never HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
            b"POST /never HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50_000,
        ):
            for how in (reset, socket.socket.close):
                connection = server.connect()
                connection.sendall(sent)
                server.settle(lambda: waiting(server) == 1)
                how(connection)
                worst = max(worst, server.settle(lambda: waiting(server) == 0, 5))
    print(f"        work ended within {worst * 1000:.0f} ms of its client's going, one question to the server included")


def gone_in_the_queue():
    with Native(max_requests=1) as server:
        busy, queued = server.connect(), server.connect()
        busy.sendall(NEVER)
        time.sleep(0.1)
        queued.sendall(NEVER)
        time.sleep(0.1)
        reset(queued)
        time.sleep(0.1)
        reset(busy)
        server.settle(lambda: waiting(server) == 0)
        # Had the one in the queue run, it would be counted for as long as the server lives.
        time.sleep(0.2)
        assert waiting(server) == 0


def raised_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Skip(f"{count} descriptors are needed, {hard} may be had")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))


def connected(port):
    return socket.create_connection(("127.0.0.1", port), GUARD_SECONDS)


def idle_cost(server):
    """10,000 connections that have been served wait for their next request."""
    connections = []
    try:
        # One after the other: what a burst of requests holds while it lasts is another matter.
        for _ in range(10_000):
            connection = connected(server.port)
            connections.append(connection)
            connection.sendall(GET)
            text = b""
            while not text.endswith(b"hello\n"):
                part = connection.recv(4096)
                assert part and text[:13] in (b"", b"HTTP/1.1 200 "), text
                text += part
        rss = server.resident_kib()
        print(f"        resident with 10,000 idle connections: {rss / 1024:.1f} MB")
        assert rss * 1024 < 60_000_000, rss
    finally:
        for connection in connections:
            connection.close()
    answers(server)


def ten_thousand_idle():
    raised_limit(10_500)
    with Native(threads=2, max_connections=20_000) as server:
        idle_cost(server)


def stalled_cost(server):
    """1,000 clients read nothing of 100 MiB each."""
    before = server.resident_kib()
    connections = [connected(server.port) for _ in range(1_000)]
    try:
        for connection in connections:
            connection.sendall(b"GET /zeros/104857600 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(2)
        each = (server.resident_kib() - before) / 1_000
        kernel = unsent(server.port) / 1_000 / 1024
        print(f"        a stalled reader costs {each:.0f} KiB in the process and {kernel:.0f} KiB unsent in the kernel")
        assert each + kernel <= 128, (each, kernel)
    finally:
        for connection in connections:
            connection.close()
    answers(server)


def thousand_stalled_readers():
    raised_limit(1_500)
    with Native(max_connections=2_000) as server:
        stalled_cost(server)


def unsent(port):
    """Bytes in the send queues of a port's connections."""
    total = 0
    with open("/proc/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == port and fields[3] == "01":
                total += int(fields[4].split(":")[0], 16)
    return total


def out_of_descriptors():
    """At the limit of descriptors accepting pauses, nothing spins, and it goes on."""
    with Native(descriptors=40) as server:
        connections = [server.connect() for _ in range(100)]
        for connection in connections:
            connection.sendall(GET)
        time.sleep(0.3)
        before = server.cpu_seconds()
        time.sleep(1)
        spent = server.cpu_seconds() - before
        assert spent < 0.5, f"{spent} s of CPU in a second at the limit"
        for connection in connections:
            assert connection.recv(4096).endswith(b"hello\n")
            connection.close()
        answers(server)


def idle_wakes():
    with Native(threads=2) as server, server.connect() as connection:
        connection.sendall(GET)
        assert connection.recv(4096)
        time.sleep(0.3)
        before = server.wakes()
        time.sleep(5)
        woken = server.wakes() - before
        print(f"        an idle server with an idle connection wakes {woken / 5:.1f} times a second")
        assert woken <= 5, woken


def loses_nothing(process, port):
    """SIGTERM under load: whoever was accepted is answered, and the process ends with 0."""
    counts = {"answered": 0, "lost": 0}
    lock = threading.Lock()

    def load(keeps):
        while True:
            try:
                connection = Connection(port)
            except OSError:
                return
            had = 0
            with connection:
                while True:
                    fields = () if keeps else [("Connection", "close")]
                    try:
                        reply = connection.exchange("GET", "/", fields)
                    except (OSError, Cut):
                        # Refused by the system, before the server accepted it.
                        if had:
                            with lock:
                                counts["lost"] += 1
                        return
                    had += 1
                    with lock:
                        counts["answered"] += 1
                        if not reply.complete or reply.status != 200:
                            counts["lost"] += 1
                    if reply.header("connection") == "close":
                        break

    threads = [threading.Thread(target=load, args=(i % 2 == 0,), daemon=True) for i in range(8)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + GUARD_SECONDS
    while counts["answered"] <= 500:
        assert time.monotonic() < deadline, counts
        time.sleep(0.002)
    process.terminate()
    for thread in threads:
        thread.join(GUARD_SECONDS)
    assert process.wait(GUARD_SECONDS) == 0
    assert counts["lost"] == 0, counts


def drain_under_load():
    with Native(threads=2) as server:
        loses_nothing(server.process, server.port)
        server.process.poll = lambda: None


def second_signal():
    server = Native()
    with server.connect() as connection:
        connection.sendall(NEVER)
        server.settle(lambda: waiting(server) == 1)
        server.terminate()
        time.sleep(0.2)
        assert server.process.poll() is None
        server.terminate()
        assert server.process.wait(GUARD_SECONDS) == 128 + 15


def access_log():
    with Native(json_log=1) as server:
        with server.connect() as connection:
            connection.sendall(b'GET /\\"%0a HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\nConnection: close\r\n\r\n')
            read_all(connection)
        told = json.loads(server.process.stdout.readline())
        assert told["target"] == '/\\"%0a' and told["status"] == 200 and told["outcome"] == "ok", told
        assert told["id"] == "one" and told["sent"] == 6 and told["received"] == 0, told
        connection = server.connect()
        connection.sendall(NEVER)
        time.sleep(0.2)
        connection.close()
        told = json.loads(server.process.stdout.readline())
        assert told["outcome"] == "cancelled" and "status" not in told, told


CASES = {
    "slow head: 408": slow_head,
    "slow head that trickles: 408": slow_head_trickles,
    "slow content: 408": slow_body,
    "slow reader: cut": slow_read,
    "idle connection: closed": idle,
    "a first connection after a long rest": after_a_long_rest,
    "flood of garbage": flood_of_garbage,
    "flood of requests whose answers nobody reads": flood_of_requests,
    "a reset at every byte of a message": resets_at_every_byte,
    "an end at every byte of a message": ends_at_every_byte,
    "half-close: gone by default, tolerated where told": half_close,
    "client gone in every state": gone_in_every_state,
    "client gone in the queue: never run": gone_in_the_queue,
    "10,000 idle connections: under 60 MB": ten_thousand_idle,
    "1,000 stalled readers: at most 128 KiB each": thousand_stalled_readers,
    "out of descriptors: pauses and goes on": out_of_descriptors,
    "an idle server sleeps": idle_wakes,
    "no accepted request is lost in a drain under load": drain_under_load,
    "a second signal ends at once": second_signal,
    "access log in JSON": access_log,
}


def add(suite):
    for name, case in CASES.items():
        suite.run(name, case)
