"""`weir proxy` under test."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

GUARD_SECONDS = 30
SERVING = re.compile(r"Serving HTTP on https?://[^/]*:(\d+)/")


class Proxy:
    """A running proxy; a context manager. Leaving it ends the proxy with SIGTERM and expects exit status 0."""

    def __init__(self, program, *arguments, threads=2):
        self.process = subprocess.Popen(
            [program, "proxy", "--addr", "127.0.0.1:0", "--threads", str(threads), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.log = []
        self.thread = threading.Thread(target=self.drain, daemon=True)
        self.thread.start()
        line = self.wait_for_line(SERVING.pattern, alive=True)
        self.port = int(SERVING.search(line)[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.secure_url = f"https://localhost:{self.port}"

    def drain(self):
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace").rstrip("\n"))

    def wait_for_line(self, pattern, alive=False):
        deadline = time.monotonic() + GUARD_SECONDS
        while True:
            for line in list(self.log):
                if re.search(pattern, line):
                    return line
            ended = alive and self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"no line matches {pattern!r} in {self.log[-20:]}")
            time.sleep(0.02)

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ended_early = self.process.poll()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.thread.join(5)
        if kind is None:
            assert ended_early is None, f"the proxy ended by itself with {ended_early}: {self.log[-10:]}"
            assert status == 0, f"SIGTERM ended the proxy with {status}: {self.log[-10:]}"


def curl(*arguments, guard=30):
    """(exit status, stdout as bytes, stderr) of curl."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", str(guard), "--noproxy", "", *map(str, arguments)], capture_output=True, timeout=guard + 10
    )
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def fetched(*arguments):
    """What curl fetched; fails when it fails."""
    status, out, error = curl(*arguments)
    assert status == 0, error
    return out


def status_of(*arguments):
    """The status that curl got."""
    return int(fetched("-o", "/dev/null", "-w", "%{http_code}", *arguments) or 0)
