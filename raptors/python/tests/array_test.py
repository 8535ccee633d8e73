# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors.Array: views, conversions, lifetimes."""

import copy
import gc
import itertools
import math
import pickle
import sys
import unittest
import weakref

import numpy as np

import raptors

DTYPES = ("float32", "float64", "int32", "int64")


class ViewTest(unittest.TestCase):
    KEYS = [
        0, -1, slice(None), slice(1, None), slice(None, None, -1), slice(10, 0, -2), slice(5, 2), ..., None, (),
        (0, 1), (slice(1, 3), 2), (..., 0), (0, ..., slice(None, None, 2)), (None, 1, ..., None), (slice(2, 2), ...),
        (1, 2, 2), (..., 1, 2, 2), slice(-2, None), slice(None, 2**70), np.int64(1), (slice(None), np.int32(-1)),
    ]  # fmt: skip

    def test_indexing_is_numpys(self):
        expected = np.arange(4 * 5 * 6.0).reshape(4, 5, 6)
        for base in (expected, expected.T, expected[::-1, :, ::2]):
            array = raptors.from_numpy(base)
            for key in self.KEYS:
                want, got = base[key], array[key]
                if isinstance(want, np.generic):
                    self.assertIs(type(got), float)
                    self.assertEqual(got, want)
                else:
                    self.assertEqual(got.shape, want.shape, key)
                    np.testing.assert_array_equal(got, want)

    def test_views_share_memory(self):
        a = raptors.zeros((3, 4), "int32")
        a[1:, ::2][0, 1] = 7
        a.T[0, 0] = 5
        a.reshape(-1)[11] = 3
        self.assertEqual(a.to_list(), [[5, 0, 0, 0], [0, 0, 7, 0], [0, 0, 0, 3]])

    def test_views_keep_memory_alive(self):
        view = raptors.arange(10**6)[5:10].reshape(5, 1)[::-1]
        gc.collect()
        raptors.release_memory()
        raptors.zeros(10**6)
        self.assertEqual(view.to_list(), [[9], [8], [7], [6], [5]])

    def test_assignment(self):
        for dtype, key in itertools.product(DTYPES, [..., 0, (slice(None), 1), slice(None, None, -1)]):
            expected = np.arange(12).reshape(3, 4).astype(dtype)
            for value in (7, 2.75, [1] and np.array(3, "int32"), np.arange(4.0)):
                want = expected.copy()
                if np.ndim(value) and want[key].shape[-1:] != (4,):
                    continue
                got = raptors.array(want)
                want[key] = value
                got[key] = value
                np.testing.assert_array_equal(got, want)
        a = raptors.arange(6)
        a[1:] = a[:-1]
        self.assertEqual(a.to_list(), [0, 0, 1, 2, 3, 4])
        with self.assertRaisesRegex(ValueError, "value"):
            a[:] = np.ones(5)
        with self.assertRaisesRegex(ValueError, "got 4294967296"):
            raptors.zeros(2, "int32")[0] = 2**32
        with self.assertRaises(TypeError):
            del a[0]

    def test_bad_indices(self):
        a = raptors.zeros((2, 3))
        for key in (2, -3, (0, 3), (0, 0, 0), (..., ...)):
            with self.assertRaises(IndexError):
                a[key]
        for key in (1.0, "x", [0, 1], True, (0, None, 1.5), np.array([True, False])):
            with self.assertRaisesRegex(TypeError, "^index: got"):
                a[key]
        with self.assertRaises(ValueError):
            a[::0]

    def test_reshape(self):
        wide = np.arange(48)
        for base in (np.arange(24), np.arange(24).reshape(4, 6).T, wide[::2], wide.reshape(2, 24)[:, ::2]):
            for shape in [(24,), (4, 6), (2, 3, 4), (1, 24, 1), (-1,), (6, -1), (2, 2, 2, 3)]:
                np.testing.assert_array_equal(raptors.from_numpy(base).reshape(shape), base.reshape(shape))
        a = raptors.arange(24).reshape(2, 3, 4)
        self.assertEqual(a.reshape(6, 4).reshape([24]).shape, (24,))
        # A view where NumPy gives one.
        view = a[:, ::2].reshape(2, 2, 2, 2)
        view[0, 0, 0, 0] = 99
        self.assertEqual(a[0, 0, 0], 99)
        for shape in [(5, 5), (-1, -1), (-1, 5), (-2, 12), ()]:
            with self.assertRaisesRegex(ValueError, "^shape: got"):
                a.reshape(shape)
        self.assertEqual(raptors.zeros((0, 3)).reshape(3, 0).shape, (3, 0))

    def test_transpose(self):
        base = np.arange(24).reshape(2, 3, 4)
        a = raptors.from_numpy(base)
        np.testing.assert_array_equal(a.T, base.T)
        np.testing.assert_array_equal(a.transpose(1, 2, 0), base.transpose(1, 2, 0))
        np.testing.assert_array_equal(a.transpose((-1, 0, 1)), base.transpose(-1, 0, 1))
        for axes in [(0, 1), (0, 0, 1), (0, 1, 3), (2**40, 0, 1)]:
            with self.assertRaises(ValueError):
                a.transpose(axes)

    def test_as_a_sequence(self):
        a = raptors.arange(6).reshape(3, 2)
        self.assertEqual(len(a), 3)
        self.assertEqual([row.to_list() for row in a], [[0, 1], [2, 3], [4, 5]])
        self.assertEqual(list(raptors.arange(3)), [0, 1, 2])
        self.assertEqual(sum(raptors.arange(4)), 6)
        for function in (len, iter, list):
            with self.assertRaises(TypeError):
                list(function(raptors.array(1)))


