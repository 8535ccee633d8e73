# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors bench-diff: two documents cell by cell, with 95% intervals and an exit status for CI."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from raptors.bench import document
from raptors.bench.document import LOSS_BELOW, CellRecord, Document
from raptors.bench.select import matching
from raptors.bench.statistics import geometric_mean, shift_interval

# What Raptors is measured by: code that a change of Raptors leaves alone.
_REFERENCES = ("numpy", "plain", "eigen", "blas")


@dataclass(frozen=True)
class Comparison:
    """ratio: A's time over B's, above 1 where B is faster. interval: of 95%, None with too few rounds."""

    name: str
    reference: str
    ratio: float
    interval: tuple[float, float] | None

    def is_loss(self, below: float) -> bool:
        return self.interval is not None and self.interval[1] < below


def _scores(cell: CellRecord, reference: str | None) -> list[float]:
    """By round, how fast Raptors was, on a logarithmic scale."""
    ours = cell["times"]["raptors"]
    theirs = cell["times"][reference] if reference else [1.0] * len(ours)
    return [math.log(other / own) for other, own in zip(theirs, ours)]


def compare_cells(first: CellRecord, second: CellRecord, by_time: bool) -> Comparison:
    """Both have times of Raptors."""
    found = [name for name in _REFERENCES if name in first["times"] and name in second["times"]]
    reference = None if by_time or not found else found[0]
    shift, interval = shift_interval(_scores(first, reference), _scores(second, reference))
    bounds = (math.exp(interval[0]), math.exp(interval[1])) if interval else None
    return Comparison(first["name"], reference or "clock", math.exp(shift), bounds)


@dataclass(frozen=True)
class Difference:
    """What two documents say of one another. troubles: names and texts of cells that are missing or wrong in B."""

    comparisons: list[Comparison]
    troubles: list[tuple[str, str]]
    added: list[str]


def _chosen(cells: list[CellRecord], pattern: str) -> dict[str, CellRecord]:
    names = [cell["name"] for cell in cells]
    return {cell["name"]: cell for cell, chosen in zip(cells, matching("--filter", pattern, names)) if chosen}


def difference(first: Document, second: Document, pattern: str = "", by_time: bool = False) -> Difference:
    """Compares the cells that the RE2 expression finds. ValueError for one that is none."""
    old, new = _chosen(first["cells"], pattern), _chosen(second["cells"], pattern)
    comparisons, troubles = [], []
    for name, cell in old.items():
        if name not in new:
            troubles.append((name, "missing in B"))
        elif new[name]["error"] is not None:
            troubles.append((name, new[name]["error"]))
        elif cell["error"] is None:
            comparisons.append(compare_cells(cell, new[name], by_time))
    added = [name for name in new if name not in old or old[name]["error"] is not None and new[name]["error"] is None]
    return Difference(comparisons, troubles, added)


def text(found: Difference, below: float, show_all: bool) -> str:
    """A table of the cells that moved, or of all, and a summary."""
    lines = []
    shown = [c for c in found.comparisons if show_all or c.interval and (c.interval[1] < 1 or c.interval[0] > 1)]
    width = max((len(c.name) for c in shown), default=4)
    if shown:
        lines.append(f"{'cell':<{width}}  ratio  95% interval   against")
    for c in sorted(shown, key=lambda c: c.ratio):
        bounds = f"{c.interval[0]:.3f}..{c.interval[1]:.3f}" if c.interval else "too few rounds"
        lines.append(f"{c.name:<{width}}  {c.ratio:5.3f}  {bounds:<14}  {c.reference}{'  LOSS' * c.is_loss(below)}")
    lines += [f"{name}: LOSS: {trouble}" for name, trouble in found.troubles]
    losses = sum(c.is_loss(below) for c in found.comparisons) + len(found.troubles)
    gains = sum(c.interval is not None and c.interval[0] > 1 / below for c in found.comparisons)
    undecided = sum(c.interval is None for c in found.comparisons)
    lines.append("")
    if found.comparisons:
        mean = geometric_mean([c.ratio for c in found.comparisons])
        lines.append(f"geometric mean of {len(found.comparisons)} ratios: {mean:.3f} (above 1: B is faster)")
    lines.append(
        f"losses (interval below {below:g}, missing or wrong): {losses}; gains: {gains}; "
        f"too few rounds for an interval: {undecided}; only in B: {len(found.added)}"
    )
    return "\n".join(lines) + "\n"


def other_machine(first: Document, second: Document) -> str | None:
    """In what the documents' machines differ, as far as both say it."""
    for key in ("model", "cores"):
        old, new = first["machine"].get(key), second["machine"].get(key)
        if old is not None and new is not None and old != new:
            return f"{key} {old} in A, {new} in B"
    return None


def _threshold(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"got {value!r}; expected a ratio above 0 and at most 1, such as 0.95")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="raptors bench-diff",
        description="Compares two documents of raptors bench, or two JSON files of Google Benchmark, cell by cell.",
        epilog="Exit status: 0 no loss, 1 a loss, 2 bad input.",
    )
    parser.add_argument("first", metavar="A.json", help="the baseline")
    parser.add_argument("second", metavar="B.json", help="what is judged")
    parser.add_argument("--filter", default="", metavar="RE2", help="only the cells whose name it finds")
    parser.add_argument("--fail-below", type=_threshold, default=LOSS_BELOW, metavar="RATIO")
    parser.add_argument(
        "--time", action="store_true", help="compare times, not times relative to NumPy or a plain loop"
    )
    parser.add_argument("--all", action="store_true", help="show also the cells that did not move")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        first, second = document.load(options.first), document.load(options.second)
        found = difference(first, second, options.filter, options.time)
    except (OSError, ValueError) as error:
        print(f"raptors bench-diff: {error}", file=sys.stderr)
        return 2
    if not found.comparisons and not found.troubles:
        text_of_filter = f"--filter: got {options.filter!r}" if options.filter else "no cell is in both files"
        print(f"raptors bench-diff: {text_of_filter}; expected a cell that both files have", file=sys.stderr)
        return 2
    machines = other_machine(first, second)
    if machines and options.time:
        print(f"raptors bench-diff: --time: got documents of different machines ({machines})", file=sys.stderr)
        return 2
    if machines:
        print(f"NOTE: different machines ({machines}): ratios to a peer compare with reserve")
    print(text(found, options.fail_below, options.all), end="")
    if found.troubles or any(c.is_loss(options.fail_below) for c in found.comparisons):
        return 1
    if all(c.interval is None for c in found.comparisons):
        print("raptors bench-diff: too few rounds: expected at least 4 in both files", file=sys.stderr)
        return 2
    return 0
