// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Raptors: NumPy-style array operations in C++ that pick the fastest correct path on this machine for every call, and
// can say why. This header brings all of the public interface:
//
//   raptors/array/view.h            ArrayView, MutableArrayView: views of your memory, with byte strides
//   raptors/array/array.h           Array: owned results; raptors/array/allocator.h: their memory, ReleaseMemory()
//   raptors/ops/elementwise.h       Scale, Add, Subtract, Multiply, Axpy, MulAdd, Fma: broadcasting, in place
//   raptors/ops/reduce.h            Sum, Mean, Min, Max over axes; Dot, Nrm2, Asum
//   raptors/ops/linalg.h            Matmul
//   raptors/should_use/should_use.h blas::ShouldUse: whether the BLAS would compute a call
//   raptors/context/scope.h         ScopedSimd, ScopedThreads, ...: settings for a stretch of code
//   raptors/introspect/introspect.h Explain: what a call would do and why; Info, Table; text.h: as text
//   raptors/introspect/threading.h  ThreadingInfo: threads, levels and BLAS in force, and what calls used
//   raptors/metrics/metrics.h       counters of the paths that calls took
//
//   #include "raptors/raptors.h"
//
//   std::vector<float> x = {1, 2, 3}, y(3);
//   absl::Status status = raptors::Scale(x, 2.5, y);
//   if (!status.ok()) std::cerr << status << "\n";
//
// Errors are absl::Status; nothing aborts on bad input or on a failed allocation, and nothing is printed. Calls from
// several threads are fine as long as no call writes what another one uses. Environment variables: context/context.h.

#ifndef RAPTORS_RAPTORS_H_
#define RAPTORS_RAPTORS_H_

// IWYU pragma: begin_exports
#include "raptors/array/allocator.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/version.h"
#include "raptors/context/scope.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/text.h"
#include "raptors/introspect/threading.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"
#include "raptors/should_use/should_use.h"
// IWYU pragma: end_exports

#endif  // RAPTORS_RAPTORS_H_
