# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Raptors: NumPy-style array operations that pick the fastest correct path on this machine, and say why.

    >>> import raptors
    >>> a = raptors.array([[1.0, 2.0], [3.0, 4.0]])
    >>> raptors.scale(a, 2.5)
    array([[ 2.5,  5.0],
           [ 7.5, 10.0]])
    >>> raptors.sum(a, axis=0).to_list()
    [4.0, 6.0]

Functions take raptors.Array, NumPy arrays, and any object with a buffer or with DLPack. What goes in
comes out: NumPy arrays where the inputs are NumPy's, Arrays where one of them is an Array. A result goes
into `out` if one is given. `threads` limits the threads of one call; with blocks limit a stretch of code:

    >>> with raptors.threads(1), raptors.record() as calls:
    ...     b = raptors.add(a, 1)
    >>> calls[0].op, calls[0].threads
    ('add', 1)

Errors: TypeError for an argument of the wrong type, ValueError for a wrong value, each with the
argument's name, its value and what was expected; MemoryError; RuntimeError for an environment variable
RAPTORS_* that cannot be read.
"""

from raptors._core import (
    Array,
    __version__,
    add,
    arange,
    array,
    array2d,
    asarray,
    asum,
    axpy,
    dot,
    empty,
    fma,
    from_dlpack,
    from_numpy,
    full,
    matmul,
    max,
    mean,
    min,
    mul_add,
    multiply,
    norm,
    ones,
    release_memory,
    scale,
    set_memory_cap,
    subtract,
    sum,
    zeros,
)
from raptors._dashboard import dashboard
from raptors._introspection import explain, info, metrics, simd_enabled, table, threading_info
from raptors._older_names import (
    broadcast_add,
    broadcast_add_inplace,
    index_array,
    mean_axis,
    scale_inplace,
    slice_array,
    sum_axis,
)
from raptors._scope import Decision, blas, fast, profile, record, reproducible, simd, threads
from raptors._threadpoolctl import register_threadpoolctl

__all__ = [
    "Array",
    "Decision",
    "add",
    "arange",
    "array",
    "array2d",
    "asarray",
    "asum",
    "axpy",
    "blas",
    "broadcast_add",
    "broadcast_add_inplace",
    "dashboard",
    "dot",
    "empty",
    "explain",
    "fast",
    "fma",
    "from_dlpack",
    "from_numpy",
    "full",
    "index_array",
    "info",
    "matmul",
    "max",
    "mean",
    "mean_axis",
    "metrics",
    "min",
    "mul_add",
    "multiply",
    "norm",
    "ones",
    "profile",
    "record",
    "register_threadpoolctl",
    "release_memory",
    "reproducible",
    "scale",
    "scale_inplace",
    "set_memory_cap",
    "simd",
    "simd_enabled",
    "slice_array",
    "subtract",
    "sum",
    "sum_axis",
    "table",
    "threading_info",
    "threads",
    "zeros",
]
