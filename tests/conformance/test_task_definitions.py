"""Task definitions as real clients see them: boto3, the AWS CLI, Terraform; and across a crash."""
import json

import botocore.exceptions
import pytest

CONTAINER = {"name": "app", "image": "nginx", "memory": 64}


def register(ecs, family, **members):
    return ecs.register_task_definition(**{"family": family, "containerDefinitions": [CONTAINER], **members})["taskDefinition"]


def refusal(call, *arguments, **members):
    """(code, message) of a refused call."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def all_arns(ecs, **filters):
    pages = ecs.get_paginator("list_task_definitions").paginate(**filters, PaginationConfig={"PageSize": 3})
    return [arn for page in pages for arn in page["taskDefinitionArns"]]


def test_a_definition_is_answered_with_the_defaults_of_ecs(ecs):
    made = register(ecs, "web", tags=[{"key": "k", "value": "v"}])
    stamp = made.pop("registeredAt")
    assert stamp.tzinfo is not None
    assert made == {
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1", "family": "web", "revision": 1,
        "containerDefinitions": [{**CONTAINER, "cpu": 0, "essential": True, "portMappings": [], "environment": [],
                                  "mountPoints": [], "volumesFrom": [], "systemControls": []}],
        "volumes": [], "status": "ACTIVE", "placementConstraints": [], "compatibilities": ["EXTERNAL", "EC2"],
        "registeredBy": "arn:aws:iam::000000000000:root"}
    described = ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])
    assert described["tags"] == [{"key": "k", "value": "v"}]
    assert described["taskDefinition"] == {**made, "registeredAt": stamp}
    assert "tags" not in ecs.describe_task_definition(taskDefinition="web:1")


def test_a_fargate_definition_is_compatible_with_ec2_and_fargate(ecs):
    made = register(ecs, "fargate", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu=".25 vCPU",
                    memory="0.5 GB", containerDefinitions=[{"name": "app", "image": "nginx",
                                                            "portMappings": [{"containerPort": 80}]}])
    assert (made["cpu"], made["memory"], made["compatibilities"]) == ("256", "512", ["EC2", "FARGATE"])
    assert made["containerDefinitions"][0]["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert refusal(register, ecs, "fargate", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
                   memory="256", containerDefinitions=[{"name": "app", "image": "nginx"}]) == (
        "ClientException", "No Fargate configuration exists for given values: 256 CPU, 256 memory. See the Amazon ECS "
                           "documentation for the valid values.")


def test_revisions_and_pages_survive_kill_9(server):
    ecs = server.ecs
    for _ in range(4):
        register(ecs, "web")
    register(ecs, "worker")
    ecs.deregister_task_definition(taskDefinition="web:4")
    ecs.delete_task_definitions(taskDefinitions=["web:4"])
    before = {arn: ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])["taskDefinition"]
              for arn in all_arns(ecs)}
    assert len(before) == 4
    first = ecs.list_task_definitions(maxResults=2)
    server.restart(kill=True)
    rest = ecs.list_task_definitions(nextToken=first["nextToken"])
    assert first["taskDefinitionArns"] + rest["taskDefinitionArns"] == list(before)
    for arn, described in before.items():
        assert ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])["taskDefinition"] == described
    assert ecs.describe_task_definition(taskDefinition="web:4")["taskDefinition"]["status"] == "DELETE_IN_PROGRESS"
    assert register(ecs, "web")["revision"] == 5


def test_lists_filter_by_exact_family_and_families_by_prefix(ecs):
    for family in ("web", "web", "web-2", "db"):
        register(ecs, family)
    ecs.deregister_task_definition(taskDefinition="db:1")
    prefix = "arn:aws:ecs:us-east-1:000000000000:task-definition/"
    assert all_arns(ecs, familyPrefix="web") == [prefix + "web:1", prefix + "web:2"]
    assert all_arns(ecs, sort="DESC") == [prefix + "web-2:1", prefix + "web:2", prefix + "web:1"]
    assert all_arns(ecs, status="INACTIVE") == [prefix + "db:1"]
    assert ecs.list_task_definition_families(familyPrefix="we")["families"] == ["web", "web-2"]
    assert ecs.list_task_definition_families(status="INACTIVE")["families"] == ["db"]


def test_accounts_and_regions_do_not_see_each_other(server):
    register(server.ecs, "web")
    for other in (server.client("ecs", region="eu-west-1"), server.client("ecs", access_key="123456789012")):
        assert other.list_task_definitions()["taskDefinitionArns"] == []
        assert refusal(other.describe_task_definition, taskDefinition="web") == (
            "ClientException", "Unable to describe task definition.")
    made = register(server.client("ecs", region="eu-west-1", access_key="123456789012"), "web")
    assert made["taskDefinitionArn"] == "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1"
    foreign = made["taskDefinitionArn"]
    assert refusal(server.ecs.describe_task_definition, taskDefinition=foreign)[0] == "ClientException"


def test_a_token_of_another_request_is_refused(server):
    for _ in range(3):
        register(server.ecs, "web")
    token = server.ecs.list_task_definitions(maxResults=1)["nextToken"]
    expected = ("InvalidParameterException", "Invalid token")
    assert refusal(server.ecs.list_task_definitions, nextToken=token, status="INACTIVE") == expected
    assert refusal(server.ecs.list_task_definition_families, nextToken=token) == expected
    assert refusal(server.client("ecs", region="eu-west-1").list_task_definitions, nextToken=token) == expected


@pytest.mark.serve("--time-scale", "100")
def test_a_used_definition_is_deleted_only_after_its_tasks(server):
    ecs = server.ecs
    ecs.create_cluster(clusterName="c")
    register(ecs, "web")
    task = ecs.run_task(cluster="c", taskDefinition="web")["tasks"][0]["taskArn"]
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert refusal(ecs.run_task, cluster="c", taskDefinition="web:1") == ("ClientException", "TaskDefinition is inactive")
    assert refusal(ecs.run_task, cluster="c", taskDefinition="web") == ("ClientException", "TaskDefinition not found.")
    answer = ecs.delete_task_definitions(taskDefinitions=["web:1", "web:2"])
    assert [one["status"] for one in answer["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
    assert answer["failures"] == [{"arn": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:2",
                                   "reason": "The specified task definition does not exist. Specify a valid account, "
                                             "family, revision and try again."}]
    assert ecs.describe_tasks(cluster="c", tasks=[task])["tasks"][0]["taskDefinitionArn"].endswith("web:1")
    assert ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["deleteRequestedAt"]


def test_the_aws_cli_registers_from_a_file(aws, tmp_path):
    file = tmp_path / "definition.json"
    file.write_text(json.dumps({"family": "cli", "containerDefinitions": [CONTAINER]}))
    made = aws("ecs", "register-task-definition", "--cli-input-json", f"file://{file}")["taskDefinition"]
    assert aws("ecs", "describe-task-definition", "--task-definition", "cli")["taskDefinition"] == made
    assert aws("ecs", "list-task-definitions")["taskDefinitionArns"] == [made["taskDefinitionArn"]]
    assert aws("ecs", "deregister-task-definition", "--task-definition", "cli:1")["taskDefinition"]["status"] == "INACTIVE"


TERRAFORM = """
resource "aws_ecs_task_definition" "ec2" {
  family = "ec2"
  container_definitions = jsonencode([{
    name = "app", image = "nginx", memory = 64, essential = true,
    environment = [{ name = "B", value = "%(value)s" }, { name = "A", value = "2" }],
    portMappings = [{ containerPort = 80, hostPort = 0 }],
    mountPoints = [{ sourceVolume = "scratch", containerPath = "/scratch" }],
    healthCheck = { command = ["CMD-SHELL", "true"] }
    linuxParameters = { initProcessEnabled = true }
    restartPolicy = { enabled = true }
  }])
  volume { name = "scratch" }
  tags = { team = "a" }
}

