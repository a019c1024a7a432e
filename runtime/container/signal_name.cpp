#include "runtime/container/signal_name.h"

#include <cctype>
#include <csignal>
#include <optional>
#include <string_view>

#include "spec/error.h"
#include "spec/short_text.h"
#include "spec/text.h"

namespace berth::container {

namespace {

struct Signal {
  ShortText<8> name;
  int number;
};

constexpr Signal kSignals[] = {
    {"HUP", SIGHUP},       {"INT", SIGINT},     {"QUIT", SIGQUIT}, {"ILL", SIGILL},
    {"TRAP", SIGTRAP},     {"ABRT", SIGABRT},   {"IOT", SIGIOT},   {"BUS", SIGBUS},
    {"FPE", SIGFPE},       {"KILL", SIGKILL},   {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},
    {"USR2", SIGUSR2},     {"PIPE", SIGPIPE},   {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"STKFLT", SIGSTKFLT}, {"CHLD", SIGCHLD},   {"CLD", SIGCHLD},  {"CONT", SIGCONT},
    {"STOP", SIGSTOP},     {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},
    {"URG", SIGURG},       {"XCPU", SIGXCPU},   {"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},     {"WINCH", SIGWINCH}, {"IO", SIGIO},     {"POLL", SIGPOLL},
    {"PWR", SIGPWR},       {"SYS", SIGSYS},
};

// kill(1) and the engines use these numbers for RTMIN and RTMAX; the container's C library may
// reserve more of the kernel's 32 to 64.
constexpr int kRtMin = 34;
constexpr int kRtMax = 64;

/// Nothing unless it is a number from 0 to `most`. -0 is not one.
std::optional<int> number_up_to(unsigned most, std::string_view text) {
  unsigned number = 0;
  if (!text::read_number(text, number) || number > most) return std::nullopt;
  return static_cast<int>(number);
}

/// Parses `RTMIN`, `RTMIN+3`, `RTMAX-2`.
std::optional<int> real_time(std::string_view name) {
  const bool from_min = name.starts_with("RTMIN");
  if (!from_min && !name.starts_with("RTMAX")) return std::nullopt;
  name.remove_prefix(5);
  if (name.empty()) return from_min ? kRtMin : kRtMax;
  if (name.front() != (from_min ? '+' : '-')) return std::nullopt;
  const auto distance = number_up_to(kRtMax - kRtMin, name.substr(1));
  if (!distance) return std::nullopt;
  return from_min ? kRtMin + *distance : kRtMax - *distance;
}

std::optional<int> named(std::string_view name) {
  if (name.starts_with("SIG")) name.remove_prefix(3);
  for (const Signal& signal : kSignals) {
    if (signal.name == name) return signal.number;
  }
  return real_time(name);
}

}  // namespace

int parse_signal(const std::string& text) {
  std::string upper = text;
  for (char& letter : upper) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  const auto by_number = number_up_to(kRtMax, upper);
  const auto signal = by_number ? by_number : named(upper);
  if (signal) return *signal;
  fail(ErrorKind::Config,
       "'" + text +
           "' is neither the name of a signal (TERM, SIGTERM, RTMIN+3) nor a number from 0 to " +
           std::to_string(kRtMax),
       "signal");
}

}  // namespace berth::container
