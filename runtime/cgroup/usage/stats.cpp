#include "runtime/cgroup/usage/stats.h"

#include <string>
#include <string_view>
#include <utility>

#include "runtime/cgroup/usage/stat_files.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

constexpr std::uint64_t kPerMicrosecond = 1'000;
/// cpuacct.stat counts in USER_HZ, which is 100 on every processor that berth runs on. time(7)
constexpr std::uint64_t kPerTick = 10'000'000;

using Table = std::map<std::string, std::uint64_t>;

std::uint64_t value_of(const Table& table, const char* word) {
  const auto found = table.find(word);
  return found == table.end() ? 0 : found->second;
}

std::uint64_t sum(std::uint64_t one, std::uint64_t other) {
  return one > kNoLimit - other ? kNoLimit : one + other;
}

// ---- pressure -------------------------------------------------------------------------------

void read_decimal(std::string_view text, spec::Decimal& number) {
  if (!text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos)
    number.text = text;
}

/// `avg10=0.00 avg60=0.00 avg300=0.00 total=0`
spec::PressureLine parse_pressure_line(std::string_view words) {
  spec::PressureLine line;
  text::for_each_word(words, ' ', [&](std::string_view value) {
    const std::string_view name = text::take(value, '=');
    if (name == "avg10") read_decimal(value, line.avg10);
    if (name == "avg60") read_decimal(value, line.avg60);
    if (name == "avg300") read_decimal(value, line.avg300);
    if (name == "total") (void)text::read_number(value, line.total);
  });
  return line;
}

std::optional<spec::Pressure> read_pressure(const StatFiles& files, const char* file) {
  const auto text = files.text(file);
  if (!text) return std::nullopt;
  spec::Pressure pressure;
  text::for_each_word(*text, '\n', [&](std::string_view line) {
    const std::string_view kind = text::take(line, ' ');
    (kind == "full" ? pressure.full : pressure.some) = parse_pressure_line(line);
  });
  return pressure;
}

// ---- the controllers ------------------------------------------------------------------------

/// v1 alone. A line is `CPU USER SYSTEM`, the first one names the columns.
void read_usage_of_each(const StatFiles& files, spec::CpuUsage& usage) {
  const std::string totals = files.text("cpuacct.usage_percpu").value_or("");
  text::for_each_word(text::trimmed(totals), ' ', [&](std::string_view word) {
    std::uint64_t total = 0;
    if (text::read_number(word, total)) usage.per_cpu.push_back(total);
  });
  const std::string all = files.text("cpuacct.usage_all").value_or("");
  text::for_each_word(all, '\n', [&](std::string_view line) {
    const auto columns = text::words(line, ' ');
    std::uint64_t user = 0, kernel = 0;
    if (columns.size() != 3 || !text::read_number(columns[1], user) ||
        !text::read_number(columns[2], kernel))
      return;
    usage.per_cpu_user.push_back(user);
    usage.per_cpu_kernel.push_back(kernel);
  });
}

spec::CpuUsage read_cpu_usage(const StatFiles& files, const Table& stat) {
  const auto total = files.number("cpuacct.usage");
  if (!total) {
    return {.total = value_of(stat, "usage_usec") * kPerMicrosecond,
            .kernel = value_of(stat, "system_usec") * kPerMicrosecond,
            .user = value_of(stat, "user_usec") * kPerMicrosecond,
            .per_cpu = {},
            .per_cpu_kernel = {},
            .per_cpu_user = {}};
  }
  const Table ticks = files.table("cpuacct.stat");
  spec::CpuUsage usage{.total = *total,
                       .kernel = value_of(ticks, "system") * kPerTick,
                       .user = value_of(ticks, "user") * kPerTick,
                       .per_cpu = {},
                       .per_cpu_kernel = {},
                       .per_cpu_user = {}};
  read_usage_of_each(files, usage);
  return usage;
}

spec::CpuStats read_cpu(const StatFiles& files) {
  const Table stat = files.table("cpu.stat");
  return {.usage = read_cpu_usage(files, stat),
          .throttling = {.periods = value_of(stat, "nr_periods"),
                         .throttled_periods = value_of(stat, "nr_throttled"),
                         .throttled_time = value_of(stat, "throttled_time") +
                                           value_of(stat, "throttled_usec") * kPerMicrosecond},
          .pressure = read_pressure(files, "cpu.pressure")};
}

