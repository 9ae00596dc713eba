# Sets WEIR_WIT_DIR: the folder of the official WIT packages (tools/wit/fetch.sh says what is in it).
weir_tool(WEIR_WIT_DIR wit/fetch.sh "the official WIT packages could not be fetched")
message(STATUS "WIT packages: ${WEIR_WIT_DIR}")
