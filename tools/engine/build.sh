#!/bin/bash
# Builds the engine library into the cache, once for each set of inputs, and prints its prefix on stdout:
#   PREFIX/lib/libweir_engine.a  PREFIX/include/wasmtime.h, weir_engine_shim.h …
# --prefix  prints the prefix without building.
# The crates come through cargo, checked against the committed Cargo.lock; the crate `wasmtime` is built from a copy that
# tools/engine/edits.py edits.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

shim=$WEIR_ROOT/src/engine/shim
work=$WEIR_CACHE/engine-work
# A part of the key: to be counted up when this script changes what it builds.
recipe=2

find_rust
key=$( (
  cd "$WEIR_ROOT"
  sha256sum src/engine/shim/{Cargo.toml,Cargo.lock,weir_engine_shim.h} src/engine/shim/src/*.rs \
    tools/engine/{edits.py,assemble.py}
  echo "recipe $recipe"
  "$RUSTC" -vV
) | sha256sum | cut -c 1-16)
prefix=$WEIR_CACHE/engine-$key

# The shim and the edited crate side by side, so that cargo does not take the second for a member of the first.
assemble() {
  "$CARGO" metadata --locked --offline --format-version 1 --manifest-path "$shim/Cargo.toml" >"$work/metadata.json"
  python3 "$WEIR_ROOT/tools/engine/assemble.py" "$shim" "$work"
}

compile() {
  local registry=${CARGO_HOME:-$HOME/.cargo}/registry/src
  # Paths of this machine stay out of the library: its panics and traces name crates. Calls between crates go through the PLT, so
  # that the linker makes them direct: else each takes an entry of the GOT, which every start of the program has to fill in.
  export RUSTFLAGS="--remap-path-prefix=$work=/engine --remap-path-prefix=$registry=/registry -C relro-level=partial"
  unset RUSTC_BOOTSTRAP
  "$CARGO" build --release --locked --offline --manifest-path "$work/crate/Cargo.toml" --target-dir "$work/target" \
    --message-format=json-render-diagnostics >"$work/messages.json"
}

install_prefix() {
  local fresh=$prefix.new include
  include=$(python3 - "$work/messages.json" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    message = json.loads(line)
    if message["reason"] == "build-script-executed" and "wasmtime-c-api-impl" in message["package_id"]:
        print(message["out_dir"] + "/include")
PY
  )
  rm -rf "$fresh"
  mkdir -p "$fresh/lib"
  cp -r "$include" "$fresh/include"
  cp "$shim/weir_engine_shim.h" "$fresh/include/"
  cp "$work/target/release/libweir_engine.a" "$fresh/lib/"
  # Ninja makes the folder of its output beforehand; without the library it is of no use to anybody.
  rm -rf "$prefix"
  mv -T "$fresh" "$prefix"
}

build_engine() {
  [ -e "$prefix/lib/libweir_engine.a" ] && return 0
  mkdir -p "$work"
  step "engine: fetch its crates" "10 s, 60 MB from the crates registry" engine-fetch fetch_crates "$shim/Cargo.toml" &&
    step "engine: assemble and edit its source" "1 s" engine-assemble assemble &&
    step "engine: compile it" "5 minutes on 2 cores from nothing, 2 minutes again" engine-compile compile &&
    step "engine: install it in the cache" "1 s" engine-install install_prefix
}

if [ "${1:-}" != --prefix ] && [ ! -e "$prefix/lib/libweir_engine.a" ]; then
  with_lock engine build_engine
fi
printf '%s\n' "$prefix"
