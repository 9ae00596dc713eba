# weir_precompile(<target> [TESTS]): the target's sources find headers of the standard library (TESTS: and GoogleTest's)
# already compiled, which saves half a second (a second) of each. They still include what they use: tools/check/headers
# compiles without. Only with clang; tools/precompiled/build.sh makes the files in the cache.
set(weir_precompiled_headers algorithm array cerrno cstdint cstdio cstdlib cstring functional map memory optional set span
  string string_view unordered_map utility variant vector)

# weir_precompiled(<variable> HEADERS... FLAGS flags...): makes one, as the options so far in this folder want it.
function(weir_precompiled variable)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "HEADERS;FLAGS")
  get_directory_property(options COMPILE_OPTIONS)
  get_directory_property(definitions COMPILE_DEFINITIONS)
  # Warnings do not matter, and what differs by language are warnings.
  list(FILTER options EXCLUDE REGEX "\\$<|^-W|^-stdlib|>$")
  list(TRANSFORM definitions PREPEND -D)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  list(JOIN ARG_HEADERS "," headers)
  execute_process(
    COMMAND ${WEIR_SOURCE_DIR}/tools/precompiled/build.sh ${headers} ${CMAKE_CXX_COMPILER} -std=gnu++${CMAKE_CXX_STANDARD} ${flags}
      ${ARG_FLAGS} ${options} ${definitions}
    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the standard library's headers cannot be precompiled (the compiler says why above)")
  endif()
  set_property(DIRECTORY ${WEIR_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  set(${variable} ${path} PARENT_SCOPE)
endfunction()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  weir_precompiled(WEIR_PRECOMPILED HEADERS ${weir_precompiled_headers} FLAGS -fPIC)
  if(WEIR_BUILD_TESTS)
    get_target_property(weir_gtest_options GTest::gtest INTERFACE_COMPILE_OPTIONS)
    list(FILTER weir_gtest_options EXCLUDE REGEX "NOTFOUND$")
    weir_precompiled(WEIR_PRECOMPILED_TESTS HEADERS ${weir_precompiled_headers} gtest/gtest.h FLAGS -fPIE ${weir_gtest_options})
  endif()
endif()

function(weir_precompile target)
  set(path ${WEIR_PRECOMPILED})
  if("TESTS" IN_LIST ARGN)
    set(path ${WEIR_PRECOMPILED_TESTS})
  endif()
  if(path)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include-pch ${path}>")
  endif()
endfunction()
