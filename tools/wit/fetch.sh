#!/bin/bash
# Puts the official WIT packages into the cache, once for each set of versions, and prints the folder on stdout:
#   FOLDER/wasi-0.2.12/deps/{cli,clocks,filesystem,http,io,random,sockets}.wit
#   FOLDER/wasi-0.3.2/deps/{cli,clocks,filesystem,http,random,sockets}.wit
# Each file is one package. --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

# copy_wit MANIFEST FRESH CRATE VERSION: the wit/ folder of a crate, when it is of the WASI version meant.
copy_wit() {
  local manifest=$1 fresh=$2 crate=$3 version=$4 source
  source=$(crate_folder "$manifest" "$crate")/wit
  grep -q "^package wasi:http@$version;" "$source/deps/http.wit" ||
    { echo "error: the crate $crate does not carry WASI $version"; return 1; }
  mkdir -p "$fresh/wasi-$version"
  cp -r "$source/deps" "$fresh/wasi-$version/"
}

copy_both() {
  copy_wit "$@" wasip2 0.2.12
  copy_wit "$@" wasip3 0.3.2
}

provide wit "WIT: fetch the official packages" "5 s" copy_both "$@"
