"""Tasks with a known end, and a ledger in which each of their containers writes one line when it starts.

    work = Workload(tasks, directory)        # tasks: docker_tasks.Tasks
    work.run("short"); work.run("long"); ...
    work.stop_long_ones()
    work.check()                             # states, exit codes, starts: all as written down beforehand

Whatever happened to Slipway or the engine meanwhile: every container definition was started exactly once.
"""
import collections

import harness
import harness_docker
from docker_tasks import SUBNET, by_name

LEDGER = {"name": "ledger", "host": {}}
MOUNT = {"sourceVolume": "ledger", "containerPath": "/ledger"}
# A SIGTERM before a shell has set its trap is lost on it, as on any process 1: so the trap stands before the line.
SIGN = 'trap "exit {on_term}" TERM; echo started >> /ledger/$KEY.{name}; '

Kind = collections.namedtuple("Kind", "containers codes definition awsvpc", defaults=({}, False))

KINDS = {
    "short": Kind([{"name": "job", "sh": "exit 0"}], {"job": 0}),
    "failing": Kind([{"name": "job", "sh": "sleep 0.4; exit 7"}], {"job": 7}),
    "long": Kind([{"name": "web", "sh": "sleep 1000 & wait", "on_term": 5}], {"web": 5}),
    "pair": Kind([{"name": "init", "sh": "echo ready > /v/file", "essential": False,
                   "mountPoints": [MOUNT, {"sourceVolume": "v", "containerPath": "/v"}]},
                  {"name": "main", "sh": "test \"$(cat /v/file)\" = ready && exit 3; exit 99",
                   "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
                   "mountPoints": [MOUNT, {"sourceVolume": "v", "containerPath": "/v"}]}],
                 {"init": 0, "main": 3}, {"volumes": [LEDGER, {"name": "v"}]}),
    "awsvpc": Kind([{"name": "side", "sh": "sleep 1000 & wait", "on_term": 9, "essential": False},
                    {"name": "main", "sh": "until test -e /ledger/$KEY.side; do sleep 0.1; done; exit 4",
                     "dependsOn": [{"containerName": "side", "condition": "START"}]}],
                   {"side": 9, "main": 4}, {}, True),
}


class Workload:
    def __init__(self, tasks, directory):
        self.tasks, self.directory = tasks, directory
        directory.mkdir(exist_ok=True)
        self.kinds = {}  # task ARN -> (key, name of its kind)
        self._definitions = {}

    def _define(self, name):
        kind = KINDS[name]
        volumes = [{**volume, "host": {"sourcePath": str(self.directory)}} if volume is LEDGER else volume
                   for volume in kind.definition.get("volumes", [LEDGER])]
        containers = []
        for described in kind.containers:
            container = {"mountPoints": [MOUNT], "stopTimeout": 5, "on_term": 90, **described}
            container["sh"] = SIGN.format(**container) + container["sh"]
            del container["on_term"]
            containers.append(container)
        # Fargate knows no host volumes.
        return self.tasks.define(*containers, volumes=volumes, **({"networkMode": "awsvpc"} if kind.awsvpc else {}))

    def run(self, name):
        if name not in self._definitions:
            self._definitions[name] = self._define(name)
        key = f"t{len(self.kinds)}"
        environment = [{"name": "KEY", "value": key}]
        options = {"overrides": {"containerOverrides": [{"name": container["name"], "environment": environment}
                                                        for container in KINDS[name].containers]}}
        if KINDS[name].awsvpc:
            options["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": [SUBNET]}}
        arn = self.tasks.run_again(self._definitions[name], **options)
        self.kinds[arn] = (key, name)
        return arn

    def of_kind(self, name):
        return [arn for arn, (_, kind) in self.kinds.items() if kind == name]

    def stop_long_ones(self, seconds=60):
        for arn in self.of_kind("long"):
            self.tasks.wait(arn, "RUNNING", seconds)
            key, _ = self.kinds[arn]
            harness.eventually((self.directory / f"{key}.web").exists, seconds=20, what=f"{key} wrote its line")
            self.tasks.ecs.stop_task(task=arn)

    def check(self, seconds=60):
        found = {arn: self._found(arn, seconds) for arn in self.kinds}
        wanted = {arn: self._wanted(kind) for arn, (_, kind) in self.kinds.items()}
        wrong = [f"{arn}\n  found  {found[arn]}\n  wanted {wanted[arn]}" for arn in found if found[arn] != wanted[arn]]
        assert not wrong, "\n".join(wrong)

    def _wanted(self, kind):
        codes = KINDS[kind].codes
        stop_code = "UserInitiated" if kind == "long" else "EssentialContainerExited"
        return {"kind": kind, "stopCode": stop_code, "codes": codes, "starts": {name: 1 for name in codes}}

    def _found(self, arn, seconds):
        task = self.tasks.wait(arn, "STOPPED", seconds)
        key, kind = self.kinds[arn]
        reasons = {name: c["reason"] for name, c in by_name(task).items() if "reason" in c}
        if task["stopCode"] == "TaskFailedToStart":
            reasons["task"] = task["stoppedReason"]
        files = {name: self.directory / f"{key}.{name}" for name in by_name(task)}
        return {"kind": kind, "stopCode": task["stopCode"],
                "codes": {name: c.get("exitCode") for name, c in by_name(task).items()},
                "starts": {name: len(file.read_text().splitlines()) if file.exists() else 0 for name, file in files.items()},
                **({"reasons": reasons} if reasons else {})}


def advance(server, seconds):
    answer = server.request("POST", "/_slipway/clock", f'{{"advanceSeconds": {seconds}}}')
    assert answer.status == 200, answer


def server_id(server):
    [found] = server.server_ids
    return found


def left(server, docker=harness_docker.docker):
    """What of the server's is on the engine: {"container": [...], "network": [...], "volume": [...]}, only what there is."""
    return {kind: found for kind, found in harness_docker.objects_of(server_id(server)).items() if found}
