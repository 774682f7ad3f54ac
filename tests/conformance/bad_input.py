"""Inputs that no SDK would send, made from the ECS model and from api-specs/ecs/rules.json.

    for path, some in cases("RunTask", make_valid): ...  # every member of the input: values of wrong type, size, form
    for case in rule_cases("RunTask", valid): ...        # a violation of each rule

A case replaces one member of a valid input, below lists too; structures on the way that the valid input lacks are made of
examples. `expect` is "refused" (a 4xx), "serialization" (a 4xx SerializationException) or "any" (a 4xx or success).
"""
import copy
import dataclasses
import json
import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SPECS = REPOSITORY / "api-specs"
sys.path.insert(0, str(REPOSITORY / "scripts"))

import generate_rules  # noqa: E402

MODEL = generate_rules.load_model(SPECS)
OPERATIONS = sorted(generate_rules.served_operations(SPECS))
RULES = generate_rules.rules(SPECS)

# Example values where "x" or 1 would not do.
EXAMPLES = {"sizeInGiB": 21, "containerPath": "/x", "roleArn": "arn:aws:iam::123456789012:role/x", "value": "v",
            "containerName": "app", "sourceVolume": "scratch", "sourceContainer": "side", "subnets": ["subnet-1"],
            "credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x", "image": "nginx"}

WRONG_TYPES = {  # values that are not of the kind
    "string": [1, True, [], {}], "boolean": ["true", 1, [], {}], "integer": ["1", True, [], {}],
    "structure": ["x", 1, True, []], "list": ["x", 1, True, {}], "map": ["x", 1, True, []],
}
TOO_LARGE = [2**31, -2**31 - 1, 2**64]
ODD = {
    "string": ["", "x" * 5000, "\u0000", "\u2028\U0001f40b", "\\", "arn:", "arn:aws:ecs:us-east-1:123456789012:",
               "arn:aws:ecs:us-east-1:123456789012:task/a/b/c/d", "../../../etc/passwd", "a:", "a:b", "a:99999999999", "-1",
               "%s%n", "null"],
    "boolean": [True, False],
    "integer": [-1, 0, 2**31 - 1, -2**31, 1.5, 1e3],
    "structure": [{}],
    "list": [[], [None]],
    "map": [{}, {"": ""}, {"a": None}],
}


@dataclasses.dataclass
class Case:
    operation: str
    path: str
    body: bytes
    expect: str = "any"
    error: str = ""    # the error code, when a rule gives it
    text: str = ""     # the message, when a rule gives it without placeholders

    def __str__(self):
        return f"{self.operation} {self.path}: {self.body[:600]!r}{'...' if len(self.body) > 600 else ''}"


def kind(shape):
    if MODEL["shapes"][shape].get("document"):
        return "document"  # any JSON
    found = MODEL["shapes"][shape]["type"]
    return "integer" if found == "long" else found


def example(shape, name=""):
    """A plausible value: of structures the required members only."""
    definition = MODEL["shapes"][shape]
    if name in EXAMPLES and definition["type"] != "structure":
        return copy.deepcopy(EXAMPLES[name])
    if definition["type"] == "structure":
        return {member: example(definition["members"][member]["shape"], member)
                for member in definition.get("required", [])}
    if definition["type"] == "list":
        return [example(definition["member"]["shape"], name)]
    if definition["type"] == "map":
        return {"k": "v"}
    return {"string": definition.get("enum", ["x"])[0], "boolean": True}.get(definition["type"], 1)


def steps(path):
    """"a[].b" -> ["a", "[]", "b"]"""
    return [step for part in path.split(".") for step in part.replace("[]", " []").split(" ")]


def with_value(valid, operation, path, value):
    """A copy of the valid input whose member at the path is `value`; None removes nothing but is JSON's null."""
    document = copy.deepcopy(valid)
    shape = MODEL["operations"][operation]["input"]["shape"]
    holder, walked = document, steps(path)
    for index, step in enumerate(walked):
        last = index == len(walked) - 1
        if step == "[]":
            shape, key = MODEL["shapes"][shape]["member"]["shape"], 0
            if not holder:
                holder.append(example(shape))
        else:
            shape, key = MODEL["shapes"][shape]["members"][step]["shape"], step
            if step not in holder or holder[step] is None:
                holder[step] = example(shape, step)
        if last:
            holder[key] = value
        holder = holder[key]
    return document


