#!/bin/bash
# Puts the C source of mimalloc into the cache, once for each version, and prints the folder on stdout:
#   FOLDER/src/static.c  FOLDER/include/mimalloc.h  FOLDER/LICENSE
# --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

manifest=$WEIR_ROOT/tools/mimalloc/Cargo.toml
key=$(cat "$WEIR_ROOT"/tools/mimalloc/{Cargo.toml,Cargo.lock,fetch.sh} | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/mimalloc-$key

fetch_mimalloc() {
  local fresh=$folder.new source
  fetch_crates "$manifest"
  source=$(crate_folder "$manifest" libmimalloc-sys)/c_src/mimalloc
  rm -rf "$fresh"
  mkdir -p "$fresh"
  cp -r "$source/src" "$source/include" "$source/LICENSE" "$fresh/"
  mv -T "$fresh" "$folder"
}

fetch_once() {
  [ -d "$folder" ] || step "mimalloc: fetch its source" "5 s, 200 kB from the crates registry" mimalloc-fetch fetch_mimalloc
}

if [ "${1:-}" != --prefix ] && [ ! -d "$folder" ]; then
  find_rust
  with_lock mimalloc fetch_once
fi
printf '%s\n' "$folder"
