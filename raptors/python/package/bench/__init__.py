# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Raptors beside other libraries: `raptors bench` measures and draws, `raptors bench-diff` compares two runs."""
