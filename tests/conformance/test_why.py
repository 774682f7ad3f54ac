"""slipway why: what a service or a task waits for and why it ended, as the planner, the rules of tasks and the agent say it.
Simulated engine; time stands still but for what a test advances."""
import json
import re

import pytest

import harness
from harness_services import Service

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}


@pytest.fixture
def web(server):
    return Service(server)


def advance(server, seconds):
    assert server.request("POST", "/_slipway/clock", json.dumps({"advanceSeconds": seconds})).status == 200


def why(server, *arguments):
    result = server.slipway("why", *arguments)
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout


def why_json(server, *arguments):
    return json.loads(why(server, *arguments, "-o", "json"))


def sentences(server, name="web"):
    return why_json(server, name)["reasons"]


def says(server, pattern, name="web"):
    """Waits until one of the sentences matches the whole pattern."""
    return harness.eventually(lambda: [text for text in sentences(server, name) if re.fullmatch(pattern, text)],
                              what=f"{pattern} among {sentences(server, name)}")


def running(web, count):
    web.until(lambda service: service["runningCount"] == count, what=f"{count} running")


def steady(web, count, **members):
    web.create(web.define(), desiredCount=count, **members)
    running(web, count)
    advance(web.server, 60)
    return web.steady()


def run_task(server, *containers, **definition):
    server.ecs.create_cluster(clusterName="default")
    containers = [{"image": "app:1", "memory": 64, **container} for container in containers]
    server.ecs.register_task_definition(family="job", containerDefinitions=containers, **definition)
    return server.ecs.run_task(taskDefinition="job")["tasks"][0]["taskArn"]


def status_of(server, arn):
    return server.ecs.describe_tasks(tasks=[arn])["tasks"][0]["lastStatus"]


def reaches(server, arn, status):
    harness.eventually(lambda: status_of(server, arn) == status, what=status)


# --- services ------------------------------------------------------------------------------------------------------------


def test_settling_tasks_are_told_with_their_time_and_a_steady_service_says_so(web):
    web.create(web.define(), desiredCount=2)
    running(web, 2)
    says(web.server, r"2 of 2 tasks of deployment ecs-svc/\d+ run for less than 40 s and do not count as healthy yet "
                     r"\(next at .*\)\.")
    task = why(web.server, web.task_arns()[0])
    assert re.search(r"It runs and counts as healthy for its service in \d+ s, when it has run for 40 s\.", task)
    advance(web.server, 60)
    web.steady()
    text = why(web.server, "web")
    assert text.splitlines()[0] == "Service web in cluster default (us-east-1): ACTIVE, 2 desired, 2 running, 0 pending"
    assert re.search(r"ecs-svc/\d+ PRIMARY web:1: COMPLETED, 2 running, 0 pending, 0 failed \(ECS deployment .* completed\.\)",
                     text)
    assert "It is steady: nothing is waited for." in text and "has reached a steady state." in text
    assert "waits for\n" not in text
    assert "It runs as it should: nothing is waited for." in why(web.server, web.task_arns()[0])
    seen = why_json(web.server, "web")
    assert (seen["kind"], seen["steady"], seen["reasons"], seen["tasks"], seen["stopped"]) == ("service", True, [], [], [])


def test_slow_starts_are_told_by_the_task_that_is_slow(web):
    web.create(web.define(image="app:pull-500s"), desiredCount=1)
    says(web.server, r"1 of 1 task of deployment ecs-svc/\d+ not RUNNING yet\.")
    told = harness.eventually(lambda: why_json(web.server, "web")["tasks"], what="its task")
    assert told[0]["lastStatus"] == "PENDING"
    assert re.fullmatch(r"Container app waits for image app:pull-500s, which has been pulled for \d+ s.*\.",
                        told[0]["reasons"][0]), told
    assert "Its tasks that are not settled" in why(web.server, "web")


def test_throttled_starts_name_the_time_of_the_next_and_the_failures(web):
    web.create(web.define(image="app:missing"), desiredCount=1)

    def throttled():
        advance(web.server, 30)
        return [text for text in sentences(web.server) if "throttled until" in text]
    told = harness.eventually(throttled, what="throttled")
    assert re.fullmatch(r"1 task to start, throttled until .*: tasks failed to start \d+ times in a row\.", told[0])
    text = why(web.server, "web")
    assert "What it waits for" in text and "Its tasks that ended last" in text
    assert re.search(r"[0-9a-f]{32} \S+Z web:1 TaskFailedToStart: ", text)
    assert "app: STOPPED, CannotPullContainerError" in text


