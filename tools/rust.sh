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
