# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints how many times faster than NumPy a run found Raptors: python tools/perf/ratio_table.py RESULTS [RESULTS...]

A Markdown table: a row for each operation, a column for each layout and for several threads on both sides. A figure is
NumPy's time over Raptors', from track_relative_time (of several runs the median), in the geometric mean over float32
and float64 and the squares from 64x64 to 2048x2048; on all cores, over 1000x1000 and 2048x2048. Below it stands the
mean of all, and each cell in which Raptors is the slower one by more than 5 %. Exit status: 2 for unusable input.
"""

import argparse
import pathlib
import sys

import results
from results import Key

SHAPES = ("64x64", "512x512", "1000x1000", "2048x2048")
DTYPES = ("float32", "float64")
COLUMNS = (("C", "1"), ("transposed", "1"), ("column-slice", "1"), ("C", "auto"))
HEADS = ("contiguous", "transposed", "every 2nd column", "contiguous, all cores")

_SUITE = "raptors."
# Row -> benchmark and its parameters but dtype, shape, layout, threads and SIMD mode, which follow.
ROWS = {
    "scale": (_SUITE + "bench_scale.Scale", ()),
    "add": (_SUITE + "bench_elementwise.Elementwise", ("add",)),
    "add a row": (_SUITE + "bench_broadcast.Broadcast", ("add", "row")),
    "add a column": (_SUITE + "bench_broadcast.Broadcast", ("add", "column")),
    "axpy": (_SUITE + "bench_elementwise.Elementwise", ("axpy",)),
    "sum": (_SUITE + "bench_reductions.Reductions", ("sum", "none")),
    "mean": (_SUITE + "bench_reductions.Reductions", ("mean", "none")),
    "mean, axis 0": (_SUITE + "bench_reductions.Reductions", ("mean", "0")),
    "mean, axis 1": (_SUITE + "bench_reductions.Reductions", ("mean", "1")),
    "min": (_SUITE + "bench_reductions.Reductions", ("min", "none")),
    "max": (_SUITE + "bench_reductions.Reductions", ("max", "none")),
}


def collect(cells: dict[Key, float | None]) -> dict[tuple[str, int], dict[Key, float]]:
    """(row, column) -> the cells that belong there, as NumPy's time over Raptors'. Error for one that failed."""
    table: dict[tuple[str, int], dict[Key, float]] = {}
    for row, (benchmark, before) in ROWS.items():
        for column, (layout, threads) in enumerate(COLUMNS):
            keys = [
                Key(benchmark, (*before, dtype, shape, layout, threads, "auto")) for dtype in DTYPES for shape in SHAPES
            ]
            found = {key: cells[key] for key in keys if key in cells}
            for key, value in found.items():
                if value is None:
                    raise results.Error(f"{key} failed in a run")
            table[row, column] = {key: 1 / value for key, value in found.items() if value is not None}
    return table


def text(table: dict[tuple[str, int], dict[Key, float]]) -> list[str]:
    """The lines of the table and of what stands below it."""
    lines = ["| | " + " | ".join(HEADS) + " |", "|---" * (len(HEADS) + 1) + "|"]
    for row in ROWS:
        figures = [table[row, column].values() for column in range(len(COLUMNS))]
        shown = [f"{results.geometric_mean(values):.1f}" if values else "" for values in figures]
        lines.append(f"| {row} | " + " | ".join(shown) + " |")
    for name, columns in (("one thread", range(3)), ("all cores", (3,))):
        values = {key: value for row in ROWS for column in columns for key, value in table[row, column].items()}
        if values:
            slower = [key for key, value in values.items() if value < 0.95]
            lines += [
                "",
                f"{name}: geometric mean {results.geometric_mean(values.values()):.2f} of {len(values)} cells; ",
            ]
            lines[-1] += f"{len(slower)} of them slower than NumPy"
            lines += [f"  {values[key]:.2f} {key}" for key in slower]
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("results", type=pathlib.Path, nargs="+")
    options = parser.parse_args(arguments)
    try:
        places = [path for place in options.results for path in results.files(place)]
        table = collect(results.medians(places, results.RELATIVE_TIME))
        if not any(table.values()):
            raise results.Error(f"{options.results[0]}: has no cell of this table")
    except results.Error as error:
        print(f"ratio_table: {error}", file=sys.stderr)
        return 2
    print("\n".join(text(table)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
