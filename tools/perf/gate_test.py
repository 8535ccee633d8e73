# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The gate on made-up runs: it passes what is equal or noise, and fails what lost speed or went missing."""

import contextlib
import copy
import io
import json
import pathlib
import tempfile
import unittest

import gate

NAN = float("nan")
SCALE = "raptors.bench_scale.Scale.track_relative_time"
SUM = "raptors.bench_reductions.Reductions.track_relative_time"
RUN = {
    "commit_hash": "0" * 40,
    "result_columns": ["result", "params", "version"],
    "results": {
        SCALE: [[0.5, 0.4, NAN, 0.8], [["'float32'", "'float64'"], ["'C'", "'F'"]], "1"],
        SUM: [[0.3, 0.2], [["'sum'", "'mean'"]], "1"],
        "raptors.bench_scale.Scale.time_raptors": [
            [1e-3, 1e-3, NAN, 1e-3],
            [["'float32'", "'float64'"], ["'C'", "'F'"]],
        ],
    },
}


class GateTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.number = 0

    def run_with(self, name=None, index=0, value=None, factor=1.0):
        """A file of a run in which the ratios are `factor` times those of RUN, and one of them is `value`."""
        run = copy.deepcopy(RUN)
        for row in run["results"].values():
            row[0] = [result * factor for result in row[0]]
        if name:
            run["results"][name][0][index] = value
        self.number += 1
        path = pathlib.Path(self.directory.name, f"{self.number}.json")
        path.write_text(json.dumps(run))
        return str(path)

    def gate(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = gate.main(list(arguments))
        return status, out.getvalue()

    def test_the_same_run_passes(self):
        status, text = self.gate(self.run_with(), self.run_with())
        self.assertEqual(status, 0, text)
        self.assertIn("5 cells, 0 without a baseline, 0 regressions", text)

    def test_noise_and_gains_pass(self):
        self.assertEqual(self.gate(self.run_with(), self.run_with(factor=1.05))[0], 0)
        self.assertEqual(self.gate(self.run_with(), self.run_with(SUM, 0, 0.01))[0], 0)

    def test_one_slow_cell_fails(self):
        status, text = self.gate(self.run_with(), self.run_with(SCALE, 1, 0.4 * 2.1))
        self.assertEqual(status, 1)
        self.assertIn("REGRESSION bench_scale.Scale(float32, F): 0.400 -> 0.840, 2.10 times the baseline", text)

    def test_all_cells_a_little_slower_fail(self):
        status, text = self.gate(self.run_with(), self.run_with(factor=1.2))
        self.assertEqual(status, 1)
        self.assertIn("REGRESSION raptors.bench_scale.Scale: 1.20 times the baseline in the geometric mean", text)
        self.assertNotIn("REGRESSION bench_scale.Scale(", text)

    def test_only_ratios_count(self):
        slow = self.run_with("raptors.bench_scale.Scale.time_raptors", 0, 1.0)
        self.assertEqual(self.gate(self.run_with(), slow)[0], 0)

    def test_a_failed_cell_fails(self):
        status, text = self.gate(self.run_with(), self.run_with(SUM, 1, None))
        self.assertEqual(status, 1)
        self.assertIn("Reductions(mean): failed", text)

    def test_a_missing_cell_fails(self):
        status, text = self.gate(self.run_with(), self.run_with(SUM, 1, NAN))
        self.assertEqual(status, 1)
        self.assertIn("Reductions(mean): missing", text)

    def test_a_new_cell_passes(self):
        status, text = self.gate(self.run_with(SUM, 1, NAN), self.run_with())
        self.assertEqual(status, 0)
        self.assertIn("4 cells, 1 without a baseline", text)

    def test_the_median_of_three_runs_counts(self):
        slow = self.run_with(SCALE, 0, 5.0)
        self.assertEqual(self.gate(self.run_with(), slow, self.run_with(), self.run_with())[0], 0)
        self.assertEqual(self.gate(self.run_with(), slow, slow, self.run_with())[0], 1)

    def test_limits_can_be_set(self):
        slow = self.run_with(SCALE, 0, 1.2)
        self.assertEqual(self.gate(self.run_with(), slow)[0], 1)
        self.assertEqual(self.gate(self.run_with(), slow, "--cell=3", "--group=2")[0], 0)
        with self.assertRaises(SystemExit) as raised:
            self.gate(self.run_with(), slow, "--cell=0.9")
        self.assertEqual(raised.exception.code, 2)

    def test_unusable_files_are_named(self):
        bad = pathlib.Path(self.directory.name, "bad.json")
        bad.write_text('{"results": 1}')
        for name in (str(bad), self.directory.name + "/none.json"):
            status, text = self.gate(name, self.run_with())
            self.assertEqual(status, 2)
            self.assertIn(name, text)

    def test_a_baseline_without_ratios_is_refused(self):
        empty = pathlib.Path(self.directory.name, "empty.json")
        empty.write_text(json.dumps({**RUN, "results": {}}))
        self.assertEqual(self.gate(str(empty), self.run_with())[0], 2)


if __name__ == "__main__":
    unittest.main()
