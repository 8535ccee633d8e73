# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Names that users of the earlier Rust library know."""

from raptors import _core


def sum_axis(a, axis):
    """The same as sum(a, axis).

    >>> raptors.sum_axis(raptors.array([[1, 2], [3, 4]]), 0).to_list()
    [4, 6]
    """
    return _core.sum(a, axis)


def mean_axis(a, axis):
    """The same as mean(a, axis).

    >>> raptors.mean_axis(raptors.array([[1, 2], [3, 4]]), 1).to_list()
    [1.5, 3.5]
    """
    return _core.mean(a, axis)


def broadcast_add(x, y):
    """The same as add(x, y).

    >>> raptors.broadcast_add(raptors.ones((2, 2)), raptors.array([1.0, 2.0])).to_list()
    [[2.0, 3.0], [2.0, 3.0]]
    """
    return _core.add(x, y)


def broadcast_add_inplace(x, y):
    """Adds y to x in place: the same as add(x, y, out=x). Returns x.

    >>> a = raptors.ones((2, 2))
    >>> raptors.broadcast_add_inplace(a, raptors.array([1.0, 2.0])) is a
    True
    """
    return _core.add(x, y, out=x)


def scale_inplace(a, factor):
    """Multiplies a by a number in place: the same as scale(a, factor, out=a). Returns a.

    >>> a = raptors.ones(2)
    >>> raptors.scale_inplace(a, 3).to_list()
    [3.0, 3.0]
    """
    return _core.scale(a, factor, out=a)


def slice_array(a, start, stop, step=1):
    """The same as a[start:stop:step]: a view.

    >>> raptors.slice_array(raptors.arange(10), 2, 8, 3).to_list()
    [2, 5]
    """
    return a[start:stop:step]


def index_array(a, *indices):
    """The same as a[indices]: an element, or a view where fewer indices than axes are given.

    >>> raptors.index_array(raptors.array([[1, 2], [3, 4]]), 1, 0)
    3
    """
    return a[indices]
