# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""What Raptors would do and why, what it found on this machine and what it holds: dicts that print as text."""

from raptors import _core


class Report(dict):
    """A dict with everything; str() of it is a text for people."""

    __slots__ = ("_text",)

    def __init__(self, json_and_text):
        # Not at import: json costs more than all of raptors.
        import json

        super().__init__(json.loads(json_and_text[0]))
        self._text = json_and_text[1]

    def __str__(self):
        return self._text


def info():
    """The version, this machine's processor, the SIMD levels, BLAS, memory, and the settings in force.

    >>> raptors.info()["version"] == raptors.__version__
    True
    >>> print(raptors.info())  # doctest: +ELLIPSIS
    raptors ...
    """
    report = Report(_core.info())
    report["python"] = {"cast_copies": _core.cast_copies()}
    return report


def threading_info():
    """Everything about threads, SIMD levels and BLAS that a call would meet now, as a mapping.

    >>> raptors.threading_info()["usable_cores"] >= 1
    True
    """
    return Report(_core.threading_info())


def table():
    """Every kernel in this build: a list of dicts.

    >>> any(row["op"] == "scale" for row in raptors.table())
    True
    """
    import json

    return json.loads(_core.table()[0])


def metrics(format="dict"):
    """How often each path was taken in this process: a dict, or format='prometheus' for a text that Prometheus reads.

    >>> raptors.metrics()["overflow"]
    0
    """
    json_and_text = _core.metrics()
    if format == "prometheus":
        return json_and_text[1]
    if format != "dict":
        raise ValueError("format: got %r; expected 'dict' or 'prometheus'" % (format,))
    import json

    return json.loads(json_and_text[0])


def _broadcast(shapes):
    """The shape that shapes broadcast to; a wrong one where they do not, which the call itself would refuse."""
    ndim = max(map(len, shapes))
    padded = [(1,) * (ndim - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(next((extent for extent in extents if extent != 1), 1) for extents in zip(*padded))


def _extents(name, arrays):
    """The extents that the engine explains a call on these arrays by."""
    shapes = [array.shape for array in arrays]
    if name != "matmul" or len(shapes) != 2:
        return _broadcast(shapes)
    rows = shapes[0][0] if len(shapes[0]) > 1 else 1
    columns = shapes[1][1] if len(shapes[1]) > 1 else 1
    return rows, columns, shapes[1][0]


def explain(
    op, *args, dtype=None, shape=None, layout=None, in_place=False, overlapping=False, factor=None, axis=None
):
    """What would be done with a call and why, without doing it.

    op is the name of an operation or a function of raptors. What it would work on is either the arrays and the number
    among the arguments, taken to lie in C order, or dtype and shape: that of the result; of the input where axes are
    reduced; (m, n, k) of a matrix product of (m, k) and (k, n). Returns a dict; str() of it is a text.

    >>> why = raptors.explain("scale", dtype="float32", shape=(1000, 1000))
    >>> why["call"]["op"], why["decision"]["route"]
    ('scale', 'simd')
    >>> raptors.explain(raptors.add, raptors.ones(8), 1)["call"]["dtype"]
    'float64'
    """
    name = getattr(op, "__name__", op)
    if name == "norm":
        name = "nrm2"
    arrays = [argument for argument in args if hasattr(argument, "shape") and hasattr(argument, "dtype")]
    if factor is None:
        factor = next((argument for argument in args if isinstance(argument, (int, float))), None)
    if arrays:
        dtype = arrays[0].dtype if dtype is None else dtype
        shape = _extents(name, arrays) if shape is None else shape
    if dtype is None or shape is None:
        raise TypeError("explain() needs an array, or dtype and shape")
    keywords = {"layout": layout, "in_place": in_place, "overlapping": overlapping, "factor": factor, "axis": axis}
    return Report(_core.explain(name, dtype, shape, **keywords))


def simd_enabled():
    """Whether calls use a SIMD level now.

    >>> with raptors.simd("off"):
    ...     raptors.simd_enabled()
    False
    """
    return any(level["in_force"] and level["isa"] != "scalar" for level in info()["levels"])
