"""podman build: buildah calls the runtime for each RUN."""
import os

from suite.checks import check, expect, expect_in
from suite.image import IMAGE


def build(engine, text, **options):
    path = engine.shared_directory("build")
    with open(os.path.join(path, "Containerfile"), "w", encoding="ascii") as file:
        file.write(text)
    return engine.call("build", "-q", "-t", "localhost/built", path, **options)


@check
def build_with_run(engine):
    build(engine, f"""FROM {IMAGE}
COPY from-host /data/copied
RUN cat /data/copied > /data/made && id -u >> /data/made
USER 1000
RUN id -u > /tmp/user
CMD cat /data/made /tmp/user
""")
    expect(engine.call("run", "--rm", "localhost/built").output, "host\n0\n1000\n", "output")
    engine.call("rmi", "-f", "localhost/built")


@check
def build_prints_nothing_of_the_runtime(engine):
    result = build(engine, f"FROM {IMAGE}\nRUN true\n")
    expect(result.errors, "", "errors")
    engine.call("rmi", "-f", "localhost/built")


@check
def build_with_a_failing_run(engine):
    result = build(engine, f"FROM {IMAGE}\nRUN exit 4\n", check=False)
    assert result.code != 0, str(result)
    expect_in("4", result.errors, "error")


@check
def build_with_a_missing_program(engine):
    result = build(engine, f'FROM {IMAGE}\nRUN ["/no/such/program"]\n', check=False)
    assert result.code != 0, str(result)
    expect_in("/no/such/program", result.errors, "error")
