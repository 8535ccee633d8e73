# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the .npy files beside it, by NumPy: inputs, what they are when scaled by 2.5, and files to refuse.

The committed files were made with NumPy 2.4.6 and are read by npy_test and raptors_test.
"""

import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
arrays = {
    "c_float32": np.linspace(-3, 8, 12, dtype="<f4").reshape(3, 4),
    "fortran_float64": np.asfortranarray(np.linspace(-1, 1, 15, dtype="<f8").reshape(3, 5)),
    "fortran_3d_float32": np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)),
    "vector_float32": np.array([0.0, -0.0, np.inf, -np.inf, 1e-45, 3.4e38, 0.1], dtype="<f4"),
    "zero_d_float64": np.array(4.2, dtype="<f8"),
    "empty_float32": np.zeros((0, 3), dtype="<f4"),
}
with np.errstate(all="ignore"):
    for name, array in arrays.items():
        np.save(here / f"{name}.npy", array)
        np.save(here / f"{name}_scaled.npy", np.asarray(array * array.dtype.type(2.5), order="K"))
for version in (2, 3):
    with open(here / f"c_float32_version_{version}.npy", "wb") as file:
        np.lib.format.write_array(file, arrays["c_float32"], version=(version, 0))

np.save(here / "refuse_big_endian.npy", np.arange(3, dtype=">f4"))
np.save(here / "refuse_int16.npy", np.arange(3, dtype="<i2"))
np.save(here / "vector_int32.npy", np.arange(-3, 4, dtype="<i4"))
np.save(here / "vector_int32_scaled.npy", np.arange(-3, 4, dtype="<i4") * np.int32(3))
np.save(here / "refuse_object.npy", np.array([None, "x"], dtype=object))
np.save(here / "refuse_structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<f8")]))
