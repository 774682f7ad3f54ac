"""Fixtures of the docker suite: those of the conformance suite, on the live Docker Engine of this machine.

    server, start_server, shared_server   as in harness_pytest.py, but with `--engine docker`; at the end of a test
                                          everything that carries the server's id is removed, by id
    image                                 a busybox image made here: sh, sleep, true, wget and all other applets
    registry, private_registry            Docker registries on loopback; .push(image, "app:1") gives the reference
                                          (the private one wants harness_docker.USER and PASSWORD)

A test that wants to know whether Slipway cleans up after itself asserts `harness_docker.objects_of(id)` itself, before the
fixture's own clean-up; at the end of the session nothing with our ids may be left.
"""
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))

from harness_pytest import *  # noqa: E402,F401,F403
import harness  # noqa: E402
import harness_docker  # noqa: E402
from harness_pytest import say_why  # noqa: E402

_server_ids = set()


@pytest.fixture(scope="session", autouse=True)
def engine():
    """Skips the suite without a Docker Engine; at the end looks that nothing of ours is left on it."""
    why = harness_docker.missing()
    if why:
        pytest.skip(why)
    yield
    left = {server_id: harness_docker.remove_objects_of(server_id) for server_id in _server_ids}
    left = {server_id: found for server_id, found in left.items() if any(found.values())}
    assert not left, f"left on the Docker Engine after all tests (removed now): {left}"


@pytest.fixture(scope="session")
def image(engine):
    name = harness_docker.import_busybox()
    yield name
    harness_docker.docker("rmi", "-f", name, check=False)


class DockerServers(harness.Servers):
    def prepare(self, *options, environment=None):
        if not any(option.split("=")[0] == "--engine" for option in map(str, options)):
            options = ("--engine", "docker", *options)
        return super().prepare(*options, environment=environment)

    def close(self):
        super().close()
        for made in self.made:
            for server_id in made.server_ids:
                _server_ids.add(server_id)
                harness_docker.remove_objects_of(server_id)


@pytest.fixture
def start_server(engine, tmp_path, request):
    servers = DockerServers(tmp_path)
    yield servers
    say_why(request, servers)
    servers.close()


@pytest.fixture(scope="module")
def shared_server(engine, tmp_path_factory, request):
    servers = DockerServers(tmp_path_factory.mktemp("shared"))
    yield servers(*getattr(request.module, "SHARED_SERVER_OPTIONS", ()))
    say_why(request, servers)
    servers.close()


def _registry(directory, private):
    if not shutil.which("docker-registry"):
        pytest.skip("no `docker-registry` on PATH (package docker-registry)")
    return harness_docker.Registry(directory, private).start()


@pytest.fixture(scope="session")
def registry(engine, tmp_path_factory):
    running = _registry(tmp_path_factory.mktemp("registry"), private=False)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def private_registry(engine, tmp_path_factory):
    running = _registry(tmp_path_factory.mktemp("private-registry"), private=True)
    yield running
    running.stop()
