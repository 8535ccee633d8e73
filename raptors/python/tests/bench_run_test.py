# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors bench from end to end on tiny arrays: answers, decisions, programs, failures. Nothing judges a time."""

import json
import os
import subprocess
import sys
import unittest
from unittest import mock

from bench_documents import DocumentCase, google_benchmark
from raptors.bench import cells, contestants, document, measure, operands, processes, programs, roofline, worker

PROGRAM = """#!%s
import json, sys
options = dict(word.lstrip("-").split("=", 1) for word in sys.argv[1:])
assert sorted(options) == ["benchmark_filter", "benchmark_min_time", "benchmark_out", "grid"], sys.argv
if %d:
    sys.exit("it fell over")
json.dump(%r, open(options["benchmark_out"], "w"))
"""

ROOFLINE = {
    "context": {"executable": "roofline"},
    "benchmarks": [
        {"name": "%s/float32/%s/threads:1/iterations:1/manual_time" % (loop, size), "gb_per_s": rate}
        for loop in ("read", "scale", "add")
        for size, rate in (("1KiB", 1.0), ("4KiB", 4.0))
    ],
}


def cell(op="scale", layout="C", extent=8, threads=1, out=True):
    return cells.Cell(op, "float32", (extent, extent), layout, threads, out)


class RunTest(DocumentCase):
    def program(self, name, value, fails=False):
        os.makedirs(self.path("programs"), exist_ok=True)
        path = self.write("programs/" + name, PROGRAM % (sys.executable, fails, value))
        os.chmod(path, 0o755)

    def bench(self, *options, **environment):
        command = [sys.executable, "-m", "raptors", "bench", "--set=smoke", *options]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("RAPTORS_")
        } | environment
        return subprocess.run(
            command, cwd=self.directory, env=environment, capture_output=True, text=True, check=False
        )  # fmt: skip

    def test_from_end_to_end(self):
        self.program("scale", google_benchmark(1.0, program="scale"))
        self.program("roofline", ROOFLINE)
        options = [
            "--rounds=6",
            "--threads=1",
            "--filter=float32/(8x8|32)/(C|transposed)/",
            "--seed=5",
            "--commit=mine",
        ]
        done = self.bench(*options, "--programs=programs", "--output=o.json", "--report=r.html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("wrote o.json\nwrote r.html\n", done.stdout)
        self.assertIn("round 1 of 6", done.stderr)
        made = document.load(self.path("o.json"))
        self.assertEqual((made["seed"], made["commit"], made["rounds"]), (5, "mine", 6))
        self.assertIn("no program elementwise, broadcast, reductions, matmul in programs", made["notes"])
        self.assertTrue(made["libraries"]["numpy"])
        found = {record["name"]: record for record in made["cells"]}
        wanted = [c.name for c in cells.grid("smoke", [1]) if c.dtype == "float32" and c.layout in ("C", "transposed")]
        self.assertEqual(list(found), [*wanted, "scale/float32/64x64/C/threads:1/simd:auto"])
        for name, record in found.items():
            self.assertIsNone(record["error"], name)
            for times in record["times"].values():
                self.assertEqual(len(times), 6, name)
            if record["source"] == "python":
                self.assertIn("numpy", record["times"], name)
                self.assertGreater(record["limit_ns"], 0)
                self.assertIn(record["decision"]["route"], ("simd", "scalar"), name)
                self.assertEqual(record["decision"]["threads"], 1, name)
        program = found["scale/float32/64x64/C/threads:1/simd:auto"]
        self.assertEqual(program["times"], {"raptors": [1000.0] * 6, "plain": [2000.0] * 6})
        self.assertEqual(program["decision"], {"route": "simd", "isa": "avx2", "threads": 2, "reason": "best-isa"})
        with open(self.path("r.html"), encoding="utf-8") as file:
            self.assertEqual(file.read().count("data-cell="), len(found))
        # What was written is what was read, and compares with itself.
        self.assertEqual(document.check(json.loads(document.dumps(made)), "it"), made)
        command = [sys.executable, "-m", "raptors", "bench-diff", "o.json", "o.json"]
        self.assertEqual(subprocess.run(command, cwd=self.directory, capture_output=True, check=False).returncode, 0)

    def test_bad_input(self):
        for options, environment, message in [
            (["--rounds=0"], {}, "got '0'; expected a whole number from 1 to 1000"),
            (["--threads=1,1"], {}, "got '1,1'; expected different numbers from 1 to 1024"),
            (["--threads=1024"], {}, "--threads: got 1024; expected at most"),
            (["--filter=("], {}, "--filter: got '('; expected a regular expression of RE2"),
            (["--filter=nothing"], {}, "--filter: got 'nothing'; expected one that finds a cell"),
            (["--programs=nowhere"], {}, "--programs: got 'nowhere'; expected a directory with scale"),
            (["--baseline=none.json"], {}, "none.json"),
            (["--set=huge"], {}, "invalid choice: 'huge'"),
            ([], {"RAPTORS_SIMD": "off"}, "RAPTORS_SIMD is set; expected no variable of Raptors but RAPTORS_PROFILE"),
        ]:
            with self.subTest(message):
                done = self.bench(*options, **environment)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(message, done.stderr)

    def test_a_program_that_fails(self):
        self.program("scale", {}, fails=True)
        done = self.bench("--no-python", "--programs=programs", "--rounds=1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("exit status 1, no JSON: it fell over", done.stderr)
        self.assertFalse(os.path.exists(self.path("raptors-bench.json")))

    def test_a_worker_that_ends_fails_its_cells(self):
        plan = measure.Plan([cell()], {}, "smoke", 2, 1, ["raptors"])
        with mock.patch.object(processes.sys, "executable", "/bin/false"):
            (record,) = measure.run(plan)["cells"]
        self.assertIn("the process that measured it ended with status 1", record["error"])
        self.assertTrue(document.is_loss(record))


class WorkerTest(unittest.TestCase):
    def setUp(self):
        self.worker = worker.Worker(["numpy"], 1)

    def test_a_wrong_answer_is_a_loss(self):
        def wrong(of, names):
            return contestants.Contestant("raptors", "out.fill(3)", names)

        with mock.patch.object(worker, "raptors_contestant", wrong):
            answer = self.worker.visit(cell(), 1)
        self.assertEqual(answer["error"], "wrong answer")
        self.assertNotIn("raptors", answer["times"])

    def test_a_peer_with_a_wrong_answer_is_left_out(self):
        def wrong(of, names, libraries):
            made = [("stale", "None"), ("shape", "x"), ("raises", "x.nothing")]
            return [contestants.Contestant(name, text, names) for name, text in made]

        with mock.patch.object(worker, "peers", wrong):
            answer = self.worker.visit(cell("sum", out=False), 1)
        self.assertEqual(answer["excluded"]["stale"], "wrong answer")
        self.assertEqual(answer["excluded"]["shape"], "wrong answer")
        self.assertIn("AttributeError", answer["excluded"]["raises"])
        self.assertEqual(list(answer["times"]), ["raptors"])

    def test_every_answer_is_right(self):
        for of in cells.grid("smoke", [1]):
            answer = self.worker.visit(of, 1)
            self.assertIsNone(answer["error"], of.name)
            self.assertEqual(answer["excluded"], {}, of.name)
            self.assertEqual(set(answer["times"]), {"raptors", "numpy"}, of.name)

    def test_operands_have_the_layout(self):
        buffers = operands.Buffers()
        for layout, strides in (
            ("C", (32, 4)),
            ("transposed", (4, 32)),
            ("row-slice", (64, 4)),
            ("column-slice", (64, 8)),
        ):
            self.assertEqual(operands.operands(buffers, cell("scale", layout))["x"].strides, strides)
            self.assertEqual(operands.operands(buffers, cell("scale", layout))["out"].strides, (32, 4))
        names = operands.operands(buffers, cell("add", "transposed"))
        self.assertEqual((names["x"].strides, names["y"].strides), ((32, 4), (4, 32)))
        self.assertFalse((names["x"] == names["y"]).all())


class PartsTest(unittest.TestCase):
    def test_the_grid_has_what_is_promised(self):
        found = {c.name for c in cells.grid("default", [1, 2])}
        for op in ("scale", "add", "add-row", "add-column", "axpy", "mean-axis0", "mean-axis1"):
            for dtype in ("float32", "float64"):
                for extent in (64, 2048):
                    for layout in ("C", "transposed", "row-slice", "column-slice"):
                        for threads in (1, 2):
                            name = "python/%s/%s/%dx%d/%s/threads:%d/out" % (op, dtype, extent, extent, layout, threads)
                            self.assertIn(name, found)
        for op in ("scale", "add", "sum", "max"):
            for kind in ("out", "new"):
                self.assertIn("python/%s/float64/32/C/threads:1/%s" % (op, kind), found)
        for c in cells.grid("full", [1, 3]):
            self.assertEqual(cells.from_facts(c.facts()), c)

    def test_limits(self):
        limits = roofline.Limits([ROOFLINE, ROOFLINE])
        # 512 bytes are below the first size; 2 KiB lie between both: 2 GB/s.
        self.assertAlmostEqual(limits.nanoseconds(cell()), 512.0)
        self.assertAlmostEqual(limits.nanoseconds(cell(extent=16)), 1024.0)
        self.assertAlmostEqual(limits.nanoseconds(cell("sum", extent=64)), 4096.0)
        self.assertIsNone(roofline.Limits([]).nanoseconds(cell()))

    def test_command_has_no_directories(self):
        words = ["x", "bench", "--filter=/a/b", "--programs=" + os.path.dirname(__file__), "--output", "o.json"]
        with mock.patch.object(sys, "argv", words):
            found = measure.this_command()
        name = os.path.basename(os.path.dirname(__file__))
        self.assertEqual(found, ["raptors", "bench", "--filter=/a/b", "--programs=" + name, "--output", "o.json"])

    def test_workers_have_their_threads_only(self):
        with mock.patch.dict(os.environ, {"OPENBLAS_CORETYPE": "x", "NUMBA_NUM_THREADS": "9", "HOME": "h"}):
            found = processes.environment(2)
        self.assertNotIn("OPENBLAS_CORETYPE", found)
        self.assertEqual([found["%s_NUM_THREADS" % name] for name in ("NUMBA", "OMP")], ["2", "2"])
        self.assertEqual((found["RAPTORS_THREADS"], found["HOME"]), ("2", "h"))

    def test_names_of_programs(self):
        value = google_benchmark(1.0, name="sum/int64/3x5/axis:1/C/threads:4/simd:off", program="reductions")
        (found,) = programs.cells(value)
        facts = [found[key] for key in ("source", "op", "dtype", "shape", "layout", "threads")]
        self.assertEqual(facts, ["reductions", "sum-axis1", "int64", "3x5", "C off", 4])
        value["benchmarks"][0] |= {"error_occurred": True, "error_message": "wrong"}
        (found,) = programs.cells(value)
        self.assertEqual((found["error"], found["times"]), ("wrong", {}))


if __name__ == "__main__":
    unittest.main()
