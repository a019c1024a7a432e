"""Users, groups, limits of the process, sysctls, nice values."""
from suite.checks import check, expect


@check
def user_flag(engine):
    text = engine.output("--user", "1000:1000", "--", "sh", "-c", "id -u; id -g")
    expect(text, "1000\n1000", "uid and gid")


@check
def user_by_name_has_its_groups(engine):
    text = engine.output("--user", "user", "--", "sh", "-c", "id -u; id -G")
    uid, groups = text.splitlines()
    expect(uid, "1000", "uid")
    assert "2000" in groups.split(), f"no group 2000: {groups}"


@check
def group_add_flag(engine):
    text = engine.output("--user", "1000:1000", "--group-add", "3000", "--", "id", "-G")
    assert "3000" in text.split(), f"no group 3000: {text}"


@check
def user_without_capabilities(engine):
    text = engine.output("--user", "1000", "--", "grep", "^CapEff", "/proc/self/status")
    expect(int(text.split()[1], 16), 0, "effective capabilities")


@check
def working_directory_that_the_user_may_not_enter(engine):
    expect(engine.output("--user", "1000", "-w", "/root-only", "--", "pwd"), "/root-only", "directory")


@check
def ulimit_flag(engine):
    text = engine.output("--ulimit", "nofile=200:300", "--", "sh", "-c", "ulimit -n; ulimit -Hn")
    expect(text, "200\n300", "soft and hard")


@check
def sysctl_flag(engine):
    text = engine.output("--sysctl", "net.ipv4.ip_forward=1", "--", "cat", "/proc/sys/net/ipv4/ip_forward")
    expect(text, "1", "net.ipv4.ip_forward")


@check
def oom_score_adj_flag(engine):
    text = engine.output("--oom-score-adj", "300", "--", "cat", "/proc/self/oom_score_adj")
    expect(text, "300", "oom_score_adj")


@check
def oom_score_adj_below_zero(engine):
    text = engine.output("--oom-score-adj", "-300", "--", "cat", "/proc/self/oom_score_adj")
    expect(text, "-300", "oom_score_adj")


@check
def umask_is_022(engine):
    expect(engine.output("--", "sh", "-c", "umask"), "0022", "umask")
