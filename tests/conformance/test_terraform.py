"""Terraform with nothing but its endpoint set: apply, an empty plan, update in place, destroy."""

STACK = """
resource "aws_ecs_cluster" "main" {{
  name = "main"
  setting {{
    name  = "containerInsights"
    value = "{insights}"
  }}
  configuration {{
    execute_command_configuration {{
      logging = "OVERRIDE"
      log_configuration {{
        cloud_watch_log_group_name = "exec"
      }}
    }}
  }}
  tags = {{ team = "{team}" }}
}}

resource "aws_ecs_cluster" "plain" {{
  name = "plain"
}}

resource "aws_ecs_task_definition" "fargate" {{
  family                   = "fargate"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = "arn:aws:iam::000000000000:role/execution"
  runtime_platform {{
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }}
  container_definitions = jsonencode([{{
    name         = "app"
    image        = "app:{version}"
    essential    = true
    portMappings = [{{ containerPort = 80 }}]
    environment  = [{{ name = "B", value = "2" }}, {{ name = "A", value = "1" }}]
  }}])
  tags = {{ team = "{team}" }}
}}

resource "aws_ecs_task_definition" "ec2" {{
  family = "ec2"
  volume {{
    name = "scratch"
  }}
  container_definitions = jsonencode([
    {{
      name         = "web"
      image        = "web:{version}"
      memory       = 64
      portMappings = [{{ containerPort = 80, hostPort = 0, protocol = "tcp" }}]
      mountPoints  = [{{ sourceVolume = "scratch", containerPath = "/scratch" }}]
      healthCheck  = {{ command = ["CMD-SHELL", "true"] }}
    }},
    {{
      name      = "sidecar"
      image     = "sidecar"
      memory    = 32
      essential = false
      dependsOn = [{{ containerName = "web", condition = "START" }}]
    }}
  ])
}}
"""


def test_clusters_and_task_definitions_apply_plan_empty_update_and_destroy(server, terraform):
    stack = terraform(server, STACK.format(insights="enabled", team="one", version=1))
    stack.apply()
    stack.assert_plan_is_empty()
    ecs = server.ecs
    assert ecs.list_clusters()["clusterArns"] == [f"arn:aws:ecs:us-east-1:000000000000:cluster/{name}"
                                                  for name in ("main", "plain")]
    assert len(ecs.list_task_definitions()["taskDefinitionArns"]) == 2

    stack.write(STACK.format(insights="disabled", team="two", version=2))
    stack.apply()
    stack.assert_plan_is_empty()
    main = ecs.describe_clusters(clusters=["main"], include=["SETTINGS", "TAGS"])["clusters"][0]
    assert main["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert main["tags"] == [{"key": "team", "value": "two"}]
    assert ecs.describe_task_definition(taskDefinition="fargate")["taskDefinition"]["revision"] == 2

    stack.destroy()
    assert ecs.list_clusters()["clusterArns"] == []
    assert ecs.list_task_definitions()["taskDefinitionArns"] == []
    assert ecs.describe_clusters(clusters=["main"])["clusters"][0]["status"] == "INACTIVE"


def test_the_endpoint_may_come_from_the_environment(server, terraform):
    stack = terraform(server, 'resource "aws_ecs_cluster" "main" {\n  name = "main"\n}\n', via="environment")
    stack.apply()
    stack.assert_plan_is_empty()
    stack.destroy()
    assert server.ecs.list_clusters()["clusterArns"] == []
