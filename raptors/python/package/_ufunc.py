# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""NumPy's functions on Arrays (__array_ufunc__), and comparisons. NumPy is imported here only."""

import numpy

from raptors import _core

_CALLS = {
    numpy.add: _core.add,
    numpy.subtract: _core.subtract,
    numpy.multiply: _core.multiply,
    numpy.matmul: _core.matmul,
}
_REDUCTIONS = {numpy.add: _core.sum, numpy.minimum: _core.min, numpy.maximum: _core.max}

# In the order of Python's Py_LT, Py_LE, ...
_COMPARISONS = ("less", "less_equal", "equal", "not_equal", "greater", "greater_equal")

_TYPES = (_core.Array, numpy.ndarray, numpy.generic, int, float)
_DTYPES = ("float32", "float64", "int32", "int64")


def _to_numpy(value):
    return value.to_numpy() if isinstance(value, _core.Array) else value


def _to_array(value):
    """An Array where Raptors has the dtype; else what NumPy gave."""
    if isinstance(value, numpy.ndarray) and value.dtype.name in _DTYPES and value.dtype.isnative:
        return _core.from_numpy(value)
    return value


def _by_raptors(ufunc, method, inputs, out, kwargs):
    """Whether Raptors computes this call: a known function with nothing that only NumPy knows."""
    for value in (*inputs, *(value for value in out if value is not None)):
        if not isinstance(value, _TYPES) or getattr(value, "dtype", "float64") not in _DTYPES:
            return None
    if method == "__call__" and not kwargs:
        return _CALLS.get(ufunc)
    if method == "reduce" and not kwargs.keys() - {"axis", "keepdims"}:
        return _REDUCTIONS.get(ufunc)
    return None


def array_ufunc(array, ufunc, method, *inputs, out=(), **kwargs):
    """Array.__array_ufunc__: computes with Raptors what Raptors has, the rest with NumPy on the same memory."""
    function = _by_raptors(ufunc, method, inputs, out, kwargs)
    if function is not None:
        if method == "reduce":
            # NumPy's reduce works along axis 0 unless told.
            kwargs.setdefault("axis", 0)
        if out:
            kwargs["out"] = out[0]
        return function(*inputs, **kwargs)
    for value in inputs + out:
        other = getattr(type(value), "__array_ufunc__", None)
        if other not in (None, numpy.ndarray.__array_ufunc__, _core.Array.__array_ufunc__):
            return NotImplemented
    if out:
        kwargs["out"] = tuple(_to_numpy(value) for value in out)
    result = getattr(ufunc, method)(*map(_to_numpy, inputs), **kwargs)
    if out:
        return out[0] if len(out) == 1 else out
    return tuple(map(_to_array, result)) if isinstance(result, tuple) else _to_array(result)


def compare(array, other, operation):
    """array < other and the like: NumPy arrays of bools."""
    if not isinstance(other, _TYPES):
        return NotImplemented
    return getattr(numpy, _COMPARISONS[operation])(_to_numpy(array), _to_numpy(other))
