// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/introspection.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "raptors/array/allocator.h"
#include "raptors/array/shape.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "raptors/introspect/threading.h"
#include "raptors/metrics/exposition.h"
#include "raptors/metrics/metrics.h"
#include "raptors/python/arguments.h"
#include "raptors/python/call.h"
#include "raptors/python/cast.h"
#include "raptors/python/convert.h"
#include "raptors/python/operand.h"
#include "raptors/python/settings.h"
#include "re2/re2.h"

namespace raptors::python {
namespace {

// Under the caller's settings, (JSON, text) of a value.
template <typename Value>
PyObject* JsonAndText(const Value& value) {
  const Ref json(FromString(introspect::ToJson(value)));
  const Ref text(FromString(introspect::ToText(value)));
  return json && text ? PyTuple_Pack(2, json.get(), text.get()) : nullptr;
}

PyObject* Info(PyObject*, PyObject*) {
  return Guarded([&]() -> PyObject* {
    const CallerSettings settings;
    return settings.ok() ? JsonAndText(introspect::Info()) : nullptr;
  });
}

PyObject* Table(PyObject*, PyObject*) {
  return Guarded([&]() -> PyObject* { return JsonAndText(introspect::Table()); });
}

PyObject* ThreadingInfo(PyObject*, PyObject*) {
  return Guarded([&]() -> PyObject* {
    const CallerSettings settings;
    return settings.ok() ? JsonAndText(introspect::GetThreadingInfo()) : nullptr;
  });
}

// The value among the first `count` of an enumeration that Name() calls `text`.
template <typename Enum>
bool Find(PyObject* text, const char* argument, int count, Enum* found) {
  absl::string_view name;
  if (!AsStringView(text, argument, &name)) return false;
  std::string names;
  for (int i = 0; i < count; ++i) {
    if (name == Name(static_cast<Enum>(i))) {
      *found = static_cast<Enum>(i);
      return true;
    }
    absl::StrAppend(&names, i == 0 ? "" : ", ", Name(static_cast<Enum>(i)));
  }
  return SetValueError(argument, text, names.c_str()) != nullptr;
}

bool IsGiven(PyObject* value) { return value != nullptr && value != Py_None; }

const Signature kExplain = {
    "explain", 3, 3, {"op", "dtype", "shape", "layout", "in_place", "overlapping", "factor", "axis"}};
PyObject* Explain(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters] = {};
    if (!Parse(kExplain, args, count, names, values)) return nullptr;
    const auto [op_name, dtype_name, shape_argument, layout, in_place, overlapping, factor, axis] = values;
    Op op;
    DType dtype;
    Dims shape;
    introspect::ExplainOptions options;
    if (!Find(op_name, "op", kNumOps, &op) || !ReadDType(dtype_name, &dtype) || !ReadShape(shape_argument, &shape)) {
      return nullptr;
    }
    if (IsGiven(layout) && !Find(layout, "layout", kNumLayouts, &options.layout.emplace())) return nullptr;
    if (IsGiven(axis) && !ReadAxes(axis, &options.axes.emplace())) return nullptr;
    const int is_in_place = in_place == nullptr ? 0 : PyObject_IsTrue(in_place);
    const int is_overlapping = overlapping == nullptr ? 0 : PyObject_IsTrue(overlapping);
    if (is_in_place < 0 || is_overlapping < 0) return nullptr;
    options.in_place = is_in_place != 0;
    options.buffered = is_overlapping != 0;
    if (IsGiven(factor)) {
      Number number;
      if (!ReadNumber(factor, "factor", &number) || !ToScalar(number, "factor", factor, dtype, &options.factor)) {
        return nullptr;
      }
    }
    const CallerSettings settings;
    if (!settings.ok()) return nullptr;
    const absl::StatusOr<introspect::Explanation> why = introspect::Explain(op, dtype, shape, options);
    if (why.ok()) return JsonAndText(*why);
    // The engine's name of the argument.
    absl::string_view message = why.status().message();
    if (!absl::ConsumePrefix(&message, "extents:")) return SetError(why.status());
    return SetError(absl::Status(why.status().code(), absl::StrCat("shape:", message)));
  });
}

