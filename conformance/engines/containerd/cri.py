"""The calls of the kubelet: CRI v1. The numbers are the fields of its api.proto."""
from containerd.grpc import Message, call
from suite.image import IMAGE

POD, CONTAINER, NODE = 0, 1, 2  # NamespaceMode
STATES = ("created", "running", "exited", "unknown")


class Cri:
    def __init__(self, socket, logs):
        """logs: the directory of the pods' logs."""
        self.socket, self.logs = socket, logs

    def call(self, method, *fields):
        return call(self.socket, "runtime.v1.RuntimeService", method, Message(*fields))

    # ---- pods

    def run_pod(self, name, network=POD, pid=CONTAINER, privileged=False, sysctls=None, hostname="", handler=""):
        config = self.pod_config(name, network, pid, privileged, sysctls or {}, hostname)
        return Pod(self.call("RunPodSandbox", (1, config), (2, handler)).text(1), config)

    def pod_config(self, name, network, pid, privileged, sysctls, hostname):
        security = Message((1, Message((1, network), (2, pid))), (6, privileged))
        return Message((1, Message((1, name), (2, name + "-uid"), (3, "checks"))), (2, hostname), (3, self.logs),
                       (8, Message((2, security), (3, sysctls))))

    def pods(self):
        return [each.text(1) for each in self.call("ListPodSandbox").messages(1)]

    def pod_address(self, pod):
        return self.call("PodSandboxStatus", (1, pod.id)).message(1).message(5).text(1)

    def stop_pod(self, pod_id):
        self.call("StopPodSandbox", (1, pod_id))

    def remove_pod(self, pod_id):
        self.call("RemovePodSandbox", (1, pod_id))

    # ---- containers

    def create(self, pod, name, command, **options):
        return self.call("CreateContainer", (1, pod.id), (2, container_config(name, command, **options)),
                         (3, pod.config)).text(1)

    def start(self, container):
        self.call("StartContainer", (1, container))

    def run(self, pod, name, *command, **options):
        container = self.create(pod, name, command, **options)
        self.start(container)
        return container

    def stop(self, container, timeout=0):
        self.call("StopContainer", (1, container), (2, timeout))

    def remove(self, container):
        self.call("RemoveContainer", (1, container))

    def exec(self, container, *command, timeout=30):
        """ExecSync: exit code, output, errors."""
        reply = self.call("ExecSync", (1, container), (2, list(command)), (3, timeout))
        return reply.number(3), reply.text(1), reply.text(2)

    def state(self, container):
        """State and exit code."""
        status = self.call("ContainerStatus", (1, container)).message(1)
        return STATES[status.number(3)], status.number(7)

    def memory_in_use(self, container):
        stats = self.call("ContainerStats", (1, container)).message(1)
        return stats.message(3).message(2).number(1)

    def update(self, container, **resources):
        self.call("UpdateContainerResources", (1, container), (2, resources_of(**resources)))


class Pod:
    def __init__(self, pod_id, config):
        self.id, self.config = pod_id, config


def resources_of(memory=0, cpu_quota=0):
    return Message((1, 100000 if cpu_quota else 0), (2, cpu_quota), (4, memory))


def container_config(name, command, image=IMAGE, env=None, mounts=(), cwd="", log="", tty=False, resources=None, **security):
    """mounts: pairs of a path of the host and one of the container, read-only."""
    envs = [Message((1, key), (2, value)) for key, value in (env or {}).items()]
    binds = [Message((1, target), (2, source), (3, True)) for source, target in mounts]
    linux = Message((1, resources_of(**(resources or {}))), (2, security_context(**security)))
    return Message((1, Message((1, name))), (2, Message((1, image))), (3, list(command[:1])), (4, list(command[1:])),
                   (5, cwd), (6, envs), (7, binds), (11, log), (14, tty), (15, linux))


def security_context(user=None, privileged=False, readonly=False, no_new_privs=False, cap_add=(), cap_drop=(),
                     network=POD, pid=CONTAINER, seccomp=None):
    fields = [(1, Message((1, list(cap_add)), (2, list(cap_drop)))), (2, privileged),
              (3, Message((1, network), (2, pid))), (7, readonly), (11, no_new_privs)]
    if user is not None:
        fields.append((5, Message((1, user))))
    if seccomp is not None:
        fields.append((15, Message((1, seccomp))))  # 0: the runtime's default, 1: unconfined
    return Message(*fields)
