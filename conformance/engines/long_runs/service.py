"""A service that lives for two minutes with a health check by exec every second, and all that its owner does to it."""
import os
import time

from long_runs.images import SERVICE, service
from suite.checks import check, expect, expect_in
from suite.commands import run, wait_until

SECONDS = 120


@check
def service_with_a_health_check_every_second(engine):
    image, command, page, probe, process = service()
    if image == SERVICE:
        engine.call("import", os.environ["SERVICE_ROOT"], SERVICE, timeout=300)
    container = engine.call("run", "-d", "-p", "127.0.0.1:8080:80", *engine.health_flags(probe), image, *command).output.strip()
    assert wait_until(lambda: health(engine, container) == "healthy", 60), health(engine, container)
    expect_page(engine, "page\n")
    watch(engine, container)
    pause(engine, container)
    engine.call("restart", "-t", "5", container)
    assert wait_until(lambda: health(engine, container) == "healthy", 60), health(engine, container)
    path = engine.shared_directory("service")
    engine.call("cp", f"{path}/from-host", f"{container}:{page}")
    expect_page(engine, "host\n")
    expect_in(process, engine.call("top", container).output, "top")
    engine.call("stop", "-t", "5", container)
    expect(engine.inspect(container, "{{.State.Status}}"), "exited", "state")
    engine.call("rm", container)


def health(engine, container):
    return engine.inspect(container, "{{.State.Health.Status}}")


def expect_page(engine, text):
    fetch = ["curl", "-s", "--max-time", "2", "http://127.0.0.1:8080/index.html"]
    assert wait_until(lambda: run(fetch, check=False).output == text), run(fetch, check=False)


def watch(engine, container):
    """Every probe of two minutes has to succeed, and there have to be many."""
    begin = time.time()
    time.sleep(SECONDS)
    events = engine.call("events", "--since", str(int(begin)), "--until", str(int(time.time())), "--filter",
                         f"container={container}", "--filter", "event=exec_die", "--format",
                         "{{.Actor.Attributes.exitCode}}").output.split()
    expect(set(events), {"0"}, "exit codes of the probes")
    assert len(events) > SECONDS / 3, f"only {len(events)} probes"


def pause(engine, container):
    engine.call("pause", container)
    expect(engine.inspect(container, "{{.State.Status}}"), "paused", "state")
    engine.call("unpause", container)
    assert wait_until(lambda: health(engine, container) == "healthy", 60), health(engine, container)
    expect_page(engine, "page\n")
