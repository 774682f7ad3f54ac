"""(e) Start and size. Seconds from before the process exists to its first answer (asked every half millisecond), on a new
data directory and on one that was used, with the Docker Engine and with the simulated one; the reference is Slipway's HTTP
server alone (`reference_http`), in turns. Memory two seconds after the start, size of the stripped program."""
import contextlib
import shutil
import statistics
import subprocess
import tempfile
import time

from . import docker_api, processes, report

TITLE = "Start, memory, size"
START_GOAL_MS, MEMORY_GOAL_MIB, SIZE_GOAL_MB = 25, 12, 15
IDLE_SECONDS = 2


def start_times(engine, rounds):
    """Milliseconds of each start: on new data directories, on a used one, and of the reference."""
    new, used, reference = [], [], []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        old = stack.enter_context(processes.Slipway(engine=engine))
        for _ in range(rounds):
            with processes.Slipway(engine=engine) as server:
                server.stop()
                shutil.rmtree(server.data)
                new.append(1000 * server.start())
            old.stop()
            used.append(1000 * old.start())
            fixed = stack.enter_context(processes.reference_http(b"{}", folder))
            fixed.stop()
            reference.append(1000 * fixed.start())
            fixed.stop()
    return new, used, reference


def start_rows(engine, rounds):
    new, used, reference = start_times(engine, rounds)
    fixed = statistics.median(reference)
    return [report.limit(f"start to first answer, {engine} engine, {what}", statistics.median(times), "ms", START_GOAL_MS,
                         f"HTTP server alone: {fixed:.3g} ms", fixed)
            for what, times in (("new data", new), ("used data", used))]


def memory_row(engine):
    with tempfile.TemporaryDirectory() as folder, processes.Slipway(engine=engine) as server, \
            processes.reference_http(b"{}", folder) as fixed:
        time.sleep(IDLE_SECONDS)
        own, reference = processes.memory_kib(server.pid) / 1024, processes.memory_kib(fixed.pid) / 1024
    return report.limit(f"idle memory (VmRSS), {engine} engine", own, "MiB", MEMORY_GOAL_MIB,
                        f"HTTP server alone: {reference:.3g} MiB", reference)


def stripped_mb(program):
    with tempfile.TemporaryDirectory() as folder:
        copy = f"{folder}/program"
        shutil.copy(program, copy)
        subprocess.run(["strip", copy], check=True)
        with open(copy, "rb") as file:
            return file.seek(0, 2) / 1e6


def run(options):
    engines = ["simulated"] if docker_api.missing() else ["docker", "simulated"]
    rows = [row for engine in engines for row in start_rows(engine, options.starts)]
    rows += [memory_row(engine) for engine in engines]
    own, reference = stripped_mb(processes.SLIPWAY), stripped_mb(processes.REFERENCE_HTTP)
    rows.append(report.limit("program, stripped", own, "MB", SIZE_GOAL_MB, f"HTTP server alone: {reference:.3g} MB",
                             reference))
    return rows
