"""Slipway in a container, as docker/Dockerfile makes it: the image, `docker run` of it, and docker compose where there is one.

    image = build_image("slipway-test/server-1")        # scripts/package with the binary under test
    server = ContainedServer(directory, image, network="n", volume="v")
    server.start(); server.ecs...; server.kill9(); server.start(); server.close()

A ContainedServer is driven as harness.Server is: the same clients, by its published port.
"""
import json
import os
import pathlib
import shutil
import subprocess
import time
import uuid

import harness
import harness_docker
import harness_guard
from harness_docker import docker

SOCKET = pathlib.Path("/var/run/docker.sock")


def missing():
    """Why no Slipway can run in a container here, or None."""
    if os.environ.get("DOCKER_HOST") or not SOCKET.is_socket():
        return f"the engine is not at {SOCKET}"
    return None


def build_image(name):
    """scripts/package with the binary under test; the image's name with its tag. Nothing is compiled."""
    environment = harness_guard.environment(SLIPWAY_BINARY=harness.binary(), SLIPWAY_IMAGE=name)
    result = subprocess.run([harness.REPOSITORY / "scripts" / "package", "image"], env=environment, capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return f"{name}:latest"


def remove_image(name):
    for reference in docker("images", "--filter", f"reference={name}", "--format", "{{.Repository}}:{{.Tag}}").split():
        docker("rmi", "-f", reference, check=False)


class ContainedServer(harness.Server):
    def __init__(self, directory, image, *options, network=None, volume=None, environment=None, run=()):
        super().__init__(directory, *options, environment=environment)
        self.image, self.network, self.volume, self.run_options = image, network, volume, list(run)
        self.name = f"slipway-test-{uuid.uuid4().hex[:8]}"

    def exists(self):
        return harness_docker.inspect(self.name) is not None

    def start(self, *options, seconds=60):
        """`docker run`, or `docker start` of the container that is there; returns once the API answers."""
        if self.exists():
            docker("start", self.name)
        else:
            docker("run", "-d", "--name", self.name, "-p", f"127.0.0.1:{self.port}:4566", "-v", f"{SOCKET}:{SOCKET}",
                   *(["--network", self.network, "--network-alias", "slipway"] if self.network else []),
                   *(["-v", f"{self.volume}:/var/lib/slipway"] if self.volume else []),
                   *[part for key, value in self.environment.items() for part in ("-e", f"{key}={value}")],
                   *self.run_options, self.image, *(["serve", *self.options] if self.options else []))
        deadline = time.monotonic() + seconds
        while not self.answers():
            assert self.running(), f"the container has ended:\n{self.log()[-3000:]}"
            assert time.monotonic() < deadline, f"not ready within {seconds} s:\n{self.log()[-3000:]}"
            time.sleep(0.05)
        self._note_server_id()
        return self

    def answers(self):
        try:
            return self.request("GET", "/_slipway/health", timeout=5).status == 200
        except (OSError, ValueError):
            return False
        except Exception as error:  # http.client: docker's proxy closes what has no listener yet
            if type(error).__module__ == "http.client":
                return False
            raise

    def health(self):
        return json.loads(self.request("GET", "/_slipway/health").body)

    def running(self):
        state = harness_docker.inspect(self.name)
        return bool(state and state["State"]["Running"])

    def log(self):
        result = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, check=False)
        return result.stdout + result.stderr

    def inside(self, *arguments, timeout=60):
        """A command of the program in the container; the finished process."""
        return subprocess.run(["docker", "exec", self.name, "slipway", *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=timeout, check=False)

    def kill9(self):
        docker("kill", "-s", "KILL", self.name, check=False)

    def stop(self, seconds=60):
        docker("stop", "-t", seconds, self.name)
        return harness_docker.inspect(self.name)["State"]["ExitCode"]

    def remove(self):
        docker("rm", "-f", "-v", self.name, check=False)

    def close(self):
        self.remove()
        for server_id in self.server_ids:
            harness_docker.remove_objects_of(server_id)


# --- docker compose ------------------------------------------------------------------------------------------------------

def compose_command():
    """The command that reads compose files: the plugin, else Debian's docker-compose; None without one."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True, check=False).returncode:
            return command
    return None


def compose(file, project, *arguments, environment=None, timeout=180):
    return subprocess.run([*compose_command(), "-p", project, "-f", str(file), *arguments], capture_output=True, text=True,
                          env=harness_guard.environment(**(environment or {})), stdin=subprocess.DEVNULL, timeout=timeout,
                          check=False)
