#include "runtime/linux/namespaces/netlink.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/process/open_in_child.h"

namespace berth::sys {

namespace {

constexpr std::size_t kMostOfDump = std::size_t{64} << 10;

constexpr unsigned kTypeBits = 0x3fff;  // NLA_TYPE_MASK is signed

constexpr std::size_t aligned(std::size_t size) { return (size + 3) / 4 * 4; }

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Reads a struct from the beginning, if there are enough bytes.
template <class T>
std::optional<T> take(std::string_view bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string attribute(unsigned short type, std::string_view value) {
  const nlattr header = {.nla_len = static_cast<std::uint16_t>(sizeof header + value.size()),
                         .nla_type = type};
  std::string text = bytes_of(header) + std::string(value);
  text.resize(aligned(text.size()));
  return text;
}

std::string name_attribute(unsigned short type, const std::string& name) {
  return attribute(type, {name.c_str(), name.size() + 1});
}

struct Attribute {
  unsigned type;
  std::string_view value;
};

std::vector<Attribute> attributes_in(std::string_view bytes) {
  std::vector<Attribute> all;
  while (const auto header = take<nlattr>(bytes)) {
    if (header->nla_len < sizeof *header || header->nla_len > bytes.size()) break;
    all.push_back({header->nla_type & kTypeBits,
                   bytes.substr(sizeof *header, header->nla_len - sizeof *header)});
    bytes.remove_prefix(std::min(aligned(header->nla_len), bytes.size()));
  }
  return all;
}

std::string text_of(std::string_view value) {
  return std::string(value.substr(0, value.find('\0')));
}

// ---- questions and answers ------------------------------------------------------------------

struct Request {
  unsigned short type;
  unsigned short flags;
  std::string body;
  const char* name;  ///< for errors
  std::string subject;
};

using Each = std::function<void(const nlmsghdr& header, std::string_view body)>;

void send(const Fd& socket, const Request& request) {
  const nlmsghdr header = {
      .nlmsg_len = static_cast<std::uint32_t>(sizeof header + request.body.size()),
      .nlmsg_type = request.type,
      .nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | request.flags),
      .nlmsg_seq = 0,
      .nlmsg_pid = 0};
  const std::string message = bytes_of(header) + request.body;
  if (::send(socket.get(), message.data(), message.size(), 0) < 0) {
    fail_errno(request.name, request.subject);
  }
}

std::string receive(const Fd& socket, const Request& request) {
  std::string buffer(kMostOfDump, '\0');
  ssize_t size = 0;
  while ((size = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_TRUNC)) < 0) {
    if (errno != EINTR) fail_errno(request.name, request.subject);
  }
  if (static_cast<std::size_t>(size) > buffer.size()) {
    fail(ErrorKind::System, std::string(request.name) + ": the kernel's answer is too long");
  }
  buffer.resize(static_cast<std::size_t>(size));
  return buffer;
}

/// The kernel's error text in an answer, or an empty text. NETLINK_EXT_ACK
std::string words_in(const nlmsghdr& header, std::string_view body) {
  const auto error = take<nlmsgerr>(body);
  if (!error || (header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  // The answer repeats the request before its attributes, or only the request's header if it is
  // capped.
  const bool is_capped = (header.nlmsg_flags & NLM_F_CAPPED) != 0;
  const std::size_t echoed = is_capped ? sizeof error->msg : error->msg.nlmsg_len;
  body.remove_prefix(std::min(aligned(sizeof error->error + echoed), body.size()));
  for (const Attribute& one : attributes_in(body)) {
    if (one.type == NLMSGERR_ATTR_MSG) return text_of(one.value);
  }
  return {};
}

/// Returns the errno of the last message, 0 on success. An errno other than `expected` is thrown.
int finish(const Request& request, const nlmsghdr& header, std::string_view body, int expected) {
  const auto error = take<nlmsgerr>(body);
  const int number = error ? -error->error : EBADMSG;
  if (number == 0 || number == expected) return number;
  const SystemError refusal(request.name, request.subject, number);
  const std::string words = words_in(header, body);
  if (!words.empty()) fail(ErrorKind::System, refusal.message() + ": " + words);
  throw refusal;
}

/// Sends the request and passes every message of the answer to `each`. Returns 0, or `expected` if
/// the kernel reported that errno, or EAGAIN if the list changed during the dump.
int ask(const Fd& socket, const Request& request, int expected, const Each& each) {
  send(socket, request);
  int result = 0;
  while (true) {
    const std::string answer = receive(socket, request);
    std::string_view rest = answer;
    while (const auto header = take<nlmsghdr>(rest)) {
      if (header->nlmsg_len < sizeof *header || header->nlmsg_len > rest.size()) break;
      const auto body = rest.substr(sizeof *header, header->nlmsg_len - sizeof *header);
      if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0) result = EAGAIN;
      if (header->nlmsg_type == NLMSG_DONE) {
        const int failure = -take<int>(body).value_or(0);
        if (failure > 0) throw SystemError(request.name, request.subject, failure);
        return result;
      }
      if (header->nlmsg_type == NLMSG_ERROR) return finish(request, *header, body, expected);
      each(*header, body);
      rest.remove_prefix(std::min(aligned(header->nlmsg_len), rest.size()));
    }
  }
}

void order(const Fd& socket, Request request) {
  request.flags |= NLM_F_ACK;
  (void)ask(socket, request, 0, [](const nlmsghdr&, std::string_view) {});  // failures are thrown
}

Fd open_socket() {
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) fail_errno("socket", "NETLINK_ROUTE");
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on) < 0) {
    fail_errno("setsockopt", "NETLINK_EXT_ACK");
  }
  return socket;
}

