"""Runs examples/ci/deploy.yml as a runner would: its steps in order, with $GITHUB_ENV and $GITHUB_PATH between them, and those
of `if: failure()` only after one that failed. Actions of others (`uses`) are left out: the workspace is there already."""
import os
import pathlib
import shutil
import subprocess
import tarfile

import pytest

import harness
import harness_docker
import harness_guard
from harness_guard import REPOSITORY

yaml = pytest.importorskip("yaml", reason="no PyYAML (package python3-yaml)")

IMAGE = "slipway-examples/busybox:1"


class Runner:
    """A workspace with the examples and a tarball of Slipway."""

    def __init__(self, directory):
        self.workspace = pathlib.Path(directory) / "workspace"
        self.workspace.mkdir()
        shutil.copytree(REPOSITORY / "examples", self.workspace / "examples")
        with tarfile.open(self.workspace / "slipway.tar.gz", "w:gz", compresslevel=1) as tarball:
            tarball.add(os.path.realpath(harness.binary()), "slipway-1/slipway")
        self.files = {name: pathlib.Path(directory) / name for name in ("GITHUB_ENV", "GITHUB_PATH")}
        for file in self.files.values():
            file.touch()
        port = harness.free_port()
        self.data_dir = pathlib.Path(directory) / "data"
        self.base = harness_guard.environment(
            **self.files, RUNNER_TEMP=directory, SLIPWAY_DATA_DIR=self.data_dir, ASAN_OPTIONS="detect_leaks=0",
            SLIPWAY_LISTEN=f"127.0.0.1:{port}", SLIPWAY_ENDPOINT=f"http://127.0.0.1:{port}")

    def environment(self):
        """What a step gets: the job's, and what steps before it wrote."""
        made = dict(self.base)
        made.update(line.split("=", 1) for line in self.files["GITHUB_ENV"].read_text().splitlines())
        made["PATH"] = os.pathsep.join([*reversed(self.files["GITHUB_PATH"].read_text().splitlines()), made["PATH"]])
        return made

    def run(self):
        """Names of the steps that were run, the first that failed (or None), and all that they said."""
        job = yaml.safe_load((REPOSITORY / "examples" / "ci" / "deploy.yml").read_text())["jobs"]["deploy"]
        self.base.update(job["env"])
        ran, failed, said = [], None, ""
        for step in job["steps"]:
            assert step.get("if", "failure()") == "failure()", "a condition that this test does not know"
            if "run" not in step or (failed is not None) != ("if" in step):
                continue
            result = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=self.workspace, env=self.environment(),
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
            said += f"--- {step['name']}: {result.returncode}\n{result.stdout}{result.stderr}"
            ran.append(step["name"])
            if result.returncode and failed is None:
                failed = step["name"]
        return ran, failed, said

    def close(self):
        subprocess.run([harness.binary(), "stop"], env=self.environment(), capture_output=True, timeout=60, check=False)
        identity = self.data_dir / "id"
        if identity.exists():
            harness_docker.remove_objects_of(identity.read_text().strip())


@pytest.fixture
def runner(engine, tmp_path):
    image_was_there = harness_docker.inspect(IMAGE) is not None
    made = Runner(tmp_path)
    yield made
    made.close()
    if not image_was_there:
        harness_docker.docker("rmi", IMAGE, check=False)


def test_the_workflow_deploys_and_tests_a_service(runner):
    ran, failed, said = runner.run()
    assert failed is None, said
    assert len(ran) == 5 and "web is stable: 3 of 3 tasks run web:1" in said and "version 1" in said
    assert runner.environment()["AWS_ENDPOINT_URL"] == runner.base["SLIPWAY_ENDPOINT"]
    assert not (runner.workspace / "slipway-dump").exists()


def test_a_broken_service_breaks_the_build_and_the_dump_says_why(runner):
    file = runner.workspace / "examples" / "web" / "task-definition.json"
    text = file.read_text()
    assert '"trap ' in text
    file.write_text(text.replace('"trap ', '"echo no database; exit 4; trap '))
    ran, failed, said = runner.run()
    assert failed is not None and failed.startswith("Deploy"), said
    assert ran[-1] == "Write down why" and not any(name.startswith("Test") for name in ran)
    dump = runner.workspace / "slipway-dump"
    summary = (dump / "summary.txt").read_text()
    assert summary in said
    assert "deployment failed: tasks failed to start." in summary and "web: STOPPED, exit code 4" in summary
    assert any("no database" in log.read_text() for log in (dump / "logs").iterdir())
