#!/usr/bin/env python3
"""Generate the table of input rules from api-specs/ecs/rules.json.

  generate_rules.py --specs api-specs --out build/generated/rules_table.cpp

The file holds the explicit rules, and one for each required member and enumeration of the model's served operations that
neither an explicit rule nor "in_code" (checked by a handler) names. See api-specs/ecs/rules.json for what a rule means and src/services/rules/rules.h for the reader.
`rules(specs)` gives the complete list; the bad-input suite uses it too.
"""

import argparse
import json
import pathlib
import re
import sys

KINDS = {"required": "Required", "non_empty": "NonEmpty", "enum": "Enum", "pattern": "Pattern", "min": "Min", "max": "Max",
         "min_length": "MinLength", "max_length": "MaxLength", "min_items": "MinItems", "max_items": "MaxItems"}
NUMERIC = {"min", "max", "min_length", "max_length", "min_items", "max_items"}
PATTERN = re.compile(r"\[((?:[^\]\\]|\\.|\\p\{\w\})+)\]\{(\d+),(\d*)\}")
CLASSES = {"L": "a-zA-Z", "N": "0-9", "Z": " "}  # each also allows every character beyond ASCII


class RulesError(Exception):
    """rules.json names something that the model does not have, or a value of the wrong kind."""


