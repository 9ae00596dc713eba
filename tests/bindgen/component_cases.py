"""Components from core modules: what they import, who accepts them, and what is refused."""

import contextlib
import json
import pathlib
import re
import tempfile

from bindgen.header_cases import ASYNC, TYPES
from bindgen.round_trip import component_of
from bindgen.tools import clang, link, link_cpp, oracle, run as execute, succeed, wasm_tools, wit_folder
from harness.guests import guest
from harness.suite import ROOT, Skip

EMPTY_MODULE = b"\0asm\x01\0\0\0"


def run(suite):
    for case in (hello_imports_io_and_http_alone, interoperates, service, service_in_cpp, parts_of_a_component, embeds, adapters, adapter_with_tables, error_contexts, command, versions,
                 refuses):  # fmt: skip
        suite.run("component: " + case.__name__.replace("_", " "), lambda case=case: within(case, suite))


def within(case, suite):
    with tempfile.TemporaryDirectory() as name:
        case(suite.options.weir, pathlib.Path(name))


def imports_of(weir, component):
    return re.findall(r"^  import (\S+)", succeed(weir, "inspect", component), re.M)


def hello_imports_io_and_http_alone(weir, _):
    component = guest("hello-c")
    packages = {name.split("/")[0] for name in imports_of(weir, component)}
    assert packages == {"wasi:io", "wasi:http"}, packages
    succeed(weir, "component", "validate", component)
    succeed(wasm_tools(), "validate", component)


def sources(name):
    return ROOT / "examples" / name, sorted((ROOT / "examples" / name).glob("*.c"))


def wit_of(folder, into):
    return wit_folder(into, (folder / "world.wit").read_text(), "0.2.12")


def interoperates(weir, folder):
    """Our object file works with other tools, theirs with ours, and both give the same imports."""
    example, files = sources("echo-c")
    wit = wit_of(example, folder / "wit")
    succeed(weir, "bindgen", "c", wit, "--world", "guest", "-o", folder / "ours")
    ours = link(folder / "ours", "guest", folder / "ours.wasm", *files)
    succeed(wasm_tools(), "component", "new", ours, "-o", folder / "ours.theirs.wasm")
    succeed(weir, "component", "new", ours, "-o", folder / "ours.ours.wasm")
    assert imports_of(weir, folder / "ours.ours.wasm") == imports_of(weir, folder / "ours.theirs.wasm")
    succeed(oracle(), "bindgen", "--wit", wit, "--world", "guest", "--out", folder / "theirs")
    theirs = link(folder / "theirs", "guest", folder / "theirs.wasm", *files)
    succeed(weir, "component", "new", theirs, "-o", folder / "theirs.ours.wasm")
    for name in ("ours.ours", "theirs.ours"):
        succeed(wasm_tools(), "validate", folder / f"{name}.wasm")
        assert imports_of(weir, folder / f"{name}.wasm") == imports_of(weir, folder / "ours.theirs.wasm")


def service(weir, folder):
    """A guest of WASI 0.3 compiles unchanged with our bindings and others', and is the same component to the outside."""
    source = ROOT / "tests" / "bindgen" / "service"
    wit = wit_folder(folder / "wit", (source / "world.wit").read_text(), "0.3.2")
    succeed(weir, "bindgen", "c", wit, "--world", "guest", "-o", folder / "ours")
    kinds = ["ours"]
    with contextlib.suppress(Skip):
        succeed(oracle(), "bindgen", "--wit", wit, "--world", "guest", "--out", folder / "theirs")
        kinds.append("theirs")
    for kind in kinds:
        core = link(folder / kind, "guest", folder / f"{kind}.core.wasm", source / "service.c")
        succeed(weir, "component", "new", core, "-o", folder / f"{kind}.wasm")
        succeed(weir, "component", "validate", folder / f"{kind}.wasm")
        succeed(weir, "wit", "targets", folder / f"{kind}.wasm", "--world", "wasi:http/service@0.3.2")
    described = [succeed(weir, "inspect", "--format", "json", folder / f"{kind}.wasm") for kind in kinds]
    parts = [{key: json.loads(text)[key] for key in ("imports", "exports")} for text in described]
    assert all(part == parts[0] for part in parts) and parts[0]["exports"][0]["functions"] == ["handle"], parts


def service_in_cpp(weir, folder):
    """A guest of WASI 0.3 in C++ is a valid component that imports wasi:http alone."""
    source = ROOT / "tests" / "bindgen" / "service"
    wit = wit_folder(folder / "wit", (source / "world.wit").read_text(), "0.3.2")
    succeed(weir, "bindgen", "cpp", wit, "--world", "guest", "-o", folder)
    core = link_cpp(folder, "guest", folder / "core.wasm", source / "service.cpp")
    succeed(weir, "component", "new", core, "-o", folder / "x.wasm")
    succeed(weir, "wit", "targets", folder / "x.wasm", "--world", "wasi:http/service@0.3.2")
    assert imports_of(weir, folder / "x.wasm") == ["wasi:http/types@0.3.2"]
    succeed(wasm_tools(), "validate", "--features", "all", folder / "x.wasm")


