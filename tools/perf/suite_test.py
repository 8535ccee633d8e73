# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""That the suite notices what it promises to notice. Runs where the wheel and the pinned requirements are installed:

python tools/perf/suite_test.py
"""

import os
import pathlib
import sys
import unittest
from unittest import mock

import check_run
import numpy as np
import raptors

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from benchmarks.raptors import (
    bench_scale,
    comparison,
    completeness,
    grid,
    layouts,
    numpy_threads,
    operations,
)  # noqa: E402
from benchmarks.raptors.comparison import Cell  # noqa: E402


def made(cell):
    """A Scale benchmark set up for a cell, whether it is in the current grid or not."""
    benchmark = bench_scale.Scale()
    with mock.patch.object(bench_scale.Scale, "pruned", return_value=None):
        benchmark.setup(*cell[1:6])
    return benchmark


class CompletenessTest(unittest.TestCase):
    def test_complete(self):
        self.assertEqual(completeness.complaints(), [])

    def test_a_function_without_benchmark(self):
        functions = completeness.module_functions() | {"cube_root"}
        with mock.patch.object(completeness, "module_functions", return_value=functions):
            self.assertIn("raptors.cube_root has no benchmark", completeness.complaints()[0])

    def test_an_operation_that_no_benchmark_reaches(self):
        names = completeness.engine_operations() | {"cbrt"}
        with mock.patch.object(completeness, "engine_operations", return_value=names):
            self.assertEqual(completeness.complaints(), ["no benchmark reaches the engine's cbrt"])

    def test_a_benchmark_that_is_dropped(self):
        rows = {name: row for name, row in operations.OPERATIONS.items() if name != "asum"}
        with mock.patch.object(completeness, "measured", return_value=rows):
            self.assertIn("raptors.asum has no benchmark", completeness.complaints()[0])

    def test_the_size_of_the_quick_subset(self):
        with mock.patch.object(bench_scale.Scale, "in_quick", return_value=True):
            self.assertIn("Scale: the quick subset has 384 cells", completeness.complaints()[0])


class SetUpTest(unittest.TestCase):
    def test_another_module(self):
        with mock.patch.object(raptors, "__file__", __file__):
            with self.assertRaisesRegex(AssertionError, "expected the wheel's"):
                comparison.check_environment()

    def test_the_environment(self):
        for name in ("OPENBLAS_CORETYPE", "RAPTORS_SIMD"):
            with mock.patch.dict(os.environ, {name: "x"}):
                with self.assertRaisesRegex(AssertionError, name):
                    comparison.check_environment()

    def test_every_layout_is_what_it_says(self):
        for layout in grid.LAYOUTS:
            for shape in ((6, 10), (12,)):
                if layouts.differs(shape, layout):
                    layouts.make(shape, "float32", layout)

    def test_a_layout_that_is_not(self):
        array = np.zeros((6, 10), np.float32)
        for layout in grid.LAYOUTS:
            if layout != "C":
                with self.assertRaisesRegex(AssertionError, f"layout {layout}"):
                    layouts.check(array, array.shape, "float32", layout)

    def test_a_level_that_did_not_take_effect(self):
        # The scope is left out, so that the call runs at the level of this machine.
        with mock.patch.object(comparison.Comparison, "_enter"):
            with self.assertRaisesRegex(AssertionError, "settings: got"):
                made(Cell("scale", "float32", "64x64", "C", 1, "off"))

    def test_a_decision_that_is_another_one(self):
        cell = Cell("scale", "float32", "64x64", "transposed", 1, "off")
        good = raptors.Decision("scale", "float32", "transposed", 13, "scalar", "scalar", 1, "simd-off")
        settings = {"settings": {"simd": "off", "max_threads": 1}}
        with mock.patch.object(raptors, "info", return_value=settings):
            comparison.check_decision(cell, [good], 1 << 15)
            for change in ({"isa": "avx2"}, {"threads": 2}, {"op": "add"}, {"layout": "contiguous"}):
                with self.assertRaises(AssertionError):
                    comparison.check_decision(cell, [good._replace(**change)], 1 << 15)

    def test_a_wrong_result(self):
        with mock.patch.object(
            operations, "raptors_call", lambda op, operands: lambda: raptors.scale(*operands.arrays, 7)
        ):
            with self.assertRaisesRegex(AssertionError, "Raptors' result is not NumPy's"):
                made(Cell("scale", "float32", "64x64", "C", "auto", "auto"))

    def test_what_is_pruned_raises(self):
        with self.assertRaises(NotImplementedError):
            bench_scale.Scale().setup("float32", "64x64", "C", 1, "no such level")

    def test_scopes_end(self):
        benchmark = made(Cell("scale", "float32", "64x64", "C", 1, "off"))
        self.assertEqual(raptors.info()["settings"]["simd"], "off")
        benchmark.teardown()
        self.assertEqual(raptors.info()["settings"]["simd"], "auto")
        self.assertLess(benchmark.track_relative_time(), 100)


class CheckRunTest(unittest.TestCase):
    def complaints(self, values, expected, number=100):
        names = ["result", "params", "stats_number", "stats_repeat"]
        row = [values, [["'x'"] * len(values)], [number] * len(values), [5] * len(values)]
        data = {"result_columns": names, "results": {"raptors.bench_scale.Scale.time_raptors": row}}
        return check_run.complaints(data, {"Scale": expected})

    def test_as_expected(self):
        self.assertEqual(self.complaints([1e-6, float("nan"), 2e-6], (2, 1)), ([], 2, 1))

    def test_other_numbers(self):
        self.assertIn(
            "(measured, pruned) is (2, 1); expected (3, 0)", self.complaints([1, 2, float("nan")], (3, 0))[0][0]
        )

    def test_a_failed_cell(self):
        self.assertIn("1 cells failed", self.complaints([1e-6, None], (2, 0))[0][0])

    def test_a_short_call_that_was_timed_alone(self):
        self.assertIn("a call of 1.0 us was timed alone", self.complaints([1e-6], (1, 0), number=1)[0][0])


class NumpyThreadsTest(unittest.TestCase):
    def test_split_is_the_same_as_whole(self):
        x = layouts.make((60, 7), "int32", "column-slice")
        for op in ("sum", "mean", "min", "max"):
            for axis in (None, 0, 1):
                for array in (x, x.T):
                    whole = operations.numpy_call(op, operations.Operands((array,), None, None, axis))()
                    out = None if axis is None else np.zeros_like(whole)
                    split = numpy_threads._split_reduction(op, operations.Operands((array,), out, None, axis), 3)
                    np.testing.assert_array_equal(split(), whole)
        out = np.zeros((60, 7), np.int32)
        operands = operations.Operands((x, layouts.make((7,), "int32", "C")), out)
        np.testing.assert_array_equal(numpy_threads._split_map("add", operands, 2)(), x + operands.arrays[1])


if __name__ == "__main__":
    unittest.main()
