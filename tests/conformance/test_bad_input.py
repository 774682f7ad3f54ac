"""No input makes the server fail or change what it refuses to change: every member of every served ECS operation, with
values of the wrong type, size, word and form, against a server with something to lose."""
import http.client
import json

import pytest

import bad_input
import harness_guard as guard

COMMON = {"SerializationException"}  # of the protocol, not of the model
CREDENTIAL = f"AWS4-HMAC-SHA256 Credential={guard.ACCESS_KEY}/20260101/us-east-1/ecs/aws4_request, " \
             f"SignedHeaders=host, Signature={'0' * 64}"

DEFINITION = {
    "family": "made", "taskRoleArn": "role", "executionRoleArn": "arn:aws:iam::123456789012:role/x", "networkMode": "bridge",
    "cpu": "256", "memory": "512", "pidMode": "task", "ipcMode": "task", "enableFaultInjection": False,
    "requiresCompatibilities": ["EC2"], "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}],
    "tags": [{"key": "k", "value": "v"}],
    "volumes": [{"name": "scratch", "host": {"sourcePath": "/tmp/x"}},
                {"name": "docker", "dockerVolumeConfiguration": {"scope": "shared", "driver": "local", "labels": {"a": "b"}}}],
    "containerDefinitions": [
        {"name": "app", "image": "nginx", "cpu": 1, "memory": 64, "memoryReservation": 32, "essential": True,
         "portMappings": [{"containerPort": 80, "protocol": "tcp", "name": "web", "appProtocol": "http"}],
         "restartPolicy": {"enabled": True, "ignoredExitCodes": [1], "restartAttemptPeriod": 60},
         "entryPoint": ["a"], "command": ["b"], "environment": [{"name": "A", "value": "B"}],
         "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/file.env"}],
         "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/x", "readOnly": True}],
         "volumesFrom": [{"sourceContainer": "side", "readOnly": True}],
         "linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"], "drop": ["MKNOD"]}, "initProcessEnabled": True,
                             "devices": [{"hostPath": "/dev/x", "permissions": ["read"]}], "sharedMemorySize": 64,
                             "tmpfs": [{"containerPath": "/t", "size": 1, "mountOptions": ["ro"]}], "maxSwap": 1,
                             "swappiness": 1},
         "secrets": [{"name": "S", "valueFrom": "parameter"}], "links": ["side:s"],
         "dependsOn": [{"containerName": "side", "condition": "START"}], "startTimeout": 10, "stopTimeout": 10,
         "versionConsistency": "disabled", "hostname": "h", "user": "u", "workingDirectory": "/w", "privileged": True,
         "readonlyRootFilesystem": True, "dnsServers": ["1.1.1.1"], "dnsSearchDomains": ["x"],
         "extraHosts": [{"hostname": "h", "ipAddress": "1.1.1.1"}], "dockerSecurityOptions": ["no-new-privileges"],
         "interactive": True, "pseudoTerminal": True, "dockerLabels": {"a": "b"},
         "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
         "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}},
         "healthCheck": {"command": ["CMD", "x"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 1},
         "systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}]},
        {"name": "side", "image": "nginx", "memory": 64, "essential": False}],
}

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}}
SERVICE = {"cluster": "services", "serviceName": "base", "taskDefinition": "vpc", "desiredCount": 0, "launchType": "FARGATE",
           "networkConfiguration": VPC, "tags": [{"key": "k", "value": "v"}]}
# Operations that no input makes succeed, as what they look for is not served, and their error.
NEVER = {"ListServicesByNamespace": "NamespaceNotFoundException"}


