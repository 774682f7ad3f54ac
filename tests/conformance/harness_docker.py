"""The Docker Engine of this machine as the docker suite uses it: a test image and a registry made here, and a look at what
Slipway left behind. Everything goes through the docker CLI, so the tests see what a user sees.
"""
import base64
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import time
import uuid

import harness

SERVER_LABEL = "dev.slipway.server"
USER, PASSWORD = "me", "secret"
# bcrypt of PASSWORD: the only kind that docker-registry takes, and Python has no bcrypt of its own.
PASSWORD_HASH = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"


def docker(*arguments, check=True, stdin=None, timeout=120):
    """Standard output of a docker command, without the last newline. `check=False`: whatever happens."""
    result = subprocess.run(["docker", *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout,
                            stdin=None if stdin is not None else subprocess.DEVNULL, check=False)
    if check and result.returncode:
        raise AssertionError(f"docker {' '.join(map(str, arguments))}: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout.decode(errors="replace").rstrip("\n")


def missing():
    """Why the docker suite cannot run here, or None."""
    if not shutil.which("docker"):
        return "no `docker` on PATH"
    result = subprocess.run(["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True,
                            timeout=30, check=False)
    if result.returncode:
        return f"no Docker Engine answers: {result.stderr.strip().splitlines()[-1:]}"
    if not shutil.which("busybox"):
        return "no `busybox` on PATH (package busybox-static) to make the test image from"
    return None


def inspect(name):
    """`docker inspect` of one container, image, network or volume; None when there is no such object."""
    found = docker("inspect", name, check=False)
    return (json.loads(found or "[]") or [None])[0]


def containers(*filters):
    """Every container, running or not, that passes all filters, as `docker inspect` shows it."""
    options = [part for item in filters for part in ("--filter", item)]
    ids = docker("ps", "-aq", "--no-trunc", *options).split()
    # One that has gone since it was listed is left out.
    return json.loads(docker("inspect", *ids, check=False) or "[]") if ids else []


def objects_of(server_id):
    """Names of all containers, networks and volumes that carry the label with this server's id, and its cgroups."""
    label = f"label={SERVER_LABEL}={server_id}"
    return {
        "container": docker("ps", "-aq", "--filter", label).split(),
        "network": docker("network", "ls", "-q", "--filter", label).split(),
        "volume": docker("volume", "ls", "-q", "--filter", label).split(),
        "cgroup": cgroups_of(server_id),
    }


def cgroups_of(server_id):
    """The directories of the server's cgroups, in every hierarchy."""
    return sorted(str(path) for pattern in ("slipway", "*/slipway")
                  for path in pathlib.Path("/sys/fs/cgroup").glob(f"{pattern}/{server_id}"))


def _remove_cgroup(directory):
    for path, _, _ in os.walk(directory, topdown=False):
        try:
            os.rmdir(path)
        except OSError:
            pass  # a process that its engine has not reaped yet, or somebody else was quicker


def remove_objects_of(server_id):
    found = objects_of(server_id)
    for name in found["container"]:
        docker("rm", "-f", "-v", name, check=False)
    for name in found["network"]:
        docker("network", "rm", name, check=False)
    for name in found["volume"]:
        docker("volume", "rm", "-f", name, check=False)
    for name in found["cgroup"]:
        _remove_cgroup(name)
    return found


def _busybox_tree():
    """A tar of a root file system: busybox, a link for each of its applets, the few files that tools look for."""
    binary = pathlib.Path(shutil.which("busybox")).read_bytes()
    applets = subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        def add(name, data=None, link=None, mode=0o755, kind=tarfile.REGTYPE):
            info = tarfile.TarInfo(name)
            info.mode, info.type, info.linkname = mode, kind, link or ""
            info.size = len(data or b"")
            tar.addfile(info, io.BytesIO(data or b""))

        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("proc", 0o555), ("root", 0o700), ("tmp", 0o1777),
                             ("var", 0o755)):
            add(folder, kind=tarfile.DIRTYPE, mode=mode)
        add("bin/busybox", binary)
        for applet in applets:
            if applet != "busybox":
                add(f"bin/{applet}", link="busybox", kind=tarfile.SYMTYPE, mode=0o777)
        add("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n", mode=0o644)
        add("etc/group", b"root:x:0:\nnogroup:x:65534:\n", mode=0o644)
    return out.getvalue()


def import_busybox():
    """Makes the test image under a name of this session's own and returns the name. Nothing is pulled."""
    name = f"slipway-test/busybox:{uuid.uuid4().hex[:8]}"
    docker("import", "--change", 'CMD ["sh"]', "--change", "ENV PATH=/bin", "-", name, stdin=_busybox_tree())
    return name


class Registry:
    """Debian's docker-registry on a loopback port, which Docker reaches without TLS. A private one wants USER and PASSWORD."""

    def __init__(self, directory, private=False):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.private = private
        self.port = harness.free_port()
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        settings = {"version": 0.1, "log": {"level": "warn"}, "http": {"addr": self.address},
                    "storage": {"filesystem": {"rootdirectory": str(self.directory / "data")},
                                "delete": {"enabled": True}}}
        if self.private:
            (self.directory / "htpasswd").write_text(f"{USER}:{PASSWORD_HASH}\n")
            settings["auth"] = {"htpasswd": {"realm": "test", "path": str(self.directory / "htpasswd")}}
        (self.directory / "config.yml").write_text(json.dumps(settings))  # JSON is YAML
        with open(self.directory / "registry.log", "ab") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", str(self.directory / "config.yml")],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while subprocess.run(["curl", "-s", "-o", os.devnull, f"http://{self.address}/v2/"], check=False).returncode:
            assert self.process.poll() is None and time.monotonic() < deadline, \
                f"docker-registry did not start: {(self.directory / 'registry.log').read_text()[-2000:]}"
            time.sleep(0.05)
        return self

    def stop(self):
        """Ends the registry and forgets the local copies of its images."""
        # By reference, never by id: the same image may have other names here.
        pulled = docker("images", "--filter", f"reference={self.address}/*", "--format", "{{.Repository}}:{{.Tag}}")
        for reference in pulled.split():
            docker("rmi", reference, check=False)
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def push(self, image, name):
        """Puts a local image into the registry as `name` ("app:1") and forgets the local tag; the full reference."""
        reference = f"{self.address}/{name}"
        client = self.client_configuration()
        docker("tag", image, reference)
        try:
            docker("--config", client, "push", "-q", reference)
        finally:
            docker("rmi", reference, check=False)
        return reference

    def client_configuration(self):
        """A directory with a config.json that knows this registry's user, as ~/.docker would."""
        folder = self.directory / "client"
        folder.mkdir(exist_ok=True)
        auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        auths = {self.address: {"auth": auth}} if self.private else {}
        (folder / "config.json").write_text(json.dumps({"auths": auths}))
        return folder
