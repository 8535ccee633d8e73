// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Pieces of HTML, and figures as people read them. Internal to this package.

#ifndef RAPTORS_DASHBOARD_HTML_H_
#define RAPTORS_DASHBOARD_HTML_H_

#include <stdint.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace raptors::dashboard {

// Text for an element or an attribute in quotes: markup escaped, bytes that are no UTF-8 and control characters as
// U+FFFD.
std::string Escape(absl::string_view text);

// "512", "64 Ki", "16 Mi": powers of two from 1024 on.
std::string SizeText(int64_t power_of_two);

// "7", "12,345", "1.23 M": three digits from a million on.
std::string CountText(uint64_t count);

// "820 ns", "1.3 ms", "2.5 s". Precondition: seconds >= 0.
std::string TimeText(double seconds);

// "0 %", "3.4 %", "100 %"; "< 0.1 %" for what is not nothing. 0 / 0 is nothing.
std::string ShareText(double part, double whole);

// part / whole in percent for a style: "37.42". 0 / 0 is 0.
std::string Percent(double part, double whole);

struct Column {
  std::string heading;
  const char* css_class = "";  // of its cells: "number", "bar"
};

// A table. Cells are HTML; the first of a row heads it. Rows are as long as there are columns.
std::string Table(absl::string_view css_class, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows);

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_HTML_H_
