"""What the documents say, held against the program and the models. (tests/docker/test_document_commands.py runs their commands.)"""
import json
import re
import subprocess

import harness
from harness_guard import REPOSITORY

DOCUMENTS = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("**/*.md"), *(REPOSITORY / "examples").glob("*/README.md"),
                    *(REPOSITORY / "src").glob("**/README.md")])
MODEL = REPOSITORY / "api-specs" / "ecs" / "2014-11-13" / "service-2.json"


def operations():
    """Names of all operations of the ECS model, and of those that are served."""
    known = set(json.loads(MODEL.read_text())["operations"])
    lines = (REPOSITORY / "api-specs" / "operations.txt").read_text().splitlines()
    return known, {line.split(":")[1].strip() for line in lines if line.startswith("ecs:")}


def listed_as_not_served():
    text = (REPOSITORY / "docs" / "limits.md").read_text()
    section = re.search(r"^## Operations that are not served yet\n(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)
    paragraphs = [part for part in section.split("\n\n") if re.fullmatch(r"\s*(\w+,\s+)+\w+\.\s*", part)]
    assert len(paragraphs) == 1, "one paragraph of names, separated by commas"
    return re.findall(r"\w+", paragraphs[0])


def test_limits_name_exactly_the_operations_that_are_not_served():
    known, served = operations()
    names = listed_as_not_served()
    assert len(names) == len(set(names)), "no operation twice"
    assert names == sorted(names), "in alphabetical order"
    assert set(names) == known - served


def test_each_operation_in_limits_answers_that_it_is_not_supported(shared_server):
    for name in listed_as_not_served():
        answer = shared_server.call(name, {})
        assert answer.status == 400, name
        assert json.loads(answer.body)["__type"].endswith("UnsupportedFeatureException"), name


def test_links_between_documents_lead_somewhere():
    missing = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
            if "://" not in target and not (document.parent / target).exists():
                missing.append(f"{document.relative_to(REPOSITORY)}: {target}")
    assert not missing


def test_documents_name_commands_and_options_that_there_are():
    help_of = {}

    def help_text(*command):
        if command not in help_of:
            help_of[command] = subprocess.run([harness.binary(), *command, "--help"], capture_output=True, text=True,
                                              check=False).stdout
        return help_of[command]

    commands = set(re.findall(r"^  ([a-z]+) +\S", help_text().split("Commands:")[1], re.M))
    wrong = []
    for document in DOCUMENTS:
        for command, rest in re.findall(r"\bslipway ([a-z]+)\b([^`\n]*)", "\n".join(code(document))):
            if command not in commands:
                wrong.append(f"{document.relative_to(REPOSITORY)}: slipway {command}")
            elif command != "aws":
                wrong += [f"{document.relative_to(REPOSITORY)}: slipway {command} {option}"
                          for option in re.findall(r"(?<!\S)(--[a-z-]+)", rest) if option not in help_text(command)]
    assert not wrong


def code(document):
    """The pieces of a document that are code: `inline` and fenced."""
    text = document.read_text()
    fenced = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.M | re.S)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    return fenced + inline


def test_module_readmes_are_short_and_there_is_one_for_each():
    for module in sorted(path for path in (REPOSITORY / "src").iterdir() if path.is_dir()):
        readme = module / "README.md"
        assert readme.exists(), module.name
        assert len(readme.read_text().splitlines()) <= 30, readme


def test_module_readmes_name_files_that_exist():
    generated = {"service.h", "errors.h", "slipway/api/services.h"}  # below the build directory
    missing = []
    for readme in sorted((REPOSITORY / "src").glob("*/README.md")):
        for name in re.findall(r"`([\w/.-]+\.(?:h|cpp|py|json|txt))`", readme.read_text()):
            places = [readme.parent, REPOSITORY / "include" / "slipway" / readme.parent.name, REPOSITORY / "include",
                      REPOSITORY / "api-specs", REPOSITORY]
            if name not in generated and not any((place / name).exists() for place in places):
                missing.append(f"{readme.relative_to(REPOSITORY)}: {name}")
    assert not missing
