// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/settings.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "raptors/context/context.h"
#include "raptors/metrics/metrics.h"
#include "raptors/python/call.h"

namespace raptors::python {
namespace {

constexpr char kCapsule[] = "raptors.settings";

PyObject* get_scope = nullptr;
PyObject* default_settings = nullptr;

void DestroySettings(PyObject* capsule) {
  delete static_cast<context::Settings*>(PyCapsule_GetPointer(capsule, kCapsule));
}

template <typename Mode>
struct Named {
  const char* name;
  Mode mode;
};

constexpr Named<policy::BlasMode> kBlasModes[] = {
    {"auto", policy::BlasMode::kAuto}, {"off", policy::BlasMode::kOff}, {"prefer", policy::BlasMode::kPrefer}};
constexpr Named<policy::Determinism> kDeterminisms[] = {{"reproducible", policy::Determinism::kReproducible},
                                                        {"fast", policy::Determinism::kFast}};

template <typename Mode, size_t kCount>
const Mode* Find(const Named<Mode> (&modes)[kCount], absl::string_view name) {
  for (const Named<Mode>& mode : modes) {
    if (name == mode.name) return &mode.mode;
  }
  return nullptr;
}

// The scope that one setting asks for. An unset status with an exception set where the value is of the wrong type.
absl::StatusOr<context::Scope> MakeScope(absl::string_view setting, PyObject* value) {
  if (setting == "threads") {
    int threads = 0;
    if (!ReadInt(value, "threads", 1, 1024, "an int from 1 to 1024", &threads)) return absl::InternalError("");
    return context::ScopedThreads(threads);
  }
  absl::string_view text;
  if (!AsStringView(value, std::string(setting).c_str(), &text)) return absl::InternalError("");
  if (setting == "simd") return context::ScopedSimd(text);
  if (setting == "profile") return context::ScopedProfile(text);
  if (setting == "blas") {
    if (const auto* mode = Find(kBlasModes, text)) return context::ScopedBlas(*mode);
    SetValueError("blas", value, "'auto', 'off' or 'prefer'");
  } else if (setting == "determinism") {
    if (const auto* mode = Find(kDeterminisms, text)) return context::ScopedDeterminism(*mode);
    SetValueError("determinism", value, "'reproducible' or 'fast'");
  } else {
    PyErr_Format(PyExc_ValueError, "setting: got '%s'; expected simd, threads, blas, determinism or profile",
                 std::string(setting).c_str());
  }
  return absl::InternalError("");
}

}  // namespace

bool scopes_in_use = false;

void CallerSettings::Enter() {
  value_ = Ref(PyObject_CallNoArgs(get_scope));
  if (!value_) {
    ok_ = false;
    return;
  }
  PyObject* settings = Py_None;
  if (value_.get() != Py_None) {
    settings = PyTuple_GetItem(value_.get(), 0);
    PyObject* record = PyTuple_GetItem(value_.get(), 1);
    if (settings == nullptr || record == nullptr) {
      ok_ = false;
      return;
    }
    if (record != Py_None) record_ = Ref::Borrow(record);
  }
  if (settings == Py_None) {
    if (default_settings == nullptr) return;
    settings = default_settings;
    // Another thread may set another one while this call runs.
    default_ = Ref::Borrow(settings);
  }
  const auto* pointer = static_cast<const context::Settings*>(PyCapsule_GetPointer(settings, kCapsule));
  if (pointer == nullptr) {
    ok_ = false;
    return;
  }
  settings_.emplace(*pointer);
}

bool CallerSettings::Append() const {
  metrics::Choice choice;
  if (!metrics::LastDecision(&choice)) return true;
  const Ref entry(Py_BuildValue("(sssissis)", Name(choice.op), Name(choice.dtype), Name(choice.layout),
                                static_cast<int>(choice.size_bucket), Name(choice.route), Name(choice.isa),
                                static_cast<int>(choice.threads), Name(choice.reason)));
  return entry && PyList_Append(record_.get(), entry.get()) == 0;
}

PyObject* UseScopes(PyObject*, PyObject* get) {
  Py_INCREF(get);
  Py_XDECREF(std::exchange(get_scope, get));
  scopes_in_use = true;
  Py_RETURN_NONE;
}

PyObject* SetDefaultSettings(PyObject*, PyObject* settings) {
  if (settings != Py_None && PyCapsule_GetPointer(settings, kCapsule) == nullptr) return nullptr;
  PyObject* next = settings == Py_None ? nullptr : settings;
  Py_XINCREF(next);
  Py_XDECREF(std::exchange(default_settings, next));
  Py_RETURN_NONE;
}

PyObject* DeriveSettings(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return Guarded([&]() -> PyObject* {
    if (count != 2)
      return PyErr_Format(PyExc_TypeError, "derive_settings() takes 2 arguments but %zd were given", count);
    absl::string_view setting;
    if (!AsStringView(args[0], "setting", &setting)) return nullptr;
    const CallerSettings caller;
    if (!caller.ok()) return nullptr;
    std::unique_ptr<context::Settings> derived;
    {
      const absl::StatusOr<context::Scope> scope = MakeScope(setting, args[1]);
      if (!scope.ok()) {
        // A level that this machine lacks is a wrong value to the caller.
        if (PyErr_Occurred() != nullptr) return nullptr;
        return SetError(absl::InvalidArgumentError(scope.status().message()));
      }
      derived = std::make_unique<context::Settings>(context::Current());
    }
    PyObject* capsule = PyCapsule_New(derived.get(), kCapsule, &DestroySettings);
    if (capsule != nullptr) derived.release();  // NOLINT(bugprone-unused-return-value): the capsule has it
    return capsule;
  });
}

}  // namespace raptors::python
