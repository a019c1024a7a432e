"""containerd for the long run of a pod: with the image of a service, as long_runs has it."""
import os

from containerd.engine import Containerd
from long_runs.images import SERVICE, service
from suite.image import write_service_archive


class LongPods(Containerd):
    name = "long-pods"
    packages = ("long_pods",)
    service = service()

    def load_images(self):
        super().load_images()
        if root := os.environ.get("SERVICE_ROOT"):
            archive = os.path.join(self.directory, "service.tar")
            write_service_archive(archive, root, SERVICE)
            self.ctr("-n", "k8s.io", "images", "import", archive, timeout=300)