spec::Numbers read_ranges(const StatFiles& files, const char* file) {
  const auto effective = files.text("cpuset." + std::string(file) + ".effective");
  return parse_ranges(effective ? *effective
                                : files.text("cpuset.effective_" + std::string(file)).value_or(""));
}

spec::UsageStats read_usage_v1(const StatFiles& files, const std::string& prefix) {
  return {.limit = files.number(prefix + "limit_in_bytes").value_or(0),
          .usage = files.number(prefix + "usage_in_bytes").value_or(0),
          .max = files.number(prefix + "max_usage_in_bytes").value_or(0),
          .failures = files.number(prefix + "failcnt").value_or(0)};
}

spec::UsageStats read_usage_v2(const StatFiles& files, const std::string& prefix) {
  return {.limit = files.number(prefix + "max").value_or(0),
          .usage = files.number(prefix + "current").value_or(0),
          .max = files.number(prefix + "peak").value_or(0),
          .failures = value_of(files.table(prefix + "events"), "max")};
}

spec::MemoryStats read_memory(const StatFiles& files) {
  spec::MemoryStats memory;
  memory.raw = files.table("memory.stat");
  memory.pressure = read_pressure(files, "memory.pressure");
  const bool is_v1 = files.number("memory.usage_in_bytes").has_value();
  memory.cache = value_of(memory.raw, is_v1 ? "cache" : "file");
  if (is_v1) {
    memory.usage = read_usage_v1(files, "memory.");
    memory.swap = read_usage_v1(files, "memory.memsw.");
    memory.kernel = read_usage_v1(files, "memory.kmem.");
    memory.kernel_tcp = read_usage_v1(files, "memory.kmem.tcp.");
    return memory;
  }
  memory.usage = read_usage_v2(files, "memory.");
  const spec::UsageStats swap = read_usage_v2(files, "memory.swap.");
  memory.swap = {.limit = sum(swap.limit, memory.usage.limit),
                 .usage = sum(swap.usage, memory.usage.usage),
                 .max = 0,  // the two peaks need not have come together
                 .failures = swap.failures};
  return memory;
}

spec::PidsStats read_pids(const StatFiles& files) {
  const std::uint64_t limit = files.number("pids.max").value_or(kNoLimit);
  return {.current = files.number("pids.current").value_or(0),
          .limit = limit == kNoLimit ? 0 : limit};
}

// ---- block I/O ------------------------------------------------------------------------------

/// Reads `MAJOR:MINOR ` from the start of a line; false for the line with the total.
bool take_device(std::string_view& line, spec::BlockStat& stat) {
  std::string_view device = text::take(line, ' ');
  const std::string_view major = text::take(device, ':');
  return text::read_number(major, stat.major) && text::read_number(device, stat.minor);
}

/// `8:0 Read 4096`, or without a word: `8:0 4096`
spec::BlockStatList parse_block_v1(std::string_view text) {
  spec::BlockStatList stats;
  text::for_each_word(text, '\n', [&](std::string_view line) {
    spec::BlockStat stat;
    if (!take_device(line, stat)) return;
    const auto words = text::words(line, ' ');
    if (words.empty() || !text::read_number(words.back(), stat.value)) return;
    if (words.size() == 2) stat.op = words.front();
    stats.push_back(std::move(stat));
  });
  return stats;
}

/// Of a scheduler that counts, or else of the throttle, which always does.
spec::BlockStatList read_block_v1(const StatFiles& files, const std::string& what) {
  for (const char* prefix : {"blkio.bfq.", "blkio.", "blkio.throttle."}) {
    auto stats = parse_block_v1(files.text(prefix + what).value_or(""));
    if (!stats.empty()) return stats;
  }
  return {};
}

