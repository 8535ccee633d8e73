# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Element-wise operations whose last input is stretched from a row, a column or one element."""

from . import comparison, grid, layouts, operations
from .comparison import Cell


class Broadcast(comparison.Comparison):
    """The layout is that of the inputs that are not stretched."""

    axes = {
        "op": ("add", "subtract", "multiply", "axpy", "mul_add", "fma"),
        "stretch": ("row", "column", "scalar"),
        **grid.axes(),
    }
    quick_axes = {
        "op": ("add",),
        "dtype": ("float32", "float64"),
        "shape": ("64x64", "512x512", "1000x1000", "2048x2048", "1e6x3"),
        "layout": ("C", "transposed", "column-slice"),
        "threads": (1, "auto"),
        "simd": ("auto",),
    }
    quick_cells = 63
    quick_pruned = 117

    def cell(self, op, stretch, dtype, shape, layout, threads, simd):
        return Cell(op, dtype, shape, layout, threads, simd, stretch=stretch)

    def operands(self, cell):
        shape = cell.extents
        stretched = {"row": shape[-1:], "column": (shape[0], 1), "scalar": (1,) * len(shape)}[cell.stretch]
        count = operations.OPERATIONS[cell.op].inputs
        whole = tuple(layouts.make(shape, cell.dtype, cell.layout, seed) for seed in range(count - 1))
        last = layouts.make(stretched, cell.dtype, "C", count)
        out = layouts.make_out(shape, cell.dtype, cell.layout)
        return operations.Operands((*whole, last), out, operations.number(cell.op, cell.dtype))

    def unfit(self, cell):
        if len(cell.extents) == 1 and cell.stretch != "scalar":
            return f"an array of one axis has no {cell.stretch} to stretch"
        return super().unfit(cell)

    def in_quick(self, cell):
        if cell.shape == "1e6x3" or cell.stretch == "scalar":
            return cell.dtype == "float32" and cell.layout == "C" and cell.threads == 1
        return cell.threads == 1 or (cell.layout == "C" and cell.shape in ("1000x1000", "2048x2048"))
