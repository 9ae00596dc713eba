"""Headers declare what those of wit-bindgen declare, and compile as C11 and C++17, or C++20, without a warning."""

import pathlib
import re
import tempfile

from bindgen.tools import CPP_FLAGS, clang, clang_cpp, oracle, run as execute, succeed, wit_folder

PROXY = "package weir:examples;\nworld guest { include wasi:http/proxy@0.2.12; }\n"
COMMAND = "package weir:examples;\nworld guest { include wasi:cli/command@0.2.12; }\n"
SERVICE = "package weir:examples;\nworld guest { include wasi:http/service@0.3.2; }\n"
TYPES = """package test:types;
interface shapes {
  flags few { a, b-c }
  flags many { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
    f24, f25, f26, f27, f28, f29, f30, f31 }
  enum color { red, deep-blue }
  record point { x: f32, %float: f64, class: char }
  variant either { none, one(point), two(list<string>) }
  type points = list<point>;
  type maybe = option<maybe-not>;
  type maybe-not = option<u8>;
  resource file {
    constructor(name: string);
    open: static func(name: string) -> result<file, color>;
    read: func(at: u64, ret: u32) -> result<list<u8>, either>;
    link: func(other: borrow<file>, err: option<borrow<file>>);
  }
  take: func(a: few, b: many, c: points, d: maybe, e: tuple<color, either>, f: option<option<string>>) -> points;
  many-params: func(a: string, b: string, c: string, d: string, e: string, f: string, g: string, h: string, i: point) -> u8;
  fail: func() -> result<_, either>;
  succeed: func() -> result<file>;
  both: func(f: own<file>) -> result<own<file>, tuple<u8, string>>;
  neither: func(r: result) -> result;
  next: func() -> option<map<string, list<u8>>>;
}
interface user {
  use shapes.{file, point as place, color};
  show: func(f: borrow<file>, at: place) -> option<color>;
}
world w {
  use shapes.{either};
  import shapes;
  import user;
  import log: func(text: string, e: either);
  import inline: interface { ping: func() -> string; }
  export shapes;
  export user;
  export run: func(args: list<string>) -> result<u32, string>;
}
"""
ASYNC = """package test:later;
interface steps {
  resource job { wait: async func() -> result<u64, string>; }
  sum: async func(values: stream<u32>, more: future<option<string>>) -> u64;
  five: async func(a: u64, b: u64, c: string, d: list<u8>, e: f32);
  pairs: func() -> tuple<stream<tuple<u8, string>>, future>;
  big: async func(one: tuple<string, string, string>) -> tuple<string, string>;
}
world w {
  import steps;
  export steps;
  import tick: async func() -> u32;
  export work: async func(input: stream<u8>) -> result<stream<u8>, string>;
}
"""
WORLDS = {
    "proxy 0.2.12": ("guest", PROXY, "0.2.12"),
    "command 0.2.12": ("guest", COMMAND, "0.2.12"),
    "service 0.3.2": ("guest", SERVICE, "0.3.2"),
    "types": ("w", TYPES, None),
    "asynchronous": ("w", ASYNC, None),
}


def declarations(path):
    """The macros and declarations of a header, without layout, comments and order."""
    text = path.read_text()
    macros = {(name, value) for name, value in re.findall(r"^#define (\w+(?:\(\w+\))?) (.*)$", text, re.M)}
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"^#.*$", "", text, flags=re.M).replace('extern "C" {', "")
    found, depth, current = set(), 0, ""
    for char in text:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char != ";" or depth > 0:
            current += char
            continue
        plain = re.sub(r"\s+", " ", current).strip()
        plain = re.sub(r"\s*([*(),;{}])\s*", r"\1", plain).replace(",}", "}")
        found.add(re.sub(r"^extern ", "", plain))
        current, depth = "", max(depth, 0)
    return {(name, value.replace("((set)", "(set").replace("1u <<", "1 <<")) for name, value in macros}, found


def run(suite):
    for name, (world, text, version) in WORLDS.items():
        suite.run(f"headers: {name}: the same declarations as wit-bindgen's", lambda w=world, t=text, v=version: same(suite, w, t, v))
        suite.run(f"headers: {name}: no warning in C11 and C++17", lambda w=world, t=text, v=version: clean(suite, w, t, v))
        suite.run(f"headers: {name}: no warning in C++20 and C++23", lambda w=world, t=text, v=version: clean_cpp(suite, w, t, v))
    for language, name in (("c", "C"), ("cpp", "C++")):
        title = f"headers: {name} bindings of an error-context are refused in one line"
        suite.run(title, lambda language=language, name=name: refused(suite, language, name))
    title = "headers: types: no warning in C++20 and C++23 where it is renamed, and in UTF-16"
    renames = ("--rename", "test:types/user=people", "--rename", "inline=net::in", "--rename", "test:types/shapes=net::shapes")
    suite.run(title, lambda: clean_cpp(suite, "w", TYPES, None, *renames, "--string-encoding", "utf16"))
    suite.run("headers: the help names the variables of flags, which stand for them", lambda: variables(suite))
    suite.run("headers: --features takes one value and leaves the path", lambda: features(suite))
    suite.run("headers: an unknown world is refused with those there are", lambda: unknown_world(suite))
    suite.run("headers: an interface and the world are renamed", lambda: renamed(suite))


