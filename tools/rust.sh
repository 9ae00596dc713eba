# Finds a Rust toolchain that is new enough (bash; source after lib.sh). Sets CARGO and RUSTC and exports RUSTC.
# The system's first; Debian's cargo-web and rustc-web, which install to /usr/bin, where that one is older or missing.
WEIR_RUST_NEEDED=1.95

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
