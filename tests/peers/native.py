"""The native server that peers speak to: build/PRESET/test_server, whose paths src/http/h1/testing/test_handler.h lists."""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WEIR") or ROOT / "build" / "release" / "weir").parent
PROGRAM = BUILD / "test_server"
GUARD_SECONDS = 30


class Native:
    """A running test_server; a context manager that ends it with SIGTERM and expects exit status 0."""

    def __init__(self, descriptors=None, **settings):
        command = [str(PROGRAM), "127.0.0.1:0", *(f"{name}={value}" for name, value in settings.items())]

        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit
        )
        line = self.process.stderr.readline()
        found = re.search(r":(\d+)/$", line.strip())
        assert found, f"test_server does not serve: {line}"
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def status(self, name):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))

    def resident_kib(self):
        return self.status("VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wakes(self):
        """How often its threads have gone to sleep so far."""
        total = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/status") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches:"))
        return total

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=GUARD_SECONDS)

    def settle(self, condition, guard=GUARD_SECONDS):
        """Waits until the condition holds; the seconds that took."""
        started = time.monotonic()
        while not condition():
            assert time.monotonic() < started + guard, "it never came to that"
            time.sleep(0.002)
        return time.monotonic() - started

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ended = self.process.poll()
        self.terminate()
        try:
            status = self.process.wait(GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if kind is None:
            assert ended is None, f"the server ended by itself with {ended}"
            assert status == 0, f"SIGTERM ended the server with {status}"
