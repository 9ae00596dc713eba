"""The C++ of docs/cpp-guests.md compiles against what it is about."""

import pathlib
import re
import tempfile

from bindgen.header_cases import PROXY, SERVICE
from bindgen.tools import CPP_FLAGS, clang_cpp, succeed, wit_folder
from harness.suite import ROOT

COUNTING = "package docs:counting;\ninterface counters {\n  resource counter { constructor(first: u32); next: func() -> u32; }\n}\nworld guest { export counters; }\n"


def run(suite):
    suite.run("docs: the samples of docs/cpp-guests.md compile", lambda: samples(suite))


def samples(suite):
    found = re.findall(r"^```cpp\n(.*?)^```$", (ROOT / "docs" / "cpp-guests.md").read_text(), re.M | re.S)
    worlds = ((PROXY, "0.2.12"), (COUNTING, None), (SERVICE, "0.3.2"))
    assert len(found) == len(worlds), found
    for text, (world, version) in zip(found, worlds):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            wit = wit_folder(folder / "wit", world, version)
            succeed(suite.options.weir, "bindgen", "cpp", wit, "--world", "guest", "-o", folder)
            (folder / "sample.cpp").write_text(text if "#include" in text else '#include "guest.hpp"\n' + text)
            clang_cpp(*CPP_FLAGS, "-fsyntax-only", folder / "sample.cpp")
