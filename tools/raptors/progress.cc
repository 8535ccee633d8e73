// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/progress.h"

#include <string>

#include "absl/strings/str_format.h"

namespace raptors::tools {
namespace {

constexpr int kWidth = 40;
constexpr double kRedrawSeconds = 0.1;

}  // namespace

void ProgressBar::Show(double fraction, absl::string_view what, double seconds) {
  if (!terminal_) {
    const int tenth = static_cast<int>(10 * fraction);
    if (tenth <= shown_tenth_) return;
    shown_tenth_ = tenth;
    absl::FPrintF(to_, "raptors: %3d%%, %s, %.0f s\n", 10 * tenth, what, seconds);
    return;
  }
  if (shown_seconds_ >= 0 && seconds < shown_seconds_ + kRedrawSeconds) return;
  shown_seconds_ = seconds;
  drawn_ = true;
  const std::string bar(static_cast<size_t>(kWidth * fraction), '=');
  // To the start of the line, and what is left of a longer text away.
  absl::FPrintF(to_, "\r[%-*s] %3d%%  %s, %.0f s\033[K", kWidth, bar, static_cast<int>(100 * fraction), what, seconds);
  fflush(to_);
}

void ProgressBar::Done() {
  if (!drawn_) return;
  drawn_ = false;
  absl::FPrintF(to_, "\r\033[K");
  fflush(to_);
}

}  // namespace raptors::tools
