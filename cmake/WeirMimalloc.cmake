# Declares weir::mimalloc, which becomes malloc, free, operator new and the like of the program that links it, from the source
# that tools/mimalloc/fetch.sh puts into the cache; and weir::mimalloc_headers, <mimalloc.h> alone.
weir_tool(WEIR_MIMALLOC_DIR mimalloc/fetch.sh "the source of mimalloc cannot be had")

add_library(weir_mimalloc_headers INTERFACE)
add_library(weir::mimalloc_headers ALIAS weir_mimalloc_headers)
target_include_directories(weir_mimalloc_headers SYSTEM INTERFACE ${WEIR_MIMALLOC_DIR}/include)

# An object, not an archive: an archive's malloc would be taken only if the C library's were not there.
add_library(weir_mimalloc OBJECT EXCLUDE_FROM_ALL ${WEIR_MIMALLOC_DIR}/src/static.c)
add_library(weir::mimalloc ALIAS weir_mimalloc)
target_include_directories(weir_mimalloc PRIVATE ${WEIR_MIMALLOC_DIR}/include)
target_compile_definitions(weir_mimalloc PRIVATE NDEBUG MI_MALLOC_OVERRIDE MI_STATIC_LIB)
target_compile_options(weir_mimalloc PRIVATE -w -O3 -fPIE -fvisibility=hidden -fno-builtin-malloc)
target_link_libraries(weir_mimalloc PUBLIC Threads::Threads)
