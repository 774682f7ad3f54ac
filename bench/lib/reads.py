"""(a) Reads under change. A cluster of 100 Fargate tasks on the simulated engine, ten of which change every second (the
oldest is stopped, then a new one is run); wrk with 16 connections asks the same question over and over. Measured in turns
with `reference_http`: Slipway's own HTTP server, which answers a fixed string with the bytes of Slipway's answer. Then the
same question to moto's server with the same number of tasks of the same definition."""
import contextlib
import shutil
import statistics
import tempfile
import threading
import time

from . import api, processes, report, wrk

TITLE = "Describe and list while ten tasks a second change"
GOAL, FLOOR, MOTO_GOAL = 0.5, 0.4, 50
TASKS = 100
CHANGES_PER_SECOND = 10
CLUSTER = "bench"
DEFINITION = {
    "family": "bench", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
    "containerDefinitions": [{"name": "app", "image": "bench/app:1", "essential": True, "memory": 256,
                              "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
                              "environment": [{"name": "STAGE", "value": "bench"}]}]}


def run_request(subnet):
    network = {"subnets": [subnet], "securityGroups": [], "assignPublicIp": "DISABLED"}  # moto needs the empty list
    return {"cluster": CLUSTER, "taskDefinition": "bench", "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network}}


class Changer:
    """A thread that replaces the oldest task by a new one, as a deployment does."""

    def __init__(self, port, request, arns):
        self.client = api.Ecs(port)
        self.request = request
        self.arns = arns  # live tasks, oldest first
        self.failure = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        if self.failure:
            raise self.failure

    def _run(self):
        try:
            due = time.monotonic()
            while not self._ending.wait(max(0, due - time.monotonic())):
                self.client.call("StopTask", cluster=CLUSTER, task=self.arns.pop(0))
                self.arns += self.client.run_tasks(1, **self.request)
                due += 2 / CHANGES_PER_SECOND
        except (OSError, api.ApiError) as error:
            self.failure = error


def questions(arns):
    """(name, operation, body) of each benchmark."""
    return [("DescribeTasks of 1", "DescribeTasks", {"cluster": CLUSTER, "tasks": arns[-1:]}),
            ("DescribeTasks of 100", "DescribeTasks", {"cluster": CLUSTER, "tasks": arns[-TASKS:]}),
            ("ListTasks of 100", "ListTasks", {"cluster": CLUSTER}),
            ("DescribeClusters", "DescribeClusters", {"clusters": [CLUSTER]})]


def compare(server, client, name, operation, body, options):
    """Slipway and the fixed string in turns; the row and Slipway's own rate."""
    answer = client.raw(operation, body)
    own, fixed = [], []
    with tempfile.TemporaryDirectory() as folder, processes.reference_http(answer, folder) as reference:
        for turn in range(options.rounds):
            order = [(server.port, own), (reference.port, fixed)]
            for port, loads in order if turn % 2 == 0 else reversed(order):
                loads.append(wrk.post(port, operation, body, options.seconds))
    rate = statistics.median(load.per_second for load in own)
    reference_rate = statistics.median(load.per_second for load in fixed)
    p99 = statistics.median(load.p99 for load in own)
    row = report.at_least(f"{name} ({len(answer):,} bytes)", f"{rate:,.0f}/s, p99 {p99 / 1000:.2g} ms",
                          f"fixed bytes: {reference_rate:,.0f}/s", rate / reference_rate, GOAL, FLOOR)
    return row, rate


def moto_subnet(port):
    import boto3  # moto cannot be here without it
    ec2 = boto3.client("ec2", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
                       aws_access_key_id="000000000000", aws_secret_access_key="bench")
    return ec2.describe_subnets()["Subnets"][0]["SubnetId"]


def measure_moto(options):
    """Rates of moto's server by name of the question."""
    port = processes.free_port()
    command = [shutil.which("moto_server"), "-H", "127.0.0.1", "-p", port]
    with processes.Program(command, port, group=True), contextlib.closing(api.Ecs(port)) as client:
        arns = populate(client, moto_subnet(port), wait=False)
        return {name: wrk.post(port, operation, body, options.seconds).per_second
                for name, operation, body in questions(arns)}


def populate(client, subnet, wait=True):
    client.call("CreateCluster", clusterName=CLUSTER)
    client.call("RegisterTaskDefinition", **DEFINITION)
    arns = client.run_tasks(TASKS, **run_request(subnet))
    if wait:
        client.wait_for_status(CLUSTER, arns, "RUNNING")
    return arns


def moto_rows(rates, options):
    if not shutil.which("moto_server"):
        return [report.absent(name, "moto", f"≥ {MOTO_GOAL}×", "no `moto_server` on PATH") for name in rates]
    moto = measure_moto(options)
    return [report.at_least(name, f"{rate:,.0f}/s", f"moto: {moto[name]:,.1f}/s", rate / moto[name], MOTO_GOAL)
            for name, rate in rates.items()]


def run(options):
    if why := wrk.missing():
        return [report.absent(TITLE, "fixed bytes", f"≥ {GOAL}×", why)]
    rows, rates = [], {}
    subnet = "subnet-0be9c000000000001"
    with processes.Slipway() as server, contextlib.closing(server.client()) as client:
        arns = populate(client, subnet)
        with Changer(server.port, run_request(subnet), arns):
            for name, operation, body in questions(list(arns)):
                row, rates[name] = compare(server, client, name, operation, body, options)
                rows.append(row)
    return rows + moto_rows(rates, options)
