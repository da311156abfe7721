# What `cmake --install` leaves: libraries, headers, the program, and find_package(restante).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/restante")

install(TARGETS restante_messages restante_actors restante_broker restante_testing
        EXPORT restanteTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(EXPORT restanteTargets NAMESPACE restante:: DESTINATION "${package_dir}"
        COMPONENT development)

foreach(folder messages actors broker)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}")
    install(DIRECTORY ${folder} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/restante"
            COMPONENT development FILES_MATCHING PATTERN "*.hpp"
            PATTERN demo EXCLUDE PATTERN gateway EXCLUDE PATTERN serve EXCLUDE)
  endif()
endforeach()

configure_package_config_file(cmake/restanteConfig.cmake.in
                              "${CMAKE_BINARY_DIR}/restanteConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/restanteConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/restanteConfig.cmake"
              "${CMAKE_BINARY_DIR}/restanteConfigVersion.cmake" cmake/FindCAF.cmake
        DESTINATION "${package_dir}" COMPONENT development)

if(TARGET restante)
  install(TARGETS restante RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
endif()
