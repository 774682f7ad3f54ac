#!/usr/bin/env python3
"""Generate C++ structures and shape tables from the AWS models in api-specs/.

  generate_api.py --specs api-specs --out build/generated                  # write what changed, remove what is stale
  generate_api.py --specs api-specs --out build/generated --list-sources   # print the paths that would be written

For each service of operations.txt it writes, below --out:
  include/slipway/api/<service>/<Structure>.h   one structure, including only the structures that it contains
  include/slipway/api/<service>/errors.h        a factory of AwsError for each error of the model
  include/slipway/api/<service>/service.h       kServiceTable: the table of all operations
  src/api/<service>/*.cpp                       the tables, in shards so that both cores work and ccache helps
and for all of them include/slipway/api/services.h with kServices.

Only what the served operations reach gets structures. See include/slipway/api/shape.h for what the tables mean.
"""

import argparse
import json
import pathlib
import re
import sys

SHARD_SIZE = 40  # structures in one .cpp file
SCALARS = {
    "string": ("String", "std::string"),
    "boolean": ("Boolean", "bool"),
    "integer": ("Integer", "std::int32_t"),
    "long": ("Long", "std::int64_t"),
    "double": ("Double", "double"),
    "float": ("Float", "double"),
    "timestamp": ("Timestamp", "TimePoint"),
    "blob": ("Blob", "std::string"),
}
LOCATIONS = {"header": "Header", "headers": "Headers", "uri": "Uri", "querystring": "QueryString",
             "statusCode": "StatusCode"}
KEYWORDS = set("""alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t
class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default
delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable
namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires
return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try
typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq""".split())
BANNER = "// Written by scripts/generate_api.py from api-specs/{service}. Changes here are lost.\n"


class SpecError(Exception):
    """The model or operations.txt says something that the generator cannot express."""


def snake(name):
    """snake_case of a wire name: taskArn -> task_arn, gpuIds -> gpu_ids, IPv6CIDRs -> ipv6_cidrs, default -> default_."""
    name = re.sub(r"IPv([46])", r"Ipv\1", name)
    name = re.sub(r"([A-Z])([A-Z]+)s(?=[A-Z]|$)", lambda m: m[1] + m[2].lower() + "s", name)  # CPUs -> Cpus
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"[^A-Za-z0-9]+", "_", name).lower()
    return name + "_" if name in KEYWORDS else name


def quote(text):
    """A C++ string literal of printable ASCII; other characters as octal escapes of their UTF-8 bytes."""
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out).replace("??", "?\\?") + '"'


def xml_namespace(value):
    """The uri of an xmlNamespace trait, which is a string in metadata and an object in shapes."""
    return value.get("uri", "") if isinstance(value, dict) else value or ""


def fields(*pairs):
    """Designated initialisers of the pairs whose value is not None, False or the empty string."""
    return ", ".join(f".{key} = {value}" for key, value in pairs if value not in (None, False, "", '""'))


def text(value):
    return quote(value) if value else None


