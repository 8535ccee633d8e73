#!/usr/bin/env python3
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A server on 127.0.0.1 that serves files well and badly: origins_server.py DIRECTORY.

/good/F serves DIRECTORY/F, /wrong/F other bytes of its length, /truncated/F promises the whole and
sends half; all else is 404. Writes its port to DIRECTORY/port, and each path asked for to
DIRECTORY/log. Ends with its standard input.
"""

import http.server
import os
import sys
import threading

DIRECTORY = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(DIRECTORY + "/log", "a", encoding="ascii") as log:
            log.write(self.path + "\n")
        how, name = self.path.strip("/").split("/")[0], os.path.basename(self.path)
        path = os.path.join(DIRECTORY, name)
        if how not in ("good", "wrong", "truncated") or not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if how == "wrong":
            body = bytes(len(body))
        elif how == "truncated":
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(DIRECTORY + "/port.new", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
os.rename(DIRECTORY + "/port.new", DIRECTORY + "/port")
sys.stdin.read()
