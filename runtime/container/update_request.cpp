#include "runtime/container/update_request.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "runtime/linux/files/chosen_file.h"
#include "spec/config/forms.h"
#include "spec/config/resources.h"
#include "spec/error.h"
#include "spec/json/json.h"

namespace berth::container {

namespace {

using spec::BlockIo, spec::Cpu, spec::Memory, spec::Pids, spec::Resources;

constexpr std::string_view kResources = "/linux/resources";

/// Which numbers a flag takes. 0 is refused where it would leave the value as it is.
struct Numbers {
  std::int64_t lowest;
  bool has_zero;
  bool has_units;
  const char* words;
};
constexpr Numbers kBytes{-1, false, true, "a size such as 64m, or -1 for no limit"};
constexpr Numbers kBytesOrZero{-1, true, true, "a size such as 64m, or -1 for no limit"};
constexpr Numbers kLimit{-1, false, false, "a number from 1 up, or -1 for no limit"};
constexpr Numbers kLimitOrZero{-1, true, false, "a number, or -1 for no limit"};
constexpr Numbers kCount{1, false, false, "a number from 1 up"};
constexpr Numbers kCountOrZero{0, true, false, "a number from 0 up"};

/// How far `k`, `KB` or `KiB` shift a number; -1 if that is no unit.
int shift_of(std::string_view unit) {
  if (!unit.empty() && (unit.back() == 'b' || unit.back() == 'B')) unit.remove_suffix(1);
  if (unit.size() == 2 && unit[1] == 'i') unit.remove_suffix(1);
  if (unit.empty()) return 0;
  constexpr std::string_view kUnits = "kmgtp";
  const auto at = kUnits.find(static_cast<char>(unit[0] | 0x20));
  return unit.size() == 1 && at != kUnits.npos ? 10 * (static_cast<int>(at) + 1) : -1;
}

bool read_number(std::string_view text, const Numbers& numbers, std::int64_t& value) {
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc()) return false;
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  const int shift = numbers.has_units && value > 0 ? shift_of(unit) : unit.empty() ? 0 : -1;
  if (shift < 0 || value > std::numeric_limits<std::int64_t>::max() >> shift) return false;
  value <<= value > 0 ? shift : 0;
  return value >= numbers.lowest && (value != 0 || numbers.has_zero);
}

// ---- the flags ------------------------------------------------------------------------------

struct Row {
  const char* flag;
  std::string UpdateFlags::*text;
  const char* property;  ///< the JSON pointer below /linux/resources
  void (*set)(Resources&, const Row&, const std::string& text, Problems&);
};

template <auto section, auto member>
auto& member_of(Resources& resources) {
  auto& part = resources.*section;
  if (!part) part.emplace();
  return (*part).*member;
}

template <auto section, auto member, const Numbers& numbers>
void set_number(Resources& resources, const Row& row, const std::string& text, Problems& problems) {
  auto& field = member_of<section, member>(resources);
  using Number = typename std::remove_reference_t<decltype(field)>::value_type;
  std::int64_t value = 0;
  if (!read_number(text, numbers, value) || !std::in_range<Number>(value)) {
    problems.add(row.flag, "'" + text + "' is not " + numbers.words);
  }
  field = static_cast<Number>(value);
}

template <auto section, auto member>
void set_text(Resources& resources, const Row& /*row*/, const std::string& text,
              Problems& /*problems*/) {
  member_of<section, member>(resources) = text;
}

template <auto member, const Numbers& numbers>
constexpr auto set_cpu = set_number<&Resources::cpu, member, numbers>;
template <auto member, const Numbers& numbers>
constexpr auto set_memory = set_number<&Resources::memory, member, numbers>;

constexpr Row kRows[] = {
    {"--blkio-weight", &UpdateFlags::blkio_weight, "/blockIO/weight",
     set_number<&Resources::block_io, &BlockIo::weight, kCount>},
    {"--cpu-burst", &UpdateFlags::cpu_burst, "/cpu/burst", set_cpu<&Cpu::burst, kCountOrZero>},
    {"--cpu-idle", &UpdateFlags::cpu_idle, "/cpu/idle", set_cpu<&Cpu::idle, kCountOrZero>},
    {"--cpu-period", &UpdateFlags::cpu_period, "/cpu/period", set_cpu<&Cpu::period, kCount>},
    {"--cpu-quota", &UpdateFlags::cpu_quota, "/cpu/quota", set_cpu<&Cpu::quota, kLimit>},
    {"--cpu-rt-period", &UpdateFlags::cpu_rt_period, "/cpu/realtimePeriod",
     set_cpu<&Cpu::realtime_period, kCount>},
    {"--cpu-rt-runtime", &UpdateFlags::cpu_rt_runtime, "/cpu/realtimeRuntime",
     set_cpu<&Cpu::realtime_runtime, kLimit>},
    {"--cpu-share", &UpdateFlags::cpu_shares, "/cpu/shares", set_cpu<&Cpu::shares, kCount>},
    {"--cpuset-cpus", &UpdateFlags::cpuset_cpus, "/cpu/cpus",
     set_text<&Resources::cpu, &Cpu::cpus>},
    {"--cpuset-mems", &UpdateFlags::cpuset_mems, "/cpu/mems",
     set_text<&Resources::cpu, &Cpu::mems>},
    {"--kernel-memory", &UpdateFlags::kernel_memory, "/memory/kernel",
     set_memory<&Memory::kernel, kBytesOrZero>},
    {"--kernel-memory-tcp", &UpdateFlags::kernel_memory_tcp, "/memory/kernelTCP",
     set_memory<&Memory::kernel_tcp, kBytesOrZero>},
    {"--memory", &UpdateFlags::memory, "/memory/limit", set_memory<&Memory::limit, kBytes>},
    {"--memory-reservation", &UpdateFlags::memory_reservation, "/memory/reservation",
     set_memory<&Memory::reservation, kBytes>},
    {"--memory-swap", &UpdateFlags::memory_swap, "/memory/swap", set_memory<&Memory::swap, kBytes>},
    {"--pids-limit", &UpdateFlags::pids_limit, "/pids/limit",
     set_number<&Resources::pids, &Pids::limit, kLimitOrZero>},
};

/// These go to the kernel as they are, as those of config.json do.
void check_schema(const char* flag, const std::string& schema, const spec::Form& form,
                  Problems& problems) {
  if (schema.empty() || form.holds(schema)) return;
  problems.add(flag, "'" + schema + "' is not " + form.allowed());
}

void refuse_flags(const UpdateRequest& request, Problems& problems) {
  for (const Row& row : kRows) {
    if (!(request.*row.text).empty()) problems.add(row.flag, "is part of the file of --resources");
  }
}

spec::Resources read_file(const std::string& file) {
  Problems problems;
  constexpr std::size_t kMost = spec::Document::kMaxBytes;
  const bool is_standard_input = file == "-";
  const std::string bytes =
      is_standard_input ? sys::read_standard_input(kMost) : sys::read_file_or_own_pipe(file, kMost);
  auto resources = spec::from_json<Resources>(bytes, problems, spec::Null::absent);
  berth::fail_if_any(problems, is_standard_input ? "standard input" : file);
  return resources;
}

}  // namespace