def test_a_taken_port_is_what_a_task_finds_no_place_for(web):
    ports = [{"containerPort": 80, "hostPort": 8080}]
    web.create(web.define(portMappings=ports), desiredCount=2)
    told = says(web.server, r"1 task to start: the service was unable to place a task.* Tried again at .*\.")
    assert "port" in told[0].lower(), told


@pytest.mark.serve("--strict")
def test_a_cluster_without_instances_has_no_place_for_anything(web):
    web.create(web.define(), desiredCount=1)
    told = says(web.server, r"1 task to start: the service was unable to place a task.*")
    assert "No Container Instances were found" in told[0]


def test_protected_tasks_that_should_stop_are_named(web):
    steady(web, 2)
    arns = web.task_arns()
    web.ecs.update_task_protection(cluster="default", tasks=arns, protectionEnabled=True, expiresInMinutes=60)
    web.update(desiredCount=0)
    told = says(web.server, r"Task [0-9a-f]{32} of deployment ecs-svc/\d+ should stop, but is protected until .*\.")
    assert {re.search("[0-9a-f]{32}", text).group() for text in told} == {arn.rsplit("/", 1)[1] for arn in arns}


def test_bounds_that_let_nothing_happen_are_named_with_the_way_out(web):
    steady(web, 1, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150})
    web.update(taskDefinition=web.define())
    says(web.server, r"1 task to start, but maximumPercent 150 allows 1 task, 1 run or start\.")
    says(web.server, r"minimumHealthyPercent 100 keeps 1 healthy, so nothing can stop either: change minimumHealthyPercent "
                     r"or maximumPercent\.")


def test_a_rollback_shows_the_failures_the_deployments_and_the_events(web):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    steady(web, 1, deploymentConfiguration=breaker)
    web.update(taskDefinition=web.define(image="app:missing"))

    def rolled_back():
        advance(web.server, 30)
        return any("rolling back" in event["message"] for event in web.look()["events"])
    harness.eventually(rolled_back, what="rolled back")
    text = why(web.server, "web")
    assert "rolling back to deployment ecs-svc/" in text
    assert "app: STOPPED, CannotPullContainerError" in text
    assert web.primary()["taskDefinition"].endswith("/web:1")


def test_a_deleted_service_says_so(web):
    steady(web, 1)
    arn = web.look()["serviceArn"]
    web.delete(force=True)
    web.until(lambda service: service["status"] == "INACTIVE", what="INACTIVE")
    text = why(web.server, arn)
    assert "INACTIVE" in text and "It was deleted." in text and "Its tasks that ended last" in text


# --- tasks ---------------------------------------------------------------------------------------------------------------


