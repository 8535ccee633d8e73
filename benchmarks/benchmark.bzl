# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Benchmark programs that also run once as a test."""

load("//build_defs:cc.bzl", "raptors_cc_binary", "raptors_cc_test")

def raptors_benchmark(name, srcs, test_args, deps, data = []):
    """The program <name>, and <name>_test, which runs it with `test_args`."""
    raptors_cc_binary(
        name = name,
        srcs = srcs,
        data = data,
        visibility = ["//:__subpackages__"],
        deps = deps,
    )
    raptors_cc_test(
        name = name + "_test",
        srcs = srcs,
        args = test_args,
        data = data,
        gtest_main = False,
        deps = deps,
    )

def cell_benchmark(name):
    """The benchmark <name>_benchmark.cc of cells, a raptors_benchmark()."""
    raptors_benchmark(
        name = name,
        srcs = [name + "_benchmark.cc"],
        data = ["data/shapes.json"],
        test_args = [
            "--grid=smoke",
            "--benchmark_min_time=1x",
        ],
        deps = [
            ":grid",
            ":program",
            "//benchmarks/report",
        ],
    )
