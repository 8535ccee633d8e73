# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Pickling of Arrays; with protocol 5 and a buffer_callback without a copy."""

from raptors import _core

_FORMATS = {"float32": "f", "float64": "d", "int32": "i", "int64": "l"}


def rebuild_array(buffer, dtype, shape, fortran):
    """Makes an Array of what reduce_array() kept: a view of the buffer."""
    flat = _core.asarray(memoryview(buffer).cast("B").cast(_FORMATS[dtype]))
    return flat.reshape(tuple(reversed(shape))).T if fortran else flat.reshape(shape)


def reduce_array(array, protocol):
    fortran = not array.contiguous and array.T.contiguous
    if not array.contiguous and not fortran:
        array = array.copy()
        fortran = not array.contiguous and array.T.contiguous
        if not array.contiguous and not fortran:
            array = array.reshape(-1).copy().reshape(array.shape)
    flat = (array.T if fortran else array).reshape(-1)
    if protocol >= 5:
        from pickle import PickleBuffer

        buffer = PickleBuffer(flat)
    else:
        # A bytearray, so that what is loaded is writable.
        buffer = bytearray(flat)
    return rebuild_array, (buffer, array.dtype, array.shape, fortran)
