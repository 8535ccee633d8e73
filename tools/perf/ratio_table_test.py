# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The table of ratios, of made-up cells."""

import unittest

import ratio_table
import results
from results import Key

SCALE, REDUCTIONS = "raptors.bench_scale.Scale", "raptors.bench_reductions.Reductions"


def key(dtype, shape, layout="C", threads="1", simd="auto"):
    return Key(SCALE, (dtype, shape, layout, threads, simd))


class RatioTableTest(unittest.TestCase):
    def test_means_are_geometric_and_inverted(self):
        cells = {key("float32", "64x64"): 0.5, key("float64", "2048x2048"): 0.125}
        lines = ratio_table.text(ratio_table.collect(cells))
        self.assertIn("| scale | 4.0 |  |  |  |", lines)
        self.assertIn("one thread: geometric mean 4.00 of 2 cells; 0 of them slower than NumPy", lines)

    def test_columns(self):
        cells = {
            key("float32", "64x64", "transposed"): 1.0,
            key("float32", "64x64", "column-slice"): 2.0,
            key("float32", "1000x1000", threads="auto"): 0.2,
            Key(REDUCTIONS, ("mean", "1", "float64", "512x512", "C", "1", "auto")): 0.1,
        }
        lines = ratio_table.text(ratio_table.collect(cells))
        self.assertIn("| scale |  | 1.0 | 0.5 | 5.0 |", lines)
        self.assertIn("| mean, axis 1 | 10.0 |  |  |  |", lines)
        self.assertIn("  0.50 bench_scale.Scale(float32, 64x64, column-slice, 1, auto)", lines)

    def test_other_cells_do_not_count(self):
        cells = {key("int32", "64x64"): 0.5, key("float32", "64x64", simd="off"): 0.5, key("float32", "1e6x3"): 0.5}
        self.assertFalse(any(ratio_table.collect(cells).values()))

    def test_a_failed_cell_is_an_error(self):
        with self.assertRaisesRegex(results.Error, r"Scale\(float32, 64x64, C, 1, auto\) failed"):
            ratio_table.collect({key("float32", "64x64"): None})

    def test_a_directory_without_results_is_an_error(self):
        self.assertEqual(ratio_table.main(["/nowhere/at/all.json"]), 2)


if __name__ == "__main__":
    unittest.main()
