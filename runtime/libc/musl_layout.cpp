// Compiled with musl's headers (runtime/init/CMakeLists.txt), to see them agree with glibc's.
#include "runtime/libc/layout.h"
