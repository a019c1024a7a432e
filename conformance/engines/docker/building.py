"""docker build, with the classic builder: each RUN is a container."""
import os

from suite.checks import check, expect, expect_in
from suite.image import IMAGE


def build(engine, dockerfile, check_it=True):
    path = engine.shared_directory("build")
    with open(os.path.join(path, "Dockerfile"), "w", encoding="ascii") as file:
        file.write(dockerfile)
    return engine.call("build", "-t", "built", path, check=check_it, env={**os.environ, "DOCKER_BUILDKIT": "0"})


@check
def build_with_run(engine):
    build(engine, f"""FROM {IMAGE}
COPY from-host /data/copied
RUN cat /data/copied > /data/made && id -u >> /data/made
USER 1000
RUN id -u > /tmp/user
CMD cat /data/made /tmp/user
""")
    expect(engine.call("run", "--rm", "built").output, "host\n0\n1000\n", "output")
    engine.call("rmi", "-f", "built")


@check
def build_with_a_failing_run(engine):
    result = build(engine, f"FROM {IMAGE}\nRUN exit 4\n", check_it=False)
    assert result.code != 0, str(result)
    expect_in("non-zero code: 4", result.errors, "error")


@check
def build_with_a_missing_program(engine):
    result = build(engine, f'FROM {IMAGE}\nRUN ["/no/such/program"]\n', check_it=False)
    assert result.code != 0, str(result)
    expect_in("/no/such/program", result.errors, "error")
