# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""How an Array prints."""

# Larger arrays show this many items at each end of each axis.
_SUMMARIZE = 1000
_EDGE = 3


def _float32(value):
    """The shortest text that reads back as the same float32."""
    import struct

    for digits in range(6, 9):
        text = "%.*g" % (digits, value)
        if struct.pack("f", float(text)) == struct.pack("f", value):
            break
    else:
        text = "%.9g" % value
    return repr(float(text))


def _items(extent, summarize):
    """Indices to show, None for the gap."""
    if summarize and extent > 2 * _EDGE:
        return [*range(_EDGE), None, *range(extent - _EDGE, extent)]
    return list(range(extent))


def _texts(array, text, summarize):
    """Nested lists of texts."""
    if array.ndim == 0:
        return text(array.item())
    return [
        "..." if i is None else _texts(array[i : i + 1].reshape(array.shape[1:]), text, summarize)
        for i in _items(array.shape[0], summarize)
    ]


def _width(texts):
    if isinstance(texts, str):
        return len(texts) if texts != "..." else 0
    return max(map(_width, texts), default=0)


def _join(texts, width, indent, depth):
    if isinstance(texts, str):
        return texts if texts == "..." else texts.rjust(width)
    inner = [_join(text, width, indent + 1, depth - 1) for text in texts]
    separator = ", " if depth <= 1 else "," + "\n" * (depth - 1) + " " * (indent + 1)
    return "[" + separator.join(inner) + "]"


def array_repr(array):
    dtype = array.dtype
    texts = _texts(array, _float32 if dtype == "float32" else repr, array.size > _SUMMARIZE)
    body = _join(texts, _width(texts), len("array("), array.ndim)
    if array.size == 0 and array.shape != (0,):
        body = "[], shape=" + repr(array.shape)
    return "array(" + body + ("" if dtype in ("float64", "int64") else ", dtype=" + dtype) + ")"
