# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""python -m raptors is the command of //tools/raptors: commands, flags, errors and exit statuses."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import raptors
from raptors import __main__ as command


def run(*words, **environment):
    done = subprocess.run([sys.executable, "-m", "raptors", *words], env=os.environ | environment, capture_output=True,
                          text=True, timeout=300, check=False)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


class CommandTest(unittest.TestCase):
    def test_version_and_help(self):
        self.assertEqual(run("--version"), (0, "raptors %s\n" % raptors.__version__, ""))
        status, output, message = run("help")
        self.assertEqual((status, message), (0, ""))
        names = "info threading-info explain table scale tune dashboard bench bench-diff"
        for name in names.split():
            self.assertIn("  %s " % name, output)
        self.assertIn("--budget=SECONDS", run("help", "tune")[1])
        self.assertIn("--output=FILE", run("dashboard", "--help")[1])

    def test_errors(self):
        for words, text in [
            ((), "raptors: missing command"),
            (("tun",), "raptors: unknown command 'tun' (did you mean 'tune'?)"),
            (("info", "--jsn"), "raptors: unknown flag '--jsn' (did you mean '--json'?)"),
            (("explain", "scal", "float32", "3"), "raptors: OP: got 'scal'"),
            (("tune", "--budget=long"), "raptors: --budget: got 'long'"),
            (("info", "--threads=0"), "raptors: --threads: "),
        ]:
            status, output, message = run(*words)
            self.assertEqual((status, output), (2, ""), words)
            self.assertTrue(message.startswith(text), message)
        self.assertEqual(run("info", "--profile=none.json")[0], 1)
        status, _, message = run("info", RAPTORS_SIMD="avx9")
        self.assertEqual(status, 2)
        self.assertIn("RAPTORS_SIMD", message)

    def test_json_is_that_of_the_module(self):
        status, output, message = run("explain", "scale", "float32", "1000x1000", "--json")
        self.assertEqual((status, message), (0, ""))
        why = raptors.explain("scale", dtype="float32", shape=(1000, 1000))
        self.assertEqual(json.loads(output)["decision"], why["decision"])
        self.assertEqual(json.loads(run("info", "--json")[1])["version"], raptors.__version__)
        self.assertGreater(len(json.loads(run("table", "--json")[1])), 50)

    def test_in_this_process(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            self.assertEqual(command.main(["table", "--filter=scale.*scalar"]), 0)
        self.assertIn("float64", output.getvalue())
        self.assertEqual(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_stdout_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([sys.executable, "-m", "raptors", "info"], stdout=full, stderr=subprocess.PIPE,
                                  text=True, timeout=60, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("raptors: cannot write to stdout: No space left"), done.stderr)

    def test_words_that_are_no_unicode(self):
        done = subprocess.run(
            [sys.executable, "-m", "raptors", b"\xff\xfe"], capture_output=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"'\xff\xfe'", done.stderr)


class TuneTest(unittest.TestCase):
    def test_writes_a_profile_that_can_be_used(self):
        with tempfile.TemporaryDirectory() as directory:
            path = directory + "/tuned.json"
            status, output, message = run("tune", "--ops=scale", "--budget=0", "--mode=fast", "--output=" + path)
            self.assertEqual(status, 0, message)
            self.assertIn("scale", output)
            with raptors.profile(path):
                self.assertEqual(raptors.info()["profile"]["name"], "tuned")

    def test_a_signal_ends_it_and_leaves_no_file(self):
        with tempfile.TemporaryDirectory() as directory:
            words = [sys.executable, "-m", "raptors", "tune", "--budget=600", "--output=" + directory + "/tuned.json"]
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            end = time.monotonic() + 60
            while not os.listdir(directory) and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(len(os.listdir(directory)), 1)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=60), -signal.SIGINT)
            self.assertEqual(os.listdir(directory), [])


if __name__ == "__main__":
    unittest.main()
