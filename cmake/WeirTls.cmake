# Declares weir::tls_c: AWS-LC's headers (<openssl/…>) and its static libraries, out of the cache's prefix that
# tools/tls/build.sh makes. If the prefix is missing, building makes it, beside the C++ that does not need it. Only the rooms
# `crypto` and `tls` link it; they call CRYPTO_library_init before anything that depends on the processor. Its functions are
# hidden in whatever links them, so that another library of the same names can live beside.
weir_tool(WEIR_TLS_PREFIX tls/build.sh "AWS-LC cannot be built" --prefix)
message(STATUS "TLS: ${WEIR_TLS_PREFIX}")

add_custom_command(OUTPUT ${WEIR_TLS_PREFIX}/lib/libssl.a ${WEIR_TLS_PREFIX}/lib/libcrypto.a
  COMMAND ${WEIR_SOURCE_DIR}/tools/tls/build.sh
  COMMENT "Building AWS-LC (2 minutes on 2 cores, once)"
  USES_TERMINAL VERBATIM)
add_custom_target(tls_library DEPENDS ${WEIR_TLS_PREFIX}/lib/libssl.a ${WEIR_TLS_PREFIX}/lib/libcrypto.a)

add_library(weir_tls_c INTERFACE)
add_library(weir::tls_c ALIAS weir_tls_c)
add_dependencies(weir_tls_c tls_library)
target_include_directories(weir_tls_c SYSTEM INTERFACE ${WEIR_TLS_PREFIX}/include)
target_link_libraries(weir_tls_c INTERFACE ${WEIR_TLS_PREFIX}/lib/libssl.a ${WEIR_TLS_PREFIX}/lib/libcrypto.a Threads::Threads)
target_link_options(weir_tls_c INTERFACE "LINKER:--exclude-libs,libssl.a:libcrypto.a")
