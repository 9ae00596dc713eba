# The libraries that Weir takes from the system, under these target names:
#   Threads::Threads fmt::fmt-header-only CLI11::CLI11 tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json ZLIB::ZLIB
#   weir::libuv weir::cares PkgConfig::nghttp2 PkgConfig::libxxhash
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
set(ZLIB_USE_STATIC_LIBS ON)  # one library less to load
weir_package(ZLIB)
weir_package(CURL)
weir_package(PkgConfig)
if(WEIR_BUILD_TESTS)
  weir_package(GTest)
endif()
find_package(benchmark QUIET)
if(PkgConfig_FOUND)
  foreach(module libuv libcares libnghttp2 libxxhash)
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

# weir_static(<name> <archive>): weir::<name> is the archive of PkgConfig::<name> where there is one, else its shared library.
# Each shared library costs every start of the program some 100 µs.
function(weir_static name archive)
  add_library(weir_${name} INTERFACE)
  add_library(weir::${name} ALIAS weir_${name})
  find_library(WEIR_${archive}_ARCHIVE NAMES lib${archive}.a HINTS ${${name}_LIBRARY_DIRS})
  if(WEIR_${archive}_ARCHIVE)
    target_include_directories(weir_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
    target_link_libraries(weir_${name} INTERFACE ${WEIR_${archive}_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS})
  else()
    target_link_libraries(weir_${name} INTERFACE PkgConfig::${name})
  endif()
endfunction()
weir_static(libuv uv_a)
weir_static(cares cares)
