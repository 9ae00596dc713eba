#!/bin/bash
# Puts the adapters from WASI preview 1 into the cache, once for each version, and prints the folder on stdout:
#   FOLDER/wasi_snapshot_preview1.{command,reactor}.wasm
# --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

copy_adapters() {
  local manifest=$1 fresh=$2 source
  source=$(crate_folder "$manifest" wasi-preview1-component-adapter-provider)/artefacts
  cp "$source"/wasi_snapshot_preview1.{command,reactor}.wasm "$fresh/"
}

provide adapters "adapters: fetch those from WASI preview 1" "5 s" copy_adapters "$@"
