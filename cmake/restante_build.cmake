# Compiler settings for all targets, and the functions that the lists of targets use.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()

add_compile_options(-Wall -Wextra -Wpedantic)
if(RESTANTE_WERROR)
  add_compile_options(-Werror)
endif()
if(RESTANTE_SANITIZE)
  set(RESTANTE_SANITIZE_FLAGS -fsanitize=${RESTANTE_SANITIZE} -fno-sanitize-recover=all
                              -fno-omit-frame-pointer)
  if(RESTANTE_SANITIZE MATCHES undefined)
    # In CAF 0.17, spawning a function without arguments binds a reference to an empty tuple through a null
    # pointer. ASan still stops the program when a null pointer is really read.
    list(APPEND RESTANTE_SANITIZE_FLAGS -fno-sanitize=null)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # In instrumented code GCC 12 reports false warnings of these kinds inside its own <regex> and <string>.
    add_compile_options(-Wno-maybe-uninitialized -Wno-array-bounds
                        -Wno-stringop-overflow -Wno-stringop-overread)
    if(RESTANTE_SANITIZE MATCHES undefined)
      # g++ emits one such check for each member access, which takes half of its time. clang++ keeps these
      # checks.
      list(APPEND RESTANTE_SANITIZE_FLAGS -fno-sanitize=alignment,vptr)
    endif()
  endif()
  add_compile_options(${RESTANTE_SANITIZE_FLAGS})
  add_link_options(${RESTANTE_SANITIZE_FLAGS})
endif()

# ccache must be told to trust precompiled headers, and the compiler must leave its time stamp out of them;
# otherwise every build directory starts with an empty cache. Paths are relative to the sources, so a second
# clone finds everything that the first clone has compiled without a precompiled header.
find_program(RESTANTE_CCACHE ccache)
if(RESTANTE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "${RESTANTE_CCACHE}")
endif()
if(RESTANTE_PCH)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_compile_options(-fpch-preprocess)
  endif()
endif()

# Most of a unit's compile time goes to the templates it uses, above all CAF's. Sources in one unit pay for
# them once.
if(RESTANTE_UNITY)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()

# Distributes the sources of `target` over units of at most 16, so that no names collide.
function(restante_units target)
  if(NOT RESTANTE_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  execute_process(COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/restante_units.py" 16 ${sources}
                  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE units
                  COMMAND_ERROR_IS_FATAL ANY)
  foreach(source unit IN ZIP_LISTS sources units)
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP unit_${unit})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# Lists the .cpp files under `folder`, except the given files and folders.
function(restante_glob result folder)
  cmake_parse_arguments(arg "" "" "EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  foreach(path IN LISTS arg_EXCLUDE)
    string(REPLACE "." "\\." pattern "${PROJECT_SOURCE_DIR}/${path}")
    list(FILTER sources EXCLUDE REGEX "^${pattern}(/|$)")
  endforeach()
  set(${result} "${sources}" PARENT_SCOPE)
endfunction()

# Adds the static library `name`, also named restante::<alias>. A library without sources consists of headers
# only.
function(restante_library name alias)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE ${arg_PRIVATE})
    restante_units(${name})
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(restante::${alias} ALIAS ${name})
  set_target_properties(${name} PROPERTIES EXPORT_NAME ${alias})
  target_compile_features(${name} ${scope} cxx_std_20)
  target_include_directories(${name} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} ${scope} ${arg_PUBLIC} Threads::Threads)
endfunction()

# Adds a library that only provides a precompiled header for other targets.
function(restante_add_pch name)
  cmake_parse_arguments(arg "" "" "HEADERS;LINK" ${ARGN})
  set(stub "${CMAKE_BINARY_DIR}/pch/${name}.cpp")
  if(NOT EXISTS "${stub}")
    file(WRITE "${stub}" "// Carries a precompiled header.\n")
  endif()
  add_library(${name} OBJECT EXCLUDE_FROM_ALL "${stub}")
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# Makes `target` use the precompiled header `pch`, which restante_add_pch made.
function(restante_precompile target pch)
  get_target_property(type ${target} TYPE)
  if(NOT RESTANTE_PCH OR type STREQUAL INTERFACE_LIBRARY)
    return()
  endif()
  if(NOT TARGET ${pch})
    if(pch STREQUAL restante_pch_tests)
      restante_add_pch(${pch} HEADERS <caf/all.hpp> <gtest/gtest.h> <gmock/gmock.h>
                       LINK CAF::core Threads::Threads GTest::gtest GTest::gmock)
    elseif(pch STREQUAL restante_pch_net)
      restante_add_pch(${pch} HEADERS "${PROJECT_SOURCE_DIR}/broker/sockets/net.hpp" <caf/all.hpp>
                       LINK CAF::core Boost::headers OpenSSL::SSL Threads::Threads)
    else()
      restante_add_pch(${pch} HEADERS <caf/all.hpp> LINK CAF::core Threads::Threads)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${pch})
endfunction()

# Compiles targets at -O1 in the optimised build, which takes a third less time. It is for libraries that are
# off the busiest paths, or that consist of CAF's templates: the broker's throughput is no lower with them at
# -O1. JSON, the models, the journal and the gateway stay at -O2.
function(restante_compile_faster)
  foreach(target IN LISTS ARGN)
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL INTERFACE_LIBRARY)
      target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
    endif()
  endforeach()
endfunction()
