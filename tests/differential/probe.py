"""Speaks with weir-probe: one process, requests one after the other."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def program():
    beside = pathlib.Path(os.environ["WEIR"]).parent if "WEIR" in os.environ else ROOT / "build" / "release"
    return os.environ.get("WEIR_PROBE") or str(beside / "weir-probe")


class Probe:
    def __init__(self, path=None, seed=0):
        """`seed` chooses who is next where the specification leaves that open; 0 is Weir's own order."""
        self.path, self.seed = path or program(), seed
        self.process = None

    def ask(self, kind, body):
        """The answer as an object; `{"died": status}` if the process ended instead."""
        if self.process is None:
            self.process = subprocess.Popen([self.path, str(self.seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        data = body if isinstance(body, bytes) else body.encode()
        try:
            self.process.stdin.write(f"{kind} {len(data)}\n".encode() + data)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        status = self.process.wait()
        self.process = None
        return {"died": status}

    def close(self):
        """The status of the process: not 0 if a sanitizer found something at its end."""
        if self.process is None:
            return 0
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.process = None
        return status
