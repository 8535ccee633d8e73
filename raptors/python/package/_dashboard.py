# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The dashboard of the running process."""


def dashboard(port=0):
    """Serves this process's metrics as a page on 127.0.0.1, and as text for Prometheus at /metrics below it.

    port is 0 for any that is free, or 1 to 65535; OSError if it is taken. Returns a handle with url, port and close().
    A daemon thread serves until then, or until the process ends; leaving a with block closes too.

    >>> with raptors.dashboard() as page:
    ...     page.url == "http://127.0.0.1:%d/" % page.port
    True
    """
    # Not at import: an HTTP server costs more than all of raptors.
    from raptors import _core
    from raptors._dashboard_server import REFRESH_SECONDS, Dashboard

    return Dashboard(port, lambda: _core.dashboard(None, "", REFRESH_SECONDS, None, None))
