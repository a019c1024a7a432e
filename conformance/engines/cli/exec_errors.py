"""exec that fails: what it says, its exit codes, and that nothing of it stays."""
from suite.checks import check, expect, expect_in


@check
def exec_of_a_missing_program(engine):
    container = engine.sleeper()
    result = engine.exec(container, "--", "/no/such/program", check=False)
    expect(result.code, engine.exec_not_found, f"exit code ({result.errors.strip()})")
    expect_in("/no/such/program", result.errors + result.output, "error")


@check
def exec_of_a_program_not_in_path(engine):
    result = engine.exec(engine.sleeper(), "--", "no-such-program", check=False)
    expect(result.code, engine.exec_not_found, f"exit code ({result.errors.strip()})")


@check
def exec_of_a_file_not_executable_gives_126(engine):
    result = engine.exec(engine.sleeper(), "--", "/etc/passwd", check=False)
    expect(result.code, 126, f"exit code ({result.errors.strip()})")


@check
def exec_of_a_directory_gives_126(engine):
    result = engine.exec(engine.sleeper(), "--", "/etc", check=False)
    expect(result.code, 126, f"exit code ({result.errors.strip()})")


@check
def exec_with_a_missing_working_directory(engine):
    result = engine.exec(engine.sleeper(), "-w", "/no/such/place", "--", "true", check=False)
    assert result.code in (126, 127), f"exit code: {result}"
    expect_in("/no/such/place", result.errors + result.output, "error")


@check
def container_lives_after_a_failed_exec(engine):
    container = engine.sleeper()
    engine.exec(container, "--", "/no/such/program", check=False)
    expect(engine.exec_output(container, "--", "echo", "alive"), "alive", "output")


@check
def exec_in_a_stopped_container_is_an_error(engine):
    container = engine.detached("--", "true")
    engine.call("wait", container)
    result = engine.exec(container, "--", "true", check=False)
    assert result.code != 0 and "running" in result.errors, str(result)
