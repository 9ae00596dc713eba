"""What the verbs of `weir wit` print, write and refuse."""

import contextlib
import json
import pathlib
import shutil

from harness.suite import Skip
from wit.peer_cases import check_json
from wit.programs import Weir, temporary

WORLDS = (
    "wasi:http/proxy@0.2.12",
    "wasi:cli/command@0.2.12",
    "wasi:sockets/imports@0.2.12",
    "wasi:http/service@0.3.2",
    "wasi:http/middleware@0.3.2",
    "wasi:cli/command@0.3.2",
)

TEXT = """/// A package.
package a:b@1.0.0;

interface %interface {
  use other:pkg/types@0.1.0.{item};

  /// A function.
  @since(version = 1.0.0)
  get: async func(x: item, y: map<string, list<u8, 4>>) -> stream<error-context>;
}

world w {
  import other:pkg/types@0.1.0;
  import %interface;

  export run: func() -> future<u8>;
}

package other:pkg@0.1.0 {
  interface types {
    record item {
      a: u8,
    }
  }
}
"""


def write(folder, name, text):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def expect(found, expected):
    assert found == expected, f"found\n{found}\nexpected\n{expected}"


def in_folder(case):
    def run():
        with temporary() as folder:
            case(pathlib.Path(folder))

    return run


def init_cases(weir):
    def every_world(folder):
        for number, world in enumerate(WORLDS):
            made = folder / str(number)
            printed, _ = weir.wit("init", "--world", world, made)
            assert str(made / "world.wit") in printed.splitlines()
            checked, _ = weir.wit("check", made)
            assert "valid" in checked, checked
            name = world.split("/")[1].split("@")[0]
            text, _ = weir.wit("print", "--package", "local:app", made)
            assert f"world {name} {{" in text, text
            weir.wit("encode", made, "--world", name, "-o", folder / "world.bin")

    def refuses(folder):
        weir.wit("init", "--world", WORLDS[0], folder / "wit")
        _, error = weir.wit("init", "--world", WORLDS[0], folder / "wit", status=1)
        assert "there is WIT in it already" in error, error
        _, error = weir.wit("init", "--world", "wasi:http/nothing@1.0.0", folder / "other", status=1)
        assert "wasi:http/proxy@0.2.12" in error, error
        assert not (folder / "other").exists()

    return {"every-world": every_world, "refuses": refuses}


