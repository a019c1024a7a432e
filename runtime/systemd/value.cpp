#include "runtime/systemd/value.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/systemd/failure.h"

namespace berth::systemd {

namespace {

/// Appends the values of a property in the order of its signature.
class Appender {
 public:
  Appender(sd_bus_message* message, const plan::UnitProperty& property)
      : message_(message), property_(property) {}

  void append() {
    open('v', property_.signature);
    std::string_view signature = property_.signature;
    append_one(signature);
    if (!signature.empty() || next_ != property_.values.size()) fail();
    close();
  }

 private:
  [[noreturn]] void fail() const {
    throw Failure{"property '" + property_.name + "' does not have the type '" +
                  property_.signature + "'"};
  }

  const std::string& take() {
    if (next_ == property_.values.size()) fail();
    return property_.values[next_++];
  }

  void open(char type, const std::string& contents) {
    check(sd_bus_message_open_container(message_, type, contents.c_str()),
          "property '" + property_.name + "'");
  }
  void close() { check(sd_bus_message_close_container(message_), "a D-Bus message"); }

  /// The length of the first complete type. dbus-specification, "Signatures"
  static std::size_t length_of(std::string_view signature) {
    if (signature.starts_with('a')) return 1 + length_of(signature.substr(1));
    std::size_t depth = 0, length = 0;
    do {
      if (length == signature.size()) return length;
      if (signature[length] == '(') ++depth;
      if (signature[length] == ')') --depth;
      ++length;
    } while (depth > 0);
    return length;
  }

  /// Removes the type that it appends from the front of the signature.
  void append_one(std::string_view& signature) {
    const std::string_view type = signature.substr(0, length_of(signature));
    signature.remove_prefix(type.size());
    if (type.empty()) fail();
    if (type.front() == 'a') return append_array(type.substr(1));
    if (type.front() == '(') return append_struct(type.substr(1, type.size() - 2));
    append_basic(type.front());
  }

  void append_array(std::string_view of) {
    const auto count = number<std::size_t>(take());
    open('a', std::string(of));
    for (std::size_t i = 0; i < count; ++i) {
      std::string_view one = of;
      append_one(one);
    }
    close();
  }

  void append_struct(std::string_view members) {
    open('r', std::string(members));
    while (!members.empty()) append_one(members);
    close();
  }

  template <class Number>
  Number number(const std::string& text) const {
    Number value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) fail();
    return value;
  }

  template <class Number>
  void append_number(char type) {
    const auto value = number<Number>(take());
    check(sd_bus_message_append_basic(message_, type, &value), "a D-Bus message");
  }

  void append_basic(char type) {
    switch (type) {
      case 'y':
        return append_number<std::uint8_t>(type);
      case 'n':
        return append_number<std::int16_t>(type);
      case 'q':
        return append_number<std::uint16_t>(type);
      case 'i':
        return append_number<std::int32_t>(type);
      case 'u':
        return append_number<std::uint32_t>(type);
      case 'x':
        return append_number<std::int64_t>(type);
      case 't':
        return append_number<std::uint64_t>(type);
      case 'd':
        return append_number<double>(type);
      case 'b': {
        const int value = take() == "true" ? 1 : 0;
        return check(sd_bus_message_append_basic(message_, type, &value), "a D-Bus message");
      }
      case 's':
      case 'o':
        return check(sd_bus_message_append_basic(message_, type, take().c_str()),
                     "property '" + property_.name + "'");
      default:
        fail();
    }
  }

  sd_bus_message* message_;
  const plan::UnitProperty& property_;
  std::size_t next_ = 0;
};

}  // namespace

void append_property(sd_bus_message* message, const plan::UnitProperty& property) {
  check(sd_bus_message_open_container(message, 'r', "sv"), "a D-Bus message");
  check(sd_bus_message_append_basic(message, 's', property.name.c_str()), "a D-Bus message");
  Appender(message, property).append();
  check(sd_bus_message_close_container(message), "a D-Bus message");
}

}  // namespace berth::systemd
