# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Reductions over axes, and those of vectors."""

import numpy as np

from . import comparison, grid, layouts, operations
from .comparison import Cell


class Reductions(comparison.Comparison):
    """Over an axis the result goes into an array that is there, over all it is a number."""

    axes = {
        "op": ("sum", "mean", "min", "max"),
        "axis": ("none", "0", "1"),
        **grid.axes(),
    }
    quick_axes = {
        "dtype": ("float32", "float64"),
        "shape": ("64x64", "512x512", "1000x1000", "2048x2048", "1e6x3"),
        "layout": ("C", "transposed", "column-slice"),
        "threads": (1, "auto"),
        "simd": ("auto",),
    }
    quick_cells = 166
    quick_pruned = 554

    def cell(self, op, axis, dtype, shape, layout, threads, simd):
        return Cell(op, dtype, shape, layout, threads, simd, axis)

    def operands(self, cell):
        x = layouts.make(cell.extents, cell.dtype, cell.layout)
        if cell.axis == "none":
            return operations.Operands((x,))
        axis = int(cell.axis)
        shape = tuple(np.delete(cell.extents, axis).tolist())
        out = np.zeros(shape, operations.result_dtype(cell.op, cell.dtype))
        return operations.Operands((x,), out, None, axis)

    def unfit(self, cell):
        if cell.axis != "none" and int(cell.axis) >= len(cell.extents):
            return f"an array of one axis has no axis {cell.axis}"
        return super().unfit(cell)

    def in_quick(self, cell):
        if cell.shape == "1e6x3":
            return cell.op in ("sum", "mean") and cell.dtype == "float32" and cell.layout == "C" and cell.threads == 1
        if cell.threads == "auto":
            return cell.layout == "C" and cell.shape in ("1000x1000", "2048x2048") and cell.axis == "none"
        return cell.op == "mean" or cell.axis == "none"


class Vectors(comparison.Comparison):
    """dot, norm and asum; NumPy's dot is its BLAS's."""

    axes = {
        "op": ("dot", "norm", "asum"),
        "dtype": ("float32", "float64"),
        "shape": ("1Ki", "16Mi"),
        "layout": ("C", "column-slice", "reversed", "broadcast", "misaligned"),
        "threads": grid.THREADS,
        "simd": grid.simd_modes(),
    }
    quick_axes = {"dtype": ("float32",), "layout": ("C", "column-slice"), "threads": (1,), "simd": ("auto",)}
    quick_cells = 9
    quick_pruned = 3

    def cell(self, op, dtype, shape, layout, threads, simd):
        return Cell(op, dtype, shape, layout, threads, simd)

    def operands(self, cell):
        count = operations.OPERATIONS[cell.op].inputs
        return operations.Operands(
            tuple(layouts.make(cell.extents, cell.dtype, cell.layout, seed) for seed in range(count))
        )

    def in_quick(self, cell):
        return cell.shape == "1Ki" or cell.layout == "C"
