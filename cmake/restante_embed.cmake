# Compiles the live page and the JavaScript client that it uses into the gateway, as a source file.
function(restante_page result)
  set(page_dir "${PROJECT_SOURCE_DIR}/broker/gateway/page")
  set(client_dir "${PROJECT_SOURCE_DIR}/clients/js")
  file(GLOB page CONFIGURE_DEPENDS "${page_dir}/*.js" "${page_dir}/*.css" "${page_dir}/*.svg")
  file(GLOB client CONFIGURE_DEPENDS "${client_dir}/*.js" "${client_dir}/src/*.js")
  set(files "/=${page_dir}/index.html")
  foreach(file IN LISTS page)
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${page_dir}" OUTPUT_VARIABLE name)
    list(APPEND files "/page/${name}=${file}")
  endforeach()
  foreach(file IN LISTS client)
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${client_dir}" OUTPUT_VARIABLE name)
    list(APPEND files "/client/${name}=${file}")
  endforeach()
  set(made "${PROJECT_BINARY_DIR}/generated/page_files.cpp")
  add_custom_command(
    OUTPUT "${made}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${made}" "-DFILES=${files}" -P
            "${PROJECT_SOURCE_DIR}/cmake/restante_page.cmake"
    DEPENDS "${page_dir}/index.html" ${page} ${client}
            "${PROJECT_SOURCE_DIR}/cmake/restante_page.cmake"
    COMMENT "The live page" VERBATIM)
  set(${result} "${made}" PARENT_SCOPE)
endfunction()