def test_a_task_tells_which_dependency_it_waits_for(server):
    arn = run_task(server, {"name": "db", "healthCheck": {"command": ["CMD", "true"], "interval": 30},
                            "dockerLabels": {"dev.slipway.sim.health": "healthy-after:500"}},
                   {"name": "web", "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]})
    expected = ["Container db has not passed its health check yet.", "Container web waits for db to be HEALTHY."]
    harness.eventually(lambda: sentences(server, arn) == expected, what=expected)
    text = why(server, arn)
    assert re.match(r"Task [0-9a-f]{32} in cluster default \(us-east-1\): PENDING, desired RUNNING, job:1, family:job\n", text)
    assert "What it waits for\n  Container db has" in text and "  web: PENDING\n" in text


def test_a_task_that_stops_tells_when_it_will_be_killed(server):
    arn = run_task(server, {"name": "web", "stopTimeout": 100, "dockerLabels": {"dev.slipway.sim.stop-seconds": "never"}})
    reaches(server, arn, "RUNNING")
    server.ecs.stop_task(task=arn, reason="enough")
    says(server, r"Container web was sent its stop signal \d+ s ago; SIGKILL follows in \d+ s \(stopTimeout 100 s\)\.", arn)
    assert sentences(server, arn)[0] == "It is being stopped (UserInitiated): enough"


@pytest.mark.parametrize("container, expected", [
    ({"image": "app:missing"}, r"TaskFailedToStart: Task failed to start"),
    ({"dockerLabels": {"dev.slipway.sim.run-seconds": "0.1", "dev.slipway.sim.exit-code": "3"}},
     r"EssentialContainerExited: Essential container in task exited"),
    ({"dockerLabels": {"dev.slipway.sim.oom": "true"}}, r"EssentialContainerExited: Essential container in task exited"),
])
def test_an_ended_task_tells_how_it_ended(server, container, expected):
    arn = run_task(server, {"name": "web", **container})
    reaches(server, arn, "STOPPED")
    text = why(server, arn)
    assert re.search(r"It ended at \S+Z: " + expected, text), text
    if "image" in container:
        assert re.search(r"  web: STOPPED, CannotPullContainerError: .*manifest unknown", text)
    labels = container.get("dockerLabels", {})
    if "dev.slipway.sim.exit-code" in labels:
        assert "  web: STOPPED, exit code 3\n" in text
    if "dev.slipway.sim.oom" in labels:
        assert "exit code 137 (SIGKILL), OutOfMemoryError" in text
    assert why_json(server, arn)["reasons"] == []


# --- names ---------------------------------------------------------------------------------------------------------------


def test_names_are_those_of_the_other_commands(web):
    steady(web, 1)
    web.ecs.create_cluster(clusterName="other")
    other = run_task(web.server, {"name": "app"})
    arn = web.task_arns()[0]
    task = arn.rsplit("/", 1)[1]
    for name in (arn, task, task[:16]):
        assert why_json(web.server, name)["id"] == task
    assert why_json(web.server, "web", "--cluster", "default", "--region", "us-east-1")["name"] == "web"
    assert why_json(web.server, web.look()["serviceArn"])["name"] == "web"
    assert why_json(web.server, other)["group"] == "family:job"
    for arguments in (["nothing"], ["web", "--cluster", "other"], ["web", "--cluster", "none"],
                      ["arn:aws:ecs:us-east-1:000000000000:service/default/none"], ["arn:nonsense"]):
        result = web.server.slipway("why", *arguments)
        assert (result.returncode, result.stdout) == (1, ""), result
        assert re.fullmatch(r"slipway: [^\n]+\n", result.stderr), result.stderr
    assert web.server.slipway("why").returncode == 2


def test_the_route_refuses_with_a_sentence(shared_server):
    for path, status in (("/_slipway/why", 400), ("/_slipway/why?arn=", 400), ("/_slipway/why?arn=none", 404)):
        answer = shared_server.request("GET", path)
        assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
        assert json.loads(answer.body)["message"]


# --- port ----------------------------------------------------------------------------------------------------------------


def test_a_simulated_service_has_nothing_to_connect_to(web):
    steady(web, 1)
    result = web.server.slipway("port", "web")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "slipway: containers of the simulated engine listen nowhere: there is nothing to connect to\n"
    for arguments, text in ((["none"], "there is no service or task 'none'"),
                            ([web.task_arns()[0].rsplit("/", 1)[1]], "is a task: only services have addresses")):
        result = web.server.slipway("port", *arguments)
        assert result.returncode == 1 and text in result.stderr, result
    for arguments in ([], ["web", "0"], ["web", "http"], ["web", "65536"]):
        assert web.server.slipway("port", *arguments).returncode == 2


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"arn": 5}', '{"arn": "web", "containerPort": "80"}',
                                  '{"arn": "web", "containerPort": 0}', '{"arn": "web", "containerPort": 65536}',
                                  '{"arn": "web", "containerPort": -1}', '{"arn": "web", "containerPort": 80.5}'])
def test_a_port_that_is_asked_for_badly_is_refused_with_what_to_send(shared_server, body):
    answer = shared_server.request("POST", "/_slipway/ports", body)
    assert answer.status == 400
    assert json.loads(answer.body)["message"].startswith("send {")


def test_status_lists_services(web):
    steady(web, 2)
    result = web.server.slipway("status")
    line = next(line for line in result.stdout.splitlines() if line.startswith("web"))
    assert line.split("\t")[:7] == ["web", "default", "ACTIVE", "2", "2", "0", "web:1 COMPLETED"]
    service = json.loads(web.server.slipway("status", "-o", "json").stdout)["services"][0]
    assert (service["name"], service["ports"]) == ("web", [])
    assert json.loads(web.server.slipway("status", "-o", "json", "--region", "eu-west-1").stdout)["services"] == []
