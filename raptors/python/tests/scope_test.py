# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""with blocks: nesting, threads, tasks, errors; records; introspection."""

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
import unittest

import numpy as np

import raptors


def settings():
    return raptors.info()["settings"]


class ScopeTest(unittest.TestCase):
    def test_each_setting(self):
        for block, key, value in [
            (raptors.simd("off"), "simd", "off"),
            (raptors.threads(3), "max_threads", 3),
            (raptors.blas("off"), "blas", "off"),
            (raptors.fast(), "determinism", "fast"),
            (raptors.reproducible(), "determinism", "reproducible"),
        ]:
            before = settings()
            with block:
                self.assertEqual(settings()[key], value)
            self.assertEqual(settings(), before)

    def test_nesting(self):
        with raptors.threads(3), raptors.simd("off"):
            self.assertEqual((settings()["simd"], settings()["max_threads"]), ("off", 3))
            with raptors.threads(1):
                self.assertEqual((settings()["simd"], settings()["max_threads"]), ("off", 1))
            self.assertEqual((settings()["simd"], settings()["max_threads"]), ("off", 3))

    def test_a_block_may_be_entered_again(self):
        block = raptors.threads(2)
        with block, raptors.threads(5), block:
            self.assertEqual(settings()["max_threads"], 2)
        with block:
            self.assertEqual(settings()["max_threads"], 2)
        self.assertIsNone(settings()["max_threads"])

    def test_an_exception_ends_the_block(self):
        with self.assertRaises(KeyError), raptors.threads(2):
            raise KeyError
        self.assertIsNone(settings()["max_threads"])

    def test_threads_have_their_own(self):
        seen = []
        with raptors.threads(2):
            thread = threading.Thread(target=lambda: seen.append(settings()["max_threads"]))
            thread.start()
            thread.join()
            copied = contextvars.copy_context()
        self.assertEqual(seen, [None])
        self.assertEqual(copied.run(settings)["max_threads"], 2)

    def test_tasks_have_their_own(self):
        async def one(count, entered, leave):
            with raptors.threads(count):
                entered.set()
                await leave.wait()
                return settings()["max_threads"]

        async def both():
            events = [asyncio.Event() for _ in range(4)]
            first = asyncio.create_task(one(2, events[0], events[1]))
            second = asyncio.create_task(one(3, events[2], events[3]))
            await events[0].wait()
            await events[2].wait()
            events[1].set()
            result = [await first]
            events[3].set()
            return result + [await second, settings()["max_threads"]]

        self.assertEqual(asyncio.run(both()), [2, 3, None])

    def test_tasks_may_share_a_block(self):
        block, record = raptors.threads(1), raptors.record()

        async def one(seconds):
            with block, record:
                await asyncio.sleep(seconds)
                raptors.scale(np.ones(3), 2)
                return settings()["max_threads"]

        async def all_three():
            return await asyncio.gather(one(0.001), one(0.03), one(0.01)), settings()["max_threads"]

        self.assertEqual(asyncio.run(all_three()), ([1, 1, 1], None))
        with record as calls:
            self.assertEqual(len(calls), 3)
        self.assertIsNone(settings()["max_threads"])

    def test_threads_may_share_a_block(self):
        block, entered, left, seen = raptors.threads(1), threading.Event(), threading.Event(), []

        def first():
            with block:
                entered.set()
                left.wait(10)
                seen.append(settings()["max_threads"])
            seen.append(settings()["max_threads"])

        thread = threading.Thread(target=first)
        thread.start()
        entered.wait(10)
        with block:
            pass
        self.assertIsNone(settings()["max_threads"])
        left.set()
        thread.join()
        self.assertEqual(seen, [1, None])

    def test_a_generator_that_is_left_inside_a_block(self):
        def generator():
            with raptors.threads(1):
                yield

        suspended = generator()
        next(suspended)
        with raptors.simd("off"):
            suspended.close()
        self.assertEqual((settings()["simd"], settings()["max_threads"]), ("auto", None))

    def test_wrong_values(self):
        for make, argument in [
            (lambda: raptors.threads(0), "threads"), (lambda: raptors.threads(1025), "threads"),
            (lambda: raptors.threads(2**70), "threads"), (lambda: raptors.simd("best"), "simd"),
            (lambda: raptors.simd("neon" if "x86" in os.uname().machine else "avx2"), "simd"),
            (lambda: raptors.blas("on"), "blas"), (lambda: raptors.profile("/no/such/file"), "profile"),
        ]:  # fmt: skip
            with self.assertRaisesRegex(ValueError, "^%s: .*" % argument):
                make()
        for make in (
            lambda: raptors.threads("2"), lambda: raptors.threads(1.5), lambda: raptors.simd(2),
            lambda: raptors.threads(True),
        ):  # fmt: skip
            with self.assertRaises(TypeError):
                make()
        with raptors.threads(np.int64(2)):
            self.assertEqual(settings()["max_threads"], 2)

    def test_threads_of_a_call(self):
        x = np.ones(3)
        for threads in (0, -1, 1025, 2**70):
            with self.assertRaisesRegex(ValueError, "^threads: got"):
                raptors.scale(x, 2, threads=threads)
        for threads in (1.0, "1", True):
            with self.assertRaisesRegex(TypeError, "^threads: got"):
                raptors.sum(x, threads=threads)
        self.assertEqual(raptors.sum(x, threads=np.int64(2)), 3.0)


