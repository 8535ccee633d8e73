# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""factor * x over the whole grid of dtypes, shapes, layouts, threads and SIMD modes."""

from . import comparison, grid, layouts, operations
from .comparison import Cell


class Scale(comparison.Comparison):
    axes = grid.axes()
    quick_axes = {
        "dtype": ("float32", "float64", "int32"),
        "shape": ("64x64", "512x512", "1000x1000", "2048x2048"),
        "threads": (1, "auto"),
        "simd": ("off", "auto"),
    }
    quick_cells = 36
    quick_pruned = 348

    def cell(self, dtype, shape, layout, threads, simd):
        return Cell("scale", dtype, shape, layout, threads, simd)

    def operands(self, cell):
        x = layouts.make(cell.extents, cell.dtype, cell.layout)
        out = layouts.make_out(cell.extents, cell.dtype, cell.layout)
        return operations.Operands((x,), out, operations.number(cell.op, cell.dtype))

    def in_quick(self, cell):
        if cell.simd != "auto" or cell.dtype == "int32":
            return cell.dtype != "float64" and cell[2:5] == ("1000x1000", "C", 1)
        if cell.threads == "auto":
            return cell.layout == "C" and cell.shape in ("1000x1000", "2048x2048")
        if cell.layout in ("C", "transposed", "column-slice"):
            return True
        return cell.dtype == "float32" and cell.shape == "1000x1000"