class Model:
    """One service's model, and which of its shapes the served operations reach."""

    def __init__(self, service, document, served):
        self.service = service
        self.namespace = service.replace("-", "_")
        self.metadata = document["metadata"]
        self.operations = document["operations"]
        self.shapes = document["shapes"]
        self.served = served
        unknown = sorted(served - set(self.operations))
        if unknown:
            raise SpecError(f"operations.txt: {service} has no operation {', '.join(unknown)}")
        self.order = []           # reached shapes, each after those that it contains
        self.top_level = set()    # inputs and outputs
        self.member_shapes = set()  # those that some structure's member is of: only they need OptionalOps
        seen = {}
        for name in sorted(served):
            for end in ("input", "output"):
                if end in self.operations[name]:
                    shape = self.operations[name][end]["shape"]
                    self.top_level.add(shape)
                    self.reach(shape, seen)

    def reach(self, name, seen):
        """Depth first, so that a shape stands near those that it contains and shards share few instantiations."""
        if name in seen:
            if seen[name] == "open":
                raise SpecError(f"{self.service}: {name} contains itself; structures are values, so it cannot")
            return
        seen[name] = "open"
        shape = self.shapes[name]
        if shape.get("timestampFormat") not in (None, "iso8601", "unixTimestamp"):
            raise SpecError(f"{self.service}: {name} has a timestampFormat that no codec knows")
        for reference in references(shape):
            if "timestampFormat" in reference:
                raise SpecError(f"{self.service}: {name} sets timestampFormat on a member; only shapes may")
            self.reach(reference["shape"], seen)
        if shape["type"] == "structure" and not shape.get("document"):
            self.member_shapes.update(m["shape"] for m in shape["members"].values())
        if shape["type"] == "list" and self.shapes[shape["member"]["shape"]]["type"] == "boolean":
            raise SpecError(f"{self.service}: {name} is a list of booleans, whose vector has no element addresses")
        if shape["type"] == "map" and self.shapes[shape["key"]["shape"]]["type"] != "string":
            raise SpecError(f"{self.service}: {name} is a map whose keys are not strings")
        seen[name] = "done"
        self.order.append(name)

    def is_structure(self, name):
        return self.shapes[name]["type"] == "structure" and not self.shapes[name].get("document")

    def cpp_type(self, name):
        shape = self.shapes[name]
        if shape.get("document"):
            return "std::string"
        if shape["type"] == "structure":
            return name
        if shape["type"] == "list":
            return f"std::vector<{self.cpp_type(shape['member']['shape'])}>"
        if shape["type"] == "map":
            return f"std::map<std::string, {self.cpp_type(shape['value']['shape'])}>"
        return SCALARS[shape["type"]][1]

    def structures_in(self, name):
        """The structures that a value of this shape holds directly: itself, or those in its lists and maps."""
        if self.is_structure(name):
            return {name}
        shape = self.shapes[name]
        for key in ("member", "value"):
            if key in shape:
                return self.structures_in(shape[key]["shape"])
        return set()

    def members(self, name):
        """[(C++ name, wire name, reference)] in the model's order."""
        found = [(snake(wire), wire, ref) for wire, ref in self.shapes[name]["members"].items()]
        names = [cpp for cpp, _, _ in found]
        if len(set(names)) != len(names):
            raise SpecError(f"{self.service}: two members of {name} have the same C++ name")
        return found

    def error_code(self, shape_name):
        return self.shapes[shape_name].get("error", {}).get("code", shape_name)

    def error_status(self, shape_name):
        shape = self.shapes[shape_name]
        return shape.get("error", {}).get("httpStatusCode", 500 if shape.get("fault") else 400)


def references(shape):
    """The references to other shapes that a value of this shape holds. Map keys are plain strings."""
    if shape.get("document"):
        return []
    return list(shape.get("members", {}).values()) + [shape[key] for key in ("member", "value") if key in shape]


def structure_header(model, name):
    contained = sorted(set().union(*(model.structures_in(ref["shape"]) for _, _, ref in model.members(name))))
    lines = [BANNER.format(service=model.service), "#pragma once\n\n", '#include "slipway/api/shape.h"\n']
    lines += [f'#include "slipway/api/{model.namespace}/{other}.h"\n' for other in contained]
    lines.append(f"\nnamespace slipway::api {{\nnamespace {model.namespace} {{\n\nstruct {name} {{\n")
    # The initialisers let users name only the members they want without a missing-initialiser warning.
    lines += [f"  std::optional<{model.cpp_type(ref['shape'])}> {cpp}{{}};\n" for cpp, _, ref in model.members(name)]
    lines.append(f"  bool operator==(const {name}&) const = default;\n}};\n\n}}  // namespace {model.namespace}\n\n")
    lines.append(f"template <>\nconst Shape& shape_of<{model.namespace}::{name}>();\n\n}}  // namespace slipway::api\n")
    return "".join(lines)


def variable(name):
    """The C++ name of a shape's table."""
    return "k" + name[0].upper() + name[1:] if name[0].isupper() else "k_" + name


def member_row(model, owner, index, reference):
    cpp, wire, ref = reference
    required = wire in model.shapes[owner].get("required", [])
    flattened = ref.get("flattened") or model.shapes[ref["shape"]].get("flattened")
    location = LOCATIONS[ref["location"]] if "location" in ref else None
    return "    {" + fields(
        ("name", quote(wire)), ("location_name", text(ref.get("locationName"))), ("query_name", text(ref.get("queryName"))),
        ("xml_namespace", text(xml_namespace(ref.get("xmlNamespace")))),
        ("location", f"Location::{location}" if location else None), ("required", "true" if required else None),
        ("flattened", "true" if flattened else None), ("host_label", "true" if ref.get("hostLabel") else None),
        ("shape", f"&{variable(ref['shape'])}"), ("field", f"{owner}_{index}")) + "},\n"


