# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The HTML report of a run."""

from __future__ import annotations

from html import escape

from raptors.bench import history, summary
from raptors.bench.document import (
    LOSS_BELOW,
    CellRecord,
    Document,
    best_peer,
    interval,
    is_loss,
    ratio,
    share,
)
from raptors.bench.heatmap import description, duration, heatmap, number, path
from raptors.bench.page import card, legend, page, table
from raptors.bench.statistics import geometric_mean, median, spread

_WORST = 25


def _head(document: Document) -> str:
    machine = document["machine"]
    cores = machine.get("cores")
    facts = [str(machine.get("model", "unknown machine")), f"{cores} cores" if cores else "", machine.get("blas") or ""]
    levels = machine.get("levels") or []
    facts.append("SIMD levels " + ", ".join(levels) if levels else "")
    libraries = [f"{name} {version}" for name, version in document["libraries"].items() if version]
    absent = [name for name, version in document["libraries"].items() if version is None]
    text = "<h1>Raptors beside other libraries</h1>"
    text += (
        f'<p class="soft">{escape(document["date"])}, commit <code>{escape(document["commit"] or "unknown")}</code>, '
    )
    text += f"{document['rounds']} rounds, seed {document['seed']}</p>"
    text += f'<p class="soft">{escape("; ".join(filter(None, facts)))}</p>'
    text += f'<p class="soft">{escape(", ".join(libraries))}'
    text += escape(f". Not installed: {', '.join(absent)}" if absent else "") + "</p>"
    text += f"<p><code>{escape(' '.join(document['command']))}</code></p>"
    return text + "".join(f'<div class="note">{escape(note)}</div>' for note in document["notes"])


def _cards(groups: list[summary.Group], document: Document) -> str:
    cards = []
    for group in groups:
        if group.numpy is not None:
            cards.append(card(f"{group.numpy:.2f} x", f"NumPy's speed: {group.title}"))
    for group in groups:
        if group.best is not None and group.numpy is not None:
            cards.append(card(f"{group.best:.2f} x", f"the best peer's speed: {group.title}"))
    losses = sum(map(is_loss, document["cells"]))
    cards.append(card(f"{losses} of {len(document['cells'])}", "cells are losses"))
    shares = [value for value in map(share, document["cells"]) if value is not None]
    if shares:
        cards.append(card(f"{median(shares):.0%}", "of the roofline, median of the cells"))
    return f'<div class="cards">{"".join(cards)}</div>'


def _explanation() -> str:
    return f"""<h2>How to read it</h2>
<p>A <b>ratio</b> is the time of another library over that of Raptors on the same arrays, measured in the same rounds:
above 1 Raptors is faster, 2 means half the time. The <b>best peer</b> is the fastest of all others in that cell. A
<b>loss</b>, framed in the maps, is a cell that failed or whose ratio to the best peer has a 95% interval that lies
below {LOSS_BELOW:g}. The <b>share of the roofline</b> is the least time in which this machine can move the operation's
bytes, consecutive in memory, over Raptors' time: 100% leaves nothing (and more than that shows where the limit was
interpolated between two sizes); strided layouts and calls of a few microseconds cannot reach it. The <b>decision</b>
is what Raptors did: the SIMD level, BLAS or scalar, and the number of threads where there are several. Times are
medians over the rounds. Point at a field to see all its figures.</p>
<p>Layouts: results are in C order; <b>transposed</b> inputs (of sums of two arrays, the last one) lie across it;
<b>row-slice</b> and <b>column-slice</b> skip every second row or column. <b>add-row</b> and <b>add-column</b> add a
vector to each row or column; <b>axpy</b> is a * x + y; <b>mean-axis0</b> is the mean over rows. Maps and axis
reductions write into memory that is there (out=).</p>
"""


def _groups_table(groups: list[summary.Group]) -> str:
    rows = []
    for group in groups:
        means = [f"{value:.2f}" if value is not None else "-" for value in (group.numpy, group.best)]
        mark = f'<span class="bad">{group.losses}</span>' if group.losses else "0"
        rows.append([escape(group.title), str(len(group.cells)), *means, mark])
    return table(["cells", "number", "to NumPy, geomean", "to the best peer, geomean", "losses"], rows, {1, 2, 3, 4})


def _interval_text(cell: CellRecord) -> str:
    bounds = interval(cell)
    return f"{bounds[0]:.2f} to {bounds[1]:.2f}" if bounds else "too few rounds"


