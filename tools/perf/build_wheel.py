# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Builds the wheels of a checkout with its own Bazel: build_wheel.py CHECKOUT DIRECTORY.

For asv, whose build commands can only be programs of its environment, which has a Python but no shell.
"""

import pathlib
import subprocess
import sys


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(f"build_wheel.py: got {len(arguments)} arguments; expected CHECKOUT DIRECTORY", file=sys.stderr)
        return 2
    checkout = pathlib.Path(arguments[0]).resolve()
    directory = pathlib.Path(arguments[1]).resolve()
    bazel = str(checkout / "bazelw")
    built = subprocess.run(
        [bazel, "run", "-c", "opt", "--noshow_progress", "//raptors/python:wheel", "--", str(directory)],
        cwd=checkout,
        check=False,
    )
    # No server beside the measurements.
    subprocess.run([bazel, "shutdown"], cwd=checkout, check=False)
    return built.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
