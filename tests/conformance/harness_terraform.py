"""Terraform with the AWS provider as a user would run it against Slipway: only the endpoint is set.

The provider comes from a directory of this machine (filesystem mirror), never from a registry. Without Terraform or the
provider, `missing()` says what is not there and the tests skip.
"""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess

import harness_guard as guard

PROVIDER = "registry.terraform.io/hashicorp/aws"
SERVICES = ("ecs", "sts", "iam")


def _mirrors():
    home = pathlib.Path.home()
    yield home / ".terraform.d" / "plugins"
    yield pathlib.Path("/usr/local/share/terraform/plugins")
    yield pathlib.Path("/usr/share/terraform/plugins")
    yield from sorted(pathlib.Path("/opt").glob("*"))


@functools.lru_cache(maxsize=None)
def mirror():
    """The mirror directory that holds the AWS provider, and the provider's newest version there; None without one."""
    for root in _mirrors():
        versions = []
        for entry in (root / PROVIDER).glob("*"):
            name = entry.name.removeprefix("terraform-provider-aws_").split("_")[0]
            if re.fullmatch(r"\d+\.\d+\.\d+", name):
                versions.append(tuple(map(int, name.split("."))))
        if versions:
            return root, ".".join(map(str, max(versions)))
    return None


def missing():
    """Why Terraform tests cannot run here, or None."""
    if not shutil.which("terraform"):
        return "no `terraform` on PATH"
    given = os.environ.get("TF_CLI_CONFIG_FILE")
    if not mirror() and not (given and os.path.exists(given)):
        return f"no {PROVIDER} in a local plugin directory and no TF_CLI_CONFIG_FILE that names one"
    return None


class Terraform:
    """One working directory with one state. `via="endpoints"` writes an endpoints block, `via="environment"` sets
    AWS_ENDPOINT_URL; nothing else differs from what a user of AWS writes."""

    def __init__(self, directory, server, configuration, *, via="endpoints", services=SERVICES):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.environment = guard.environment(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TF_INPUT="0",
                                             TF_CLI_CONFIG_FILE=self._cli_configuration())
        endpoints = ""
        if via == "environment":
            self.environment["AWS_ENDPOINT_URL"] = server.endpoint
        else:
            lines = "".join(f'    {service} = "{server.endpoint}"\n' for service in services)
            endpoints = f"  endpoints {{\n{lines}  }}\n"
        version = f'      version = "{mirror()[1]}"\n' if mirror() else ""
        (self.directory / "provider.tf").write_text(
            'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n' + version +
            '    }\n  }\n}\n\nprovider "aws" {\n'
            f'  region     = "{guard.REGION}"\n  access_key = "{guard.ACCESS_KEY}"\n  secret_key = "test"\n'
            f"{endpoints}}}\n")
        self.write(configuration)

    def _cli_configuration(self):
        given = os.environ.get("TF_CLI_CONFIG_FILE")
        if given and os.path.exists(given):
            return given
        path = self.directory / "cli.tfrc"
        path.write_text('disable_checkpoint = true\nprovider_installation {\n'
                        f'  filesystem_mirror {{\n    path = "{mirror()[0]}"\n  }}\n}}\n')
        return str(path)

    def write(self, configuration, name="main.tf"):
        (self.directory / name).write_text(configuration)

    def run(self, *arguments, codes=(0,), timeout=300):
        result = subprocess.run(["terraform", *arguments], cwd=self.directory, env=self.environment,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)
        assert result.returncode in codes, \
            f"terraform {' '.join(arguments)} exited {result.returncode}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}"
        return result

    def init(self):
        self.run("init", "-no-color")
        return self

    def apply(self):
        return self.run("apply", "-no-color", "-auto-approve").stdout

    def destroy(self):
        return self.run("destroy", "-no-color", "-auto-approve").stdout

    def assert_plan_is_empty(self):
        """Exit code 2 of `plan -detailed-exitcode` means that something would change: its text is the failure."""
        result = self.run("plan", "-no-color", "-detailed-exitcode", codes=(0, 2))
        assert result.returncode == 0, f"the plan is not empty:\n{result.stdout[-6000:]}"

    def output(self, name):
        return json.loads(self.run("output", "-json", name).stdout)

    def state(self):
        """The resources of the state by address: {"aws_ecs_cluster.main": {attributes}}."""
        shown = json.loads(self.run("show", "-json").stdout)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {resource["address"]: resource["values"] for resource in resources}
