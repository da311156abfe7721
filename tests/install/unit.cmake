# Installs the unit and the settings into several prefixes: their paths are those of the prefix, and systemd
# accepts the unit, with and without the drop-in for a renewed certificate.
cmake_policy(VERSION 3.25)

set(root "${BUILD_DIR}/install-unit")
file(REMOVE_RECURSE "${root}")
file(MAKE_DIRECTORY "${root}/build")
find_program(systemd_analyze systemd-analyze)

function(expect_line file line)
  file(STRINGS "${file}" lines)
  if(NOT line IN_LIST lines)
    message(FATAL_ERROR "${file} lacks the line: ${line}")
  endif()
endfunction()

# Does what `cmake --install` does, including DESTDIR.
function(install_below prefix)
  set(ENV{DESTDIR} "${root}")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" "-DCMAKE_INSTALL_PREFIX=${prefix}" -Dbin_dir=bin
            -Ddoc_dir=share/doc/restante -Dsysconf_dir=etc "-Dsource_dir=${SOURCE_DIR}/packaging"
            "-Dbinary_dir=${root}/build" -P "${SOURCE_DIR}/cmake/restante_unit.cmake"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(check_below prefix settings)
  install_below("${prefix}")
  set(unit "${root}${prefix}/lib/systemd/system/restante.service")
  expect_line("${unit}"
              "ExecStart=${prefix}/bin/restante serve --config ${settings}/restante/restante.toml")
  expect_line("${unit}" "SystemCallFilter=@system-service")
  if(NOT EXISTS "${root}${settings}/restante/restante.toml")
    message(FATAL_ERROR "the settings of ${prefix} are not in ${settings}")
  endif()
endfunction()

check_below(/usr /etc)
check_below(/usr/local /usr/local/etc)
check_below(/opt/broker /opt/broker/etc)

file(WRITE "${root}/etc/restante/restante.toml" "# the operator's\n")
install_below(/usr)
expect_line("${root}/etc/restante/restante.toml" "# the operator's")

if(systemd_analyze)
  file(READ "${root}/usr/lib/systemd/system/restante.service" text)
  string(REPLACE "/usr/bin/restante " "/bin/true " text "${text}") # it must be there
  string(REPLACE "man:restante(1) " "" text "${text}")
  file(WRITE "${root}/verify/restante.service" "${text}")
  foreach(with_drop_in FALSE TRUE)
    if(with_drop_in)
      file(COPY "${SOURCE_DIR}/packaging/restante-tls.conf"
           DESTINATION "${root}/verify/restante.service.d")
    endif()
    execute_process(COMMAND "${systemd_analyze}" verify ./restante.service
                    WORKING_DIRECTORY "${root}/verify" RESULT_VARIABLE failed
                    OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(failed OR said MATCHES "restante")
      message(FATAL_ERROR "systemd-analyze verify: ${said}")
    endif()
  endforeach()
endif()
