#!/bin/bash
# Puts the adapters from WASI preview 1 into the cache, once for each version, and prints the folder on stdout:
#   FOLDER/wasi_snapshot_preview1.{command,reactor}.wasm
# --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

manifest=$WEIR_ROOT/tools/adapters/Cargo.toml
key=$(cat "$WEIR_ROOT"/tools/adapters/{Cargo.toml,Cargo.lock,fetch.sh} | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/adapters-$key

fetch_adapters() {
  local fresh=$folder.new source
  "$CARGO" fetch --locked --offline --manifest-path "$manifest" 2>/dev/null ||
    "$CARGO" fetch --locked --manifest-path "$manifest"
  source=$("$CARGO" metadata --locked --offline --format-version 1 --manifest-path "$manifest" |
    python3 -c 'import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "wasi-preview1-component-adapter-provider":
        print(os.path.dirname(package["manifest_path"]) + "/artefacts")')
  rm -rf "$fresh"
  mkdir -p "$fresh"
  cp "$source"/wasi_snapshot_preview1.{command,reactor}.wasm "$fresh/"
  mv -T "$fresh" "$folder"
}

fetch_once() {
  [ -d "$folder" ] || step "adapters: fetch those from WASI preview 1" "5 s" adapters-fetch fetch_adapters
}

if [ "${1:-}" != --prefix ] && [ ! -d "$folder" ]; then
  find_rust
  with_lock adapters fetch_once
fi
printf '%s\n' "$folder"
