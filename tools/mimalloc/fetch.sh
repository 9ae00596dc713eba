#!/bin/bash
# Puts the C source of mimalloc into the cache, once for each version, and prints the folder on stdout:
#   FOLDER/src/static.c  FOLDER/include/mimalloc.h  FOLDER/LICENSE
# --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

copy_source() {
  local manifest=$1 fresh=$2 source
  source=$(crate_folder "$manifest" libmimalloc-sys)/c_src/mimalloc
  cp -r "$source/src" "$source/include" "$source/LICENSE" "$fresh/"
}

provide mimalloc "mimalloc: fetch its source" "5 s, 200 kB from the crates registry" copy_source "$@"
