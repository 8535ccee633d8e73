// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The extension module raptors._core. The package around it is in package/.

#include <vector>

#include "raptors/python/py.h"

// After py.h.
#include "raptors/base/version.h"
#include "raptors/python/array_object.h"
#include "raptors/python/command.h"
#include "raptors/python/constructors.h"
#include "raptors/python/functions.h"
#include "raptors/python/introspection.h"
#include "raptors/python/settings.h"

namespace raptors::python {
namespace {

std::vector<PyMethodDef> AllMethods() {
  std::vector<PyMethodDef> all = OperationMethods();
  for (std::vector<PyMethodDef> methods : {ConstructorMethods(), IntrospectionMethods(), CommandMethods()}) {
    all.insert(all.end(), methods.begin(), methods.end());
  }
  all.push_back({"use_scopes", UseScopes, METH_O, nullptr});
  all.push_back({"set_default_settings", SetDefaultSettings, METH_O, nullptr});
  all.push_back({"derive_settings", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&DeriveSettings)),
                 METH_FASTCALL, nullptr});
  all.push_back({nullptr, nullptr, 0, nullptr});
  return all;
}

int Execute(PyObject* module) {
  return Guarded([&]() -> int {
    // Types and tables are the process's: a second interpreter would share them.
    if (array_object_type != nullptr) {
      PyErr_SetString(PyExc_ImportError, "raptors can be loaded once in a process, into one interpreter");
      return -1;
    }
    if (!AddArrayType(module)) return -1;
    return PyModule_AddStringConstant(module, "__version__", kVersion);
  });
}

PyModuleDef_Slot kSlots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(&Execute)},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, nullptr},
};

PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    "raptors._core",
    "Raptors' engine for Python.",
    0,
    nullptr,
    kSlots,
    nullptr,
    nullptr,
    nullptr,
};

}  // namespace
}  // namespace raptors::python

PyMODINIT_FUNC PyInit__core() {
  using raptors::python::AllMethods;
  static std::vector<PyMethodDef>* const methods = new std::vector<PyMethodDef>(AllMethods());
  raptors::python::module_definition.m_methods = methods->data();
  return PyModuleDef_Init(&raptors::python::module_definition);
}
