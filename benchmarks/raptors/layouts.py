# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Arrays of a given layout in memory, and proof that they have it."""

import numpy as np
from numpy.typing import NDArray


def _values(count: int, dtype: str, seed: int) -> NDArray:
    """Whole numbers from -7 to 8 in turn: sums of them are small enough to be exact."""
    return (np.arange(seed, seed + count, dtype=np.int64) * 7 % 16 - 7).astype(dtype)


def _contiguous(shape: tuple[int, ...], dtype: str, seed: int) -> NDArray:
    return _values(int(np.prod(shape)), dtype, seed).reshape(shape)


def make(shape: tuple[int, ...], dtype: str, layout: str, seed: int = 0) -> NDArray:
    """An array of this shape and layout. Slices are of arrays twice as long; nothing is read-only but a broadcast."""
    if layout == "C":
        array = _contiguous(shape, dtype, seed)
    elif layout == "F":
        array = np.asfortranarray(_contiguous(shape, dtype, seed))
    elif layout == "transposed":
        array = _contiguous(shape[::-1], dtype, seed).T
    elif layout == "row-slice":
        array = _contiguous((2 * shape[0], *shape[1:]), dtype, seed)[::2]
    elif layout == "column-slice":
        array = _contiguous((*shape[:-1], 2 * shape[-1]), dtype, seed)[..., ::2]
    elif layout == "reversed":
        array = _contiguous(shape, dtype, seed)[tuple(slice(None, None, -1) for _ in shape)]
    elif layout == "broadcast":
        array = np.broadcast_to(_contiguous(shape[1:] or (1,), dtype, seed), shape)
    elif layout == "misaligned":
        values = _contiguous(shape, dtype, seed)
        raw = np.empty(values.nbytes + values.itemsize, np.uint8)
        # Half an element past a multiple of its size.
        offset = (values.itemsize // 2 - raw.ctypes.data) % values.itemsize
        array = np.ndarray(shape, dtype, raw, offset)
        array[...] = values
    else:
        raise ValueError(f"layout: got {layout!r}; expected one of grid.LAYOUTS")
    check(array, shape, dtype, layout)
    return array


def make_out(shape: tuple[int, ...], dtype: str, layout: str) -> NDArray:
    """An output in C order, for inputs in F order in F order; its pages are there already."""
    out = np.full(shape, 0, dtype, order="F" if layout == "F" else "C")
    check(out, shape, dtype, "F" if layout == "F" else "C")
    return out


def check(array: NDArray, shape: tuple[int, ...], dtype: str, layout: str) -> None:
    """AssertionError unless the array has this shape, dtype and layout: its strides say so, not its name."""
    size = array.itemsize
    c_strides = [size] * len(shape)
    for axis in reversed(range(len(shape) - 1)):
        c_strides[axis] = c_strides[axis + 1] * shape[axis + 1]
    f_strides = [size] * len(shape)
    for axis in range(1, len(shape)):
        f_strides[axis] = f_strides[axis - 1] * shape[axis - 1]
    column_slice = [2 * stride for stride in c_strides]
    expected = {
        "C": c_strides,
        "F": f_strides,
        "transposed": f_strides,
        "row-slice": [2 * c_strides[0], *c_strides[1:]],
        "column-slice": column_slice,
        "reversed": [-stride for stride in c_strides],
        "broadcast": [0, *c_strides[1:]],
        "misaligned": c_strides,
    }[layout]
    found = (array.shape, str(array.dtype), list(array.strides), array.flags.aligned)
    wanted = (shape, dtype, expected, layout != "misaligned")
    assert found == wanted, f"layout {layout}: got (shape, dtype, strides, aligned) {found}; expected {wanted}"


def differs(shape: tuple[int, ...], layout: str) -> bool:
    """Whether a layout is another one than those before it: an array of one axis has no columns or transpose."""
    return len(shape) > 1 or layout not in ("F", "transposed", "row-slice")
