// The flags and the file of update, as resources.
#include "runtime/container/update_request.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::container {
namespace {

using Text = std::string UpdateFlags::*;

UpdateRequest with(Text flag, const std::string& value) {
  UpdateRequest request;
  request.*flag = value;
  return request;
}

/// Without a problem.
spec::Resources resources_of(const UpdateRequest& request) {
  Problems problems;
  spec::Resources resources = read_resources(request, problems);
  CHECK(problems.empty());
  return resources;
}

Error refusal_of(const UpdateRequest& request) {
  try {
    Problems problems;
    (void)read_resources(request, problems);
    fail_if_any(problems, request);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Bug, "no error"};
}

TEST_CASE("a size has bytes or a unit, as runc and docker take them") {
  const auto [text, bytes] = GENERATE(table<std::string, std::int64_t>({
      {"4096", 4096},
      {"-1", -1},
      {"64k", 65536},
      {"64KB", 65536},
      {"64KiB", 65536},
      {"3m", 3 << 20},
      {"1G", 1 << 30},
      {"2t", std::int64_t{2} << 40},
      {"7b", 7},
  }));
  CHECK(resources_of(with(&UpdateFlags::memory, text)).memory->limit == bytes);
}

TEST_CASE("a value that a flag cannot have is refused with the flag") {
  struct Case {
    Text flag;
    const char *value, *name;
  };
  const Case cases[] = {
      {&UpdateFlags::memory, "64x", "--memory"},
      {&UpdateFlags::memory, "0", "--memory"},
      {&UpdateFlags::memory, "-2", "--memory"},
      {&UpdateFlags::memory, "9000000t", "--memory"},
      {&UpdateFlags::memory_swap, "m", "--memory-swap"},
      {&UpdateFlags::pids_limit, "5k", "--pids-limit"},
      {&UpdateFlags::cpu_shares, "-1", "--cpu-share"},
      {&UpdateFlags::cpu_period, "0", "--cpu-period"},
      {&UpdateFlags::cpu_burst, "-1", "--cpu-burst"},
      {&UpdateFlags::blkio_weight, "70000", "--blkio-weight"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name, one.value);
    const Error error = refusal_of(with(one.flag, one.value));
    CHECK(error.kind() == ErrorKind::Config);
    CHECK(error.origin() == one.name);
    CHECK_THAT(error.message(), Catch::Contains("'" + std::string(one.value) + "' is not "));
  }
}

TEST_CASE("all flags of update that are wrong are reported at once, those of resctrl, too") {
  UpdateRequest request = with(&UpdateFlags::memory, "64x");
  request.pids_limit = "few";
  request.l3_cache_schema = "L3:0=f\nMB:0=9";
  request.mem_bw_schema = "L3:0=f";
  const std::string text = refusal_of(request).what();
  for (const char* const flag :
       {"--memory: ", "--pids-limit: ", "--l3-cache-schema: ", "--mem-bw-schema: "}) {
    CHECK_THAT(text, Catch::Contains(flag));
  }
}

TEST_CASE("what an update cannot do is reported at each flag, or each place in the file") {
  Problems problems;
  problems.add("/linux/resources/memory/limit", "is low");
  problems.add("/linux/resources/pids/limit", "is odd", ErrorKind::Unsupported);
  const auto text_of = [&](const UpdateRequest& request) -> std::string {
    try {
      fail_if_any(problems, request);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(text_of({}) == "--memory: is low\n--pids-limit: is odd");
  UpdateRequest file;
  file.file = "f";
  CHECK(text_of(file) ==
        "--resources f: /memory/limit: is low\n--resources f: /pids/limit: is odd");
}

TEST_CASE("each flag of update sets one property") {
  UpdateRequest request;
  request.cpu_quota = "-1";
  request.cpu_idle = "0";
  request.cpuset_cpus = "0-1";
  request.pids_limit = "0";
  request.blkio_weight = "300";
  request.kernel_memory_tcp = "1m";
  const spec::Resources resources = resources_of(request);
  CHECK(resources.cpu->quota == -1);
  CHECK(resources.cpu->idle == 0);
  CHECK(resources.cpu->cpus == "0-1");
  CHECK_FALSE(resources.cpu->shares);
  CHECK(resources.pids->limit == 0);
  CHECK(resources.block_io->weight == 300);
  CHECK(resources.memory->kernel_tcp == 1 << 20);
  CHECK_FALSE(resources.memory->limit);
}

TEST_CASE("an update without a file or a flag is refused, a schema of resctrl is one") {
  CHECK_THAT(refusal_of({}).message(), Catch::Contains("--resources"));
  CHECK_NOTHROW(resources_of(with(&UpdateFlags::l3_cache_schema, "L3:0=f")));
}

TEST_CASE("all flags that are not to stand beside a file are reported at once") {
  UpdateRequest request;
  request.file = "/nowhere";
  request.memory = "64m";
  request.pids_limit = "5";
  request.l3_cache_schema = "two\nlines";
  const std::string text = refusal_of(request).what();
  CHECK_THAT(text, Catch::Contains("--l3-cache-schema: "));
  CHECK_THAT(text, Catch::Contains("--memory: is part of the file of --resources"));
  CHECK_THAT(text, Catch::Contains("--pids-limit: is part of the file of --resources"));
}

TEST_CASE("a file is linux.resources, and excludes the flags") {
  const TemporaryDirectory directory;
  UpdateRequest request;
  request.file = directory / "resources.json";
  std::ofstream(request.file) << R"({"pids": {"limit": 7}, "future": {}})";
  CHECK(resources_of(request).pids->limit == 7);
  std::ofstream(request.file) << R"({"pids": {"limit": "x"}})";
  CHECK_THAT(refusal_of(request).what(), Catch::Contains("/pids/limit"));
  request.memory = "1m";
  CHECK(refusal_of(request).origin() == "--memory");
}

TEST_CASE("an error of update names the flag, or the place in the file") {
  UpdateRequest request;
  CHECK(origin_of(request, "/linux/resources/memory/limit") == "--memory");
  CHECK(origin_of(request, "/linux/resources/cpu/shares") == "--cpu-share");
  request.file = "-";
  CHECK(origin_of(request, "/linux/resources/memory/limit") == "--resources -: /memory/limit");
}

}  // namespace
}  // namespace berth::container
