"""(d) A hundred tasks at once: ten RunTask calls of ten bridge tasks each, until DescribeClusters counts 100 running,
against create and start of a hundred equal containers by direct calls, four at a time (more wins nothing on a small
machine; Slipway keeps at most four launches in flight too). In turns."""
import contextlib
import queue
import statistics
import threading
import time

from . import docker_api, launches, report

TITLE = "A hundred tasks at once against raw calls, four in flight"
GOAL = 1.1
IN_FLIGHT = 4
CLUSTER = launches.CLUSTER


def in_parallel(work, items):
    """Calls work(docker, item) for all items, IN_FLIGHT at a time; the first error is raised."""
    waiting = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    errors = []

    def serve():
        with contextlib.closing(docker_api.Docker()) as docker:
            try:
                while not errors:
                    work(docker, waiting.get_nowait())
            except queue.Empty:
                pass
            except (OSError, docker_api.DockerError) as error:
                errors.append(error)

    threads = [threading.Thread(target=serve) for _ in range(IN_FLIGHT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def raw_crowd(body, docker, run, count):
    """Seconds."""
    begin = time.monotonic()
    in_parallel(lambda own, one: own.start(own.create(one)), [body] * count)
    took = time.monotonic() - begin
    in_parallel(lambda own, made: own.remove(made), docker.labelled(f"{docker_api.LABEL}={run}"))
    return took


def slipway_crowd(client, docker, request, count, server_id):
    """Seconds. Afterwards the tasks and their containers are gone."""
    begin = time.monotonic()
    arns = client.run_tasks(count, **request)
    took = client.wait_for_counts(CLUSTER, count, 0.01) - begin
    for arn in arns:
        client.call("StopTask", cluster=CLUSTER, task=arn)
    client.wait_for_counts(CLUSTER, 0, 0.1)
    for first in range(0, count, 100):
        client.wait_for_status(CLUSTER, arns[first:first + 100], "STOPPED", 0.1)
    in_parallel(lambda own, made: own.remove(made), docker.labelled(f"{docker_api.SERVER_LABEL}={server_id}"))
    return took


def run(options):
    if why := docker_api.missing():
        return [report.absent(f"{options.crowd} tasks", "raw calls", f"≤ {GOAL}×", why)]
    own, reference = [], []
    with docker_api.workshop() as (docker, image, run_id), docker_api.slipway() as server, \
            contextlib.closing(server.client()) as client:
        client.call("CreateCluster", clusterName=CLUSTER)
        definition = launches.definitions(image)[0][1]
        client.call("RegisterTaskDefinition", **definition)
        request = {"cluster": CLUSTER, "taskDefinition": definition["family"], "launchType": "EC2"}
        task = launches.SlipwayTask(client, request)
        task.launch()
        body = docker_api.copy_of(task.shown(docker)[0], run_id)
        task.stop()
        for turn in range(options.crowd_rounds):
            for slipway in (True, False) if turn % 2 == 0 else (False, True):
                if slipway:
                    own.append(slipway_crowd(client, docker, request, options.crowd, server.server_id()))
                else:
                    reference.append(raw_crowd(body, docker, run_id, options.crowd))
    ratio = statistics.median(own) / statistics.median(reference)
    return [report.at_most(f"{options.crowd} bridge tasks", report.spread(own) + " s",
                           "raw calls: " + report.spread(reference) + " s", ratio, GOAL)]
