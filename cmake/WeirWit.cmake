# Sets WEIR_WIT_DIR: the folder of the official WIT packages (tools/wit/fetch.sh says what is in it).
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${WEIR_SOURCE_DIR}/tools/wit/fetch.sh ${WEIR_SOURCE_DIR}/tools/wit/Cargo.toml ${WEIR_SOURCE_DIR}/tools/wit/Cargo.lock)
execute_process(COMMAND ${WEIR_SOURCE_DIR}/tools/wit/fetch.sh
  OUTPUT_VARIABLE WEIR_WIT_DIR OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the official WIT packages could not be fetched (tools/wit/fetch.sh says why above)")
endif()
message(STATUS "WIT packages: ${WEIR_WIT_DIR}")
