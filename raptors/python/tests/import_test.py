# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""What importing costs, that NumPy is not needed, and that NumPy may come later."""

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import raptors


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


class ImportTest(unittest.TestCase):
    def test_numpy_is_not_imported(self):
        code = "import sys, raptors; a = raptors.ones(3) * 2 + 1; raptors.sum(a); print('numpy' in sys.modules)"
        self.assertEqual(run(code), "False")

    def test_without_numpy(self):
        code = """
import sys
sys.modules["numpy"] = None
import array, pickle, raptors
a = raptors.array([[1, 2], [3, 4]], dtype="float32")
assert repr(a.T + 1) == "array([[2.0, 4.0],\\n       [3.0, 5.0]], dtype=float32)", repr(a.T + 1)
assert raptors.scale(array.array("d", [1.0]), 2).to_list() == [2.0]
assert pickle.loads(pickle.dumps(a)).to_list() == a.to_list()
assert raptors.mean(a, axis=0).to_list() == [2.0, 3.0]
assert raptors.from_dlpack(a).shape == (2, 2)
assert a == a and a != 3
try:
    a.to_numpy()
except ImportError:
    print("ok")
"""
        self.assertEqual(run(code), "ok")

    def test_numpy_may_come_later(self):
        code = """
import raptors
a = raptors.ones(3)
raptors.scale(memoryview(a), 2)
import numpy
x = numpy.ones(3)
print(type(raptors.scale(x, 2)).__name__, type(raptors.add(x, a)).__name__)
"""
        self.assertEqual(run(code), "ndarray Array")

    def test_no_thread_is_started(self):
        code = "import os, raptors; raptors.scale(raptors.ones(8), 2); print(len(os.listdir('/proc/self/task')))"
        self.assertEqual(run(code), "1")

    def test_time(self):
        # Byte-compiled, as an installer leaves it. Time on the processor, the best of several: what else the machine
        # does should not count.
        with tempfile.TemporaryDirectory() as directory:
            shutil.copytree(os.path.dirname(raptors.__file__), directory + "/raptors")
            self.assertTrue(compileall.compile_dir(directory + "/raptors", quiet=1))
            code = "import time; t = time.process_time(); import raptors; print(time.process_time() - t)"
            self.assertLess(min(float(run(code, PYTHONPATH=directory)) for _ in range(9)), 0.015)

    def test_few_modules(self):
        code = "import sys; before = {*sys.modules}; import raptors; print(*sorted({*sys.modules} - before))"
        modules = {name for name in run(code).split() if not name.startswith("raptors")}
        allowed = "collections contextvars itertools keyword operator reprlib heapq functools types".split()
        allowed += ["collections.abc", *("_" + name for name in allowed)]
        self.assertLessEqual(modules, set(allowed))

    def test_after_fork(self):
        code = """
import os, raptors
a = raptors.ones(10**6)
raptors.scale(a, 2, threads=2)
child = os.fork()
if child == 0:
    os._exit(0 if raptors.sum(raptors.scale(a, 2, threads=2)) == 2e6 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
        self.assertEqual(run(code), "0")


if __name__ == "__main__":
    unittest.main()
