# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Matrix products; NumPy's are its own BLAS's, with as many threads."""

from typing import Final

from . import comparison, grid, layouts, operations
from .comparison import Cell

# Rows, summed axis, columns.
PRODUCTS: Final = {
    "16": (16, 16, 16),
    "64": (64, 64, 64),
    "100": (100, 100, 100),
    "256": (256, 256, 256),
    "512": (512, 512, 512),
    "1000": (1000, 1000, 1000),
    "2048": (2048, 2048, 2048),
    "1000x10x1000": (1000, 10, 1000),
    "10x1000x10": (10, 1000, 10),
    "150x400x600": (150, 400, 600),
    "1x1000x1000": (1, 1000, 1000),
    "1000x1000x1": (1000, 1000, 1),
}


class MatmulCell(Cell):
    """A cell whose shape is that of a product."""

    __slots__ = ()

    @property
    def extents(self):
        return PRODUCTS[self.shape]


class Matmul(comparison.Comparison):
    """Both operands have the layout; the result is in C order, for F in F order."""

    axes = {
        "dtype": ("float32", "float64"),
        "shape": tuple(PRODUCTS),
        "layout": tuple(layout for layout in grid.LAYOUTS if layout != "misaligned"),
        "threads": grid.THREADS,
        "simd": grid.simd_modes(),
    }
    quick_axes = {
        "shape": ("16", "64", "256", "512", "1000", "10x1000x10"),
        "layout": ("C", "transposed", "column-slice"),
        "threads": (1, "auto"),
        "simd": ("auto",),
    }
    quick_cells = 24
    quick_pruned = 48

    def cell(self, dtype, shape, layout, threads, simd):
        return MatmulCell("matmul", dtype, shape, layout, threads, simd)

    def operands(self, cell):
        rows, summed, columns = cell.extents
        a = layouts.make((rows, summed), cell.dtype, cell.layout)
        b = layouts.make((summed, columns), cell.dtype, cell.layout, 1)
        return operations.Operands((a, b), layouts.make_out((rows, columns), cell.dtype, cell.layout))

    def unfit(self, cell):
        # The strides of an axis of one element say nothing.
        if 1 in cell.extents and cell.layout != "C":
            return "a row or a column alone has one layout"
        return super().unfit(cell)

    def in_quick(self, cell):
        if cell.threads == "auto":
            return cell.layout == "C" and cell.shape in ("512", "1000")
        return cell.layout == "C" or cell.shape in ("64", "512")
