# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Choosing cells by regular expressions of RE2, which match in time linear in the name."""

from __future__ import annotations

from raptors import _core


def matching(option: str, pattern: str, names: list[str]) -> list[bool]:
    """In which names the pattern is found. ValueError naming the option for what is no regular expression."""
    try:
        return _core.matches(pattern, names)
    except ValueError as error:
        raise ValueError(str(error).replace("pattern:", option + ":", 1)) from None
