"""Servers under test: `weir serve`, or another host with the same job, to check guests and expectations against."""

import os
import re
import signal
import subprocess
import threading
import time

# Another host compiles 19 MB of Python before it serves.
START_GUARD_SECONDS = 120
STOP_GUARD_SECONDS = 20
SERVING = re.compile(r"Serving HTTP on https?://[^/]*:(\d+)/")


class NotServing(Exception):
    """The server ended, or never said that it serves; the message has its stderr."""


class Host:
    """A program that serves components. Options: env (dict), outbound (patterns), timeout, cpu_time (seconds), max_memory
    (bytes), more (arguments), process_env (dict)."""

    def __init__(self, program, is_weir):
        self.program, self.is_weir = program, is_weir

    def command(self, app, env=None, outbound=(), timeout=None, cpu_time=None, max_memory=None, more=(), addr="127.0.0.1:0"):
        command = [self.program, "serve", "--addr", addr]
        for name, value in (env or {}).items():
            command += ["--env", f"{name}={value}"]
        if self.is_weir:
            for pattern in outbound:
                command += ["--allow-outbound", pattern]
            if timeout is not None:
                command += ["--timeout", f"{int(timeout * 1000)}ms"]
            if cpu_time is not None:
                command += ["--cpu-time", f"{int(cpu_time * 1000)}ms"]
            if max_memory is not None:
                command += ["--max-memory", str(max_memory)]
            command += more
        else:
            command += ["-Scli"]
            limit = min((t for t in (timeout, cpu_time) if t is not None), default=None)
            if limit is not None:
                command += ["-W", f"timeout={int(limit * 1000)}ms"]
            if max_memory is not None:
                command += ["-W", f"max-memory-size={max_memory}"]
        return command + [app]


class Server:
    """A running server; a context manager. Leaving it ends the server with SIGTERM and, for weir, expects exit status 0."""

    def __init__(self, host, app, process_env=None, **options):
        self.host = host
        self.stdout, self.stderr = [], []
        self.process = subprocess.Popen(
            host.command(app, **options),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=process_env,
        )  # fmt: skip
        self.port = None
        self.told = threading.Event()
        self.threads = [
            threading.Thread(target=self.drain, args=(self.process.stdout, self.stdout), daemon=True),
            threading.Thread(target=self.drain, args=(self.process.stderr, self.stderr), daemon=True),
        ]
        for thread in self.threads:
            thread.start()
        deadline = time.monotonic() + START_GUARD_SECONDS
        while self.port is None:
            self.told.wait(0.1)
            for line in list(self.stderr):
                if found := SERVING.search(line):
                    self.port = int(found[1])
            if self.port is None and (self.process.poll() is not None or time.monotonic() > deadline):
                self.kill()
                raise NotServing(f"{host.program} does not serve {app}: " + " | ".join(self.stderr[-10:]))

    def drain(self, pipe, lines):
        for line in pipe:
            lines.append(line.decode("utf-8", "replace").rstrip("\n"))
            self.told.set()
        self.told.set()

    def wait_for_line(self, sources, pattern, guard=5):
        """The first line that matches in stdout, stderr, or a list of both; it may still be on its way."""
        if sources is self.stdout or sources is self.stderr:
            sources = [sources]
        deadline = time.monotonic() + guard
        while True:
            seen = [line for source in sources for line in list(source)]
            for line in seen:
                if re.search(pattern, line):
                    return line
            assert time.monotonic() < deadline, f"no line matches {pattern!r} in {[line[:200] for line in seen[-20:]]}"
            time.sleep(0.02)

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def kill(self):
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(5)

    def stop(self):
        """The exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        finally:
            for thread in self.threads:
                thread.join(5)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ended_early = self.process.poll()
        status = self.stop()
        if kind is None and self.host.is_weir:
            assert ended_early is None, f"the server ended by itself with {ended_early}: {self.stderr[-10:]}"
            assert status == 0, f"SIGTERM ended the server with {status}: {self.stderr[-10:]}"
