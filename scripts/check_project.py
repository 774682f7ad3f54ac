#!/usr/bin/env python3
"""Rules of the repository that no compiler knows, over all tracked files:

- source files have at most 600 lines, a module's README at most 30, every module with sources has one;
- no path of somebody's machine (a line that must name one, inside a container say, carries the words `path-ok`);
- no note to do something later without the number of its issue;
- lock files name no host;
- what begins with #! is executable.

Usage: check_project.py [REPOSITORY]. Prints one line per fault, exits 1 when there is one.
"""
import os
import pathlib
import re
import subprocess
import sys

MAX_LINES = 600
MAX_README_LINES = 30
SOURCE = {".h", ".cpp", ".py", ".cmake", ".js", ".css", ".html", ".sh", ".tf", ".ts"}
# Models of AWS are data that others wrote; the licence text is not ours to lint.
FOREIGN = ("api-specs/", "LICENSE")
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:home|root|work|farm)/[\w.-]")
LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b(?!\s*\(#\d+\))")
LOCK_FILE = re.compile(r"(?:^|/)(?:[\w.-]*lock[\w-]*\.(?:json|yaml|yml|hcl)|[\w.-]+\.lock)$")
HOST = re.compile(r"\b[a-z][a-z0-9+.-]*://|\b(?:registry|pypi|npmjs)\.[a-z]", re.I)


def tracked(root):
    """Paths relative to the root: what git tracks, or every file when this is an unpacked tarball."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
    else:
        names = [p.relative_to(root).as_posix() for p in root.rglob("*") if not set(p.parts) & {"build", ".git"}]
    return sorted(n for n in names if n and (root / n).is_file() and not (root / n).is_symlink())


def check_text(name, text):
    """Faults of one file as "name:line: what"."""
    lines = text.split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    source = pathlib.Path(name).suffix in SOURCE or name.endswith("CMakeLists.txt") or text.startswith("#!")
    if source and len(lines) > MAX_LINES:
        yield f"{name}: {len(lines)} lines, at most {MAX_LINES} are allowed: split it"
    if re.fullmatch(r"src/[\w/]+/README\.md", name) and len(lines) > MAX_README_LINES:
        yield f"{name}: {len(lines)} lines, a module's README has at most {MAX_README_LINES}"
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line) and "path-ok" not in line:
            yield f"{name}:{number}: names a path of one machine: {MACHINE_PATH.search(line).group(0)}..."
        if source and LATER.search(line):
            yield f"{name}:{number}: {LATER.search(line).group(0)} without the number of an issue"
        if LOCK_FILE.search(name) and HOST.search(line):
            yield f"{name}:{number}: a lock file names a host: {line.strip()[:80]}"


def check_modules(names):
    """Every module folder with sources has a README.md."""
    modules = {name.split("/")[1] for name in names if re.fullmatch(r"src/\w+/.*\.cpp", name)}
    for module in sorted(modules):
        if f"src/{module}/README.md" not in names:
            yield f"src/{module}: no README.md (purpose, main types, invariants, where to start reading)"


def check(root):
    names = tracked(root)
    faults = list(check_modules(set(names)))
    for name in names:
        data = (root / name).read_bytes()
        if b"\0" in data[:8000] or name.startswith(FOREIGN):
            continue
        faults += check_text(name, data.decode(errors="replace"))
        if data.startswith(b"#!") and not os.access(root / name, os.X_OK):
            faults.append(f"{name}: begins with #! but is not executable (chmod +x, git update-index --chmod=+x)")
    return faults, len(names)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1]).resolve()
    faults, count = check(root)
    print("\n".join(faults) if faults else f"project: {count} files, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
