# Compiles files into the program: cmake -DOUTPUT=… -DFILES=PATH=FILE;… -P restante_page.cmake
#
# Writes a source with one array per file, and with the table that broker/gateway/page_files.hpp declares. The
# table is sorted by the paths under which the gateway serves the files.
set(type.html "text/html; charset=utf-8")
set(type.css "text/css; charset=utf-8")
set(type.js "text/javascript; charset=utf-8")
set(type.svg "image/svg+xml")

list(SORT FILES)
set(arrays "")
set(rows "")
set(number 0)
foreach(pair IN LISTS FILES)
  string(REGEX MATCH "^([^=]*)=(.*)$" pair "${pair}")
  set(path "${CMAKE_MATCH_1}")
  set(file "${CMAKE_MATCH_2}")
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  set(type "${type${extension}}")
  if(NOT type)
    message(FATAL_ERROR "${file}: no media type is known for ${extension}")
  endif()
  file(READ "${file}" content HEX)
  file(SHA256 "${file}" tag)
  string(SUBSTRING "${tag}" 0 20 tag)
  string(REGEX REPLACE "(................................)" "\\1\n" content "${content}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," content "${content}")
  string(APPEND arrays "constexpr unsigned char file_${number}[] = {\n${content}};\n\n")
  string(APPEND rows "    {\"${path}\", \"${type}\", \"\\\"${tag}\\\"\", text(file_${number})},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made by cmake/restante_page.cmake.
#include \"restante/broker/gateway/page_files.hpp\"

#include <cstddef>

namespace restante::gateway {

namespace {

${arrays}template <std::size_t N>
std::string_view text(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

} // namespace

const std::vector<page_file>& page_files() {
  static const std::vector<page_file> all{
${rows}  };
  return all;
}

} // namespace restante::gateway
")
