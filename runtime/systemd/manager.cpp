#include "runtime/systemd/manager.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "runtime/systemd/failure.h"
#include "runtime/systemd/value.h"

namespace berth::systemd {

namespace {

constexpr char kService[] = "org.freedesktop.systemd1";
constexpr char kPath[] = "/org/freedesktop/systemd1";
constexpr char kInterface[] = "org.freedesktop.systemd1.Manager";
constexpr char kUnitExists[] = "org.freedesktop.systemd1.UnitExists";
constexpr char kNoSuchUnit[] = "org.freedesktop.systemd1.NoSuchUnit";

/// The message bus of the caller's own systemd, or that of the machine.
std::string bus_words(bool is_user) {
  return is_user ? "connect to the message bus of the caller's systemd, which "
                   "DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR name"
                 : "connect to the message bus of systemd";
}

sd_bus* open_bus(bool is_user) {
  sd_bus* bus = nullptr;
  check(is_user ? sd_bus_open_user(&bus) : sd_bus_open_system(&bus), bus_words(is_user));
  return bus;
}

void append_text(sd_bus_message* message, const std::string& text) {
  check(sd_bus_message_append_basic(message, 's', text.c_str()), "a D-Bus message");
}

void append_pid(sd_bus_message* message, unsigned pid) {
  check(sd_bus_message_append(message, "(sv)", "PIDs", "au", 1, pid), "a D-Bus message");
}

}  // namespace

Manager::Manager(bool is_user, Deadline deadline) : deadline_(deadline), bus_(open_bus(is_user)) {
  await_connection(bus_words(is_user));
  check(sd_bus_set_method_call_timeout(bus_.get(), deadline_.left()), "set a timeout");
  check(sd_bus_match_signal(bus_.get(), nullptr, kService, kPath, kInterface, "JobRemoved",
                            note_removed_job, this),
        "listen for the end of jobs");
}

/// libsystemd itself gives up earlier than the deadline if the bus does not greet it.
void Manager::await_connection(const std::string& what) {
  const std::string late = what + ": no answer in time";
  for (;;) {
    const int ready = sd_bus_is_ready(bus_.get());
    check(ready, what);
    if (ready > 0) return;
    const int processed = sd_bus_process(bus_.get(), nullptr);
    if (processed == -ETIMEDOUT || deadline_.is_over()) throw Failure{late};
    check(processed, what);
    if (processed == 0) check(sd_bus_wait(bus_.get(), deadline_.left()), what);
  }
}

/// The signal has the job's number, its path, its unit and its result.
int Manager::note_removed_job(sd_bus_message* message, void* manager, sd_bus_error*) {
  const char *path = nullptr, *unit = nullptr, *result = nullptr;
  std::uint32_t number = 0;
  if (sd_bus_message_read(message, "uoss", &number, &path, &unit, &result) < 0) return 0;
  static_cast<Manager*>(manager)->results_.emplace_back(path, result);
  return 0;
}

Manager::Message Manager::new_call(const char* method) const {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_method_call(bus_.get(), &message, kService, kPath, kInterface, method),
        "a D-Bus message");
  return Message(message);
}

Manager::Message Manager::call(const Message& message, Refusal& refusal) const {
  sd_bus_error error = {};
  sd_bus_message* answer = nullptr;
  const int result = sd_bus_call(bus_.get(), message.get(), deadline_.left(), &error, &answer);
  if (result < 0) {
    refusal.name = error.name == nullptr ? "" : error.name;
    refusal.text = error.message == nullptr ? std::strerror(-result) : error.message;
    refusal.is_lost = result == -ETIMEDOUT || result == -ECONNRESET || result == -ENOTCONN;
    if (result == -ETIMEDOUT) refusal.text = std::string("no answer within ") + kPatienceText;
  }
  sd_bus_error_free(&error);
  return Message(answer);
}

std::string Manager::await_job(const Message& answer, const std::string& what) {
  const char* path = nullptr;
  check(sd_bus_message_read(answer.get(), "o", &path), what + ": systemd's answer");
  const std::string job = path;
  const std::string late =
      what + ": systemd's job '" + job + "' is not done after " + kPatienceText;
  for (;;) {
    const auto done = std::ranges::find(results_, job, &decltype(results_)::value_type::first);
    if (done != results_.end()) return std::exchange(done->second, {});
    const int processed = sd_bus_process(bus_.get(), nullptr);
    check(processed, what + ": the connection to systemd");
    if (processed > 0) continue;
    if (deadline_.is_over()) throw Failure{late};
    check(sd_bus_wait(bus_.get(), deadline_.left()), what + ": wait for systemd");
  }
}

Manager::Message Manager::start_call(const std::string& unit, unsigned pid,
                                     const std::vector<plan::UnitProperty>& properties) const {
  Message message = new_call("StartTransientUnit");
  append_text(message.get(), unit);
  append_text(message.get(), "fail");  // rather than replace a job that waits
  check(sd_bus_message_open_container(message.get(), 'a', "(sv)"), "a D-Bus message");
  for (const plan::UnitProperty& property : properties) append_property(message.get(), property);
  append_pid(message.get(), pid);
  check(sd_bus_message_close_container(message.get()), "a D-Bus message");
  check(sd_bus_message_append(message.get(), "a(sa(sv))", 0), "a D-Bus message");  // other units
  return message;
}

void Manager::start_scope(const std::string& unit, unsigned pid,
                          const std::vector<plan::UnitProperty>& properties) {
  const std::string what = "start '" + unit + "'";
  Refusal refusal;
  Message answer = call(start_call(unit, pid, properties), refusal);
  if (!answer && refusal.name == kUnitExists) {
    reset_failed(unit);
    answer = call(start_call(unit, pid, properties), refusal);
  }
  may_have_started_ = answer || refusal.is_lost;
  if (!answer) throw Failure{what + ": " + refusal.text};
  const std::string result = await_job(answer, what);
  if (result != "done") throw Failure{what + ": systemd's job ended as '" + result + "'"};
}

void Manager::set_properties(const std::string& unit,
                             const std::vector<plan::UnitProperty>& properties) {
  const Message message = new_call("SetUnitProperties");
  append_text(message.get(), unit);
  const int until_it_ends = 1;
  check(sd_bus_message_append_basic(message.get(), 'b', &until_it_ends), "a D-Bus message");
  check(sd_bus_message_open_container(message.get(), 'a', "(sv)"), "a D-Bus message");
  for (const plan::UnitProperty& property : properties) append_property(message.get(), property);
  check(sd_bus_message_close_container(message.get()), "a D-Bus message");
  Refusal refusal;
  if (!call(message, refusal)) throw Failure{"set properties of '" + unit + "': " + refusal.text};
}

/// The unit may be gone, or may not have failed.
void Manager::reset_failed(const std::string& unit) const {
  const Message message = new_call("ResetFailedUnit");
  append_text(message.get(), unit);
  Refusal ignored;
  (void)call(message, ignored);
}

void Manager::stop(const std::string& unit) {
  const std::string what = "stop '" + unit + "'";
  const Message message = new_call("StopUnit");
  append_text(message.get(), unit);
  append_text(message.get(), "replace");
  Refusal refusal;
  const Message answer = call(message, refusal);
  if (!answer && refusal.name == kNoSuchUnit) return;
  if (!answer) throw Failure{what + ": " + refusal.text};
  (void)await_job(answer, what);
  reset_failed(unit);
}

}  // namespace berth::systemd
