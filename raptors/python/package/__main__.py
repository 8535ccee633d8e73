# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""python -m raptors: what Raptors found on this machine, and what it would do with a call."""

import argparse
import json
import sys

import raptors


def _shape(text):
    if text == "scalar":
        return ()
    try:
        return tuple(int(extent) for extent in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            "SHAPE: got %r; expected extents with 'x' between them, such as 1000x1000, or 'scalar'" % text
        ) from None


def _parser():
    parser = argparse.ArgumentParser(prog="raptors", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--version", action="version", version="raptors " + raptors.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in [
        ("info", "the machine, the SIMD levels, BLAS and the settings in force"),
        ("threading-info", "threads, and what they have done"),
        ("table", "every kernel in this build, as JSON"),
    ]:
        command = commands.add_parser(name, help=text)
        command.add_argument("--json", action="store_true", help="as JSON")
    explain = commands.add_parser("explain", help="what would be done with a call, and why")
    explain.add_argument("op", metavar="OP")
    explain.add_argument("dtype", metavar="DTYPE")
    explain.add_argument("shape", metavar="SHAPE", type=_shape)
    explain.add_argument("--layout")
    explain.add_argument("--in-place", action="store_true")
    explain.add_argument("--json", action="store_true", help="as JSON")
    return parser


def main(arguments=None):
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "explain":
            value = raptors.explain(
                options.op, dtype=options.dtype, shape=options.shape, layout=options.layout, in_place=options.in_place
            )
        else:
            value = getattr(raptors, options.command.replace("-", "_"))()
    except (ValueError, TypeError, RuntimeError) as error:
        print("raptors: %s" % error, file=sys.stderr)
        return 2
    if options.json or options.command == "table":
        print(json.dumps(value, indent=2))
    else:
        print(value, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
