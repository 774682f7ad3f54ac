#!/usr/bin/env python3
"""Refresh api-specs/ from an installed botocore.

Writes api-specs/<service>/<version>/{service-2,paginators-1,waiters-2}.json in botocore's own layout, so that
AWS_DATA_PATH=api-specs makes an older botocore speak what Slipway serves. Documentation is left out: it is prose of
other people and nine tenths of the bytes. Run it with an interpreter that has a recent botocore, then read the diff.

  scripts/refresh_specs.py                          # the botocore of this interpreter
  scripts/refresh_specs.py --botocore-data DIR      # another one's data directory
"""

import argparse
import gzip
import json
import pathlib
import sys

# Service -> API version. Whole models: a client that uses them keeps all its operations, and the server can tell an
# operation that it does not serve yet from one that does not exist.
SERVICES = {"ecs": "2014-11-13", "sts": "2011-06-15", "iam": "2010-05-08"}
FILES = ("service-2", "paginators-1", "waiters-2")
DROPPED_KEYS = {"documentation", "documentationUrl"}
# What botocore 1.29 (Debian 12) can speak, most wanted first. A model whose `protocol` it does not know gets
# the first of these that the model also offers in `protocols`.
KNOWN_PROTOCOLS = ("json", "query", "ec2", "rest-json", "rest-xml")
LINE_WIDTH = 118


def strip(value):
    """The same model value without documentation, at any depth.

    A key is dropped only when its value is a string: a structure may have a member that is called `documentation`.
    """
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if not (k in DROPPED_KEYS and isinstance(v, str))}
    if isinstance(value, list):
        return [strip(v) for v in value]
    return value


def speakable(metadata):
    """Metadata with a protocol that an old botocore knows."""
    if metadata["protocol"] in KNOWN_PROTOCOLS:
        return metadata
    for protocol in KNOWN_PROTOCOLS:
        if protocol in metadata.get("protocols", []):
            return {**metadata, "protocol": protocol}
    sys.exit(f"{metadata['endpointPrefix']}: no protocol that botocore 1.29 knows among {metadata.get('protocols')}")


def render(value, indent=0):
    """JSON text where whatever fits on one line stays on one line: one line a member, so that diffs are readable."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= LINE_WIDTH and not (isinstance(value, dict) and indent < 2 and value):
        return flat
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        lines = [f"{pad}{json.dumps(k)}: {render(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(pad + render(v, indent + 1) for v in value) + "\n" + " " * indent + "]"
    return flat


def read_data(directory, name):
    """A file of botocore's data directory, plain or gzipped, or None."""
    plain = directory / f"{name}.json"
    if plain.exists():
        return json.loads(plain.read_text(encoding="utf-8"))
    packed = directory / f"{name}.json.gz"
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))
    return None


def refresh(service, version, data, specs):
    """Rewrites the files of one service and tells their sizes."""
    source = data / service / version
    target = specs / service / version
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        content = read_data(source, name)
        if content is None:
            if name == "service-2":
                sys.exit(f"{source}: no {name}.json")
            continue
        content = strip(content)
        if name == "service-2":
            content["metadata"] = speakable(content["metadata"])
        path = target / f"{name}.json"
        path.write_text(render(content) + "\n", encoding="utf-8")
        print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--botocore-data", type=pathlib.Path, help="botocore's data directory (default: the imported one's)")
    parser.add_argument("--specs", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "api-specs")
    options = parser.parse_args()
    data = options.botocore_data
    if data is None:
        import botocore  # imported here: --botocore-data needs none

        print(f"botocore {botocore.__version__}")
        data = pathlib.Path(botocore.__file__).parent / "data"
    for service, version in SERVICES.items():
        refresh(service, version, data, options.specs)


if __name__ == "__main__":
    main()
