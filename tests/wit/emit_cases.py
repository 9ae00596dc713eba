"""What `weir component new` makes: valid for `wasm-tools`, and it runs on Wasmtime."""

import os
import pathlib
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from harness.suite import ROOT, Skip
from walkthrough.commands import PAGE, blocks, free_port
from wit.programs import Weir, temporary, wasm_tools

GUARD_SECONDS = 60

# A command of WASI's first version that prints and asks for its arguments.
COMMAND = r"""
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; One piece of text: where it is, and how long.
  (data (i32.const 0) "\08\00\00\00\08\00\00\00it runs\n")
  (func (export "_start")
    (if (call $sizes (i32.const 100) (i32.const 104)) (then unreachable))
    (if (i32.ne (i32.load (i32.const 100)) (i32.const 1)) (then unreachable))
    (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 108)) (then unreachable))
    (call $exit (i32.const 0))))
"""


def wasmtime():
    path = subprocess.run([ROOT / "bench/peer-wasmtime", "--path"], capture_output=True, text=True, check=True).stdout.strip()
    found = next((p for p in (os.environ.get("WEIR_WASMTIME"), path, shutil.which("wasmtime")) if p and os.access(p, os.X_OK)), None)
    if not found:
        raise Skip("wasmtime is not there; bench/peer-wasmtime builds it")
    return found


def command_component(weir, folder):
    text, core, made = folder / "command.wat", folder / "core.wasm", folder / "command.wasm"
    text.write_text(COMMAND)
    weir.run("component", "parse", text, "-o", core)
    weir.run("component", "new", core, "-o", made)
    return made


def proxy_component(weir, folder):
    """The guest of docs/walkthrough.md, by weir and clang alone."""
    for kind, name, content in blocks(PAGE.read_text()):
        if kind == "c":
            (folder / name).write_text(content)
    weir.wit("init", "--world", "wasi:http/proxy@0.2.12", folder / "wit")
    weir.run("bindgen", "c", folder / "wit", "--world", "proxy", "-o", folder)
    clang = shutil.which("clang-19")
    if not clang:
        raise Skip("clang-19 is not there")
    built = subprocess.run(
        [clang, "--target=wasm32-wasi", "-mexec-model=reactor", "-O2", "hello.c", "proxy.c", "proxy_component_type.o", "-o",
         "core.wasm"], cwd=folder, capture_output=True, text=True, timeout=GUARD_SECONDS)  # fmt: skip
    if built.returncode != 0:
        raise Skip("clang cannot build for wasm32-wasi: " + built.stderr.splitlines()[0])
    weir.run("component", "new", folder / "core.wasm", "-o", folder / "hello.wasm")
    return folder / "hello.wasm"


def validates(weir, make):
    def case():
        with temporary() as folder:
            wasm_tools("validate", make(weir, pathlib.Path(folder)))

    return case


def unbundled(weir):
    """A component without its modules is valid, and so are they."""

    def case():
        with temporary() as folder:
            folder = pathlib.Path(folder)
            made = command_component(weir, folder)
            printed, _ = weir.run("component", "unbundle", made, "--module-dir", folder / "modules", "--threshold", "0", "-o",
                                  folder / "rest.wasm")  # fmt: skip
            modules = sorted((folder / "modules").iterdir())
            assert len(modules) == len(printed.splitlines()) >= 3, printed
            for path in (folder / "rest.wasm", *modules):
                wasm_tools("validate", path)
                weir.run("component", "validate", path)
            text, _ = weir.run("component", "print", folder / "rest.wasm")
            assert '(import "unbundled-module0" (core module' in text and "(core module $main\n" not in text, text[:2000]

    return case


def imports_what_it_uses(weir):
    def case():
        with temporary() as folder:
            made = command_component(weir, pathlib.Path(folder))
            text, _ = weir.wit("print", made)
            for unused in ("wasi:sockets", "wasi:http", "wasi:random", "write-zeroes"):
                assert unused not in text, text
            weir.wit("targets", made, "--world", "wasi:cli/command@0.2.12", status=0)

    return case


def runs(weir):
    def case():
        with temporary() as folder:
            made = command_component(weir, pathlib.Path(folder))
            done = subprocess.run([wasmtime(), "run", made], capture_output=True, text=True, timeout=GUARD_SECONDS)
            assert done.returncode == 0 and done.stdout == "it runs\n", (done.returncode, done.stdout, done.stderr)

    return case


def get(url):
    deadline = time.monotonic() + GUARD_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=GUARD_SECONDS) as response:
                return response.read()
        except urllib.error.URLError:
            assert time.monotonic() < deadline, f"{url} is not served"
            time.sleep(0.1)


def serves(weir):
    def case():
        program = wasmtime()
        with temporary() as folder:
            made = proxy_component(weir, pathlib.Path(folder))
            address = f"127.0.0.1:{free_port()}"
            server = subprocess.Popen([program, "serve", "--addr", address, made], stderr=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL)  # fmt: skip
            try:
                assert get(f"http://{address}/") == b"Hello from C!\n"
            finally:
                server.kill()
                server.wait(GUARD_SECONDS)

    return case


def run(suite):
    weir = Weir(suite.options.weir)
    suite.run("emit/command validates", validates(weir, command_component))
    suite.run("emit/proxy validates", validates(weir, proxy_component))
    suite.run("emit/unbundled", unbundled(weir))
    suite.run("emit/command imports what it uses", imports_what_it_uses(weir))
    suite.run("emit/command runs on wasmtime", runs(weir))
    suite.run("emit/proxy is served by wasmtime", serves(weir))
