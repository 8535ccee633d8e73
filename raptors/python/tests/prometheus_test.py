# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A Prometheus scrapes the dashboard of this process: prometheus_test.py PROMETHEUS, a path below the runfiles."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import raptors

PROGRAM = os.path.join(os.environ["TEST_SRCDIR"], sys.argv.pop(1))

CONFIG = """
global: {scrape_interval: 250ms, scrape_timeout: 250ms}
scrape_configs:
  - job_name: raptors
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


class PrometheusTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def start(self, port):
        """The URL of a Prometheus that scrapes a port."""
        with open(self.directory + "/config.yml", "w", encoding="ascii") as file:
            file.write(CONFIG % port)
        log = open(self.directory + "/log", "w+", encoding="utf-8")
        self.addCleanup(log.close)
        command = [PROGRAM, "--config.file=" + self.directory + "/config.yml", "--web.listen-address=127.0.0.1:0",
                   "--storage.tsdb.path=" + self.directory + "/data"]  # fmt: skip
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with open(self.directory + "/log", encoding="utf-8") as file:
                text = file.read()
            listening = re.search(r'msg="Listening on" address=(127\.0\.0\.1:\d+)', text)
            if listening and "ready to receive" in text:
                return "http://%s" % listening.group(1)
            time.sleep(0.1)
        self.fail("no Prometheus: " + text)

    def ask(self, url, expression):
        """The value of an expression, None where there is none."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url + "/api/v1/query?" + query, timeout=20) as answer:
            found = json.load(answer)["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def wait_for(self, url, expression, value):
        end = time.monotonic() + 60
        while self.ask(url, expression) != value and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.ask(url, expression), value, expression)

    def test_scrapes(self):
        expression = 'sum(raptors_calls_total{job="raptors",op="axpy",dtype="float32",size="512"})'
        x = raptors.ones(600, dtype="float32")
        for _ in range(7):
            raptors.axpy(2, x, x)
        with raptors.dashboard() as page:
            url = self.start(page.port)
            self.wait_for(url, expression, 7)
            self.wait_for(url, "up", 1)
            for _ in range(5):
                raptors.axpy(2, x, x)
            self.wait_for(url, expression, 12)
            self.assertEqual(self.ask(url, 'raptors_calls_total{op="axpy",dtype="no such"}'), None)
            with urllib.request.urlopen(url + "/api/v1/targets", timeout=20) as answer:
                (target,) = json.load(answer)["data"]["activeTargets"]
            self.assertEqual((target["health"], target["lastError"]), ("up", ""))
        # The test can fail: nothing answers now.
        self.wait_for(url, "up", 0)


if __name__ == "__main__":
    unittest.main()
