# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Every function against NumPy: dtypes, layouts, broadcasting, promotion, outputs, threads, levels."""

import itertools
import unittest

import numpy as np

import raptors

FLOATS = ("float32", "float64")
DTYPES = FLOATS + ("int32", "int64")
LEVELS = [level["isa"] for level in raptors.info()["levels"] if level["built"] and level["supported"]]

# Name -> (the same in NumPy, number of arrays, dtypes).
MAPS = {
    "add": (np.add, 2, DTYPES),
    "subtract": (np.subtract, 2, DTYPES),
    "multiply": (np.multiply, 2, DTYPES),
    "mul_add": (lambda x, y, z: x * y + z, 3, FLOATS),
}
REDUCTIONS = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}


def values(shape, dtype, seed=0):
    random = np.random.default_rng(seed)
    # Small integers: sums and products are exact in every dtype and order.
    return random.integers(-8, 9, shape).astype(dtype)


def layouts(array):
    """Arrays of equal values that lie in memory in different ways."""
    yield array
    yield np.asfortranarray(array)
    if array.ndim:
        wide = np.zeros(array.shape[:-1] + (2 * array.shape[-1] + 1,), array.dtype)
        wide[..., 1::2] = array
        yield wide[..., 1::2]
        yield np.ascontiguousarray(array[..., ::-1])[..., ::-1]
        yield np.ascontiguousarray(array[::-1])[::-1]
    raw = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    yield raw  # not aligned


