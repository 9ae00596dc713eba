#!/bin/bash
# Precompiles headers into the cache and prints the precompiled header's path, for -include-pch:
#   tools/precompiled/build.sh HEADERS COMPILER FLAGS...    HEADERS: the names of headers, separated by commas
# Its path and content are the same for every checkout on a machine, so that ccache finds what another one compiled.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

headers=${1//,/ }
compiler=$2
shift 2
includes=$(printf '#include <%s>\n' $headers)
key=$( (
  echo "$includes"
  echo "$compiler $*"
  "$compiler" --version
  # The headers themselves, by the files that they come from.
  "$compiler" "$@" -M -x c++ - <<<"$includes" | tr -d '\\' | tr -s ' \n' '\n' | grep '^/' | LC_ALL=C sort -u | xargs sha256sum
) | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/precompiled-$key

if [ ! -e "$folder/headers.pch" ]; then
  mkdir -p "$folder"
  echo "$includes" >"$folder/headers.h.$$"
  mv "$folder/headers.h.$$" "$folder/headers.h"
  "$compiler" "$@" -x c++-header "$folder/headers.h" -o "$folder/headers.pch.$$" -Xclang -fno-pch-timestamp \
    -fpch-instantiate-templates
  mv "$folder/headers.pch.$$" "$folder/headers.pch"
fi
printf '%s\n' "$folder/headers.pch"
