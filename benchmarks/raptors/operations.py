# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""What each operation is in NumPy: the calls that are timed against Raptors' own."""

import functools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

import raptors

Call = Callable[[], Any]


class Operands(NamedTuple):
    """What one call works on; `out` is None where the result is a number or a new array."""

    arrays: tuple[NDArray, ...]
    out: NDArray | None = None
    number: float | int | None = None
    axis: int | None = None


class Operation(NamedTuple):
    kind: str  # map, reduction, vector or product
    inputs: int
    dtypes: tuple[str, ...]
    numpy: Callable[[Operands], Call]
    engine_name: str = ""  # where raptors.record() calls it otherwise


_ALL = ("float32", "float64", "int32", "int64")
_FLOATS = _ALL[:2]


def _ufunc(ufunc: Any) -> Callable[[Operands], Call]:
    def bind(operands: Operands) -> Call:
        numbers = () if operands.number is None else (operands.number,)
        return functools.partial(ufunc, *operands.arrays, *numbers, out=operands.out)

    return bind


def _then_add(operands: Operands) -> Call:
    """alpha * x + y or x * y + z: NumPy takes two passes, and no third array where there is an out."""
    *factors, addend = operands.arrays
    if operands.number is not None:
        factors.append(operands.number)
    out = operands.out

    def call() -> NDArray:
        product = np.multiply(*factors, out=out)
        return np.add(product, addend, out=product)

    return call


def _reduction(function: Any) -> Callable[[Operands], Call]:
    return lambda operands: functools.partial(function, operands.arrays[0], axis=operands.axis, out=operands.out)


def _of_vectors(function: Any, *more: Any) -> Callable[[Operands], Call]:
    return lambda operands: functools.partial(function, *operands.arrays, *more)


# NumPy has no fused multiply-add: beside fma stands what is written instead, with its two roundings.
OPERATIONS: Final[dict[str, Operation]] = {
    "scale": Operation("map", 1, _ALL, _ufunc(np.multiply)),
    "add": Operation("map", 2, _ALL, _ufunc(np.add)),
    "subtract": Operation("map", 2, _ALL, _ufunc(np.subtract)),
    "multiply": Operation("map", 2, _ALL, _ufunc(np.multiply)),
    "axpy": Operation("map", 2, _FLOATS, _then_add),
    "mul_add": Operation("map", 3, _FLOATS, _then_add),
    "fma": Operation("map", 3, _FLOATS, _then_add),
    "sum": Operation("reduction", 1, _ALL, _reduction(np.sum)),
    "mean": Operation("reduction", 1, _ALL, _reduction(np.mean)),
    "min": Operation("reduction", 1, _ALL, _reduction(np.min)),
    "max": Operation("reduction", 1, _ALL, _reduction(np.max)),
    "dot": Operation("vector", 2, _FLOATS, _of_vectors(np.dot)),
    "norm": Operation("vector", 1, _FLOATS, _of_vectors(np.linalg.norm), "nrm2"),
    "asum": Operation("vector", 1, _FLOATS, _of_vectors(np.linalg.norm, 1)),
    "matmul": Operation("product", 2, _FLOATS, _ufunc(np.matmul)),
}

NUMBERED: Final = ("scale", "axpy")


def number(op: str, dtype: str) -> float | int | None:
    """The number among the arguments: exact in every dtype, and no power of two."""
    if op not in NUMBERED:
        return None
    return 3 if dtype.startswith("int") else 1.5


def result_dtype(op: str, dtype: str) -> str:
    """As NumPy has it: integers are summed as int64 and averaged as float64."""
    if dtype.startswith("int") and op in ("sum", "mean"):
        return "int64" if op == "sum" else "float64"
    return dtype


def raptors_call(op: str, operands: Operands) -> Call:
    """The same call by Raptors."""
    function = getattr(raptors, op)
    keywords: dict[str, Any] = {} if operands.out is None else {"out": operands.out}
    if OPERATIONS[op].kind == "reduction":
        keywords["axis"] = operands.axis
    arguments: list[Any] = list(operands.arrays)
    if operands.number is not None:
        arguments.insert(0 if op == "axpy" else 1, operands.number)
    return functools.partial(function, *arguments, **keywords)


def numpy_call(op: str, operands: Operands) -> Call:
    return OPERATIONS[op].numpy(operands)
