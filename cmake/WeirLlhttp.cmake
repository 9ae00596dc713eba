# Declares weir_llhttp, the parser that a fuzzer compares with Weir's, from the source that tools/llhttp/fetch.sh puts into the
# cache. Where that is not to be had, what needs it is left out. Built like the fuzzers, so that they see into it.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${WEIR_SOURCE_DIR}/tools/llhttp/fetch.sh ${WEIR_SOURCE_DIR}/tools/llhttp/requirements.txt)
execute_process(COMMAND ${WEIR_SOURCE_DIR}/tools/llhttp/fetch.sh
  OUTPUT_VARIABLE WEIR_LLHTTP_DIR OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
if(status EQUAL 0)
  message(STATUS "llhttp: ${WEIR_LLHTTP_DIR}")
  add_library(weir_llhttp STATIC ${WEIR_LLHTTP_DIR}/api.c ${WEIR_LLHTTP_DIR}/http.c ${WEIR_LLHTTP_DIR}/llhttp.c)
  target_include_directories(weir_llhttp SYSTEM PUBLIC ${WEIR_LLHTTP_DIR})
  target_compile_options(weir_llhttp PRIVATE -w)
else()
  message(WARNING "the source of llhttp could not be fetched (tools/llhttp/fetch.sh says why above): "
    "the fuzzers that need it are left out. Configure again to try again.")
endif()
