# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Element-wise operations on several arrays of one shape."""

from . import comparison, grid, layouts, operations
from .comparison import Cell


class Elementwise(comparison.Comparison):
    """All inputs have the layout, but for transposed: there it is the last one alone, as in a + b.T."""

    axes = {
        "op": ("add", "subtract", "multiply", "axpy", "mul_add", "fma"),
        **grid.axes(),
    }
    quick_axes = {
        "dtype": ("float32", "float64"),
        "shape": ("64x64", "512x512", "1000x1000", "2048x2048"),
        "layout": ("C", "transposed", "column-slice"),
        "threads": (1, "auto"),
        "simd": ("auto",),
    }
    quick_cells = 60
    quick_pruned = 228

    def cell(self, op, dtype, shape, layout, threads, simd):
        return Cell(op, dtype, shape, layout, threads, simd)

    def operands(self, cell):
        count = operations.OPERATIONS[cell.op].inputs
        names = ["C"] * (count - 1) + ["transposed"] if cell.layout == "transposed" else [cell.layout] * count
        arrays = tuple(layouts.make(cell.extents, cell.dtype, name, seed) for seed, name in enumerate(names))
        out = layouts.make_out(cell.extents, cell.dtype, cell.layout)
        return operations.Operands(arrays, out, operations.number(cell.op, cell.dtype))

    def in_quick(self, cell):
        if cell.op not in ("add", "axpy"):
            return cell[1:5] == ("float32", "1000x1000", "C", 1)
        return cell.threads == 1 or (cell.layout == "C" and cell.shape in ("1000x1000", "2048x2048"))
