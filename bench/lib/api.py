"""A small ECS client over one keep-alive connection: an SDK would spend more time on a call than the server does."""
import http.client
import json
import time

TARGET = "AmazonEC2ContainerServiceV20141113."
AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/ecs/aws4_request, "
                 "SignedHeaders=host, Signature=" + "0" * 64)
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "Authorization": AUTHORIZATION}
RUN_AT_ONCE = 10  # RunTask's limit
DESCRIBE_AT_ONCE = 100


class ApiError(RuntimeError):
    pass


class Ecs:
    """Calls on 127.0.0.1:port. One thread."""

    def __init__(self, port, timeout=60):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def close(self):
        self.connection.close()

    def raw(self, operation, body):
        """The bytes of the answer."""
        self.connection.request("POST", "/", json.dumps(body), {**HEADERS, "X-Amz-Target": TARGET + operation})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise ApiError(f"{operation}: {answer.status} {data[:500].decode(errors='replace')}")
        return data

    def call(self, operation, **body):
        return json.loads(self.raw(operation, body))

    def run_tasks(self, count, **request):
        """ARNs of `count` new tasks, in as few calls as the API allows."""
        arns = []
        while len(arns) < count:
            answer = self.call("RunTask", count=min(RUN_AT_ONCE, count - len(arns)), **request)
            if answer["failures"]:
                raise ApiError(f"RunTask: {answer['failures'][0]}")
            arns += [task["taskArn"] for task in answer["tasks"]]
        return arns

    def cluster(self, name):
        return self.call("DescribeClusters", clusters=[name])["clusters"][0]

    def statuses(self, cluster, arns):
        """The distinct lastStatus values among at most 100 tasks."""
        return {task["lastStatus"] for task in self.call("DescribeTasks", cluster=cluster, tasks=arns)["tasks"]}

    def wait_for_status(self, cluster, arns, status, every=0.02, seconds=120):
        """Polls until all of at most 100 tasks have this lastStatus; the moment when that was seen."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.statuses(cluster, arns)
            now = time.monotonic()
            if seen == {status}:
                return now
            if "STOPPED" in seen and status != "STOPPED":
                tasks = self.call("DescribeTasks", cluster=cluster, tasks=arns)["tasks"]
                ended = next(task for task in tasks if task["lastStatus"] == "STOPPED")
                raise ApiError(f"a task stopped: {ended.get('stoppedReason')} "
                               f"{[c.get('reason') for c in ended['containers']]}")
            if now > deadline:
                raise ApiError(f"not {status} within {seconds} s: {seen}")
            time.sleep(every)

    def wait_for_counts(self, cluster, running, every=0.02, seconds=300):
        """Polls DescribeClusters until so many tasks run and none is pending; the moment when that was seen."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.cluster(cluster)
            now = time.monotonic()
            if seen["runningTasksCount"] == running and seen["pendingTasksCount"] == 0:
                return now
            if now > deadline:
                raise ApiError(f"{seen['runningTasksCount']} of {running} tasks run after {seconds} s, "
                               f"{seen['pendingTasksCount']} are pending")
            time.sleep(every)
