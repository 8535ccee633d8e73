# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A controller through which threadpoolctl sees and limits Raptors' threads."""

_registered = False


def register_threadpoolctl() -> None:
    """Lets threadpoolctl, 3.2 or later, see and limit Raptors' threads: a library with user_api 'raptors'.

    A limit counts for calls on every thread of the process, but for those in a `with raptors.threads()` block and those
    with threads=. ImportError where threadpoolctl is not installed. A second time does nothing.
    """
    global _registered
    if _registered:
        return
    import os
    from contextvars import Context

    import threadpoolctl

    from raptors import _core
    from raptors._introspection import threading_info
    from raptors._scope import limit_process

    library = os.path.realpath(_core.__file__)

    def limit() -> int:
        # Of the process, not of a block that the caller is in.
        return Context().run(threading_info)["max_threads"]

    without_limit = limit()

    class RaptorsController(threadpoolctl.LibController):
        user_api = "raptors"
        internal_api = "raptors"
        filename_prefixes = (os.path.basename(library).split(".")[0],)
        check_symbols = ("PyInit__core",)

        def set_additional_attributes(self) -> None:
            # The module of another package may have our name: without a library it is left out.
            if os.path.realpath(self.filepath) != library:
                self.dynlib = None

        def get_num_threads(self) -> int:
            return limit()

        def set_num_threads(self, num_threads: int) -> None:
            limit_process(None if num_threads == without_limit else num_threads)

        def get_version(self) -> str:
            return _core.__version__

    threadpoolctl.register(RaptorsController)
    _registered = True
