# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""NumPy on several threads: element-wise work and reductions are split, products are its BLAS's own business."""

import functools
import timeit
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import threadpoolctl
from numpy.typing import NDArray

from . import operations
from .operations import Call, Operands

# Threads of a BLAS keep a core busy for so many seconds after its last call (seen with OpenBLAS: 0.1).
_BLAS_SPINS = 0.15
# Elements that NumPy adds in less time than waking a thread takes.
_NEVER_SPLIT = 1024
_COMBINE = {"sum": np.add, "mean": np.add, "min": np.minimum, "max": np.maximum}


def limit_blas(threads: int) -> None:
    """Gives NumPy's BLAS so many threads. AssertionError if it takes another number."""
    threadpoolctl.threadpool_limits(threads, user_api="blas")
    found = [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    assert found == [threads] * len(found) and found, f"threads of NumPy's BLAS: got {found}; expected {threads}"


class _Team:
    """Calls its parts on as many threads, the first one on the caller's."""

    def __init__(self, parts: list[Call]) -> None:
        self._first, *self._others = parts
        self._pool = ThreadPoolExecutor(len(self._others))

    def __call__(self) -> None:
        others = [self._pool.submit(part) for part in self._others]
        self._first()
        for other in others:
            other.result()


def _ranges(extent: int, parts: int) -> list[slice]:
    edges = [extent * part // parts for part in range(parts + 1)]
    return [slice(low, high) for low, high in zip(edges, edges[1:])]


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    return (slice(None),) * axis + (part,)


def _split_map(op: str, operands: Operands, threads: int) -> Call:
    out = operands.out
    assert out is not None
    axis = int(np.argmax(out.shape))
    arrays = [np.broadcast_to(array, out.shape) for array in operands.arrays]
    parts = []
    for part in _ranges(out.shape[axis], threads):
        where = _along(axis, part)
        piece = operands._replace(arrays=tuple(array[where] for array in arrays), out=out[where])
        parts.append(operations.numpy_call(op, piece))
    team = _Team(parts)

    def call() -> NDArray:
        team()
        return out

    return call


def _split_reduction(op: str, operands: Operands, threads: int) -> Call:
    (array,), out, _, axis = operands
    split = int(np.argmax(array.shape))
    ranges = _ranges(array.shape[split], threads)
    if axis is not None and axis != split and out is not None:
        # Each thread has a part of the result.
        kept = split - (axis < split)
        pieces = [Operands((array[_along(split, r)],), out[_along(kept, r)], None, axis) for r in ranges]
        team = _Team([operations.numpy_call(op, piece) for piece in pieces])

        def call() -> NDArray:
            team()
            return out

        return call

    # Each thread has a part of what is reduced, and the results are combined.
    dtype = np.dtype(operations.result_dtype(op, str(array.dtype)))
    buffers = np.zeros((threads, *(() if out is None else out.shape)), dtype)
    ufunc = _COMBINE[op]
    team = _Team(
        [
            functools.partial(ufunc.reduce, array[_along(split, r)], axis=axis, out=buffers[i, ...])
            for i, r in enumerate(ranges)
        ]
    )
    count = array.size if axis is None else array.shape[axis]

    def combined() -> NDArray:
        team()
        result = ufunc.reduce(buffers, axis=0, out=out)
        return np.divide(result, dtype.type(count), out=out) if op == "mean" else result

    return combined


def pause(op: str, threads: int) -> float:
    """How many seconds to wait after NumPy's call before its threads leave the cores to somebody else."""
    uses_blas = operations.OPERATIONS[op].kind in ("vector", "product")
    return _BLAS_SPINS if uses_blas and threads > 1 else 0.0


def call(op: str, operands: Operands, threads: int) -> tuple[Call, str]:
    """NumPy's call with so many threads allowed, and which it is: 'whole' or 'split'.

    Splitting costs some 20 us, which smaller arrays do not earn back: both are tried and the faster one is taken.
    """
    limit_blas(threads)
    whole = operations.numpy_call(op, operands)
    kind = operations.OPERATIONS[op].kind
    is_small = max(array.size for array in operands.arrays) <= _NEVER_SPLIT
    if threads == 1 or is_small or kind not in ("map", "reduction"):
        return whole, "whole"
    split = (_split_map if kind == "map" else _split_reduction)(op, operands, threads)
    best = {}
    for name, candidate in (("whole", whole), ("split", split)):
        candidate()
        best[name] = min(timeit.repeat(candidate, number=1, repeat=5))
    return (split, "split") if best["split"] < best["whole"] else (whole, "whole")