def served_operations(specs):
    lines = (specs / "operations.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(":")[1].strip() for line in lines if line.startswith("ecs:")]


def load_model(specs):
    newest = sorted(specs.glob("ecs/*/service-2.json"))[-1]
    return json.loads(newest.read_text(encoding="utf-8"))


def members(model, shape_name, prefix=""):
    """(path, owner structure, member name, whether required, shape) of everything below a structure, depth first.
    A list adds "[]"; a list's elements are listed too when they are not structures. Maps are not entered."""
    structure = model["shapes"][shape_name]
    for name, reference in structure.get("members", {}).items():
        path = f"{prefix}{name}"
        shape = reference["shape"]
        yield path, shape_name, name, name in structure.get("required", []), shape
        while model["shapes"][shape]["type"] == "list":
            path += "[]"
            shape = model["shapes"][shape]["member"]["shape"]
            if model["shapes"][shape]["type"] != "structure":
                yield path, shape_name, name, False, shape
        if model["shapes"][shape]["type"] == "structure":
            yield from members(model, shape, path + ".")


def explicit(document, operation, section="rules"):
    for rule in document[section]:
        listed = rule["operations"] if isinstance(rule["operations"], list) else [rule["operations"]]
        if operation in listed:
            yield rule


def of_model(document, model, operation, named):
    """The rules that the model states, but for what `named`, {(path, kind)}, covers."""
    words = document["model_rules"]
    input_shape = model["operations"][operation]["input"]["shape"]
    for path, owner, name, required, shape in members(model, input_shape):
        member = f"{owner}.{name}" if owner != input_shape else name[0].upper() + name[1:]
        if required and not named & {(path, "required"), (path, "non_empty")}:
            yield {"member": path, "rule": "required", "text": words["required"].replace("{Member}", member)}
        if model["shapes"][shape].get("enum") and (path, "enum") not in named:
            yield {"member": path, "rule": "enum", "text": words["enum"].replace("{Member}", member)}


def complete(document, model, operation):
    """All rules of an operation, in order, each with operation, member, rule, value, error and text."""
    shapes = {path: shape for path, _, _, _, shape in members(model, model["operations"][operation]["input"]["shape"])}
    own = list(explicit(document, operation))
    named = {(rule["member"], rule["rule"]) for rule in own + list(explicit(document, operation, "in_code"))}
    default = document["errors"].get(operation, document["errors"]["*"])
    for rule in own + list(of_model(document, model, operation, named)):
        if rule["member"] not in shapes or rule["rule"] not in KINDS:
            raise RulesError(f"{operation}: no member {rule['member']} or no rule {rule['rule']}")
        value = rule.get("value")
        if rule["rule"] == "enum":
            value = value or model["shapes"][shapes[rule["member"]]].get("enum")
            if not value:
                raise RulesError(f"{operation}: {rule['member']} is not an enumeration and names no values")
        elif rule["rule"] in NUMERIC and not isinstance(value, int):
            raise RulesError(f"{operation}: {rule['member']} {rule['rule']} needs a number")
        yield {"operation": operation, "member": rule["member"], "rule": rule["rule"], "value": value,
               "error": rule.get("error", default), "text": rule["text"]}


def rules(specs):
    """Every rule of every served operation, operations sorted."""
    document = json.loads((specs / "ecs" / "rules.json").read_text(encoding="utf-8"))
    model = load_model(specs)
    operations = sorted(served_operations(specs))
    return {operation: list(complete(document, model, operation)) for operation in operations}


def quote(text):
    out = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\{b:03o}" for b in text.encode("utf-8"))
    return '"' + out.replace("??", "?\\?") + '"'


def character_class(pattern):
    """(bitmap of the ASCII characters as two 64-bit words, whether others are allowed, least, most length)"""
    match = PATTERN.fullmatch(pattern)
    if not match:
        raise RulesError(f"{pattern} is not one character class with a length")
    body, least, most = match.groups()
    beyond = "\\p" in body
    body = re.sub(r"\\p\{(\w)\}", lambda m: CLASSES[m[1]], body)
    allowed = {c for c in range(128) if re.fullmatch(f"[{body}]", chr(c))}
    words = [sum(1 << (c - base) for c in allowed if base <= c < base + 64) for base in (0, 64)]
    return words, beyond, int(least), int(most) if most else 0x7FFFFFFF


def table(all_rules):
    lines = ["// Written by scripts/generate_rules.py from api-specs/ecs/rules.json. Changes here are lost.\n",
             '#include "services/rules/rules.h"\n\nnamespace slipway::services::rules {\nnamespace {\n\n',
             "constexpr std::string_view kNone[] = {\"\"};\n"]
    value_names, rows, spans = {}, [], []
    for operation, listed in all_rules.items():
        first = len(rows)
        for rule in listed:
            limit, values, count, words, beyond, least = 0, "kNone", 0, [0, 0], False, 0
            if rule["rule"] in NUMERIC:
                limit = rule["value"]
            elif rule["rule"] == "enum":
                key = tuple(rule["value"])
                if key not in value_names:
                    value_names[key] = f"kValues{len(value_names)}"
                    lines.append(f"constexpr std::string_view {value_names[key]}[] = {{{', '.join(map(quote, key))}}};\n")
                values, count = value_names[key], len(key)
            elif rule["rule"] == "pattern":
                words, beyond, least, limit = character_class(rule["value"])
            span = f"std::span({values}, {count}U)"
            rows.append(f"    {{{quote(rule['member'])}, Kind::{KINDS[rule['rule']]}, {limit}, {least}, {span}, "
                        f"{{{{{words[0]:#x}U, {words[1]:#x}U}}, {str(beyond).lower()}}}, {quote(rule['error'])}, "
                        f"{quote(rule['text'])}}},\n")
        spans.append(f"    {{{quote(operation)}, std::span(kRules).subspan({first}, {len(rows) - first})}},\n")
    lines += ["\nconstexpr Rule kRules[] = {\n", *rows, "};\n\nconstexpr OperationRules kOperations[] = {\n", *spans, "};\n",
              "\n}  // namespace\n\nstd::span<const OperationRules> all_rules() { return kOperations; }\n",
              "\n}  // namespace slipway::services::rules\n"]
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    try:
        text = table(rules(options.specs))
    except RulesError as error:
        sys.exit(f"rules.json: {error}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if not options.out.exists() or options.out.read_text(encoding="utf-8") != text:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
