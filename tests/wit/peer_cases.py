"""The same packages and components through weir and wasm-tools."""

import os
import pathlib

from harness import guests
from harness.suite import ROOT, Skip
from wit.json_shape import Shape
from wit.programs import RELEASES, Weir, official, official_package, temporary, wasm_tools

# Records without fields are text, but components have none; some releases of wasm-tools refuse the text, too.
NOT_ENCODABLE = {"types.wit", "union-fuzz-2.wit", "use-chain.wit", "multi-file"}


def main_package(text):
    """A print without the packages that follow the main one."""
    return text.split("\npackage ")[0].strip()


def lines(text):
    return sorted(line for line in text.splitlines() if line.strip())


def check_json(weir, path, features):
    theirs = Shape(wasm_tools("component", "wit", *features, "--json", path)).packages()
    ours = Shape(weir.wit("json", *features, path)[0]).packages()
    assert ours == theirs, f"the JSON of {path} differs in {[name for name in theirs if ours.get(name) != theirs[name]]}"


def check_encoding(weir, path, features, scratch):
    """Our binary must read in wasm-tools, and theirs in weir, as the text does."""
    ours, theirs = scratch / "ours.wasm", scratch / "theirs.wasm"
    weir.wit("encode", *features, path, "-o", ours)
    wasm_tools("validate", "--features", "all", ours)
    expected = main_package(wasm_tools("component", "wit", *features, path))
    found = main_package(wasm_tools("component", "wit", ours))
    assert found == expected, f"{path}: our binary reads as\n{found}\ninstead of\n{expected}"
    wasm_tools("component", "wit", *features, "--wasm", path, "-o", theirs)
    expected = main_package(weir.wit("print", *features, path)[0])
    found = main_package(weir.wit("decode", theirs)[0])
    assert found == expected, f"{path}: weir reads their binary as\n{found}\ninstead of\n{expected}"


def official_case(weir, release, name):
    def case():
        with temporary() as scratch:
            scratch = pathlib.Path(scratch)
            folder = official_package(release, name, scratch / "wit")
            check_json(weir, folder, ["--all-features"])
            check_encoding(weir, folder, ["--all-features"], scratch)

    return case


def text_case(weir, path):
    def case():
        with temporary() as scratch:
            check_json(weir, path, ["--all-features"])
            check_encoding(weir, path, ["--all-features"], pathlib.Path(scratch))

    return case


def suite_folder():
    folder = os.environ.get("WEIR_WIT_TESTS")
    if not folder:
        raise Skip("WEIR_WIT_TESTS is not set to wit-parser's folder tests/ui")
    return pathlib.Path(folder)


def suite_cases():
    for path in sorted(suite_folder().iterdir()):
        if path.name != "parse-fail" and (path.is_dir() or path.suffix == ".wit"):
            yield path


def suite_json(weir):
    def case():
        count = 0
        for path in suite_cases():
            if path.name in NOT_ENCODABLE and wasm_tools("component", "wit", path, check=False) is None:
                continue
            check_json(weir, path, ["--features", "active"])
            count += 1
        assert count > 50, f"only {count} packages"

    return case


def suite_encoding(weir):
    def case():
        count = 0
        for path in suite_cases():
            if path.name in NOT_ENCODABLE and wasm_tools("component", "wit", "--wasm", path, check=False) is None:
                continue
            # A package without items has no name in its binary, so nothing can be compared.
            if "{" not in main_package(weir.wit("print", "--features", "active", path)[0]):
                continue
            with temporary() as scratch:
                check_encoding(weir, path, ["--features", "active"], pathlib.Path(scratch))
            count += 1
        assert count > 40, f"only {count} packages"

    return case


def refusals(weir):
    def case():
        count = 0
        for path in sorted((suite_folder() / "parse-fail").iterdir()):
            if not path.is_dir() and path.suffix != ".wit":
                continue
            weir.wit("check", path, status=1)
            count += 1
        assert count > 100, f"only {count} packages"

    return case


def component_case(weir, name):
    def case():
        component = guests.guest(name)
        expected = wasm_tools("component", "wit", component)
        with temporary() as scratch:
            ours = pathlib.Path(scratch) / "ours.wit"
            weir.wit("decode", component, "-o", ours)
            found = wasm_tools("component", "wit", ours)
        assert lines(found) == lines(expected), f"{name}: weir decodes\n{found}\ninstead of\n{expected}"

    return case


def run(suite):
    weir = Weir(suite.options.weir)
    for release in RELEASES:
        try:
            names = sorted(path.stem for path in (official(release) / "deps").glob("*.wit"))
        except Skip:
            names = ["http"]
        for name in names:
            suite.run(f"peer/{release}/{name}", official_case(weir, release, name))
    for name in ("named", "accessors"):
        suite.run(f"peer/text/{name}", text_case(weir, ROOT / "src/wit/testdata/print" / f"{name}.wit"))
    suite.run("peer/suite/json", suite_json(weir))
    suite.run("peer/suite/encoding", suite_encoding(weir))
    suite.run("peer/suite/refusals", refusals(weir))
    for name in ("hello-c", "hello-rust", "hello-js"):
        suite.run(f"peer/component/{name}", component_case(weir, name))
