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
  fetch_crates "$manifest"
  source=$(crate_folder "$manifest" wasi-preview1-component-adapter-provider)/artefacts
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
