# Runs at install time: writes the systemd unit with the paths of this installation, and installs
# it with the settings that it names.
cmake_policy(VERSION 3.25)

foreach(kind bin doc sysconf)
  cmake_path(ABSOLUTE_PATH ${kind}_dir BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}")
endforeach()
# As in the GNU directory rules: the settings of an installation in /usr are in /etc.
if(CMAKE_INSTALL_PREFIX MATCHES "^/(usr)?/?$" AND sysconf_dir MATCHES "^/(usr/)?etc$")
  set(sysconf_dir /etc)
endif()

set(RESTANTE_PROGRAM_DIR "${bin_dir}")
set(RESTANTE_SETTINGS_DIR "${sysconf_dir}")
set(RESTANTE_DOC_DIR "${doc_dir}")
configure_file("${source_dir}/restante.service.in" "${binary_dir}/restante.service" @ONLY)
file(INSTALL TYPE FILE FILES "${binary_dir}/restante.service"
     DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")

# Settings that the operator has written are not replaced.
if(NOT EXISTS "$ENV{DESTDIR}${sysconf_dir}/restante/restante.toml")
  file(INSTALL TYPE FILE FILES "${source_dir}/restante.toml" DESTINATION "${sysconf_dir}/restante")
endif()
