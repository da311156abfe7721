# Finds the C++ Actor Framework, which Debian and Ubuntu package without a CMake package.
#
# Searches headers and libraries in CAF_ROOT first, then in the system's folders. The version of a later
# series is read as well, so that the error message can name it.
#
# Components: core (always), io, openssl.
# Targets:    CAF::core, CAF::io, CAF::openssl
# Variables:  CAF_FOUND, CAF_VERSION (as in 0.17.6)

if(NOT CAF_FIND_COMPONENTS)
  set(CAF_FIND_COMPONENTS core)
endif()

# CAF >= 1 defines its version in three macros, and its CAF_VERSION is an octal number. So the three macros
# are read first. Before 1, CAF_VERSION is the only macro: 1706 for 0.17.6.
function(_caf_read_version result include_dir)
  set(text "")
  foreach(header caf/config.hpp caf/detail/build_config.hpp)
    if(EXISTS "${include_dir}/${header}")
      file(STRINGS "${include_dir}/${header}" lines
           REGEX "^#[ \t]*define[ \t]+CAF_(VERSION|VERSION_MAJOR|VERSION_MINOR|VERSION_PATCH)[ \t]+[0-9]+")
      string(APPEND text ";${lines}")
    endif()
  endforeach()
  foreach(part MAJOR MINOR PATCH)
    set(${part} "")
    if(text MATCHES "CAF_VERSION_${part}[ \t]+([0-9]+)")
      set(${part} "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  if(NOT MAJOR STREQUAL "")
    set(${result} "${MAJOR}.${MINOR}.${PATCH}" PARENT_SCOPE)
  elseif(text MATCHES "CAF_VERSION[ \t]+([0-9]+)")
    math(EXPR major "${CMAKE_MATCH_1} / 10000")
    math(EXPR minor "${CMAKE_MATCH_1} / 100 % 100")
    math(EXPR patch "${CMAKE_MATCH_1} % 100")
    set(${result} "${major}.${minor}.${patch}" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

if(TARGET CAF::core AND NOT CAF_core_LIBRARY) # targets of a source tree that contains CAF
  get_target_property(_caf_include CAF::core INTERFACE_INCLUDE_DIRECTORIES)
  foreach(_caf_dir IN LISTS _caf_include)
    _caf_read_version(_caf_version "${_caf_dir}")
    if(_caf_version)
      set(CAF_VERSION "${_caf_version}")
    endif()
  endforeach()
else()
  find_path(CAF_INCLUDE_DIR caf/actor_system.hpp)
  mark_as_advanced(CAF_INCLUDE_DIR)
  if(CAF_INCLUDE_DIR)
    _caf_read_version(CAF_VERSION "${CAF_INCLUDE_DIR}")
  endif()
  find_package(Threads)
  list(APPEND CAF_FIND_COMPONENTS core)
  list(REMOVE_DUPLICATES CAF_FIND_COMPONENTS)
  list(SORT CAF_FIND_COMPONENTS) # core, io, openssl: each needs those before it in this order
  foreach(_caf_name IN LISTS CAF_FIND_COMPONENTS)
    find_library(CAF_${_caf_name}_LIBRARY caf_${_caf_name})
    mark_as_advanced(CAF_${_caf_name}_LIBRARY)
    if(CAF_INCLUDE_DIR AND CAF_${_caf_name}_LIBRARY AND NOT TARGET CAF::${_caf_name})
      add_library(CAF::${_caf_name} UNKNOWN IMPORTED)
      set_target_properties(
        CAF::${_caf_name} PROPERTIES IMPORTED_LOCATION "${CAF_${_caf_name}_LIBRARY}"
                                     INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
      target_link_libraries(CAF::${_caf_name} INTERFACE Threads::Threads)
      if(NOT _caf_name STREQUAL core)
        target_link_libraries(CAF::${_caf_name} INTERFACE CAF::core)
      endif()
      if(_caf_name STREQUAL openssl)
        find_package(OpenSSL)
        if(TARGET CAF::io AND OPENSSL_FOUND)
          target_link_libraries(CAF::openssl INTERFACE CAF::io OpenSSL::SSL)
        else()
          set(CAF_openssl_FOUND FALSE)
        endif()
      endif()
    endif()
  endforeach()
  set(_caf_include "${CAF_INCLUDE_DIR}")
endif()

foreach(_caf_name IN LISTS CAF_FIND_COMPONENTS)
  if(TARGET CAF::${_caf_name} AND NOT DEFINED CAF_${_caf_name}_FOUND)
    set(CAF_${_caf_name}_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
if(TARGET CAF::core)
  list(GET _caf_include 0 CAF_LOCATION)
endif()
set(_caf_advice "")
if(CAF_FIND_VERSION)
  set(_caf_advice "Restante is written for CAF ${CAF_FIND_VERSION}, which Debian and Ubuntu package as \
libcaf-dev. An installation elsewhere is named by -DCAF_ROOT=PREFIX.")
endif()
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_LOCATION VERSION_VAR CAF_VERSION
                                  HANDLE_VERSION_RANGE HANDLE_COMPONENTS
                                  REASON_FAILURE_MESSAGE "${_caf_advice}")
