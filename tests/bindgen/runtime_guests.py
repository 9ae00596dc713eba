"""The C guests of wit-bindgen's own runtime tests, in place: they compile against our headers, and make valid components.

Where a folder has a runner and what it runs, the two are composed, and the runner says whether all is as it expects.
"""

import json
import os
import pathlib
import re
import tempfile

from bindgen.compose import compose
from bindgen.round_trip import component_of, wast
from bindgen.tools import link, succeed, wasm_tools
from harness.suite import Skip

# Without WASI there is nowhere to print to: what is wrong traps, and the trap says where.
ASSERT = """#pragma once
#include <stdio.h>
#define assert(condition) ((condition) ? (void) 0 : __builtin_trap())
#define printf(...) ((void) 0)
"""


def run(suite):
    folder = os.environ.get("WEIR_WIT_BINDGEN")
    if not folder:
        suite.run("wit-bindgen's runtime guests", lambda: skip("WEIR_WIT_BINDGEN is not set"))
        return
    root = pathlib.Path(folder)
    for source in sorted(root.rglob("*.c")):
        name = str(source.relative_to(root))
        suite.run(f"wit-bindgen's runtime guests: {name}", lambda s=source: valid(suite, s))
    for runner in sorted(root.rglob("runner*.c")):
        if (runner.parent / "test.c").exists():
            name = str(runner.relative_to(root))
            suite.run(f"wit-bindgen's runtime tests: {name}", lambda r=runner: both(suite, r))
    autodrop = root / "c" / "autodrop-borrows"
    if autodrop.exists():
        suite.run("wit-bindgen's runtime tests: c/autodrop-borrows", lambda: chain(suite, autodrop))


def skip(reason):
    raise Skip(reason)


def build(suite, source, folder):
    text = source.read_text()
    named = re.search(r"^//@ .*world = '([a-z-]+)'", text, re.M)
    world = named[1] if named else re.sub("-opt$", "", source.stem)
    line = re.search(r"^//@ args = (.*)$", text, re.M)
    # An older way to say that `run` is bound synchronously.
    options = re.sub(r"['\",\[\]]", " ", line[1]).replace("--async=-run", "--sync run").split() if line else []
    stem = world.replace("-", "_")
    succeed(suite.options.weir, "bindgen", "c", source.parent / "test.wit", "--world", world, "-o", folder, *options)
    (folder / "assert.h").write_text(ASSERT)
    out = folder / f"{source.stem}.wasm"
    core = link(folder, stem, folder / "core.wasm", source, warnings=("-Wall", "-Wno-unused"))
    succeed(suite.options.weir, "component", "new", core, "-o", out)
    return out


def valid(suite, source):
    with tempfile.TemporaryDirectory() as name:
        out = build(suite, source, pathlib.Path(name))
        succeed(wasm_tools(), "validate", "--features", "all", out)


def names(suite, component, side):
    return {item["name"]: item["kind"] for item in json.loads(succeed(suite.options.weir, "inspect", "--format", "json", component))[side]}


def check(suite, folder, sources):
    """Each of `sources` imports from those before it; the last exports `run`."""
    program = wast(suite)
    parts, functions, exporters = [], {"run"}, {}
    for index, source in enumerate(sources):
        component = build(suite, source, folder)
        imports = names(suite, component, "imports")
        functions |= {name for name, kind in imports.items() if kind == "func"}
        missing = [name for name in imports if name not in exporters]
        if missing:
            skip(f"it imports {', '.join(missing)}")
        parts.append((component.read_bytes(), {name: exporters[name] for name in imports}))
        exporters |= {name: index for name in names(suite, component, "exports")}
    whole = compose(parts, {"run": len(parts) - 1}, functions)
    (folder / "run.wast").write_text(component_of(whole) + '\n(assert_return (invoke "run"))\n')
    text = succeed(program, "-v", folder / "run.wast")
    assert "2 passed, 0 failed, 0 skipped" in text, text


def both(suite, runner):
    with tempfile.TemporaryDirectory() as name:
        check(suite, pathlib.Path(name), [runner.parent / "test.c", runner])


def chain(suite, folder):
    with tempfile.TemporaryDirectory() as name:
        check(suite, pathlib.Path(name), [folder / f"{part}.c" for part in ("exporter", "borrower", "autodropper", "runner")])
