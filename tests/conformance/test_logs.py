"""What containers print: the route /_slipway/logs and `slipway logs`. Simulated engine: labels say what is printed."""
import json
import os
import re
import select
import subprocess

import harness
import harness_guard
from harness_terminal import Terminal


def container(name, essential=True, **labels):
    labels = {f"dev.slipway.sim.{key.replace('_', '-')}": str(value) for key, value in labels.items()}
    return {"name": name, "image": "app:1", "memory": 64, "essential": essential, "dockerLabels": labels}


def run_task(server, *containers, cluster="web"):
    ecs = server.ecs
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(family="app", containerDefinitions=list(containers))
    task = ecs.run_task(cluster=cluster, taskDefinition="app")["tasks"][0]["taskArn"]
    harness.eventually(lambda: status(server, task, cluster) in ("RUNNING", "STOPPED"), what="task started")
    return task


def status(server, task, cluster="web"):
    return server.ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]["lastStatus"]


def short(task):
    return task.rsplit("/", 1)[1][:8]


def ask(server, query, code=200):
    answer = server.request("GET", f"/_slipway/logs?{query}")
    assert answer.status == code, answer
    return answer


def records(answer):
    return [json.loads(line) for line in answer.body.splitlines()]


def connections(server):
    metrics = server.request("GET", "/_slipway/metrics").body.decode()
    return int(re.search(r"^slipway_connections (\d+)$", metrics, re.M).group(1))


class Follower:
    """A `slipway logs` that goes on; ended with its test."""

    def __init__(self, server, *arguments):
        environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint)
        self.process = subprocess.Popen([harness.binary(), "logs", *arguments], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def line(self, seconds=20):
        """The next line; without its end when the command has ended."""
        line = b""
        while not line.endswith(b"\n") and select.select([self.process.stdout], [], [], seconds)[0]:
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                break
            line += byte
        return line.decode().rstrip("\n")


# --- the route -----------------------------------------------------------------------------------------------------------


def test_the_route_answers_lines_of_json_with_their_origin(server):
    task = run_task(server, container("app", log="one\ntwo"), container("side", log_stderr="bad"))
    answer = ask(server, f"arn={task}")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["x-slipway-log-sources"] == "several"
    found = records(answer)
    assert sorted((r["container"], r["stream"], r["text"]) for r in found) == [
        ("app", "stdout", "one"), ("app", "stdout", "two"), ("side", "stderr", "bad")]
    assert {r["task"] for r in found} == {task.rsplit("/", 1)[1]}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", r["time"]) for r in found)
    assert [r["time"] for r in found] == sorted(r["time"] for r in found)
    assert [r["text"] for r in records(ask(server, f"arn={task}&container=app&tail=1"))] == ["two"]
    assert ask(server, f"arn={task}&container=app").headers["x-slipway-log-sources"] == "one"
    assert records(ask(server, f"arn={task}&since=2100-01-01T00:00:00Z")) == []


def test_what_is_asked_wrongly_is_refused_in_words(server):
    task = run_task(server, container("app"))
    for query, code, words in (("", 400, "say whose output"), ("arn=nope", 404, "slipway status"),
                               (f"arn={task}&tail=x", 400, "tail is a number"), (f"arn={task}&since=x", 400, "since is"),
                               (f"arn={task}&follow=x", 400, "follow is"), ("arn=arn:aws:s3:::bucket", 400, "no ARN of a task"),
                               (f"arn={task}&container=nope", 404, "only app"), ("arn=a&cluster=nope", 404, "no cluster")):
        assert words in json.loads(ask(server, query, code).body)["message"], query
    assert server.request("POST", f"/_slipway/logs?arn={task}").status == 405


def test_a_server_that_stops_ends_what_is_followed(server):
    task = run_task(server, container("app", log="one"))
    with Follower(server, "-f", task) as follower:
        assert follower.line() == "one"
        assert server.stop(seconds=4) == 0
        assert follower.process.wait(5) == 1
        error = follower.process.stderr.read().decode()
        assert re.fullmatch(r"slipway: the answer of \S+ broke off: [^\n]+\n", error), error


# --- the command ---------------------------------------------------------------------------------------------------------


def test_one_container_is_printed_as_it_is(server):
    task = run_task(server, container("app", log="one\n\n  two"))
    for target in (task, task.rsplit("/", 1)[1], short(task)):
        result = server.slipway("logs", target)
        assert (result.returncode, result.stdout, result.stderr) == (0, "one\n\n  two\n", "")
    assert server.slipway("logs", "--tail", "1", task).stdout == "  two\n"
    assert server.slipway("logs", "--since", "1h", task).stdout == "one\n\n  two\n"
    printed = [json.loads(line) for line in server.slipway("logs", "-o", "json", task).stdout.splitlines()]
    assert [record["text"] for record in printed] == ["one", "", "  two"]


def test_several_containers_have_their_names_before_each_line(server):
    task = run_task(server, container("app", log="one"), container("side", essential=False, log="two"))
    assert sorted(server.slipway("logs", task).stdout.splitlines()) == [f"{short(task)}/app | one", f"{short(task)}/side | two"]
    assert server.slipway("logs", "--container", "side", task).stdout == "two\n"


def test_names_have_colours_on_a_terminal_only(server):
    task = run_task(server, container("app", log="one"), container("side", log="two"))
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint)
    with Terminal([harness.binary(), "logs", task], environment) as terminal:
        assert terminal.wait() == 0
        assert re.search(rf"\x1b\[\d+m{short(task)}/app \|\x1b\[0m one", terminal.text), terminal.text


