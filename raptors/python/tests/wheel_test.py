# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The wheel: its name, its records, and that it works where only it is installed."""

import base64
import csv
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

ABI = "cp311" if sys.version_info[:2] == (3, 11) else "abi3"


class WheelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        packages = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "raptors", "python")
        (cls.path,) = glob.glob(os.path.join(packages, ABI + "_wheel", "*.whl"))
        cls.wheel = zipfile.ZipFile(cls.path)
        cls.info = re.match(r"raptors-[0-9.]+", os.path.basename(cls.path)).group() + ".dist-info/"

    @classmethod
    def tearDownClass(cls):
        cls.wheel.close()

    def test_name(self):
        tags = "cp311-cp311" if ABI == "cp311" else "cp312-abi3"
        pattern = r"^raptors-\d+\.\d+\.\d+-%s-manylinux_2_(\d+)_x86_64\.whl$" % tags
        self.assertRegex(os.path.basename(self.path), pattern)
        self.assertLessEqual(int(re.search(r"manylinux_2_(\d+)", self.path).group(1)), 34)
        tag = os.path.basename(self.path).split("-", 2)[2].removesuffix(".whl")
        self.assertIn("Tag: %s\n" % tag, self.wheel.read(self.info + "WHEEL").decode())

    def test_record(self):
        rows = {row[0]: row[1:] for row in csv.reader(self.wheel.read(self.info + "RECORD").decode().splitlines())}
        self.assertEqual(set(rows), set(self.wheel.namelist()))
        for name, (digest, size) in rows.items():
            if name == self.info + "RECORD":
                self.assertEqual((digest, size), ("", ""))
                continue
            data = self.wheel.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            self.assertEqual((digest, int(size)), ("sha256=" + expected, len(data)))

    def test_metadata_and_licences(self):
        text = self.wheel.read(self.info + "METADATA").decode()
        listed = re.findall(r"^License-File: (.*)$", text, re.MULTILINE)
        for archive in ("raptors", "abseil-cpp", "eigen", "highway", "nlohmann_json", "re2", "openblas_linux_x86_64"):
            self.assertTrue([name for name in listed if name.startswith(archive + "/")], archive)
        for name in listed:
            self.assertGreater(len(self.wheel.read(self.info + "licenses/" + name)), 500, name)

    def test_installs_the_command(self):
        text = self.wheel.read(self.info + "entry_points.txt").decode()
        self.assertEqual(text, "[console_scripts]\nraptors = raptors.__main__:main\n")

    def test_installed_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            self.wheel.extractall(directory)
            code = "import raptors; print(raptors.__file__, raptors.scale(raptors.ones(2), 3).to_list())"
            environment = dict(os.environ, PYTHONPATH=directory)
            command = [sys.executable, "-c", code]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            self.assertEqual(done.stdout, directory + "/raptors/__init__.py [3.0, 3.0]\n")
            command = [sys.executable, "-m", "raptors", "info"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            self.assertIn("levels", done.stdout)


if __name__ == "__main__":
    unittest.main()