def without(valid, operation, path):
    document = with_value(valid, operation, path, None)
    holder = document
    for step in steps(path)[:-1]:
        holder = holder[0 if step == "[]" else step]
    last = steps(path)[-1]
    if last == "[]":
        holder.clear()
    else:
        del holder[last]
    return document


def paths(operation):
    """(path, shape) of every member below the input and of every list's elements."""
    shape = MODEL["operations"][operation]["input"]["shape"]
    for path, _, _, _, member_shape in generate_rules.members(MODEL, shape):
        yield path, member_shape


def encode(document):
    return json.dumps(document).encode()


def deep(levels):
    return b'{"a":' * levels + b"1" + b"}" * levels


def spliced(valid, member, text):
    """The valid input with a member of raw JSON text before its own members."""
    rest = encode(valid)[1:]
    return b'{"' + member.encode() + b'":' + text + (b"," if rest != b"}" else b"") + rest


def member_cases(operation, valid, path, shape):
    def case(value, expect="any"):
        return Case(operation, path, encode(with_value(valid, operation, path, value)), expect)

    found = kind(shape)
    for value in WRONG_TYPES.get(found, []):
        yield case(value, "serialization")
    for value in ODD.get(found, []):
        yield case(value)
    if found == "integer":
        for value in TOO_LARGE:
            yield case(value, "serialization")
    if MODEL["shapes"][shape].get("enum"):
        yield case("~bad~", "refused")
        yield case(MODEL["shapes"][shape]["enum"][0].swapcase(), "refused")
    if found == "list":
        yield case([example(MODEL["shapes"][shape]["member"]["shape"])] * 150)
    yield case(None)
    yield Case(operation, path, encode(without(valid, operation, path)))


def whole_cases(operation, valid):
    """What concerns the body and not a member."""
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"1", b"{}x", b"\xff\xfe", b'{"a":"\xff"}', b"{'a':1}", b'{"a":1,}',
                 b'{"a":1e400}', b'{"a":"\\ud83d"}', b'{"a":' + b"[" * 20000):
        yield Case(operation, "body", body)
    for levels in (10, 60, 200, 20000):
        yield Case(operation, "deep nesting", spliced(valid, "unknownMember", deep(levels)))


def kept_cases(operation, valid):
    """Changes that ECS ignores: the answer must be as for the valid input."""
    yield Case(operation, "unknown members", spliced(valid, "unknownMember", b'{"a":[1,{"b":null}]}'))
    for member in valid:
        yield Case(operation, f"duplicate {member}", spliced(valid, member, encode(type(valid[member])())))


def cases(operation, valid):
    """(path, its cases) one after another; `valid()` gives the input afresh, as success may use up what it names."""
    for path, shape in paths(operation):
        yield path, list(member_cases(operation, valid(), path, shape))
    yield "the whole", list(whole_cases(operation, valid()))


def violations(rule, shape):
    """Values that break a rule; ABSENT stands for leaving the member out."""
    limit = rule["value"]
    return {
        "required": lambda: [ABSENT], "enum": lambda: ["~bad~"],
        "non_empty": lambda: [ABSENT, [] if kind(shape) == "list" else ""],
        "pattern": lambda: ["\u0007"], "min": lambda: [limit - 1], "max": lambda: [limit + 1],
        "min_length": lambda: ["x" * (limit - 1)], "max_length": lambda: ["x" * (limit + 1)],
        "min_items": lambda: [[]],
        "max_items": lambda: [[example(MODEL["shapes"][shape]["member"]["shape"])] * (limit + 1)],
    }[rule["rule"]]()


ABSENT = object()


def rule_cases(operation, valid):
    shapes = dict(paths(operation))
    for rule in RULES[operation]:
        for value in violations(rule, shapes[rule["member"]]):
            document = (without(valid, operation, rule["member"]) if value is ABSENT
                        else with_value(valid, operation, rule["member"], value))
            text = "" if "{" in rule["text"].replace("{1,255}", "") else rule["text"]
            yield Case(operation, f"{rule['member']} {rule['rule']}", encode(document), "refused", rule["error"], text)