class Target:
    """The server's ECS through one kept connection, and the state that bad input must not touch."""

    def __init__(self, server):
        self.port = server.port
        self.connection = None
        self.call("CreateCluster", {"clusterName": "base"})
        self.definition = self.call("RegisterTaskDefinition", {
            "family": "base", "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 4}],
            "tags": [{"key": "k", "value": "v"}]})["taskDefinition"]["taskDefinitionArn"]
        self.task = self.run()
        self.call("RegisterTaskDefinition", {"family": "gone", "containerDefinitions": [
            {"name": "app", "image": "nginx", "memory": 4}]})
        self.call("DeregisterTaskDefinition", {"taskDefinition": "gone:1"})
        self.victim_cluster()
        self.victim_definition()
        self.victim_task = self.run()
        instances = self.call("ListContainerInstances", {"cluster": "base"})["containerInstanceArns"]
        self.number = 0
        self.call("CreateCluster", {"clusterName": "services"})
        self.call("RegisterTaskDefinition", {
            "family": "vpc", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
            "containerDefinitions": [{"name": "app", "image": "nginx"}]})
        self.service = self.call("CreateService", SERVICE)["service"]
        self.revision = self.call("DescribeServiceDeployments", {"serviceDeploymentArns": [
            self.service["currentServiceDeployment"]]})["serviceDeployments"][0]["targetServiceRevision"]["arn"]
        self.victim_service()
        self.instance = (instances or ["arn:aws:ecs:us-east-1:123456789012:container-instance/base/" + "0" * 32])[0]
        self.state = self.fingerprint()

    def post(self, operation, body):
        """(status, request id, parsed answer)"""
        headers = {"Content-Type": "application/x-amz-json-1.1", "Authorization": CREDENTIAL,
                   "X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}"}
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request("POST", "/", body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, answer.getheader("x-amzn-RequestId"), json.loads(text)

    def call(self, operation, document):
        status, _, answer = self.post(operation, json.dumps(document))
        assert status == 200, f"{operation}: {answer}"
        return answer

    def run(self):
        answer = self.call("RunTask", {"cluster": "base", "taskDefinition": "base"})
        assert answer["tasks"], answer
        return answer["tasks"][0]["taskArn"]

    # What operations that succeed may take away, and how it is put back.

    def victim_cluster(self):
        self.post("DeleteCluster", b'{"cluster": "victim"}')
        self.call("CreateCluster", {"clusterName": "victim", "tags": [{"key": "k", "value": "v"}]})

    def victim_definition(self):
        made = self.call("RegisterTaskDefinition", {"family": "victim", "containerDefinitions": [
            {"name": "app", "image": "nginx", "memory": 4}]})
        self.victim = made["taskDefinition"]["taskDefinitionArn"]

    def new_service(self, **members):
        """Under a name of its own each time: one that is deleted drains for a while."""
        self.number += 1
        return dict(SERVICE, serviceName=f"made{self.number}", **members)

    def victim_service(self, **members):
        made = self.call("CreateService", self.new_service(**members))["service"]
        self.victim_name = made["serviceName"]
        self.victim_deployment = made["currentServiceDeployment"]

    def delete_service(self, name):
        self.post("DeleteService", json.dumps({"cluster": "services", "service": name, "force": True}).encode())

    def after_success(self, operation, answer):
        if operation == "CreateCluster":
            name = answer["cluster"]["clusterName"]
            if name not in ("base", "victim"):
                self.call("DeleteCluster", {"cluster": name})
        elif operation in ("DeleteCluster", "UpdateCluster", "UpdateClusterSettings", "TagResource", "UntagResource"):
            self.victim_cluster()
        elif operation == "RegisterTaskDefinition":
            self.call("DeregisterTaskDefinition", {"taskDefinition": answer["taskDefinition"]["taskDefinitionArn"]})
        elif operation == "DeregisterTaskDefinition" and answer["taskDefinition"]["family"] == "victim":
            self.victim_definition()
        elif operation == "RunTask":
            for task in answer["tasks"]:
                self.call("StopTask", {"cluster": "base", "task": task["taskArn"]})
        elif operation == "CreateService":
            if answer["service"]["serviceName"] not in ("base", self.victim_name):
                self.delete_service(answer["service"]["serviceName"])
        elif operation in ("UpdateService", "DeleteService", "StopServiceDeployment"):
            self.delete_service(self.victim_name)
            self.victim_service()
        elif operation == "StopTask" and answer["task"]["taskArn"] == self.victim_task:
            self.victim_task = self.run()

    def fingerprint(self):
        """All that bad input could have changed, without what moves on its own."""
        clusters = self.call("ListClusters", {})["clusterArns"]
        described = self.call("DescribeClusters", {"clusters": clusters or ["x"],
                                                   "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]})["clusters"]
        for cluster in described:
            for moving in ("runningTasksCount", "pendingTasksCount"):
                del cluster[moving]
        tasks = self.call("ListTasks", {"cluster": "base"})["taskArns"]
        service = self.call("DescribeServices", {"cluster": "services", "services": ["base"], "include": ["TAGS"]})["services"][0]
        for moving in ("deployments", "events"):
            del service[moving]
        return {"clusters": described, "service": service,
                "families": self.call("ListTaskDefinitionFamilies", {"status": "ACTIVE"}),
                "definitions": [arn for arn in self.call("ListTaskDefinitions", {})["taskDefinitionArns"]
                                if "/victim:" not in arn],
                "victim": self.call("DescribeTaskDefinition", {"taskDefinition": self.victim})["taskDefinition"]["status"],
                "base": self.call("DescribeTaskDefinition", {"taskDefinition": "base", "include": ["TAGS"]}),
                "tasks": sorted("victim" if task == self.victim_task else task for task in tasks)}

    def valid(self, operation):
        """An input that succeeds, with most of its members."""
        arn = "arn:aws:ecs:us-east-1:000000000000:cluster/victim"
        settings = [{"name": "containerInsights", "value": "enabled"}]
        if operation == "StopServiceDeployment":  # one that goes on
            self.delete_service(self.victim_name)
            self.victim_service(desiredCount=1)
        configuration = {"maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0,
                         "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                         "alarms": {"alarmNames": ["a"], "enable": False, "rollback": False}}
        return {
            "CreateService": self.new_service(
                deploymentConfiguration=configuration, platformVersion="LATEST", propagateTags="SERVICE",
                schedulingStrategy="REPLICA", deploymentController={"type": "ECS"}, enableECSManagedTags=True,
                healthCheckGracePeriodSeconds=1, availabilityZoneRebalancing="DISABLED", enableExecuteCommand=False,
                serviceConnectConfiguration={"enabled": False}),
            "UpdateService": {"cluster": "services", "service": self.victim_name, "desiredCount": 0, "taskDefinition": "vpc",
                              "deploymentConfiguration": configuration, "networkConfiguration": VPC,
                              "platformVersion": "LATEST", "forceNewDeployment": True, "propagateTags": "NONE",
                              "healthCheckGracePeriodSeconds": 2, "availabilityZoneRebalancing": "ENABLED"},
            "DeleteService": {"cluster": "services", "service": self.victim_name, "force": True},
            "DescribeServices": {"cluster": "services", "services": ["base"], "include": ["TAGS"]},
            "ListServices": {"cluster": "services", "launchType": "FARGATE", "schedulingStrategy": "REPLICA", "maxResults": 1},
            "ListServicesByNamespace": {"namespace": "n", "maxResults": 1},
            "DescribeServiceRevisions": {"serviceRevisionArns": [self.revision]},
            "ListServiceDeployments": {"cluster": "services", "service": "base", "status": ["SUCCESSFUL"],
                                       "createdAt": {"after": 1}, "maxResults": 1},
            "DescribeServiceDeployments": {"serviceDeploymentArns": [self.service["currentServiceDeployment"]]},
            "StopServiceDeployment": {"serviceDeploymentArn": self.victim_deployment, "stopType": "ROLLBACK"},
            "GetTaskProtection": {"cluster": "base", "tasks": [self.task]},
            "UpdateTaskProtection": {"cluster": "base", "tasks": [self.task], "protectionEnabled": True,
                                     "expiresInMinutes": 60},
            "CreateCluster": {"clusterName": "made", "tags": [{"key": "k", "value": "v"}], "settings": settings},
            "DeleteCluster": {"cluster": "victim"},
            "DeleteTaskDefinitions": {"taskDefinitions": ["gone:1"]},
            "DeregisterTaskDefinition": {"taskDefinition": self.victim},
            "DescribeClusters": {"clusters": ["base"], "include": ["TAGS"]},
            "DescribeContainerInstances": {"cluster": "base", "containerInstances": [self.instance], "include": ["TAGS"]},
            "DescribeTaskDefinition": {"taskDefinition": "base", "include": ["TAGS"]},
            "DescribeTasks": {"cluster": "base", "tasks": [self.task], "include": ["TAGS"]},
            "ListClusters": {"maxResults": 1},
            "ListContainerInstances": {"cluster": "base", "maxResults": 1},
            "ListTagsForResource": {"resourceArn": arn},
            "ListTaskDefinitionFamilies": {"familyPrefix": "b", "status": "ALL", "maxResults": 1},
            "ListTaskDefinitions": {"familyPrefix": "base", "status": "ACTIVE", "sort": "ASC", "maxResults": 1},
            "ListTasks": {"cluster": "base", "desiredStatus": "RUNNING", "maxResults": 1},
            "RegisterTaskDefinition": DEFINITION,
            "RunTask": {"cluster": "base", "taskDefinition": "base", "count": 1, "startedBy": "me", "group": "g",
                        "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
                        "placementStrategy": [{"type": "random"}],
                        "launchType": "EC2", "tags": [{"key": "k", "value": "v"}], "propagateTags": "TASK_DEFINITION",
                        "overrides": {"containerOverrides": [{"name": "app", "command": ["x"], "memory": 4,
                                                              "environment": [{"name": "A", "value": "B"}]}]}},
            "StopTask": {"cluster": "base", "task": self.victim_task, "reason": "r"},
            "TagResource": {"resourceArn": arn, "tags": [{"key": "a", "value": "b"}]},
            "UntagResource": {"resourceArn": arn, "tagKeys": ["k"]},
            "UpdateCluster": {"cluster": "victim", "settings": settings, "configuration": {
                "executeCommandConfiguration": {"logging": "DEFAULT"}}},
            "UpdateClusterSettings": {"cluster": "victim", "settings": settings},
        }[operation]

    def judge(self, case):
        """Sends a case; what is wrong with the answer, or ""."""
        try:
            status, request_id, answer = self.post(case.operation, case.body)
        except (http.client.HTTPException, OSError, ValueError) as error:
            self.connection = None
            return f"no answer: {error!r}"
        if not request_id:
            return "no request id"
        if status == 200:
            self.after_success(case.operation, answer)
            return "" if case.expect == "any" else "was accepted"
        code = answer.get("__type", "")
        declared = bad_input.MODEL["operations"][case.operation]["errors"]
        if not 400 <= status < 500 or code not in COMMON | {error["shape"] for error in declared}:
            return f"{status} {answer}"
        if "message" not in answer:
            return f"no message with {code}"
        if case.expect == "serialization" and code != "SerializationException":
            return f"a value of the wrong type: {answer}"
        if case.error and code != case.error or case.text and answer["message"] != case.text:
            return f"{answer}, not {case.error}: {case.text}"
        return ""


@pytest.fixture(scope="module")
def target(shared_server):
    return Target(shared_server)


def judge_all(target, cases):
    wrong = [f"{case}\n    {verdict}" for case in cases if (verdict := target.judge(case))]
    assert not wrong, f"{len(wrong)} wrong answers, the first ones:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("operation", bad_input.OPERATIONS)
def test_bad_members_get_a_modelled_error_and_change_nothing(target, operation):
    wrong = []
    for path, cases in bad_input.cases(operation, lambda: target.valid(operation)):
        wrong += [f"{case}\n    {verdict}" for case in cases if (verdict := target.judge(case))]
        after = target.fingerprint()
        assert after == target.state, f"{operation} {path} changed the state"
    assert not wrong, f"{len(wrong)} wrong answers, the first ones:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("operation", bad_input.OPERATIONS)
def test_each_rule_is_answered_in_its_own_words(target, operation):
    judge_all(target, bad_input.rule_cases(operation, target.valid(operation)))
    assert target.fingerprint() == target.state


@pytest.mark.parametrize("operation", bad_input.OPERATIONS)
def test_unknown_members_and_overwritten_duplicates_are_ignored(target, operation):
    for index in range(len(list(bad_input.kept_cases(operation, target.valid(operation))))):
        case = list(bad_input.kept_cases(operation, target.valid(operation)))[index]
        status, _, answer = target.post(operation, case.body)
        if operation in NEVER:
            assert answer["__type"] == NEVER[operation], f"{case}: {answer}"
            continue
        assert status == 200, f"{case}: {answer}"
        target.after_success(operation, answer)