/// `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`
void read_block_v2(std::string_view text, spec::BlockStats& block) {
  struct Column {
    std::string_view name;
    spec::BlockStatList spec::BlockStats::*list;
    const char* op;
  };
  static constexpr Column kColumns[] = {
      {"rbytes", &spec::BlockStats::bytes, "Read"},
      {"wbytes", &spec::BlockStats::bytes, "Write"},
      {"dbytes", &spec::BlockStats::bytes, "Discard"},
      {"rios", &spec::BlockStats::operations, "Read"},
      {"wios", &spec::BlockStats::operations, "Write"},
      {"dios", &spec::BlockStats::operations, "Discard"},
  };
  text::for_each_word(text, '\n', [&](std::string_view line) {
    spec::BlockStat stat;
    if (!take_device(line, stat)) return;
    text::for_each_word(line, ' ', [&](std::string_view value) {
      const std::string_view name = text::take(value, '=');
      for (const Column& column : kColumns) {
        if (column.name != name || !text::read_number(value, stat.value)) continue;
        stat.op = column.op;
        (block.*column.list).push_back(stat);
      }
    });
  });
}

spec::BlockStats read_block(const StatFiles& files) {
  spec::BlockStats block;
  block.pressure = read_pressure(files, "io.pressure");
  if (const auto stat = files.text("io.stat")) {
    read_block_v2(*stat, block);
    return block;
  }
  block.bytes = read_block_v1(files, "io_service_bytes_recursive");
  block.operations = read_block_v1(files, "io_serviced_recursive");
  block.queued = read_block_v1(files, "io_queued_recursive");
  block.service_time = read_block_v1(files, "io_service_time_recursive");
  block.wait_time = read_block_v1(files, "io_wait_time_recursive");
  block.merged = read_block_v1(files, "io_merged_recursive");
  block.time = read_block_v1(files, "time_recursive");
  block.sectors = read_block_v1(files, "sectors_recursive");
  return block;
}

// ---- huge pages -----------------------------------------------------------------------------

/// The controller's name for a size in KiB: 2MB, 1GB, 64KB.
std::string size_word(std::uint64_t kibibytes) {
  constexpr std::uint64_t kMega = 1024, kGiga = kMega * 1024;
  if (kibibytes >= kGiga) return std::to_string(kibibytes / kGiga) + "GB";
  if (kibibytes >= kMega) return std::to_string(kibibytes / kMega) + "MB";
  return std::to_string(kibibytes) + "KB";
}

std::vector<std::string> list_page_sizes() {
  std::vector<std::string> sizes;
  const auto pages = sys::open_dir_if_exists("/sys/kernel/mm/hugepages");
  if (!pages) return sizes;
  for (const std::string& name : sys::subdirs_of(*pages)) {
    std::string_view rest = name;
    std::uint64_t kibibytes = 0;
    (void)text::take(rest, '-');
    if (rest.ends_with("kB") && text::read_number(rest.substr(0, rest.size() - 2), kibibytes))
      sizes.push_back(size_word(kibibytes));
  }
  return sizes;
}

std::map<std::string, spec::HugetlbStats> read_hugetlb(const StatFiles& files) {
  std::map<std::string, spec::HugetlbStats> stats;
  for (const std::string& size : list_page_sizes()) {
    const std::string prefix = "hugetlb." + size + ".";
    // Where reservations are counted, limits are set on them.
    for (const std::string& kind : {prefix + "rsvd.", prefix}) {
      const bool is_v1 = files.number(kind + "usage_in_bytes").has_value();
      if (!is_v1 && !files.number(kind + "current")) continue;
      const spec::UsageStats usage =
          is_v1 ? read_usage_v1(files, kind) : read_usage_v2(files, kind);
      // v2 counts the events of both kinds in one file.
      const std::uint64_t failures =
          is_v1 ? usage.failures : value_of(files.table(prefix + "events"), "max");
      stats[size] = {.usage = usage.usage, .max = usage.max, .failures = failures};
      break;
    }
  }
  return stats;
}

}  // namespace

spec::Stats read_stats(const std::vector<store::ContainerCgroup>& places) {
  const StatFiles files(places);
  return {.cpu = read_cpu(files),
          .cpuset = {.cpus = read_ranges(files, "cpus"), .mems = read_ranges(files, "mems")},
          .memory = read_memory(files),
          .pids = read_pids(files),
          .block = read_block(files),
          .hugetlb = read_hugetlb(files)};
}

}  // namespace berth::cgroup