def test_stopped_tasks_still_have_their_output(server):
    task = run_task(server, container("app", log="last words", run_seconds=0.1))
    harness.eventually(lambda: status(server, task) == "STOPPED")
    assert server.slipway("logs", task).stdout == "last words\n"
    assert server.slipway("logs", "-f", task, timeout=10).stdout == "last words\n"


def test_a_task_is_followed_to_its_end(server):
    task = run_task(server, container("app", log="tick", log_every=0.2))
    with Follower(server, "-f", "--tail", "0", task) as follower:
        assert [follower.line(), follower.line()] == ["tick", "tick"]
        server.ecs.stop_task(cluster="web", task=task)
        assert follower.process.wait(10) == 0


def test_a_reader_that_leaves_ends_the_command_quietly_and_leaves_nothing_in_the_server(server):
    task = run_task(server, container("app", log="once"))
    before = connections(server)
    with Follower(server, "-f", task) as follower:
        assert follower.line() == "once"
        assert connections(server) == before + 1
        follower.process.stdout.close()  # nothing more is printed that could fail
        assert follower.process.wait(5) == 0
        assert follower.process.stderr.read() == b""
    with Follower(server, "-f", task) as follower:
        assert follower.line() == "once"
        follower.process.kill()
    harness.eventually(lambda: connections(server) == before, what="connections closed")


def test_wrong_usage_and_unknown_names(server):
    run_task(server, container("app"))
    for arguments, code, words in ((["nope"], 1, "`slipway status` lists"), (["--container", "x", "nope"], 1, "nope"), ([], 2, "TASK"),
                                   (["--since", "soon", "a"], 2, "--since"), (["--tail", "-1", "a"], 2, "--tail"),
                                   (["--cluster", "nope", "a"], 1, "no cluster 'nope'")):
        result = server.slipway("logs", *arguments)
        assert (result.returncode, result.stdout) == (code, ""), result
        assert re.fullmatch(r"slipway: [^\n]+\n", result.stderr) and words in result.stderr, result
    nowhere = f"http://127.0.0.1:{harness.free_port()}"
    assert "slipway start" in server.slipway("logs", "--endpoint", nowhere, "a").stderr


# --- services ------------------------------------------------------------------------------------------------------------


def test_a_service_is_followed_with_the_tasks_that_start_later(server):
    ecs = server.ecs
    ecs.create_cluster(clusterName="web")
    ecs.register_task_definition(family="app", containerDefinitions=[container("app", log="up")])
    ecs.create_service(cluster="web", serviceName="site", taskDefinition="app", desiredCount=1)
    with Follower(server, "-f", "--cluster", "web", "site") as follower:
        first = follower.line()
        assert re.fullmatch("[0-9a-f]{8}/app [|] up", first)
        ecs.update_service(cluster="web", service="site", desiredCount=2)
        second = follower.line()
        assert re.fullmatch("[0-9a-f]{8}/app [|] up", second) and second != first
    arn = ecs.describe_services(cluster="web", services=["site"])["services"][0]["serviceArn"]
    assert sorted(server.slipway("logs", arn).stdout.splitlines()) == sorted([first, second])
