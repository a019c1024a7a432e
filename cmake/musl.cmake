# musl: what berth-init stands on in every preset, and berth in the one that we ship.
# docs/architecture.md, "The C library", says why, and what runtime/libc has to do with it.
#
#   berth_musl_headers   compiles with musl's headers; no source may see those of two C libraries
#   berth_musl           these, and links one static file
#   BERTH_ON_MUSL        whether berth itself is compiled and linked so

option(BERTH_MUSL "on x86_64, the static berth stands on musl instead of glibc" ON)
set(BERTH_ON_MUSL OFF)
if(BERTH_STATIC AND BERTH_MUSL AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(BERTH_ON_MUSL ON)
endif()

execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-multiarch
                OUTPUT_VARIABLE multiarch OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=include
                OUTPUT_VARIABLE compiler_headers OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REPLACE "-gnu" "-musl" musl "${multiarch}")
if(NOT EXISTS /usr/lib/${musl}/rcrt1.o)
  message(FATAL_ERROR "no '/usr/lib/${musl}/rcrt1.o': install musl-tools")
endif()

# The headers of the kernel and of the libraries, out of /usr/include, where glibc's are.
set(chosen_headers ${CMAKE_BINARY_DIR}/headers_for_musl)
file(MAKE_DIRECTORY ${chosen_headers})
foreach(name linux asm asm-generic rapidjson valijson seccomp.h seccomp-syscalls.h cap-ng.h)
  find_path(place ${name} NO_CACHE REQUIRED)
  file(CREATE_LINK ${place}/${name} ${chosen_headers}/${name} SYMBOLIC)
  unset(place)
endforeach()

# In this order: libstdc++'s <stdlib.h> includes the next one.
set(headers ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
list(FILTER headers INCLUDE REGEX "/c\\+\\+/[0-9]+$")
list(APPEND headers /usr/include/${musl} ${compiler_headers} ${chosen_headers})
list(TRANSFORM headers PREPEND -isystem)
add_library(berth_musl_headers INTERFACE)
target_compile_options(berth_musl_headers INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-nostdinc;${headers};-include${CMAKE_SOURCE_DIR}/runtime/libc/libstdcxx.h>)

# The start of a static program that relocates itself.
set(specs ${CMAKE_BINARY_DIR}/musl.specs)
file(CONFIGURE OUTPUT ${specs} CONTENT "\
*startfile:
/usr/lib/${musl}/rcrt1.o /usr/lib/${musl}/crti.o crtbeginS.o%s

*endfile:
crtendS.o%s /usr/lib/${musl}/crtn.o

")
add_library(berth_musl INTERFACE)
target_link_libraries(berth_musl INTERFACE berth_musl_headers)
target_link_options(berth_musl INTERFACE -specs=${specs} -static-pie -s -L/usr/lib/${musl})

# The rest of the room is in every build's compile_commands.json, for clang-tidy.
add_library(berth_libc OBJECT EXCLUDE_FROM_ALL
  runtime/libc/heap.cpp runtime/libc/malloc.cpp runtime/libc/glibc_names.cpp
  runtime/libc/relro.cpp runtime/libc/terminate.cpp)
target_link_libraries(berth_libc PUBLIC berth_options berth_musl)
# With -flto the compiler might reason about malloc as it knows it, inside of ours.
target_compile_options(berth_libc PRIVATE -fno-lto)
# Names of glibc that the libraries ask for. The first print a filter, or the capabilities of a
# process: berth never calls what does, and would end. The second are in glibc since 2.38.
foreach(name asprintf fprintf printf snprintf sprintf syslog)
  target_link_options(berth_libc INTERFACE -Wl,--defsym=__${name}_chk=abort)
endforeach()
foreach(name sscanf strtoul)
  target_link_options(berth_libc INTERFACE -Wl,--defsym=__isoc23_${name}=${name})
endforeach()
