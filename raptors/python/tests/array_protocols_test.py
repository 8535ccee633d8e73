# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors.Array to other libraries and back: buffers, DLPack, NumPy's ufuncs."""

import array
import ctypes
import gc
import itertools
import multiprocessing
import sys
import unittest

import numpy as np

import raptors

DTYPES = ("float32", "float64", "int32", "int64")


class BufferTest(unittest.TestCase):
    def test_export(self):
        a = raptors.arange(6).reshape(2, 3)
        for view in (memoryview(a), memoryview(a.T), memoryview(a[:, ::-2])):
            self.assertEqual((view.format, view.itemsize, view.readonly), ("l", 8, False))
        self.assertEqual(memoryview(a.T).tolist(), a.T.to_list())
        self.assertEqual(bytes(a), a.to_numpy().tobytes())
        memoryview(a)[1, 2] = 50
        self.assertEqual(a[1, 2], 50)
        self.assertEqual(memoryview(raptors.zeros((0, 3))).shape, (0, 3))

    def test_import(self):
        numbers = array.array("f", [1, 2, 3])
        a = raptors.asarray(numbers)
        self.assertEqual((a.dtype, a.to_list()), ("float32", [1.0, 2.0, 3.0]))
        a[1] = 9
        self.assertEqual(numbers[1], 9)
        with self.assertRaises(BufferError):
            numbers.append(4)
        del a
        gc.collect()
        numbers.append(4)
        out = array.array("d", [0, 0])
        self.assertIs(raptors.scale(array.array("d", [1, 2]), 2, out=out), out)
        self.assertEqual(out.tolist(), [2.0, 4.0])
        for bad in (b"abc", array.array("b", [1]), memoryview(b"1234").cast("h")):
            with self.assertRaisesRegex(TypeError, "format"):
                raptors.scale(bad, 2)

    def test_buffers_without_strides(self):
        """ctypes gives none although it is asked for them."""
        numbers = (ctypes.c_double * 3)(1, 2, 3)
        a = raptors.asarray(numbers)
        self.assertEqual((a.to_list(), a.strides), ([1.0, 2.0, 3.0], (8,)))
        a[0] = 7
        self.assertEqual(numbers[0], 7.0)
        self.assertIs(raptors.add(raptors.zeros(3), 1, out=numbers), numbers)
        self.assertEqual(list(numbers), [1.0] * 3)
        matrix = ((ctypes.c_int * 3) * 2)((1, 2, 3), (4, 5, 6))
        self.assertEqual(raptors.sum(matrix, axis=0).to_list(), [5, 7, 9])
        self.assertEqual(raptors.asarray(matrix).T.to_list(), [[1, 4], [2, 5], [3, 6]])
        self.assertIs(raptors.scale(np.ones((2, 3), np.int32), 2, out=matrix), matrix)
        self.assertEqual([list(row) for row in matrix], [[2] * 3] * 2)
        self.assertEqual(raptors.asarray(ctypes.c_float(2.5)).to_list(), 2.5)
        self.assertEqual(raptors.asarray((ctypes.c_double * 0)()).shape, (0,))
        shared = multiprocessing.RawArray("d", 3)
        shared[1] = 4.0
        self.assertEqual(raptors.sum(shared), 4.0)

    def test_read_only(self):
        x = np.ones(3)
        x.flags.writeable = False
        for a in (raptors.from_numpy(x), raptors.asarray(memoryview(x.tobytes()).cast("d"))):
            self.assertTrue(a.readonly)
            self.assertTrue(a[1:].readonly)
            self.assertTrue(memoryview(a).readonly)
            self.assertFalse(np.asarray(a).flags.writeable)
            self.assertFalse(a.to_numpy().flags.writeable)
            with self.assertRaisesRegex(ValueError, "read-only"):
                a[0] = 1
            with self.assertRaisesRegex(ValueError, "^out: got a read-only"):
                raptors.scale(x, 2, out=a)
            with self.assertRaises(ValueError):
                a += 1
        with self.assertRaisesRegex(ValueError, "^out: got a read-only"):
            raptors.scale(np.ones(3), 2, out=x)

    def test_outputs_whose_elements_overlap(self):
        x = np.lib.stride_tricks.as_strided(np.ones(4), (3, 2), (8, 8))
        with self.assertRaisesRegex(ValueError, "out"):
            raptors.scale(np.ones((3, 2)), 2, out=x)
        with self.assertRaisesRegex(ValueError, "out"):
            raptors.scale(np.ones((3, 2)), 2, out=raptors.from_numpy(x))


