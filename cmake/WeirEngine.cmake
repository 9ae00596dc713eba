# Declares weir::engine_c: the engine's C API (<wasmtime.h>, <weir_engine_shim.h>) and its static library, out of the
# cache's prefix that tools/engine/build.sh makes. If the prefix is missing, building makes it, beside the C++ that
# does not need it. Only the room `engine` links it.
file(GLOB weir_engine_inputs CONFIGURE_DEPENDS ${WEIR_SOURCE_DIR}/src/engine/shim/src/*.rs
  ${WEIR_SOURCE_DIR}/src/engine/shim/Cargo.* ${WEIR_SOURCE_DIR}/src/engine/shim/*.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${weir_engine_inputs})
weir_tool(WEIR_ENGINE_PREFIX engine/build.sh "the engine cannot be built" --prefix)
message(STATUS "engine: ${WEIR_ENGINE_PREFIX}")

add_custom_command(OUTPUT ${WEIR_ENGINE_PREFIX}/lib/libweir_engine.a
  COMMAND ${WEIR_SOURCE_DIR}/tools/engine/build.sh
  COMMENT "Building the engine library (5 minutes on 2 cores, once)"
  USES_TERMINAL VERBATIM)
add_custom_target(engine_library DEPENDS ${WEIR_ENGINE_PREFIX}/lib/libweir_engine.a)

add_library(weir_engine_c INTERFACE)
add_library(weir::engine_c ALIAS weir_engine_c)
add_dependencies(weir_engine_c engine_library)
target_include_directories(weir_engine_c SYSTEM INTERFACE ${WEIR_ENGINE_PREFIX}/include)
target_link_libraries(weir_engine_c INTERFACE
  ${WEIR_ENGINE_PREFIX}/lib/libweir_engine.a Threads::Threads ${CMAKE_DL_LIBS} m)
