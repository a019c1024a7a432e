// Included before every file that is compiled with musl's headers. Debian's libstdc++ was
// configured for glibc, and its headers use these names of glibc's. The values are glibc's, because
// the compiled library was built with them.
#pragma once

// NOLINTBEGIN(bugprone-reserved-identifier): glibc reserves these names

// libstdc++ works around old versions of glibc; none of that concerns musl.
#define __GLIBC_PREREQ(major, minor) 1

// <bits/c++locale.h>
#define __locale_t locale_t

// <bits/ctype_base.h>: bits of character classes
enum : unsigned short {
  _ISblank = 1 << 0,
  _IScntrl = 1 << 1,
  _ISpunct = 1 << 2,
  _ISalnum = 1 << 3,
  _ISupper = 1 << 8,
  _ISlower = 1 << 9,
  _ISalpha = 1 << 10,
  _ISdigit = 1 << 11,
  _ISxdigit = 1 << 12,
  _ISspace = 1 << 13,
  _ISprint = 1 << 14,
  _ISgraph = 1 << 15
};

// <functional> and <memory> may include <mutex>, which names functions that musl does not have.
#include <bits/c++config.h>
#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK

// NOLINTEND(bugprone-reserved-identifier)
