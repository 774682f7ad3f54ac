"""The fixtures that the conformance and docker suites share; conftest.py of each imports this module's names.

    server         a running server of its own for each test; options: @pytest.mark.serve("--strict", "--time-scale", "20")
    shared_server  one for a whole file: for tests that only read, or that keep to names of their own
    start_server   a factory, for tests that need several, or odd options; .prepare() does not start it
    ecs, aws       boto3 client and AWS CLI of `server`
    terraform      a factory of Terraform working directories (harness_terraform.py); skips without Terraform
"""
import os

import pytest

import harness_guard

harness_guard.install()
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ.update({k: v for k, v in harness_guard.environment().items() if k.startswith("AWS_")})

import harness  # noqa: E402  (botocore must see the environment above)
import harness_terraform  # noqa: E402

SKIPPED_ALL = 77  # tests/CMakeLists.txt: ctest then says "Skipped" instead of "Passed"
REPORT = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line("markers", "serve(*options): options of the `server` fixture")


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter and reporter.stats.get("skipped") and not reporter.stats.get("passed"):
        session.exitstatus = SKIPPED_ALL


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.stash[REPORT] = outcome.get_result()


def say_why(request, servers):
    """Prints the end of each server's log under a failed test (or file, for a shared server)."""
    report = request.node.stash.get(REPORT, None)
    if report.failed if report else request.session.testsfailed:
        for made in servers.made:
            print(f"--- log of {made.endpoint} ({' '.join(made.command())})\n{made.log()[-6000:]}")


@pytest.fixture
def start_server(tmp_path, request):
    servers = harness.Servers(tmp_path)
    yield servers
    say_why(request, servers)
    servers.close()


@pytest.fixture
def server(start_server, request):
    marker = request.node.get_closest_marker("serve")
    return start_server(*(marker.args if marker else ()))


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory, request):
    servers = harness.Servers(tmp_path_factory.mktemp("shared"))
    yield servers(*getattr(request.module, "SHARED_SERVER_OPTIONS", ()))
    say_why(request, servers)
    servers.close()


@pytest.fixture
def ecs(server):
    return server.client("ecs")


@pytest.fixture
def aws(server):
    if not harness.aws_cli():
        pytest.skip("no `aws` on PATH (package awscli)")
    return server.aws


@pytest.fixture
def terraform(tmp_path, request):
    missing = harness_terraform.missing()
    if missing:
        pytest.skip(missing)
    made = []

    def make(server, configuration, **options):
        made.append(harness_terraform.Terraform(tmp_path / f"terraform-{len(made)}", server, configuration, **options))
        return made[-1].init()

    return make
