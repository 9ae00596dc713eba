"""The programs that the cases run."""

import functools
import os
import pathlib
import shutil
import subprocess

from harness.suite import ROOT, Skip

CACHE = pathlib.Path(
    os.environ.get("WEIR_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weir"
)
SECONDS = 300


def run(*command, cwd=None):
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
    )


def succeed(*command, cwd=None):
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@functools.cache
def wasm_tools():
    candidates = [os.environ.get("WEIR_WASM_TOOLS"), shutil.which("wasm-tools"), str(CACHE / "peers" / "bin" / "wasm-tools")]
    for path in candidates:
        if path and os.access(path, os.X_OK):
            return path
    raise Skip("there is no wasm-tools here")


@functools.cache
def oracle():
    """Bindings and components made without Weir."""
    path = os.environ.get("WEIR_C_ORACLE") or succeed(ROOT / "tools" / "guests" / "build", "--oracle", "--path").strip()
    if not os.access(path, os.X_OK):
        raise Skip("the oracle is not built; tools/guests/build --oracle does it")
    return path


@functools.cache
def official(version):
    """The folder of the official WIT packages of a WASI version."""
    return pathlib.Path(succeed(ROOT / "tools" / "wit" / "fetch.sh").strip()) / f"wasi-{version}" / "deps"


def wit_folder(into, text, version=None):
    """A folder of WIT with this text, beside the official packages of a version."""
    into.mkdir(parents=True)
    (into / "world.wit").write_text(text)
    if version:
        shutil.copytree(official(version), into / "deps")
    return into


def clang(*arguments):
    if not shutil.which("clang-19") or not pathlib.Path("/usr/include/wasm32-wasi/stdlib.h").exists():
        raise Skip("C guests need clang-19, lld-19 and wasi-libc")
    return succeed("clang-19", "--target=wasm32-wasi", "-Qunused-arguments", "-I/usr/include/wasm32-wasi", "-L/usr/lib/wasm32-wasi",
                   *arguments)  # fmt: skip


def link(generated, world, output, *sources, warnings=("-Wall", "-Wextra", "-Werror")):
    """A core module of C sources and the bindings of a world."""
    clang("-mexec-model=reactor", "-O1", *warnings, "-I", generated, *sources, generated / f"{world}.c",
          generated / f"{world}_component_type.o", "-o", output)  # fmt: skip
    return output


CPP_FLAGS = ("-std=c++20", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Wpedantic", "-Werror")


def clang_cpp(*arguments):
    if not shutil.which("clang++-19") or not pathlib.Path("/usr/include/wasm32-wasi/c++/v1/vector").exists():
        raise Skip("C++ guests need clang-19, lld-19, wasi-libc, libc++-19-dev-wasm32 and libc++abi-19-dev-wasm32")
    return succeed("clang++-19", "--target=wasm32-wasi", "-Qunused-arguments", *arguments)


def link_cpp(generated, world, output, *sources, flags=()):
    """A core module of C++ sources and the C++ bindings of a world."""
    clang_cpp("-mexec-model=reactor", "-O1", *CPP_FLAGS, *flags, "-I", generated, *sources, generated / f"{world}.cpp",
              generated / f"{world}_component_type.o", "-o", output)  # fmt: skip
    return output
