"""The configuration that berth installs for Kubernetes: the engine's own runs with it."""
import re
import tomllib

from suite.checks import check, expect
from suite.examples import example


def handler():
    return re.search(r"^handler: (\S+)$", example("kubernetes/runtimeclass.yaml", ""), re.MULTILINE)[1]


@check
def example_of_containerd_knows_the_runtime(engine):
    text = engine.configuration()
    # containerd 2 prints single quotes.
    assert f"runtimes.{handler()}.options]" in text and f'BinaryName = "{engine.runtime}"' in text.replace("'", '"'), text


@check
def pod_by_the_handler_of_the_runtime_class(engine):
    pod = engine.cri.run_pod("class", handler=handler())
    container = engine.cri.run(pod, "one", "sleep", "1000")
    expect(engine.cri.exec(container, "echo", "chosen")[1], "chosen\n", "output")


@check
def example_of_cri_o_names_the_handler(engine):
    """No CRI-O is in Debian 12: its file is only read as TOML."""
    runtimes = tomllib.loads(example("cri-o/10-berth.conf", engine.runtime))["crio"]["runtime"]["runtimes"]
    expect(runtimes[handler()]["runtime_path"], engine.runtime, "path")