def _worst(document: Document) -> str:
    rows = []
    for cell in summary.worst(document, _WORST):
        name = f'<code title="{escape(description(cell), quote=True)}">{escape(cell["name"])}</code>'
        if cell["error"] is not None:
            rows.append([name, '<span class="bad">failed</span>', "", "", "", "", escape(cell["error"])])
            continue
        peer = best_peer(cell) or ""
        ours, theirs = median(cell["times"]["raptors"]), median(cell["times"][peer])
        value = number(ratio(cell) or 0)
        value = f'<span class="bad">{value}</span>' if is_loss(cell) else value
        times = [duration(ours) + ("~" if spread(cell["times"]["raptors"]) > 0.1 else ""), duration(theirs)]
        decision = path(cell) + (", " + cell["decision"]["reason"] if cell["decision"] else "")
        rows.append([name, value, _interval_text(cell), times[0], escape(peer), times[1], escape(decision)])
    heads = ["cell", "ratio", "95% interval", "Raptors", "best peer", "its time", "decision"]
    text = f"<h2>The {len(rows)} lowest ratios</h2>"
    text += "<p>Losses in red; ~: the quartiles of Raptors' times are over 10% apart.</p>"
    return text + table(heads, rows, {1, 3, 5})


def _small_calls(cells: list[CellRecord]) -> str:
    names = list(dict.fromkeys(name for cell in cells for name in cell["times"]))
    rows = []
    for cell in cells:
        label = f"{cell['op']} {cell['dtype']}, " + ("out= given" if cell["out"] else "new result")
        medians = {name: median(times) for name, times in cell["times"].items()}
        fastest = min(medians.values(), default=0.0)
        times = [
            (f"<b>{medians[name]:.0f}</b>" if medians[name] == fastest else f"{medians[name]:.0f}")
            if name in medians
            else "-"
            for name in names
        ]
        value = ratio(cell)
        shown = "failed" if cell["error"] is not None else "-" if value is None else number(value)
        rows.append([escape(label), *times, f'<span class="bad">{shown}</span>' if is_loss(cell) else shown])
    text = "<h2>Calls on 32 elements</h2><p>Nanoseconds a call, with what Python adds; the least is bold.</p>"
    return text + table(["call", *map(escape, names), "ratio"], rows, set(range(1, len(names) + 2)))


def _libraries(document: Document) -> str:
    rows = []
    for name, values in summary.by_library(document).items():
        wins = sum(value > 1.05 for value in values)
        slower = sum(value < 0.95 for value in values)
        row = [escape(name), str(len(values)), f"{geometric_mean(values):.2f}", str(wins), str(slower)]
        rows.append(row)
    heads = ["library", "cells", "ratio, geomean", "Raptors faster by 5%", "slower by 5%"]
    text = (
        "<h2>Library by library</h2><p>Over the Python cells in which it takes part. A library over three times slower "
    )
    text += "than the fastest one left a cell after its first measurement and is not counted there.</p>"
    return text + table(heads, rows, {1, 2, 3, 4}) if rows else ""


def _excluded(document: Document) -> str:
    rows = [
        [f"<code>{escape(cell['name'])}</code>", escape(name), escape(why)]
        for cell in document["cells"]
        for name, why in cell["excluded"].items()
        if not why.startswith("slow: ")
    ]
    if not rows:
        return ""
    text = f"<h2>Answers of others that were not right</h2><details><summary>{len(rows)} left out</summary>"
    return text + table(["cell", "library", "why"], rows, set()) + "</details>"


def render(document: Document, earlier: list[Document]) -> str:
    """The whole page; `earlier` documents make its history."""
    groups = summary.groups(document)
    body = _cards(groups, document) + _explanation() + "<h2>Overview</h2>" + _groups_table(groups)
    for group in groups:
        # One map a group; the small calls have a map too, so that every cell stands in one.
        body += f"<h2>{escape(group.title)}</h2>{legend()}" + heatmap(group.cells)
    small = [cell for cell in document["cells"] if summary.is_small(cell)]
    body += _small_calls(small) if small else ""
    body += _worst(document) + _libraries(document)
    body += "<h2>History</h2>" + history.section(document, earlier) + _excluded(document)
    return page(f"Raptors bench, {document['date']}", _head(document), body)
