// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The dashboard: metrics as one HTML page that needs nothing from elsewhere.
//
//   dashboard::Content content = dashboard::ThisProcess();  // raptors/dashboard/process.h
//   std::string html = dashboard::Page(content);

#ifndef RAPTORS_DASHBOARD_PAGE_H_
#define RAPTORS_DASHBOARD_PAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "raptors/dashboard/estimate.h"
#include "raptors/metrics/metrics.h"

namespace raptors::dashboard {

// What a page shows. Texts may hold any bytes.
struct Content {
  std::string source;  // what was counted: a file's name, a process
  std::string time;    // when, for people
  metrics::Snapshot snapshot;
  std::vector<std::pair<std::string, std::string>> facts;  // name and value, of the process; may be empty
  Model model;
  int refresh_seconds = 0;  // how often the page asks its server for a new one; 0: never
};

// UTF-8, whatever the texts hold.
std::string Page(const Content& content);

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_PAGE_H_