class DLPackTest(unittest.TestCase):
    def test_both_ways(self):
        for dtype in DTYPES:
            a = raptors.array(np.arange(12).reshape(3, 4).astype(dtype))
            for view in (a, a.T, a[:, ::2], a[::-1]):
                x = np.from_dlpack(view)
                self.assertEqual((x.dtype.name, x.strides), (dtype, view.strides))
                np.testing.assert_array_equal(x, view.to_numpy())
                b = raptors.from_dlpack(view)
                self.assertEqual(b.to_list(), view.to_list())
                c = raptors.from_dlpack(np.asarray(view))
                self.assertEqual((c.strides, c.to_list()), (view.strides, view.to_list()))
        x = np.zeros(3)
        raptors.from_dlpack(x)[1] = 4
        self.assertEqual(x[1], 4)

    def test_copy(self):
        a = raptors.zeros(2)
        raptors.from_dlpack(a, copy=True)[0] = 5
        self.assertEqual(a[0], 0)
        self.assertEqual(a.__dlpack_device__(), (1, 0))

    def test_versions(self):
        a = raptors.zeros(2)
        self.assertIn('"dltensor"', repr(a.__dlpack__()))
        self.assertIn('"dltensor"', repr(a.__dlpack__(max_version=(0, 8))))
        self.assertIn('"dltensor_versioned"', repr(a.__dlpack__(max_version=(1, 3))))

    def test_read_only(self):
        x = np.ones(2)
        x.flags.writeable = False
        a = raptors.from_numpy(x)
        with self.assertRaisesRegex(BufferError, "max_version"):
            a.__dlpack__()
        self.assertTrue(raptors.from_dlpack(a).readonly)

    def test_capsules_that_nobody_takes(self):
        a = raptors.zeros(2)
        before = sys.getrefcount(a)
        for _ in range(10):
            a.__dlpack__(max_version=(1, 0))
            a.__dlpack__()
        self.assertEqual(sys.getrefcount(a), before)

    def test_errors(self):
        a = raptors.zeros(2)
        with self.assertRaisesRegex(ValueError, "^stream"):
            a.__dlpack__(stream=1)
        with self.assertRaisesRegex(BufferError, "^dl_device"):
            a.__dlpack__(dl_device=(2, 0))
        with self.assertRaisesRegex(TypeError, "^max_version"):
            a.__dlpack__(max_version=1)
        for bad in (3, [1.0], "x"):
            with self.assertRaisesRegex(TypeError, "__dlpack__"):
                raptors.from_dlpack(bad)
        with self.assertRaisesRegex(TypeError, "dtype"):
            raptors.from_dlpack(np.zeros(2, np.int8))

        class Liar:
            def __dlpack__(self, **_):
                return "no capsule"

        with self.assertRaisesRegex(TypeError, "capsule"):
            raptors.from_dlpack(Liar())


