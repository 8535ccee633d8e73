# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The frame of a report: one HTML file with its style in it, no script and nothing to load."""

from __future__ import annotations

import os
from html import escape

# Between which a ratio to a peer, and a share of the roofline, have one colour.
RATIO_BOUNDS = (0.5, 0.8, 0.95, 1.05, 1.5, 2.5, 5.0)
SHARE_BOUNDS = (0.25, 0.5, 0.75, 0.9)

VIEWS = (
    ("best", "ratio to the best peer"),
    ("numpy", "ratio to NumPy or the plain loop"),
    ("limit", "share of the roofline"),
    ("path", "decision"),
)


def _view_rules() -> str:
    """A radio button shows what belongs to its view."""
    rules = ""
    for view, _ in VIEWS:
        on = f"#v-{view}:checked~"
        rules += f"{on}main .heat .{view}{{display:block}}{on}main .key.{view}{{display:flex}}"
        rules += f"{on}.views label[for=v-{view}]{{background:var(--text);color:var(--page)}}"
        rules += f"#v-{view}:focus-visible~.views label[for=v-{view}]{{outline:2px solid var(--link)}}"
    return rules + ".b0,.b7{color:var(--strong)}" + "".join(f".b{i}{{background:var(--b{i})}}" for i in range(8))


def _style() -> str:
    with open(os.path.join(os.path.dirname(__file__), "report.css"), encoding="ascii") as file:
        return file.read() + _view_rules()


def band(value: float, bounds: tuple[float, ...]) -> int:
    """The number of bounds that a value is not below."""
    return sum(value >= bound for bound in bounds)


def card(figure: str, meaning: str) -> str:
    """A figure in large type and what it is."""
    return f'<div class="card"><b>{escape(figure)}</b><span>{escape(meaning)}</span></div>'


def table(heads: list[str], rows: list[list[str]], numeric: set[int]) -> str:
    """A table of HTML fragments; `numeric` columns are set flush right."""

    def line(tag: str, cells: list[str]) -> str:
        marks = [' class="n"' if i in numeric else "" for i in range(len(cells))]
        return "<tr>" + "".join(f"<{tag}{mark}>{cell}</{tag}>" for mark, cell in zip(marks, cells)) + "</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f'<div class="wide"><table><thead>{line("th", heads)}</thead><tbody>\n{body}\n</tbody></table></div>\n'


def legend() -> str:
    """What the colours of each view mean."""
    bounds = [f"{bound:g}" for bound in RATIO_BOUNDS]
    names = ["below " + bounds[0], *(f"{a} to {b}" for a, b in zip(bounds, bounds[1:])), bounds[-1] + " and more"]
    ratio = "".join(f'<span><i style="background:var(--b{i})"></i> {name}</span>' for i, name in enumerate(names))
    percents = [f"{bound:.0%}" for bound in SHARE_BOUNDS]
    names = [
        "below " + percents[0],
        *(f"{a} to {b}" for a, b in zip(percents, percents[1:])),
        percents[-1] + " and more",
    ]
    share = "".join(f'<span><i style="background:var(--b{i + 3})"></i> {name}</span>' for i, name in enumerate(names))
    path = "".join(
        f'<span><i style="background:var(--b{colour})"></i> {name}</span>'
        for colour, name in ((2, "scalar"), (4, "SIMD, one thread"), (5, "SIMD, several threads"), (6, "BLAS"))
    )
    slower, faster = "<span>slower &#9664;</span>", "<span>&#9654; faster</span>"
    lines = [("best", slower + ratio + faster), ("numpy", slower + ratio + faster), ("limit", share), ("path", path)]
    return "".join(f'<div class="key {view}">{text}</div>' for view, text in lines)


def page(title: str, head: str, body: str) -> str:
    """The whole file. The view is chosen by radio buttons, which style sheets can see."""
    buttons = "".join(
        f'<input class="view" type="radio" name="view" id="v-{view}"{" checked" * (i == 0)}>'
        for i, (view, _) in enumerate(VIEWS)
    )
    labels = "".join(f'<label for="v-{view}">{text}</label>' for view, text in VIEWS)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{_style()}
</style></head><body>
<header>{head}</header>
{buttons}
<div class="views" role="group" aria-label="what the maps show">Maps show: {labels}</div>
<main>
{body}
</main></body></html>
"""
