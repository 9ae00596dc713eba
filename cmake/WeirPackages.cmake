# The libraries that Weir takes from the system, under these target names:
#   Threads::Threads fmt::fmt CLI11::CLI11 tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json ZLIB::ZLIB
#   PkgConfig::libuv PkgConfig::cares PkgConfig::nghttp2 PkgConfig::nettle PkgConfig::libxxhash mimalloc
#   GTest::gtest GTest::gmock GTest::gmock_main benchmark::benchmark_main
# tools/packages lists the Debian packages that bring them.

set(weir_missing "")
macro(weir_package name)
  find_package(${name} QUIET ${ARGN})
  if(NOT ${name}_FOUND)
    list(APPEND weir_missing ${name})
  endif()
endmacro()

weir_package(Threads)
weir_package(fmt)
weir_package(CLI11)
weir_package(tomlplusplus)
weir_package(nlohmann_json)
weir_package(mimalloc)
set(ZLIB_USE_STATIC_LIBS ON)  # one library less to load
weir_package(ZLIB)
weir_package(CURL)
weir_package(PkgConfig)
if(WEIR_BUILD_TESTS)
  weir_package(GTest)
endif()
find_package(benchmark QUIET)
if(PkgConfig_FOUND)
  foreach(module libuv libcares libnghttp2 nettle libxxhash)
    string(REGEX REPLACE "^lib(cares|nghttp2)$" "\\1" target ${module})
    pkg_check_modules(${target} QUIET IMPORTED_TARGET GLOBAL ${module})
    if(NOT ${target}_FOUND)
      list(APPEND weir_missing ${module})
    endif()
  endforeach()
endif()

if(weir_missing)
  list(JOIN weir_missing ", " weir_missing)
  message(FATAL_ERROR
    "libraries are missing: ${weir_missing}\n"
    "`tools/packages --missing` prints the apt-get line that brings them")
endif()
