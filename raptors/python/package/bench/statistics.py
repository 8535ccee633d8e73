# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Medians and 95% intervals that assume no distribution and draw no random numbers: the same input, the same answer.

Samples of one run are paired by rounds, so the interval of their ratio is that of the sign test. Two runs share no
rounds, so the interval of a shift between them is that of the Mann-Whitney test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# Fewer samples give no interval of 95%, however far apart they lie.
FEWEST_PAIRED = 6
FEWEST_EACH = 4

CONFIDENCE = 0.95
# Above so many differences of two samples the exact distribution is not worth its time.
_EXACT_PRODUCT = 1000


def median(values: Sequence[float]) -> float:
    """Of at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def spread(values: Sequence[float]) -> float:
    """(third quartile - first quartile) / median."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return (ordered[math.ceil(0.75 * last)] - ordered[math.floor(0.25 * last)]) / median(ordered)


def geometric_mean(values: Sequence[float]) -> float:
    """Of at least one value, all above 0."""
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The sign test's interval of the median: order statistics. None below FEWEST_PAIRED values."""
    n = len(values)
    if n < FEWEST_PAIRED:
        return None
    tail, cut = 0.5**n, 0
    while 2 * (tail + math.comb(n, cut + 1) * 0.5**n) <= 1 - CONFIDENCE:
        cut += 1
        tail += math.comb(n, cut) * 0.5**n
    ordered = sorted(values)
    return ordered[cut], ordered[n - 1 - cut]


def _rank_sum_cut(n: int, m: int) -> int | None:
    """The largest c with P(U <= c) <= 2.5% for samples of n and m, or None."""
    if n * m > _EXACT_PRODUCT:
        deviation = math.sqrt(n * m * (n + m + 1) / 12)
        return math.floor(n * m / 2 - 1.96 * deviation - 0.5)
    # ways[k]: in how many orders of both samples U is k, by adding one item of the first sample at a time.
    ways = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for k in range(n * m, m + i - 1, -1):
            ways[k] -= ways[k - m - i]
        for k in range(i, n * m + 1):
            ways[k] += ways[k - i]
    total, below, cut = math.comb(n + m, n), 0, -1
    while (below + ways[cut + 1]) / total <= (1 - CONFIDENCE) / 2:
        cut += 1
        below += ways[cut]
    return cut if cut >= 0 else None


def shift_interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, tuple[float, float] | None]:
    """How much higher the second sample lies: the median of all differences, and the Mann-Whitney test's interval.

    The interval is None where one sample has fewer than FEWEST_EACH values.
    """
    differences = sorted(b - a for a in first for b in second)
    estimate = median(differences)
    if min(len(first), len(second)) < FEWEST_EACH:
        return estimate, None
    cut = _rank_sum_cut(len(first), len(second))
    if cut is None:
        return estimate, None
    return estimate, (differences[cut], differences[len(differences) - 1 - cut])
