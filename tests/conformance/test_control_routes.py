"""The routes below /_slipway/ and LocalStack's names for them."""
import json
import re
import resource

import harness

DEFINITION = {"family": "app", "containerDefinitions": [{"name": "app", "image": "app:1", "memory": 64}]}


def get(server, path, status=200):
    answer = server.request("GET", path)
    assert answer.status == status, answer
    return json.loads(answer.body)


def post(server, path, body=None, status=200):
    answer = server.request("POST", path, None if body is None else json.dumps(body))
    assert answer.status == status, answer
    return json.loads(answer.body)


def start_a_task(server):
    server.ecs.create_cluster(clusterName="web")
    server.ecs.register_task_definition(**DEFINITION)
    return server.ecs.run_task(cluster="web", taskDefinition="app")["tasks"][0]["taskArn"]


def test_health_tells_version_engine_and_services(shared_server):
    health = get(shared_server, "/_slipway/health")
    assert health["status"] == "running" and health["uptimeSeconds"] >= 0
    assert health["engine"]["kind"] == "simulated" and health["engine"]["reachable"] is True
    assert health["services"] == {"ecs": "running", "sts": "running", "iam": "running"}
    assert re.fullmatch("[0-9a-f]{16}", health["serverId"])
    assert get(shared_server, "/_localstack/health")["services"] == health["services"]


def test_the_clock_advances_and_never_goes_back(server):
    before = get(server, "/_slipway/clock")
    assert before["scale"] == 1 and before["controlTime"].endswith("Z")
    after = post(server, "/_slipway/clock", {"advanceSeconds": 3600})
    assert after["controlTime"] > before["controlTime"]
    assert after["controlTime"][:13] != before["controlTime"][:13]
    for body in ({"advanceSeconds": -1}, {"advanceSeconds": "5"}, {"advanceSeconds": 1e12}, {}, [], {"advanceSeconds": None}):
        assert "advanceSeconds" in post(server, "/_slipway/clock", body, status=400)["message"]
    assert "advanceSeconds" in json.loads(server.request("POST", "/_slipway/clock", b"\xff{").body)["message"]
    server.restart(kill=True)
    assert get(server, "/_slipway/clock")["controlTime"] >= after["controlTime"]


def test_the_clock_does_not_go_beyond_its_end(server):
    for _ in range(18):
        status = server.request("POST", "/_slipway/clock", b'{"advanceSeconds": 316224000}').status
        if status != 200:
            break
    assert status == 400
    assert get(server, "/_slipway/clock")["controlTime"].startswith("21")
    assert start_a_task(server)


def test_a_reset_that_fails_leaves_a_server_that_works(server):
    task = start_a_task(server)
    # Else the launch itself would meet the full disk, and be made up for after it.
    harness.eventually(lambda: server.ecs.describe_tasks(cluster="web", tasks=[task])["tasks"][0]["lastStatus"] == "RUNNING")
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    assert "Nothing was changed" in post(server, "/_slipway/reset", {}, status=500)["message"]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
    harness.eventually(lambda: server.ecs.describe_tasks(cluster="web", tasks=[task])["tasks"][0]["lastStatus"] == "STOPPED")
    again = server.ecs.run_task(cluster="web", taskDefinition="app")["tasks"][0]["taskArn"]
    harness.eventually(lambda: server.ecs.describe_tasks(cluster="web", tasks=[again])["tasks"][0]["lastStatus"] == "RUNNING")
    assert post(server, "/_slipway/reset", {}) == {"status": "reset"}


def test_stopped_tasks_go_after_an_hour_of_control_time(server):
    task = start_a_task(server)
    server.ecs.stop_task(cluster="web", task=task)

    def described():
        return server.ecs.describe_tasks(cluster="web", tasks=[task])["tasks"]
    harness.eventually(lambda: described()[0]["lastStatus"] == "STOPPED")
    post(server, "/_slipway/clock", {"advanceSeconds": 3000})
    assert described()
    post(server, "/_slipway/clock", {"advanceSeconds": 700})

    def forgotten():  # by the housekeeping that comes each 600 s and finds its containers removed
        post(server, "/_slipway/clock", {"advanceSeconds": 600})
        return not described()
    harness.eventually(forgotten, what="the stopped task is forgotten")


def test_warnings_list_each_help_once_with_its_count(server):
    assert get(server, "/_slipway/warnings") == {"warnings": []}
    start_a_task(server)
    [warning] = get(server, "/_slipway/warnings")["warnings"]
    assert warning["count"] == 1 and warning["text"] and warning["account"] == "000000000000"
    assert warning["region"] == "us-east-1" and warning["lastAt"] >= warning["firstAt"]
    definition = {**DEFINITION, "family": "net", "networkMode": "awsvpc"}
    server.ecs.register_task_definition(**definition)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-11111111"]}}
    server.ecs.run_task(cluster="web", taskDefinition="net", networkConfiguration=network)
    adopted = [item for item in get(server, "/_slipway/warnings")["warnings"] if item["resource"] == "subnet-11111111"]
    assert len(adopted) == 1 and adopted[0]["count"] >= 1


def test_metrics_are_prometheus_text(server):
    start_a_task(server)
    answer = server.request("GET", "/_slipway/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = answer.body.decode()
    sample = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+')
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or sample.fullmatch(line), line
    assert 'slipway_requests_total{service="ecs",operation="RunTask",status="200"} 1\n' in text
    assert "slipway_engine_reachable 1\n" in text


def test_status_tells_how_tasks_are(server):
    task = start_a_task(server)
    state = get(server, "/_slipway/status")
    assert [cluster["name"] for cluster in state["clusters"]] == ["web"]
    assert [item["arn"] for item in state["tasks"]] == [task]


def test_reset_empties_the_state_and_keeps_serving(server):
    identity = get(server, "/_slipway/health")["serverId"]
    for path in ("/_slipway/reset", "/_localstack/state/reset"):
        start_a_task(server)
        post(server, path)
        assert get(server, "/_slipway/status") == {"clusters": [], "services": [], "tasks": []}
        assert server.ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"] == []
    assert get(server, "/_slipway/health")["serverId"] == identity
    server.restart(kill=True)
    assert server.ecs.list_clusters()["clusterArns"] == []


def test_two_resets_at_once_both_answer(server):
    import concurrent.futures
    start_a_task(server)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: server.request("POST", "/_slipway/reset").status, range(4)))
    assert answers == [200] * 4
    assert get(server, "/_slipway/status")["clusters"] == []


def test_get_never_resets(shared_server):
    shared_server.ecs.create_cluster(clusterName="stays")
    for path in ("/_slipway/reset", "/_localstack/state/reset"):
        assert shared_server.request("GET", path).status in (404, 405)
    assert shared_server.ecs.describe_clusters(clusters=["stays"])["clusters"]