class MapTest(unittest.TestCase):
    def check(self, got, expected):
        self.assertIs(type(got), type(expected))
        self.assertEqual(got.dtype, expected.dtype)
        np.testing.assert_array_equal(got, expected)

    def test_layouts_and_dtypes(self):
        for name, (oracle, count, dtypes) in MAPS.items():
            for dtype, shape in itertools.product(dtypes, [(0,), (1,), (33,), (5, 7), (3, 1, 4), (70, 65)]):
                arrays = [values(shape, dtype, seed) for seed in range(count)]
                for inputs in itertools.product(*map(layouts, arrays)) if count == 2 else zip(*map(layouts, arrays)):
                    self.check(getattr(raptors, name)(*inputs), oracle(*inputs))

    def test_scale_and_axpy(self):
        for dtype, shape in itertools.product(DTYPES, [(0,), (33,), (5, 7), (70, 65)]):
            for x in layouts(values(shape, dtype)):
                self.check(raptors.scale(x, 3), x * np.asarray(3, dtype))
                if dtype in FLOATS:
                    self.check(raptors.scale(x, 2.5), x * np.asarray(2.5, dtype))
                    self.check(raptors.axpy(2, x, x), (x * np.asarray(2, dtype) + x))

    def test_broadcasting(self):
        shapes = [((3, 4), (4,)), ((3, 4), (3, 1)), ((3, 1), (1, 4)), ((2, 3, 4), (3, 1)), ((0, 4), (1, 4)), ((4,), ())]
        for (first, second), dtype in itertools.product(shapes, DTYPES):
            x, y = values(first, dtype, 1), np.asarray(values(second, dtype, 2))
            for a, b in [(x, y), (y, x)]:
                self.check(raptors.add(a, b), np.add(a, b))
                self.check(raptors.subtract(a, b), np.subtract(a, b))

    def test_promotion(self):
        for first, second in itertools.product(DTYPES, DTYPES):
            x, y = values((3, 5), first, 1), values((5,), second, 2)
            expected = np.add(x, y)
            self.check(raptors.add(x, y), expected)
            self.check(raptors.add(x, np.broadcast_to(y, (3, 5))), expected)

    def test_python_numbers_are_weak(self):
        for dtype in DTYPES:
            x = values((4,), dtype)
            self.assertEqual(raptors.add(x, 1).dtype, dtype)
            self.assertEqual(raptors.add(1.5, x).dtype, dtype if dtype in FLOATS else "float64")
            self.assertEqual(raptors.scale(x, 1.5).dtype, dtype if dtype in FLOATS else "float64")
        np.testing.assert_array_equal(raptors.scale(np.array([1, 2]), 1.5), [1.5, 3.0])

    def test_numpy_scalars_are_strong(self):
        x = np.ones(3, np.float32)
        self.assertEqual(raptors.add(x, np.float32(1)).dtype, np.float32)
        self.assertEqual(raptors.add(x, np.float64(1)).dtype, np.float64)
        self.assertIs(type(raptors.add(np.float32(1), np.float32(2))), np.float32)
        numbers = [kind(2) for kind in (np.int32, np.int64, np.float32, np.float64)]
        numbers += [raptors.array(2.0), np.array(2.0, np.float32)]
        for dtype, number in itertools.product(DTYPES, numbers):
            x = values((4,), dtype)
            expected = raptors.multiply(x, number).dtype
            self.assertEqual(raptors.scale(x, number).dtype, expected, (dtype, number))
            self.assertEqual((raptors.array(x) * number).dtype, expected)
            if expected in FLOATS:
                self.assertEqual(raptors.axpy(number, x, x).dtype, expected)
        for number in (np.int8(2), np.uint16(2), np.float16(2), np.True_):
            self.assertEqual(raptors.scale(values((4,), "float32"), number).dtype, np.float32)
        with self.assertRaisesRegex(TypeError, "^factor: got numpy.complex128; expected a real number"):
            raptors.scale(x, np.complex128(1 + 2j))

    def test_an_output_holds_a_numpy_scalar_to_its_dtype(self):
        x = values((4,), "float32")
        self.assertIs(raptors.scale(x, np.float64(0.5), out=x), x)
        np.testing.assert_array_equal(x, values((4,), "float32") / 2)
        self.assertIs(raptors.scale_inplace(x, np.float64(2)), x)
        wide = np.empty(4)
        self.assertIs(raptors.scale(x, np.float64(0.1), out=wide), wide)
        np.testing.assert_array_equal(wide, x.astype("float64") * 0.1)
        with self.assertRaisesRegex(TypeError, "^out.dtype: got int64; expected float64, the common dtype"):
            raptors.scale_inplace(np.arange(3), np.float64(2.5))

    def test_errors_name_the_argument(self):
        x, y = np.ones(3), np.ones(3, "float32")
        with self.assertRaisesRegex(TypeError, "^out.dtype: got int64; expected float64, the common dtype"):
            raptors.scale_inplace(np.arange(3), 2.5)
        with self.assertRaisesRegex(TypeError, "^out.dtype: got float32; expected float64, the common"):
            raptors.add(y, x, out=y)
        with self.assertRaisesRegex(TypeError, "^out.dtype: got float32; expected float64, the dtype of a"):
            raptors.scale(x, 2.5, out=y)
        with self.assertRaisesRegex(TypeError, "^out.dtype: got >f4; expected"):
            raptors.scale(y, 2.5, out=np.ones(3, ">f4"))
        for bad in (np.array([2.0]), np.ones((2, 2)), "2", [2.0], None):
            with self.assertRaisesRegex(TypeError, "^factor: got .*; expected a (real )?number"):
                raptors.scale(x, bad)
            with self.assertRaisesRegex(TypeError, "^alpha: got .*; expected a (real )?number"):
                raptors.axpy(bad, x, x)
        self.assertEqual(raptors.scale(x, np.array(2.0)).tolist(), [2.0] * 3)
        with self.assertRaisesRegex(ValueError, "^y: got 10{400}; expected a number that float64 holds"):
            raptors.add(x, 10**400)
        with self.assertRaisesRegex(ValueError, "^y: got 9223372036854775808; expected an int that int64 holds"):
            raptors.add(np.arange(3), 2**63)
        for function, arrays in ((raptors.fma, 3), (raptors.dot, 2), (raptors.norm, 1), (raptors.matmul, 2)):
            with self.assertRaisesRegex(TypeError, r"^[ax]\.dtype: got int64; expected float32 or float64"):
                function(*[np.ones(3, int)] * arrays)

    def test_fma_rounds_once(self):
        for dtype in FLOATS:
            tiny = np.finfo(dtype).eps
            x = np.array([1 + tiny], dtype)
            got = raptors.fma(x, x, np.array([-(1 + 2 * tiny)], dtype))
            self.assertEqual(got[0], dtype_square(tiny, dtype))
            self.assertEqual(raptors.mul_add(x, x, np.array([-(1 + 2 * tiny)], dtype))[0], 0)

    def test_out(self):
        for dtype in DTYPES:
            x = values((4, 6), dtype)
            for out in [np.empty_like(x), np.empty((6, 4), dtype).T, np.empty((4, 12), dtype)[:, ::2], x.copy()]:
                self.assertIs(raptors.scale(x, 2, out=out), out)
                np.testing.assert_array_equal(out, 2 * x)
            own = raptors.empty((4, 6), dtype)
            self.assertIs(raptors.add(x, x, out=own), own)
            np.testing.assert_array_equal(own, 2 * x)

    def test_out_overlaps_the_input(self):
        x = np.arange(10.0)
        raptors.scale(x[:-1], 2, out=x[1:])
        np.testing.assert_array_equal(x[1:], 2 * np.arange(9.0))

    def test_memory_order_of_results(self):
        x = np.ones((5, 7))
        self.assertTrue(raptors.scale(x, 2).flags.c_contiguous)
        self.assertTrue(raptors.scale(x.T, 2).flags.f_contiguous)
        self.assertTrue(raptors.add(x.T, x.T).flags.f_contiguous)
        large = np.ones((300, 500))
        self.assertTrue(raptors.scale(large, 2).flags.c_contiguous)
        self.assertTrue(raptors.scale(large, 2).flags.writeable)

    def test_levels_and_threads_give_the_same_bits(self):
        x = np.random.default_rng(1).standard_normal((300, 1000)).astype("float32")
        expected = x * np.float32(1.1)
        for level, threads in itertools.product(LEVELS, [1, 2, 3]):
            with raptors.simd(level), raptors.record() as calls:
                np.testing.assert_array_equal(raptors.scale(x, np.float32(1.1), threads=threads), expected)
            self.assertEqual(calls[0].isa, level)
            self.assertLessEqual(calls[0].threads, threads)

    def test_results_are_arrays_where_inputs_are(self):
        x = raptors.ones(3)
        for got in [raptors.add(x, np.ones(3)), raptors.add(np.ones(3), x), raptors.scale(memoryview(x), 2)]:
            self.assertIsInstance(got, raptors.Array)
        self.assertIsInstance(raptors.add(np.ones(3), memoryview(x)), np.ndarray)


