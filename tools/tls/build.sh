#!/bin/bash
# Builds AWS-LC into the cache, once for each set of inputs, and prints its prefix on stdout:
#   PREFIX/lib/libssl.a  PREFIX/lib/libcrypto.a  PREFIX/include/openssl/…
# --prefix  prints the prefix without building.
# The source comes through cargo, checked against the committed Cargo.lock. Its functions have the names that other TLS
# libraries use too: cmake/WeirTls.cmake links them so that they never leave the program.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$WEIR_ROOT/tools/rust.sh"

manifest=$WEIR_ROOT/tools/tls/Cargo.toml
compiler=clang-19
key=$( (
  cat "$WEIR_ROOT"/tools/tls/{Cargo.toml,Cargo.lock,build.sh}
  "$compiler" --version
) | sha256sum | cut -c 1-16)
prefix=$WEIR_CACHE/tls-$key
work=$WEIR_CACHE/tls-work

compile() {
  local source
  source=$(crate_folder "$manifest" aws-lc-sys)/aws-lc
  rm -rf "$work"
  mkdir -p "$work"
  # Whoever uses it first calls CRYPTO_library_init: what the library asks of the processor at the start of every program costs
  # 40 us on a virtual machine.
  local flags="-DBORINGSSL_NO_STATIC_INITIALIZER -ffile-prefix-map=$source=/aws-lc -ffile-prefix-map=$work=/build"
  export CCACHE_DIR=${CCACHE_DIR:-$WEIR_CACHE/ccache}
  cmake -S "$source" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_C_COMPILER="$compiler" -DCMAKE_CXX_COMPILER="${compiler/clang/clang++}" \
    -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" -DCMAKE_ASM_FLAGS="-ffile-prefix-map=$source=/aws-lc" \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DBUILD_TESTING=OFF -DBUILD_TOOL=OFF -DDISABLE_GO=ON -DDISABLE_PERL=ON -DENABLE_SOURCE_MODIFICATION=OFF
  ninja -C "$work" crypto ssl
  local fresh=$prefix.new
  rm -rf "$fresh"
  mkdir -p "$fresh/lib"
  cp "$(find "$work" -name libcrypto.a)" "$(find "$work" -name libssl.a)" "$fresh/lib/"
  cp -r "$source/include" "$fresh/include"
  # Ninja makes the folder of its outputs beforehand; without the libraries it is of no use to anybody.
  rm -rf "$prefix"
  mv -T "$fresh" "$prefix"
  rm -rf "$work"
}

build_tls() {
  [ -e "$prefix/lib/libssl.a" ] && return 0
  step "TLS: fetch the source of AWS-LC" "5 s, 10 MB from the crates registry" tls-fetch fetch_crates "$manifest" &&
    step "TLS: compile it" "2 minutes on 2 cores" tls-compile compile
}

if [ "${1:-}" != --prefix ] && [ ! -e "$prefix/lib/libssl.a" ]; then
  find_rust
  with_lock tls build_tls
fi
printf '%s\n' "$prefix"
