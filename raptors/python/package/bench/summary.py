# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The figures that stand for a whole run, for the report and for the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from raptors.bench.document import CellRecord, Document, is_loss, peers, ratio
from raptors.bench.statistics import geometric_mean


@dataclass(frozen=True)
class Group:
    """Cells that are summed up together. numpy, best: geometric means, None where no cell has that peer."""

    title: str
    cells: list[CellRecord]
    numpy: float | None
    best: float | None
    losses: int


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return geometric_mean(known) if known else None


def is_small(cell: CellRecord) -> bool:
    """Whether it is one of the Python calls that cost what the binding costs."""
    return cell["source"] == "python" and "x" not in cell["shape"]


def threads_text(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def groups(document: Document) -> list[Group]:
    """Python by threads, Python's small calls, each program by threads; empty ones are left out."""
    found: dict[str, list[CellRecord]] = {}
    for cell in document["cells"]:
        kind = f"Python, {threads_text(cell['threads'])}" if cell["source"] == "python" else f"C++ {cell['source']}"
        if cell["source"] != "python":
            kind += f", {threads_text(cell['threads'])}"
        elif is_small(cell):
            kind = "Python, 32 elements"
        found.setdefault(kind, []).append(cell)
    return [
        Group(
            title,
            cells,
            _mean([ratio(cell, "numpy") for cell in cells]),
            _mean([ratio(cell) for cell in cells]),
            sum(map(is_loss, cells)),
        )
        for title, cells in found.items()
    ]


def worst(document: Document, count: int) -> list[CellRecord]:
    """Failed cells, then those with the lowest ratio to the best peer."""
    failed = [cell for cell in document["cells"] if cell["error"] is not None]
    rated = [cell for cell in document["cells"] if ratio(cell) is not None]
    return (failed + sorted(rated, key=lambda cell: ratio(cell) or 0.0))[:count]


def by_library(document: Document) -> dict[str, list[float]]:
    """For each peer in a Python cell, the ratios to it."""
    found: dict[str, list[float]] = {}
    for cell in document["cells"]:
        if cell["source"] == "python" and cell["error"] is None:
            for name in peers(cell):
                found.setdefault(name, []).append(ratio(cell, name) or 0.0)
    return found


def lost_in_most(documents: list[Document]) -> list[str]:
    """The cells that are a loss in more than half of the documents; one that is absent is a loss."""
    names = list(dict.fromkeys(cell["name"] for document in documents for cell in document["cells"]))
    losses = dict.fromkeys(names, 0)
    for document in documents:
        cells = {cell["name"]: cell for cell in document["cells"]}
        for name in names:
            losses[name] += name not in cells or is_loss(cells[name])
    return [name for name, count in losses.items() if 2 * count > len(documents)]


def by_operation(document: Document, threads: int) -> str:
    """A Markdown table: geometric means to NumPy by operation and layout, then to NumPy and to the best peer."""
    cells = [c for c in document["cells"] if c["source"] == "python" and c["threads"] == threads and not is_small(c)]
    layouts = list(dict.fromkeys(cell["layout"] for cell in cells))

    def row(title: str, chosen: list[CellRecord]) -> str:
        means = [_mean([ratio(c, "numpy") for c in chosen if c["layout"] == layout]) for layout in layouts]
        means += [_mean([ratio(c, "numpy") for c in chosen]), _mean([ratio(c) for c in chosen])]
        figures = [f"{mean:.2f}" if mean is not None else "-" for mean in means]
        return f"| {title} | {' | '.join(figures)} | {sum(map(is_loss, chosen))} of {len(chosen)} |"

    heads = [threads_text(threads), *layouts, "all layouts", "to the best peer", "losses"]
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for op in dict.fromkeys(cell["op"] for cell in cells):
        lines.append(row(op, [cell for cell in cells if cell["op"] == op]))
    return "\n".join([*lines, row("all", cells)])


def text(document: Document) -> str:
    """For a terminal."""
    lines = [f"{'':28}  cells  to NumPy  to the best peer  losses"]
    for group in groups(document):
        numpy = f"{group.numpy:.2f}" if group.numpy is not None else "-"
        best = f"{group.best:.2f}" if group.best is not None else "-"
        lines.append(f"{group.title:28}  {len(group.cells):5}  {numpy:>8}  {best:>16}  {group.losses:6}")
    lines.append("Geometric means of ratios, above 1 Raptors is faster.")
    for threads in sorted({c["threads"] for c in document["cells"] if c["source"] == "python" and not is_small(c)}):
        lines += ["", by_operation(document, threads)]
    lines += ["", "Lowest:"]
    for cell in worst(document, 8):
        value = ratio(cell)
        lines.append(f"  {cell['name']}: " + (f"{value:.2f}" if value is not None else f"FAILED: {cell['error']}"))
    absent = [name for name, version in document["libraries"].items() if version is None]
    if absent:
        lines.append("Not installed: " + ", ".join(absent))
    return "\n".join(lines + ["NOTE: " + note for note in document["notes"]]) + "\n"
