# The public headers: those that a program includes, and the headers that those include. No other header is
# installed.
set(restante_public_roots
    broker/node/node.hpp                # a broker for CAF programs elsewhere
    broker/testing/world.hpp            # a broker in virtual time, for tests
    clients/cpp/remote.hpp              # a broker in another process
    actors/protocol/confirm.hpp         # for an actor that is a sink
    actors/model/rights.hpp             # what a client may do
    actors/model/store.hpp)             # for your own store, and the exceptions it throws
file(GLOB restante_api_headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     "${PROJECT_SOURCE_DIR}/broker/api/*.hpp")
list(APPEND restante_public_roots ${restante_api_headers})

# Sets `result` to the given headers and all Restante headers that they include.
function(restante_header_closure result)
  set(found)
  set(open ${ARGN})
  while(open)
    list(POP_FRONT open header)
    if(header IN_LIST found)
      continue()
    endif()
    list(APPEND found "${header}")
    file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" lines REGEX "^#include \"restante/")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^#include \"restante/([^\"]+)\".*$" "\\1" included "${line}")
      list(APPEND open "${included}")
    endforeach()
  endwhile()
  list(SORT found)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
restante_header_closure(restante_public_headers ${restante_public_roots})
