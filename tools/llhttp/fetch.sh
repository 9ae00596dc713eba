#!/bin/bash
# Puts the C source of llhttp into the cache, once for each version, and prints the folder on stdout:
#   FOLDER/{api,http,llhttp}.c  FOLDER/llhttp.h  FOLDER/LICENSE
# --prefix prints the folder without fetching. For the fuzzers alone; nothing of it gets into what is built for users.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

requirements=$WEIR_ROOT/tools/llhttp/requirements.txt
key=$(cat "$requirements" "$WEIR_ROOT/tools/llhttp/fetch.sh" | sha256sum | cut -c 1-16)
folder=$WEIR_CACHE/llhttp-$key

fetch_llhttp() {
  local fresh=$folder.new
  rm -rf "$fresh"
  mkdir -p "$fresh/archive"
  python3 -m pip --disable-pip-version-check download --no-deps --no-binary :all: --require-hashes \
    --dest "$fresh/archive" --requirement "$requirements"
  tar -xzf "$fresh"/archive/llhttp-*.tar.gz -C "$fresh" --strip-components=2 --no-same-owner --wildcards '*/lib/*.[ch]'
  tar -xzf "$fresh"/archive/llhttp-*.tar.gz -C "$fresh" --strip-components=1 --no-same-owner --wildcards '*/LICENSE'
  rm -rf "$fresh/archive"
  [ -s "$fresh/llhttp.c" ] && [ -s "$fresh/llhttp.h" ] && [ -s "$fresh/api.c" ] && [ -s "$fresh/http.c" ]
  mv -T "$fresh" "$folder"
}

fetch_once() {
  [ -d "$folder" ] || step "llhttp: fetch its source" "10 s, 40 kB from the Python package index" llhttp-fetch fetch_llhttp
}

if [ "${1:-}" != --prefix ] && [ ! -d "$folder" ]; then
  with_lock llhttp fetch_once
fi
printf '%s\n' "$folder"
