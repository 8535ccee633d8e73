# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the suite has a benchmark for every operation of the module, and the quick subset the size it says.

    python -m benchmarks.raptors.completeness

from the root of the repository, where the wheel is installed. Exits with 1 and says what is missing.
"""

import collections
import importlib
import inspect
import json
import pathlib
import pkgutil
import re
import sys
from collections.abc import Iterator

import raptors

from . import comparison, grid, operations

_HERE = pathlib.Path(__file__).parent


def benchmarks() -> Iterator[type[comparison.Comparison]]:
    """The benchmarks of cells."""
    package = __package__ or ""
    for module in pkgutil.iter_modules([str(_HERE)]):
        if module.name.startswith("bench_"):
            found = vars(importlib.import_module(f"{package}.{module.name}")).values()
            for value in found:
                if inspect.isclass(value) and issubclass(value, comparison.Comparison):
                    yield value


def module_functions() -> set[str]:
    """The functions over the engine's operations, as the module lists them: those that take `threads`."""
    functions = {name: getattr(raptors, name) for name in raptors.__all__ if inspect.isbuiltin(getattr(raptors, name))}
    return {name for name, function in functions.items() if "threads" in inspect.signature(function).parameters}


def engine_operations() -> set[str]:
    """The engine's operations, as the module lists them."""
    return {threshold["op"] for threshold in raptors.threading_info()["parallel_thresholds"]}


def measured() -> dict[str, set[str]]:
    """Function -> benchmarks with a cell of it that set-up does not prune."""
    found = collections.defaultdict(set)
    for benchmark in benchmarks():
        instance = benchmark()
        for values in benchmark.cells():
            if instance.pruned(*values) is None:
                found[instance.cell(*values).op].add(benchmark.__name__)
    return found


def recorded() -> set[str]:
    """What the engine says it did in the smallest cell of each operation, set up as for a measurement."""
    from . import bench_small

    done = set()
    instance = bench_small.Small()
    for op in operations.OPERATIONS:
        values = (op, "float32", "new", "numpy")
        instance.setup(*values)
        with raptors.record() as calls:
            instance.time_raptors(*values)
        instance.teardown(*values)
        done.update(call.op for call in calls)
    return done


def complaints() -> list[str]:
    """What is missing or wrong; empty if nothing is."""
    found = []
    have = measured()
    for name in sorted(module_functions() - set(have)):
        found.append(f"raptors.{name} has no benchmark: give it a row in operations.py and a place in a bench_*.py")
    for name in sorted(set(have) - module_functions()):
        found.append(f"operations.py has {name}, which is no function of raptors")
    for name in sorted(engine_operations() - recorded()):
        found.append(f"no benchmark reaches the engine's {name}")
    if grid.is_quick():
        for benchmark in benchmarks():
            kept, pruned = counts(benchmark)
            if (kept, pruned) != (benchmark.quick_cells, benchmark.quick_pruned):
                found.append(
                    f"{benchmark.__name__}: the quick subset has {kept} cells and prunes {pruned}; "
                    f"quick_cells and quick_pruned say {benchmark.quick_cells} and {benchmark.quick_pruned}"
                )
    return found + _pins()


def counts(benchmark: type[comparison.Comparison]) -> tuple[int, int]:
    """(cells that are measured, cells that set-up prunes) of the current grid."""
    instance = benchmark()
    pruned = [instance.pruned(*values) is not None for values in benchmark.cells()]
    return pruned.count(False), pruned.count(True)


def _pins() -> list[str]:
    """asv.conf.json names packages that requirements.txt pins: the versions must be the same."""
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (_HERE.parent / "requirements.txt").read_text(), re.M))
    matrix = json.loads((_HERE.parent / "asv.conf.json").read_text())["matrix"]["req"]
    return [
        f"asv.conf.json: {name} is {versions}; expected [{pins.get(name)!r}], as in requirements.txt"
        for name, versions in matrix.items()
        if versions != [pins.get(name)]
    ]


def main() -> int:
    comparison.check_environment()
    for complaint in (found := complaints()):
        print(f"completeness: {complaint}", file=sys.stderr)
    kept, pruned = (sum(column) for column in zip(*map(counts, benchmarks())))
    print(
        f"{len(module_functions())} operations, {kept} cells measured, {pruned} pruned in set-up "
        f"({'quick' if grid.is_quick() else 'full'} grid)"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
