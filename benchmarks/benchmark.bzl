# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A benchmark program that also runs once as a test."""

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