ifinfomsg device_message(int index) {
  ifinfomsg message = {};
  message.ifi_family = AF_UNSPEC;
  message.ifi_index = index;
  return message;
}

// ---- addresses ------------------------------------------------------------------------------

/// The flags that an administrator sets. The kernel derives the others for the namespace where the
/// address is.
constexpr std::uint32_t kKeptFlags =
    IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;

constexpr unsigned kProtocol = 11;  // IFA_PROTO (Linux 5.18): what added the address

bool is_kept(unsigned type) {
  return type == IFA_ADDRESS || type == IFA_LOCAL || type == IFA_BROADCAST ||
         type == IFA_CACHEINFO || type == IFA_RT_PRIORITY || type == kProtocol;
}

std::string address_text(const ifaddrmsg& header, std::string_view value) {
  char text[INET6_ADDRSTRLEN] = {};
  const bool is_known = (header.ifa_family == AF_INET && value.size() == sizeof(in_addr)) ||
                        (header.ifa_family == AF_INET6 && value.size() == sizeof(in6_addr));
  if (!is_known || ::inet_ntop(header.ifa_family, value.data(), text, sizeof text) == nullptr) {
    return "of family " + std::to_string(header.ifa_family);
  }
  return std::string(text) + "/" + std::to_string(header.ifa_prefixlen);
}

std::optional<DeviceAddress> read_address(const NetDevice& device, std::string_view body) {
  const auto header = take<ifaddrmsg>(body);
  if (!header || header->ifa_index != static_cast<unsigned>(device.index)) return std::nullopt;
  DeviceAddress address{.is_global = header->ifa_scope == RT_SCOPE_UNIVERSE,
                        .text = {},
                        .device = device.name,
                        .label = {},
                        .body = bytes_of(*header)};
  std::uint32_t flags = header->ifa_flags;
  for (const Attribute& one : attributes_in(body.substr(aligned(sizeof *header)))) {
    // IFA_ADDRESS is the peer's address where IFA_LOCAL gives the device's own.
    if (one.type == IFA_LOCAL || (one.type == IFA_ADDRESS && address.text.empty())) {
      address.text = address_text(*header, one.value);
    }
    if (one.type == IFA_FLAGS) flags = take<std::uint32_t>(one.value).value_or(flags);
    if (one.type == IFA_LABEL) address.label = text_of(one.value);
    if (is_kept(one.type)) {
      address.body += attribute(static_cast<unsigned short>(one.type), one.value);
    }
  }
  address.body += attribute(IFA_FLAGS, bytes_of(flags & kKeptFlags));
  if ((flags & IFA_F_PERMANENT) == 0) return std::nullopt;
  return address;
}

}  // namespace

