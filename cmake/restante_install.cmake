# The files that `cmake --install` installs: libraries, headers, the program, and find_package(restante).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/restante")

install(TARGETS restante_messages restante_protocol restante_node_protocol restante_actors restante_api
                restante_journal restante_broker restante_memory_store restante_testing restante_sockets
                restante_node restante_remote
        EXPORT restanteTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(EXPORT restanteTargets NAMESPACE restante:: DESTINATION "${package_dir}"
        COMPONENT development)

include(restante_public_headers)
foreach(header IN LISTS restante_public_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/restante/${folder}"
          COMPONENT development)
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

  install(FILES docs/operations.md docs/protocol.md docs/command-line.md docs/journal.md
                docs/remote.md docs/performance.md docs/throughput.svg docs/durable.svg packaging/restante-tls.conf
          DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT runtime)

  # The unit and the settings contain the prefix of the installation, which is known only at install time.
  install(CODE "
    set(source_dir \"${PROJECT_SOURCE_DIR}/packaging\")
    set(binary_dir \"${CMAKE_BINARY_DIR}\")
    set(bin_dir \"${CMAKE_INSTALL_BINDIR}\")
    set(doc_dir \"${CMAKE_INSTALL_DOCDIR}\")
    set(sysconf_dir \"${CMAKE_INSTALL_SYSCONFDIR}\")"
          COMPONENT runtime)
  install(SCRIPT cmake/restante_unit.cmake COMPONENT runtime)
endif()
