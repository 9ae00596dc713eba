#!/bin/bash
# Puts wit-parser's own suite into the cache, once for each version, and prints the folder on stdout: the files of `tests/ui`,
# to be named by WEIR_WIT_TESTS. --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

manifest=$WEIR_ROOT/tools/wit-suite/Cargo.toml
key=$(cat "$WEIR_ROOT"/tools/wit-suite/{Cargo.toml,Cargo.lock,fetch.sh} | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/wit-suite-$key

fetch_suite() {
  local fresh=$folder.new source
  fetch_crates "$manifest"
  source=$(crate_folder "$manifest" wit-parser)/tests/ui
  rm -rf "$fresh"
  cp -r "$source" "$fresh"
  mv -T "$fresh" "$folder"
}

fetch_once() {
  [ -d "$folder" ] || step "WIT: fetch the suite of wit-parser" "5 s" wit-suite-fetch fetch_suite
}

if [ "${1:-}" != --prefix ] && [ ! -d "$folder" ]; then
  find_rust
  with_lock wit-suite fetch_once
fi
printf '%s\n' "$folder"
