# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Raptors beside NumPy, one process and the same operands for both: what ASV runs. See docs/perf/asv.md."""
