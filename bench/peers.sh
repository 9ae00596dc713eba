# Builds a program of crates.io into the cache (bash; source after tools/lib.sh and tools/rust.sh).

# peer CRATE VERSION PROGRAM EXPECTED OPTION... [-- --path]: builds it once with these options of `cargo install`, and prints the
# program's path on stdout. EXPECTED says how long that takes. With `-- --path` at the end it prints the path and builds nothing.
peer() {
  local crate=$1 version=$2 program=$3 expected=$4 options=() only_path=
  shift 4
  while (($#)); do
    if [ "$1" = -- ]; then
      [ "${2:-}" != --path ] || only_path=1
      break
    fi
    options+=("$1")
    shift
  done
  local folder=$WEIR_CACHE/peers/$program-$version
  build_peer() {
    local target=$WEIR_CACHE/peers/$program-target
    rm -rf "$folder.part"
    CARGO_TARGET_DIR=$target "$CARGO" install --locked --root "$folder.part" "${options[@]}" "$crate@$version"
    mv -T "$folder.part" "$folder"
    rm -rf "$target"
    # Where the tests look for what they compare with.
    mkdir -p "$WEIR_CACHE/peers/bin"
    ln -sf "../$program-$version/bin/$program" "$WEIR_CACHE/peers/bin/$program"
  }
  build_peer_once() {
    [ -d "$folder" ] || step "peer: build $crate $version" "$expected" "peer-$program" build_peer
  }
  if [ -z "$only_path" ] && [ ! -d "$folder" ]; then
    find_rust
    mkdir -p "$WEIR_CACHE/peers"
    with_lock "peer-$program" build_peer_once
  fi
  printf '%s\n' "$folder/bin/$program"
}
