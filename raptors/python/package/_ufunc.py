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
_COMPARED = (*_TYPES, complex, list, tuple)
_FLOATS = ("float32", "float64")
_DTYPES = (*_FLOATS, "int32", "int64")


def _to_numpy(value):
    return value.to_numpy() if isinstance(value, _core.Array) else value


def _to_array(value):
    """An Array where Raptors has the dtype; else what NumPy gave."""
    if isinstance(value, numpy.ndarray) and value.dtype.name in _DTYPES and value.dtype.isnative:
        return _core.from_numpy(value)
    return value


def _total_dtype(name, dtype):
    """The dtype of a reduction's result, by the reduction's and the elements' names."""
    if dtype in _FLOATS or name in ("min", "max"):
        return dtype
    return "int64" if name == "sum" else "float64"


def _common_dtype(values):
    """The name of the dtype that Raptors computes in, by NumPy 2's rule; None where there are numbers only."""
    names = [str(value.dtype) for value in values if hasattr(value, "dtype")]
    if not names:
        return None
    found = names[0]
    for name in names[1:]:
        # Of two of one kind the wider, which sorts behind the other; else float64.
        found = max(found, name) if (found in _FLOATS) == (name in _FLOATS) else "float64"
    has_float = any(isinstance(value, float) and not hasattr(value, "dtype") for value in values)
    return "float64" if has_float and found not in _FLOATS else found


def _by_raptors(ufunc, method, inputs, out, kwargs):
    """The function with which Raptors computes this call: a known one with nothing that only NumPy knows, else None."""
    for value in (*inputs, *out):
        if not isinstance(value, _TYPES) or getattr(value, "dtype", "float64") not in _DTYPES:
            return None
    if method == "__call__" and not kwargs and len(inputs) == 2:
        function = _CALLS.get(ufunc)
        if function is _core.matmul:
            # Numbers have no axes; NumPy refuses them.
            if not all(getattr(value, "ndim", 0) in (1, 2) and value.dtype in _FLOATS for value in inputs):
                return None
        if out and out[0].dtype != _common_dtype(inputs):
            return None
        return function
    if method == "reduce" and not kwargs.keys() - {"axis", "keepdims"}:
        function = _REDUCTIONS.get(ufunc)
        # NumPy takes axis 0 of an array without axes.
        if function is None or getattr(inputs[0], "ndim", 0) == 0:
            return None
        if out and out[0].dtype != _total_dtype(function.__name__, str(inputs[0].dtype)):
            return None
        return function
    return None


def array_ufunc(array, ufunc, method, *inputs, out=(), **kwargs):
    """Array.__array_ufunc__: computes with Raptors what Raptors has, the rest with NumPy on the same memory."""
    for value in inputs + out:
        other = getattr(type(value), "__array_ufunc__", _core.Array.__array_ufunc__)
        if other not in (numpy.ndarray.__array_ufunc__, _core.Array.__array_ufunc__):
            return NotImplemented
    function = _by_raptors(ufunc, method, inputs, out, kwargs)
    if function is not None:
        if method == "reduce":
            # NumPy's reduce works along axis 0 unless told.
            kwargs.setdefault("axis", 0)
        if out:
            kwargs["out"] = out[0]
        return function(*inputs, **kwargs)
    if out:
        kwargs["out"] = tuple(_to_numpy(value) for value in out)
    result = getattr(ufunc, method)(*map(_to_numpy, inputs), **kwargs)
    results = result if isinstance(result, tuple) else (result,)
    # What was given as an output is returned as it was given.
    given = out or (None,) * len(results)
    results = tuple(_to_array(made) if own is None else own for made, own in zip(results, given))
    return results if isinstance(result, tuple) else results[0]


def operate(name, x, y, in_place):
    """x + y and the like for operands of dtypes that only NumPy has."""
    return getattr(numpy, name)(x, y, out=(x,) if in_place else None)


def reduce(
    array, name, axis=None, *, keepdims=False, out=None, threads=None, dtype=None, initial=None, where=True
):
    """array.sum() and the like with the arguments of NumPy's: by Raptors unless they ask for more."""
    if dtype is not None and numpy.dtype(dtype) == _total_dtype(name, array.dtype):
        dtype = None
    if dtype is None and initial is None and where is True:
        return getattr(_core, name)(array, axis, keepdims=keepdims, out=out, threads=threads)
    if threads is not None:
        # NumPy has one, which is no more than any number; but a wrong value is one.
        _core.derive_settings("threads", threads)
    given = {"dtype": dtype, "initial": initial, "where": where}
    wanted = {key: value for key, value in given.items() if value is not None and value is not True}
    result = getattr(array.to_numpy(), name)(axis=axis, keepdims=keepdims, out=_to_numpy(out), **wanted)
    if out is not None:
        return out
    if isinstance(result, numpy.generic) and result.dtype in _DTYPES:
        return result.item()
    return _to_array(result)


def compare(array, other, operation):
    """array < other and the like: NumPy arrays of bools."""
    if not isinstance(other, _COMPARED):
        return NotImplemented
    return getattr(numpy, _COMPARISONS[operation])(_to_numpy(array), _to_numpy(other))
