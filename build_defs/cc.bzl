# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""cc rules with the flags that Raptors' results depend on.

They stand here and not in .bazelrc, which a workspace that uses Raptors never reads. Target flags
follow those of the command line, so a user's --copt=-ffast-math cannot change a result.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

# GCC fuses a * b + c into one rounding where the CPU can, unless told not to.
_RESULTS = [
    "-std=c++17",
    "-fno-fast-math",
    "-ffp-contract=off",
]

_C_RESULTS = [f for f in _RESULTS if not f.startswith("-std")]

_WARNINGS = [
    "-Wall",
    "-Wextra",
]

_FEATURES = [
    "layering_check",
    "parse_headers",
]

# Speed is what a kernel is for, and its loops are what emulators and sanitizers wait for.
_KERNEL = [
    "-O2",
    # Skeletons move elements of all dtypes as words of their size.
    "-fno-strict-aliasing",
    # Only the dispatch table, linked into the same object, names a kernel.
    "-fvisibility=hidden",
]

def _copts(srcs, copts):
    c_only = type(srcs) == type([]) and srcs and not [s for s in srcs if not s.endswith(".c")]
    werror = select({
        Label("//build_defs:is_werror"): ["-Werror"],
        "//conditions:default": [],
    })
    speed = select({
        Label("//build_defs:is_fastbuild"): ["-O1"],
        "//conditions:default": [],
    })
    return speed + (_C_RESULTS if c_only else _RESULTS) + _WARNINGS + werror + copts

def raptors_cc_library(name, srcs = [], copts = [], features = [], **kwargs):
    """A cc_library of Raptors. Always linked statically: its parts do not promise one another an ABI."""
    cc_library(
        name = name,
        srcs = srcs,
        copts = _copts(srcs, copts),
        features = _FEATURES + features,
        linkstatic = True,
        **kwargs
    )

def raptors_kernel_cc_library(name, copts = [], **kwargs):
    """A raptors_cc_library of kernels: -O2 in every compilation mode, symbols hidden."""
    raptors_cc_library(
        name = name,
        copts = _KERNEL + copts,
        **kwargs
    )

def raptors_cc_binary(name, srcs = [], copts = [], features = [], **kwargs):
    """A cc_binary of Raptors."""
    cc_binary(
        name = name,
        srcs = srcs,
        copts = _copts(srcs, copts),
        features = _FEATURES + features,
        **kwargs
    )

def raptors_cc_test(name, srcs = None, copts = [], deps = [], features = [], gtest_main = True, size = "small", **kwargs):
    """A GoogleTest of Raptors; GoogleTest itself need not stand in deps.

    Args:
      name: as everywhere; the source is name.cc unless srcs says otherwise.
      srcs: sources.
      copts: appended to the flags results depend on.
      deps: beside GoogleTest.
      features: appended to the project's.
      gtest_main: whether GoogleTest's main() is linked in; False where srcs or deps have another.
      size: as cc_test's.
      **kwargs: passed on.
    """
    srcs = [name + ".cc"] if srcs == None else srcs
    googletest = [Label("@googletest//:gtest")] + ([Label("@googletest//:gtest_main")] if gtest_main else [])
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = _copts(srcs, copts),
        features = _FEATURES + features,
        deps = deps + googletest,
        **kwargs
    )
