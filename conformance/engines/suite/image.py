"""The image of all checks: busybox alone, as an archive that docker, containerd and podman load."""
import hashlib
import io
import json
import shutil
import subprocess
import tarfile

IMAGE = "localhost/bb:latest"
PAUSE = "localhost/pause:latest"  # waits; the first container of a pod
DIRECTORIES = {"bin": 0o755, "etc": 0o755, "proc": 0o755, "sys": 0o755, "dev": 0o755, "run": 0o755,
               "data": 0o755, "home": 0o755, "root": 0o700, "root-only": 0o700, "tmp": 0o1777}
FILES = {"etc/passwd": "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n",
         "etc/group": "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n"}


def write_archive(path):
    """`docker save` form: one layer, two images."""
    layer = layer_tar()
    files = {"layer.tar": layer}
    manifest = []
    for tag, command in ((IMAGE, ["/bin/sh"]), (PAUSE, ["/bin/sleep", "1000000"])):
        config = image_config(layer, command)
        name = hashlib.sha256(config).hexdigest() + ".json"
        files[name] = config
        manifest.append({"Config": name, "RepoTags": [tag], "Layers": ["layer.tar"]})
    files["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            add_file(tar, name, content)


def write_service_archive(path, layer_path, tag):
    """An image of the root file system in a tar."""
    with open(layer_path, "rb") as file:
        layer = file.read()
    config = image_config(layer, ["/bin/sh"])
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": [tag], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as tar:
        for file, content in (("layer.tar", layer), (name, config), ("manifest.json", json.dumps(manifest).encode())):
            add_file(tar, file, content)


def image_config(layer, command):
    return json.dumps({
        "architecture": architecture(), "os": "linux", "created": "2020-01-01T00:00:00Z",
        "config": {"Cmd": command, "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "the engines' checks"}],
    }).encode()


def architecture():
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def layer_tar():
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        write_root(tar)
    return layer.getvalue()


def write_root(tar):
    """The root file system into an open tar."""
    busybox = shutil.which("busybox")
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    for name, mode in DIRECTORIES.items():
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        tar.addfile(entry)
    with open(busybox, "rb") as file:
        add_file(tar, "bin/busybox", file.read(), 0o755)
    for applet in sorted(set(applets.stdout.split()) - {"busybox"}):
        entry = tarfile.TarInfo("bin/" + applet)
        entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
        tar.addfile(entry)
    for name, text in FILES.items():
        add_file(tar, name, text.encode())


def add_file(tar, name, content, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
