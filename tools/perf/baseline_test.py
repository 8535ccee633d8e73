# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""That a baseline is the first run with the median ratios, and that a bad run becomes none."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import baseline
import results

RATIO = "raptors.bench_scale.Scale.track_relative_time"
TIME = "raptors.bench_scale.Scale.time_raptors"
HASH = "0123456789" * 4


class BaselineTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.asv, self.target = pathlib.Path(directory.name, "asv"), pathlib.Path(directory.name, "baselines")
        machine = self.asv / "results" / "m-2core"
        machine.mkdir(parents=True)
        (self.asv / "runs").mkdir()
        (machine / "machine.json").write_text("{}")
        (self.asv / "results" / "benchmarks.json").write_text("{}")

    def add_run(self, number, *ratios):
        params = [["'C'", "'F'", "'reversed'"]]
        run = {
            "commit_hash": HASH,
            "env_name": "virtualenv-py3.11",
            "params": {"machine": "m-2core"},
            "result_columns": ["result", "params"],
            "results": {RATIO: [list(ratios), params], TIME: [[number, number, float("nan")], params]},
        }
        (self.asv / "runs" / f"{number}.json").write_text(json.dumps(run))

    def run_main(self):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
            return baseline.main([str(self.target), f"--asv={self.asv}"]), err.getvalue()

    def test_medians(self):
        for number, ratio in enumerate((0.3, 0.1, 0.2), 1):
            self.add_run(number, ratio, 1.0, float("nan"))
        old = self.target / "m-2core" / "old.json"
        old.parent.mkdir(parents=True)
        old.write_text("{}")
        self.assertEqual(self.run_main()[0], 0)
        self.assertFalse(old.exists())
        path = self.target / "m-2core" / "01234567-virtualenv-py3.11.json"
        cells = results.cells(results.load(path), results.RELATIVE_TIME)
        self.assertEqual(sorted(cells.values()), [0.2, 1.0])
        self.assertEqual(sorted(results.cells(results.load(path), "time_raptors").values()), [1, 1])
        self.assertTrue((self.target / "benchmarks.json").exists() and (path.parent / "machine.json").exists())

    def test_a_failed_cell(self):
        self.add_run(1, 0.3, None, 0.1)
        status, text = self.run_main()
        self.assertEqual(status, 2)
        self.assertIn("cells failed", text)
        self.assertFalse(self.target.exists())

    def test_no_run(self):
        self.assertEqual(self.run_main()[0], 2)


if __name__ == "__main__":
    unittest.main()
