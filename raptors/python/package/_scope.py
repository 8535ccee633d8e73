# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Settings for a with block. They live in a context variable: each thread and each asyncio task has its own."""

from collections import namedtuple
from contextvars import Context, ContextVar

from raptors import _core

# None, or (settings, record, the value before, the block that was entered): for the first two see settings.h. The stack
# of blocks is here and not in the blocks, which several threads and tasks may be in.
_current = ContextVar("raptors", default=None)

Decision = namedtuple("Decision", "op dtype layout size_bucket route isa threads reason")
Decision.__doc__ = """What was done with one call.

size_bucket is 0 for no elements, else floor(log2(elements)) + 1; the reason's text is in explain().
"""


class _Block:
    """A with block; may be entered again, also inside itself and by several threads and tasks at a time."""

    __slots__ = ()

    def _value(self, settings, record):
        """(settings, record) inside, from those outside."""
        raise NotImplementedError

    def _enter(self):
        # The first block makes calls ask for the variable.
        if not _is_used:
            _use()
        current = _current.get()
        outside = current[:2] if current else (None, None)
        _current.set((*self._value(*outside), current, self))

    def __enter__(self):
        self._enter()
        return self

    def __exit__(self, *exception):
        # Blocks inside that a generator has not left end with this one.
        entered = _current.get()
        while entered is not None and entered[3] is not self:
            entered = entered[2]
        if entered is not None:
            _current.set(entered[2])


_is_used = False


def _use():
    global _is_used
    _core.use_scopes(_current.get)
    _is_used = True


def limit_process(count):
    """Calls outside of blocks that say how many threads use at most so many; None: as many as the process may."""
    if not _is_used:
        _use()
    # Of the process's settings, not of those of a block that the caller is in.
    _core.set_default_settings(None if count is None else Context().run(_core.derive_settings, "threads", count))


class _Setting(_Block):
    __slots__ = ("_setting", "_wanted")

    def __init__(self, setting, wanted):
        self._setting = setting
        self._wanted = wanted
        # Errors belong to the line that names the value, not to the block.
        _core.derive_settings(setting, wanted)

    def _value(self, settings, record):
        return _core.derive_settings(self._setting, self._wanted), record

    def __repr__(self):
        return "raptors.%s(%r)" % (self._setting, self._wanted)


class _Record(_Block):
    __slots__ = ("_calls",)

    def __init__(self):
        self._calls = _Calls()

    def _value(self, settings, record):
        return settings, self._calls

    def __enter__(self):
        self._enter()
        return self._calls


class _Calls(list):
    """The decisions of the calls in a block, in order. Items are Decisions."""

    __slots__ = ()

    def __getitem__(self, index):
        found = super().__getitem__(index)
        return [Decision(*entry) for entry in found] if isinstance(index, slice) else Decision(*found)

    def __iter__(self):
        return (Decision(*entry) for entry in super().__iter__())

    def __repr__(self):
        return repr(list(self))


def simd(level):
    """Calls in a with block use this SIMD level: 'auto', 'off', a level such as 'avx2', or at most one: '<=avx2'.

    ValueError names the levels that there are.

    >>> with raptors.simd('off'):
    ...     raptors.simd_enabled()
    False
    """
    return _Setting("simd", level)


def threads(count):
    """Calls in a with block use at most so many threads, 1 to 1024.

    >>> with raptors.threads(1):
    ...     raptors.info()["settings"]["max_threads"]
    1
    """
    return _Setting("threads", count)


def blas(mode):
    """Calls in a with block use a BLAS where it is faster ('auto'), never ('off') or wherever it can be ('prefer')."""
    return _Setting("blas", mode)


def fast():
    """Calls in a with block may give results whose last bits depend on the processor and the number of threads.

    >>> with raptors.fast():
    ...     s = raptors.sum(raptors.ones(10))
    """
    return _Setting("determinism", "fast")


def reproducible():
    """Calls in a with block give the same bits on every processor and with any number of threads: the default."""
    return _Setting("determinism", "reproducible")


def profile(file):
    """Calls in a with block take their thresholds from this profile file. ValueError if it cannot be read."""
    return _Setting("profile", file)


def record():
    """Records what was done with each call in a with block: a list of Decisions, in order.

    >>> with raptors.record() as calls:
    ...     a = raptors.scale(raptors.ones(4), 2.0)
    >>> [(call.op, call.dtype) for call in calls]
    [('scale', 'float64')]
    """
    return _Record()