def dtype_square(value, dtype):
    return np.asarray(value, dtype) * np.asarray(value, dtype)


class ReductionTest(unittest.TestCase):
    def axes(self, ndim):
        yield None
        for count in range(ndim + 1):
            for axes in itertools.combinations(range(ndim), count):
                yield axes
        for axis in range(-ndim, ndim):
            yield axis

    def test_against_numpy(self):
        for name, dtype, shape in itertools.product(REDUCTIONS, DTYPES, [(33,), (5, 7), (3, 1, 4), (70, 65)]):
            for x in layouts(values(shape, dtype)):
                for axis, keepdims in itertools.product(self.axes(x.ndim), [False, True]):
                    got = getattr(raptors, name)(x, axis, keepdims=keepdims)
                    expected = REDUCTIONS[name](x, axis=axis, keepdims=keepdims)
                    self.assertEqual(got.shape, expected.shape)
                    if not (name == "mean" and dtype == "float32"):
                        self.assertEqual(got.dtype, expected.dtype, (name, dtype))
                    np.testing.assert_allclose(got, expected, rtol=1e-6)
                    if not keepdims and got.shape == ():
                        self.assertIsInstance(got, np.generic)

    def test_integer_sums_are_exact(self):
        x = np.full(1000, 2**31 - 1, np.int32)
        self.assertEqual(raptors.sum(x), 1000 * (2**31 - 1))
        self.assertEqual(raptors.sum(np.array([2**53, 1])), 2**53 + 1)

    def test_nan_wins(self):
        x = np.array([1.0, np.nan, 3.0])
        for name in REDUCTIONS:
            self.assertTrue(np.isnan(getattr(raptors, name)(x)))

    def test_empty(self):
        self.assertEqual(raptors.sum(np.zeros(0)), 0)
        np.testing.assert_array_equal(raptors.sum(np.zeros((0, 3)), axis=0), np.zeros(3))
        for function in (raptors.min, raptors.max):
            with self.assertRaisesRegex(ValueError, "a.*"):
                function(np.zeros(0))

    def test_out(self):
        x = values((4, 6), "float64")
        out = np.empty(6)
        self.assertIs(raptors.sum(x, 0, out=out), out)
        np.testing.assert_array_equal(out, x.sum(0))
        with self.assertRaisesRegex(ValueError, "out"):
            raptors.sum(x, 0, out=np.empty(5))

    def test_arrays_give_python_numbers(self):
        self.assertEqual((raptors.sum(raptors.arange(4)), type(raptors.sum(raptors.arange(4)))), (6, int))
        self.assertEqual(type(raptors.mean(raptors.arange(4))), float)
        self.assertEqual(raptors.arange(6).reshape(2, 3).max(axis=1).to_list(), [2, 5])

    def test_bits_do_not_depend_on_level_threads_or_layout(self):
        x = np.random.default_rng(2).standard_normal((400, 700)).astype("float32")
        for axis in (None, 0, 1):
            expected = np.asarray(raptors.sum(x, axis))
            for level, threads in itertools.product(LEVELS, [1, 2]):
                with raptors.simd(level):
                    for y in layouts(x):
                        if y.strides[0] > y.strides[1]:
                            np.testing.assert_array_equal(raptors.sum(y, axis, threads=threads), expected)

    def test_bad_axes(self):
        x = np.ones((2, 3))
        for axis in (2, -3, (0, 0), (0, -2)):
            with self.assertRaisesRegex(ValueError, "^axis: got"):
                raptors.sum(x, axis)
        with self.assertRaisesRegex(ValueError, r"^axis: got 0; expected None or \(\), because the array has no axes"):
            raptors.sum(np.float64(1), 0)
        for axis in (1.0, "0", (0.0,), True, [0]):
            with self.assertRaisesRegex(TypeError, "^axis: got"):
                raptors.sum(x, axis)


