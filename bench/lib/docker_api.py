"""The Engine API over its unix socket, called directly: what a launch costs without Slipway."""
import contextlib
import http.client
import io
import json
import os
import socket
import tarfile
import urllib.parse
import uuid

from . import processes

SOCKET = "/var/run/docker.sock"
VERSION = "/v1.41"
LABEL = "dev.slipway.bench"  # on all that is made here, its value is the run's own
SERVER_LABEL = "dev.slipway.server"
PAUSE_IMAGE = "slipway/pause:1"


class DockerError(RuntimeError):
    pass


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=300)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def socket_path():
    host = os.environ.get("DOCKER_HOST", "unix://" + SOCKET)
    return host.removeprefix("unix://") if host.startswith("unix://") else None


class Docker:
    """One keep-alive connection; one thread."""

    def __init__(self):
        self.connection = _UnixConnection(socket_path())

    def close(self):
        self.connection.close()

    def request(self, method, path, body=None, accepted=(), content_type="application/json"):
        """The bytes of the answer; statuses in `accepted` are no errors."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        self.connection.request(method, VERSION + path, data, {"Content-Type": content_type} if data else {})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300 and answer.status not in accepted:
            raise DockerError(f"{method} {path}: {answer.status} {text[:500].decode(errors='replace').strip()}")
        return text

    def read(self, path):
        return json.loads(self.request("GET", path))

    def create(self, body):
        return json.loads(self.request("POST", "/containers/create", body))["Id"]

    def start(self, container):
        self.request("POST", f"/containers/{container}/start", accepted=(304,))

    def remove(self, container):
        self.request("DELETE", f"/containers/{container}?force=true&v=true", accepted=(404, 409))

    def inspect(self, container):
        return self.read(f"/containers/{container}/json")

    def labelled(self, label):
        """Full ids of all containers with "KEY=VALUE", running or not."""
        filters = urllib.parse.quote(json.dumps({"label": [label]}))
        return [found["Id"] for found in self.read(f"/containers/json?all=true&filters={filters}")]

    def networks_labelled(self, label):
        filters = urllib.parse.quote(json.dumps({"label": [label]}))
        return [found["Id"] for found in self.read(f"/networks?filters={filters}")]

    def has_image(self, name):
        filters = urllib.parse.quote(json.dumps({"reference": [name]}))
        return bool(self.read(f"/images/json?filters={filters}"))

    def remove_image(self, name):
        self.request("DELETE", f"/images/{name}?force=true", accepted=(404, 409))

    def import_sleeper(self):
        """An image with nothing but build/bench/sleeper; its name."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            info = tarfile.TarInfo("sleeper")
            info.mode, info.size = 0o755, processes.SLEEPER.stat().st_size
            with open(processes.SLEEPER, "rb") as program:
                tar.addfile(info, program)
        repository, tag = "slipway-bench/sleeper", uuid.uuid4().hex[:8]
        query = urllib.parse.urlencode({"fromSrc": "-", "repo": repository, "tag": tag,
                                        "changes": 'ENTRYPOINT ["/sleeper"]'})
        self.request("POST", f"/images/create?{query}", out.getvalue(), content_type="application/x-tar")
        return f"{repository}:{tag}"


def missing():
    """Why no engine can be measured, or None."""
    if socket_path() is None:
        return "DOCKER_HOST is no unix socket"
    try:
        with contextlib.closing(Docker()) as docker:
            docker.request("GET", "/_ping")
    except (OSError, DockerError) as error:
        return f"no Docker Engine answers ({error})"
    return None


def copy_of(shown, run, network_container=None):
    """The create body that makes the same container as the one that `inspect` shows, without Slipway's labels (so that
    Slipway leaves it alone). `network_container` replaces the one whose network it joins."""
    body = dict(shown["Config"])
    labels = {key: value for key, value in (body.get("Labels") or {}).items() if not key.startswith("dev.slipway.")}
    body["Labels"] = {**labels, LABEL: run}
    body["HostConfig"] = dict(shown["HostConfig"])
    mode = body["HostConfig"]["NetworkMode"]
    if mode.startswith("container:"):
        body["HostConfig"]["NetworkMode"] = f"container:{network_container}"
        for name in ("Hostname", "Domainname", "ExposedPorts"):
            body.pop(name, None)
    elif mode not in ("default", "bridge", "host", "none"):
        endpoints = shown["NetworkSettings"]["Networks"]
        body["NetworkingConfig"] = {"EndpointsConfig": {
            name: {"IPAMConfig": endpoint.get("IPAMConfig"), "Aliases": endpoint.get("Aliases")}
            for name, endpoint in endpoints.items()}}
    return body


@contextlib.contextmanager
def workshop():
    """(Docker, image, run id); afterwards nothing that carries the run's label is left, nor the images made meanwhile."""
    run = uuid.uuid4().hex
    with contextlib.closing(Docker()) as docker:
        had_pause = docker.has_image(PAUSE_IMAGE)
        image = docker.import_sleeper()
        try:
            yield docker, image, run
        finally:
            for container in docker.labelled(f"{LABEL}={run}"):
                docker.remove(container)
            docker.remove_image(image)
            if not had_pause:
                docker.remove_image(PAUSE_IMAGE)


@contextlib.contextmanager
def slipway():
    """A Slipway on the Docker Engine; afterwards no object with its label is left, also when it crashed."""
    label = None
    try:
        with processes.Slipway(engine="docker") as server:
            label = f"{SERVER_LABEL}={server.server_id()}"
            yield server
    finally:
        with contextlib.closing(Docker()) as docker:
            for container in docker.labelled(label) if label else []:
                docker.remove(container)
            for network in docker.networks_labelled(label) if label else []:
                docker.request("DELETE", f"/networks/{network}", accepted=(404,))
