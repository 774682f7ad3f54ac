#!/usr/bin/env python3
"""Holds every #include below include/ and src/ against the module table of CMakeLists.txt.

The table is what slipway_module(... USES ...) and slipway_generated_api(... USES ...) say: there is no second one. A module
may include itself and the public headers of what it USES; a private header (src/<module>/) only its own module. Beside
that: which library may be seen where, and where clocks, sleeping, the environment and randomness may be read at all.

Usage: check_layers.py [REPOSITORY]. Prints one line per fault, exits 1 when there is one.
"""
import pathlib
import re
import sys

# Library -> modules that may include it; None as the list means "any module, but no public header".
LIBRARIES = {
    "SQLite": (re.compile(r"sqlite3\.h"), {"store"}),
    "CLI11": (re.compile(r"CLI/"), {"app", "cli"}),
    "Beast": (re.compile(r"boost/beast"), {"server", "runtime", "cli", "app"}),
    "Asio": (re.compile(r"boost/asio"), {"async", "runtime", "dataplane", "services", "agent", "controllers", "server", "cli", "app"}),
    "nlohmann/json": (re.compile(r"nlohmann/(?!json_fwd)"), None),
}
PUBLIC_HEADER_BANS = {"SQLite", "CLI11", "Beast", "nlohmann/json"}

# What makes a decision depend on more than its arguments -> modules where it is somebody's business.
# Client commands (cli) are a process of their own; base/id_source is the one source of randomness; base/log_sink stamps
# log lines with the wall's time.
# Sockets live in real time (decisions: "Real time stays real for … sockets"), so the server and the data plane have
# timers of their own.
HIDDEN_INPUTS = [
    (re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b"), {"async", "cli", "server", "base"},
     "reads a clock"),
    (re.compile(r"\b(?:steady_timer|system_timer|high_resolution_timer|deadline_timer)\b"), {"async", "dataplane", "server"}, "uses a timer"),
    (re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\("), {"async", "cli"}, "sleeps"),
    (re.compile(r"\b(?:secure_)?getenv\s*\("), {"app", "cli"}, "reads the environment"),
    (re.compile(r"\b(?:random_device|mt19937(?:_64)?|getrandom|RAND_bytes)\b"), {"base", "app"}, "makes randomness"),
]
# The Clock's own verb: `clock.sleep_until(t)` awaits, it blocks no thread.
AWAITED_SLEEP = re.compile(r"co_await[^;]*\bsleep_(?:for|until)\s*\(|(?:\.|->)sleep_(?:for|until)\s*\(|"
                           r"awaitable<[^;]*\bsleep_(?:for|until)\s*\(")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.S)


def module_table(cmake):
    """{module: (set of used modules)} in the order of declaration, and the faults of the table itself."""
    text = re.sub(r"#[^\n]*", "", cmake)
    table, faults = {}, []
    for match in re.finditer(r"^slipway_(?:module|generated_api)\(\s*(\w+)([^)]*)\)", text, re.M):
        name, words = match.group(1), match.group(2).split()
        uses, inside = set(), False
        for word in words:
            if word in ("USES", "LINK"):
                inside = word == "USES"
            elif inside:
                uses.add(word)
        for used in sorted(uses - table.keys()):
            faults.append(f"CMakeLists.txt: {name} USES {used}, which is not a module declared above it")
        table[name] = uses
    if not table:
        faults.append("CMakeLists.txt: no slipway_module() found")
    return table, faults


def without_comments(text):
    """The code alone, with the same line numbers; string literals become empty ones, except those of includes."""
    def keep(match):
        found = match.group(0)
        return ("\n" * found.count("\n") or " ") if match.group(1) is None else '""'
    lines = []
    for line in COMMENT.sub(lambda m: m.group(0) if m.group(1) else keep(m), text).split("\n"):
        lines.append(line if line.lstrip().startswith("#") else re.sub(r'"(?:\\.|[^"\\])*"', '""', line))
    return "\n".join(lines)


class Checker:
    def __init__(self, root):
        self.root = root
        self.table, self.faults = module_table((root / "CMakeLists.txt").read_text())

    def run(self):
        for folder in ("include", "src"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in (".h", ".hpp", ".cpp", ".inc"):
                    self.check_file(path)
        return self.faults

    def module_of(self, path):
        """(module, is it public) of a file, or (None, ...) when the file lies outside of all modules."""
        parts = path.relative_to(self.root).parts
        if parts[0] == "include":
            return (parts[2] if len(parts) > 3 and parts[1] == "slipway" else None), True
        return ("cli" if len(parts) == 2 else parts[1]), False  # src/main.cpp is the program itself

    def check_file(self, path):
        name = path.relative_to(self.root).as_posix()
        module, public = self.module_of(path)
        if module not in self.table:
            self.faults.append(f"{name}: no module of CMakeLists.txt owns this file")
            return
        code = without_comments(path.read_text(errors="replace"))
        for match in INCLUDE.finditer(code):
            line = code.count("\n", 0, match.start(2)) + 1
            fault = self.include_fault(path, module, public, match.group(1) == '"', match.group(2))
            if fault:
                self.faults.append(f"{name}:{line}: {fault}")
        self.check_hidden_inputs(name, module, code)

    def include_fault(self, path, module, public, quoted, target):
        if target.startswith("slipway/"):
            return self.use_fault(module, target.split("/")[1], target)
        if quoted:
            return self.private_fault(path, module, public, target)
        for library, (pattern, modules) in LIBRARIES.items():
            if not pattern.match(target):
                continue
            if modules is not None and module not in modules:
                return f"{module} may not include {library} (<{target}>)"
            if public and library in PUBLIC_HEADER_BANS:
                return f"a public header may not include {library} (<{target}>)"
        return None

    def use_fault(self, module, used, target):
        if used not in self.table:
            return f'"{target}" is of no module in CMakeLists.txt'
        if used != module and used not in self.table[module]:
            return f'{module} may not include {used} ("{target}"): it does not stand in its USES'
        return None

    def private_fault(self, path, module, public, target):
        here = path.parent / target
        if public:
            return f'a public header includes "{target}": only "slipway/..." belongs there'
        found = here if here.exists() else self.root / "src" / target
        if not found.exists():
            return f'"{target}" is neither beside this file nor below src/'
        owner, _ = self.module_of(found.resolve())
        return None if owner == module else f'"{target}" is a private header of {owner}'

    def check_hidden_inputs(self, name, module, code):
        for pattern, modules, verb in HIDDEN_INPUTS:
            if module in modules:
                continue
            for match in pattern.finditer(code):
                start = code.rfind(";", 0, match.start()) + 1
                if verb == "sleeps" and AWAITED_SLEEP.search(code[start:match.end()]):
                    continue
                line = code.count("\n", 0, match.start()) + 1
                where = ", ".join(sorted(modules))
                self.faults.append(f"{name}:{line}: {module} {verb} ({match.group(0).strip('(')}): only {where} may")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1]).resolve()
    checker = Checker(root)
    faults = checker.run()
    print("\n".join(faults) if faults else f"layers: {len(checker.table)} modules, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