class ConversionTest(unittest.TestCase):
    def test_astype_is_numpys(self):
        x = np.array([0.0, 1.9, -1.9, 1e9, -7.0])
        for source, target in itertools.product(DTYPES, DTYPES):
            base = x.astype(source)
            for view in (base, base[::-1], base[::2]):
                np.testing.assert_array_equal(raptors.from_numpy(view).astype(target), view.astype(target))
        self.assertEqual(raptors.array([2**32 + 5]).astype("int32").to_list(), [5])
        self.assertEqual(raptors.array([math.nan, math.inf, 1e300]).astype("int32").to_list(), [-(2**31)] * 3)

    def test_copies(self):
        a = raptors.arange(6).reshape(2, 3).T
        for other in (a.copy(), copy.copy(a), copy.deepcopy(a)):
            self.assertEqual((other.strides, other.to_list()), (a.strides, a.to_list()))
            other[0, 0] = 9
            self.assertEqual(a[0, 0], 0)

    def test_pickle(self):
        base = np.arange(24.0).reshape(2, 3, 4)
        for dtype in DTYPES:
            for view in (base, base.T, base[:, ::2], base[..., ::-1], base[:0], base[0, 0, 0:1].reshape(())):
                a = raptors.array(view.astype(dtype))
                a = raptors.from_numpy(np.broadcast_to(view.astype(dtype), view.shape)) if view.size else a
                for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                    b = pickle.loads(pickle.dumps(a, protocol))
                    self.assertEqual((b.dtype, b.shape), (a.dtype, a.shape))
                    self.assertFalse(b.readonly and not a.readonly)
                    np.testing.assert_array_equal(b, a)

    def test_pickle_out_of_band_shares_memory(self):
        a = raptors.arange(4)
        buffers = []
        data = pickle.dumps(a, 5, buffer_callback=buffers.append)
        self.assertEqual(len(buffers), 1)
        b = pickle.loads(data, buffers=buffers)
        a[0] = 9
        self.assertEqual(b[0], 9)

    def test_functions_pickle_by_name(self):
        for name in raptors.__all__:
            value = getattr(raptors, name)
            self.assertIs(pickle.loads(pickle.dumps(value)), value, name)

    def test_repr(self):
        for text in [
            "array([1, 2])", "array([1.5, 2.0], dtype=float32)", "array([[1, 2],\n       [3, 4]], dtype=int32)",
            "array(3)", "array([])", "array([   0.1, 1e-300])", "array([0.1], dtype=float32)",
        ]:  # fmt: skip
            dtype = text.partition("dtype=")[2].rstrip(")") or None
            nested = text[6:].partition(", dtype")[0].rstrip(")")
            self.assertEqual(repr(raptors.array(eval(nested), dtype=dtype)), text)
        self.assertEqual(repr(raptors.zeros((0, 2))), "array([], shape=(0, 2))")
        self.assertEqual(repr(raptors.arange(2000)), "array([   0,    1,    2, ..., 1997, 1998, 1999])")
        cube = raptors.arange(8).reshape(2, 2, 2)
        self.assertEqual(repr(cube), repr(cube.to_numpy()))

    def test_float32_prints_the_shortest_text(self):
        for value in np.random.default_rng(3).standard_normal(200).astype("float32"):
            text = repr(raptors.array(np.array(value)))[6:].partition(",")[0]
            self.assertEqual(np.float32(text), value)
            self.assertLessEqual(len(text), len(str(value)) + 1)


class LifetimeTest(unittest.TestCase):
    def test_references_are_balanced(self):
        a, x = raptors.ones((8, 8)), np.ones((8, 8))
        objects = [a, x, None, "float32", ..., (1, 2), 2.5]
        before = [sys.getrefcount(value) for value in objects]
        for _ in range(1000):
            raptors.scale(a, 2.5)
            raptors.scale(x, 2.5, out=x)
            raptors.add(a, x, out=None)
            raptors.sum(x, axis=None)
            a[...], a.T, a.reshape(4, 16), a[1:, None]
            a.to_numpy(), np.asarray(a), np.from_dlpack(a), raptors.from_dlpack(x), raptors.from_numpy(x)
            raptors.zeros((1, 2), "float32")
            a += 1
            for bad in (lambda: raptors.scale(x, "q"), lambda: raptors.scale(x, 2, out=a[0]), lambda: a["x"]):
                self.assertRaises((TypeError, ValueError), bad)
        gc.collect()
        after = [sys.getrefcount(value) for value in objects]
        for old, new in zip(before, after):
            self.assertLess(abs(new - old), 500)

    def test_memory_is_given_back(self):
        raptors.release_memory()
        start = raptors.info()["memory"]["bytes_in_use"]
        arrays = [raptors.zeros(1000) for _ in range(10)] + [raptors.scale(np.ones(10**5), 2)]
        self.assertGreater(raptors.info()["memory"]["bytes_in_use"], start)
        del arrays
        gc.collect()
        self.assertEqual(raptors.info()["memory"]["bytes_in_use"], start)

    def test_weak_references(self):
        a = raptors.ones(3)
        reference = weakref.ref(a)
        self.assertIs(reference(), a)
        del a
        gc.collect()
        self.assertIsNone(reference())


if __name__ == "__main__":
    unittest.main()
