# How a module is built: src/<name>/**/*.cpp becomes the static library slipway_<name>, with include/ and src/ on its
# include path. USES names the modules it may include (see scripts/check_layers.py), LINK the outside libraries.

function(slipway_target_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports false -Wrestrict on `"x" + str` at -O2, and cannot see through coroutine frames.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer)
  endif()
  if(SLIPWAY_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${SLIPWAY_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${SLIPWAY_SANITIZE})
    if(SLIPWAY_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PUBLIC -fno-sanitize-recover=undefined)
    endif()
  endif()
  if(SLIPWAY_FUZZ)
    # Coverage for libFuzzer everywhere; the targets in tests/fuzz link its main.
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
endfunction()

function(slipway_module name)
  cmake_parse_arguments(ARG "" "" "USES;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    add_library(slipway_${name} INTERFACE)
    target_include_directories(slipway_${name} INTERFACE ${CMAKE_SOURCE_DIR}/include)
    list(TRANSFORM ARG_USES PREPEND slipway_)
    target_link_libraries(slipway_${name} INTERFACE ${ARG_USES} ${ARG_LINK})
    return()
  endif()
  add_library(slipway_${name} STATIC ${sources})
  slipway_target_options(slipway_${name})
  list(TRANSFORM ARG_USES PREPEND slipway_)
  target_link_libraries(slipway_${name} PUBLIC ${ARG_USES} ${ARG_LINK})
endfunction()

# The api module: structures and shape tables written by scripts/generate_api.py from api-specs/ at build time.
function(slipway_generated_api name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/generated)
  file(GLOB_RECURSE specs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/api-specs/*.json ${CMAKE_SOURCE_DIR}/api-specs/*.txt)
  set(generator ${CMAKE_SOURCE_DIR}/scripts/generate_api.py)
  # What operations.txt serves decides which files there are.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${generator} ${CMAKE_SOURCE_DIR}/api-specs/operations.txt)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${generator} --specs ${CMAKE_SOURCE_DIR}/api-specs --out ${out} --list-sources
    OUTPUT_VARIABLE generated OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" generated "${generated}")
  add_custom_command(OUTPUT ${generated}
    COMMAND ${Python3_EXECUTABLE} ${generator} --specs ${CMAKE_SOURCE_DIR}/api-specs --out ${out}
    DEPENDS ${generator} ${specs} COMMENT "Generating API structures and shape tables")
  # The generated files alone: what the lint tools need before they can parse anything.
  add_custom_target(slipway_${name}_generate DEPENDS ${generated})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  add_library(slipway_${name} STATIC ${generated} ${sources})
  add_dependencies(slipway_${name} slipway_${name}_generate)
  slipway_target_options(slipway_${name})
  target_include_directories(slipway_${name} SYSTEM PUBLIC ${out}/include)
  list(TRANSFORM ARG_USES PREPEND slipway_)
  target_link_libraries(slipway_${name} PUBLIC ${ARG_USES})
endfunction()
