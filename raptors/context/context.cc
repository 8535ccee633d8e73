// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/context.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
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

// Settings are never freed, because calls may hold references to replaced ones; kept here so that they are no leak.
struct Published {
  std::mutex mutex;
  std::vector<std::unique_ptr<const Settings>> all;
};

Published& AllPublished() {
  static Published* const published = new Published;
  return *published;
}

// Makes settings from an environment those of the process.
const Settings* Publish(const std::vector<std::string>& environment, bool replace) {
  const Settings* published;
  {
    Published& all = AllPublished();
    const std::lock_guard<std::mutex> lock(all.mutex);
    published = process.load(std::memory_order_acquire);
    if (published != nullptr && !replace) return published;
    auto settings = std::make_unique<Settings>(DefaultSettings());
    ApplyEnvironment(environment, settings.get());
    metrics::SetEnabled(settings->metrics);
    published = settings.get();
    all.all.push_back(std::move(settings));
    process.store(published, std::memory_order_release);
  }
  // Without the lock: the handler is the user's code and may call Raptors.
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
