# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Operators of raptors.Array: arithmetic, in place, comparisons, with NumPy's objects and others'."""

import itertools
import unittest

import numpy as np

import raptors

DTYPES = ("float32", "float64", "int32", "int64")


class OperatorTest(unittest.TestCase):
    def test_arithmetic(self):
        x, y = np.arange(6.0).reshape(2, 3), np.arange(3.0)
        a, b = raptors.array(x), raptors.array(y)
        for got, want in [
            (a + b, x + y), (a - b, x - y), (a * b, x * y), (a + 1, x + 1), (1 - a, 1 - x), (a * 2.5, x * 2.5),
            (2 * a, 2 * x), (-a, -x), (+a, x), (a + y, x + y), (y + a, x + y), (x * b, x * y),
            (a - np.float64(2), x - 2),
        ]:  # fmt: skip
            self.assertIsInstance(got, raptors.Array)
            np.testing.assert_array_equal(got, want)

    def test_in_place(self):
        a = raptors.ones((2, 3))
        same = a
        a += 1
        a *= 3
        a -= raptors.array([1.0, 2.0, 3.0])
        a += np.ones(3)
        self.assertIs(a, same)
        self.assertEqual(a.to_list(), [[6.0, 5.0, 4.0]] * 2)
        x = np.ones(3)
        x += raptors.ones(3)
        self.assertIsInstance(x, np.ndarray)
        self.assertEqual(x.tolist(), [2.0] * 3)
        with self.assertRaisesRegex(TypeError, "^out.dtype: got int32; expected float64, the common dtype"):
            b = raptors.ones(3, "int32")
            b += 0.5

    def test_unknown_operands(self):
        a = raptors.ones(3)
        for other in ("x", None, [1, 2, 3], object()):
            with self.assertRaises(TypeError):
                a + other
            with self.assertRaises(TypeError):
                other - a

    def test_comparisons_are_numpys(self):
        a = raptors.arange(4)
        self.assertEqual((a < 2).tolist(), [True, True, False, False])
        self.assertEqual((a == np.array([0, 9, 2, 9])).tolist(), [True, False, True, False])
        self.assertEqual((np.arange(4) >= a).tolist(), [True] * 4)
        self.assertFalse(a == "x")
        with self.assertRaises(TypeError):
            hash(a)

    def test_numbers(self):
        self.assertEqual(float(raptors.array([[2]])), 2.0)
        self.assertEqual(int(raptors.array(2.9)), 2)
        self.assertTrue(raptors.array([1]))
        self.assertFalse(raptors.array(0.0))
        self.assertEqual(raptors.array([5]).item(), 5)
        self.assertEqual(raptors.scale(raptors.ones(2), raptors.array(3.0)).to_list(), [3.0, 3.0])
        self.assertEqual(raptors.scale(raptors.array([1, 2]), raptors.array(3)).to_list(), [3, 6])
        for function in (float, int, bool, raptors.Array.item):
            with self.assertRaisesRegex(ValueError, "got 2 elements"):
                function(raptors.ones(2))

    def test_in_place_with_a_wider_operand(self):
        """As NumPy where it casts the result to the left operand's dtype; refused where NumPy refuses."""
        operands = [make(dtype) for dtype in DTYPES for make in (np.float64(2).astype, np.arange(1, 4).astype)]
        for dtype, y in itertools.product(DTYPES, operands):
            for operand in (y, raptors.asarray(y)):
                a = same = raptors.array(np.array([5, 6, 7], dtype))
                expected = np.array([5, 6, 7], dtype)
                before = raptors.info()["python"]["cast_copies"]
                if dtype.startswith("int") and y.dtype.name.startswith("float"):
                    with self.assertRaisesRegex(TypeError, "^out.dtype: got %s" % dtype):
                        a -= operand
                    continue
                expected -= y
                a -= operand
                self.assertIs(a, same)
                self.assertEqual((a.dtype, a.to_list()), (dtype, expected.tolist()), (dtype, y.dtype))
                if y.dtype != dtype:
                    self.assertEqual(raptors.info()["python"]["cast_copies"], before + 1)
        a = raptors.ones((3, 1), "float32")
        with self.assertRaisesRegex(ValueError, "shape"):
            a += np.broadcast_to(np.float64(1), (3, 4))
        a *= np.float64(0.1)
        self.assertEqual(a.to_list(), [[float(np.float32(0.1))]] * 3)

    def test_matrix_product_in_place(self):
        x = np.arange(4.0).reshape(2, 2)
        a = same = raptors.array(x)
        a @= a
        self.assertIs(a, same)
        np.testing.assert_array_equal(a, x @ x)
        with self.assertRaisesRegex(ValueError, "^out"):
            a @= raptors.ones((2, 3))

    def test_dtypes_that_only_numpy_has(self):
        x = np.arange(3.0)
        for y in (
            np.array([True, False, True]), np.ones(3, "f2"), np.ones(3, "u1"), np.arange(3).astype(">f8"), np.uint8(2),
            np.True_, np.float16(2), np.ones(3, complex),
        ):  # fmt: skip
            for got, want in [(raptors.array(x) + y, x + y), (y + raptors.array(x), y + x)]:
                np.testing.assert_array_equal(got, want)
                self.assertEqual(isinstance(got, raptors.Array), want.dtype == np.float64, y.dtype)
            a = same = raptors.array(x)
            if y.dtype != complex:
                a *= y
                self.assertIs(a, same)
                np.testing.assert_array_equal(a, x * y)

    def test_others_may_take_over(self):
        class Units(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return ufunc.__name__ + " with units"

            def __radd__(self, other):
                return "radd with units"

        quantity, a = np.ones(3).view(Units), raptors.ones(3)
        self.assertEqual(a + quantity, "radd with units")
        self.assertEqual(quantity + a, "add with units")
        self.assertEqual(a * quantity, "multiply with units")
        self.assertEqual(np.add(a, quantity), "add with units")
        self.assertEqual(a < quantity, "less with units")
        self.assertIsInstance(a + np.ones(3).view(type("Plain", (np.ndarray,), {})), raptors.Array)

    def test_comparisons_with_lists(self):
        a = raptors.arange(3)
        self.assertEqual((a == [0, 5, 2]).tolist(), [True, False, True])
        self.assertEqual((a < (1, 1, 1)).tolist(), [True, False, False])
        self.assertEqual((a != 1j).tolist(), [True] * 3)
        self.assertFalse(a == "x")

if __name__ == "__main__":
    unittest.main()
