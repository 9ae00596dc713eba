"""Guests that are composed and run: each exports what a later one imports, the last checks them all (tests/bindgen/pairs/)."""

import pathlib
import tempfile

from bindgen.compose import compose
from bindgen.round_trip import component_of, wast
from bindgen.tools import link, link_cpp, succeed
from harness.suite import ROOT

PAIRS = ROOT / "tests" / "bindgen" / "pairs"


def run(suite):
    suite.run("pairs in cpp: resources go from one component to another and back", lambda: things(suite))
    for a, b in (("c", "c"), ("cpp", "cpp"), ("c", "cpp"), ("cpp", "c")):
        title = f"pairs in {a} and {b}: tasks, streams and futures of 0.3 between two components"
        suite.run(title, lambda a=a, b=b: later(suite, a, b))
    suite.run("pairs in cpp: streams and futures of texts, records, handles and nothing", lambda: channels(suite))
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


def things(suite):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        provider, user = (component(suite, "things", "cpp", world, folder) for world in ("provider", "user"))
        both = compose([(provider, {}), (user, {"test:things/things": 0})], {"test:things/checks": 1})
        check(suite, folder, both, "test:things/checks")


def later(suite, *languages):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        worlds = ("provider", "user")
        provider, user = (component(suite, "later", language, world, folder) for language, world in zip(languages, worlds))
        both = compose([(provider, {}), (user, {"test:later/steps": 0})], {"test:later/checks": 1})
        check(suite, folder, both, "test:later/checks")


def channels(suite):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        provider, user = (component(suite, "channels", "cpp", world, folder) for world in ("provider", "user"))
        both = compose([(provider, {}), (user, {"test:channels/work": 0})], {"test:channels/checks": 1})
        check(suite, folder, both, "test:channels/checks")


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
