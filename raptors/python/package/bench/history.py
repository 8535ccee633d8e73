# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""How the ratios went over earlier documents."""

from __future__ import annotations

from html import escape

from raptors.bench.document import Document, is_loss, ratio
from raptors.bench.page import table
from raptors.bench.statistics import geometric_mean


def _ratios(document: Document) -> dict[str, float]:
    found = {cell["name"]: ratio(cell) for cell in document["cells"]}
    return {name: value for name, value in found.items() if value is not None}


def sparkline(values: list[float]) -> str:
    """A line through the values on a linear scale that holds 1, which is drawn too."""
    width, height, margin = 160, 36, 5
    low, high = min(*values, 0.9), max(*values, 1.1)

    def place(i: int, value: float) -> tuple[float, float]:
        across = margin + i * (width - 2 * margin) / max(1, len(values) - 1)
        return across, height - margin - (value - low) * (height - 2 * margin) / (high - low)

    points = [place(i, value) for i, value in enumerate(values)]
    one = place(0, 1.0)[1]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="var(--link)"/>' for x, y in points)
    return (
        f'<svg width="{width}" height="{height}" role="img" aria-label="{", ".join(f"{v:.2f}" for v in values)}">'
        f'<line x1="0" x2="{width}" y1="{one:.1f}" y2="{one:.1f}" stroke="var(--line)" stroke-dasharray="3 3"/>'
        f'<polyline points="{line}" fill="none" stroke="var(--link)" stroke-width="1.5"/>{dots}</svg>'
    )


def section(document: Document, earlier: list[Document]) -> str:
    """Tables of the runs and of each operation over the cells that all runs have, oldest first."""
    if not earlier:
        return "<p>There is no earlier document: give some with <code>--baseline</code>.</p>"
    runs = [*sorted(earlier, key=lambda other: other["date"]), document]
    ratios = [_ratios(run) for run in runs]
    common = set(ratios[0]).intersection(*ratios[1:])
    lines = []
    for run, own in zip(runs, ratios):
        mean = f"{geometric_mean([own[name] for name in common]):.3f}" if common else "-"
        other = run["machine"].get("model") != document["machine"].get("model")
        machine = escape(str(run["machine"].get("model", "unknown"))) + (" (another machine)" if other else "")
        losses = sum(is_loss(cell) for cell in run["cells"])
        commit = f"<code>{escape(run['commit'] or 'unknown')}</code>"
        notes = escape("; ".join(run["notes"]))
        lines.append([escape(run["date"]), commit, machine, mean, f"{losses} of {len(run['cells'])}", notes])
    heads = ["date", "commit", "machine", "geomean", "losses", "notes"]
    text = f"<p>Geometric means are of the ratio to the best peer over the {len(common)} cells that all runs have.</p>"
    text += table(heads, lines, {3, 4})
    groups: dict[tuple[str, str, int], list[str]] = {}
    for cell in document["cells"]:
        if cell["name"] in common:
            groups.setdefault((cell["source"], cell["op"], cell["threads"]), []).append(cell["name"])
    lines = []
    for (source, op, threads), names in groups.items():
        means = [geometric_mean([own[name] for name in names]) for own in ratios]
        change = means[-1] / means[0]
        row = [escape(source), escape(op), str(threads), str(len(names)), sparkline(means)]
        lines.append([*row, f"{means[0]:.2f}", f"{means[-1]:.2f}", f"{change - 1:+.0%}"])
    heads = ["source", "operation", "threads", "cells", "geomean by run; dashed: 1", "first", "now", "change"]
    return text + (table(heads, lines, {2, 3, 5, 6, 7}) if lines else "")
