#include "runtime/plan/failure.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace berth::plan {
namespace {

/// The text of an array, cut as init does.
template <std::size_t kSize>
void put(char (&to)[kSize], const std::string& text) {
  text.copy(to, kSize - 1);
}

template <StepType T>
Message failed(const T& step, Fault fault, int number, const std::string& subject = "",
               const std::string& detail = "") {
  Message message;
  message.value = static_cast<std::uint32_t>(fault);
  message.number = number;
  message.copy.set(step);
  put(message.origin, "/mounts/3");
  put(message.subject, subject);
  put(message.detail, detail);
  return message;
}

TEST_CASE(
    "the error for a refused step has its words, the kernel's reason and the property (SR-46)") {
  const Error error = failure_of(failed(Place{}, Fault::SystemCall, ENOTDIR, "/data"));
  CHECK(error.message() == "place on '/data': not a directory");
  CHECK(error.origin() == "/mounts/3");
  CHECK(error.kind() == ErrorKind::System);
}

TEST_CASE("the kernel's own words are added") {
  const Error error = failure_of(failed(FilesystemOption{}, Fault::SystemCall, EINVAL, "nosiuid",
                                        "tmpfs: Unknown parameter 'nosiuid'"));
  CHECK(error.message() == "set 'nosiuid': invalid argument: tmpfs: Unknown parameter 'nosiuid'");
}

TEST_CASE("a file system that the kernel does not have is a hint") {
  const Error error = failure_of(failed(NewFilesystem{}, Fault::SystemCall, ENODEV, "wormfs"));
  CHECK(error.message() == "mount 'wormfs': no such device");
  CHECK(error.hint() == "the kernel has no filesystem 'wormfs'");
}

TEST_CASE("MO-UNKNOWN-1: a kernel too old for layers of this length is a hint") {
  const std::string word = GENERATE(as<std::string>(), "lowerdir+", "datadir+");
  const std::string hint =
      failure_of(failed(FilesystemOption{}, Fault::SystemCall, EINVAL, word)).hint();
  CHECK(hint.find("Linux 6.7") != std::string::npos);
  CHECK(
      failure_of(failed(FilesystemOption{}, Fault::SystemCall, EINVAL, "lowerdir")).hint().empty());
}

TEST_CASE("TO-1: the error for an offset that the kernel cannot represent names the clock") {
  const Error error =
      failure_of(failed(WriteTimeOffsets{}, Fault::SystemCall, ERANGE, "boottime -9000000000 0"));
  CHECK(error.message().find("'boottime -9000000000 0'") != std::string::npos);
  CHECK(error.hint().find("146 years") != std::string::npos);
}

TEST_CASE("DV-1: a device of the host that is another one is a mistake of the config") {
  const Error error = failure_of(failed(CheckDevice{}, Fault::OtherDevice, 0, "/dev/x"));
  CHECK(error.kind() == ErrorKind::Config);
  CHECK(error.message() == "check the host's device '/dev/x': the host has something else there");
}

TEST_CASE("SC-1: a filter that needs privilege or no_new_privs is a hint") {
  const Error error = failure_of(failed(LoadSeccomp{}, Fault::SystemCall, EACCES, ""));
  CHECK(error.message() == "load the seccomp filter: permission denied");
  CHECK(error.hint().find("noNewPrivileges") != std::string::npos);
}

TEST_CASE("an error without a known remedy has no hint") {
  CHECK(failure_of(failed(NewFilesystem{}, Fault::SystemCall, EPERM, "tmpfs")).hint().empty());
}

TEST_CASE("SC-1: what fails under a filter names the filter, whatever the errno") {
  const int number = GENERATE(EPERM, ENOENT, ENOSYS, 77);
  Message message = GENERATE_COPY(failed(Execute{}, Fault::SystemCall, number, "/s"),
                                  failed(FindProgram{}, Fault::SystemCall, number, "/s"),
                                  failed(SetCapabilities{}, Fault::SystemCall, number, "/s"),
                                  failed(RunHook{}, Fault::SystemCall, number, "/s"));
  CHECK(failure_of(message).hint().find("/linux/seccomp") == std::string::npos);
  message.value |= kUnderFilter;
  CHECK(failure_of(message).hint().find("/linux/seccomp") != std::string::npos);
  CHECK(failure_of(message).kind() == ErrorKind::System);
}

TEST_CASE("SC-1: a hook that dies of SIGSYS names the filter") {
  const Error error = failure_of(failed(RunHook{}, Fault::ExitStatus, SIGSYS, "/h"));
  CHECK(error.message() == "run the hook '/h': ended by signal 31");
  CHECK(error.hint().find("/linux/seccomp") != std::string::npos);
  CHECK(failure_of(failed(RunHook{}, Fault::ExitStatus, SIGKILL, "/h")).hint().empty());
}

TEST_CASE("PR-CWD-1 SR-17: the error for a working directory behind a magic link says so") {
  const Error error = failure_of(failed(ChangeDirectory{}, Fault::SystemCall, ELOOP, "/work"));
  CHECK(error.hint().find("/proc/self/fd/3") != std::string::npos);
}

TEST_CASE("MO-bind: too many links are a loop, or a magic link where the step refuses those") {
  const Error loop = failure_of(failed(CloneTree{}, Fault::SystemCall, ELOOP, "/a"));
  CHECK(loop.hint() == "its symbolic links form a loop, or are more than 40");
  CloneTree joined{};
  joined.no_magic_links = true;
  const Error magic = failure_of(failed(joined, Fault::SystemCall, ELOOP, "/a"));
  CHECK(magic.hint().find("magic link") != std::string::npos);
}

TEST_CASE(
    "HK-CC-1 HK-SC-1: the error for a failed hook has its path, its status and its last output") {
  CHECK(failure_of(failed(RunHook{}, Fault::ExitStatus, 3 << 8, "/h", "no space")).message() ==
        "run the hook '/h': exited with status 3: no space");
  CHECK(failure_of(failed(RunHook{}, Fault::ExitStatus, 9, "/h")).message() ==
        "run the hook '/h': ended by signal 9");
}

TEST_CASE("HK-TMO-1: the error for a hook that does not end has its timeout") {
  RunHook hook{};
  hook.timeout = {2000};
  CHECK(failure_of(failed(hook, Fault::TimedOut, 0, "/h")).message() ==
        "run the hook '/h': did not end within 2 s");
}

TEST_CASE("a mistake of the bundle is not reported as a failure of the kernel") {
  const Message message = GENERATE(failed(OpenNull{}, Fault::NotNull, 0, "/x"),
                                   failed(Place{}, Fault::Symlink, 0, "/x"),
                                   failed(Place{}, Fault::InsideProc, 0, "/x"),
                                   failed(ChangeDirectory{}, Fault::OutsideRoot, 0, "/x"),
                                   failed(MakeDevice{}, Fault::OtherFile, 0, "/x"));
  const Error error = failure_of(message);
  CHECK(error.kind() == ErrorKind::Config);
  CHECK(error.message().find("'/x': ") != std::string::npos);
}

TEST_CASE("the error for a host's node that cannot be bound says in what it differs (DV-1 DV-5)") {
  MakeDevice step{};
  step.device.mode = S_IFCHR | 0640;
  step.owner = {.uid = 7, .gid = 8};
  Message message = failed(step, Fault::OtherNode, 0, "/dev/x");
  message.file = {.mode = S_IFCHR | 0600, .owner = 0, .group = 6};
  const std::string first =
      "make the device '/dev/x': mknod is refused here, and the host's node, which could be "
      "bound, ";
  CHECK(failure_of(message).message() == first + "has the 'fileMode' 0600, not 0640");
  message.file.mode = step.device.mode;
  CHECK(failure_of(message).message() == first + "has the 'uid' and 'gid' 0:6, not 7:8");
  message.value = static_cast<std::uint32_t>(Fault::OtherDevice);
  CHECK(failure_of(message).message() == first + "is another device");
  CHECK(failure_of(message).kind() == ErrorKind::Config);
}

TEST_CASE("what a hook has written, and what a file is called, stays on one line") {
  CHECK(failure_of(failed(RunHook{}, Fault::ExitStatus, 1 << 8, "/h", "one\r\ntwo\x1b[m"))
            .message() == "run the hook '/h': exited with status 1: one two [m");
  CHECK(failure_of(failed(Place{}, Fault::SystemCall, ENOENT, "/a\nb")).message() ==
        "place on '/a b': no such file or directory");
}

TEST_CASE("offsets of a failed step are read nowhere: its only text is the subject") {
  MakeSymlink link{.path = {UINT32_MAX}, .target = {UINT32_MAX}};
  CHECK(failure_of(failed(link, Fault::SystemCall, EROFS, "/dev/fd")).message() ==
        "make the symbolic link '/dev/fd': read-only file system");
  SetGroups groups{.gids = {.offset = UINT32_MAX, .count = UINT32_MAX}};
  CHECK(failure_of(failed(groups, Fault::SystemCall, EINVAL)).message() ==
        "set 4294967295 additional groups: invalid argument");
}

TEST_CASE("a misunderstanding is a bug of berth") {
  CHECK(failure_of(failed(Synchronize{}, Fault::Protocol, 0)).kind() == ErrorKind::Bug);
}

TEST_CASE("a message that is not to be trusted is read within its bounds") {
  Message message;
  std::memset(static_cast<void*>(&message), 0x7F, sizeof message);
  const Error error = failure_of(message);
  CHECK(error.kind() == ErrorKind::Bug);
  CHECK(error.origin().size() == sizeof message.origin);
}

}  // namespace
}  // namespace berth::plan