def structure_parts(model, name):
    """Accessors and the member rows of a structure, before its table."""
    members = model.members(name)
    if not members:
        return ""
    out = [f"void* {name}_{i}(void* s) {{ return &static_cast<{name}*>(s)->{cpp}; }}\n"
           for i, (cpp, _, _) in enumerate(members)]
    out.append(f"constexpr Member {name}_members[] = {{\n")
    out += [member_row(model, name, i, member) for i, member in enumerate(members)]
    return "".join(out) + "};\n"


def kind_of(shape):
    if shape.get("document"):
        return "Document"
    kinds = {"structure": "Structure", "list": "List", "map": "Map"}
    return kinds.get(shape["type"]) or SCALARS[shape["type"]][0]


def table(model, name):
    """(helpers inside the anonymous namespace, the table's definition) of one shape."""
    shape = model.shapes[name]
    kind = kind_of(shape)
    helpers = structure_parts(model, name) if kind == "Structure" else ""
    if shape.get("enum"):
        values = ", ".join(quote(value) for value in shape["enum"])
        helpers += f"constexpr std::string_view {name}_values[] = {{{values}}};\n"
    element = shape.get("member") or shape.get("value") if kind in ("List", "Map") else None
    own_type = model.cpp_type(name)
    inner_type = model.cpp_type(element["shape"]) if element else ""
    limits = {end: int(shape[end]) if end in shape else None for end in ("min", "max")}
    body = fields(
        ("kind", f"Kind::{kind}"), ("name", quote(name)),
        ("members", f"{name}_members" if kind == "Structure" and shape["members"] else None),
        ("element", f"&{variable(element['shape'])}" if element else None),
        ("element_location_name", text(shape.get("member", {}).get("locationName"))),
        ("key_location_name", text(shape.get("key", {}).get("locationName"))),
        ("value_location_name", text(shape.get("value", {}).get("locationName"))),
        ("flattened", "true" if shape.get("flattened") else None),
        ("enum_values", f"{name}_values" if shape.get("enum") else None),
        *((end, f"std::int64_t{{{limit}}}" if limit is not None else None) for end, limit in limits.items()),
        ("pattern", text(shape.get("pattern"))), ("timestamp_format", text(shape.get("timestampFormat"))),
        ("xml_namespace", text(xml_namespace(shape.get("xmlNamespace")))), ("payload", text(shape.get("payload"))),
        ("event_stream", "true" if shape.get("eventstream") else None),
        ("sensitive", "true" if shape.get("sensitive") else None),
        ("optional", f"kOptionalOps<{own_type}>" if name in model.member_shapes else None),
        ("list", f"kListOps<{inner_type}>" if kind == "List" else None),
        ("map", f"kMapOps<{inner_type}>" if kind == "Map" else None),
        ("object", f"kObjectOps<{name}>" if name in model.top_level else None))
    return helpers, f"constinit const Shape {variable(name)}{{{body}}};\n"


def source(model, includes, anonymous, definitions, outside=""):
    """A .cpp file: includes, helpers, tables in the service's namespace, and what belongs to slipway::api itself."""
    lines = [BANNER.format(service=model.service)] + [f'#include "{path}"\n' for path in includes]
    lines.append('\n// Members that are not named keep their defaults.\n'
                 '#pragma GCC diagnostic ignored "-Wmissing-field-initializers"\n')
    lines.append(f"\nnamespace slipway::api {{\nnamespace {model.namespace} {{\n")
    if anonymous:
        lines.append(f"namespace {{\n{anonymous}}}  // namespace\n\n")
    lines.append(f"{definitions}}}  // namespace {model.namespace}\n{outside}}}  // namespace slipway::api\n")
    return "".join(lines)


def shards(model):
    """Reached shapes in groups of about SHARD_SIZE structures; a list or map goes with the structures that it holds."""
    groups = [[]]
    count = 0
    for name in model.order:
        if model.is_structure(name):
            if count == SHARD_SIZE:
                groups.append([])
                count = 0
            count += 1
        groups[-1].append(name)
    return groups


