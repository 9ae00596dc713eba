"""`weir component print` and `parse`: what is printed reads back as the same binary."""

import os
import pathlib

from harness import guests
from harness.suite import ROOT, Skip
from wit.programs import Weir, temporary, wasm_tools

GUESTS = ("hello-c", "hello-rust", "echo-c")


def trip(weir, path, scratch):
    """The text of a binary, and the binary of that text."""
    text, binary = scratch / "trip.wat", scratch / "trip.wasm"
    weir.run("component", "print", path, "-o", text)
    weir.run("component", "parse", text, "-o", binary)
    return text.read_text(), binary.read_bytes()


def guest(name):
    try:
        return guests.guest(name)
    except guests.Unavailable as reason:
        raise Skip(str(reason)) from reason


def check_stable(weir, path, scratch):
    """Linkers leave room in numbers, which the first trip takes out; after that nothing changes any more."""
    _, once = trip(weir, path, scratch)
    shorter = scratch / "shorter.wasm"
    shorter.write_bytes(once)
    weir.run("component", "validate", shorter)
    _, twice = trip(weir, shorter, scratch)
    assert once == twice, f"{path}: {len(once)} bytes, and {len(twice)} bytes after another trip"


def guest_case(weir, name):
    def case():
        with temporary() as scratch:
            check_stable(weir, guest(name), pathlib.Path(scratch))

    return case


def peer_case(weir, name):
    def case():
        with temporary() as scratch:
            scratch = pathlib.Path(scratch)
            text, binary = trip(weir, guest(name), scratch)
            assert text == wasm_tools("print", guest(name)), f"{name}: the text differs from that of wasm-tools"
            wasm_tools("parse", scratch / "trip.wat", "-o", scratch / "theirs.wasm")
            assert binary == (scratch / "theirs.wasm").read_bytes(), f"{name}: the binary differs from that of wasm-tools"

    return case


def own_text(weir):
    """Components and modules that are text in this repository: their binaries come back byte for byte."""

    def case():
        count = 0
        with temporary() as scratch:
            scratch = pathlib.Path(scratch)
            for folder in ("src", "tests", "examples", "bench"):
                for path in sorted((ROOT / folder).rglob("*.wat")):
                    binary = scratch / "first.wasm"
                    weir.run("component", "parse", path, "-o", binary)
                    assert trip(weir, binary, scratch)[1] == binary.read_bytes(), f"{path} is not what it was"
                    count += 1
        assert count >= 5, f"only {count} files"

    return case


def official_components(weir):
    def case():
        folder = os.environ.get("WEIR_WASI_TESTSUITE")
        if not folder:
            raise Skip("WEIR_WASI_TESTSUITE does not name a checkout of the WASI test suite with its components built")
        paths = [path for path in sorted(pathlib.Path(folder).rglob("*.wasm")) if path.stat().st_size < 2 << 20]
        if not paths:
            raise Skip(f"there are no components in {folder}")
        with temporary() as scratch:
            for path in paths:
                check_stable(weir, path, pathlib.Path(scratch))

    return case


def refuses(weir):
    def case():
        with temporary() as folder:
            file = pathlib.Path(folder) / "cut.wasm"
            file.write_bytes(b"\0asm\x0d\0\x01\0\x07\xff")
            _, error = weir.run("component", "print", file, status=1)
            assert error.startswith(f"weir: {file}: it cannot be printed: ") and error.count("\n") == 1, error
            file.write_text("(component (core module")
            _, error = weir.run("component", "parse", file, "-o", file, status=1)
            assert str(file) in error, error
            assert file.read_text() == "(component (core module", "the input was replaced"

    return case


def run(suite):
    weir = Weir(suite.options.weir)
    for name in GUESTS:
        suite.run(f"text/stable/{name}", guest_case(weir, name))
        suite.run(f"text/peer/{name}", peer_case(weir, name))
    suite.run("text/own files", own_text(weir))
    suite.run("text/official components", official_components(weir))
    suite.run("text/refuses", refuses(weir))