def print_cases(weir):
    def kinds(folder):
        """A file, a folder, a binary and its text form print the same."""
        path = write(folder, "wit/a.wit", TEXT)
        expect(weir.wit("print", path)[0], TEXT)
        expect(weir.wit("print", path.parent)[0], TEXT)
        weir.wit("encode", path, "-o", folder / "a.wasm")
        expect(weir.wit("print", folder / "a.wasm")[0], TEXT)
        expect(weir.wit("decode", folder / "a.wasm")[0], TEXT)

    def one_package(folder):
        path = write(folder, "a.wit", TEXT)
        text, _ = weir.wit("print", "--package", "other:pkg", path)
        expect(text, "package other:pkg@0.1.0;\n\ninterface types {\n  record item {\n    a: u8,\n  }\n}\n")
        _, error = weir.wit("print", "--package", "no:such", path, status=1)
        assert "other:pkg@0.1.0" in error, error

    def a_folder(folder):
        weir.wit("print", "--out-dir", folder / "out", write(folder, "a.wit", TEXT))
        files = sorted(str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*.wit"))
        expect(files, ["b.wit", "deps/other-pkg-0.1.0/package.wit"])
        expect(weir.wit("print", folder / "out")[0], TEXT)

    def as_json(folder):
        resolved = json.loads(weir.wit("json", write(folder, "a.wit", TEXT))[0])
        expect(sorted(package["name"] for package in resolved["packages"]), ["a:b@1.0.0", "other:pkg@0.1.0"])

    def features(folder):
        path = write(folder, "a.wit", "package a:b;\ninterface i {\n  @unstable(feature = x)\n  f: func();\n}\n")
        assert "f: func" not in weir.wit("print", path)[0]
        assert "f: func" in weir.wit("print", "--features", "x", path)[0]
        assert "f: func" in weir.wit("print", "--all-features", path)[0]

    return {"kinds": kinds, "one-package": one_package, "a-folder": a_folder, "json": as_json, "features": features}


NAMED_IN_PARTS = """(component $c
  (import "backup" (implements "a:b/store") (instance
    (export "bucket" (type $bucket (sub resource)))
    (export "open" (func (result (own $bucket))))))
  (import "a:b/other" (instance $other
    (type $record (record (field "key" string)))
    (export "entry" (type (eq $record)))))
  (alias export $other "entry" (type $entry))
  (import "a:b/store" (instance
    (alias outer $c $entry (type $aliased))
    (export "entry" (type $own (eq $aliased)))
    (export "first" (func (result $own))))))
"""
NAMED_IN_PARTS_PRINTED = """package root:component;

world root {
  import a:b/other;
  import backup: a:b/store;
  import a:b/store;
}

package a:b {
  interface other {
    record entry {
      key: string,
    }
  }

  interface store {
    use other.{entry};

    resource bucket;

    open: func() -> bucket;

    first: func() -> entry;
  }
}
"""


def dependency_cases(weir):
    def binary(folder):
        """A binary package in `deps`, and what it carries of a package that is not there or is there whole."""
        write(folder, "io/io.wit", "package a:io;\ninterface used { type t = u8; }\ninterface unused { type u = u8; }\n")
        write(folder, "lib/lib.wit", "package a:lib;\ninterface lib { use a:io/used.{t}; f: func() -> t; }\n")
        write(folder, "lib/deps/io.wit", (folder / "io/io.wit").read_text())
        write(folder, "app/app.wit", "package a:app;\nworld w { import a:lib/lib; }\n")
        (folder / "app/deps").mkdir()
        weir.wit("encode", folder / "lib", "-o", folder / "app/deps/lib.wasm")
        text, _ = weir.wit("print", folder / "app")
        assert "package a:io {" in text and "interface used" in text and "unused" not in text, text
        write(folder, "app/deps/io.wit", (folder / "io/io.wit").read_text())
        text, _ = weir.wit("print", folder / "app")
        assert "interface unused" in text, text

    def merged(folder):
        """What several binary packages carry of one package is put together, as `wasm-tools` does it."""
        io = "package a:io;\ninterface one {\n  resource r;\n}\ninterface two {\n  use one.{r};\n  type t = u8;\n}\n"
        more = io.replace("resource r;", "resource r;\n  type later = u16;")
        for name, text, use in (("x", io, "one.{r}"), ("y", io, "two.{r, t}"), ("z", more, "one.{later}")):
            write(folder, f"{name}/{name}.wit", f"package a:{name};\ninterface i {{\n  use a:io/{use};\n  f: func();\n}}\n")
            write(folder, f"{name}/deps/io.wit", text)
            (folder / "app/deps").mkdir(parents=True, exist_ok=True)
            weir.wit("encode", folder / name, "-o", folder / f"app/deps/{name}.wasm")
        write(folder, "app/app.wit", "package a:app;\nworld w {\n  import a:x/i;\n  import b: a:y/i;\n  import a:z/i;\n}\n")
        write(folder, "app/deps/plain.wit", "package a:plain;\ninterface p {\n  use a:io/two.{t};\n}\n")
        text, _ = weir.wit("print", folder / "app")
        assert "type later = u16;" in text and "use one.{r};" in text and "package a:plain {" in text, text
        with contextlib.suppress(Skip):
            check_json(weir, folder / "app", [])
        # Two files with the same package, and one that says something else.
        shutil.copy(folder / "app/deps/x.wasm", folder / "app/deps/again.wasm")
        expect(weir.wit("print", folder / "app")[0], text)
        write(folder, "z/deps/io.wit", io.replace("type t = u8", "type t = string"))
        write(folder, "z/z.wit", "package a:z;\ninterface i {\n  use a:io/two.{t};\n}\n")
        weir.wit("encode", folder / "z", "-o", folder / "app/deps/z.wasm")
        _, error = weir.wit("check", folder / "app", status=1)
        assert "z.wasm" in error and "the type `t` of the package a:io is not the same everywhere" in error, error

    def named_in_parts(folder):
        """A component that imports an interface twice, first with less of it: the parts make one interface."""
        path = write(folder, "x.wat", NAMED_IN_PARTS)
        text, _ = weir.wit("print", path)
        expect(text, NAMED_IN_PARTS_PRINTED)
        weir.wit("encode", path, "-o", folder / "again.wasm")
        expect(weir.wit("print", folder / "again.wasm")[0], text)

    def assembly(folder):
        write(folder, "a.wit", "package a:app;\nworld w { import b:b/i; }\n")
        write(folder, "deps/b.wat", '(component (type $b (component (export "b:b/i" (instance)))) (export "b" (type $b)))')
        weir.wit("check", folder)

    def no_package(folder):
        write(folder, "a.wit", "package a:app;\n")
        path = write(folder, "deps/b.wat", "(component)")
        _, error = weir.wit("check", folder, status=1)
        assert str(path) in error and "not a package of WIT" in error, error

    return {"binary": binary, "merged": merged, "named-in-parts": named_in_parts, "assembly": assembly, "no-package": no_package}


def check_cases(weir):
    def error(folder):
        path = write(folder, "a.wit", "package a:b;\n\ninterface i {\n  f: func(x: u33);\n}\n")
        _, error = weir.wit("check", path, status=1)
        expect(error.splitlines()[:5], [
            "error: there is no type `u33` here",
            f"  --> {path}:4:14",
            "   |",
            " 4 |   f: func(x: u33);",
            "   |              ^^^",
        ])
        assert "hint: " in error, error

    def no_file(folder):
        _, error = weir.wit("check", folder / "nothing.wit", status=1)
        assert "nothing.wit" in error and error.startswith("error: "), error

    def core_module(folder):
        path = folder / "core.wasm"
        path.write_bytes(b"\0asm\1\0\0\0")
        _, error = weir.wit("check", path, status=1)
        assert "core WebAssembly module" in error, error

    def broken_binary(folder):
        path = write(folder, "a.wit", TEXT)
        weir.wit("encode", path, "-o", folder / "a.wasm")
        whole = (folder / "a.wasm").read_bytes()
        (folder / "a.wasm").write_bytes(whole[: len(whole) // 2])
        _, error = weir.wit("check", folder / "a.wasm", status=1)
        assert "a.wasm" in error and "at byte" in error, error

    return {"error": error, "no-file": no_file, "core-module": core_module, "broken-binary": broken_binary}


def format_cases(weir):
    crooked = "package a:b; // trailing\ninterface i { f:func( a : u8 ,)->bool;\n\n\n\n  record r{a:u8,b:s8} }\n"
    straight = (
        "package a:b; // trailing\ninterface i {\n  f: func(a: u8) -> bool;\n\n"
        "  record r {\n    a: u8,\n    b: s8,\n  }\n}\n"
    )

    def in_place(folder):
        path = write(folder, "a.wit", crooked)
        other = write(folder, "b.wit", "interface j {\n}\n")
        below = write(folder, "deps/c.wit", crooked)
        printed, _ = weir.wit("format", "--check", folder, status=1)
        expect(printed, f"{path}\n")
        expect(path.read_text(), crooked)
        printed, _ = weir.wit("format", folder)
        expect(printed, f"{path}\n")
        expect(path.read_text(), straight)
        expect(other.read_text(), "interface j {\n}\n")
        expect(below.read_text(), crooked)
        weir.wit("format", "--check", folder)

    def leaves_broken_files(folder):
        path = write(folder, "a.wit", "package a:b;\ninterface {\n")
        _, error = weir.wit("format", path, status=1)
        assert f"{path}:2:11" in error, error
        expect(path.read_text(), "package a:b;\ninterface {\n")

    return {"in-place": in_place, "leaves-broken-files": leaves_broken_files}


def targets_cases(weir):
    def own_world(folder):
        wit = write(folder, "w.wit", "package a:b;\nworld w {\n  export run: func(x: u32) -> string;\n}\n")
        fits = write(folder, "fits.wat", FITS)
        printed, _ = weir.wit("targets", fits, "--world", "w", "--wit", wit)
        expect(printed, f"{fits} fits a:b/w\n")
        other = write(folder, "other.wit", "package a:b;\nworld w {\n  export run: func(x: u64) -> string;\n}\n")
        printed, _ = weir.wit("targets", fits, "--world", "w", "--wit", other, status=1)
        expect(printed, f"{fits} does not fit a:b/w:\n"
                        "- the world exports the function `run` with another type than the component has\n"
                        "    the component: func(x: u32) -> string\n"
                        "    the world:     func(x: u64) -> string\n")

    def official_world(folder):
        fits = write(folder, "fits.wat", FITS)
        printed, _ = weir.wit("targets", fits, "--world", "wasi:http/proxy@0.2.12", status=1)
        expect(printed, f"{fits} does not fit wasi:http/proxy@0.2.12:\n"
                        "- it does not export the interface `wasi:http/incoming-handler@0.2.12`, which the world "
                        "asks for\n")
        _, error = weir.wit("targets", fits, "--world", "wasi:http/prox", status=1)
        assert "wasi:http/proxy@0.2.12" in error, error

    return {"own-world": own_world, "official-world": official_world}


def inspect_cases(weir):
    def as_json(folder):
        fits = write(folder, "fits.wat", FITS)
        found = json.loads(weir.run("inspect", "--format", "json", fits)[0])
        expect(found["exports"], [{"name": "run", "kind": "function"}])
        expect(found["imports"], [])
        expect(found["core_modules"], 1)
        assert "incoming-handler" in found["problem"], found

    return {"json": as_json}


FITS = """(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
    (func (export "run") (param i32) (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func (export "run") (param "x" u32) (result string)
    (canon lift (core func $i "run") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
"""


def run(suite):
    weir = Weir(suite.options.weir)
    groups = {
        "init": init_cases(weir),
        "print": print_cases(weir),
        "dependency": dependency_cases(weir),
        "check": check_cases(weir),
        "format": format_cases(weir),
        "targets": targets_cases(weir),
        "inspect": inspect_cases(weir),
    }
    for group, cases in groups.items():
        for name, case in cases.items():
            suite.run(f"{group}/{name}", in_folder(case))
