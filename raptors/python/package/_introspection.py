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


# Functions whose operation has another name.
_OPERATIONS = {"norm": "nrm2"}
_FUNCTIONS = {operation: name for name, operation in _OPERATIONS.items()}
_NO_ARRAYS = ("axis", "keepdims", "out", "threads", "alpha", "factor")


def _bind(operation, args, factor, axis):
    """The arguments of a call of an operation's function: names and values of its arrays, its number, its axis."""
    import inspect

    function = getattr(_core, _FUNCTIONS.get(operation, operation), None)
    if function is None:
        raise ValueError("op: got %r; expected a function of raptors over an operation" % (operation,))
    signature = inspect.signature(function)
    given = signature.bind_partial(*args).arguments
    arrays = [name for name in signature.parameters if name not in _NO_ARRAYS]
    for name in arrays:
        if name not in given:
            raise TypeError("explain() needs the argument %r of %s()" % (name, function.__name__))
    number = given.get("alpha", given.get("factor"))
    if number is not None and factor is not None or "axis" in given and axis is not None:
        raise TypeError("explain() got the factor or the axis twice")
    values = tuple(given[name] for name in arrays)
    return tuple(arrays), values, factor if number is None else number, given.get("axis", axis)


def explain(
    op, *args, dtype=None, shape=None, layout=None, in_place=False, overlapping=False, factor=None, axis=None
):
    """What would be done with a call and why, without doing it.

    op is the name of an operation or a function of raptors. What it would work on is either given as in a call, by
    position, or by dtype and shape: that of the result; of the input where axes are reduced; (m, n, k) of a matrix
    product of (m, k) and (k, n). Arrays say how they lie in memory; otherwise it is C order, or layout. Returns a dict;
    str() of it is a text.

    >>> why = raptors.explain("scale", dtype="float32", shape=(1000, 1000))
    >>> why["call"]["op"], why["decision"]["route"]
    ('scale', 'simd')
    >>> raptors.explain(raptors.add, raptors.ones(8), 1)["call"]["dtype"]
    'float64'
    """
    name = getattr(op, "__name__", op)
    name = _OPERATIONS.get(name, name)
    if args:
        names, arrays, factor, axis = _bind(name, args, factor, axis)
        found = _core.describe(name, names, arrays, factor, axis, in_place)
        dtype, shape, layout = (own if given is None else given for given, own in zip((dtype, shape, layout), found))
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
