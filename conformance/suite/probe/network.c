/* interface:NAME - what a network interface has. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

/* An address as ip(8) writes it: 192.0.2.7/24. */
static void report_address(const struct nlmsghdr* message) {
  const struct ifaddrmsg* entry = NLMSG_DATA(message);
  const void* address = NULL;
  int length = (int)IFA_PAYLOAD(message);
  for (const struct rtattr* part = IFA_RTA(entry); RTA_OK(part, length);
       part = RTA_NEXT(part, length)) {
    if (part->rta_type == IFA_LOCAL || (part->rta_type == IFA_ADDRESS && !address)) {
      address = RTA_DATA(part); /* of a cable with a peer's address, the local one is ours */
    }
  }
  char text[INET6_ADDRSTRLEN];
  char whole[INET6_ADDRSTRLEN + 8];
  if (address && inet_ntop(entry->ifa_family, address, text, sizeof text)) {
    snprintf(whole, sizeof whole, "%s/%d", text, entry->ifa_prefixlen);
    json_string(whole);
  }
}

/* By the interface's number: the label of an address, which getifaddrs(3) takes for the interface's
 * name, may be another one. */
static void report_addresses(unsigned interface) {
  struct {
    struct nlmsghdr header;
    struct ifaddrmsg body;
  } request = {{NLMSG_LENGTH(sizeof request.body), RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
               {AF_UNSPEC, 0, 0, 0, 0}};
  static char answer[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
  int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  int done = send(kernel, &request, sizeof request, 0) < 0;
  json_key("addresses");
  json_open('[');
  while (!done) {
    ssize_t got = recv(kernel, answer, sizeof answer, 0);
    done = got <= 0;
    for (const struct nlmsghdr* message = (const struct nlmsghdr*)answer; NLMSG_OK(message, got);
         message = NLMSG_NEXT(message, got)) {
      done |= message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR;
      if (message->nlmsg_type == RTM_NEWADDR &&
          ((const struct ifaddrmsg*)NLMSG_DATA(message))->ifa_index == interface) {
        report_address(message);
      }
    }
  }
  json_close(']');
  close(kernel);
}

void answer_interface(const char* name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  json_open('{');
  if (ioctl(socket_fd, SIOCGIFFLAGS, &request) == 0) {
    json_key("up");
    json_boolean((request.ifr_flags & IFF_UP) != 0);
    if (ioctl(socket_fd, SIOCGIFMTU, &request) == 0) {
      json_key_integer("mtu", request.ifr_mtu);
    }
    if (ioctl(socket_fd, SIOCGIFHWADDR, &request) == 0) {
      const unsigned char* hardware = (const unsigned char*)request.ifr_hwaddr.sa_data;
      char text[18];
      snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", hardware[0], hardware[1],
               hardware[2], hardware[3], hardware[4], hardware[5]);
      json_key_string("hardware_address", text);
    }
    report_addresses(if_nametoindex(name));
  } else {
    json_key_string("error", "ENODEV");
  }
  json_close('}');
  close(socket_fd);
}
