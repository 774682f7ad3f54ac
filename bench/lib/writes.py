"""(b) Acknowledged writes. wrk with 16 connections creates clusters, each with a new name; an answer means that the row is
committed (WAL, synchronous=NORMAL). The reference inserts rows of the same size into an SQLite file of its own, one per
transaction, with the same settings. In turns, the median of each counts."""
import pathlib
import sqlite3
import statistics
import subprocess
import tempfile

from . import processes, report, wrk

TITLE = "Acknowledged CreateCluster against SQLite's own commits"
GOAL = 0.5


def row_bytes(database):
    """Mean size of what a cluster's row holds."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        columns = [column[1] for column in connection.execute("PRAGMA table_info(clusters)")]
        sizes = " + ".join(f"length(CAST({column} AS BLOB))" for column in columns)
        return int(connection.execute(f"SELECT avg({sizes}) FROM clusters").fetchone()[0])
    finally:
        connection.close()


def sqlite_commits(seconds, size):
    """Commits per second."""
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        command = [processes.REFERENCE_SQLITE, pathlib.Path(folder) / "reference.db", str(seconds), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    commits, took = done.stdout.split()
    return int(commits) / float(took)


def run(options):
    if why := wrk.missing():
        return [report.absent(TITLE, "SQLite", f"≥ {GOAL}×", why)]
    own, reference, latencies = [], [], []
    for turn in range(options.rounds):
        # A new server each time: the number of clusters is the same for both, turn by turn.
        with processes.Slipway() as server:
            load = wrk.create_clusters(server.port, f"bench{turn}-", options.seconds)
            size = row_bytes(server.data / "state.db")
        own.append(load.per_second)
        latencies.append(load.p99)
        reference.append(sqlite_commits(options.seconds, size))
    rate, commits = statistics.median(own), statistics.median(reference)
    return [report.at_least("CreateCluster, 16 connections",
                            f"{rate:,.0f}/s, p99 {statistics.median(latencies) / 1000:.2g} ms",
                            f"SQLite, {size}-byte rows: {commits:,.0f}/s", rate / commits, GOAL)]
