# How a directory becomes a target. Nothing is listed by hand: a new .cc file belongs to the library of its
# directory at the next build.

# Warnings and include paths of our own code.
add_library(steelyard_options INTERFACE)
target_compile_options(steelyard_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
target_include_directories(steelyard_options INTERFACE ${CMAKE_SOURCE_DIR})

# Sanitizers and coverage see our code only. Generated code is compiled alike in every preset, so that the compiler
# cache has it for all of them, and the libraries that it calls are not instrumented either.
target_compile_options(steelyard_options INTERFACE ${STEELYARD_INSTRUMENT})
# Our instrumented copies of inline functions stay ours. A library would use them instead of its own otherwise: the
# thread sanitizer then sees it take a mutex and not give it back.
if(STEELYARD_INSTRUMENT)
  target_compile_options(steelyard_options INTERFACE -fvisibility-inlines-hidden)
endif()
target_link_options(steelyard_options INTERFACE ${STEELYARD_INSTRUMENT})

# The headers that cost the most to read, and stay the same from day to day, are read once. Sources still include
# what they use: the release preset compiles them without this.
set(STEELYARD_PRECOMPILED
  <algorithm> <atomic> <chrono> <condition_variable> <cstdint> <functional> <map> <memory> <mutex> <optional> <set>
  <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>
  <absl/container/flat_hash_map.h> <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/strings/str_split.h> <absl/time/time.h>
  <google/protobuf/message.h> <google/protobuf/util/json_util.h> <grpcpp/grpcpp.h>)

# steelyard_precompile(NAME FIRST HEADERS...): uses the precompiled headers of the target FIRST, which is given
# HEADERS if it is NAME itself.
function(steelyard_precompile name first)
  if(name STREQUAL first)
    get_property(generated GLOBAL PROPERTY STEELYARD_GENERATED_HEADERS)
    target_precompile_headers(${name} PRIVATE ${STEELYARD_PRECOMPILED} ${ARGN} ${generated})
    # ccache compares precompiled headers by content.
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  elseif(TARGET ${first})
    target_precompile_headers(${name} REUSE_FROM ${first})
  endif()
endfunction()

# steelyard_library(NAME SOURCES... LINK LIBS... [HEADERS TARGET]): a static library, if there is anything to compile.
# It uses the precompiled headers of TARGET, which is compiled with the same flags; steelyard_common unless it is named.
function(steelyard_library name)
  cmake_parse_arguments(arg "" "HEADERS" "SOURCES;LINK" ${ARGN})
  if(NOT arg_HEADERS)
    set(arg_HEADERS steelyard_common)
  endif()
  list(FILTER arg_SOURCES EXCLUDE REGEX "/main\\.cc$")
  if(NOT arg_SOURCES)
    return()
  endif()
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC steelyard_options ${arg_LINK})
  if(NOT name STREQUAL "steelyard_testing")
    steelyard_precompile(${name} ${arg_HEADERS})
  endif()
endfunction()

# steelyard_executable(NAME MAIN LIBS...): an executable of the suite, if MAIN exists.
function(steelyard_executable name main)
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${main})
    return()
  endif()
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE steelyard_options ${ARGN})
  steelyard_precompile(${name} steelyard_common)
  set_property(GLOBAL APPEND PROPERTY STEELYARD_EXECUTABLES ${name})
endfunction()

# steelyard_existing(VAR NAMES...): those of NAMES that are targets.
function(steelyard_existing variable)
  set(found "")
  foreach(name IN LISTS ARGN)
    if(TARGET ${name})
      list(APPEND found ${name})
    endif()
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# Linking gRPC's reflection library turns reflection on, so only executables that serve link it. Nothing refers
# to it by name, hence no-as-needed.
add_library(steelyard_reflection INTERFACE)
target_link_libraries(steelyard_reflection INTERFACE
  "-Wl,--push-state,--no-as-needed" gRPC::grpc++_reflection "-Wl,--pop-state")
