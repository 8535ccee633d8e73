// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/call.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace raptors::python {

bool ReadThreads(PyObject* object, int* threads) {
  *threads = 0;
  if (object == nullptr || object == Py_None) return true;
  if (!PyLong_Check(object) || PyBool_Check(object)) {
    return SetTypeError("threads", object, "None or an int from 1 to 1024") != nullptr;
  }
  int overflow = 0;
  const long value = PyLong_AsLongAndOverflow(object, &overflow);  // NOLINT(google-runtime-int)
  if (overflow != 0 || value < 1 || value > 1024) {
    return SetValueError("threads", object, "None or an int from 1 to 1024") != nullptr;
  }
  *threads = static_cast<int>(value);
  return true;
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
  return SetError(absl::Status(status.code(), text));
}

}  // namespace raptors::python
