# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The functions that make a raptors.Array: by shape, by range, of nested sequences."""

import math
import unittest

import numpy as np

import raptors


class ConstructorTest(unittest.TestCase):
    def test_array(self):
        a = raptors.array([[1, 2, 3], [4, 5, 6]])
        self.assertEqual((a.dtype, a.shape, a.strides, a.ndim, a.size), ("int64", (2, 3), (24, 8), 2, 6))
        self.assertEqual((a.itemsize, a.nbytes, a.contiguous, a.readonly), (8, 48, True, False))
        self.assertEqual(raptors.array([1, 2.5]).dtype, "float64")
        self.assertEqual(raptors.array([]).dtype, "float64")
        self.assertEqual(raptors.array([[], []]).shape, (2, 0))
        self.assertEqual(raptors.array(3).shape, ())
        self.assertEqual(raptors.array((1, 2), dtype="float32").to_list(), [1.0, 2.0])
        self.assertEqual(raptors.array(range(3)).to_list(), [0, 1, 2])
        self.assertEqual(raptors.array([np.float32(1.5), 2]).to_list(), [1.5, 2.0])
        self.assertEqual(raptors.array([2.9, -2.9], dtype="int32").to_list(), [2, -2])

    def test_dtypes_by_any_name(self):
        for dtype in (np.float32, np.dtype("float32"), "float32", np.dtype("<f4")):
            self.assertEqual(raptors.zeros(2, dtype=dtype).dtype, "float32")
        self.assertEqual(raptors.zeros(2, dtype=float).dtype, "float64")
        self.assertEqual(raptors.zeros(2, dtype=int).dtype, "int64")
        for dtype in ("float16", np.int8, bool, np.dtype(">f4"), "", 3):
            with self.assertRaisesRegex(ValueError, "^dtype: got .*; expected float32, float64, int32 or int64"):
                raptors.zeros(2, dtype=dtype)

    def test_bad_nesting(self):
        for nested in ([[1, 2], [3]], [1, [2]], [[1], 2], [[[1]], [2]]):
            with self.assertRaisesRegex(ValueError, "rectangular"):
                raptors.array(nested)
        for nested in (["a"], "abc", [None], [[1, 1j]], None, object()):
            with self.assertRaises(TypeError):
                raptors.array(nested)
        deep = []
        for _ in range(100):
            deep = [deep]
        with self.assertRaisesRegex(ValueError, "deeper"):
            raptors.array(deep)
        endless = []
        endless.append(endless)
        with self.assertRaisesRegex(ValueError, "deeper"):
            raptors.array(endless)

    def test_ints_that_do_not_fit(self):
        with self.assertRaisesRegex(ValueError, "got 4294967296"):
            raptors.array([2**32], dtype="int32")
        with self.assertRaisesRegex(ValueError, "18446744073709551616"):
            raptors.array([2**64])
        self.assertEqual(raptors.array([2**64], dtype="float64").to_list(), [2.0**64])

    def test_a_list_that_changes_while_it_is_read(self):
        class Growing:
            def __float__(self):
                rows.append([1.0, 1.0])
                rows[1].append(2.0)
                return 1.0

        rows = [[Growing(), 1.0], [1.0, 1.0]]
        with self.assertRaises(ValueError):
            raptors.array(rows)

    def test_by_shape(self):
        self.assertEqual(raptors.zeros((2, 2)).to_list(), [[0.0, 0.0], [0.0, 0.0]])
        self.assertEqual(raptors.ones(2, "int32").to_list(), [1, 1])
        self.assertEqual(raptors.full(2, 7).dtype, "int64")
        self.assertEqual(raptors.full(2, 0.5, dtype="float32").to_list(), [0.5, 0.5])
        self.assertEqual(raptors.empty((3, 0, 2)).shape, (3, 0, 2))
        for shape in (-1, (2, -1), (2**40, 2**40)):
            with self.assertRaisesRegex(ValueError, "shape"):
                raptors.zeros(shape)
        for shape in (1.5, "3", (1, 2.0), None, True):
            with self.assertRaisesRegex(TypeError, "^shape: got"):
                raptors.zeros(shape)
        with self.assertRaises(MemoryError):
            raptors.empty(2**50)

    def test_arange(self):
        for arguments in [(5,), (2, 9), (2, 9, 3), (9, 2, -3), (5, 5), (5, 2), (0, 1, 0.25), (1.5, -1, -0.5), (-3,)]:
            got, expected = raptors.arange(*arguments), np.arange(*arguments)
            self.assertEqual(got.dtype, expected.dtype.name, arguments)
            np.testing.assert_array_equal(got, expected)
        self.assertEqual(raptors.arange(3, dtype="float32").to_list(), [0.0, 1.0, 2.0])
        self.assertEqual(raptors.arange(-(2**63), 2**63 - 1, 2**62).to_list(), [-(2**63), -(2**62), 0, 2**62])
        self.assertEqual(raptors.arange(2**53, 2**53 + 3).size, 3)
        for arguments in [(0, 1, 0), (0, 1, math.nan), (math.inf,), (0, math.nan)]:
            with self.assertRaises(ValueError):
                raptors.arange(*arguments)

    def test_array2d(self):
        self.assertEqual(raptors.array2d([[1, 2], [3, 4]]).shape, (2, 2))
        with self.assertRaisesRegex(ValueError, "^rows: got 1 axes"):
            raptors.array2d([1, 2])

    def test_cannot_be_made_or_changed_as_a_type(self):
        with self.assertRaises(TypeError):
            raptors.Array()
        with self.assertRaises(TypeError):
            raptors.Array.sum = None
        with self.assertRaises(TypeError):
            type("Sub", (raptors.Array,), {})

    def test_numpy_scalars_keep_their_dtype(self):
        for numbers in (
            [np.float32(1)], [np.int32(1), np.int32(2)], [np.int32(1), np.float32(2)], [np.float32(1), 2.5],
            [np.int32(1), 2], [[np.float32(1)], [np.float64(2)]], [np.uint32(3)], [np.float32(1), np.int16(1)],
        ):  # fmt: skip
            expected = np.array(numbers).dtype
            # What NumPy has and Raptors has not widens.
            wanted = {"uint32": "int64"}.get(expected.name, expected.name)
            wanted = "float64" if len(numbers) == 2 and isinstance(numbers[1], np.int16) else wanted
            self.assertEqual(raptors.array(numbers).dtype, wanted, numbers)
        self.assertEqual(raptors.full(2, np.float32(3)).dtype, "float32")

    def test_codes_of_dtypes(self):
        for code, name in (("f4", "float32"), ("<f8", "float64"), ("=i4", "int32"), ("d", "float64"), ("q", "int64")):
            self.assertEqual(raptors.zeros(1, code).dtype, name)
        for dtype, name in ((np.longlong, "int64"), (np.intc, "int32"), (np.dtype("q"), "int64"), ("intc", "int32")):
            self.assertEqual(raptors.zeros(1, dtype).dtype, name)
        for dtype in (">f4", "f2", "u4"):
            with self.assertRaisesRegex(ValueError, "^dtype: got"):
                raptors.zeros(1, dtype)

    def test_floats_that_no_integer_holds(self):
        """Numbers are refused as NumPy refuses them; arrays are cast as NumPy's astype does."""
        a = raptors.zeros(2, "int32")
        for bad in (math.nan, math.inf, 1e30, -1e10, np.float64(math.nan), np.float32(math.inf), 2.0**63):
            with self.assertRaisesRegex(ValueError, "^value: got .*; expected"):
                a[0] = bad
            with self.assertRaisesRegex(ValueError, "^fill_value: got .*; expected"):
                raptors.full(2, bad, "int32")
            with self.assertRaisesRegex(ValueError, "^object: got .*; expected"):
                raptors.array([bad], dtype="int32")
        self.assertEqual(a.to_list(), [0, 0])
        a[:] = np.float64(-3.9)
        self.assertEqual(a.to_list(), [-3, -3])
        a[0] = np.int8(7)
        a[1] = True
        self.assertEqual(a.to_list(), [7, 1])
        wide = raptors.full(1, -(2.0**63), "int64")
        self.assertEqual(wide.to_list(), [-(2**63)])
        with self.assertRaisesRegex(TypeError, "^value: got numpy.complex128"):
            a[0] = np.complex128(1j)

    def test_arange_of_large_ints(self):
        for arguments in [(2**62, 2**62 + 1), (2**60, 2**60 + 100, 7), (2**63 - 1, 2**63 - 4, -2), (2**62, 2**62)]:
            self.assertEqual(raptors.arange(*arguments).to_list(), list(range(*arguments)))
        for arguments in [(2**63,), (2**63, 2**63 + 4), (0, -(2**64), -(2**62))]:
            with self.assertRaisesRegex(ValueError, "^st(art|op): got .*; expected an int that int64 holds"):
                raptors.arange(*arguments)
        self.assertEqual(raptors.arange(2**31 - 2, 2**31, dtype="int32").to_list(), [2**31 - 2, 2**31 - 1])
        for arguments in [(2**31, 2**31 + 2), (0.0, 1e10, 5e9), (-(2**31) - 1, 0)]:
            with self.assertRaisesRegex(ValueError, "^stop: got .* that int32 holds"):
                raptors.arange(*arguments, dtype="int32")
        with self.assertRaisesRegex(ValueError, "^stop: got nan; expected a finite number"):
            raptors.arange(math.nan)
        self.assertEqual(raptors.arange(0.0, 2.0**64, 2.0**63).to_list(), [0.0, 2.0**63])

    def test_errors_name_the_argument(self):
        with self.assertRaisesRegex(ValueError, "^fill_value: got 9223372036854775808; expected"):
            raptors.full(2, 2**63)
        with self.assertRaisesRegex(TypeError, "^fill_value: got numpy.ndarray; expected a real number"):
            raptors.full(2, np.ones(2))
        self.assertEqual(raptors.zeros(np.array([2, 3])).shape, (2, 3))
        self.assertEqual(raptors.zeros(np.array(4)).shape, (4,))
        with self.assertRaisesRegex(TypeError, "^shape: got"):
            raptors.zeros(np.array([2.0]))

if __name__ == "__main__":
    unittest.main()
