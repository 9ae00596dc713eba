"""The C++ and C of docs/cpp-guests.md and docs/c-guests.md compile against what they are about."""

import pathlib
import re
import tempfile

from bindgen.header_cases import PROXY, SERVICE
from bindgen.tools import CPP_FLAGS, clang_cpp, link, succeed, wit_folder
from harness.suite import ROOT

COUNTING = "package docs:counting;\ninterface counters {\n  resource counter { constructor(first: u32); next: func() -> u32; }\n}\nworld guest { export counters; }\n"
KEEPING = """package docs:keeping;
interface store {
  resource bucket { constructor(); size: get() -> u32; }
  hash: func(of: borrow<bucket>) -> list<u8, 4>;
}
world guest { import store; import backup: store; export same: func() -> bool; }
"""


def run(suite):
    suite.run("docs: the samples of docs/cpp-guests.md compile", lambda: samples(suite))
    suite.run("docs: the sample of docs/c-guests.md becomes a component", lambda: sample_in_c(suite))


def samples_in(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S)


def sample_in_c(suite):
    (text,) = samples_in("c-guests.md", "c")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wit = wit_folder(folder / "wit", KEEPING)
        succeed(suite.options.weir, "bindgen", "c", wit, "--world", "guest", "-o", folder)
        (folder / "sample.c").write_text(text)
        core = link(folder, "guest", folder / "core.wasm", folder / "sample.c")
        succeed(suite.options.weir, "component", "new", core, "-o", folder / "x.wasm")


def samples(suite):
    found = samples_in("cpp-guests.md", "cpp")
    worlds = ((PROXY, "0.2.12"), (COUNTING, None), (SERVICE, "0.3.2"))
    assert len(found) == len(worlds), found
    for text, (world, version) in zip(found, worlds):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            wit = wit_folder(folder / "wit", world, version)
            succeed(suite.options.weir, "bindgen", "cpp", wit, "--world", "guest", "-o", folder)
            (folder / "sample.cpp").write_text(text if "#include" in text else '#include "guest.hpp"\n' + text)
            clang_cpp(*CPP_FLAGS, "-fsyntax-only", folder / "sample.cpp")
