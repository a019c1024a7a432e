"""What dockerd does and podman does not."""
from suite.checks import check, expect


@check
def working_directory_is_made(engine):
    expect(engine.output("-w", "/new/place", "--", "pwd"), "/new/place", "directory")


@check
def exec_in_a_paused_container_names_the_reason(engine):
    container = engine.sleeper()
    engine.call("pause", container)
    result = engine.exec(container, "--", "true", check=False)
    engine.call("unpause", container)
    assert result.code != 0 and "paused" in result.errors, str(result)
