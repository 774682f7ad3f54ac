"""Containers, networks and volumes of others on the same engine, some of which look much like ours. A test makes them, goes
through its trouble and asserts that they are as they were.

    from engine_foreign import foreign, foreign_objects  # noqa: F401   fixtures: made once for a file, asserted after each test
"""
import ipaddress
import uuid

import pytest

import harness_docker
from harness_docker import SERVER_LABEL, docker

ANOTHER = "0123456789abcdef0123456789abcdef"  # no server of this machine has this id
TASK = "arn:aws:ecs:us-east-1:000000000000:task/default/" + "f" * 32


def free_range():
    """A /24 that no network of the engine has."""
    ids = docker("network", "ls", "-q").split()
    ranges = docker("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", *ids).split()
    taken = [ipaddress.ip_network(text) for text in ranges if ":" not in text]
    candidates = (ipaddress.ip_network(f"10.213.{i}.0/24") for i in range(256))
    return str(next(c for c in candidates if not any(c.overlaps(other) for other in taken)))


class Foreign:
    def __init__(self, image):
        self.image = image
        self.name = f"trouble{uuid.uuid4().hex[:8]}"
        self.containers, self.networks, self.volumes, self.before = [], [], [], None

    def __enter__(self):
        suffix = uuid.uuid4().hex[:20]
        looks = {f"ecs-{self.name}-1-web-{suffix}": [],
                 f"ecs-{self.name}-1-internalecspause-{suffix}": [f"{SERVER_LABEL}={ANOTHER}",
                                                                  f"com.amazonaws.ecs.task-arn={TASK}",
                                                                  "com.amazonaws.ecs.container-name=~internal~ecs~pause"],
                 f"ecs-{self.name}-1-old-{suffix}": [f"{SERVER_LABEL}={ANOTHER}"],
                 self.name: [f"{SERVER_LABEL}=", "com.amazonaws.ecs.cluster=default"]}
        try:
            for name, labels in looks.items():
                options = [part for label in labels for part in ("--label", label)]
                command = ["true"] if "-old-" in name else ["sleep", "1000"]
                self.containers.append(docker("run", "-d", "--name", name, *options, self.image, *command))
            for name, label in ((f"slipway-vpc-{self.name}-00000000", f"{SERVER_LABEL}={ANOTHER}"),
                                (f"{self.name}-net", "com.amazonaws.ecs.cluster=default")):
                self.networks.append(docker("network", "create", "--subnet", free_range(), "--label", label, name))
            for name, label in ((f"ecs-{self.name}-1-v-{suffix}", f"{SERVER_LABEL}={ANOTHER}"),
                                (self.name, "com.amazonaws.ecs.cluster=default")):
                self.volumes.append(docker("volume", "create", "--label", label, name))
            docker("wait", self.containers[2])
            self.before = self.look()
        except BaseException:
            self.__exit__()
            raise
        return self

    def look(self):
        states = {c["Id"]: (c["State"]["Status"], c["State"]["StartedAt"], c["RestartCount"])
                  for c in filter(None, map(harness_docker.inspect, self.containers))}
        others = {name: harness_docker.inspect(name) is not None for name in self.networks + self.volumes}
        return states, others

    def assert_untouched(self):
        assert self.look() == self.before

    def __exit__(self, *_):
        for kind, names in (("container", self.containers), ("network", self.networks), ("volume", self.volumes)):
            if names:
                docker(kind, "rm", *(["-f"] if kind == "container" else []), *names, check=False)


@pytest.fixture(scope="module")
def foreign_objects(image):
    with Foreign(image) as made:
        yield made


@pytest.fixture
def foreign(foreign_objects):
    yield foreign_objects
    foreign_objects.assert_untouched()
