"""Guests that are composed and run: each exports what a later one imports, the last checks them all (tests/bindgen/pairs/)."""

import contextlib
import pathlib
import tempfile

from bindgen.compose import compose
from bindgen.round_trip import component_of, wast
from bindgen.tools import link, link_cpp, succeed, wasm_tools
from harness.suite import ROOT, Skip

PAIRS = ROOT / "tests" / "bindgen" / "pairs"


def run(suite):
    for a, b in (("c", "cpp"), ("cpp", "c")):
        title = f"pairs in {a} and {b}: one interface under three names has three sets of types and resources"
        suite.run(title, lambda a=a, b=b: named(suite, a, b))
    suite.run(
        "pairs in cpp: resources go from one component to another and back",
        lambda: pair(suite, "things", "things", "cpp", "cpp"),
    )
    for a, b in (("c", "c"), ("cpp", "cpp"), ("c", "cpp"), ("cpp", "c")):
        title = f"pairs in {a} and {b}: tasks, streams and futures of 0.3 between two components"
        suite.run(title, lambda a=a, b=b: pair(suite, "later", "steps", a, b))
    suite.run(
        "pairs in cpp: streams and futures of texts, records, handles and nothing",
        lambda: pair(suite, "channels", "work", "cpp", "cpp"),
    )
    for a, b in (("c", "cpp"), ("cpp", "c")):
        suite.run(f"pairs in {a} and {b}: getters and setters", lambda a=a, b=b: pair(suite, "accessors", "properties", a, b))
    suite.run("pairs in cpp: a call that its caller cancels ends where it waits", lambda: cancelled(suite))
    suite.run(
        "pairs in c: --autodrop-borrows drops each handle that an export is lent",
        lambda: lent(suite, "c", "--autodrop-borrows", "yes"),
    )
    suite.run("pairs in cpp and c: each handle that an export is lent is dropped", lambda: lent(suite, "cpp"))


def component(suite, folder, language, world, into, *options):
    source = PAIRS / folder
    succeed(suite.options.weir, "bindgen", language, source / "world.wit", "--world", world, "-o", into, *options)
    core = into / f"{world}.core.wasm"
    {"c": link, "cpp": link_cpp}[language](into, world, core, source / f"{world}.{language}")
    succeed(suite.options.weir, "component", "new", core, "-o", into / f"{world}.wasm")
    return (into / f"{world}.wasm").read_bytes()


def check(suite, folder, composed, interface):
    """Calls `run`, whose result says what is wrong; twice, because the second call finds what the first left."""
    call = f'(assert_return (invoke "{interface}#run") (str.const ""))'
    script = folder / "pair.wast"
    script.write_text("\n".join([component_of(composed), call, call]) + "\n")
    text = succeed(wast(suite), "-v", script)
    assert "3 passed, 0 failed, 0 skipped" in text, text


def named(suite, *languages):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        worlds = ("provider", "user")
        provider, user = (component(suite, "named", language, world, folder) for language, world in zip(languages, worlds))
        for world in worlds:
            with contextlib.suppress(Skip):
                succeed(wasm_tools(), "validate", "--features", "cm-implements", folder / f"{world}.wasm")
                theirs = succeed(wasm_tools(), "component", "wit", folder / f"{world}.wasm")
                assert "backup: test:named/store;" in theirs and "spare-one: test:named/store;" in theirs, theirs
            arguments = ("--wit", PAIRS / "named" / "world.wit", "--world", world)
            succeed(suite.options.weir, "wit", "targets", folder / f"{world}.wasm", *arguments)
        names = ("test:named/store", "test:named/user-of-store", "backup", "spare-one")
        both = compose([(provider, {}), (user, {each: 0 for each in names})], {"test:named/checks": 1})
        check(suite, folder, both, "test:named/checks")


def pair(suite, name, interface, *languages):
    """A provider of an interface, and its user."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        worlds = ("provider", "user")
        provider, user = (component(suite, name, language, world, folder) for language, world in zip(languages, worlds))
        both = compose([(provider, {}), (user, {f"test:{name}/{interface}": 0})], {f"test:{name}/checks": 1})
        check(suite, folder, both, f"test:{name}/checks")


def cancelled(suite):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        worlds = (("provider", "cpp"), ("relay", "cpp"), ("user", "c"))
        provider, relay, user = (component(suite, "cancelled", language, world, folder) for world, language in worlds)
        slow, relaying = "test:cancelled/slow", "test:cancelled/relaying"
        parts = [(provider, {}), (relay, {slow: 0}), (user, {slow: 0, relaying: 1})]
        check(suite, folder, compose(parts, {"test:cancelled/checks": 2}), "test:cancelled/checks")


def lent(suite, language, *options):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        provider = component(suite, "lent", "c", "provider", folder)
        adder = component(suite, "lent", language, "adder", folder, *options)
        user = component(suite, "lent", "c", "user", folder)
        parts = [
            (provider, {}),
            (adder, {"test:lent/things": 0}),
            (user, {"test:lent/things": 0, "test:lent/adding": 1}),
        ]
        check(suite, folder, compose(parts, {"test:lent/checks": 2}), "test:lent/checks")
