"""(c) From RunTask to RUNNING on the Docker Engine, against create and start of the same containers by direct calls: bodies
copied from what `inspect` shows of Slipway's own, the second and third container of an awsvpc task created and started at
the same time once the first one, which holds the network, runs. Slipway's side ends when DescribeTasks says RUNNING
(asked every 4 ms, not before 85 % of the reference's best time, because asking takes time from the engine). In turns,
medians."""
import contextlib
import statistics
import threading
import time

from . import docker_api, report

TITLE = "RunTask to RUNNING against raw create and start"
GOAL = 1.15
CLUSTER = "bench"
POLL_SECONDS = 0.004
SUBNET = "subnet-0be9c000000000001"


def container(name, image):
    return {"name": name, "image": image, "essential": True, "memory": 16, "cpu": 0}


def definitions(image):
    """(what, RegisterTaskDefinition body, RunTask members)"""
    vpc = {"awsvpcConfiguration": {"subnets": [SUBNET]}}
    return [("bridge, one container",
             {"family": "bridge", "networkMode": "bridge", "containerDefinitions": [container("app", image)]}, {}),
            ("awsvpc, two containers",
             {"family": "vpc", "networkMode": "awsvpc",
              "containerDefinitions": [container("app", image), container("side", image)]},
             {"networkConfiguration": vpc})]


class RawTask:
    """The same containers by direct calls."""

    def __init__(self, shown, run):
        """`shown`: what inspect shows of one task's containers."""
        self.run = run
        joined = [one for one in shown if one["HostConfig"]["NetworkMode"].startswith("container:")]
        self.joined = joined
        self.first = [one for one in shown if one not in joined]
        self.made = []

    def _launch(self, shown, network_container=None):
        with contextlib.closing(docker_api.Docker()) as docker:
            made = docker.create(docker_api.copy_of(shown, self.run, network_container))
            self.made.append(made)
            docker.start(made)
            return made

    def launch(self):
        """Seconds until all run."""
        begin = time.monotonic()
        holder = [self._launch(shown) for shown in self.first][0]
        threads = [threading.Thread(target=self._launch, args=(shown, holder)) for shown in self.joined]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - begin

    def remove(self, docker):
        for made in reversed(self.made):
            docker.remove(made)
        self.made = []


class SlipwayTask:
    def __init__(self, client, request):
        self.client = client
        self.request = request
        self.arn = None

    def launch(self, patience=0.0):
        """Seconds until RUNNING is seen; not asked before `patience`."""
        begin = time.monotonic()
        self.arn, = self.client.run_tasks(1, **self.request)
        time.sleep(max(0.0, begin + patience - time.monotonic()))
        return self.client.wait_for_status(CLUSTER, [self.arn], "RUNNING", POLL_SECONDS) - begin

    def stop(self):
        self.client.call("StopTask", cluster=CLUSTER, task=self.arn)
        self.client.wait_for_status(CLUSTER, [self.arn], "STOPPED")

    def shown(self, docker):
        """inspect of its containers, the oldest first."""
        found = [docker.inspect(each) for each in docker.labelled(f"com.amazonaws.ecs.task-arn={self.arn}")]
        return sorted(found, key=lambda one: one["Created"])


def measure(client, docker, request, run, rounds):
    """Two lists of seconds: Slipway's and the reference's. The first launch of each warms up and is not counted."""
    task = SlipwayTask(client, request)
    task.launch()
    raw = RawTask(task.shown(docker), run)
    task.stop()
    best = raw.launch()
    raw.remove(docker)
    own, reference = [], []
    for turn in range(rounds):
        for slipway in (True, False) if turn % 2 == 0 else (False, True):
            if slipway:
                own.append(task.launch(0.85 * min([best, *reference])))
                task.stop()
            else:
                reference.append(raw.launch())
                raw.remove(docker)
    return own, reference


def run(options):
    if why := docker_api.missing():
        return [report.absent(what, "raw calls", f"≤ {GOAL}×", why) for what, _, _ in definitions("")]
    rows = []
    with docker_api.workshop() as (docker, image, run_id), docker_api.slipway() as server, \
            contextlib.closing(server.client()) as client:
        client.call("CreateCluster", clusterName=CLUSTER)
        for what, definition, extra in definitions(image):
            client.call("RegisterTaskDefinition", **definition)
            request = {"cluster": CLUSTER, "taskDefinition": definition["family"], "launchType": "EC2", **extra}
            own, reference = measure(client, docker, request, run_id, options.launches)
            ratio = statistics.median(own) / statistics.median(reference)
            rows.append(report.at_most(what, report.spread([1000 * each for each in own]) + " ms",
                                       "raw calls: " + report.spread([1000 * each for each in reference]) + " ms",
                                       ratio, GOAL))
    return rows
