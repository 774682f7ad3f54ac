"""(f) A hundred thousand tasks on the simulated engine. Two servers side by side, one with 1,000 live tasks, one with
100,000. In turns each gets the same number of changes (half StopTask, half RunTask) and then settles; its user and system
time over all that, divided by the changes, is the CPU per change. Memory per task: growth of VmRSS by the 100,000 tasks.
Restart: SIGTERM, start, first answer, with all tasks live."""
import contextlib
import statistics
import time

from . import processes, report

TITLE = "A hundred thousand tasks on the simulated engine"
CPU_GOAL, MEMORY_GOAL_KIB, RESTART_GOAL_S = 1.3, 3, 3
FEW = 1000
CLUSTER = "bench"
REQUEST = {"cluster": CLUSTER, "taskDefinition": "bench", "launchType": "EC2"}
DEFINITION = {"family": "bench", "networkMode": "none",  # a bridge has addresses for 65,533 only
              "containerDefinitions": [{"name": "app", "image": "bench/app:1", "essential": True, "memory": 6, "cpu": 0}]}
# Room for all tasks: what a machine has is not what is measured.
INSTANCE = "cpu=1000000,memory=100000000"


class Population:
    """A server with so many live tasks."""

    def __init__(self, stack, tasks):
        self.server = stack.enter_context(processes.Slipway("--local-instance", INSTANCE, "--log-level", "warn"))
        self.client = stack.enter_context(contextlib.closing(self.server.client()))
        self.client.call("CreateCluster", clusterName=CLUSTER)
        self.client.call("RegisterTaskDefinition", **DEFINITION)
        self.tasks = tasks
        self.arns = self.client.run_tasks(1, **REQUEST)
        self.settle(1)
        empty = processes.memory_kib(self.server.pid)
        self.arns += self.client.run_tasks(tasks - 1, **REQUEST)
        self.settle(tasks)
        self.kib_per_task = (processes.memory_kib(self.server.pid) - empty) / (tasks - 1)

    def settle(self, running, seconds=600):
        """Until so many tasks run, none is on its way and the agent has nothing to do."""
        deadline = time.monotonic() + seconds
        while (seen := self.states()) != {"running": running, "pending": 0, "stopping": 0, "jobs": 0}:
            if time.monotonic() > deadline:
                raise RuntimeError(f"not settled within {seconds} s: {seen}, {running} should run")
            time.sleep(0.05)

    def states(self):
        metrics = self.server.metrics()
        seen = {state: sum(value for name, value in metrics.items()
                           if name.startswith("slipway_tasks{") and f'state="{state}"' in name)
                for state in ("running", "pending", "stopping")}
        return {**seen, "jobs": metrics["slipway_agent_jobs"]}

    def change(self, changes):
        """CPU microseconds per change, settling included."""
        before = processes.cpu_seconds(self.server.pid)
        for _ in range(changes // 2):
            self.client.call("StopTask", cluster=CLUSTER, task=self.arns.pop(0))
            self.arns += self.client.run_tasks(1, **REQUEST)
        self.settle(self.tasks)
        return 1e6 * (processes.cpu_seconds(self.server.pid) - before) / changes

    def restart(self):
        """Seconds to the first answer after a clean stop."""
        self.client.close()
        self.server.stop()
        return self.server.start()


def run(options):
    few, many = [], []
    with contextlib.ExitStack() as stack:
        small, large = Population(stack, FEW), Population(stack, options.tasks)
        for turn in range(options.rounds):
            order = [(small, few), (large, many)]
            for population, results in order if turn % 2 == 0 else reversed(order):
                results.append(population.change(options.changes))
        restart = large.restart()
        restart_few = small.restart()
    ratio = statistics.median(many) / statistics.median(few)
    return [report.at_most(f"CPU per change at {options.tasks:,} tasks", report.spread(many) + " µs",
                           f"at {FEW:,} tasks: {report.spread(few)} µs", ratio, CPU_GOAL),
            report.limit(f"memory per task at {options.tasks:,} tasks", large.kib_per_task, "KiB", MEMORY_GOAL_KIB,
                         f"at {FEW:,} tasks: {small.kib_per_task:.3g} KiB", small.kib_per_task),
            report.limit(f"restart with {options.tasks:,} tasks", restart, "s", RESTART_GOAL_S,
                         f"with {FEW:,} tasks: {restart_few:.2g} s", restart_few)]