def parts_of_a_component(weir, folder):
    text = succeed(weir, "component", "unbundle", guest("hello-c"), "--module-dir", folder / "modules")
    modules = sorted((folder / "modules").glob("unbundled-module*.wasm"))
    assert len(modules) == len(text.splitlines()) >= 3, text
    for module in modules:
        assert "a valid core module" in succeed(weir, "component", "validate", module)


def embeds(weir, folder):
    wit = wit_folder(folder / "wit", "package a:b;\nworld w { import log: func(n: u32); export run: func(); }\n")
    (folder / "w.c").write_text(
        '__attribute__((import_module("$root"), import_name("log"))) void log_it(int);\n'
        '__attribute__((export_name("run"))) void run(void) { log_it(7); }\n'
    )
    clang("-nostdlib", "-Wl,--no-entry", folder / "w.c", "-o", folder / "core.wasm")
    bare = execute(weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")
    assert bare.returncode == 1 and "weir component embed" in bare.stderr, bare
    succeed(weir, "component", "embed", wit, folder / "core.wasm", "--world", "w", "-o", folder / "with.wasm")
    succeed(weir, "component", "new", folder / "with.wasm", "-o", folder / "x.wasm")
    succeed(weir, "component", "validate", folder / "x.wasm")
    succeed(wasm_tools(), "component", "new", folder / "with.wasm", "-o", folder / "y.wasm")
    for name in ("x", "y"):
        assert "import log: func(n: u32)" in succeed(wasm_tools(), "component", "wit", folder / f"{name}.wasm")


def adapters(weir, folder):
    """An adapter that is given takes the place of the embedded one."""
    example, files = sources("wait")
    wit = wit_of(example, folder / "wit")
    succeed(weir, "bindgen", "c", wit, "--world", "guest", "-o", folder / "gen")
    (folder / "more.c").write_text('#include <stdio.h>\n__attribute__((constructor)) static void say(void) { puts("x"); }\n')
    core = link(folder / "gen", "guest", folder / "core.wasm", *files, folder / "more.c")
    succeed(weir, "component", "new", core, "-o", folder / "a.wasm")
    folder_of_adapters = pathlib.Path(succeed(ROOT / "tools" / "adapters" / "fetch.sh").strip())
    file = folder_of_adapters / "wasi_snapshot_preview1.reactor.wasm"
    succeed(weir, "component", "new", core, "--adapt", f"wasi_snapshot_preview1={file}", "-o", folder / "b.wasm")
    assert (folder / "a.wasm").read_bytes() == (folder / "b.wasm").read_bytes()
    succeed(wasm_tools(), "validate", folder / "a.wasm")
    assert "wasi:random/random@0.2.12" not in imports_of(weir, folder / "a.wasm")
    (folder / "bad.wasm").write_bytes(file.read_bytes()[:-4000])
    done = execute(weir, "component", "new", core, "--adapt", f"wasi_snapshot_preview1={folder / 'bad.wasm'}", "-o", folder / "c.wasm")
    assert done.returncode == 1 and "wasi_snapshot_preview1" in done.stderr, done


OPERATIONS = """(module
  (import "env" "memory" (memory 0))
  (type $operation (func (param i32) (result i32)))
  (table 3 funcref)
  (elem (i32.const 0) $twice $square $digit)
  (data $digits "0123456789")
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func $digit (param i32) (result i32)
    (memory.init $digits (i32.const 64) (local.get 0) (i32.const 1))
    (i32.load8_u (i32.const 64)))
  (func (export "apply") (param i32 i32) (result i32)
    (call_indirect (type $operation) (local.get 1) (local.get 0))))
"""
CALLER = """(module
  (import "operations" "apply" (func $apply (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (param i32 i32) (result i32) (call $apply (local.get 0) (local.get 1))))
"""


def adapter_with_tables(weir, folder):
    """An adapter may call through its table, and have data that it puts into the memory."""
    for name, text in (("operations", OPERATIONS), ("caller", CALLER)):
        (folder / f"{name}.wat").write_text(text)
        succeed(weir, "component", "parse", folder / f"{name}.wat", "-o", folder / f"{name}.wasm")
    wit = wit_folder(folder / "wit", "package a:b;\nworld w { export run: func(operation: u32, of: u32) -> u32; }\n")
    succeed(weir, "component", "embed", wit, folder / "caller.wasm", "--world", "w", "-o", folder / "core.wasm")
    adapter = f"operations={folder / 'operations.wasm'}"
    succeed(weir, "component", "new", folder / "core.wasm", "--adapt", adapter, "-o", folder / "x.wasm")
    calls = ((0, 7, 14), (1, 7, 49), (2, 7, ord("7")))
    invocations = [f'(assert_return (invoke "run" (u32.const {a}) (u32.const {b})) (u32.const {c}))' for a, b, c in calls]
    (folder / "x.wast").write_text("\n".join([component_of((folder / "x.wasm").read_bytes()), *invocations]) + "\n")
    program = pathlib.Path(weir).parent / "weir-wast"
    if program.exists():
        assert "4 passed, 0 failed, 0 skipped" in succeed(program, "-v", folder / "x.wast")
    succeed(wasm_tools(), "validate", folder / "x.wasm")


ERROR_CONTEXTS = """(module
  (import "$root" "[error-context-new-utf8]" (func $new (param i32 i32) (result i32)))
  (import "$root" "[error-context-debug-message-utf16]" (func $message (param i32 i32)))
  (import "$root" "[error-context-drop]" (func $drop (param i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
  (func (export "run") (result i32)
    (local $made i32)
    (local.set $made (call $new (i32.const 0) (i32.const 3)))
    (call $message (local.get $made) (i32.const 16))
    (call $drop (local.get $made))
    (call $new (i32.const 0) (i32.const 0))))
"""


def error_contexts(weir, folder):
    """A guest that brings bindings of its own for error-context becomes a valid component; what runs it says that it cannot."""
    (folder / "x.wat").write_text(ERROR_CONTEXTS)
    succeed(weir, "component", "parse", folder / "x.wat", "-o", folder / "bare.wasm")
    wit = wit_folder(folder / "wit", "package a:b;\nworld w { export run: func() -> error-context; }\n")
    succeed(weir, "component", "embed", wit, folder / "bare.wasm", "--world", "w", "-o", folder / "core.wasm")
    succeed(weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")

    def canons(name):
        text = succeed(weir, "component", "print", folder / name)
        lines = re.findall(r"canon (error-context\.[a-z-]+)(.*)", text)
        return sorted((builtin, *re.findall(r"string-encoding=([a-z0-9+]+)", options)) for builtin, options in lines)

    new, message, drop = ("error-context.new", "utf8"), ("error-context.debug-message", "utf16"), ("error-context.drop",)
    assert canons("x.wasm") == sorted([new, message, drop]), canons("x.wasm")
    done = execute(weir, "compile", folder / "x.wasm", "-o", folder / "x.weir")
    assert done.returncode != 0 and "error-context" in done.stderr, done
    succeed(wasm_tools(), "validate", "--features", "all", folder / "x.wasm")
    succeed(wasm_tools(), "component", "new", folder / "core.wasm", "-o", folder / "theirs.wasm")
    assert canons("theirs.wasm") == canons("x.wasm"), canons("theirs.wasm")


def command(weir, folder):
    """A program with `main` becomes a command."""
    (folder / "main.c").write_text('#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n')
    clang("-O1", folder / "main.c", "-o", folder / "core.wasm")
    succeed(weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")
    succeed(wasm_tools(), "validate", folder / "x.wasm")
    text = succeed(weir, "inspect", folder / "x.wasm")
    assert "export wasi:cli/run@0.2.12" in text and "wasi:filesystem/types" in text, text


def versions(weir, folder):
    """A guest of an older WASI 0.2 shares the imports of the adapter, which is newer."""
    text = (ROOT / "examples" / "wait" / "world.wit").read_text()
    wit = wit_folder(folder / "wit", text.replace("@0.2.12", "@0.2.6"), "0.2.12")
    for path in (wit / "deps").iterdir():
        older = path.read_text().replace("@0.2.12", "@0.2.6")
        path.write_text(re.sub(r"version = 0\.2\.(\d+)", lambda m: f"version = 0.2.{min(int(m[1]), 6)}", older))
    succeed(weir, "bindgen", "c", wit, "--world", "guest", "-o", folder / "gen")
    (folder / "more.c").write_text('#include <stdio.h>\n__attribute__((constructor)) static void say(void) { puts("x"); }\n')
    core = link(folder / "gen", "guest", folder / "core.wasm", *sources("wait")[1], folder / "more.c")
    succeed(weir, "component", "new", core, "-o", folder / "x.wasm")
    succeed(wasm_tools(), "validate", folder / "x.wasm")
    streams = [name for name in imports_of(weir, folder / "x.wasm") if name.startswith("wasi:io/streams")]
    assert streams == ["wasi:io/streams@0.2.12"], streams


def refuses(weir, folder):
    """Each bad input gets one clear error, and leaves nothing behind."""
    out = folder / "out.wasm"

    def refused(data, *words):
        (folder / "in.wasm").write_bytes(data)
        done = execute(weir, "component", "new", folder / "in.wasm", "-o", out)
        assert done.returncode == 1 and not out.exists(), done
        for word in ("in.wasm", *words):
            assert word in done.stderr, (word, done.stderr)

    refused(b"", "byte 0")
    refused(b"hello", "byte")
    refused(EMPTY_MODULE, "which world")
    refused(pathlib.Path(guest("hello-c")).read_bytes(), "a component already")
    wit = wit_folder(folder / "wit", TYPES)
    succeed(weir, "bindgen", "c", wit, "--world", "w", "-o", folder)
    whole = (folder / "w_component_type.o").read_bytes()
    refused(whole, "does not export the function")
    for cut in range(9, len(whole) - 60, 97):
        refused(whole[:cut])
    wrong = whole.replace(b"test:types/shapes", b"test:types/shapez")
    refused(wrong)
    wit = wit_folder(folder / "wit2", ASYNC)
    succeed(weir, "bindgen", "c", wit, "--world", "w", "-o", folder)
