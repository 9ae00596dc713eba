"""The programs that the cases run, and the packages that they run them on."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from harness.suite import ROOT, Skip

RELEASES = ("wasi-0.2.12", "wasi-0.3.2")


class Weir:
    def __init__(self, path):
        self.path = path

    def run(self, *args, status=0):
        """What it prints on stdout and stderr, if it ends with this status."""
        done = subprocess.run([self.path, *map(str, args)], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        if done.returncode != status:
            raise AssertionError(f"weir {' '.join(map(str, args))}: status {done.returncode}, not {status}\n"
                                 f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
        return done.stdout.decode(), done.stderr.decode()

    def wit(self, *args, status=0):
        return self.run("wit", *args, status=status)


def wasm_tools(*args, check=True):
    """What wasm-tools prints on stdout; None if it fails and `check` is false."""
    cache = pathlib.Path(os.environ.get("WEIR_CACHE") or
                         pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weir")
    candidates = [os.environ.get("WEIR_WASM_TOOLS"), str(cache / "peers/bin/wasm-tools"), shutil.which("wasm-tools")]
    program = next((path for path in candidates if path and os.access(path, os.X_OK)), None)
    if program is None:
        raise Skip("wasm-tools is not there; cargo install wasm-tools --version '~1.263' brings it")
    done = subprocess.run([program, *map(str, args)], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        if check:
            raise AssertionError(f"wasm-tools {' '.join(map(str, args))}:\n{done.stderr.decode(errors='replace')}")
        return None
    return done.stdout.decode(errors="replace")


def official(release):
    """The folder of the official packages of a release: their files are in `deps`."""
    done = subprocess.run([ROOT / "tools/wit/fetch.sh", "--prefix"], capture_output=True, text=True, check=True)
    folder = pathlib.Path(done.stdout.strip()) / release
    if not folder.is_dir():
        raise Skip(f"{folder} is not there; the build fetches it")
    return folder


def official_package(release, name, into):
    """A folder `into` whose main package is an official one, with the others in `deps`."""
    (into / "deps").mkdir(parents=True)
    for path in (official(release) / "deps").glob("*.wit"):
        shutil.copy(path, into if path.stem == name else into / "deps")
    return into


def temporary():
    return tempfile.TemporaryDirectory(prefix="weir-wit-")
