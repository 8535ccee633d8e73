# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors bench: measures, writes the JSON document, and draws the report."""

from __future__ import annotations

import argparse
import glob
import importlib.util
import os
import random
import sys
from collections.abc import Sequence

from raptors.bench import cells, document, programs, report, summary
from raptors.bench.document import Document
from raptors.bench.select import matching
from raptors.bench.statistics import FEWEST_PAIRED

_PROGRAMS = os.path.join("bazel-bin", "benchmarks")
_BASELINES = os.path.join("benchmarks", "baselines", "bench")


def _counts(text: str) -> list[int]:
    found = text.split(",")
    if not all(item.isdigit() and 1 <= int(item) <= 1024 for item in found) or len(set(found)) != len(found):
        raise argparse.ArgumentTypeError(f"got {text!r}; expected different numbers from 1 to 1024, such as 1,2")
    return [int(item) for item in found]


def _rounds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"got {text!r}; expected a whole number from 1 to 1000")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="raptors bench",
        description="Measures Raptors beside NumPy, numexpr, numba, bottleneck and numkong (those that are installed), "
        "and runs the C++ benchmark programs in between; writes a JSON document and an HTML report.",
        epilog="Exit status: 0, 1 for losses with --check, 2 for bad input.",
    )
    parser.add_argument("--set", choices=cells.SETS, default="default", help="how many cells (default: default)")
    parser.add_argument("--rounds", type=_rounds, default=9, help="values of each cell; intervals need 6 (default: 9)")
    parser.add_argument(
        "--threads", type=_counts, metavar="N,...", help="of the Python cells (default: 1, and 2 on 2 cores)"
    )
    parser.add_argument("--filter", default="", metavar="RE2", help="only the Python cells whose name it finds")
    parser.add_argument("--programs", metavar="DIR", help=f"the C++ programs (default: {_PROGRAMS}, if it is there)")
    parser.add_argument("--no-programs", action="store_true", help="without the C++ programs")
    parser.add_argument("--no-python", action="store_true", help="without the Python cells")
    parser.add_argument(
        "--output", default="raptors-bench.json", metavar="FILE", help="the document (default: %(default)s)"
    )
    parser.add_argument(
        "--report", default="raptors-bench.html", metavar="FILE", help="the report (default: %(default)s)"
    )
    parser.add_argument(
        "--baseline",
        action="append",
        default=[],
        metavar="FILE",
        help=f"earlier documents, beside those in {_BASELINES}",
    )
    parser.add_argument(
        "--from", dest="sources", nargs="+", metavar="FILE", help="measure nothing: report the first of these"
    )
    parser.add_argument(
        "--check", action="store_true", help="exit status 1 if a cell is a loss in most of the documents"
    )
    parser.add_argument("--seed", type=int, help="of the order (default: drawn, and kept in the document)")
    parser.add_argument("--commit", help="to be named in the document (default: that of the working directory)")
    return parser


def _programs(options: argparse.Namespace) -> tuple[dict[str, str], list[str]]:
    """Paths of the programs, and notes. ValueError where there are none in a directory that was named."""
    if options.no_programs:
        return {}, []
    directory = options.programs or _PROGRAMS
    found = programs.find(directory)
    if options.programs and not found:
        raise ValueError(f"--programs: got {directory!r}; expected a directory with {', '.join(programs.PROGRAMS)}")
    missing = [name for name in (*programs.PROGRAMS, "roofline") if name not in found]
    return found, [f"no program {', '.join(missing)} in {directory}"] if missing else []


def _chosen_cells(options: argparse.Namespace) -> list[cells.Cell]:
    import raptors

    if options.no_python:
        return []
    usable = raptors.info()["cpu"]["usable_cores"]
    threads = options.threads or ([1, 2] if usable >= 2 else [1])
    if max(threads) > usable:
        raise ValueError(f"--threads: got {max(threads)}; expected at most {usable}, the cores that can be used")
    found = cells.grid(options.set, threads)
    chosen = matching("--filter", options.filter, [cell.name for cell in found])
    return [cell for cell, wanted in zip(found, chosen) if wanted]


def _measure(options: argparse.Namespace) -> Document:
    from raptors.bench import measure

    forced = [name for name in os.environ if name.startswith("RAPTORS_") and name != "RAPTORS_PROFILE"]
    if forced:
        raise ValueError(f"{forced[0]} is set; expected no variable of Raptors but RAPTORS_PROFILE, for a fair run")
    if importlib.util.find_spec("numpy") is None and not options.no_python:
        raise ValueError("numpy is not installed; expected it for the Python cells, or --no-python")
    paths, notes = _programs(options)
    chosen = _chosen_cells(options)
    if not chosen and not paths:
        raise ValueError(f"--filter: got {options.filter!r}; expected one that finds a cell, or programs to run")
    if options.rounds < FEWEST_PAIRED:
        notes.append(f"fewer than {FEWEST_PAIRED} rounds: no intervals, so no losses but failures")
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    commit = options.commit or measure.commit_of_directory()
    command = measure.this_command()
    return measure.run(measure.Plan(chosen, paths, options.set, options.rounds, seed, command, commit, notes))


def _write(path: str, text: str) -> None:
    # All or nothing: a run that took minutes must not end in half a file.
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".part", path)
    print("wrote " + path)


def _run(options: argparse.Namespace) -> int:
    baselines = sorted(glob.glob(os.path.join(_BASELINES, "*.json"))) + options.baseline
    earlier = [document.load(path) for path in dict.fromkeys(baselines)]
    judged = [document.load(path) for path in options.sources] if options.sources else [_measure(options)]
    newest = judged[0]
    if not options.sources:
        _write(options.output, document.dumps(newest))
    known = {(other["date"], other["seed"]) for other in judged}
    older = [other for other in earlier if (other["date"], other["seed"]) not in known]
    _write(options.report, report.render(newest, older + judged[1:]))
    print(summary.text(newest), end="")
    lost = summary.lost_in_most(judged)
    if len(judged) > 1:
        print(f"Losses in most of {len(judged)} documents: {len(lost)}")
        for name in lost:
            print("  " + name)
    return 1 if options.check and lost else 0


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (OSError, ValueError, programs.ProgramError) as error:
        print(f"raptors bench: {error}", file=sys.stderr)
        return 2
