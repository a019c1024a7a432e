// Read before every file that is compiled with musl's headers: the names of glibc that the headers
// of Debian's libstdc++, which was configured for glibc, ask for. What they decide with them is in
// the compiled library, too, so the values are those of glibc.
#pragma once

// NOLINTBEGIN(bugprone-reserved-identifier): they are glibc's.

// Which versions of glibc it works around: none that is older than a function of musl.
#define __GLIBC_PREREQ(major, minor) 1

// <bits/c++locale.h>
#define __locale_t locale_t

// <bits/ctype_base.h>: the bits of a class of characters
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

// <mutex>, which <functional> and <memory> may read, names functions that musl does not have.
#include <bits/c++config.h>
#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK

// NOLINTEND(bugprone-reserved-identifier)
