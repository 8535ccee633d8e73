#!/usr/bin/env python3
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of pins.py on recorded indexes; needs dpkg, no network."""

import os
import unittest
from unittest import mock

import pins

PACKAGES = """Package: libexample
Version: 1.0-2
Architecture: amd64
Description: an example
 with a second line: of text
Filename: pool/main/e/example/libexample_1.0-2_amd64.deb
SHA256: aa22
Size: 12

Package: libexample
Version: 1.0-10
Architecture: amd64
Filename: pool/main/e/example/libexample_1.0-10_amd64.deb
SHA256: aa10
Size: 13
"""

SOURCES = """Package: example
Version: 1:2.0+ds-3
Directory: pool/main/e/example
Checksums-Sha256:
 cc11 100 example_2.0.orig.tar.gz
 dd22 200 example_2.0-3.debian.tar.xz
"""

# An apt-get that gives recorded answers; bazelw_test.sh and origins_test.sh read the same ones.
RECORDED = os.path.join(pins.ROOT, "tools", "bazelw", "testdata", "apt")

PIN = ("1.0-10", "pool/main/e/example/libexample_1.0-10_amd64.deb", "aa10", 13)


def variables(pin=PIN, sha256="cc11", version="2.0"):
    origin = {"pool": "pool/main/e/example/example_2.0.orig.tar.gz", "suite": "old", "sha256": sha256}
    return {
        "ARCHIVES": {"example": {"version": version, "origins": [origin]}},
        "DEBIAN_SETS": {"set": {"suite": "old", "arch": "amd64", "packages": ["libexample"]}},
        "DEBS": {"old/libexample:amd64": pin},
    }


def index():
    result = pins.Index()
    for suite in ("old", "new"):
        result.add(suite, PACKAGES, "amd64")
        result.add(suite, SOURCES, "source")
    return result


class PinsTest(unittest.TestCase):
    def test_relock_takes_the_newest_by_debian_order(self):
        self.assertEqual(pins.relocked(variables(), index()), {"old/libexample:amd64": PIN})

    def test_relock_names_what_the_index_lacks(self):
        with self.assertRaisesRegex(pins.Error, "old/libexample:amd64"):
            pins.relocked(variables(), pins.Index())

    def test_rewrites_only_the_packages(self):
        text = 'ARCHIVES = {}\n\nDEBS = {\n    "x": ("1", "p", "s", 1),\n}\n'
        new = pins.with_debs(text, {"old/libexample:amd64": PIN})
        self.assertTrue(new.startswith("ARCHIVES = {}\n\nDEBS = {\n"))
        scope = {}
        exec(new, scope)
        self.assertEqual(scope["DEBS"], {"old/libexample:amd64": PIN})

    def test_rewriting_the_real_file_with_its_own_pins_changes_nothing(self):
        with open(pins.ARCHIVES, encoding="ascii") as file:
            text = file.read()
        self.assertEqual(pins.with_debs(text, pins.load()["DEBS"]), text)

    def test_the_real_file_pins_every_package_of_every_set(self):
        real = pins.load()
        self.assertEqual(sorted(real["DEBS"]), sorted(pins.pin_id(*key) for key in pins.wanted(real)))

    def test_changes_tell_a_replaced_file_from_a_new_version(self):
        old = {"a": PIN, "b": PIN}
        new = {"a": ("1.1",) + PIN[1:], "b": PIN[:2] + ("ee",) + PIN[3:]}
        self.assertEqual(pins.changes(old, new),
                         ["a: 1.0-10 -> 1.1", "b: 1.0-10 -> 1.0-10 (same version, other file)"])
        self.assertEqual(pins.changes(old, old), [])

    def test_check_is_quiet_while_the_index_has_the_pins(self):
        self.assertEqual(pins.gone(variables(), index()), [])

    def test_check_warns_of_a_package_and_an_archive_that_left(self):
        stale = variables(pin=("1.0-1", "pool/main/e/example/libexample_1.0-1_amd64.deb", "aa01", 11), sha256="00")
        lines = pins.gone(stale, index())
        self.assertEqual(len(lines), 2)
        self.assertIn("1.0-1 has left the index, which has 1.0-10", lines[0])
        self.assertIn("example_2.0.orig.tar.gz", lines[1])

    def test_outdated_compares_upstream_versions(self):
        self.assertEqual(pins.outdated(variables(), index(), "new"), [])
        self.assertEqual(pins.outdated(variables(version="1.9"), index(), "new"),
                         [["example", "1.9", "1:2.0+ds-3", "1:2.0+ds-3"]])

    def test_a_malformed_mirror_is_an_error(self):
        for value in ("", "mirror", "http://", "ftp://host/debian", "http://host/a b"):
            with mock.patch.dict(os.environ, RAPTORS_DEBIAN_MIRROR=value):
                with self.assertRaisesRegex(pins.Error, "RAPTORS_DEBIAN_MIRROR is '%s'" % value):
                    pins.debian_archives()

    def test_finds_the_archives_that_apt_is_configured_with(self):
        environment = dict(os.environ, PATH=RECORDED + ":" + os.environ["PATH"])
        environment.pop("RAPTORS_DEBIAN_MIRROR", None)
        cases = sorted(file[len("apt_"):-len(".archives")] for file in os.listdir(RECORDED) if file.endswith(".archives"))
        self.assertGreaterEqual(len(cases), 5)
        for case in cases:
            with open("%s/apt_%s.archives" % (RECORDED, case), encoding="ascii") as file:
                expected = file.read().split()
            with self.subTest(case), mock.patch.dict(os.environ, environment, clear=True, CASE=case):
                if expected:
                    self.assertEqual(pins.debian_archives(), expected)
                else:
                    self.assertRaisesRegex(pins.Error, "no Debian archive", pins.debian_archives)

    def test_arguments(self):
        for arguments in ([], ["help"], ["check", "now"], ["outdated", "sid", "trixie"]):
            with self.assertRaises(pins.Error):
                pins.main(arguments)


if __name__ == "__main__":
    unittest.main()