def generate(suite, folder, world, text, version, *options, language="c"):
    wit = wit_folder(folder / "wit", text, version)
    succeed(suite.options.weir, "bindgen", language, wit, "--world", world, "-o", folder / "ours", *options)
    return wit, folder / "ours"


def same(suite, world, text, version):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tool = oracle()
        wit, ours = generate(suite, folder, world, text, version)
        succeed(tool, "bindgen", "--wit", wit, "--world", world, "--out", folder / "theirs")
        for kind, a, b in zip(("macros", "declarations"), declarations(folder / "theirs" / f"{world}.h"), declarations(ours / f"{world}.h")):
            assert a, kind
            # wit-bindgen leaves out what frees a type that an earlier interface has written down too.
            more = {text for text in b - a if not re.match(r"void guest_\w+_free\(", text)}
            assert not a - b and not more, f"{kind}: missing {sorted(a - b)}\nmore {sorted(more)}"
        assert {path.name for path in ours.iterdir()} == {path.name for path in (folder / "theirs").iterdir()}


def clean(suite, world, text, version):
    with tempfile.TemporaryDirectory() as name:
        _, ours = generate(suite, pathlib.Path(name), world, text, version)
        for language in (("-std=c11", "-x", "c"), ("-std=c++17", "-x", "c++")):
            clang(*language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", ours / f"{world}.c")
            clang(*language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-pragma-once-outside-header", "-fsyntax-only",
                  ours / f"{world}.h")  # fmt: skip


def clean_cpp(suite, world, text, version, *options):
    with tempfile.TemporaryDirectory() as name:
        _, ours = generate(suite, pathlib.Path(name), world, text, version, *options, language="cpp")
        # The header stands by itself, and what is inline in it is free of warnings too.
        (ours / "alone.cpp").write_text(f'#include "{world}.hpp"\n')
        for standard in ("-std=c++20", "-std=c++23"):
            clang_cpp(*CPP_FLAGS, standard, "-fsyntax-only", ours / f"{world}.cpp")
            clang_cpp(*CPP_FLAGS, standard, "-fsyntax-only", ours / "alone.cpp")


def refused(suite, language, name):
    with tempfile.TemporaryDirectory() as folder:
        wit = wit_folder(pathlib.Path(folder) / "wit", "package a:b;\nworld w { import f: func() -> error-context; }\n")
        done = execute(suite.options.weir, "bindgen", language, wit, "--world", "w", "-o", folder)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done
        assert f"the world `w` has no {name} bindings: `f` uses error-context" in done.stderr, done
        assert not list(pathlib.Path(folder).glob("w*.*"))


def variables(suite):
    weir = suite.options.weir
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wit = wit_folder(folder / "wit", TYPES)
        for language in ("c", "cpp"):
            text = succeed(weir, "bindgen", language, "--help")
            for option in re.findall(r"--([a-z-]+)[ ,]", text.replace("--help", "")):
                assert f"[WEIR_{option.upper().replace('-', '_')}]" in re.sub(r"\s+", " ", text), (option, text)
        succeed("env", "WEIR_WORLD=w", f"WEIR_OUTPUT={folder / 'out'}", "WEIR_RENAME_WORLD=other", weir, "bindgen", "c", wit)
        assert (folder / "out" / "other.h").exists()


def features(suite):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        gated = "package a:b;\nworld w { @unstable(feature = x) import f: func(); @unstable(feature = y) import g: func(); }\n"
        wit = wit_folder(folder / "wit", gated)
        for given in (["--features", "x", wit], [wit, "--features", "x"], ["--features=x", wit]):
            succeed(suite.options.weir, "bindgen", "c", "-o", folder, *given)
            text = (folder / "w.h").read_text()
            assert "void w_f(void)" in text and "void w_g(void)" not in text, text
        succeed(suite.options.weir, "bindgen", "c", "-o", folder, "--features", "x", "--features", "y", wit)
        succeed(suite.options.weir, "bindgen", "c", "-o", folder, "--features", "x,y", wit)
        assert "void w_g(void)" in (folder / "w.h").read_text()


def unknown_world(suite):
    with tempfile.TemporaryDirectory() as name:
        wit = wit_folder(pathlib.Path(name) / "wit", TYPES)
        done = execute(suite.options.weir, "bindgen", "c", wit, "--world", "x", "-o", name)
        assert done.returncode == 1 and "no world `x`" in done.stderr and "there are w" in done.stderr, done
        assert not list(pathlib.Path(name).glob("*.h"))


def renamed(suite):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        _, ours = generate(suite, folder, "w", TYPES, None, "--rename", "test:types/user=u", "--rename-world", "other")
        text = (ours / "other.h").read_text()
        assert "bool u_show(" in text and "bool exports_u_show(" in text and "other_string_t" in text, text