resource "aws_ecs_task_definition" "fargate" {
  family = "fargate"
  network_mode = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu = "256"
  memory = "512"
  execution_role_arn = "arn:aws:iam::000000000000:role/execution"
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture = "X86_64"
  }
  ephemeral_storage { size_in_gib = 21 }
  container_definitions = jsonencode([{
    name = "app", image = "nginx",
    portMappings = [{ containerPort = 80, name = "web", appProtocol = "http" }],
    logConfiguration = { logDriver = "awslogs", options = { awslogs-group = "g", awslogs-region = "us-east-1",
                                                             awslogs-stream-prefix = "p" } }
  }])
}
"""


def test_terraform_applies_plans_empty_updates_and_destroys(server, terraform):
    stack = terraform(server, TERRAFORM % {"value": "1"})
    stack.apply()
    stack.assert_plan_is_empty()
    stack.write(TERRAFORM % {"value": "changed"})
    stack.apply()
    stack.assert_plan_is_empty()
    assert server.ecs.list_task_definitions()["taskDefinitionArns"] == [
        "arn:aws:ecs:us-east-1:000000000000:task-definition/" + name for name in ("ec2:2", "fargate:1")]
    stack.destroy()
    assert server.ecs.list_task_definitions()["taskDefinitionArns"] == []