PyObject* Metrics(PyObject*, PyObject*) {
  return Guarded([&]() -> PyObject* {
    const metrics::Snapshot snapshot = metrics::TakeSnapshot();
    const absl::StatusOr<std::string> prometheus = metrics::ToPrometheus(snapshot);
    if (!prometheus.ok()) return SetError(prometheus.status());
    const Ref json(FromString(metrics::ToJson(snapshot)));
    const Ref text(FromString(*prometheus));
    return json && text ? PyTuple_Pack(2, json.get(), text.get()) : nullptr;
  });
}

const Signature kMatches = {"matches", 2, 2, {"pattern", "texts"}};
// A list of bools: in which of a list's texts RE2 finds the pattern.
PyObject* Matches(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters] = {};
    absl::string_view pattern;
    if (!Parse(kMatches, args, count, names, values) || !AsStringView(values[0], "pattern", &pattern)) return nullptr;
    if (!PyList_Check(values[1])) return SetTypeError("texts", values[1], "a list of str");
    const RE2 expression(pattern, RE2::Quiet);
    if (!expression.ok()) {
      return SetValueError("pattern", values[0],
                           absl::StrCat("a regular expression of RE2 (", expression.error(), ")").c_str());
    }
    Ref found(PyList_New(0));
    for (Py_ssize_t i = 0; found && i < PyList_Size(values[1]); ++i) {
      absl::string_view text;
      if (!AsStringView(PyList_GetItem(values[1], i), "texts", &text)) return nullptr;
      if (PyList_Append(found.get(), RE2::PartialMatch(text, expression) ? Py_True : Py_False) < 0) return nullptr;
    }
    return found.release();
  });
}

PyObject* CastCopyCount(PyObject*, PyObject*) { return PyLong_FromLongLong(CastCopies()); }

PyObject* FreeMemory(PyObject*, PyObject*) { return PyLong_FromLongLong(ReleaseMemory()); }

PyObject* MemoryCap(PyObject*, PyObject* bytes) {
  int overflow = 0;
  if (!PyLong_Check(bytes)) return SetTypeError("bytes", bytes, "an int");
  const long long cap = PyLong_AsLongLongAndOverflow(bytes, &overflow);  // NOLINT(google-runtime-int)
  if (overflow != 0 || cap < 0) return SetValueError("bytes", bytes, "0 to 2**63 - 1");
  return PyLong_FromLongLong(SetMemoryCap(cap));
}

}  // namespace

bool ReadAxes(PyObject* axis, std::vector<int>* axes) {
  const Ref single(PyTuple_Check(axis) ? nullptr : PyTuple_Pack(1, axis));
  PyObject* tuple = PyTuple_Check(axis) ? axis : single.get();
  for (Py_ssize_t i = 0; tuple != nullptr && i < PyTuple_Size(tuple); ++i) {
    PyObject* item = PyTuple_GetItem(tuple, i);
    int value = 0;
    if (!ReadInt(item, "axis", -kMaxRank, kMaxRank, "None, an axis of the array, or a tuple of them", &value)) {
      return false;
    }
    axes->push_back(value);
  }
  return tuple != nullptr;
}

std::vector<PyMethodDef> IntrospectionMethods() {
  return {
      {"info", Info, METH_NOARGS, nullptr},
      {"table", Table, METH_NOARGS, nullptr},
      {"threading_info", ThreadingInfo, METH_NOARGS, nullptr},
      {"explain", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&Explain)), METH_FASTCALL | METH_KEYWORDS,
       nullptr},
      {"describe", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&Describe)), METH_FASTCALL, nullptr},
      {"metrics", Metrics, METH_NOARGS, nullptr},
      {"matches", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&Matches)), METH_FASTCALL | METH_KEYWORDS,
       nullptr},
      {"cast_copies", CastCopyCount, METH_NOARGS, nullptr},
      {"release_memory", FreeMemory, METH_NOARGS,
       "release_memory()\n--\n\n"
       "Gives memory of Arrays that no longer exist back to the system; returns how many bytes that were."},
      {"set_memory_cap", MemoryCap, METH_O,
       "set_memory_cap(bytes, /)\n--\n\n"
       "Sets how many bytes of Arrays that no longer exist are kept for new ones; returns the old limit."},
  };
}

}  // namespace raptors::python
