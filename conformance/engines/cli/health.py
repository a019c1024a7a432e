"""Health checks, which are execs by the clock."""
import json

from suite.checks import check, expect, expect_in
from suite.commands import wait_until


def expect_health(engine, container, wanted):
    def reached():
        engine.probe(container)
        return engine.inspect(container, "{{.State.Health.Status}}") == wanted

    assert wait_until(reached), f"it does not become {wanted}"


@check
def health_check_finds_it_healthy(engine):
    expect_health(engine, engine.sleeper(*engine.health_flags("true")), "healthy")


@check
def health_check_follows_the_container(engine):
    container = engine.sleeper(*engine.health_flags("test -e /tmp/well"))
    expect_health(engine, container, "unhealthy")
    engine.exec(container, "--", "touch", "/tmp/well")
    expect_health(engine, container, "healthy")


@check
def health_check_keeps_its_output(engine):
    container = engine.sleeper(*engine.health_flags("echo spoken; exit 1"))
    expect_health(engine, container, "unhealthy")
    log = json.loads(engine.inspect(container, "{{json .State.Health.Log}}"))
    expect(log[-1]["ExitCode"], 1, "exit code")
    expect_in("spoken", log[-1]["Output"], "output")
