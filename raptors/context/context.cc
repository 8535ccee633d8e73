// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/context.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "raptors/context/environment.h"
#include "raptors/context/frames.h"
#include "raptors/context/log.h"
#include "raptors/metrics/metrics.h"

namespace raptors::context {
namespace {

thread_local Frame* innermost = nullptr;

std::atomic<const Settings*> process = {nullptr};

// Settings are never freed, because calls may hold references to replaced ones; chained, so that they are no leak.
struct Node {
  Settings settings;
  Node* older;
};
std::atomic<Node*> newest = {nullptr};

// Makes settings from an environment those of the process. Without a lock: a thread may fork while another one is here,
// and the child would wait for it forever. Threads that come here at once each make settings, and one's are used.
const Settings* Publish(const std::vector<std::string>& environment, bool replace) {
  auto node = std::make_unique<Node>(Node{DefaultSettings(), nullptr});
  ApplyEnvironment(environment, &node->settings);
  const Settings* expected = process.load(std::memory_order_acquire);
  do {
    if (expected != nullptr && !replace) return expected;
  } while (!process.compare_exchange_weak(expected, &node->settings, std::memory_order_acq_rel));
  node->older = newest.load(std::memory_order_relaxed);
  while (!newest.compare_exchange_weak(node->older, node.get(), std::memory_order_release)) {
  }
  const Settings* const published = &node.release()->settings;
  metrics::SetEnabled(published->metrics);
  const absl::Status& file_status = published->profile_source->file_status;
  if (!file_status.ok()) {
    metrics::Bump(metrics::Counter::kProfileFallback);
    Log(absl::StrCat("raptors: using the built-in profile instead of RAPTORS_PROFILE: ", file_status.message()));
  }
  return published;
}

std::vector<std::string> RealEnvironment() {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) entries.push_back(*entry);
  return entries;
}

}  // namespace

void Push(Frame* frame) {
  frame->enclosing = innermost;
  innermost = frame;
}

bool Remove(Frame* frame) {
  for (Frame** link = &innermost; *link != nullptr; link = &(*link)->enclosing) {
    if (*link != frame) continue;
    *link = frame->enclosing;
    return true;
  }
  return false;
}

const Settings& Process() {
  const Settings* const settings = process.load(std::memory_order_acquire);
  return settings != nullptr ? *settings : *Publish(RealEnvironment(), /*replace=*/false);
}

const Settings& Current() { return innermost != nullptr ? *innermost->settings : Process(); }

void ResetForTesting(const std::vector<std::string>& environment) { Publish(environment, /*replace=*/true); }

}  // namespace raptors::context
