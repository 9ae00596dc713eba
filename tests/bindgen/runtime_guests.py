"""The guests of wit-bindgen's own runtime tests, in place: they compile against our headers, and make valid components."""

import os
import pathlib
import re
import tempfile

from bindgen.tools import link, succeed, wasm_tools

def run(suite):
    folder = os.environ.get("WEIR_WIT_BINDGEN")
    if not folder:
        suite.run("wit-bindgen's runtime guests", lambda: skip("WEIR_WIT_BINDGEN is not set"))
        return
    root = pathlib.Path(folder)
    for source in sorted(root.rglob("*.c")):
        name = str(source.relative_to(root))
        suite.run(f"wit-bindgen's runtime guests: {name}", lambda s=source, n=name: guest(suite, s, n))


def skip(reason):
    from harness.suite import Skip

    raise Skip(reason)


def guest(suite, source, name):
    text = source.read_text()
    named = re.search(r"^//@ .*world = '([a-z-]+)'", text, re.M)
    world = named[1] if named else re.sub("-opt$", "", source.stem)
    line = re.search(r"^//@ args = (.*)$", text, re.M)
    # An older way to say that `run` is bound synchronously.
    options = re.sub(r"['\",\[\]]", " ", line[1]).replace("--async=-run", "--sync run").split() if line else []
    stem = world.replace("-", "_")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wit = source.parent / "test.wit"
        succeed(suite.options.weir, "bindgen", "c", wit, "--world", world, "-o", folder, *options)
        link(folder, stem, folder / "core.wasm", source, warnings=("-Wall", "-Wno-unused"))
        succeed(suite.options.weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")
        succeed(wasm_tools(), "validate", "--features", "all", folder / "x.wasm")
