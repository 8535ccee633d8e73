// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Who implements ProductsOf(). Internal to this package.

#ifndef RAPTORS_BLAS_PRODUCTS_H_
#define RAPTORS_BLAS_PRODUCTS_H_

#include "raptors/blas/blas.h"

namespace raptors::blas {

// eigen_product.cc, compiled twice.
template <typename T>
Products<T> EigenSimdProducts();
template <typename T>
Products<T> EigenScalarProducts();

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_PRODUCTS_H_
