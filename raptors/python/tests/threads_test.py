# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Many Python threads at once; the GIL is free while a large call runs."""

import gc
import sys
import threading
import time
import unittest

import numpy as np

import raptors


class ThreadsTest(unittest.TestCase):
    def in_threads(self, count, body):
        errors = []

        def run(number):
            try:
                body(number)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def setUp(self):
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)

    def tearDown(self):
        sys.setswitchinterval(self.interval)

    def test_shared_inputs(self):
        x, a = np.arange(50000.0), raptors.arange(50000.0)

        def body(number):
            for i in range(30):
                factor = number + i
                np.testing.assert_array_equal(raptors.scale(x, factor, threads=2), x * factor)
                self.assertEqual(raptors.sum(a), x.sum())
                view = a[i:].reshape(-1)[::-1]
                self.assertEqual(view[0], 49999.0)
                self.assertEqual((a + factor)[10], 10 + factor)

        self.in_threads(6, body)

    def test_settings_stay_apart(self):
        x = np.ones(100)

        def body(number):
            for _ in range(50):
                with raptors.simd("off" if number % 2 else "auto"), raptors.record() as calls:
                    raptors.scale(x, 2)
                self.assertEqual(len(calls), 1)
                self.assertEqual(calls[0].isa == "scalar", bool(number % 2))

        self.in_threads(6, body)

    def test_arrays_may_die_on_any_thread(self):
        box = []

        def body(number):
            for i in range(200):
                box.append(raptors.ones(1000 + i)[::2])
                if len(box) > 10:
                    box.pop(0).sum()

        self.in_threads(4, body)
        box.clear()
        gc.collect()

    def test_the_gil_is_free_during_large_calls(self):
        x = np.ones(1 << 24, np.float32)
        out = np.empty_like(x)
        stop, steps = threading.Event(), [0]

        def count():
            while not stop.is_set():
                steps[0] += 1
                time.sleep(0)

        # With a huge interval nobody is asked for the GIL: a thread gets it only where it is given up.
        a = raptors.from_numpy(x)
        calls = {
            "scale": lambda: raptors.scale(x, 2, out=out, threads=1),
            "cast": lambda: a.astype("int32"),
            "copy": lambda: a.copy(),
            "copy by DLPack": lambda: raptors.from_dlpack(a, copy=True),
            "assignment": lambda: a.__setitem__(..., 2.0),
            "ones": lambda: raptors.ones(1 << 24, "float32"),
            "arange": lambda: raptors.arange(1 << 22),
        }
        sys.setswitchinterval(1000)
        thread = threading.Thread(target=count)
        thread.start()
        during = {}
        for name, call in calls.items():
            before = steps[0]
            for _ in range(3):
                call()
            during[name] = steps[0] - before
        stop.set()
        sys.setswitchinterval(1e-6)
        thread.join()
        for name, count in during.items():
            self.assertGreater(count, 0, name)


if __name__ == "__main__":
    unittest.main()
