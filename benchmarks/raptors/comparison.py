# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks of cells have in common: pruning, proof that a cell is what it says, and what is timed."""

import abc
import contextlib
import importlib.metadata
import itertools
import os
import time
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np

import raptors

from . import grid, layouts, numpy_threads, operations, timing
from .operations import Operands

# Above so many bytes a limit of several threads must lead to several threads.
_SURELY_PARALLEL = 8 << 20
_OF_THE_BUILD = ("RAPTORS_BAZEL", "RAPTORS_DEBIAN_MIRROR")
_STEERS_BLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


class Cell(NamedTuple):
    """One call, as the parameters name it; what a benchmark has no axis for stays None."""

    op: str
    dtype: str
    shape: str
    layout: str = "C"
    threads: int | str = "auto"
    simd: str = "auto"
    axis: str | None = None
    stretch: str | None = None

    @property
    def extents(self) -> tuple[int, ...]:
        return grid.SHAPES[self.shape]


def check_environment() -> None:
    """AssertionError unless raptors is the installed wheel's and nothing in the environment bends either side."""
    installed = importlib.metadata.distribution("raptors").locate_file("raptors/__init__.py")
    found = getattr(raptors, "__file__", None)
    assert found and os.path.samefile(found, installed), f"raptors: got {found}; expected the wheel's, {installed}"
    runner = importlib.metadata.version("asv_runner")
    assert runner.startswith("0.2."), f"asv_runner: got {runner}; expected 0.2.x: later ones time single calls"
    ours = {name for name in os.environ if name.startswith("RAPTORS_")}.difference(_OF_THE_BUILD)
    bent = sorted(ours.union(os.environ.keys() & set(_STEERS_BLAS)))
    assert not bent, f"environment: got {', '.join(bent)}; expected none of them to be set, for both sides' sake"


def allowed_threads(threads: int | str) -> int:
    return grid.usable_cores() if threads == "auto" else int(threads)


def check_decision(cell: Cell, calls: list[raptors.Decision], moved: int) -> None:
    """AssertionError unless the one call in `calls` was done as the cell demands. `moved` counts bytes."""
    settings = raptors.info()["settings"]
    limit = None if cell.threads == "auto" else cell.threads
    found = (settings["simd"], settings["max_threads"])
    assert found == (cell.simd, limit), f"settings: got (simd, max_threads) {found}; expected {(cell.simd, limit)}"
    assert len(calls) == 1, f"calls of the engine: got {calls}; expected one"
    done = calls[0]
    name = operations.OPERATIONS[cell.op].engine_name or cell.op
    assert (done.op, done.dtype) == (name, cell.dtype), f"call: got {done}; expected {name} of {cell.dtype}"
    if cell.simd != "auto":
        level = "scalar" if cell.simd == "off" else cell.simd
        assert done.isa == level, f"level: got {done.isa} ({done.reason}); expected {level}"
    allowed = allowed_threads(cell.threads)
    fewest = 2 if allowed > 1 and moved >= _SURELY_PARALLEL else 1
    assert fewest <= done.threads <= allowed, f"threads: got {done}; expected from {fewest} to {allowed}"
    # With two operands in different orders the engine has one word for both.
    strided = cell.layout in ("row-slice", "column-slice", "transposed", "broadcast") and cell.stretch is None
    if strided and operations.OPERATIONS[cell.op].kind == "map" and len(cell.extents) > 1:
        assert done.layout != "contiguous", f"layout: got {done}; expected another one than contiguous"