NetworkSocket::NetworkSocket() : socket_(open_socket()) {}

NetworkSocket::NetworkSocket(const Fd& network)
    : socket_(open_in_child(0, [&] {
        if (::setns(network.get(), CLONE_NEWNET) < 0) fail_errno("setns", "network");
        return open_socket();
      })) {}

std::optional<NetDevice> NetworkSocket::find(const std::string& name) const {
  std::optional<NetDevice> found;
  const Request request{.type = RTM_GETLINK,
                        .flags = NLM_F_ACK,
                        .body = bytes_of(device_message(0)) + name_attribute(IFLA_IFNAME, name),
                        .name = "RTM_GETLINK",
                        .subject = name};
  (void)ask(socket_, request, ENODEV, [&](const nlmsghdr&, std::string_view body) {
    const auto header = take<ifinfomsg>(body);
    if (!header) return;
    found = NetDevice{.index = header->ifi_index,
                      .name = name,
                      .is_up = (header->ifi_flags & IFF_UP) != 0,
                      .is_loopback = (header->ifi_flags & IFF_LOOPBACK) != 0};
    for (const Attribute& one : attributes_in(body.substr(aligned(sizeof *header)))) {
      if (one.type == IFLA_IFNAME) found->name = text_of(one.value);
    }
  });
  return found;
}

std::vector<DeviceAddress> NetworkSocket::permanent_addresses(const NetDevice& device) const {
  constexpr int kTries = 100;
  const Request request{.type = RTM_GETADDR,
                        .flags = NLM_F_DUMP,
                        .body = bytes_of(ifaddrmsg{}),
                        .name = "RTM_GETADDR",
                        .subject = device.name};
  for (int tries = 0; tries < kTries; ++tries) {
    std::vector<DeviceAddress> addresses;
    const int result = ask(socket_, request, 0, [&](const nlmsghdr&, std::string_view body) {
      if (auto address = read_address(device, body)) addresses.push_back(std::move(*address));
    });
    if (result == 0) return addresses;
  }
  fail(ErrorKind::System, "the addresses of '" + device.name + "' keep changing");
}

void NetworkSocket::move(const NetDevice& device, const Fd& network,
                         const std::string& name) const {
  order(socket_, {.type = RTM_NEWLINK,
                  .flags = 0,
                  .body = bytes_of(device_message(device.index)) +
                          attribute(IFLA_NET_NS_FD, bytes_of(network.get())) +
                          name_attribute(IFLA_IFNAME, name),
                  .name = "RTM_NEWLINK",
                  .subject = device.name});
}

void NetworkSocket::add_address(const NetDevice& device, const DeviceAddress& address) const {
  std::string body = address.body;
  auto header = *take<ifaddrmsg>(body);
  header.ifa_index = static_cast<unsigned>(device.index);
  header.ifa_flags = 0;  // IFA_FLAGS has all of them
  body.replace(0, sizeof header, bytes_of(header));
  std::string label = address.label;
  if (label.starts_with(address.device)) label.replace(0, address.device.size(), device.name);
  if (!label.empty() && label.size() < IFNAMSIZ) body += name_attribute(IFA_LABEL, label);
  order(socket_, {.type = RTM_NEWADDR,
                  .flags = NLM_F_CREATE | NLM_F_REPLACE,
                  .body = std::move(body),
                  .name = "RTM_NEWADDR",
                  .subject = address.text + "' for '" + device.name});  // SystemError quotes it
}

void NetworkSocket::set_up(const NetDevice& device) const {
  ifinfomsg message = device_message(device.index);
  message.ifi_flags = message.ifi_change = IFF_UP;
  order(socket_, {.type = RTM_NEWLINK,
                  .flags = 0,
                  .body = bytes_of(message),
                  .name = "RTM_NEWLINK",
                  .subject = device.name});
}

}  // namespace berth::sys
