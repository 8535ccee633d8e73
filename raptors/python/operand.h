// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Arguments of a call as the engine wants them: what an array argument may be, what a number may be.

#ifndef RAPTORS_PYTHON_OPERAND_H_
#define RAPTORS_PYTHON_OPERAND_H_

#include "raptors/python/py.h"

// After py.h.
#include <stdint.h>

#include <optional>

#include "absl/types/span.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"
#include "raptors/python/cast.h"

namespace raptors::python {

// Where an argument comes from, which decides what the result is: Arrays for kArray, else NumPy arrays for kNumPy,
// else Arrays.
enum class Origin : uint8_t { kArray, kNumPy, kForeign, kNumber };

// A number.
struct Number {
  Scalar value = 0;
  // An int outside int64, which `value` holds rounded to double.
  bool beyond_int64 = false;
  // With which a NumPy scalar or an array without axes takes part in promotion; a Python number has none.
  std::optional<DType> dtype;

  bool is_integer() const { return value.is_integer() || beyond_int64; }
};

// One argument that may be an array. Neither copied nor moved: `view` may point into it.
struct Operand {
  Operand() = default;
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;
  ~Operand();

  Origin origin = Origin::kNumber;
  const ArrayView* view = nullptr;  // null for kNumber, until Convert()
  Number number;                    // of kNumber
  PyObject* object;                 // of kNumber, borrowed

  // What `view` points to, where it is not the view of an ArrayObject.
  std::optional<ArrayView> local;
  std::optional<raptors::Array> cast;
  Ref owner;         // of foreign memory
  Py_buffer buffer;  // released by the destructor if has_buffer
  bool has_buffer = false;
  alignas(8) char element[8];  // a number as an array without axes
};

// Reads an argument that is a raptors.Array, a NumPy array or scalar, any object with a buffer or with DLPack, or, if
// `numbers`, a Python number. TypeError or ValueError naming `argument` otherwise.
bool ReadOperand(PyObject* object, const char* argument, bool numbers, Operand* operand);

// The dtype that NumPy computes in: promotes the dtypes of arrays and NumPy scalars; a Python int among them changes
// nothing, a Python float makes integers float64. Precondition: at least one is an array.
DType CommonDType(absl::Span<const Operand* const> operands);

// Gives the operand that dtype: the copy that `cast` makes, or the number as an array without axes. ValueError naming
// `argument` for an int that the dtype does not hold; MemoryError.
using Cast = absl::StatusOr<raptors::Array>(const ArrayView& from, DType dtype);
bool Convert(Operand* operand, const char* argument, DType dtype, Cast* cast = &CastCopy);

// Whether an object is a Python int or float or a NumPy scalar.
bool IsNumber(PyObject* object);
// A Python or NumPy number, or an array of one element. TypeError naming `argument` for anything else.
bool ReadNumber(PyObject* object, const char* argument, Number* number);
// The same as a parameter of an operation on arrays of `dtype`: ValueError for an int that cannot be one.
bool ToScalar(const Number& number, const char* argument, PyObject* object, DType dtype, Scalar* scalar);
// The same as an element of `dtype`: ValueError for what the dtype does not hold, a float in an integer dtype included.
bool ToElement(const Number& number, const char* argument, PyObject* object, DType dtype, void* element);
// The same, but a float is truncated to an integer. ValueError for NaN and for what is out of range.
bool ToElementTruncated(const Number& number, const char* argument, PyObject* object, DType dtype, void* element);

// An output: a raptors.Array, a NumPy array, or an object with a writable buffer.
struct Output {
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  const MutableArrayView* view = nullptr;
  Ref object;  // what the call returns

  std::optional<MutableArrayView> local;
  Py_buffer buffer;
  bool has_buffer = false;
};

// Reads `out`. TypeError for what is no array, ValueError for a read-only one or one whose elements overlap.
bool ReadOutput(PyObject* object, Output* output);

// Makes the result of a call with inputs of this origin. Where `like` is given it has the result's shape, and the
// result its memory order.
bool NewOutput(Origin origin, DType dtype, absl::Span<const int64_t> shape, const ArrayView* like, Output* output);

// Turns a NumPy result without axes into a NumPy scalar, as NumPy's functions do. Returns a new reference.
PyObject* FinishOutput(Origin origin, Output* output);

// A buffer's format as a dtype; false if Raptors has none for it.
bool FormatToDType(const char* format, int64_t item_size, DType* dtype);
const char* DTypeToFormat(DType dtype);

// "float32", "f4" or "<f4", whatever numpy.dtype() takes, or anything with a __name__ or name that is one. ValueError
// naming the argument "dtype" otherwise.
bool ReadDType(PyObject* object, DType* dtype);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_OPERAND_H_
