"""A project with a `wit` folder in a temporary place, and the programs that work on it."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from harness.suite import Skip

GUARD_SECONDS = 120


def peer():
    """The program `wit-deps`; skips the case where there is none."""
    cache = os.environ.get("WEIR_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "weir"
    )
    for path in (os.environ.get("WEIR_WIT_DEPS"), shutil.which("wit-deps"), f"{cache}/peers/bin/wit-deps"):
        if path and os.access(path, os.X_OK):
            return path
    raise Skip("there is no wit-deps (cargo install wit-deps-cli; WEIR_WIT_DEPS names the program)")


class Project:
    """A context manager: the folder and an environment of its own, so that nothing of the user's takes part."""

    def __init__(self, weir, **files):
        self.weir = weir
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-deps-test-"))
        self.wit = self.folder / "wit"
        self.wit.mkdir()
        self.write(**files)
        self.env = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def manifest(self, text):
        (self.wit / "deps.toml").write_text(text)

    def write(self, **files):
        """Files below the project's folder by path, `__` for `/` and `_dot_` for `.` (keywords cannot have them)."""
        for name, text in files.items():
            path = self.folder / name.replace("_dot_", ".").replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [self.weir, "deps", *map(str, arguments)], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def run(self, *arguments):
        """The finished process of `weir deps …`."""
        process = self.start(*arguments)
        process.stdout_text, process.stderr_text = process.communicate(timeout=GUARD_SECONDS)
        return process

    def succeed(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, f"weir deps {arguments} ended with {done.returncode}: {done.stderr_text}"
        return done.stdout_text

    def fail(self, *arguments, says, status=1):
        """Expects an error of one line that has all the words, and that nothing has changed."""
        before = self.snapshot()
        done = self.run(*arguments)
        assert done.returncode == status, f"ended with {done.returncode}: {done.stdout_text}{done.stderr_text}"
        errors = [line for line in done.stderr_text.splitlines() if line.startswith("weir: ")]
        assert len(errors) == 1, done.stderr_text
        for words in [says] if isinstance(says, str) else says:
            assert words in errors[0], f"`{words}` is not in: {errors[0]}"
        after = self.snapshot()
        assert before == after, f"it changed {set(before.items()) ^ set(after.items())}"
        return done

    def peer_run(self, *arguments):
        """Runs `wit-deps` on the project."""
        return subprocess.run(
            [peer(), *arguments], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=GUARD_SECONDS
        )

    def lock(self):
        return (self.wit / "deps.lock").read_text()

    def deps(self):
        """The contents below wit/deps by path, with `*` after the name of an executable file."""
        found = {}
        for path in sorted((self.wit / "deps").rglob("*")):
            if path.is_file():
                mark = "*" if path.stat().st_mode & 0o100 else ""
                found[str(path.relative_to(self.wit / "deps")) + mark] = path.read_text()
            elif not any(path.iterdir()):
                found[str(path.relative_to(self.wit / "deps")) + "/"] = ""
        return found

    def snapshot(self):
        """All of wit/: what is there, and that nobody touched it."""
        found = {}
        for path in [self.wit, *sorted(self.wit.rglob("*"))]:
            status = path.lstat()
            # The folder `wit` itself may see temporary files come and go.
            changed = status.st_mtime_ns if path != self.wit else 0
            content = path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(self.wit))] = (status.st_ino, status.st_mode, changed, content)
        return found
