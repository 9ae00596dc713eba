"""Runs cases and counts them: the command line and the last line that every tests/*/run has."""

import argparse
import os
import pathlib
import sys
import time
import traceback

from harness.guests import Unavailable
from harness.server import Host

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Skip(Exception):
    """The case does not apply here; the message says why."""


class Suite:
    def __init__(self, description):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--weir", default=os.environ.get("WEIR") or str(ROOT / "build" / "release" / "weir"))
        parser.add_argument("--peer", metavar="wasmtime=PATH", help="run another host instead of weir, to check the guests and cases")
        parser.add_argument("--only", metavar="TEXT", help="only cases whose name contains TEXT")
        parser.add_argument("--list", action="store_true", help="print the names of the cases")
        self.options = parser.parse_args()
        if self.options.peer:
            name, _, path = self.options.peer.partition("=")
            if name != "wasmtime" or not path:
                parser.error("--peer wants wasmtime=PATH")
            self.host = Host(path, is_weir=False)
        else:
            self.host = Host(self.options.weir, is_weir=True)
        self.passed = self.failed = self.skipped = 0

    def wants(self, name):
        return self.options.only is None or self.options.only in name

    def run(self, name, case):
        """Runs one case, a function without parameters."""
        if not self.wants(name):
            return
        if self.options.list:
            print(name)
            return
        started = time.monotonic()
        try:
            case()
            self.passed += 1
            print(f"ok      {name} ({time.monotonic() - started:.1f} s)")
        except (Skip, Unavailable) as reason:
            self.skipped += 1
            print(f"skip: {name}: {reason}")
        except KeyboardInterrupt:
            raise
        except BaseException:
            self.failed += 1
            print(f"FAILED  {name} ({time.monotonic() - started:.1f} s)")
            for line in traceback.format_exc().splitlines():
                print(f"        {line}")
        sys.stdout.flush()

    def finish(self):
        """The exit status; prints the counts."""
        if self.options.list:
            return 0
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0