class UfuncTest(unittest.TestCase):
    def test_numpy_functions_take_arrays(self):
        x = np.arange(6.0).reshape(2, 3) + 1
        a = raptors.array(x)
        for got, want in [
            (np.add(a, x), x + x), (np.sqrt(a), np.sqrt(x)), (np.multiply(2.0, a), 2 * x),
            (np.exp(a) + a, np.exp(x) + x), (np.add.reduce(a), x.sum(0)), (np.maximum.reduce(a, axis=1), x.max(1)),
            (np.add.outer(a, x), np.add.outer(x, x)), (np.add(a, x, where=True), x + x), (np.matmul(a, x.T), x @ x.T),
        ]:  # fmt: skip
            self.assertIsInstance(got, raptors.Array)
            np.testing.assert_allclose(got, want)
        self.assertEqual(np.add.reduce(a, axis=None), x.sum())
        quotient, rest = np.divmod(a, 2)
        self.assertIsInstance(quotient, raptors.Array)
        np.testing.assert_array_equal(rest, x % 2)
        self.assertIsInstance(np.isnan(a), np.ndarray)

    def test_out(self):
        a, out = raptors.ones(3), np.zeros(3)
        self.assertIs(np.add(a, 1, out=out), out)
        self.assertEqual(out.tolist(), [2.0] * 3)
        own = raptors.zeros(3)
        self.assertIs(np.sqrt(np.full(3, 4.0), out=own), own)
        self.assertEqual(own.to_list(), [2.0] * 3)

    def test_raptors_computes_what_it_has(self):
        with raptors.record() as calls:
            np.add(raptors.ones(3), np.ones(3))
            np.add.reduce(raptors.ones(3))
            np.matmul(raptors.ones((2, 2)), np.ones(2))
            np.add(raptors.ones(3, "float32"), 1.5, out=np.ones(3, "float32"))
            np.add(raptors.arange(3), 1.5, out=raptors.ones(3))
            np.sum(raptors.ones((2, 2)), axis=0, dtype="float64")
        self.assertEqual([call.op for call in calls], ["add", "sum", "matmul", "add", "add", "sum"])

    def test_numpy_computes_what_raptors_has_not(self):
        i, f = np.arange(4).reshape(2, 2), np.ones((2, 2), "float32")
        own_i, own_f = raptors.array(i), raptors.array(f)
        f += raptors.array([0.5, 1.5])
        self.assertEqual(f.tolist(), [[1.5, 2.5]] * 2)
        out = np.empty((2, 2))
        self.assertIs(np.add(own_i, own_i, out=out), out)
        self.assertEqual(out.tolist(), (i + i).tolist())
        row = raptors.empty(2, "float64")
        self.assertIs(np.add.reduce(own_i, out=row), row)
        self.assertEqual(row.to_list(), [2.0, 4.0])
        cube = np.ones((2, 2, 2))
        for got, want in [
            (np.matmul(own_i, own_i), i @ i), (i @ own_i, i @ i), (np.matmul(raptors.array(cube), cube), cube @ cube),
            (np.add.reduce(raptors.array(2.5)), 2.5), (np.add(own_f, own_f, dtype="float64"), own_f.to_numpy() * 2.0),
            (np.add(1, 2, out=raptors.ones(1, "int64")), [3]),
        ]:  # fmt: skip
            np.testing.assert_array_equal(got, want)
        with self.assertRaises(TypeError):
            np.add(own_f, 0.5, out=raptors.ones((2, 2), "int32"))

    def test_outputs_of_several_results(self):
        quotient, rest = raptors.ones(2), np.ones(2)
        found = np.divmod(raptors.array([7.0, 9.0]), 2.0, out=(None, rest))
        self.assertIs(found[1], rest)
        self.assertIsInstance(found[0], raptors.Array)
        self.assertEqual((found[0].to_list(), rest.tolist()), ([3.0, 4.0], [1.0, 1.0]))
        found = np.divmod(raptors.array([7.0, 9.0]), 2.0, out=(quotient, None))
        self.assertIs(found[0], quotient)
        self.assertEqual((quotient.to_list(), found[1].to_list()), ([3.0, 4.0], [1.0, 1.0]))

    def test_numpys_reductions(self):
        """numpy.mean and others call the method with arguments that are NumPy's."""
        x = np.arange(6).reshape(2, 3)
        where = np.array([True, False, True])
        for base in (x, x.astype("float32")):
            a = raptors.array(base)
            for name, keywords in itertools.product(
                ("sum", "mean", "min", "max", "prod", "std"), ({}, {"axis": 0}, {"axis": (0, 1), "keepdims": True})
            ):
                function = getattr(np, name)
                np.testing.assert_allclose(function(a, **keywords), function(base, **keywords), rtol=1e-6)
            self.assertIsInstance(np.mean(a, axis=0), raptors.Array)
            self.assertEqual(np.mean(a, dtype="float64"), np.mean(base, dtype="float64"))
            self.assertEqual(np.sum(a, dtype="int32"), np.sum(base, dtype="int32"))
            self.assertEqual(np.sum(a, initial=3, where=where), np.sum(base, initial=3, where=where))
            self.assertEqual(np.max(a, initial=30), 30)
            rows = where[1:, None]
            np.testing.assert_allclose(a.mean(axis=1, where=where), base.mean(axis=1, where=where))
            keywords = {"axis": 0, "where": rows, "initial": -1}
            np.testing.assert_array_equal(np.max(a, **keywords), np.max(base, **keywords))
            np.testing.assert_array_equal(np.average(a, axis=1), np.average(base, axis=1))
            out = raptors.zeros(3, "float64")
            self.assertIs(np.sum(a, axis=0, dtype="float64", out=out), out)
            self.assertEqual(out.to_list(), [3.0, 5.0, 7.0])
            with self.assertRaises(TypeError):
                a.max(dtype="float64")
            with self.assertRaisesRegex(ValueError, "^threads"):
                a.sum(dtype="int32", threads=0)

    def test_others_may_take_over(self):
        class Other:
            def __array_ufunc__(self, *args, **kwargs):
                return "other"

        self.assertEqual(np.add(raptors.ones(3), Other()), "other")

    def test_masked_arrays_are_refused(self):
        with self.assertRaisesRegex(TypeError, "mask"):
            raptors.scale(np.ma.masked_array([1.0, 2.0], [0, 1]), 2)


if __name__ == "__main__":
    unittest.main()
