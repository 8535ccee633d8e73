# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors bench-diff: what is a loss, what is not, and what is no input."""

import contextlib
import io
import math
import random
import subprocess
import sys
import unittest

from bench_documents import DocumentCase, cell, document, google_benchmark
from raptors.bench import diff, statistics

SCALE = "python/scale/float32/64x64/C/threads:1/out"
SUM = "python/sum/float32/64x64/C/threads:1/new"


class DiffTest(DocumentCase):
    def run_diff(self, first, second, *options):
        """Exit status, stdout, stderr."""
        arguments = [self.write("a.json", first), self.write("b.json", second), *options]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = diff.main(arguments)
            except SystemExit as end:
                status = end.code
        return status, out.getvalue(), err.getvalue()

    def test_no_change(self):
        status, out, err = self.run_diff(document(cell()), document(cell()))
        self.assertEqual((status, err), (0, ""))
        self.assertIn("geometric mean of 1 ratios: 1.000", out)
        self.assertIn("losses (interval below 0.95, missing or wrong): 0;", out)

    def test_loss(self):
        status, out, _ = self.run_diff(document(cell(), cell(SUM)), document(cell(ours=(125.0,)), cell(SUM)))
        self.assertEqual(status, 1)
        self.assertRegex(out, SCALE + r" +0\.800  0\.800\.\.0\.800 +numpy  LOSS")
        self.assertNotIn(SUM, out)
        self.assertIn("wrong): 1;", out)

    def test_gain(self):
        status, out, _ = self.run_diff(document(cell()), document(cell(ours=(50.0,))))
        self.assertEqual(status, 0)
        self.assertRegex(out, SCALE + r" +2\.000 ")
        self.assertIn("gains: 1;", out)

    def test_drift_of_the_machine_is_no_loss(self):
        """All of B took twice as long, NumPy too."""
        slow = document(cell(ours=(200.0,), numpy=(400.0,)))
        self.assertEqual(self.run_diff(document(cell()), slow)[0], 0)
        status, out, _ = self.run_diff(document(cell()), slow, "--time")
        self.assertEqual(status, 1)
        self.assertRegex(out, r"0\.500 .*clock  LOSS")

    def test_other_machines_are_told(self):
        first, second = document(cell()), document(cell(), machine={"model": "another processor", "cores": 2})
        status, out, _ = self.run_diff(first, second)
        self.assertEqual(status, 0)
        self.assertRegex(out, "^NOTE: different machines .model a processor in A, another processor in B")
        status, out, err = self.run_diff(first, second, "--time")
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, "--time: got documents of different machines")
        for same in (document(cell()), document(cell(), machine={})):
            self.assertNotIn("NOTE", self.run_diff(first, same)[1])

    def test_noise_is_no_loss(self):
        """The median is 10% lower, but the samples of both lie over one another."""
        first = document(cell(ours=(80.0, 100.0, 130.0)))
        second = document(cell(ours=(85.0, 112.0, 135.0)))
        status, out, _ = self.run_diff(first, second, "--all")
        self.assertEqual(status, 0)
        self.assertIn(SCALE, out)
        self.assertNotIn("LOSS", out)

    def test_threshold(self):
        pair = document(cell()), document(cell(ours=(125.0,)))
        self.assertEqual(self.run_diff(*pair, "--fail-below=0.7")[0], 0)
        self.assertEqual(self.run_diff(*pair, "--fail-below=0.9")[0], 1)
        for value in ("x", "0", "1.5", "nan"):
            status, _, err = self.run_diff(*pair, "--fail-below=" + value)
            self.assertEqual(status, 2)
            self.assertIn("--fail-below: got '%s'; expected a ratio above 0 and at most 1" % value, err)

    def test_filter(self):
        pair = document(cell(), cell(SUM)), document(cell(ours=(125.0,)), cell(SUM))
        self.assertEqual(self.run_diff(*pair, "--filter=/sum/")[0], 0)
        self.assertEqual(self.run_diff(*pair, "--filter=^python/(scale|add)/")[0], 1)
        status, _, err = self.run_diff(*pair, "--filter=nothing")
        self.assertEqual(status, 2)
        self.assertIn("--filter: got 'nothing'; expected a cell that both files have", err)
        # A backreference is no expression of RE2.
        for pattern in ("(", r"(a)\1"):
            status, _, err = self.run_diff(*pair, "--filter=" + pattern)
            self.assertEqual(status, 2)
            self.assertIn("--filter: got %r; expected a regular expression of RE2" % pattern, err)

    def test_missing_and_failed_cells_are_losses(self):
        status, out, _ = self.run_diff(document(cell(), cell(SUM)), document(cell()))
        self.assertEqual(status, 1)
        self.assertIn(SUM + ": LOSS: missing in B", out)
        failed = cell(error="wrong answer", times={})
        status, out, _ = self.run_diff(document(cell()), document(failed))
        self.assertEqual(status, 1)
        self.assertIn(SCALE + ": LOSS: wrong answer", out)
        status, out, _ = self.run_diff(document(cell()), document(cell(), cell(SUM)))
        self.assertEqual(status, 0)
        self.assertIn("only in B: 1", out)

    def test_too_few_rounds(self):
        few = document(cell(rounds=3))
        status, out, err = self.run_diff(few, document(cell(rounds=3, ours=(500.0,))), "--all")
        self.assertEqual(status, 2)
        self.assertIn("too few rounds", out)
        self.assertIn("too few rounds: expected at least 4 in both files", err)

    def test_google_benchmark(self):
        fast = google_benchmark(1.0, 1.01, 1.02, 1.03, 1.04)
        slow = google_benchmark(2.0, 2.01, 2.02, 2.03, 2.04)
        self.assertEqual(self.run_diff(fast, fast)[0], 0)
        status, out, _ = self.run_diff(fast, slow)
        self.assertEqual(status, 1)
        self.assertIn("scale/float32/64x64/C/threads:1/simd:auto", out)
        status, out, _ = self.run_diff(google_benchmark(1.0, 1.0, 1.0, 1.0, name="BM_Mine/8"), document())
        self.assertEqual(status, 1)
        self.assertIn("scale/BM_Mine/8: LOSS: missing in B", out)

    def test_bad_input(self):
        good = document(cell())
        for bad, message in [
            ("{", "a.json: not JSON"),
            ([], "expected a document of raptors bench or Google Benchmark's JSON"),
            (good | {"version": 9}, "version: got 9; expected 1"),
            (good | {"extra": 1}, "got the key 'extra'; expected only schema"),
            ({key: value for key, value in good.items() if key != "date"}, "date is missing"),
            (good | {"rounds": True}, "rounds: got True; expected int"),
            (document(cell(), cell()), "cells[1]: the name '%s' stands twice" % SCALE),
            (document(cell() | {"op": 3}), "cells[0]: op: got 3; expected str"),
            (document(cell() | {"more": 3}), "cells[0]: got the key 'more'"),
            (document(cell() | {"times": {"raptors": [0]}}), "times of raptors: got 0; expected a number above 0"),
            (document(cell() | {"times": {"raptors": [1], "numpy": [1, 2]}}), "as many as of raptors"),
            (document(cell() | {"times": {}}), "expected times of raptors, or an error"),
            ({"context": {}, "benchmarks": [{"name": "x"}]}, "not Google Benchmark's JSON"),
        ]:
            with self.subTest(message):
                status, out, err = self.run_diff(bad, good)
                self.assertEqual((status, out), (2, ""))
                self.assertIn(message, err)

    def test_command_line(self):
        """As a user calls it; a file that is not there."""
        path = self.write("a.json", document(cell()))
        command = [sys.executable, "-m", "raptors", "bench-diff", path]
        done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = subprocess.run([*command, self.path("none")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("No such file", done.stderr)


class StatisticsTest(unittest.TestCase):
    def test_median_and_spread(self):
        self.assertEqual(statistics.median([3, 1, 2]), 2)
        self.assertEqual(statistics.median([4, 1, 2, 3]), 2.5)
        self.assertEqual(statistics.spread([1, 2, 3, 4, 5]), 2 / 3)
        self.assertAlmostEqual(statistics.geometric_mean([1, 4]), 2)

    def test_interval_of_the_median(self):
        """The order statistics that tables of the sign test give."""
        self.assertIsNone(statistics.median_interval(range(5)))
        for count, low in ((6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3), (20, 5), (25, 7)):
            self.assertEqual(statistics.median_interval(range(count)), (low, count - 1 - low), count)

    def test_rank_sum(self):
        """The critical values that tables of the Mann-Whitney test give for 5%, two-sided."""
        for n, m, cut in ((4, 4, 0), (5, 5, 2), (4, 9, 4), (7, 7, 8), (9, 9, 17), (9, 15, 34), (20, 20, 127)):
            self.assertEqual(statistics._rank_sum_cut(n, m), cut, (n, m))
        self.assertIsNone(statistics._rank_sum_cut(3, 3))
        # Where the normal distribution takes over, the exact value is not far: 40, 40 has 595.
        self.assertLessEqual(abs(statistics._rank_sum_cut(40, 40) - 595), 5)

    def test_shift(self):
        estimate, interval = statistics.shift_interval([1, 2, 3, 4], [11, 12, 13, 14])
        self.assertEqual((estimate, interval), (10, (7, 13)))
        self.assertEqual(statistics.shift_interval([1, 2, 3], [1, 2, 3]), (0, None))

    def test_intervals_hold_the_truth_as_often_as_they_say(self):
        generator = random.Random(1)
        medians = shifts = 0
        for _ in range(1000):
            first = [generator.gauss(0, 1) for _ in range(9)]
            second = [generator.gauss(0.5, 1) for _ in range(9)]
            low, high = statistics.median_interval(first)
            medians += low <= 0 <= high
            _, (low, high) = statistics.shift_interval(first, second)
            shifts += low <= 0.5 <= high
        for held in (medians, shifts):
            self.assertGreater(held, 950 - 3 * math.sqrt(1000 * 0.05 * 0.95))
            self.assertLess(held, 990)


if __name__ == "__main__":
    unittest.main()
