// A connection to a systemd, and what berth asks of it. org.freedesktop.systemd1(5)
#pragma once

#include <systemd/sd-bus.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/plan/scope.h"
#include "runtime/systemd/deadline.h"

namespace berth::systemd {

/// Each function waits until the deadline at most, and then throws a Failure that says for what.
class Manager {
 public:
  /// Connects to the machine's systemd, or to the caller's own, over its message bus.
  Manager(bool is_user, Deadline deadline);

  /// Sets the deadline of the next request.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }

  /// Starts a scope that has the process in it, and waits until it is there. A unit of this name
  /// that has failed is forgotten first.
  void start_scope(const std::string& unit, unsigned pid,
                   const std::vector<plan::UnitProperty>& properties);

  /// Whether start_scope() may have had an effect, even if it has failed.
  bool may_have_started() const { return may_have_started_; }

  /// Sets properties of the unit until it ends.
  void set_properties(const std::string& unit, const std::vector<plan::UnitProperty>& properties);

  /// Ends the unit and forgets it. Does nothing if there is none.
  void stop(const std::string& unit);

 private:
  struct Close {
    /// Every call has its answer, so nothing is left to be sent; a flush could wait for ever.
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  struct Unref {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
  };
  using Message = std::unique_ptr<sd_bus_message, Unref>;

  /// Why there is no answer.
  struct Refusal {
    std::string name, text;
    bool is_lost = false;  ///< systemd may have done what it was asked for
  };

  static int note_removed_job(sd_bus_message* message, void* manager, sd_bus_error* error);

  void await_connection(const std::string& what);
  Message new_call(const char* method) const;
  /// Returns systemd's answer, or stores its refusal.
  Message call(const Message& message, Refusal& refusal) const;
  Message start_call(const std::string& unit, unsigned pid,
                     const std::vector<plan::UnitProperty>& properties) const;
  void reset_failed(const std::string& unit) const;
  /// Waits until the job of an answer is done; returns its result.
  std::string await_job(const Message& answer, const std::string& what);

  Deadline deadline_;
  std::unique_ptr<sd_bus, Close> bus_;
  bool may_have_started_ = false;
  /// Jobs that were done before berth-systemd waited for them.
  std::vector<std::pair<std::string, std::string>> results_;
};

}  // namespace berth::systemd
