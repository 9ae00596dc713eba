#!/bin/bash
# Puts wit-parser's own suite into the cache, once for each version, and prints the folder on stdout: the files of `tests/ui`,
# to be named by WEIR_WIT_TESTS. --prefix prints the folder without fetching.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

copy_suite() {
  local manifest=$1 fresh=$2
  cp -r "$(crate_folder "$manifest" wit-parser)"/tests/ui/. "$fresh/"
}

provide wit-suite "WIT: fetch the suite of wit-parser" "5 s" copy_suite "$@"
