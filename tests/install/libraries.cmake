# Configures the libraries alone on a machine that seems to have neither CLI11 nor toml++ nor systemd, and
# checks the list of targets. Other tests prove that everything compiles: the sources are equal.
set(build "${BUILD_DIR}/libraries-test")
file(REMOVE_RECURSE "${build}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE said)
  set(said "${said}" PARENT_SCOPE)
endfunction()

# pkg-config finds libsodium and no other package.
run("${PKG_CONFIG}" --variable=pcfiledir libsodium)
string(STRIP "${said}" folder)
file(COPY "${folder}/libsodium.pc" DESTINATION "${build}/packages")
set(ENV{PKG_CONFIG_LIBDIR} "${build}/packages")
set(ENV{PKG_CONFIG_PATH} "")

run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${build}/build" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCAF_ROOT=${CAF_ROOT}" -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -DRESTANTE_PROGRAM=OFF
    -DRESTANTE_TESTS=)
run("${CMAKE_COMMAND}" --build "${build}/build" --target help)
foreach(library messages actors journal broker testing sockets node remote)
  if(NOT said MATCHES "restante_${library}:|restante_${library}[ \n]")
    message(FATAL_ERROR "restante_${library} is not built")
  endif()
endforeach()
foreach(part serve cli)
  if(said MATCHES "restante_${part}:|restante_${part}[ \n]")
    message(FATAL_ERROR "restante_${part} is built")
  endif()
endforeach()
