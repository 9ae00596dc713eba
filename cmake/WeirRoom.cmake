# weir_room(<room> DEPS <rooms...> [LIBS <link libraries...>] [TEST_LIBS <link libraries...>])
#
# Declares one room of the house (a folder of src/): the static library `weir_<room>` from every .cc file under the
# folder, and the GoogleTest binary `<room>_test` from every *_test.cc file. Not part of the library:
#   main.cc, *_main.cc   programs; the room's CMakeLists declares them after its weir_room line
#   *_bench.cc           Google Benchmark programs, built into `<room>_bench`
# A room whose DEPS are absent from the tree is skipped with a message, so that the rest can still be built.
function(weir_room room)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "DEPS;LIBS;TEST_LIBS")
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_room(${room}): unknown arguments: ${ROOM_UNPARSED_ARGUMENTS}")
  endif()

  set(dependencies "")
  foreach(dependency IN LISTS ROOM_DEPS)
    if(NOT TARGET weir_${dependency})
      message(STATUS "room ${room}: skipped, it needs the room ${dependency}, which is not here")
      return()
    endif()
    list(APPEND dependencies weir_${dependency})
  endforeach()

  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.cc)
  set(sources ${files})
  list(FILTER sources EXCLUDE REGEX "(_test|_bench|_main|/main)\\.cc$")
  set(tests ${files})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(benchmarks ${files})
  list(FILTER benchmarks INCLUDE REGEX "_bench\\.cc$")

  if(sources)
    add_library(weir_${room} STATIC ${sources})
    target_include_directories(weir_${room} PUBLIC ${WEIR_SOURCE_DIR}/src ${WEIR_GENERATED_DIR})
    target_link_libraries(weir_${room} PUBLIC ${dependencies} ${ROOM_LIBS})
  else()
    add_library(weir_${room} INTERFACE)
    target_include_directories(weir_${room} INTERFACE ${WEIR_SOURCE_DIR}/src ${WEIR_GENERATED_DIR})
    target_link_libraries(weir_${room} INTERFACE ${dependencies} ${ROOM_LIBS})
  endif()

  if(tests AND WEIR_BUILD_TESTS)
    add_executable(${room}_test ${tests})
    target_link_libraries(${room}_test PRIVATE weir_${room} GTest::gtest GTest::gmock GTest::gmock_main ${ROOM_TEST_LIBS})
    weir_test_definitions(${room}_test)
    add_test(NAME ${room}_test COMMAND ${room}_test WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
    set_property(GLOBAL APPEND PROPERTY WEIR_TEST_TARGETS ${room}_test)
  endif()

  if(benchmarks AND TARGET benchmark::benchmark_main AND NOT WEIR_SANITIZE AND NOT WEIR_FUZZ)
    add_executable(${room}_bench EXCLUDE_FROM_ALL ${benchmarks})
    target_link_libraries(${room}_bench PRIVATE weir_${room} benchmark::benchmark_main)
    weir_test_definitions(${room}_bench)
  endif()
endfunction()

# Tells a test where the source tree and the build tree are, for the data files it reads.
function(weir_test_definitions target)
  target_compile_definitions(${target} PRIVATE
    WEIR_SOURCE_DIR="${WEIR_SOURCE_DIR}" WEIR_BINARY_DIR="${CMAKE_BINARY_DIR}")
endfunction()

# Declares every fuzz/fuzz_<name>.cc as the libFuzzer program `fuzz_<name>`. The file names the rooms it links in a
# comment line near its top: `// rooms: wit util`.
function(weir_fuzzers)
  file(GLOB files CONFIGURE_DEPENDS ${WEIR_SOURCE_DIR}/fuzz/fuzz_*.cc)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    file(STRINGS ${file} lines REGEX "^// rooms:" LIMIT_COUNT 1)
    if(NOT lines)
      message(FATAL_ERROR "${file}: a line `// rooms: <rooms...>` is missing")
    endif()
    string(REGEX REPLACE "^// rooms: *" "" rooms "${lines}")
    separate_arguments(rooms UNIX_COMMAND "${rooms}")
    set(libraries "")
    foreach(room IN LISTS rooms)
      if(NOT TARGET weir_${room})
        message(FATAL_ERROR "${file}: there is no room ${room}")
      endif()
      list(APPEND libraries weir_${room})
    endforeach()
    add_executable(${name} ${file})
    target_link_libraries(${name} PRIVATE ${libraries})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    weir_test_definitions(${name})
    set_property(GLOBAL APPEND PROPERTY WEIR_FUZZ_TARGETS ${name})
  endforeach()
endfunction()
