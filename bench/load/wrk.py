"""Load from wrk, pinned, and what it cost the server."""

import os
import re
import subprocess
import tempfile

from load import process

LUA_POST = """
wrk.method = "POST"
wrk.body = string.rep("0123456789abcdef", {size} / 16)
wrk.headers["Content-Type"] = "application/octet-stream"
"""


class Figures:
    """One round of one row."""

    def __init__(self, rate, cpu_us, p99_ms, rss_mb, errors):
        self.rate, self.cpu_us, self.p99_ms, self.rss_mb, self.errors = rate, cpu_us, p99_ms, rss_mb, errors


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def run_wrk(server, cores, seconds, connections, path="/", body_size=0, load_threads=1):
    command = [
        "wrk", f"-t{load_threads}", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s",
        f"{server.scheme}://127.0.0.1:{server.port}{path}",
    ]  # fmt: skip
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body_size:
            script.write(LUA_POST.format(size=body_size))
            script.flush()
            command[1:1] = ["-s", script.name]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + 60,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        ).stdout  # fmt: skip


def measure(server, cores, seconds, connections=32, path="/", body_size=0, load_threads=1):
    """Loads a running server from so many threads: a second unmeasured, then `seconds`."""
    run_wrk(server, cores, 1, connections, path, body_size, load_threads)
    before = process.cpu_seconds(server.pid)
    output = run_wrk(server, cores, seconds, connections, path, body_size, load_threads)
    cpu = process.cpu_seconds(server.pid) - before
    requests = int(re.search(r"(\d+) requests in", output)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    errors = int(bad[1]) if bad else 0
    errors += sum(map(int, sockets.groups())) if sockets else 0
    return Figures(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        cpu_us=cpu * 1e6 / requests if requests else float("inf"),
        p99_ms=milliseconds(re.search(r"^\s+99%\s+(\S+)", output, re.MULTILINE)[1]),
        rss_mb=process.status_kib(server.pid, "VmRSS") / 1024,
        errors=errors,
    )