spec::Resources read_resources(const UpdateRequest& request, Problems& problems) {
  check_schema("--l3-cache-schema", request.l3_cache_schema, spec::kOneLine, problems);
  check_schema("--mem-bw-schema", request.mem_bw_schema, spec::kBandwidthSchema, problems);
  if (!request.file.empty()) {
    refuse_flags(request, problems);
    if (!problems.empty()) return {};
    return read_file(request.file);
  }
  spec::Resources resources;
  bool is_given = !request.l3_cache_schema.empty() || !request.mem_bw_schema.empty();
  for (const Row& row : kRows) {
    const std::string& text = request.*row.text;
    if (text.empty()) continue;
    row.set(resources, row, text, problems);
    is_given = true;
  }
  if (!is_given) fail(ErrorKind::Config, "neither --resources nor a flag says what to change");
  return resources;
}

std::string origin_of(const UpdateRequest& request, const std::string& pointer) {
  if (!pointer.starts_with(kResources)) return pointer;
  const std::string property = pointer.substr(kResources.size());
  if (!request.file.empty()) return "--resources " + request.file + ": " + property;
  for (const Row& row : kRows) {
    if (row.property == property) return row.flag;
  }
  return pointer;
}

void fail_if_any(const Problems& problems, const UpdateRequest& request) {
  if (problems.empty()) return;
  const Problem& first = problems.list().front();
  if (problems.list().size() == 1) {
    fail(first.kind, first.message, origin_of(request, first.pointer));
  }
  std::string text;
  auto kind = ErrorKind::Unsupported;
  for (const Problem& problem : problems.list()) {
    if (!text.empty()) text += "\n";
    text += origin_of(request, problem.pointer) + ": " + problem.message;
    if (problem.kind == ErrorKind::Config) kind = ErrorKind::Config;
  }
  if (problems.left_out() > 0) text += "\nand " + std::to_string(problems.left_out()) + " more";
  fail(kind, text);
}

}  // namespace berth::container