def shard_source(model, names):
    anonymous, definitions, outside = [], [], []
    held = set()
    for name in names:
        helpers, definition = table(model, name)
        anonymous.append(helpers)
        definitions.append(definition)
        held |= model.structures_in(name)
        if model.is_structure(name):
            outside.append(f"template <>\nconst Shape& shape_of<{model.namespace}::{name}>() {{\n"
                           f"  return {model.namespace}::{variable(name)};\n}}\n")
    includes = ["tables.h"]
    includes += [f"slipway/api/{model.namespace}/{name}.h" for name in sorted(held)]
    return source(model, includes, "".join(anonymous), "".join(definitions), "".join(outside))


def tables_header(model):
    lines = [BANNER.format(service=model.service), '#pragma once\n\n#include "slipway/api/shape.h"\n\n',
             f"namespace slipway::api::{model.namespace} {{\n\n"]
    lines += [f"extern const Shape {variable(name)};\n" for name in sorted(model.order)]
    lines.append(f"\n}}  // namespace slipway::api::{model.namespace}\n")
    return "".join(lines)


def operation_row(model, name):
    """(error array or empty, row) of one operation."""
    operation = model.operations[name]
    codes = ", ".join(quote(model.error_code(error["shape"])) for error in operation.get("errors", []))
    errors = f"constexpr std::string_view {name}_errors[] = {{{codes}}};\n" if codes else ""
    ends = {end: f"&{variable(operation[end]['shape'])}" if name in model.served and end in operation else None
            for end in ("input", "output")}
    row = fields(
        ("name", quote(name)), ("http_method", quote(operation["http"]["method"])),
        ("http_uri", quote(operation["http"]["requestUri"])),
        ("host_prefix", text(operation.get("endpoint", {}).get("hostPrefix"))),
        ("served", "true" if name in model.served else None), ("input", ends["input"]), ("output", ends["output"]),
        ("result_wrapper", text(operation.get("output", {}).get("resultWrapper"))),
        ("errors", f"{name}_errors" if codes else None))
    return errors, f"    {{{row}}},\n"


def service_source(model):
    names = sorted(model.operations)
    rows = [operation_row(model, name) for name in names]
    anonymous = "".join(errors for errors, _ in rows)
    anonymous += "constexpr Operation kOperations[] = {\n" + "".join(row for _, row in rows) + "};\n"
    meta = model.metadata
    body = fields(
        ("name", quote(model.service)), ("service_id", text(meta.get("serviceId"))),
        ("api_version", text(meta.get("apiVersion"))), ("protocol", quote(meta["protocol"])),
        ("json_version", text(meta.get("jsonVersion"))), ("target_prefix", text(meta.get("targetPrefix"))),
        ("signing_name", quote(meta.get("signingName") or meta["endpointPrefix"])),
        ("endpoint_prefix", quote(meta["endpointPrefix"])),
        ("xml_namespace", text(xml_namespace(meta.get("xmlNamespace")))), ("operations", "kOperations"))
    definitions = f"constinit const slipway::api::Service kServiceTable{{{body}}};\n"
    includes = [f"slipway/api/{model.namespace}/service.h", "tables.h"]
    return source(model, includes, anonymous, definitions)


def service_header(model):
    return (BANNER.format(service=model.service) + '#pragma once\n\n#include "slipway/api/shape.h"\n\n'
            f"namespace slipway::api::{model.namespace} {{\n\nextern const slipway::api::Service kServiceTable;\n\n"
            f"}}  // namespace slipway::api::{model.namespace}\n")


def errors_of(model):
    """[(function name, code, status)] of every error of the model, sorted."""
    found = set()
    for name, shape in model.shapes.items():
        if shape.get("exception"):
            code = model.error_code(name)
            found.add((snake(re.sub(r"Exception$", "", code)), code, model.error_status(name)))
    functions = [function for function, _, _ in found]
    if len(set(functions)) != len(functions):
        raise SpecError(f"{model.service}: two errors have the same C++ name")
    return sorted(found)


