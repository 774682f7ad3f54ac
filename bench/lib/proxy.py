"""(g) The data plane. `reference_http`, Slipway's own HTTP server, answers with a fixed string; wrk with 16 connections asks
it directly and through a program that holds nothing but Slipway's data plane (`proxy`), in turns. Load, proxy and server
share the machine: on two cores, direct connections have one of the two programs' cores each, proxied ones share them
between three. CPU per request is the proxy's own user and system time."""
import statistics
import tempfile

from . import processes, report, wrk

TITLE = "Through the data plane against direct connections"
GOAL, LARGE_GOAL = 0.4, 0.3
SMALL, LARGE = 1_000, 1_000_000


def measure(bytes_of_answer, options):
    """Requests per second direct and through the proxy, its p99 in ms and its CPU seconds per request: medians."""
    direct, proxied, cpu = [], [], []
    with tempfile.TemporaryDirectory() as folder, \
            processes.reference_http(b"x" * bytes_of_answer, folder) as server:
        port = processes.free_port()
        with processes.Program([processes.PROXY, port, server.port], port) as proxy:
            for turn in range(options.rounds):
                for through in (False, True) if turn % 2 == 0 else (True, False):
                    before = processes.cpu_seconds(proxy.pid)
                    load = wrk.post(port if through else server.port, "ListClusters", {}, options.seconds)
                    (proxied if through else direct).append(load)
                    if through:
                        cpu.append((processes.cpu_seconds(proxy.pid) - before) / load.requests)
    rate = [statistics.median(load.per_second for load in loads) for loads in (direct, proxied)]
    return *rate, statistics.median(load.p99 for load in proxied) / 1000, statistics.median(cpu)


def run(options):
    if why := wrk.missing():
        return [report.absent(TITLE, "direct", f"≥ {GOAL}×", why)]
    direct, proxied, p99, cpu = measure(SMALL, options)
    rows = [report.at_least(f"answers of {SMALL:,} bytes", f"{proxied:,.0f}/s, p99 {p99:.2g} ms, {cpu * 1e6:.1f} µs of CPU each",
                            f"direct: {direct:,.0f}/s", proxied / direct, GOAL)]
    direct, proxied, p99, cpu = measure(LARGE, options)
    rate, direct_rate = proxied * LARGE / 1e6, direct * LARGE / 1e6
    rows.append(report.at_least(f"answers of {LARGE:,} bytes", f"{rate:,.0f} MB/s, {cpu * 1e6 / (LARGE / 1e6):.0f} µs of CPU per MB",
                                f"direct: {direct_rate:,.0f} MB/s", proxied / direct, LARGE_GOAL))
    return rows
