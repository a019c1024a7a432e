#include "runtime/linux/base/system_error.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "spec/short_text.h"

namespace berth::sys {

namespace {

struct Words {
  int number;
  ShortText<48> text;
};

/// The texts of errno(3), which engines search for. C libraries differ in theirs, and berth reports
/// one text in every build. Errors that no call of berth returns are not listed.
constexpr Words kWords[] = {
    {EPERM, "operation not permitted"},
    {ENOENT, "no such file or directory"},
    {ESRCH, "no such process"},
    {EINTR, "interrupted system call"},
    {EIO, "input/output error"},
    {ENXIO, "no such device or address"},
    {E2BIG, "argument list too long"},
    {ENOEXEC, "exec format error"},
    {EBADF, "bad file descriptor"},
    {ECHILD, "no child processes"},
    {EAGAIN, "resource temporarily unavailable"},
    {ENOMEM, "cannot allocate memory"},
    {EACCES, "permission denied"},
    {EFAULT, "bad address"},
    {ENOTBLK, "block device required"},
    {EBUSY, "device or resource busy"},
    {EEXIST, "file exists"},
    {EXDEV, "invalid cross-device link"},
    {ENODEV, "no such device"},
    {ENOTDIR, "not a directory"},
    {EISDIR, "is a directory"},
    {EINVAL, "invalid argument"},
    {ENFILE, "too many open files in system"},
    {EMFILE, "too many open files"},
    {ENOTTY, "inappropriate ioctl for device"},
    {ETXTBSY, "text file busy"},
    {EFBIG, "file too large"},
    {ENOSPC, "no space left on device"},
    {ESPIPE, "illegal seek"},
    {EROFS, "read-only file system"},
    {EMLINK, "too many links"},
    {EPIPE, "broken pipe"},
    {EDOM, "numerical argument out of domain"},
    {ERANGE, "numerical result out of range"},
    {EDEADLK, "resource deadlock avoided"},
    {ENAMETOOLONG, "file name too long"},
    {ENOLCK, "no locks available"},
    {ENOSYS, "function not implemented"},
    {ENOTEMPTY, "directory not empty"},
    {ELOOP, "too many levels of symbolic links"},
    {ENODATA, "no data available"},
    {ETIME, "timer expired"},
    {EPROTO, "protocol error"},
    {EBADMSG, "bad message"},
    {EOVERFLOW, "value too large for defined data type"},
    {ENOTUNIQ, "name not unique on network"},
    {ELIBBAD, "accessing a corrupted shared library"},
    {EUSERS, "too many users"},
    {ENOTSOCK, "socket operation on non-socket"},
    {EDESTADDRREQ, "destination address required"},
    {EMSGSIZE, "message too long"},
    {EPROTOTYPE, "protocol wrong type for socket"},
    {ENOPROTOOPT, "protocol not available"},
    {EPROTONOSUPPORT, "protocol not supported"},
    {ESOCKTNOSUPPORT, "socket type not supported"},
    {EOPNOTSUPP, "operation not supported"},
    {EPFNOSUPPORT, "protocol family not supported"},
    {EAFNOSUPPORT, "address family not supported by protocol"},
    {EADDRINUSE, "address already in use"},
    {EADDRNOTAVAIL, "cannot assign requested address"},
    {ENETDOWN, "network is down"},
    {ENETUNREACH, "network is unreachable"},
    {ENETRESET, "network dropped connection on reset"},
    {ECONNABORTED, "software caused connection abort"},
    {ECONNRESET, "connection reset by peer"},
    {ENOBUFS, "no buffer space available"},
    {EISCONN, "transport endpoint is already connected"},
    {ENOTCONN, "transport endpoint is not connected"},
    {ESHUTDOWN, "cannot send after transport endpoint shutdown"},
    {ETOOMANYREFS, "too many references: cannot splice"},
    {ETIMEDOUT, "connection timed out"},
    {ECONNREFUSED, "connection refused"},
    {EHOSTDOWN, "host is down"},
    {EHOSTUNREACH, "no route to host"},
    {EALREADY, "operation already in progress"},
    {EINPROGRESS, "operation now in progress"},
    {ESTALE, "stale file handle"},
    {EUCLEAN, "structure needs cleaning"},
    {EREMOTEIO, "remote I/O error"},
    {EDQUOT, "disk quota exceeded"},
    {ENOMEDIUM, "no medium found"},
    {ECANCELED, "operation canceled"},
    {ENOKEY, "required key not available"},
    {EKEYEXPIRED, "key has expired"},
    {EKEYREVOKED, "key has been revoked"},
    {EKEYREJECTED, "key was rejected by service"},
    {ENOTRECOVERABLE, "state not recoverable"},
};

}  // namespace

std::string errno_text(int number) {
  const auto row = std::find_if(std::begin(kWords), std::end(kWords),
                                [&](const Words& words) { return words.number == number; });
  return row == std::end(kWords) ? "error " + std::to_string(number) : std::string(row->text);
}

std::string kernel_hint() {
  utsname system = {};
  (void)uname(&system);  // on failure the hint lacks the release
  return std::string("berth needs Linux 5.12 or newer; this is ") + system.release +
         ", or a seccomp filter around berth refuses newer calls";
}

SystemError::SystemError(const std::string& call, const std::string& subject, int number)
    : Error(ErrorKind::System,
            call + " '" + subject + "': " + errno_text(number) +
                (number == ENOSYS ? "; hint: " + kernel_hint() : ""),
            number) {}

void fail_errno(const std::string& call, const std::string& subject) {
  throw SystemError(call, subject, errno);
}

}  // namespace berth::sys
