# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The cells as loops for numba: what one writes by hand, the inner loop along the output's contiguous axis."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import prange

from raptors.bench.cells import Cell

# Additions may be reordered, else no sum is vectorised; NaN is left alone, as NumPy does.
_FASTMATH = {"reassoc", "contract", "nsz"}


def _scale(a: Any, x: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = a * x[i, j]
    return out


def _add(x: Any, y: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] + y[i, j]
    return out


def _add_row(x: Any, y: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] + y[j]
    return out


def _add_column(x: Any, y: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] + y[i, 0]
    return out


def _axpy(a: Any, x: Any, y: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = a * x[i, j] + y[i, j]
    return out


def _sum(x: Any) -> Any:
    total = x.dtype.type(0)
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            total += x[i, j]
    return total


def _mean(x: Any) -> Any:
    total = x.dtype.type(0)
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            total += x[i, j]
    return total / x.dtype.type(x.size)


def _mean_axis0(x: Any, out: Any) -> Any:
    out[:] = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[j] += x[i, j]
    count = out.dtype.type(x.shape[0])
    for j in range(x.shape[1]):
        out[j] /= count
    return out


def _mean_axis1(x: Any, out: Any) -> Any:
    for i in prange(x.shape[0]):
        total = x.dtype.type(0)
        for j in range(x.shape[1]):
            total += x[i, j]
        out[i] = total / x.dtype.type(x.shape[1])
    return out


def _min(x: Any) -> Any:
    found = x[0, 0]
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            found = min(found, x[i, j])
    return found


def _max(x: Any) -> Any:
    found = x[0, 0]
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            found = max(found, x[i, j])
    return found


def _small_scale(a: Any, x: Any) -> Any:
    return a * x


def _small_scale_out(a: Any, x: Any, out: Any) -> Any:
    for i in range(x.size):
        out[i] = a * x[i]
    return out


def _small_add(x: Any, y: Any) -> Any:
    return x + y


def _small_add_out(x: Any, y: Any, out: Any) -> Any:
    for i in range(x.size):
        out[i] = x[i] + y[i]
    return out


def _small_sum(x: Any) -> Any:
    return np.sum(x)


def _small_sum_out(x: Any, out: Any) -> Any:
    out[()] = np.sum(x)
    return out


def _small_max(x: Any) -> Any:
    return np.max(x)


def _small_max_out(x: Any, out: Any) -> Any:
    out[()] = np.max(x)
    return out


_LOOPS: dict[str, Callable[..., Any]] = {
    "scale": _scale,
    "add": _add,
    "add-row": _add_row,
    "add-column": _add_column,
    "axpy": _axpy,
    "sum": _sum,
    "mean": _mean,
    "mean-axis0": _mean_axis0,
    "mean-axis1": _mean_axis1,
    "min": _min,
    "max": _max,
}
_SMALL: dict[tuple[str, bool], Callable[..., Any]] = {
    ("scale", False): _small_scale,
    ("scale", True): _small_scale_out,
    ("add", False): _small_add,
    ("add", True): _small_add_out,
    ("sum", False): _small_sum,
    ("sum", True): _small_sum_out,
    ("max", False): _small_max,
    ("max", True): _small_max_out,
}


def can_share(cell: Cell) -> bool:
    """Whether the outermost loop can be shared out among threads."""
    return len(cell.shape) > 1 and cell.op != "mean-axis0"


@functools.cache
def _compiled(op: str, small: bool, out: bool, parallel: bool) -> Callable[..., Any]:
    loop = _SMALL[op, out] if small else _LOOPS[op]
    return numba.njit(loop, fastmath=_FASTMATH, parallel=parallel, nogil=True)


def function(cell: Cell, parallel: bool) -> Callable[..., Any]:
    """The compiled loop."""
    return _compiled(cell.op, len(cell.shape) == 1, cell.out, parallel)
