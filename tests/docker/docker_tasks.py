"""Short words for the docker suite: run a task, wait for a state, look at its containers. Families get a random name, so
that tests can share a server."""
import uuid

import harness
import harness_docker

SUBNET = "subnet-0123456789abcdef0"


class Tasks:
    def __init__(self, server, image):
        self.server, self.ecs, self.image = server, server.ecs, image
        self.ecs.create_cluster(clusterName="default")

    def define(self, *containers, **definition):
        """Registers one definition; containers are dicts, `sh` is short for a shell command."""
        made = []
        for container in containers:
            container = {"image": self.image, "memory": 64, **container}
            container = {key: value for key, value in container.items() if value is not None}
            if "sh" in container:
                container["command"] = ["sh", "-c", container.pop("sh")]
            made.append(container)
        family = "t" + uuid.uuid4().hex[:10]
        answer = self.ecs.register_task_definition(family=family, containerDefinitions=made, **definition)
        return answer["taskDefinition"]["taskDefinitionArn"]

    def run(self, *containers, run=None, **definition):
        """Registers and runs one task; its ARN."""
        return self.run_again(self.define(*containers, **definition), **(run or {}))

    def run_again(self, definition, **run):
        answer = self.ecs.run_task(taskDefinition=definition, **run)
        assert answer["failures"] == [], answer
        assert answer["tasks"][0]["lastStatus"] in ("PENDING", "PROVISIONING")
        return answer["tasks"][0]["taskArn"]

    def run_awsvpc(self, *containers, **definition):
        network = {"awsvpcConfiguration": {"subnets": [SUBNET]}}
        definition = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
                      **definition}
        return self.run(*containers, run={"launchType": "FARGATE", "networkConfiguration": network}, **definition)

    def task(self, arn):
        return self.ecs.describe_tasks(tasks=[arn])["tasks"][0]

    def wait(self, arn, status="STOPPED", seconds=40):
        def look():
            task = self.task(arn)
            if task["lastStatus"] == "STOPPED" and status != "STOPPED":
                raise AssertionError(f"stopped instead of {status}: {task}")
            return task if task["lastStatus"] == status else None
        return harness.eventually(look, seconds, what=f"{arn} {status}")

    def containers(self, arn):
        """docker inspect of the task's containers by name of their definition."""
        found = harness_docker.containers(f"label=com.amazonaws.ecs.task-arn={arn}")
        return {c["Config"]["Labels"]["com.amazonaws.ecs.container-name"]: c for c in found}

    def logs(self, arn, container):
        return harness_docker.docker("logs", self.containers(arn)[container]["Id"])


def by_name(task):
    return {container["name"]: container for container in task["containers"]}
