# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The page and /metrics over HTTP, on the loopback interface only. Drawing the page is the engine's business."""

import http.server
import os
import re
import socketserver
import sys
import threading
from collections.abc import Callable
from typing import Any

# How often a page that is shown asks for a new one.
REFRESH_SECONDS = 2

# (the page, the text for Prometheus); OSError or ValueError where there is nothing to show.
Pages = Callable[[], tuple[bytes, bytes]]

# A page of another site whose name was made to lead here sends that name. Any port: it may be forwarded from another.
_OUR_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]+)?", re.ASCII | re.IGNORECASE)

_TEXT = "text/plain; charset=utf-8"


class _Handler(http.server.BaseHTTPRequestHandler):
    """One request a connection: HTTP/1.0."""

    # Seconds that a client may take to say what it wants.
    timeout = 5
    server: "_Server"

    def version_string(self) -> str:
        return "raptors"

    def log_message(self, *args: Any) -> None:
        """Requests are no news to whoever runs the program."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class looks for do_<METHOD>; all but GET come here.
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def _refuse_method(self) -> None:
        self._answer(405, _TEXT, b"expected GET\n", ("Allow", "GET"))

    def do_GET(self) -> None:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _OUR_HOST.fullmatch(hosts[0].strip()):
            self._answer(403, _TEXT, b"Host: expected 127.0.0.1 or localhost\n")
            return
        path = self.path.split("?", 1)[0]
        if path not in ("/", "/metrics"):
            self._answer(404, _TEXT, b"expected / or /metrics\n")
            return
        try:
            page, metrics = self.server.pages()
        except (OSError, ValueError) as error:
            self._answer(503, _TEXT, ("%s\n" % error).encode("utf-8", "replace"))
            return
        if path == "/":
            self._answer(200, "text/html; charset=utf-8", page)
        else:
            self._answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics)

    def _answer(self, status: int, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            *headers,
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    # http.server's own server asks the resolver for the name of its address.
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, pages: Pages) -> None:
        self.pages = pages
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is no error of ours.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Dashboard:
    """A page that is being served: url, port, close(). Also a context manager."""

    __slots__ = ("_pid", "_server", "_thread", "port", "url")

    def __init__(self, port: int, pages: Pages) -> None:
        if not isinstance(port, int) or isinstance(port, bool):
            raise TypeError("port: got %s; expected an int" % type(port).__name__)
        if not 0 <= port <= 65535:
            raise ValueError("port: got %d; expected 0 to 65535" % port)
        try:
            self._server = _Server(port, pages)
        except OSError as error:
            raise OSError(
                error.errno, "port: got %d; expected one that is free (%s)" % (port, error.strerror)
            ) from None
        self._pid = os.getpid()
        self.port = self._server.server_address[1]
        self.url = "http://127.0.0.1:%d/" % self.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="raptors-dashboard", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stops serving and frees the port. A second time does nothing."""
        # In a forked child the thread is not there to be waited for.
        if self._pid == os.getpid():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "Dashboard":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<raptors.dashboard at %s>" % self.url
