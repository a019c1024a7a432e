#include "runtime/init/base/report.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

template <std::size_t kSize>
void copy(char (&to)[kSize], const char* from) {
  strncpy(to, from, kSize - 1);
}

/// Uses shared memory, because no filter can refuse it.
[[noreturn]] void leave_to_parent(const Init& init, int number) {
  if (init.shared == nullptr) leave(1);  // it was mapped before the fork
  init.shared->hook_step = init.index;
  init.shared->is_hook_filtered = init.is_filtered;
  init.shared->hook_error = number;
  leave(1);
}

plan::Message failure(const Init& init, Fault fault, int number, const char* subject) {
  plan::Message message = message_of(init, plan::Word::Failed, static_cast<std::uint32_t>(fault));
  const bool is_hook_filtered = init.shared != nullptr && init.shared->is_hook_filtered;
  if (init.is_filtered || is_hook_filtered) message.value |= plan::kUnderFilter;
  message.number = number;
  message.copy = init.steps[init.index];
  copy(message.origin, init.text(message.copy.origin));
  copy(message.subject, subject != nullptr ? subject : init.text(message.copy.subject));
  return message;
}

[[noreturn]] void send_and_leave(const Init& init, const plan::Message& message) {
  const int listener = init.start ? init.start.get() : init.talk;
  // If the other end has closed, the report is lost. A filter allows write(2) rather than any other
  // call.
  if (init.is_filtered) {
    (void)!write(listener, &message, sizeof message);
  } else {
    (void)send(listener, &message, sizeof message, MSG_NOSIGNAL);
  }
  leave(1);
}

}  // namespace

void leave(int status) {
  sys::call(SYS_exit_group, status);
  __builtin_trap();
}

plan::Message message_of(const Init& init, plan::Word word, std::uint32_t value) {
  plan::Message message;
  message.word = word;
  message.value = value;
  message.step = init.index;
  return message;
}

bool receive_go(int socket) {
  std::uint32_t word = 0;  // an Answer without descriptors
  iovec part = {&word, sizeof word};
  msghdr message = sys::message_with(part, nullptr, 0);  // the kernel closes its descriptors
  const auto size = sys::retry_transient([&] { return recvmsg(socket, &message, 0); });
  const bool is_whole = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  return size == sizeof word && is_whole && word == plan::Answer::kGo;
}

void report(const Init& init, Fault fault, int number, const char* subject, const char* detail) {
  if (init.is_hook) leave_to_parent(init, number);
  plan::Message message = failure(init, fault, number, subject);
  if (detail != nullptr) {
    copy(message.detail, detail);
  } else if (init.context) {
    read_log(init.context.get(), message.detail, sizeof message.detail);
  }
  send_and_leave(init, message);
}

void report(const Init& init, const Finding& finding, int number, const char* subject) {
  if (finding.fault == Fault::SystemCall || finding.number != number) {
    report(init, Fault::SystemCall, number, subject, "");
  }
  plan::Message message = failure(init, finding.fault, number, subject);
  message.value |= finding.part;
  message.file = finding.file;
  memcpy(message.detail, finding.detail, sizeof message.detail);
  send_and_leave(init, message);
}

void read_log(int context, char* text, std::size_t size) {
  char line[256];
  text[0] = '\0';
  while (true) {
    const ssize_t length = read(context, line, sizeof line - 1);
    if (length <= 0) return;  // ENODATA: there is no more
    line[length] = '\0';
    if (strncmp(line, "e ", 2) != 0) continue;
    strncpy(text, line + 2, size - 1);
    text[size - 1] = '\0';
    text[strcspn(text, "\n")] = '\0';
  }
}

void map_shared(Init& init) {
  if (init.shared != nullptr) return;
  constexpr int kProtection = PROT_READ | PROT_WRITE, kFlags = MAP_SHARED | MAP_ANONYMOUS;
  void* at = mmap(nullptr, sizeof(Shared), kProtection, kFlags, -1, 0);
  if (at == MAP_FAILED) report(init, Fault::SystemCall, errno);
  init.shared = static_cast<Shared*>(at);
}

}  // namespace berth::init
