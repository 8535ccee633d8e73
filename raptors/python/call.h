// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the functions over the engine have in common around the call itself.

#ifndef RAPTORS_PYTHON_CALL_H_
#define RAPTORS_PYTHON_CALL_H_

#include "raptors/python/py.h"

// After py.h.
#include <stdint.h>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "raptors/base/dtype.h"
#include "raptors/python/arguments.h"
#include "raptors/python/settings.h"

namespace raptors::python {

// A call that moves fewer bytes keeps the GIL: it takes some microseconds at most, and to give the lock up and take it
// back costs about a tenth of one.
inline constexpr int64_t kReleaseGil = int64_t{64} << 10;

// Gives the GIL up while it lives, if the call is long enough.
class MaybeReleaseGil {
 public:
  explicit MaybeReleaseGil(int64_t bytes) : state_(bytes >= kReleaseGil ? PyEval_SaveThread() : nullptr) {}
  ~MaybeReleaseGil() {
    if (state_ != nullptr) PyEval_RestoreThread(state_);
  }
  MaybeReleaseGil(const MaybeReleaseGil&) = delete;
  MaybeReleaseGil& operator=(const MaybeReleaseGil&) = delete;

 private:
  PyThreadState* state_;
};

// The argument `threads`: 0 for null or None. ValueError unless 1 to 1024, TypeError unless an int.
bool ReadThreads(PyObject* object, int* threads);

// An int, of Python, NumPy or anything with __index__, from `least` to `most`. ValueError "expected <expected>" for one
// out of range, TypeError for anything else and for a bool.
bool ReadInt(PyObject* object, const char* argument, int least, int most, const char* expected, int* value);

// Sets the exception for an error of the engine, which calls a function's inputs x, y and z: with their names in Python
// instead. TypeError where an array's dtype is wrong. `names` has one name per input, the last one null. Returns
// nullptr.
PyObject* SetEngineError(const absl::Status& status, const char* const* names);

// TypeError for an output that is not of the dtype to which inputs of several were promoted. Returns nullptr.
PyObject* SetOutDTypeError(DType got, DType common);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_CALL_H_
