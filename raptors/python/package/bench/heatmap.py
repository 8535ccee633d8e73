# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Heat maps: operation and layout down, dtype and shape across; each field holds what every view shows of its cell."""

from __future__ import annotations

from html import escape

from raptors.bench.document import CellRecord, interval, is_loss, peers, ratio, share
from raptors.bench.page import RATIO_BOUNDS, SHARE_BOUNDS, band
from raptors.bench.statistics import median


def duration(nanoseconds: float) -> str:
    """With a unit that leaves one to three digits before the point."""
    for unit, factor in (("ns", 1.0), ("us", 1e3), ("ms", 1e6)):
        if nanoseconds < 1000 * factor:
            return f"{nanoseconds / factor:.3g} {unit}"
    return f"{nanoseconds / 1e9:.3g} s"


def number(value: float) -> str:
    """A ratio with three digits at most."""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def usual_peer(cell: CellRecord) -> str | None:
    """NumPy, or the plain loop."""
    return next((name for name in ("numpy", "plain") if name in cell["times"]), None)


def path(cell: CellRecord) -> str:
    """The decision in a word or two."""
    decision = cell["decision"]
    if decision is None:
        return "-"
    what = decision["isa"] if decision["route"] == "simd" and decision["isa"] else decision["route"]
    return what + (f" x{decision['threads']}" if decision["threads"] > 1 else "")


def _path_colour(cell: CellRecord) -> int:
    decision = cell["decision"]
    if decision is None or decision["route"] == "scalar":
        return 2
    return 6 if decision["route"] == "blas" else 5 if decision["threads"] > 1 else 4


def description(cell: CellRecord) -> str:
    """All figures of a cell, as lines."""
    lines = [cell["name"]]
    if cell["error"] is not None:
        return "\n".join([*lines, "FAILED: " + cell["error"]])
    lines.append("Raptors " + duration(median(cell["times"]["raptors"])))
    for name, times in sorted(peers(cell).items(), key=lambda item: median(item[1])):
        lines.append(f"{name} {duration(median(times))}")
    bounds = interval(cell)
    if bounds:
        lines.append(f"ratio to the best: {number(ratio(cell) or 0)}, 95% in {bounds[0]:.2f}..{bounds[1]:.2f}")
    if cell["limit_ns"] is not None:
        lines.append("roofline " + duration(cell["limit_ns"]))
    if cell["decision"] is not None:
        lines.append(f"decision: {path(cell)}, {cell['decision']['reason']}")
    lines += [f"{name} left out: {why}" for name, why in cell["excluded"].items()]
    return "\n".join(lines)


def _field(cell: CellRecord) -> str:
    if cell["error"] is not None:
        fields = [f'<span class="{view} b0">failed</span>' for view in ("best", "numpy", "limit", "path")]
    else:
        fields = []
        for view, value in (
            ("best", ratio(cell)),
            ("numpy", ratio(cell, usual_peer(cell)) if usual_peer(cell) else None),
        ):
            colour = f" b{band(value, RATIO_BOUNDS)}" if value is not None else ""
            fields.append(f'<span class="{view}{colour}">{number(value) if value is not None else "-"}</span>')
        reached = share(cell)
        colour = f" b{3 + band(reached, SHARE_BOUNDS)}" if reached is not None else ""
        fields.append(f'<span class="limit{colour}">{f"{reached:.0%}" if reached is not None else "-"}</span>')
        fields.append(f'<span class="path b{_path_colour(cell)}">{escape(path(cell))}</span>')
    mark = ' class="loss"' if is_loss(cell) else ""
    title = escape(description(cell), quote=True)
    return f'<td{mark} data-cell="{escape(cell["name"], quote=True)}" title="{title}">{"".join(fields)}</td>'


def _in_order(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def heatmap(cells: list[CellRecord]) -> str:
    """One map. Cells that share a field stand in one row each, as `out` and `new` ones do."""
    columns = list(dict.fromkeys((cell["dtype"], cell["shape"]) for cell in cells))
    dtypes = _in_order([dtype for dtype, _ in columns])
    columns = [column for dtype in dtypes for column in columns if column[0] == dtype]
    spans = "".join(
        f'<th colspan="{sum(column[0] == dtype for column in columns)}">{escape(dtype)}</th>' for dtype in dtypes
    )
    heads = "".join(f"<th>{escape(shape)}</th>" for _, shape in columns)
    rows = []
    for op in _in_order([cell["op"] for cell in cells]):
        of_op = [cell for cell in cells if cell["op"] == op]
        keys = list(dict.fromkeys((cell["layout"], cell["out"]) for cell in of_op))
        several = {layout for layout, _ in keys if sum(key[0] == layout for key in keys) > 1}
        for i, (layout, out) in enumerate(keys):
            found = {(c["dtype"], c["shape"]): c for c in of_op if (c["layout"], c["out"]) == (layout, out)}
            label = layout + ((", out=" if out else ", new") if layout in several else "")
            fields = "".join(_field(found[column]) if column in found else "<td></td>" for column in columns)
            head = f'<th class="row">{escape(op)} <span class="soft">{escape(label)}</span></th>'
            rows.append(f"<tr{' class=first' * (i == 0)}>{head}{fields}</tr>")
    head = f'<thead><tr><th class="row"></th>{spans}</tr><tr><th class="row"></th>{heads}</tr></thead>'
    return f'<div class="wide"><table class="heat">{head}<tbody>\n' + "\n".join(rows) + "\n</tbody></table></div>\n"
