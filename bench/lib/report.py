"""Rows of the result table, and the table as text (terminal) and as Markdown (docs/performance.md)."""
import dataclasses
import os
import pathlib
import platform
import statistics
import subprocess

PASS, NEAR, FAIL, ABSENT = "pass", "within the floor", "FAIL", "absent"


@dataclasses.dataclass
class Row:
    """One comparison. `ratio` is None where the goal is an absolute one; `verdict` is one of the words above."""
    what: str
    measured: str
    reference: str
    ratio: float | None
    goal: str
    verdict: str

    def cells(self):
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}" if self.ratio < 20 else f"{self.ratio:.0f}"
        return [self.what, self.measured, self.reference, ratio, self.goal, self.verdict]


def at_least(what, measured, reference, ratio, goal, floor=None):
    """A row whose ratio has to reach `goal`; between `floor` and `goal` it is accepted but said."""
    verdict = PASS if ratio >= goal else NEAR if floor is not None and ratio >= floor else FAIL
    text = f"≥ {goal:g}×" + (f" (floor {floor:g}×)" if floor is not None else "")
    return Row(what, measured, reference, ratio, text, verdict)


def at_most(what, measured, reference, ratio, goal):
    """A row whose ratio must not exceed `goal`."""
    return Row(what, measured, reference, ratio, f"≤ {goal:g}×", PASS if ratio <= goal else FAIL)


def limit(what, value, unit, most, reference="", reference_value=None):
    """A row with an absolute goal; with the value of the reference the ratio is shown too."""
    ratio = value / reference_value if reference_value else None
    return Row(what, f"{number(value)} {unit}", reference, ratio, f"≤ {most:g} {unit}", PASS if value <= most else FAIL)


def absent(what, reference, goal, why):
    return Row(what, "", f"{reference}: {why}", None, goal, ABSENT)


def number(value):
    """Three digits, never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values):
    """Median with the extremes: what a reader needs to judge noise."""
    return f"{number(statistics.median(values))} ({number(min(values))}–{number(max(values))})"


HEADINGS = ["what", "Slipway", "reference", "ratio", "goal", "verdict"]


def text_table(rows):
    cells = [HEADINGS] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


def markdown_table(rows):
    lines = ["| " + " | ".join(HEADINGS) + " |", "| " + " | ".join("---" for _ in HEADINGS) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row.cells()) + " |" for row in rows])


def _docker_version():
    try:
        found = subprocess.run(["docker", "version", "--format", "{{.Server.Version}} (API {{.Server.APIVersion}})"],
                               capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def _distribution():
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"


def machine():
    """The machine in neutral words: nothing here tells whose it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    docker = _docker_version()
    return (f"{os.cpu_count()} {platform.machine()} cores, {memory:.0f} GiB of memory, {_distribution()}, "
            f"kernel {'.'.join(platform.release().split('-')[0].split('.')[:3])}, "
            + (f"Docker Engine {docker}" if docker else "no Docker Engine"))


INTRODUCTION = """# Performance

Written by `bench/run --write`; do not edit. Every number has its reference measured in the same run on the same machine,
because absolute times say more about a machine than about a program. A value with a range is a median with its extremes.
`bench/run NAME` repeats one benchmark, `bench/run --check` exits 1 when a goal is missed.

The machine: {machine}.
"""


def _sections_of(text):
    """Title -> whole section of a document that write_markdown() wrote."""
    parts = text.split("\n## ")[1:]
    return {part.partition("\n")[0]: "\n## " + part for part in parts}


def write_markdown(path, measured, titles):
    """Writes the sections that were measured now, (title, description, rows) each, and keeps the others of `titles`, which
    is all of them in their order."""
    path = pathlib.Path(path)
    sections = _sections_of(path.read_text()) if path.exists() else {}
    for title, description, rows in measured:
        sections[title] = f"\n## {title}\n\n{description}\n\n{markdown_table(rows)}\n"
    path.write_text(INTRODUCTION.format(machine=machine()) + "".join(sections[title] for title in titles if title in sections))