def errors_header(model):
    functions = "".join(f"AwsError {function}(const std::string& message);  // {status}\n"
                        for function, _, status in errors_of(model))
    return (BANNER.format(service=model.service) +
            f"// The errors that the model declares: `throw {model.namespace}::x(\"text\")`; code and status are the model's.\n"
            '#pragma once\n\n#include <string>\n\n#include "slipway/base/error.h"\n\n'
            f"namespace slipway::api::{model.namespace} {{\n\n{functions}\n}}  // namespace slipway::api::{model.namespace}\n")


def errors_source(model):
    functions = "".join(f"AwsError {function}(const std::string& message) {{ return {{{quote(code)}, message, {status}}}; }}\n"
                        for function, code, status in errors_of(model))
    return (BANNER.format(service=model.service) + f'#include "slipway/api/{model.namespace}/errors.h"\n\n'
            f"namespace slipway::api::{model.namespace} {{\n\n{functions}\n}}  // namespace slipway::api::{model.namespace}\n")


def service_files(model):
    """path below --out -> content"""
    headers = f"include/slipway/api/{model.namespace}"
    sources = f"src/api/{model.namespace}"
    files = {f"{headers}/{name}.h": structure_header(model, name) for name in model.order if model.is_structure(name)}
    files[f"{headers}/service.h"] = service_header(model)
    files[f"{headers}/errors.h"] = errors_header(model)
    files[f"{sources}/tables.h"] = tables_header(model)
    files[f"{sources}/service.cpp"] = service_source(model)
    files[f"{sources}/errors.cpp"] = errors_source(model)
    for index, names in enumerate(shards(model), start=1):
        files[f"{sources}/shapes_{index}.cpp"] = shard_source(model, names)
    return files


def services_files(models):
    """The list of all services."""
    banner = BANNER.format(service="operations.txt")
    header = (banner + '#pragma once\n\n#include <span>\n\n#include "slipway/api/shape.h"\n\nnamespace slipway::api {\n\n'
              "// Every service that is compiled in, sorted by name.\n"
              "extern const std::span<const Service* const> kServices;\n\n}  // namespace slipway::api\n")
    includes = "".join(f'#include "slipway/api/{model.namespace}/service.h"\n' for model in models)
    pointers = ", ".join(f"&{model.namespace}::kServiceTable" for model in models)
    body = (banner + '#include "slipway/api/services.h"\n\n' + includes + "\nnamespace slipway::api {\nnamespace {\n"
            f"constexpr const Service* kAll[] = {{{pointers}}};\n}}  // namespace\n\n"
            "constinit const std::span<const Service* const> kServices{kAll};\n\n}  // namespace slipway::api\n")
    return {"include/slipway/api/services.h": header, "src/api/services.cpp": body}


def read_operations(path):
    """service -> set of served operations. Lines are `<service>: <Operation>`; # begins a comment."""
    served = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        service, colon, operation = (part.strip() for part in line.partition(":"))
        if not colon or not operation:
            raise SpecError(f"{path.name}:{number}: expected '<service>: <Operation>'")
        served.setdefault(service, set()).add(operation)
    return served


def load(specs):
    """The models of all services of operations.txt, the newest version of each, sorted by name."""
    models = []
    for service, served in sorted(read_operations(specs / "operations.txt").items()):
        versions = sorted((specs / service).glob("*/service-2.json"))
        if not versions:
            raise SpecError(f"operations.txt: no model of {service}")
        models.append(Model(service, json.loads(versions[-1].read_text(encoding="utf-8")), served))
    return models


def generate(specs):
    """path below --out -> content, of everything."""
    models = load(specs)
    files = services_files(models)
    for model in models:
        files.update(service_files(model))
    return files


def write(files, out):
    """Writes what differs, so that nothing is compiled again for nothing, and removes what is generated no longer."""
    for path, content in files.items():
        target = out / path
        if target.exists() and target.read_text(encoding="utf-8") == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    for root in ("include/slipway/api", "src/api"):
        for old in (out / root).rglob("*.*"):
            if old.is_file() and str(old.relative_to(out)) not in files:
                old.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--list-sources", action="store_true",
                        help="print all paths, headers too: the build then knows who makes them")
    options = parser.parse_args()
    try:
        files = generate(options.specs)
    except SpecError as error:
        sys.exit(f"generate_api.py: {error}")
    if options.list_sources:
        print("\n".join(str(options.out / path) for path in sorted(files)))
    else:
        write(files, options.out)


if __name__ == "__main__":
    main()
