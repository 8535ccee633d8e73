# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Calls on 32 elements: what a call costs before it computes anything."""

import numpy as np

import raptors

from . import comparison, grid, operations
from .comparison import Cell


class SmallCell(Cell):
    """A cell of 32 elements; of a product, 4x8 by 8x4."""

    __slots__ = ()

    @property
    def extents(self):
        return (32,)


class Small(comparison.Comparison):
    """Operands are NumPy's for both sides; for container Array, Raptors' side has its own over the same memory.

    time_* contain what ASV's own calling costs, some 0.1 us for either side; track_relative_time does not.
    """

    axes = {
        "op": tuple(operations.OPERATIONS),
        "dtype": grid.DTYPES,
        "result": ("new", "out"),
        "container": ("numpy", "Array"),
    }
    quick_axes = {"dtype": ("float32", "float64")}
    quick_cells = 58
    quick_pruned = 62

    def cell(self, op, dtype, result, container):
        return SmallCell(op, dtype, "32", stretch=f"{result} {container}")

    def operands(self, cell):
        operation = operations.OPERATIONS[cell.op]
        arrays = [np.arange(1 + seed, 33 + seed).astype(cell.dtype) for seed in range(operation.inputs)]
        shape: tuple[int, ...] = (32,)
        if operation.kind == "product":
            arrays, shape = [arrays[0].reshape(4, 8), arrays[1].reshape(8, 4)], (4, 4)
        out = np.zeros(shape, cell.dtype) if cell.stretch.startswith("out") else None
        return operations.Operands(tuple(arrays), out, operations.number(cell.op, cell.dtype))

    def _prepare(self, cell):
        super()._prepare(cell)
        if cell.stretch.endswith("Array"):
            operands = self.operands(cell)
            arrays = tuple(raptors.from_numpy(array) for array in operands.arrays)
            out = None if operands.out is None else raptors.from_numpy(operands.out)
            self._raptors = operations.raptors_call(cell.op, operands._replace(arrays=arrays, out=out))

    def unfit(self, cell):
        if cell.stretch.startswith("out") and operations.OPERATIONS[cell.op].kind in ("reduction", "vector"):
            return "a number needs no out"
        return super().unfit(cell)

    def in_quick(self, cell):
        # One dtype, but for the operations that most calls are of.
        return cell.dtype == "float32" or cell.op in ("scale", "add", "sum", "max")
