"""kube play: pods from the YAML of Kubernetes, with probes by exec."""
import os

from suite.checks import check, expect
from suite.commands import wait_until
from suite.image import IMAGE

YAML = f"""apiVersion: v1
kind: Pod
metadata:
  name: fleet
spec:
  containers:
  - name: first
    image: {IMAGE}
    command: ["sleep", "1000"]
    env: [{{name: COLOUR, value: blue}}]
    volumeMounts: [{{name: scratch, mountPath: /data}}]
    livenessProbe:
      exec: {{command: ["test", "-e", "/data/alive"]}}
  - name: second
    image: {IMAGE}
    command: ["sh", "-c", "touch /data/alive; exec sleep 1000"]
    volumeMounts: [{{name: scratch, mountPath: /data}}]
    securityContext: {{readOnlyRootFilesystem: true, runAsUser: 0}}
  volumes:
  - name: scratch
    emptyDir: {{}}
"""


@check
def kube_play_and_down(engine):
    path = os.path.join(engine.shared_directory("kube"), "pod.yaml")
    with open(path, "w", encoding="ascii") as file:
        file.write(YAML)
    engine.call("kube", "play", path)
    expect(engine.exec_output("fleet-first", "--", "sh", "-c", "echo $COLOUR"), "blue", "variable")
    assert wait_until(lambda: engine.exec("fleet-first", "--", "test", "-e", "/data/alive", check=False).code == 0), \
        "the volume is not shared"
    expect(engine.call("healthcheck", "run", "fleet-first").code, 0, "exit code of the probe")
    result = engine.exec("fleet-second", "--", "touch", "/x", check=False)
    assert result.code != 0 and "Read-only" in result.errors, str(result)
    engine.call("kube", "down", path)
    expect(engine.call("ps", "-aq").output, "", "containers")
