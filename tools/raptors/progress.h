// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Progress of a long command: a bar that redraws itself on a terminal, a line each tenth of the way elsewhere.
//
//   ProgressBar bar(stderr, isatty(fileno(stderr)) != 0);
//   bar.Show(0.25, "round 3", seconds);
//   bar.Done();

#ifndef TOOLS_RAPTORS_PROGRESS_H_
#define TOOLS_RAPTORS_PROGRESS_H_

#include <stdio.h>

#include "absl/strings/string_view.h"

namespace raptors::tools {

class ProgressBar {
 public:
  // `to` outlives the bar.
  ProgressBar(FILE* to, bool terminal) : to_(to), terminal_(terminal) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { Done(); }

  // fraction: 0 to 1; seconds: since the start. May be called very often: most calls draw nothing.
  void Show(double fraction, absl::string_view what, double seconds);
  // Removes the bar from a terminal, so that what follows starts at the beginning of an empty line.
  void Done();

 private:
  FILE* to_;
  bool terminal_;
  bool drawn_ = false;
  double shown_seconds_ = -1;
  int shown_tenth_ = -1;
};

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_PROGRESS_H_
