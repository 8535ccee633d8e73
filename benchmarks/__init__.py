# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The root of the ASV suite, which lies in raptors/ beside this file; see docs/perf/asv.md.

It has to be this directory: below benchmarks/raptors itself, `import raptors` would find the suite.
"""
