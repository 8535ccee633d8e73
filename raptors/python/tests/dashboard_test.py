# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The dashboard over HTTP: what it answers, whom it refuses, and how it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import raptors


def ask(port, request, address="127.0.0.1"):
    """The status, the headers by lower-case name, and the body of the answer to some bytes."""
    with socket.create_connection((address, port), timeout=20) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as file:
            answer = file.read()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


def get(port, path, host="127.0.0.1", method="GET"):
    return ask(port, ("%s %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (method, path, host)).encode())


class InProcessTest(unittest.TestCase):
    def setUp(self):
        self.page = raptors.dashboard()
        self.addCleanup(self.page.close)

    def calls(self):
        _, _, text = get(self.page.port, "/metrics")
        return sum(int(n) for n in re.findall(rb'^raptors_calls_total{op="scale",.*} (\d+)$', text, re.MULTILINE))

    def test_page(self):
        raptors.scale(raptors.ones(700), 2)
        status, headers, body = get(self.page.port, "/")
        self.assertEqual((status, headers["content-type"]), (200, "text/html; charset=utf-8"))
        self.assertEqual(int(headers["content-length"]), len(body))
        text = body.decode()
        for part in ("<!DOCTYPE html>", "process %d" % os.getpid(), ">scale<", ">512<", 'data-refresh="2"', "Usable"):
            self.assertIn(part, text)

    def test_metrics_are_those_of_now(self):
        raptors.scale(raptors.ones(3), 2)
        before = self.calls()
        for _ in range(5):
            raptors.scale(raptors.ones(3), 2)
        self.assertEqual(self.calls(), before + 5)
        status, headers, body = get(self.page.port, "/metrics?x=1")
        self.assertEqual((status, headers["content-type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertEqual(body.decode(), raptors.metrics("prometheus"))

    def test_last_decisions_are_those_of_other_threads_too(self):
        raptors.mean(raptors.ones(3))
        section = get(self.page.port, "/")[2].decode().split("Last decision of each thread")[1]
        self.assertIn(">mean<", section.split("</section>")[0])

    def test_unknown_paths(self):
        for path in ("/index.html", "/metrics/", "/favicon.ico", "/../etc/passwd", "//", "*"):
            status, _, body = get(self.page.port, path)
            self.assertIn(status, (200,) if path == "//" else (404,), path)
            self.assertNotIn(b"root:", body)

    def test_other_methods(self):
        for method in ("POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW"):
            status, headers, body = get(self.page.port, "/", method=method)
            self.assertEqual((status, headers["allow"]), (405, "GET"), method)
            self.assertEqual(body == b"", method == "HEAD")

    def test_hosts(self):
        port = self.page.port
        for host in ("127.0.0.1", "127.0.0.1:%d" % port, "localhost", "LocalHost:8080"):
            self.assertEqual(get(port, "/", host)[0], 200, host)
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "evil.example:%d" % port,
                     "", "[::1]", "localhost:", "127.0.0.1@evil.example", "0.0.0.0"):  # fmt: skip
            self.assertEqual(get(port, "/metrics", host)[0], 403, host)
        self.assertEqual(ask(port, b"GET /metrics HTTP/1.0\r\n\r\n")[0], 403)
        two = b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
        self.assertEqual(ask(port, two)[0], 403)

    def test_nothing_that_lets_other_sites_read(self):
        _, headers, _ = get(self.page.port, "/")
        self.assertFalse([name for name in headers if name.startswith("access-control")])
        self.assertEqual(headers["cross-origin-resource-policy"], "same-origin")
        self.assertEqual(headers["x-frame-options"], "DENY")

    def test_what_is_no_http(self):
        for request in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"\x16\x03\x01\x00\r\n\r\n",
                        b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n"):  # fmt: skip
            try:
                with socket.create_connection(("127.0.0.1", self.page.port), timeout=20) as connection:
                    connection.sendall(request)
                    self.assertNotIn(b" 200 ", connection.recv(100))
            except ConnectionError:
                pass
        self.assertEqual(get(self.page.port, "/")[0], 200)

    def test_loopback_only(self):
        # All of 127.0.0.0/8 is this machine: a server of any address would answer here.
        with self.assertRaises(ConnectionRefusedError):
            ask(self.page.port, b"", address="127.0.0.2")

    def test_many_at_once(self):
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(get(self.page.port, "/")[0])) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200] * 16)

    def test_a_silent_client_keeps_nobody_waiting(self):
        with socket.create_connection(("127.0.0.1", self.page.port)):
            self.assertEqual(get(self.page.port, "/")[0], 200)
            self.page.close()


class HandleTest(unittest.TestCase):
    def test_close_frees_the_port(self):
        first = raptors.dashboard()
        first.close()
        first.close()
        with self.assertRaises(ConnectionRefusedError):
            get(first.port, "/")
        with raptors.dashboard(first.port) as second:
            self.assertEqual((second.port, second.url), (first.port, "http://127.0.0.1:%d/" % first.port))
            self.assertEqual(repr(second), "<raptors.dashboard at %s>" % second.url)
            with self.assertRaisesRegex(OSError, "port: got %d; expected one that is free" % first.port):
                raptors.dashboard(first.port)

    def test_wrong_ports(self):
        for port in (-1, 65536):
            with self.assertRaisesRegex(ValueError, "^port: got -?[0-9]+; expected 0 to 65535"):
                raptors.dashboard(port)
        for port in ("80", 1.5, True, None):
            with self.assertRaisesRegex(TypeError, "^port: got (str|float|bool|NoneType); expected an int"):
                raptors.dashboard(port)

    def test_the_thread_does_not_keep_a_program(self):
        code = "import raptors; raptors.dashboard(); print('end')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual((done.stdout, done.stderr), ("end\n", ""))

    def test_a_forked_child_can_close(self):
        code = """
import os, raptors
page = raptors.dashboard()
child = os.fork()
if child == 0:
    page.close()
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
import urllib.request
assert urllib.request.urlopen(page.url + "metrics").status == 200
page.close()
print("ok")
"""
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60,
                              check=False)  # fmt: skip
        self.assertEqual((done.stdout, done.stderr), ("ok\n", ""))


class CommandTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "metrics.json")
        raptors.scale(raptors.ones(3), 2)
        self.write(json.dumps(raptors.metrics(), indent=1))

    def write(self, text):
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.replace(self.path + ".new", self.path)

    def start(self, *words):
        command = [sys.executable, "-m", "raptors", "dashboard", self.path, *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def test_serves_a_file_until_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("--port=0", "--bandwidth=33")
            line = process.stdout.readline()
            self.assertIn(self.path, line)
            port = int(re.match(r"http://127\.0\.0\.1:(\d+)/ ", line).group(1))
            page = get(port, "/")[2].decode()
            self.assertIn(self.path, page)
            self.assertIn("33 GB/s", page)
            self.assertIn(b'raptors_calls_total{op="scale"', get(port, "/metrics")[2])
            process.send_signal(number)
            self.assertEqual(process.communicate(timeout=30), ("", ""))
            self.assertEqual(process.returncode, 0)

    def test_reads_the_file_again(self):
        process = self.start("--port", "0")
        port = int(re.search(r":(\d+)/", process.stdout.readline()).group(1))
        snapshot = raptors.metrics()
        snapshot["overflow"] = 4711
        self.write(json.dumps(snapshot))
        self.assertIn(b"raptors_calls_overflow_total 4711\n", get(port, "/metrics")[2])
        self.write("{")
        status, _, body = get(port, "/")
        self.assertEqual(status, 503)
        self.assertIn(self.path + ": line 1, column ", body.decode())
        os.remove(self.path)
        self.assertEqual(get(port, "/metrics")[0], 503)
        self.write(json.dumps(snapshot))
        self.assertEqual(get(port, "/")[0], 200)
        process.terminate()
        self.assertEqual(process.communicate(timeout=30), ("", ""))

    def fails(self, status, text, *words):
        process = self.start(*words)
        output, message = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (status, ""), message)
        self.assertIn(text, message)

    def test_errors(self):
        self.fails(2, "--port", "--port=x")
        self.fails(2, "expected 0 to 65535", "--port=65536")
        self.fails(2, "bandwidth: got -1.0; expected a number from 0.001", "--port=0", "--bandwidth=-1")
        self.fails(2, "unrecognized arguments: --output=x", "--port=0", "--output=x")
        self.write('{"calls": []}')
        self.fails(2, "raptors: %s: (document): key " % self.path, "--port=0")
        os.remove(self.path)
        self.fails(1, "No such file", "--port=0")

    def test_a_page_without_a_server(self):
        process = self.start()
        output, message = process.communicate(timeout=60)
        self.assertEqual((process.returncode, message), (0, ""))
        self.assertTrue(output.startswith("<!DOCTYPE html>") and output.endswith("</html>\n"))
        self.assertIn('data-refresh="0"', output)


if __name__ == "__main__":
    unittest.main()
