# What `cmake --install` leaves: libraries, headers, the program, and find_package(restante).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/restante")

install(TARGETS restante_messages restante_actors restante_journal restante_broker restante_testing
                restante_sockets restante_node restante_remote
        EXPORT restanteTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(EXPORT restanteTargets NAMESPACE restante:: DESTINATION "${package_dir}"
        COMPONENT development)

foreach(folder messages actors broker)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}")
    install(DIRECTORY ${folder} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/restante"
            COMPONENT development FILES_MATCHING PATTERN "*.hpp"
            PATTERN demo EXCLUDE PATTERN gateway EXCLUDE PATTERN serve EXCLUDE PATTERN cli EXCLUDE
            PATTERN sockets EXCLUDE)
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
  install(FILES packaging/restante.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT runtime)

  # The unit says where things really are. For a package: -DCMAKE_INSTALL_PREFIX=/usr
  # -DCMAKE_INSTALL_SYSCONFDIR=/etc.
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_BINDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
             OUTPUT_VARIABLE program_dir)
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_SYSCONFDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
             OUTPUT_VARIABLE settings_dir)
  file(READ packaging/restante.service unit)
  string(REPLACE "/usr/bin/restante " "${program_dir}/restante " unit "${unit}")
  string(REPLACE "/etc/restante/" "${settings_dir}/restante/" unit "${unit}")
  file(WRITE "${CMAKE_BINARY_DIR}/restante.service" "${unit}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packaging/restante.service)
  install(FILES "${CMAKE_BINARY_DIR}/restante.service" DESTINATION lib/systemd/system
          COMPONENT runtime)
  install(FILES packaging/restante.toml DESTINATION "${CMAKE_INSTALL_SYSCONFDIR}/restante"
          COMPONENT runtime)
endif()
