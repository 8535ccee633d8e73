// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/dashboard/page.h"
#include "raptors/dashboard/process.h"
#include "raptors/dashboard/snapshot_json.h"
#include "raptors/metrics/exposition.h"
#include "raptors/metrics/metrics.h"
#include "raptors/python/arguments.h"
#include "raptors/python/settings.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"

namespace raptors::python {
namespace {

// Lets other threads of Python run while it lives.
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() { PyEval_RestoreThread(state_); }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

PyObject* FromBytes(absl::string_view bytes) {
  return PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
}

// run_command(words): runs `raptors words...`, words being bytes. Returns (exit status, stdout, stderr), both as bytes.
PyObject* RunCommand(PyObject*, PyObject* argument) {
  return Guarded([&]() -> PyObject* {
    const Ref tuple(PySequence_Tuple(argument));
    if (!tuple) return nullptr;
    std::vector<std::string> words;
    for (Py_ssize_t i = 0; i < PyTuple_Size(tuple.get()); ++i) {
      char* word = nullptr;
      Py_ssize_t size = 0;
      if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple.get(), i), &word, &size) != 0) return nullptr;
      words.emplace_back(word, static_cast<size_t>(size));
    }
    absl::StatusOr<std::string> output;
    {
      const WithoutGil without_gil;
      output = tools::RunRaptors(words);
    }
    const Ref text(FromBytes(output.ok() ? *output : tools::OutputOf(output.status())));
    const Ref message(FromBytes(output.ok() ? "" : absl::StrCat("raptors: ", output.status().message(), "\n")));
    const Ref status(PyLong_FromLong(output.ok() ? 0 : tools::IsUsageError(output.status()) ? 2 : 1));
    return text && message && status ? PyTuple_Pack(3, status.get(), text.get(), message.get()) : nullptr;
  });
}

// A positive rate in units of 1e9 into *rate; None leaves it.
bool ReadRate(PyObject* value, const char* argument, double* rate) {
  if (value == nullptr || value == Py_None) return true;
  const double number = PyFloat_AsDouble(value);
  if (number == -1 && PyErr_Occurred() != nullptr) return false;
  if (!(number >= 0.001 && number <= 1e6)) {
    return SetValueError(argument, value, "a number from 0.001 to 1000000") != nullptr;
  }
  *rate = number * 1e9;
  return true;
}

// dashboard(snapshot, source, refresh, bandwidth, gflops): the page and the Prometheus text of a snapshot in JSON, or,
// where that is None, of this process. `source` names the snapshot, also in errors.
const Signature kDashboard = {"dashboard", 5, 5, {"snapshot", "source", "refresh", "bandwidth", "gflops"}};
PyObject* Dashboard(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters] = {};
    if (!Parse(kDashboard, args, count, names, values)) return nullptr;
    dashboard::Content content;
    absl::string_view source;
    if (!AsStringView(values[1], "source", &source)) return nullptr;
    if (values[0] == Py_None) {
      const CallerSettings settings;
      if (!settings.ok()) return nullptr;
      content = dashboard::ThisProcess();
    } else {
      char* json = nullptr;
      Py_ssize_t size = 0;
      if (PyBytes_AsStringAndSize(values[0], &json, &size) != 0) return nullptr;
      absl::StatusOr<metrics::Snapshot> snapshot =
          dashboard::ParseSnapshot(absl::string_view(json, static_cast<size_t>(size)));
      if (!snapshot.ok()) {
        return SetError(
            absl::Status(snapshot.status().code(), absl::StrCat(source, ": ", snapshot.status().message())));
      }
      content.source = std::string(source);
      content.time = dashboard::TimeNow();
      content.snapshot = *std::move(snapshot);
    }
    const long refresh = PyLong_AsLong(values[2]);  // NOLINT(google-runtime-int)
    if (refresh == -1 && PyErr_Occurred() != nullptr) return nullptr;
    if (refresh < 0 || refresh > 86400) return SetValueError("refresh", values[2], "seconds, from 0 to 86400");
    content.refresh_seconds = static_cast<int>(refresh);
    if (!ReadRate(values[3], "bandwidth", &content.model.bytes_per_second) ||
        !ReadRate(values[4], "gflops", &content.model.flops_per_second)) {
      return nullptr;
    }
    const absl::StatusOr<std::string> prometheus = metrics::ToPrometheus(content.snapshot);
    if (!prometheus.ok()) return SetError(prometheus.status());
    const Ref page(FromBytes(dashboard::Page(content)));
    const Ref text(FromBytes(*prometheus));
    return page && text ? PyTuple_Pack(2, page.get(), text.get()) : nullptr;
  });
}

}  // namespace

std::vector<PyMethodDef> CommandMethods() {
  return {
      {"run_command", RunCommand, METH_O, nullptr},
      {"dashboard", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&Dashboard)), METH_FASTCALL | METH_KEYWORDS,
       nullptr},
  };
}

}  // namespace raptors::python
