# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Raptors under threadpoolctl: the real one where it is installed, else a double that uses a controller as it does."""

import importlib.util
import os
import subprocess
import sys
import threading
import types
import unittest

import raptors


def double():
    """What threadpoolctl 3 does with a controller: constructs it for each loaded library whose name fits."""
    module = types.ModuleType("threadpoolctl")
    classes = []

    class LibController:
        def __init__(self, *, filepath, prefix, parent):
            self.filepath, self.prefix, self.parent = filepath, prefix, parent
            self.dynlib = types.SimpleNamespace(PyInit__core=None)
            self.version = self.get_version()
            self.set_additional_attributes()

    def controllers():
        with open("/proc/self/maps", encoding="ascii") as maps:
            libraries = {line.split()[-1] for line in maps if ".so" in line}
        for cls in classes:
            for path in sorted(libraries):
                if os.path.basename(path).lower().startswith(cls.filename_prefixes):
                    made = cls(filepath=path, prefix=cls.filename_prefixes[0], parent=None)
                    if any(hasattr(made.dynlib, symbol) for symbol in cls.check_symbols):
                        yield made

    def threadpool_info():
        return [{"user_api": c.user_api, "internal_api": c.internal_api, "num_threads": c.get_num_threads(),
                 "version": c.version, "filepath": c.filepath} for c in controllers()]  # fmt: skip

    class threadpool_limits:
        def __init__(self, limits):
            self.limits = limits

        def __enter__(self):
            self.before = [(c, c.get_num_threads()) for c in controllers()]
            for controller, _ in self.before:
                controller.set_num_threads(self.limits)

        def __exit__(self, *exception):
            for controller, threads in self.before:
                controller.set_num_threads(threads)

    module.LibController, module.register = LibController, classes.append
    module.threadpool_info, module.threadpool_limits = threadpool_info, threadpool_limits
    module.controller_classes = classes
    return module


if importlib.util.find_spec("threadpoolctl") is None:
    sys.modules["threadpoolctl"] = double()
import threadpoolctl


def most():
    """The most threads that a call of this thread may use."""
    return raptors.info()["settings"]["max_threads"]


class ThreadpoolctlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raptors.register_threadpoolctl()
        raptors.register_threadpoolctl()

    def ours(self):
        return [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "raptors"]

    def test_seen_once(self):
        (pool,) = self.ours()
        self.assertEqual(pool["internal_api"], "raptors")
        self.assertEqual(pool["version"], raptors.__version__)
        self.assertEqual(pool["num_threads"], raptors.threading_info()["max_threads"])
        self.assertTrue(os.path.samefile(pool["filepath"], raptors._core.__file__))

    def test_limits_and_restores(self):
        before = raptors.threading_info()
        with threadpoolctl.threadpool_limits(limits=1):
            self.assertEqual(most(), 1)
            self.assertEqual(self.ours()[0]["num_threads"], 1)
            with raptors.record() as calls:
                raptors.scale(raptors.ones(1 << 22), 2)
            self.assertEqual([call.threads for call in calls], [1])
            with threadpoolctl.threadpool_limits(limits=3):
                self.assertEqual(most(), 3)
            self.assertEqual(most(), 1)
        after = raptors.threading_info()
        self.assertEqual((after["max_threads"], after["limited"]), (before["max_threads"], before["limited"]))

    def test_limits_every_thread(self):
        seen = []
        with threadpoolctl.threadpool_limits(limits=1):
            thread = threading.Thread(target=lambda: seen.append(most()))
            thread.start()
            thread.join()
        self.assertEqual(seen, [1])

    def test_the_dashboard_shows_it(self):
        def page():
            return raptors._core.dashboard(None, "", 0, None, None)[0].decode()

        with threadpoolctl.threadpool_limits(limits=1):
            self.assertIn("at most 1 (a setting)", page())
        self.assertNotIn("(a setting)", page())

    def test_blocks_and_calls_go_before_it(self):
        with threadpoolctl.threadpool_limits(limits=1):
            with raptors.threads(3):
                self.assertEqual(most(), 3)
            with raptors.simd("off"):
                self.assertEqual(most(), 1)
            with raptors.record() as calls:
                raptors.scale(raptors.ones(1 << 24), 2, threads=2)
            self.assertEqual(calls[0].threads, 2)
        # The caller's block is no part of what it sets for others.
        seen = []
        with raptors.simd("off"), threadpoolctl.threadpool_limits(limits=1):
            thread = threading.Thread(target=lambda: seen.append(raptors.simd_enabled()))
            thread.start()
            thread.join()
        self.assertEqual(seen, [raptors.simd_enabled()])

    def test_blocks_around_it_do_not_leak(self):
        before = most()
        with raptors.threads(1), threadpoolctl.threadpool_limits(limits=2):
            self.assertEqual(self.ours()[0]["num_threads"], 2)
            self.assertEqual(most(), 1)
        self.assertEqual(most(), before)
        # Registered inside of a block, its limit of 1 is no limit of the process that would be lifted by 1.
        code = (
            "import sys, types; sys.path.insert(0, %r); import threadpoolctl_test as test, raptors\n"
            "with raptors.threads(1): raptors.register_threadpoolctl()\n"
            "with test.threadpoolctl.threadpool_limits(limits=1): print(test.most())\n"
            "print(test.most())\n" % os.path.dirname(os.path.abspath(__file__))
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "1\n%s\n" % before)

    def test_only_asked_for(self):
        code = "import sys, raptors; print('threadpoolctl' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "False\n")

    def test_not_installed(self):
        code = "import sys; sys.modules['threadpoolctl'] = None; import raptors; raptors.register_threadpoolctl()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        self.assertIn("threadpoolctl", done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
