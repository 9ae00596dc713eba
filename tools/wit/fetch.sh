#!/bin/bash
# Puts the official WIT packages into the cache, once for each set of versions, and prints the folder on stdout:
#   FOLDER/wasi-0.2.12/deps/{cli,clocks,filesystem,http,io,random,sockets}.wit
#   FOLDER/wasi-0.3.2/deps/{cli,clocks,filesystem,http,random,sockets}.wit
# Each file is one package. --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

manifest=$WEIR_ROOT/tools/wit/Cargo.toml
key=$(cat "$WEIR_ROOT"/tools/wit/{Cargo.toml,Cargo.lock,fetch.sh} | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/wit-$key

# copy_wit CRATE VERSION FRESH: the wit/ folder of a fetched crate, when it is of the WASI version meant.
copy_wit() {
  local crate=$1 version=$2 fresh=$3 source
  source=$(crate_folder "$manifest" "$crate")/wit
  grep -q "^package wasi:http@$version;" "$source/deps/http.wit" ||
    { echo "error: the crate $crate does not carry WASI $version"; return 1; }
  mkdir -p "$fresh/wasi-$version"
  cp -r "$source/deps" "$fresh/wasi-$version/"
}

fetch_wit() {
  local fresh=$folder.new
  fetch_crates "$manifest"
  rm -rf "$fresh"
  copy_wit wasip2 0.2.12 "$fresh"
  copy_wit wasip3 0.3.2 "$fresh"
  mv -T "$fresh" "$folder"
}

fetch_once() {
  [ -d "$folder" ] || step "WIT: fetch the official packages" "5 s" wit-fetch fetch_wit
}

if [ "${1:-}" != --prefix ] && [ ! -d "$folder" ]; then
  find_rust
  with_lock wit fetch_once
fi
printf '%s\n' "$folder"
