# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps what numbers.sh measured as this machine's baseline: python tools/perf/baseline.py [DIRECTORY]

Writes below DIRECTORY (benchmarks/baselines/asv) what asv reads too: benchmarks.json, MACHINE/machine.json and one file
of results, the first run's, with the median of all runs for the ratios to NumPy. The machine's earlier baseline goes.
Exit status: 2 for unusable input.
"""

import argparse
import itertools
import json
import pathlib
import shutil
import sys
from typing import Any

import results

_HERE = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"


def merged(runs: list[pathlib.Path]) -> dict[str, Any]:
    """The first run, with the medians of all for the ratios. Error if it lacks what another one has."""
    data = results.load(runs[0])
    medians = results.medians(runs, results.RELATIVE_TIME)
    column = data["result_columns"].index("result")
    for name, row in data["results"].items():
        benchmark, _, method = name.rpartition(".")
        if method == results.RELATIVE_TIME:
            parameters = row[data["result_columns"].index("params")]
            for i, values in enumerate(itertools.product(*parameters)):
                key = results.Key(benchmark, tuple(text.strip("'") for text in values))
                if key in medians:
                    row[column][i] = medians.pop(key)
    if medians:
        raise results.Error(f"{runs[0]}: lacks {next(iter(medians))}, which another run has")
    return data


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=pathlib.Path, nargs="?", default=_HERE / "baselines" / "asv")
    parser.add_argument("--asv", type=pathlib.Path, default=_HERE / ".asv", help="where numbers.sh left its files")
    options = parser.parse_args(arguments)
    try:
        data = merged(results.files(options.asv / "runs"))
    except results.Error as error:
        print(f"baseline: {error}", file=sys.stderr)
        return 2
    if any(value is None for value in results.cells(data, results.RELATIVE_TIME).values()):
        print("baseline: cells failed; expected all of them to have a figure", file=sys.stderr)
        return 2
    machine = data["params"]["machine"]
    source, target = options.asv / "results", options.directory / machine
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(source / "benchmarks.json", options.directory / "benchmarks.json")
    shutil.copy(source / machine / "machine.json", target / "machine.json")
    path = target / f"{data['commit_hash'][:8]}-{data['env_name']}.json"
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="ascii")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
