#include "tests/unit/spec_fragments.h"

namespace berth::spec {
namespace {

// ---- config.md ------------------------------------------------------------------------------

TEST_CASE("CF-VER-1 CF-ROOT-1 CF-ROOT-2 VV-1: the document") {
  check_mistakes({
      {"CF-VER-1", kWhole, R"(^{"root":{"path":"r"}})", "/ociVersion", "missing, required"},
      {"CF-VER-1", kWhole, R"({"ociVersion":^"1.0","root":{"path":"r"}})", "/ociVersion", "SemVer"},
      {"CF-VER-2", kWhole, R"({"ociVersion":^"2.0.0","root":{"path":"r"}})", "/ociVersion", "1.x"},
      {"CF-ROOT-1", kWhole, R"(^{"ociVersion":"1.0.0"})", "/root", "missing"},
      {"CF-ROOT-1", kWhole, R"({"ociVersion":"1.0.0","root":^null})", "/root", "found null"},
      {"CF-ROOT-2", kWhole, R"({"ociVersion":"1.0.0","root":^{}})", "/root/path", "missing"},
      {"CF-ROOT-2", kWhole, R"({"ociVersion":"1.0.0","root":{"path":^""}})", "/root/path", "empty"},
      {"GL-1 not an object", kWhole, R"(^["ociVersion"])", "", "an object"},
      {"CF-HOST-1", kTop, R"("hostname": ^")" + std::string(65, 'h') + "\"", "/hostname", "64"},
      {"CF-DOM-1", kTop, R"("domainname": ^5)", "/domainname", "at most 64 bytes"},
      {"MT destination", kTop, R"("mounts": [^{"type": "proc"}])", "/mounts/0/destination",
       "missing"},
      {"MT destination", kTop, R"("mounts": [{"destination": ^""}])", "/mounts/0/destination",
       "empty"},
      {"MT options", kTop, R"("mounts": [{"destination": "/a", "options": ["ro", ^null]}])",
       "/mounts/0/options/1", "a string"},
      {"MT-7", kTop,
       R"("mounts":[^{"destination":"/a","uidMappings":[{"containerID":0,"hostID":0,"size":1}]}])",
       "/mounts/0/gidMappings", "uidMappings"},
      {"MT-7", kTop,
       R"("mounts":[^{"destination":"/a","gidMappings":[{"containerID":0,"hostID":0,"size":1}]}])",
       "/mounts/0/uidMappings", "gidMappings"},
      {"HK-PATH-1", kTop, R"("hooks": {"poststop": [^{"args": []}]})", "/hooks/poststop/0/path",
       "missing"},
      {"HK-PATH-1", kTop, R"("hooks": {"prestart": [{"path": ^"bin/x"}]})",
       "/hooks/prestart/0/path", "absolute"},
      {"HK-ENV-1", kTop, R"("hooks": {"createRuntime": [{"path": "/x", "env": [^"A"]}]})",
       "/hooks/createRuntime/0/env/0", "NAME=value"},
      {"HK-TMO-1", kTop, R"("hooks": {"startContainer": [{"path": "/x", "timeout": ^0}]})",
       "/hooks/startContainer/0/timeout", "at least 1"},
      {"HK-ORDER-1", kTop, R"("hooks": {"createContainer": ^{"path": "/x"}})",
       "/hooks/createContainer", "found an object, allowed: an array"},
      {"AN-1", kTop, R"("annotations": {"a": ^1})", "/annotations/a", "a string"},
      {"AN-2", kTop, R"("annotations": {"a": "", "": ^"x"})", "/annotations/",
       "found the name \"\""},
      {"AN-1", kTop, R"("annotations": ^[])", "/annotations", "found [], allowed: an object"},
  });
}

TEST_CASE("CF-VER-1: versions are SemVer 2.0.0, of major 1") {
  const std::string good = GENERATE("1.0.0", "1.3.0", "1.0.0-rc5", "1.0.2-dev", "1.1.0+dev",
                                    "1.2.0-rc.3+build.007", "1.99.0", "1.0.0--1");
  CHECK(read("{\"ociVersion\":\"" + good + "\",\"root\":{\"path\":\"r\"}}").oci_version == good);
}

TEST_CASE("CF-VER-1: what is not SemVer 2.0.0 is refused") {
  const std::string bad =
      GENERATE("", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.00.0", "1.0.0-", "1.0.0-01",
               "1.0.0-a..b", "1.0.0+", "1.0.0+a+b", "1.0.0 ", "0.5.0", "10.0.0", "1.x.0");
  Problems problems;
  (void)read_config("{\"ociVersion\":\"" + bad + "\",\"root\":{\"path\":\"r\"}}", problems);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/ociVersion");
}

TEST_CASE("PR-* US-*: the process") {
  check_mistakes({
      {"PR-CWD-1", kTop, R"("process": ^{"args": ["x"]})", "/process/cwd", "absolute path"},
      {"PR-CWD-1", kTop, R"("process": {"args": ["x"], "cwd": ^"tmp"})", "/process/cwd",
       "found \"tmp\""},
      {"PR-ARGS-1", kTop, R"("process": ^{"cwd": "/"})", "/process/args", "missing"},
      {"PR-ARGS-1", kTop, R"("process": {"cwd": "/", "args": ^[]})", "/process/args",
       "found [], allowed: at least"},
      {"PR-ARGS-1", kTop, R"("process": {"cwd": "/", "args": ["x", ^1]})", "/process/args/1",
       "a string"},
      {"PR-TTY-1", kProcess, R"("terminal": ^"yes")", "/process/terminal", "true or false"},
      {"PR-TTY-2", kProcess, R"("consoleSize": ^{"height": 1})", "/process/consoleSize/width",
       "missing"},
      {"PR-TTY-2", kProcess, R"("consoleSize": {"height": ^-1, "width": 1})",
       "/process/consoleSize/height", "0 to 4294967295"},
      {"PR-ENV-1", kProcess, R"("env": ["A=", "PATH=/:/b", ^"=x"])", "/process/env/2", "NAME="},
      {"PR-RL-1", kProcess, R"("rlimits": [{"type": ^"RLIMIT_X", "soft": 1, "hard": 1}])",
       "/process/rlimits/0/type", "RLIMIT_NOFILE"},
      {"PR-RL-2", kProcess, R"("rlimits": [{"type": "RLIMIT_CPU", "soft": ^2, "hard": 1}])",
       "/process/rlimits/0/soft", "at most 'hard'"},
      {"PR-RL-2", kProcess, R"("rlimits": [{"type": "RLIMIT_CPU", "soft": 2, "hard": ^"1"}])",
       "/process/rlimits/0/hard", "integer"},
      {"PR-RL-2", kProcess, R"("rlimits": [^{"type": "RLIMIT_CPU", "hard": 1}])",
       "/process/rlimits/0/soft", "missing"},
      {"PR-RL-3", kProcess,
       R"("rlimits": [{"type":"RLIMIT_CPU","soft":1,"hard":1},)"
       R"({"type":^"RLIMIT_CPU","soft":1,"hard":1}])",
       "/process/rlimits/1/type", "only once"},
      {"PR-CAP-1", kProcess, R"("capabilities": {"ambient": [^7]})",
       "/process/capabilities/ambient/0", "a string"},
      {"PR-CAP-1", kProcess, R"("capabilities": ^["CAP_KILL"])", "/process/capabilities",
       "an object"},
      {"PR-NNP-1", kProcess, R"("noNewPrivileges": ^1)", "/process/noNewPrivileges", "true"},
      {"PR-OOM-1", kProcess, R"("oomScoreAdj": ^1001)", "/process/oomScoreAdj", "-1000 to 1000"},
      {"PR-OOM-1", kProcess, R"("oomScoreAdj": ^10.0)", "/process/oomScoreAdj", "found 10.0"},
      {"PR-SCH-1", kProcess, R"("scheduler": ^{"nice": 1})", "/process/scheduler/policy",
       "SCHED_FIFO"},
      {"PR-SCH-1", kProcess, R"("scheduler": {"policy": ^"SCHED_X"})", "/process/scheduler/policy",
       "SCHED_FIFO"},
      {"PR-SCH-2", kProcess, R"("scheduler": {"policy": "SCHED_RR", "flags": [^"X"]})",
       "/process/scheduler/flags/0", "SCHED_FLAG_RECLAIM"},
      {"PR-SCH-2", kProcess, R"("scheduler": {"policy": "SCHED_OTHER", "nice": ^20})",
       "/process/scheduler/nice", "-20 to 19"},
      {"PR-IO-1", kProcess, R"("ioPriority": {"class": ^"RT", "priority": 1})",
       "/process/ioPriority/class", "IOPRIO_CLASS_RT"},
      {"PR-IO-1", kProcess, R"("ioPriority": {"class": "IOPRIO_CLASS_RT", "priority": ^8})",
       "/process/ioPriority/priority", "0 to 7"},
      {"PR-IO-1", kProcess, R"("ioPriority": ^{"class": "IOPRIO_CLASS_RT"})",
       "/process/ioPriority/priority", "missing"},
      {"PR-AFF-1", kProcess, R"("execCPUAffinity": {"initial": "0-3", "final": ^"a"})",
       "/process/execCPUAffinity/final", "0-3"},
      {"US-1", kProcess, R"("user": ^{"uid": 0})", "/process/user/gid", "missing"},
      {"US-1", kProcess, R"("user": {"uid": ^4294967296, "gid": 0})", "/process/user/uid",
       "found 4294967296"},
      {"US-2", kProcess, R"("user": {"uid": 0, "gid": 0, "umask": ^512})", "/process/user/umask",
       "0 to 511"},
      {"US-3", kProcess, R"("user": {"uid": 0, "gid": 0, "additionalGids": [1, ^-1]})",
       "/process/user/additionalGids/1", "found -1"},
  });
}

// ---- what is allowed ------------------------------------------------------------------------

TEST_CASE("RT-START-4: a config without process is legal") {
  CHECK_FALSE(read(R"({"ociVersion":"1.0.0","root":{"path":"r"}})").process.has_value());
}

TEST_CASE("VV-1: what engines send is accepted") {
  const std::pair<const Frame&, std::string> fragments[] = {
      {kTop, R"("hooks": {"prestart": [], "poststop": []}, "annotations": {}, "mounts": [])"},
      {kTop, R"("hostname": "", "solaris": {"milestone": null}, "vm": {}, "windows": {})"},
      {kTop, R"("annotations": {"org.opencontainers.later": "", "io.k": "x\ny"})"},
      {kTop, R"("mounts": [{"destination": "relative", "type": "", "source": "", "options": []}])"},
      {kProcess, R"("capabilities": {"bounding": ["CAP_OF_TOMORROW"]}, "apparmorProfile": "")"},
      {kProcess, R"("consoleSize": {"height": 0, "width": 0}, "env": [], "rlimits": [])"},
      {kProcess, R"("rlimits": [{"type":"RLIMIT_CORE","soft":0,"hard":18446744073709551615}])"},
      {kProcess, R"("user": {"uid": 0, "gid": 0, "username": "root", "umask": 18})"},
      {kProcess, R"("oomScoreAdj": -0)"},
      {kLinux, R"("resources": {}, "rootfsPropagation": "rslave", "cgroupsPath": "a:b:c")"},
      {kLinux, R"("devices": [{"type":"p","path":"/x","major":0,"minor":0,"fileMode":8630}])"},
      {kLinux,
       R"("devices": [{"type":"p","path":"/x"}], "netDevices": {"eth0": {}, "e1": {"name": "x%d"}})"},
      {kLinux, R"("timeOffsets": {"monotonic": {"secs": -5}, "boottime": {}})"},
      {kLinux, R"("personality": {"domain": "LINUX32", "flags": []})"},
      {kLinux, R"("memoryPolicy": {"mode": "MPOL_PREFERRED"}, "intelRdt": {"closID": "/"})"},
      {kResources, R"("blockIO": {}, "memory": {}, "cpu": {}, "network": {}, "pids": {})"},
      {kResources, R"("devices": [{"allow":true,"type":"c","major":-1,"minor":-1,"access":"m"}])"},
      {kResources,
       R"("pids": {"limit": 0}, "memory": {"limit": 0, "swap": -1}, "unified": {"cpu.max": ""})"},
      {kResources, R"("cpu": {"quota": -1, "burst": 5, "cpus": "", "shares": 0})"},
      {kResources, R"("hugepageLimits": [{"pageSize":"64KB","limit":9223372036854772000}])"},
      {kSeccomp,
       R"("flags": [], "architectures": [], "listenerPath": "/s", "listenerMetadata": "m")"},
      {kSeccomp,
       R"("syscalls": [{"names":["a"],"action":"SCMP_ACT_ERRNO","errnoRet":38,"args":[]}])"},
  };
  for (const auto& [frame, fragment] : fragments) (void)read(frame, fragment);
}

TEST_CASE("every property arrives in its field") {
  const Config config = read(kTopBefore + R"(
    "hostname": "h", "domainname": "d",
    "mounts": [{"destination": "/m", "type": "t", "source": "s", "options": ["ro"],
                "uidMappings": [{"containerID": 1, "hostID": 2, "size": 3}],
                "gidMappings": [{"containerID": 4, "hostID": 5, "size": 6}]}],
    "process": {"args": ["a", "b"], "cwd": "/c", "env": ["E=1"], "terminal": true,
                "user": {"uid": 7, "gid": 8, "umask": 9, "additionalGids": [10]},
                "rlimits": [{"type": "RLIMIT_AS", "soft": 11, "hard": 12}],
                "scheduler": {"policy": "SCHED_BATCH", "nice": -1, "runtime": 13}},
    "hooks": {"poststart": [{"path": "/h", "args": ["x"], "env": [], "timeout": 14}]},
    "annotations": {"k": "v"},
    "linux": {"resources": {"memory": {"limit": -1, "disableOOMKiller": false},
                            "rdma": {"r": {"hcaObjects": 15}}},
              "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 16, "flags": []},
              "timeOffsets": {"boottime": {"secs": -17, "nanosecs": 18}}}})");
  CHECK(config.mounts[0].gid_mappings[0].host_id == 5);
  CHECK(config.process->args == Strings{"a", "b"});
  CHECK(config.process->user.umask == 9);
  CHECK(config.process->user.additional_gids == std::vector<std::uint32_t>{10});
  CHECK(config.process->rlimits[0].hard == 12);
  CHECK(config.process->scheduler->nice == -1);
  CHECK_FALSE(config.process->scheduler->period.has_value());
  CHECK(config.hooks.poststart[0].env == Strings{});
  CHECK(config.hooks.poststart[0].timeout == 14);
  CHECK(config.annotations.at("k") == "v");
  CHECK(config.linux.resources->memory->limit == -1);
  CHECK(config.linux.resources->memory->disable_oom_killer == false);
  CHECK_FALSE(config.linux.resources->cpu.has_value());
  CHECK(config.linux.resources->rdma.at("r").hca_objects == 15);
  CHECK(config.linux.seccomp->flags == Strings{});
  CHECK(config.linux.time_offsets.at("boottime").secs == -17);
}

}  // namespace
}  // namespace berth::spec
