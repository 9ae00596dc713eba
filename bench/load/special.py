"""The measurements that wrk alone does not make: suspended requests, start-up, system calls of a transfer."""

import json
import os
import pathlib
import re
import resource
import selectors
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from load import process
from load.wrk import measure

SUSPENDED = 10_000


def raise_file_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= wanted


class Sleepers:
    """Open requests to examples/wait, each asleep for ten minutes; a context manager."""

    def __init__(self, port, count):
        self.sockets = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.sendall(b"GET /600000 HTTP/1.1\r\nHost: bench\r\n\r\n")
            self.sockets.append(connection)

    def answered(self):
        """How many were answered or cut, which none should be."""
        count = 0
        with selectors.PollSelector() as selector:
            for connection in self.sockets:
                selector.register(connection, selectors.EVENT_READ)
            count = len(selector.select(0))
        return count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()


def suspended(server, load_cores, seconds, count=SUSPENDED):
    """(RSS in MB, page tables in MB, CPU per request alone, CPU per request beside the sleepers)."""
    alone = measure(server, load_cores, seconds, path="/0")
    with Sleepers(server.port, count) as sleepers:
        # All are asleep when the server has come to rest.
        previous = -1.0
        while previous != (now := process.cpu_seconds(server.pid)):
            previous = now
            time.sleep(0.5)
        rss = process.status_kib(server.pid, "VmRSS") / 1024
        tables = process.status_kib(server.pid, "VmPTE") / 1024
        beside = measure(server, load_cores, seconds, path="/0")
        answered = sleepers.answered()
    if answered:
        raise RuntimeError(f"{answered} of {count} suspended requests were answered or cut")
    if alone.errors or beside.errors:
        raise RuntimeError("requests failed beside the suspended ones")
    return rss, tables, alone.cpu_us, beside.cpu_us


def first_answer_ms(kind, cores, rounds):
    """From the start of the process to the whole first answer, with a warm cache: the median of some starts."""
    times = []
    for i in range(rounds + 1):
        with kind.start(cores) as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                data = b""
                while part := connection.recv(65536):
                    data += part
            took = (time.monotonic() - server.started) * 1000
        if not data.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the first answer was {data[:80]!r}")
        # The first start fills the cache.
        if i:
            times.append(took)
    return statistics.median(times)


def handshake_ms(weir, cores):
    """CPU of the server's side of a handshake: a full one with ECDSA P-256 and with RSA-2048, and one that resumes a session; None
    where the program is not built."""
    program = pathlib.Path(weir).parent / "src" / "tls" / "tls_bench"
    if not os.access(program, os.X_OK):
        return None
    output = subprocess.run(
        [str(program), "--benchmark_format=json", "--benchmark_filter=handshake"], capture_output=True, check=True, timeout=120,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    ).stdout  # fmt: skip
    times = {row["name"].split("/")[1]: row["real_time"] / 1000 for row in json.loads(output)["benchmarks"]}
    return times["ecdsa_p256"], times["rsa_2048"], times["resumed"]


def idle_wakes(server, seconds=10):
    """How often a second a server's threads wake while nothing happens, with a connection that waits for its next request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
        if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("no answer")
        # Whatever a request leaves running for a while has come to rest.
        time.sleep(5)
        before = process.sleeps(server.pid)
        time.sleep(seconds)
        return (process.sleeps(server.pid) - before) / seconds


def transfer_calls(server, size):
    """(receiving, sending) system calls of one echoed body, counted by strace; None where strace cannot attach."""
    if not shutil.which("strace"):
        return None
    with tempfile.NamedTemporaryFile("r") as trace:
        tracer = subprocess.Popen(
            ["strace", "-f", "-q", "-o", trace.name, "-p", str(server.pid),
             "-e", "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,sendmmsg"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(1)
            if tracer.poll() is not None:
                return None
            subprocess.run(
                ["curl", "-s", "--noproxy", "*", "-o", "/dev/null", "-H", "Expect:", "--data-binary", "@-", f"http://127.0.0.1:{server.port}/"],
                input=os.urandom(size), check=True, timeout=60,
            )  # fmt: skip
            time.sleep(0.2)
        finally:
            tracer.terminate()
            tracer.wait()
        receiving = sending = 0
        for line in trace:
            # Only calls that moved bytes: a poll that found nothing is no transfer.
            if found := re.search(r"\b(read|readv|recvfrom|recvmsg|write|writev|sendto|sendmsg|sendmmsg)\(.* = (\d+)$", line):
                # Wake-ups of the loop move 8 bytes or fewer.
                if int(found[2]) > 8:
                    if found[1].startswith(("read", "recv")):
                        receiving += 1
                    else:
                        sending += 1
        return receiving, sending
