// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the dashboard shows of the process that it runs in.

#ifndef RAPTORS_DASHBOARD_PROCESS_H_
#define RAPTORS_DASHBOARD_PROCESS_H_

#include <string>

#include "raptors/dashboard/page.h"

namespace raptors::dashboard {

// Counters, threads, levels, BLAS and settings, now. Settings are those in force on the calling thread.
Content ThisProcess();

// "2026-11-22 22:40:01 UTC", now.
std::string TimeNow();

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_PROCESS_H_