class Comparison(abc.ABC):
    """A benchmark of cells: `axes` are its parameters, and `quick_axes` those of the quick subset.

    ASV reads params and param_names. `quick_cells` and `quick_pruned` are how many cells of the quick axes are
    measured and how many set-up prunes; the completeness check counts them.
    """

    axes: ClassVar[dict[str, tuple]]
    quick_axes: ClassVar[dict[str, tuple]]
    quick_cells: ClassVar[int]
    quick_pruned: ClassVar[int]

    params: ClassVar[list[tuple]]
    param_names: ClassVar[list[str]]

    # Of time_*, in seconds: short samples, since set-up has warmed everything up. No hash of the code as the version:
    # it would make a baseline useless for a comment; raise it when what is timed changes.
    version = "1"
    sample_time = 0.004
    warmup_time = 0.01
    repeat = (3, 7, 0.06)
    rounds = 1
    timeout = 300

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "axes" in cls.__dict__:
            axes = cls.current_axes()
            cls.params, cls.param_names = list(axes.values()), list(axes)

    @classmethod
    def current_axes(cls) -> dict[str, tuple]:
        axes = dict(cls.axes)
        if grid.is_quick():
            axes.update(cls.quick_axes)
        return axes

    @classmethod
    def cells(cls) -> Iterator[tuple]:
        """All combinations of the current parameters."""
        return itertools.product(*cls.params)

    @abc.abstractmethod
    def cell(self, *values: Any) -> Cell:
        """The cell that a combination of parameters names."""

    @abc.abstractmethod
    def operands(self, cell: Cell) -> Operands:
        """What the call of a cell works on, with its layout proved."""

    @abc.abstractmethod
    def in_quick(self, cell: Cell) -> bool:
        """Whether a cell belongs to the quick subset."""

    def unfit(self, cell: Cell) -> str | None:
        """Why a cell of either grid cannot be measured, or would measure another one again."""
        if cell.dtype not in operations.OPERATIONS[cell.op].dtypes:
            return f"{cell.op} has no {cell.dtype}"
        if not layouts.differs(cell.extents, cell.layout):
            return f"with one axis, {cell.layout} is another layout's name"
        if not grid.supported(cell.simd):
            return f"this processor has no {cell.simd}"
        if isinstance(cell.threads, int) and cell.threads > grid.usable_cores():
            return f"{cell.threads} threads on {grid.usable_cores()} cores"
        return None

    def pruned(self, *values: Any) -> str | None:
        """Why set-up prunes a combination, or None."""
        cell = self.cell(*values)
        if grid.is_quick() and not self.in_quick(cell):
            return "not in the quick subset; BENCHMARK_GRID=full has it"
        return self.unfit(cell)

    def setup(self, *values: Any) -> None:
        # ASV calls it before each sample; what there is to do is done once.
        self._scopes = contextlib.ExitStack()
        if getattr(self, "_values", None) == values:
            self._enter(self._cell)
            return
        if reason := self.pruned(*values):
            raise NotImplementedError(reason)
        check_environment()
        self._values, self._cell = values, self.cell(*values)
        self._enter(self._cell)
        self._prepare(self._cell)

    def _enter(self, cell: Cell) -> None:
        """Settings of the cell, in force until teardown; auto is left alone, since a scope has a cost of its own."""
        if cell.simd != "auto":
            self._scopes.enter_context(raptors.simd(cell.simd))
        if cell.threads != "auto":
            self._scopes.enter_context(raptors.threads(int(cell.threads)))

    def _prepare(self, cell: Cell) -> None:
        operands = self.operands(cell)
        self._raptors = operations.raptors_call(cell.op, operands)
        self._numpy, self.numpy_way = numpy_threads.call(cell.op, operands, allowed_threads(cell.threads))
        with raptors.record() as calls:
            mine = np.array(self._raptors())
        check_decision(cell, list(calls), operands_bytes(operands))
        theirs = np.array(self._numpy())
        # Fractions of whole numbers may differ in the last digits, by the order of rounding.
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5, err_msg="Raptors' result is not NumPy's")
        self._pause = numpy_threads.pause(cell.op, allowed_threads(cell.threads))
        time.sleep(self._pause)

    def teardown(self, *values: Any) -> None:
        self._scopes.close()

    def time_raptors(self, *values: Any) -> None:
        self._raptors()

    def time_numpy(self, *values: Any) -> None:
        self._numpy()

    def track_relative_time(self, *values: Any) -> float:
        return timing.paired(self._raptors, self._numpy, self._pause)[2]

    # Raptors' time over NumPy's, both sides timed in turns: below 1, Raptors is faster.
    track_relative_time.unit = "Raptors / NumPy"  # type: ignore[attr-defined]


def operands_bytes(operands: Operands) -> int:
    """What a call reads and writes at least; stretched memory counts once."""
    arrays = [*operands.arrays, *([] if operands.out is None else [operands.out])]
    return sum(
        array.itemsize * int(np.prod([n for n, stride in zip(array.shape, array.strides) if stride]))
        for array in arrays
    )