class RecordTest(unittest.TestCase):
    def test_calls_in_order(self):
        x = np.ones((2, 3))
        with raptors.record() as calls, raptors.simd("scalar"):
            raptors.scale(x, 2)
            raptors.sum(x.astype("float32"))
            with self.assertRaises(TypeError):
                raptors.scale(x, "no call")
            raptors.asarray(x) + 1
        raptors.scale(x, 3)
        expected = [("scale", "float64", "scalar"), ("sum", "float32", "scalar"), ("add", "float64", "scalar")]
        self.assertEqual([(call.op, call.dtype, call.isa) for call in calls], expected)
        self.assertEqual(calls[0].size_bucket, 3)
        self.assertEqual(len(calls[1:]), 2)
        self.assertIn("Decision(op='scale'", repr(calls))

    def test_inner_records_take_over(self):
        with raptors.record() as outer, raptors.threads(1):
            raptors.scale(np.ones(2), 2)
            with raptors.record() as inner:
                raptors.scale(np.ones(2), 2)
        self.assertEqual((len(outer), len(inner)), (1, 1))


class IntrospectionTest(unittest.TestCase):
    def test_explain(self):
        x = np.ones((4, 5), "float32")
        for why in [
            raptors.explain("scale", x), raptors.explain(raptors.scale, raptors.asarray(x), 2.0),
            raptors.explain("scale", dtype=np.float32, shape=(4, 5), layout="contiguous", factor=3),
        ]:  # fmt: skip
            self.assertEqual((why["call"]["dtype"], why["call"]["shape"]), ("float32", [4, 5]))
            self.assertIn("candidates", str(why))
        for keywords in ({"op": "cosine"}, {"layout": "round"}, {"dtype": "int8"}, {"shape": -1}):
            arguments = {"op": "scale", "dtype": "float32", "shape": 3} | keywords
            with self.assertRaisesRegex(ValueError, next(iter(keywords))):
                raptors.explain(**arguments)
        with self.assertRaises(TypeError):
            raptors.explain("scale")

    def test_explain_shapes(self):
        x, y = np.ones((4, 5)), np.ones(5)
        self.assertEqual(raptors.explain("add", y, x)["call"]["shape"], [4, 5])
        self.assertEqual(raptors.explain("sum", x, axis=0)["call"]["shape"], [4, 5])
        self.assertEqual(raptors.explain(raptors.matmul, x, x.T)["call"]["shape"], [4, 4, 5])
        self.assertEqual(raptors.explain("norm", y)["call"]["op"], "nrm2")
        for axis in (2, (0, -3), 2**40):
            with self.assertRaisesRegex(ValueError, "ax[ie]s"):
                raptors.explain("sum", x, axis=axis)
        with self.assertRaisesRegex(TypeError, "^axis"):
            raptors.explain("sum", x, axis="0")

    def test_explain_says_what_happens(self):
        i, f, wide = np.ones(9, "int32"), np.ones((40, 60), "float32"), np.ones((300, 301))
        strided = wide.T[::2]
        for function, *arguments in [
            (raptors.scale, wide, 2), (raptors.add, i, 1.5), (raptors.add, np.arange(9), np.ones(9)),
            (raptors.scale, np.arange(9), 2.5), (raptors.scale, f, np.float64(2)), (raptors.scale, strided, 2),
            (raptors.add, wide[:, ::2], 1), (raptors.add, f, np.ones((40, 60))), (raptors.multiply, f, f.T[:, :40].T),
            (raptors.add, f.T, f.T), (raptors.add, np.asfortranarray(f), f), (raptors.axpy, 2.0, f[::2], f[1::2]),
            (raptors.fma, wide, 2.0, wide[:1]), (raptors.sum, wide), (raptors.sum, wide, 0), (raptors.max, wide, (1,)),
            (raptors.mean, strided, -1), (raptors.norm, wide[0]), (raptors.norm, wide[:, 0]), (raptors.asum, i * 2.0),
            (raptors.dot, wide[0], wide[1]), (raptors.dot, wide[0, ::2], wide[1, ::2]), (raptors.matmul, f, f.T),
            (raptors.matmul, f, f[0]), (raptors.matmul, f[:, ::2], f.T[:30]), (raptors.matmul, f[::2], wide[:60]),
        ]:  # fmt: skip
            with raptors.record() as calls:
                function(*arguments)
            why = raptors.explain(function, *arguments)
            found = (why["call"]["op"], why["call"]["dtype"], why["call"]["layout"])
            self.assertEqual(found, calls[0][:3], (function.__name__, [np.shape(a) for a in arguments]))
            self.assertEqual(calls[0].size_bucket, why["call"]["elements"].bit_length())

    def test_explain_refuses_what_the_call_refuses(self):
        x = np.ones((2, 3))
        with self.assertRaisesRegex(ValueError, r"^b.shape: got \(2, 3\); expected a first axis of 3"):
            raptors.explain(raptors.matmul, x, x)
        with self.assertRaisesRegex(ValueError, "^y"):
            raptors.explain(raptors.add, x, np.ones(4))
        with self.assertRaisesRegex(ValueError, "dtype"):
            raptors.explain(raptors.dot, np.arange(3), np.arange(3))
        with self.assertRaisesRegex(TypeError, "^y: got builtins.list|^y: got list"):
            raptors.explain(raptors.add, x, [1.0])
        for arguments in ((raptors.add, x), (raptors.scale, x, 1, 2), (raptors.sum, x, 0, 0)):
            with self.assertRaises(TypeError):
                raptors.explain(*arguments)
        with self.assertRaisesRegex(TypeError, "twice"):
            raptors.explain(raptors.sum, x, 0, axis=0)
        self.assertEqual(raptors.explain(raptors.sum, x, axis=np.int64(0)), raptors.explain(raptors.sum, x, 0))

    def test_info_and_threading_info(self):
        with raptors.threads(2):
            self.assertEqual(raptors.info()["settings"]["max_threads"], 2)
            self.assertEqual(raptors.threading_info()["max_threads"], 2)
        before = raptors.info()["python"]["cast_copies"]
        raptors.add(np.ones(2, "float32"), np.ones(2))
        self.assertEqual(raptors.info()["python"]["cast_copies"], before + 1)
        self.assertIn("usable cores", str(raptors.info()))

    def test_metrics(self):
        def count():
            return sum(call["count"] for call in raptors.metrics()["calls"])

        before = count()
        raptors.scale(np.ones(3), 2)
        self.assertEqual(count(), before + 1)
        self.assertIn("raptors_calls_total", raptors.metrics("prometheus"))
        with self.assertRaisesRegex(ValueError, "^format: got"):
            raptors.metrics("xml")

    def test_memory(self):
        old = raptors.set_memory_cap(1 << 20)
        self.assertEqual(raptors.set_memory_cap(old), 1 << 20)
        self.assertGreaterEqual(raptors.release_memory(), 0)
        for bad, error in ((-1, ValueError), (2**63, ValueError), (1.5, TypeError)):
            with self.assertRaisesRegex(error, "^bytes: got"):
                raptors.set_memory_cap(bad)


class EnvironmentTest(unittest.TestCase):
    def run_python(self, code, **environment):
        return subprocess.run(
            [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
        )

    def test_a_bad_variable_is_told_at_the_first_use(self):
        code = "import raptors; a = raptors.ones(3); print('imported'); raptors.scale(a, 2)"
        done = self.run_python(code, RAPTORS_SIMD="warp")
        self.assertEqual(done.stdout, "imported\n")
        self.assertIn("RuntimeError: RAPTORS_SIMD", done.stderr)

    def test_variables_are_obeyed(self):
        code = "import raptors; print(raptors.simd_enabled(), raptors.info()['settings']['max_threads'])"
        self.assertEqual(self.run_python(code, RAPTORS_SIMD="off", RAPTORS_THREADS="1").stdout, "False 1\n")


if __name__ == "__main__":
    unittest.main()