class VectorTest(unittest.TestCase):
    def test_against_numpy(self):
        for dtype, count in itertools.product(FLOATS, [0, 1, 33, 5000]):
            x, y = values((count,), dtype, 1), values((count,), dtype, 2)
            self.assertEqual(raptors.dot(x, y), np.dot(x, y))
            self.assertEqual(raptors.dot(x[::-1], y).dtype, dtype)
            np.testing.assert_allclose(raptors.norm(x), np.linalg.norm(x), rtol=1e-6)
            self.assertEqual(raptors.asum(x), np.abs(x).sum())
        self.assertEqual(raptors.dot(np.ones(3, "float32"), np.ones(3)).dtype, np.float64)
        np.testing.assert_allclose(raptors.norm(np.array([3e200, 4e200])), 5e200, rtol=1e-15)

    def test_errors_name_the_argument(self):
        with self.assertRaisesRegex(ValueError, "^y"):
            raptors.dot(np.ones(3), np.ones(4))
        with self.assertRaisesRegex(ValueError, "^x"):
            raptors.norm(np.ones((2, 2)))


class ProductTest(unittest.TestCase):
    SHAPES = [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]
    SHAPES += [((70, 65), (65, 33))]

    def test_against_numpy(self):
        for (first, second), dtype in itertools.product(self.SHAPES, FLOATS):
            x, y = values(first, dtype, 1), values(second, dtype, 2)
            for a, b in itertools.product(layouts(x), layouts(y)):
                got, expected = raptors.matmul(a, b), np.matmul(x, y)
                self.assertEqual((type(got), got.dtype, got.shape), (type(expected), expected.dtype, expected.shape))
                np.testing.assert_array_equal(got, expected)

    def test_operator_and_out(self):
        x, y = values((3, 4), "float64", 1), values((4, 5), "float32", 2)
        a = raptors.array(x)
        for got in (a @ y, a @ raptors.array(y), x @ raptors.array(y)):
            self.assertIsInstance(got, raptors.Array)
            np.testing.assert_array_equal(got, x @ y)
        out = np.empty((3, 5))
        self.assertIs(raptors.matmul(x, y, out=out), out)
        np.testing.assert_array_equal(out, x @ y)
        self.assertIs(type(a[0] @ a[0]), float)

    def test_errors(self):
        x = np.ones((3, 4))
        for a, b, names in [(x, x, "b"), (x, np.ones((2, 4, 3)), "b"), (x, x.T.astype("int64").T.astype("int64"), "b")]:
            with self.assertRaisesRegex(ValueError, "^" + names):
                raptors.matmul(a, b)
        with self.assertRaisesRegex(TypeError, "^a.dtype"):
            raptors.matmul(np.ones((2, 2), int), np.ones((2, 2), int))
        with self.assertRaisesRegex(TypeError, "^out.dtype: got float32; expected float64, the common dtype"):
            raptors.matmul(x, x.T.astype("float32"), out=np.empty((3, 3), "float32"))
        with self.assertRaisesRegex(ValueError, "^out"):
            raptors.matmul(x, x.T, out=np.empty((3, 4)))
        with self.assertRaises(TypeError):
            raptors.matmul(x, 2.0)


if __name__ == "__main__":
    unittest.main()
