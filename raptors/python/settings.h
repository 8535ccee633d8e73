// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Settings of a `with` block. Python keeps them in a context variable, so that they follow tasks and not threads; a
// call puts those of its caller in force on its thread while it runs.
//
// The variable holds None or a tuple that begins with (settings, record): a capsule from DeriveSettings() or None, and
// the list that a call appends its decision to, or None. The rest of the tuple is _scope.py's own.

#ifndef RAPTORS_PYTHON_SETTINGS_H_
#define RAPTORS_PYTHON_SETTINGS_H_

#include "raptors/python/py.h"

// After py.h.
#include <optional>

#include "absl/base/optimization.h"
#include "raptors/context/scope.h"

namespace raptors::python {

// Whether any block was ever entered: before that a call need not ask for the variable.
extern bool scopes_in_use;

// Puts the settings of the Python caller in force on this thread, until it is destroyed. Holds the GIL in both.
class CallerSettings {
 public:
  CallerSettings() {
    if (ABSL_PREDICT_FALSE(scopes_in_use)) Enter();
  }

  // False with an exception set: the variable could not be read.
  bool ok() const { return ok_; }

  // Appends this thread's last decision to the caller's record, if it keeps one.
  bool Record() const { return ABSL_PREDICT_TRUE(!record_) || Append(); }

 private:
  void Enter();
  bool Append() const;

  bool ok_ = true;
  Ref value_;
  Ref record_;
  Ref default_;
  std::optional<context::ScopedSettings> settings_;
};

// use_scopes(get): from now on calls ask get(), the bound method of the context variable.
PyObject* UseScopes(PyObject* module, PyObject* get);
// derive_settings(setting, value): the caller's settings with one changed, as a capsule. ValueError for a value that is
// none or that this machine cannot run.
PyObject* DeriveSettings(PyObject* module, PyObject* const* args, Py_ssize_t count);

// set_default_settings(settings): what calls outside of all blocks use from now on: a capsule, or None for the settings
// of the process.
PyObject* SetDefaultSettings(PyObject* module, PyObject* settings);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_SETTINGS_H_
