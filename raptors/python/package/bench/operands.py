# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A cell's arrays and its right answer. Needs NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from raptors.bench.cells import Cell

# Exact in both dtypes; with whole numbers of at most four bits no sum is rounded, so that every order gives one answer.
FACTOR = 1.5
_LARGEST = 8


class Buffers:
    """Memory that all cells share: nothing is allocated, and no page is touched first, in a timed call."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, str], Any] = {}

    def flat(self, role: str, dtype: str, count: int) -> Any:
        """`count` items for one role ("x", "y", "row", "out"), whole numbers from -8 to 8."""
        held = self._arrays.get((role, dtype))
        if held is None or held.size < count:
            generator = np.random.default_rng(len(role) + ord(role[0]))
            held = generator.integers(-_LARGEST, _LARGEST + 1, size=count).astype(dtype)
            self._arrays[role, dtype] = held
        return held[:count]


def _laid_out(buffers: Buffers, role: str, cell: Cell) -> Any:
    """An array of the cell's shape and layout."""
    rows, columns = cell.shape if len(cell.shape) == 2 else (1, cell.shape[0])
    if cell.layout == "transposed":
        return buffers.flat(role, cell.dtype, rows * columns).reshape(columns, rows).T
    if cell.layout == "row-slice":
        return buffers.flat(role, cell.dtype, 2 * rows * columns).reshape(2 * rows, columns)[::2]
    if cell.layout == "column-slice":
        return buffers.flat(role, cell.dtype, 2 * rows * columns).reshape(rows, 2 * columns)[:, ::2]
    return buffers.flat(role, cell.dtype, rows * columns).reshape(cell.shape)


def _result_shape(cell: Cell) -> tuple[int, ...]:
    if cell.is_map:
        return cell.shape
    return () if cell.axis is None else (cell.shape[1 - cell.axis],)


def operands(buffers: Buffers, cell: Cell) -> dict[str, Any]:
    """The names that contestants' expressions use: x, y where there is one, a, axis, out where the cell has it."""
    names: dict[str, Any] = {"x": _laid_out(buffers, "x", cell), "a": FACTOR, "axis": cell.axis}
    if cell.op == "add":
        # a + b.T: the last operand has the layout, as in the C++ programs; slices are taken of both.
        names["y"] = names["x"]
        plain = Cell(cell.op, cell.dtype, cell.shape, "C" if cell.layout == "transposed" else cell.layout, 1, True)
        names["x"] = _laid_out(buffers, "y", plain)
    elif cell.op == "axpy":
        plain = Cell(cell.op, cell.dtype, cell.shape, "C" if cell.layout == "transposed" else cell.layout, 1, True)
        names["y"] = _laid_out(buffers, "y", plain)
    elif cell.op == "add-row":
        names["y"] = buffers.flat("row", cell.dtype, cell.shape[1])
    elif cell.op == "add-column":
        names["y"] = buffers.flat("row", cell.dtype, cell.shape[0]).reshape(-1, 1)
    if cell.out:
        shape = _result_shape(cell)
        names["out"] = buffers.flat("out", cell.dtype, int(np.prod(shape))).reshape(shape)
    return names


def expected(cell: Cell, names: dict[str, Any]) -> Any:
    """The answer, computed in float64 (which holds all of it) and rounded once."""
    x = names["x"].astype(np.float64)
    y = names["y"].astype(np.float64) if "y" in names else None
    if cell.op == "scale":
        exact = x * FACTOR
    elif cell.op == "axpy":
        exact = x * FACTOR + y
    elif cell.is_map:
        exact = x + y
    else:
        exact = getattr(np, cell.op.split("-")[0])(x, axis=cell.axis)
    return np.asarray(exact).astype(cell.dtype)


def is_right(cell: Cell, got: Any, want: Any) -> bool:
    """Every bit, but for means, which some compute by a multiplication: two units in the last place."""
    found = np.asarray(got)
    if found.shape != want.shape:
        return False
    if not cell.op.startswith("mean"):
        return bool(np.array_equal(found, want))
    return bool(np.all(np.abs(found - want) <= 2 * np.finfo(cell.dtype).eps * np.abs(want)))
