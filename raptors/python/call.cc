// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/call.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace raptors::python {

bool ReadThreads(PyObject* object, int* threads) {
  *threads = 0;
  if (object == nullptr || object == Py_None) return true;
  return ReadInt(object, "threads", 1, 1024, "None or an int from 1 to 1024", threads);
}

bool ReadInt(PyObject* object, const char* argument, int least, int most, const char* expected, int* value) {
  const Ref index(PyBool_Check(object) ? nullptr : PyNumber_Index(object));
  if (!index) {
    PyErr_Clear();
    return SetTypeError(argument, object, expected) != nullptr;
  }
  int overflow = 0;
  const long given = PyLong_AsLongAndOverflow(index.get(), &overflow);  // NOLINT(google-runtime-int)
  if (overflow != 0 || given < least || given > most) return SetValueError(argument, object, expected) != nullptr;
  *value = static_cast<int>(given);
  return true;
}

PyObject* SetOutDTypeError(DType got, DType common) {
  return PyErr_Format(PyExc_TypeError, "out.dtype: got %s; expected %s, the common dtype of the inputs", Name(got),
                      Name(common));
}

PyObject* SetEngineError(const absl::Status& status, const char* const* names) {
  const absl::string_view message = status.message();
  std::string text;
  int known = 0;
  while (names[known] != nullptr) ++known;
  const auto is_word = [&](size_t at) { return at < message.size() && absl::ascii_isalnum(message[at]); };
  for (size_t at = 0; at < message.size(); ++at) {
    const int input = message[at] - 'x';
    const bool alone = (at == 0 || !is_word(at - 1)) && !is_word(at + 1);
    if (input >= 0 && input < known && alone) {
      text += names[input];
    } else {
      text += message[at];
    }
  }
  // An array of another type than the operation takes is an argument of a wrong type.
  const size_t colon = text.find(':');
  if (colon != std::string::npos && absl::EndsWith(absl::string_view(text).substr(0, colon), ".dtype")) {
    PyErr_SetString(PyExc_TypeError, text.c_str());
    return nullptr;
  }
  return SetError(absl::Status(status.code(), text));
}

}  // namespace raptors::python
