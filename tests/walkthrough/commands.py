"""Reads a page's commands and files, and runs them in a folder of their own.

A block marked `console` holds commands after `$ `, each with the lines that it prints; a line `…` stands for any lines. A command
that ends in `&` runs until the page's end, and what it prints first is waited for. A block marked `c NAME` is a file.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading

from harness.suite import ROOT, Skip

PAGE = ROOT / "docs" / "walkthrough.md"
PORT = "8080"


def blocks(page):
    for match in re.finditer(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield match.groups()


def steps(text):
    """The commands of a block, each with the lines expected of it."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def matches(lines, expected):
    """Whether the lines are as expected."""
    if not expected:
        return not lines
    if expected[0] == "…":
        return any(matches(lines[skipped:], expected[1:]) for skipped in range(len(lines) + 1))
    return bool(lines) and lines[0] == expected[0] and matches(lines[1:], expected[1:])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Page:
    """What is left from one command to the next: the folder, and the server."""

    def __init__(self, weir, folder):
        self.folder = folder
        self.port = free_port()
        tools = folder / ".bin"
        tools.mkdir()
        (tools / "weir").symlink_to(pathlib.Path(weir).resolve())
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
        self.server = None
        self.broken = None

    def local(self, text):
        return text.replace(PORT, self.port)

    def step(self, command, expected):
        def case():
            if self.broken:
                raise Skip(f"`{self.broken}` before it failed")
            try:
                if command.startswith("clang-19") and not shutil.which("clang-19"):
                    raise Skip("clang-19 is not there")
                self.execute(self.local(command), [self.local(line) for line in expected])
            except BaseException:
                self.broken = command
                raise

        return case

    def execute(self, command, expected):
        if command == "kill %1":
            self.stop()
            return
        if command.endswith("&"):
            self.serve(command[:-1].split(), expected)
            return
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        assert done.returncode == 0, f"`{command}` ended with status {done.returncode}:\n{done.stdout}"
        assert matches(done.stdout.splitlines(), expected), f"`{command}` printed\n{done.stdout}"

    def serve(self, command, expected):
        self.server = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        guard = threading.Timer(120, self.server.kill)
        guard.start()
        try:
            for line in expected:
                found = self.server.stdout.readline().rstrip("\n")
                assert found == line, f"the server printed `{found}`"
        finally:
            guard.cancel()

    def stop(self):
        if self.server is None:
            return
        self.server.terminate()
        try:
            self.server.wait(60)
        finally:
            self.server.kill()
            self.server.stdout.close()
            self.server = None


def run(suite):
    with tempfile.TemporaryDirectory(prefix="weir-walkthrough-") as folder:
        page = Page(suite.options.weir, pathlib.Path(folder))
        try:
            for kind, name, text in blocks(PAGE.read_text()):
                if kind == "c":
                    (page.folder / name).write_text(text)
                elif kind == "console":
                    for command, expected in steps(text):
                        suite.run(command, page.step(command, expected))
        finally:
            page.stop()
