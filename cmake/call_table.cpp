// Writes the table for runtime/linux/security/call_table.cpp: every system call that libseccomp
// knows, in the order of the names, with its numbers in the architectures that programs of this
// machine usually have. Runs while berth is built, because a look-up in libseccomp costs a string
// comparison or more, and a profile has a thousand of them.
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/linux/security/call_hash.h"

namespace {

constexpr std::uint32_t kAll[] = {
    SCMP_ARCH_X86,         SCMP_ARCH_X86_64,   SCMP_ARCH_X32,    SCMP_ARCH_ARM,
    SCMP_ARCH_AARCH64,     SCMP_ARCH_MIPS,     SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS64N32,
    SCMP_ARCH_PARISC,      SCMP_ARCH_PARISC64, SCMP_ARCH_PPC,    SCMP_ARCH_PPC64,
    SCMP_ARCH_PPC64LE,     SCMP_ARCH_S390,     SCMP_ARCH_S390X,  SCMP_ARCH_RISCV64,
#ifdef SCMP_ARCH_LOONGARCH64  // newer than libseccomp 2.5.4, like the next two
    SCMP_ARCH_LOONGARCH64,
#endif
#ifdef SCMP_ARCH_M68K
    SCMP_ARCH_M68K,
#endif
#ifdef SCMP_ARCH_SH
    SCMP_ARCH_SH,
#endif
};

/// Where the numbers of an architecture begin: MIPS has three ranges, ARM and x32 one of their own.
constexpr std::array kBases = {0, 4000, 5000, 6000, 0x0f0000, 0x40000000};
constexpr int kSpan = 1000;

/// By number.
using Numbers = std::map<int, std::string>;

Numbers numbers_of(std::uint32_t architecture) {
  Numbers numbers;
  for (const int base : kBases) {
    for (int number = base; number < base + kSpan; ++number) {
      char* name = seccomp_syscall_resolve_num_arch(architecture, number);
      if (name != nullptr) numbers.emplace(number, name);
      std::free(name);
    }
  }
  return numbers;
}

/// Numbers below zero are those that libseccomp has for the calls of socketcall and ipc, some of
/// which have a number of their own, too. Several names may have one number.
void print_numbers(std::uint32_t architecture, const std::vector<std::string>& names) {
  std::set<std::pair<int, std::size_t>> pairs;
  for (const auto& [number, name] : numbers_of(architecture)) {
    const int usual = seccomp_syscall_resolve_name_arch(architecture, name.c_str());
    if (usual >= 0) continue;  // number may lack the bit of x32, which libseccomp ignores
    const auto place = std::lower_bound(names.begin(), names.end(), name);
    pairs.emplace(number, static_cast<std::size_t>(place - names.begin()));
  }
  for (std::size_t place = 0; place < names.size(); ++place) {
    constexpr int kLowest = -300;
    const int number = seccomp_syscall_resolve_name_arch(architecture, names[place].c_str());
    if (number > kLowest) pairs.emplace(number, place);
  }
  std::printf("constexpr CallNumber kNumbers%08x[] = {\n", architecture);
  for (const auto& [number, place] : pairs) std::printf("{%d, %zu},\n", number, place);
  std::printf("};\n");
}

void print_names(const std::vector<std::string>& names) {
  std::vector<std::size_t> offsets;
  std::size_t offset = 0;
  std::printf("constexpr char kNames[] =\n");
  for (const std::string& name : names) {
    std::printf("\"%s\\0\"\n", name.c_str());
    offsets.push_back(offset);
    offset += name.size() + 1;
  }
  offsets.push_back(offset);
  std::printf(";\nconstexpr std::uint16_t kOffsets[] = {\n");
  for (const std::size_t one : offsets) std::printf("%zu,\n", one);
  std::printf("};\n");
}

void print_places(const std::vector<std::string>& names) {
  std::vector<std::size_t> places(berth::sys::kCallPlaces);
  for (std::size_t id = 0; id < names.size(); ++id) {
    std::size_t place = berth::sys::hash_of_call(names[id]) % places.size();
    while (places[place] != 0) place = (place + 1) % places.size();
    places[place] = id + 1;
  }
  std::printf("constexpr std::uint16_t kPlaces[] = {\n");
  for (const std::size_t one : places) std::printf("%zu,\n", one);
  std::printf("};\n");
}

}  // namespace

int main() {
  std::set<std::string> known;
  for (const std::uint32_t architecture : kAll) {
    for (const auto& [number, name] : numbers_of(architecture)) known.insert(name);
  }
  const std::vector<std::string> names(known.begin(), known.end());
  if (names.size() > berth::sys::kCallPlaces / 2) {
    std::fprintf(stderr, "make_call_table: %zu names need a larger kCallPlaces\n", names.size());
    return 1;
  }
  print_names(names);
  print_places(names);
  std::vector<std::uint32_t> own = {seccomp_arch_native()};
  if (own[0] == SCMP_ARCH_X86_64) own = {SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32};
  if (own[0] == SCMP_ARCH_AARCH64) own = {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM};
  for (const std::uint32_t architecture : own) print_numbers(architecture, names);
  std::printf("constexpr Architecture kArchitectures[] = {\n");
  for (const std::uint32_t one : own) std::printf("{0x%08xU, kNumbers%08x},\n", one, one);
  std::printf("};\n");
  return 0;
}
