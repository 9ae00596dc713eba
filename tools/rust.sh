# Finds a Rust toolchain that is new enough, and crates with it (bash; source after lib.sh).
# The system's first; Debian's cargo-web and rustc-web, which install to /usr/bin, where that one is older or missing.
WEIR_RUST_NEEDED=1.95

# Sets CARGO and RUSTC and exports RUSTC.
find_rust() {
  local cargo version
  for cargo in ${CARGO:-} "$(command -v cargo || true)" /usr/bin/cargo; do
    [ -x "$cargo" ] || continue
    version=$("$cargo" --version 2>/dev/null | awk '{print $2}') || continue
    if [ -n "$version" ] && version_at_least "$version" "$WEIR_RUST_NEEDED"; then
      CARGO=$cargo
      if [ "$cargo" = /usr/bin/cargo ]; then RUSTC=/usr/bin/rustc; else RUSTC=$(command -v rustc); fi
      export RUSTC
      return 0
    fi
  done
  die "no cargo $WEIR_RUST_NEEDED or newer was found; on Debian 12: apt-get install cargo-web rustc-web"
}

# fetch_crates MANIFEST: lets cargo fetch what the manifest's Cargo.lock names, from the network only what is not there.
fetch_crates() {
  "$CARGO" fetch --locked --offline --manifest-path "$1" 2>/dev/null || "$CARGO" fetch --locked --manifest-path "$1"
}

# crate_folder MANIFEST NAME: prints the folder of a crate that was fetched.
crate_folder() {
  "$CARGO" metadata --locked --offline --format-version 1 --manifest-path "$1" | python3 -c 'import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == sys.argv[1]:
        print(os.path.dirname(package["manifest_path"]))' "$2"
}

# provide NAME WHAT EXPECTATION FUNCTION [--prefix]: prints the folder of the cache that holds what FUNCTION fetches, one for each
# version of the manifest, the lock file and the script in tools/NAME. Unless the folder is there or --prefix is given,
# FUNCTION MANIFEST FRESH fills the new folder FRESH from the crates of the manifest, which cargo has fetched.
provide() {
  local name=$1 what=$2 expectation=$3 fill=$4 option=${5:-} key manifest=$WEIR_ROOT/tools/$1/Cargo.toml
  key=$(cat "$WEIR_ROOT/tools/$name"/{Cargo.toml,Cargo.lock,fetch.sh} | sha256sum | cut -c 1-16)
  local folder=$WEIR_CACHE/$name-$key
  if [ "$option" != --prefix ] && [ ! -d "$folder" ]; then
    find_rust
    with_lock "$name" provide_once "$folder" "$name" "$what" "$expectation" "$fill" "$manifest"
  fi
  printf '%s\n' "$folder"
}

provide_once() {
  local folder=$1 name=$2 what=$3 expectation=$4
  shift 4
  [ -d "$folder" ] || step "$what" "$expectation" "$name-fetch" provide_fresh "$folder" "$@"
}

provide_fresh() {
  local folder=$1 fill=$2 manifest=$3 fresh=$1.new
  fetch_crates "$manifest"
  rm -rf "$fresh"
  mkdir -p "$fresh"
  "$fill" "$manifest" "$fresh"
  mv -T "$fresh" "$folder"
}
