# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""How each library computes a cell, each in the fastest way that its own documentation offers.

A contestant is a Python expression over the cell's operands; it is compiled into the timed loop, so that nobody pays
for a call around the call.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from raptors.bench.cells import Cell

LIBRARIES = ("numpy", "numexpr", "numba", "bottleneck", "numkong")


@dataclass(frozen=True)
class Contestant:
    """One library's expression for a cell, and the names in it."""

    library: str
    expression: str
    names: dict[str, Any]


def installed() -> dict[str, str | None]:
    """The version of each library, None where it cannot be imported."""
    versions: dict[str, str | None] = {}
    for name in LIBRARIES:
        try:
            versions[name] = str(importlib.import_module(name).__version__)
        except ImportError:
            versions[name] = None
    return versions


def _out(cell: Cell) -> str:
    return ", out=out" if cell.out else ""


def _name(cell: Cell) -> str:
    return cell.op.split("-")[0]


def raptors_contestant(cell: Cell, names: dict[str, Any]) -> Contestant:
    """Raptors itself. It is held to the cell's threads by RAPTORS_THREADS, as its users would."""
    import raptors

    arguments = {"scale": "x, a", "add": "x, y", "axpy": "a, x, y"}.get(_name(cell), "x")
    axis = "" if cell.axis is None else f", axis={cell.axis}"
    return Contestant("raptors", f"f({arguments}{axis}{_out(cell)})", names | {"f": getattr(raptors, _name(cell))})


def _numpy(cell: Cell, names: dict[str, Any]) -> Contestant:
    import numpy as np

    expressions = {"scale": "np.multiply(x, a{0})", "add": "np.add(x, y{0})"}
    if cell.op == "axpy":
        # There is no axpy: two passes, the second one in place.
        text = "np.add(np.multiply(x, a{0}), y, out=out)" if cell.out else "np.multiply(x, a) + y"
    elif cell.is_map:
        text = expressions[_name(cell)]
    elif _name(cell) == "mean":
        text = "np.mean(x" + ("" if cell.axis is None else f", axis={cell.axis}") + "{0})"
    else:
        # The ufunc's own method saves the time that np.sum() spends on the way to it.
        ufunc = {"sum": "add", "min": "minimum", "max": "maximum"}[_name(cell)]
        text = f"np.{ufunc}.reduce(x, axis={cell.axis}" + "{0})"
    return Contestant("numpy", text.format(_out(cell)), names | {"np": np})


def _numexpr(cell: Cell, names: dict[str, Any]) -> Contestant | None:
    import numexpr
    import numpy as np

    if _name(cell) == "mean":
        return None
    # Its name for float32 is float. Compiled once: evaluate() would parse and look up its text in every call.
    kind = float if cell.dtype == "float32" else np.double
    if cell.is_map:
        text = {"scale": "a * x", "axpy": "a * x + y"}.get(cell.op, "x + y")
        used = [name for name in ("a", "x", "y") if name in text]
    else:
        text, used = f"{cell.op}(x)", ["x"]
    compiled = numexpr.NumExpr(text, [(name, kind) for name in used])
    names = names | {"f": compiled, "a": np.dtype(cell.dtype).type(names["a"])}
    out = ", out=out, ex_uses_vml=False" if cell.out else ""
    return Contestant("numexpr", f"f({', '.join(used)}{out})", names)


def _numba(cell: Cell, names: dict[str, Any]) -> list[Contestant]:
    from raptors.bench import numba_loops

    if not cell.is_map and cell.layout == "transposed":
        # The same elements in the order of memory, as one would write the loop for them.
        op = {"mean-axis0": "mean-axis1", "mean-axis1": "mean-axis0"}.get(cell.op, cell.op)
        cell, names = replace(cell, op=op), names | {"x": names["x"].T}
    arguments = ["a"] * (cell.op in ("scale", "axpy")) + ["x"] + ["y"] * ("y" in names) + ["out"] * cell.out
    call = f"f({', '.join(arguments)})"
    names = names | {"a": names["x"].dtype.type(names["a"])}
    made = [Contestant("numba", call, names | {"f": numba_loops.function(cell, False)})]
    if cell.threads > 1 and numba_loops.can_share(cell):
        made.append(Contestant("numba parallel", call, names | {"f": numba_loops.function(cell, True)}))
    return made


def _bottleneck(cell: Cell, names: dict[str, Any]) -> Contestant | None:
    import bottleneck

    if cell.is_map or cell.out and cell.axis is None:
        return None
    # It has no out=.
    return Contestant("bottleneck", f"f(x, {cell.axis})", names | {"f": getattr(bottleneck, "nan" + _name(cell))})


def _numkong(cell: Cell, names: dict[str, Any]) -> Contestant | None:
    import numkong

    if _name(cell) == "mean" or cell.op in ("add-row", "add-column"):
        return None
    if cell.is_map:
        flat = len(cell.shape) == 1
        if cell.op == "axpy" and not flat:
            return None
        scale = "f(x, alpha=a{0})" if flat else "f(x, a{0})"
        text = {"scale": scale, "add": "f(x, y{0})"}.get(cell.op, "f(x, y, alpha=a{0})")
        function = {"scale": "scale" if flat else "multiply", "add": "add"}.get(cell.op, "blend")
        return Contestant("numkong", text.format(_out(cell)), names | {"f": getattr(numkong, function)})
    if cell.out:
        return None
    return Contestant("numkong", "f(x)", names | {"f": getattr(numkong, _name(cell))})


_MAKERS: dict[str, Callable[[Cell, dict[str, Any]], Contestant | list[Contestant] | None]] = {
    "numpy": _numpy,
    "numexpr": _numexpr,
    "numba": _numba,
    "bottleneck": _bottleneck,
    "numkong": _numkong,
}


def peers(cell: Cell, names: dict[str, Any], libraries: list[str]) -> list[Contestant]:
    """The contestants of those libraries that have the cell's operation."""
    found: list[Contestant] = []
    for library in libraries:
        made = _MAKERS[library](cell, names)
        found += made if isinstance(made, list) else [made] if made else []
    return found
