"""Short words for tests of services: create, update, wait, and what became of its tasks, whatever the engine.

    web = Service(server)                                # service "web" of family "web" in cluster "default"
    web.create(web.define(), desiredCount=3)
    web.steady()
    web.update(taskDefinition=web.define(sim={"start-seconds": 5}))
    web.steady()
    Lives(web.all_tasks()).most_alive()

Texts of events come from old to new, with `T` for the id of a task and `D1`, `D2`… for deployments as they appear.
"""
import re

import harness

SETTLE_SECONDS = 40  # a task without health checks counts as healthy that long after RUNNING; control time


class Service:
    def __init__(self, server, name="web", client=None):
        self.server, self.name = server, name
        self.ecs = client or server.ecs
        self.ecs.create_cluster(clusterName="default")

    # --- what a user does --------------------------------------------------------------------------------------------

    def define(self, *, sim=None, fargate=False, definition=None, **container):
        """Registers the next revision; `sim` steers the simulated engine. The ARN."""
        labels = {f"dev.slipway.sim.{key}": str(value) for key, value in (sim or {}).items()}
        container = {"name": "app", "image": "app:1", "memory": 64, **container}
        if labels:
            container["dockerLabels"] = labels
        members = dict(definition or {})
        if fargate:
            members.update(networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512")
        answer = self.ecs.register_task_definition(family=self.name, containerDefinitions=[container], **members)
        return answer["taskDefinition"]["taskDefinitionArn"]

    def create(self, definition, **members):
        return self.ecs.create_service(serviceName=self.name, taskDefinition=definition, **members)["service"]

    def update(self, **members):
        return self.ecs.update_service(service=self.name, **members)["service"]

    def delete(self, **members):
        return self.ecs.delete_service(service=self.name, **members)["service"]

    # --- what is there -----------------------------------------------------------------------------------------------

    def look(self, **members):
        return self.ecs.describe_services(services=[self.name], **members)["services"][0]

    def until(self, check, seconds=20, what=""):
        """The service as soon as `check(service)` holds."""
        def look():
            service = self.look()
            return service if check(service) else None
        try:
            return harness.eventually(look, seconds, every=0.02, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}\nlast seen: {self.summary()}\nevents: {self.messages()}") from None

    def steady(self, seconds=20):
        """The service once its only deployment is COMPLETED and all its tasks run."""
        return self.until(is_steady, seconds, "steady")

    def summary(self):
        service = self.look()
        return (service["status"], service["desiredCount"], service["runningCount"], service["pendingCount"],
                [(d["id"], d["status"], d["runningCount"], d["pendingCount"], d["failedTasks"], d["rolloutState"])
                 for d in service["deployments"]])

    def primary(self):
        return self.look()["deployments"][0]

    def row(self, arn=None):
        """The service deployment `arn`, else the current one."""
        arn = arn or self.look()["currentServiceDeployment"]
        return self.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]

    def task_arns(self, status="RUNNING"):
        return self.ecs.list_tasks(serviceName=self.name, desiredStatus=status)["taskArns"]

    def tasks(self, status="RUNNING"):
        """Those with that desired status, described with their tags."""
        arns = self.task_arns(status)
        return self.ecs.describe_tasks(tasks=arns, include=["TAGS"])["tasks"] if arns else []

    def all_tasks(self):
        return self.tasks("STOPPED") + self.tasks("RUNNING")

    def messages(self):
        """Texts of the events, from old to new, without "(service NAME) "; ids replaced as said above."""
        names = {}

        def deployment(match):
            return names.setdefault(match.group(0), f"D{len(names) + 1}")
        texts = [event["message"].removeprefix(f"(service {self.name}) ") for event in reversed(self.look()["events"])]
        texts = [re.sub(r"\(task [0-9a-f]{32}\)", "(task T)", text) for text in texts]
        return [re.sub(r"ecs-svc/[0-9]+", deployment, text) for text in texts]


def is_steady(service):
    primary = service["deployments"][0] if service["deployments"] else {}
    return (len(service["deployments"]) == 1 and primary["rolloutState"] == "COMPLETED"
            and service["runningCount"] == service["desiredCount"] and service["pendingCount"] == 0)


class Lives:
    """How many tasks there were at any time, from what each of them says of its own."""

    def __init__(self, tasks, settle=SETTLE_SECONDS):
        self.tasks, self.settle = tasks, settle

    def _extremes(self, begins, ends, since):
        """(lowest, highest) number of tasks that had begun and not ended, from `since` on; at one instant those that end go
        after those that begin for the lowest, before them for the highest."""
        answers = []
        for ends_first in (False, True):
            moves = [(begin, ends_first, 1) for begin in begins] + [(end, not ends_first, -1) for end in ends]
            count, before, seen = 0, 0, []
            for time, _, step in sorted(moves):
                count += step
                if time >= since:
                    seen.append(count)
                else:
                    before = count
            seen.append(before)
            answers.append(seen)
        return min(answers[0]), max(answers[1])

    def most_alive(self):
        """The most tasks that there were at once and that nobody had asked to stop."""
        return self._extremes([t["createdAt"].timestamp() for t in self.tasks],
                              [t["stoppingAt"].timestamp() for t in self.tasks if "stoppingAt" in t], 0)[1]

    def fewest_healthy(self, since):
        """The fewest healthy tasks at any time from `since` (a datetime) on."""
        well = [t for t in self.tasks if "startedAt" in t]
        begins = [t["startedAt"].timestamp() + self.settle for t in well]
        ends = [max(t["stoppingAt"].timestamp(), begin) for t, begin in zip(well, begins) if "stoppingAt" in t]
        return self._extremes(begins, ends, since.timestamp())[0]
