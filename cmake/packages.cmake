# Everything that the build takes from outside: Debian's packages and the files of the npm packages in
# package-lock.json. `./dev setup` installs both.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Protobuf MODULE REQUIRED)  # Debian ships no config file for it.
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(PostgreSQL REQUIRED)  # libpq alone; the server is needed by tests only
find_package(PkgConfig REQUIRED)
pkg_check_modules(libpsl REQUIRED IMPORTED_TARGET libpsl)  # Debian ships no config file for it.
find_package(SQLite3 REQUIRED)  # for benchmarks only
find_package(GTest CONFIG REQUIRED)

set(STEELYARD_NPM ${CMAKE_SOURCE_DIR}/node_modules)
function(steelyard_require_file path)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "Missing: ${path}\nRun ./dev setup, which installs it.")
  endif()
endfunction()

# google/api, google/rpc and google/type as .proto files.
set(STEELYARD_GOOGLE_PROTOS ${STEELYARD_NPM}/google-gax/build/protos)
steelyard_require_file(${STEELYARD_GOOGLE_PROTOS}/google/api/annotations.proto)

# gRPC's own health protocol, from the grpc-proto package.
set(STEELYARD_GRPC_PROTOS /usr/share/grpc-proto)
steelyard_require_file(${STEELYARD_GRPC_PROTOS}/grpc/health/v1/health.proto)

# DuckDB: the library and its C header come from two packages, of which the header's is one minor version older.
set(duckdb_library ${STEELYARD_NPM}/@duckdb/node-bindings-linux-x64/libduckdb.so)
set(duckdb_headers ${STEELYARD_NPM}/duckdb/src/duckdb/src/include)
steelyard_require_file(${duckdb_library})
steelyard_require_file(${duckdb_headers}/duckdb.h)

# Every function that the header promises must be in the library; checked again when either file changes.
file(SHA256 ${duckdb_headers}/duckdb.h duckdb_header_hash)
file(SIZE ${duckdb_library} duckdb_library_size)
set(duckdb_pair "${duckdb_header_hash} ${duckdb_library_size}")
if(NOT "${STEELYARD_DUCKDB_CHECKED}" STREQUAL "${duckdb_pair}")
  file(READ ${duckdb_headers}/duckdb.h duckdb_text)
  string(REGEX MATCHALL "\nDUCKDB_C_API [^;(]*duckdb_[a-z0-9_]+\\(" duckdb_declarations "${duckdb_text}")
  execute_process(COMMAND ${CMAKE_NM} -D --defined-only ${duckdb_library}
                  OUTPUT_VARIABLE duckdb_symbols COMMAND_ERROR_IS_FATAL ANY)
  set(duckdb_count 0)
  foreach(declaration IN LISTS duckdb_declarations)
    string(REGEX MATCH "(duckdb_[a-z0-9_]+)\\($" ignored "${declaration}")
    if(NOT duckdb_symbols MATCHES " T ${CMAKE_MATCH_1}\n")
      message(FATAL_ERROR "duckdb.h declares ${CMAKE_MATCH_1}, which libduckdb.so does not have: "
                          "the two packages in package.json do not fit together")
    endif()
    math(EXPR duckdb_count "${duckdb_count} + 1")
  endforeach()
  if(duckdb_count LESS 400)
    message(FATAL_ERROR "Only ${duckdb_count} functions recognised in duckdb.h: its format has changed")
  endif()
  message(STATUS "DuckDB: all ${duckdb_count} functions of duckdb.h are in libduckdb.so")
  set(STEELYARD_DUCKDB_CHECKED "${duckdb_pair}" CACHE INTERNAL "The header and library that were compared")
endif()

# A hard link where possible: the build folder then works on its own and costs no second copy.
file(MAKE_DIRECTORY ${STEELYARD_OUTPUT_DIR}/lib)
file(CREATE_LINK ${duckdb_library} ${STEELYARD_OUTPUT_DIR}/lib/libduckdb.so COPY_ON_ERROR)
add_library(duckdb::duckdb SHARED IMPORTED)
set_target_properties(duckdb::duckdb PROPERTIES
  IMPORTED_LOCATION ${STEELYARD_OUTPUT_DIR}/lib/libduckdb.so
  IMPORTED_SONAME libduckdb.so)
# The header alone, in a folder of its own: the package's include folder also holds DuckDB's C++ internals.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/duckdb-include)
file(CREATE_LINK ${duckdb_headers}/duckdb.h ${CMAKE_BINARY_DIR}/duckdb-include/duckdb.h COPY_ON_ERROR)
target_include_directories(duckdb::duckdb SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/duckdb-include)
