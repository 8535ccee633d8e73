# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The axes that cells are made of, and which of the two grids is run."""

import functools
import os
from typing import Final

import raptors

DTYPES: Final = ("float32", "float64", "int32", "int64")

# Name -> extents of the result; of a reduction, of its input.
SHAPES: Final = {
    "1Ki": (1024,),
    "64x64": (64, 64),
    "512x512": (512, 512),
    "1000x1000": (1000, 1000),
    "2048x2048": (2048, 2048),
    "1e6x3": (1_000_000, 3),
    "3x1e6": (3, 1_000_000),
    "16Mi": (1 << 24,),
}

LAYOUTS: Final = ("C", "F", "transposed", "row-slice", "column-slice", "reversed", "broadcast", "misaligned")

# At most so many; 'auto' sets no limit, so that it is the cores that this process may use.
THREADS: Final = (1, 2, "auto")


def simd_modes() -> tuple[str, ...]:
    """'off', each SIMD level in this build, lowest first, and 'auto', which sets nothing."""
    levels = (level["isa"] for level in raptors.info()["levels"] if level["built"] and level["isa"] != "scalar")
    return ("off", *levels, "auto")


def axes() -> dict[str, tuple]:
    """The parameters that operations on arrays of these shapes share, in the order of the results."""
    return {
        "dtype": DTYPES,
        "shape": tuple(SHAPES),
        "layout": LAYOUTS,
        "threads": THREADS,
        "simd": simd_modes(),
    }


@functools.cache
def supported(mode: str) -> bool:
    """Whether this processor can run the mode."""
    return mode in ("off", "auto") or any(
        level["isa"] == mode and level["supported"] for level in raptors.info()["levels"]
    )


@functools.cache
def usable_cores() -> int:
    return raptors.threading_info()["usable_cores"]


def is_quick() -> bool:
    """Whether BENCHMARK_GRID asks for the quick subset, as it does unless it is set to 'full'.

    ValueError for another value than quick and full.
    """
    grid = os.environ.get("BENCHMARK_GRID", "quick")
    if grid not in ("quick", "full"):
        raise ValueError(f"BENCHMARK_GRID: got {grid!r}; expected 'quick' or 'full'")
    return grid == "quick"
