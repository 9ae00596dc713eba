# weir_tool(<variable> <script> <failure> [<arguments...>]): sets the variable to what the script of tools/ prints, a folder of
# the cache, and configures again when anything beside the script changes. <failure> says what there is not if it fails.
function(weir_tool variable script failure)
  get_filename_component(folder ${WEIR_SOURCE_DIR}/tools/${script} DIRECTORY)
  file(GLOB inputs CONFIGURE_DEPENDS ${folder}/*)
  list(FILTER inputs EXCLUDE REGEX "/src$")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs})
  execute_process(COMMAND ${WEIR_SOURCE_DIR}/tools/${script} ${ARGN}
    OUTPUT_VARIABLE printed OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${failure} (tools/${script} says why above)")
  endif()
  set(${variable} ${printed} PARENT_SCOPE)
endfunction()
