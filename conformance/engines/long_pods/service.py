"""A service in a pod, probed as the kubelet probes it: by ExecSync every second, for two minutes."""
import time

from suite.checks import check, expect
from suite.commands import run, wait_until

SECONDS = 120


@check
def pod_service_with_liveness_every_second(engine):
    cri, service = engine.cri, engine.service
    pod = cri.run_pod("service")
    container = cri.run(pod, "service", *service.command, image=service.image)
    probe = ("sh", "-c", service.probe)
    assert wait_until(lambda: cri.exec(container, *probe)[0] == 0, 60), "never alive"
    page = f"http://{cri.pod_address(pod)}/index.html"
    expect(fetch(page), "page\n", "page")
    expect(codes_of_probes(cri, container, probe), {0}, "exit codes of the probes")
    expect(fetch(page), "page\n", "page")
    cri.stop(container, timeout=5)
    expect(cri.state(container)[0], "exited", "state")
    cri.remove(container)


def codes_of_probes(cri, container, probe):
    begin, codes = time.monotonic(), set()
    for second in range(1, SECONDS + 1):
        codes.add(cri.exec(container, *probe)[0])
        time.sleep(max(0, begin + second - time.monotonic()))
    return codes


def fetch(page):
    return run(["curl", "-s", "--max-time", "5", page], check=False).output
