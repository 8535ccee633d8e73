# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Two calls timed in turns, so that what else the machine does meets both."""

import gc
import statistics
import time
import timeit
from collections.abc import Callable

# A sample is so many calls that it takes this long.
_SAMPLE_SECONDS = 200e-6


def _number(call: Callable[[], object]) -> int:
    """How many calls make a sample."""
    number = 1
    timer = timeit.Timer(call)
    while (seconds := timer.timeit(number)) < _SAMPLE_SECONDS:
        number = max(number + 1, int(number * min(8.0, 1.1 * _SAMPLE_SECONDS / max(seconds, 1e-9))))
    return number


def paired(
    first: Callable[[], object],
    second: Callable[[], object],
    pause: float = 0.0,
    seconds: float = 0.12,
    rounds: tuple[int, int] = (7, 301),
) -> tuple[float, float, float]:
    """(median seconds of a call of first, of second, median of their ratio in each round).

    Each round times a sample of both, and the next one in the other order; it goes on until `seconds` have passed, but
    for at least rounds[0] and at most rounds[1] rounds. After each sample of the second it sleeps for `pause` seconds.
    """
    timers = [(timeit.Timer(call), _number(call)) for call in (first, second)]
    samples: list[list[float]] = [[], []]
    enabled = gc.isenabled()
    gc.disable()
    try:
        start = timeit.default_timer()
        while len(samples[0]) < rounds[0] or (len(samples[0]) < rounds[1] and timeit.default_timer() - start < seconds):
            for side in (0, 1) if len(samples[0]) % 2 else (1, 0):
                timer, number = timers[side]
                samples[side].append(timer.timeit(number) / number)
                if side == 1 and pause:
                    time.sleep(pause)
    finally:
        if enabled:
            gc.enable()
    ratio = statistics.median(a / b for a, b in zip(*samples))
    return statistics.median(samples[0]), statistics.median(samples[1]), ratio
