#!/usr/bin/env python3
"""Lays out what tools/engine/build.sh compiles. Usage: assemble.py SHIM WORK

WORK/metadata.json is cargo's metadata of SHIM. Writes WORK/wasmtime, the crate's source with the edits of edits.py made, and
WORK/crate, the shim with a manifest that takes `wasmtime` from there. Every other crate stays as Cargo.lock pins it.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

CRATE = "wasmtime"


def replace_tree(new: pathlib.Path, old: pathlib.Path) -> None:
    if old.exists():
        shutil.rmtree(old)
    new.rename(old)


def main() -> int:
    shim, work = map(pathlib.Path, sys.argv[1:3])
    packages = json.loads((work / "metadata.json").read_text())["packages"]
    [package] = [p for p in packages if p["name"] == CRATE]
    source = pathlib.Path(package["manifest_path"]).parent

    facts = (shim / "src" / "facts.rs").read_text()
    if f'c"{package["version"]}"' not in facts:
        print(f"error: src/engine/shim/src/facts.rs does not name the engine's version {package['version']}", file=sys.stderr)
        return 1

    # Unchanged input keeps its modification times, so that cargo does not compile the crate again.
    edits = pathlib.Path(__file__).with_name("edits.py")
    stamp = f"{package['version']}\n{edits.read_text()}"
    stamp_file = work / "wasmtime.stamp"
    if not stamp_file.exists() or stamp_file.read_text() != stamp:
        stamp_file.unlink(missing_ok=True)
        fresh = work / "wasmtime.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(source, fresh, ignore=shutil.ignore_patterns("tests", "benches", "Cargo.lock", ".cargo*"))
        subprocess.run([sys.executable, edits, fresh], check=True)
        replace_tree(fresh, work / "wasmtime")
        stamp_file.write_text(stamp)

    fresh = work / "crate.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(shim, fresh, ignore=shutil.ignore_patterns("target"))
    with open(fresh / "Cargo.toml", "a") as manifest:
        manifest.write(f'\n[patch.crates-io]\n{CRATE} = {{ path = "../wasmtime" }}\n')
    # A crate taken from a path has neither source nor checksum in a lock file.
    lock = (fresh / "Cargo.lock").read_text()
    lock, count = re.subn(
        rf'(name = "{CRATE}"\nversion = "{re.escape(package["version"])}"\n)source = .*\nchecksum = .*\n', r"\1", lock
    )
    if count != 1:
        print(f"error: Cargo.lock names {CRATE} {count} times, not once", file=sys.stderr)
        return 1
    (fresh / "Cargo.lock").write_text(lock)
    replace_tree(fresh, work / "crate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
