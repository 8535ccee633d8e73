# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The cells of the Python comparison: an operation on a shape, a dtype, a layout and a number of threads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# What maps write is laid out in C order; "transposed" reads against that order, slices skip every second row or column.
LAYOUTS = ("C", "transposed", "row-slice", "column-slice")
DTYPES = ("float32", "float64")
MAPS = ("scale", "add", "add-row", "add-column", "axpy")
REDUCTIONS = ("sum", "mean", "mean-axis0", "mean-axis1", "min", "max")
# Calls so small that they cost what the binding costs.
SMALL_OPS = ("scale", "add", "sum", "max")
SMALL_EXTENT = 32

_EXTENTS = {
    "smoke": (8,),
    "quick": (64, 512),
    "default": (64, 256, 512, 1024, 2048),
    "full": (64, 100, 128, 256, 500, 512, 1000, 1024, 2048),
}
SETS = tuple(_EXTENTS)


@dataclass(frozen=True)
class Cell:
    """shape is that of the operands; out: the result goes into memory that is there."""

    op: str
    dtype: str
    shape: tuple[int, ...]
    layout: str
    threads: int
    out: bool

    @property
    def extents(self) -> str:
        return "x".join(map(str, self.shape))

    @property
    def name(self) -> str:
        kind = "out" if self.out else "new"
        return f"python/{self.op}/{self.dtype}/{self.extents}/{self.layout}/threads:{self.threads}/{kind}"

    @property
    def axis(self) -> int | None:
        return int(self.op[-1]) if "-axis" in self.op else None

    @property
    def is_map(self) -> bool:
        return self.op in MAPS

    def facts(self) -> dict[str, Any]:
        """What a document says of a cell before it was measured."""
        return {"name": self.name, "source": "python"} | asdict(self) | {"shape": self.extents}


def from_facts(facts: dict[str, Any]) -> Cell:
    """The reverse of Cell.facts()."""
    shape = tuple(map(int, facts["shape"].split("x")))
    return Cell(facts["op"], facts["dtype"], shape, facts["layout"], facts["threads"], facts["out"])


def grid(name: str, threads: list[int]) -> list[Cell]:
    """The cells of a set, in the order in which a report shows them."""
    cells = []
    for count in threads:
        for op in MAPS + REDUCTIONS:
            for dtype in DTYPES:
                for extent in _EXTENTS[name]:
                    for layout in LAYOUTS:
                        # A reduction to one number has no use for out=.
                        out = op in MAPS or "-axis" in op
                        cells.append(Cell(op, dtype, (extent, extent), layout, count, out))
        cells += [
            Cell(op, dtype, (SMALL_EXTENT,), "C", count, out)
            for op in SMALL_OPS
            for dtype in DTYPES
            for out in (True, False)
            if count == 1
        ]
    return cells


def traffic(cell: Cell) -> tuple[int, str]:
    """Bytes that the operation reads and writes, and the roofline's loop with the same traffic."""
    item = 4 if cell.dtype == "float32" else 8
    elements = 1
    for extent in cell.shape:
        elements *= extent
    arrays, loop = {"add": (3, "add"), "axpy": (3, "add")}.get(cell.op, (2, "scale"))
    if not cell.is_map:
        arrays, loop = 1, "read"
    return arrays * elements * item, loop
