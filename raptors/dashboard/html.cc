// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/html.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace raptors::dashboard {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// Bytes of the well-formed UTF-8 character that `text` begins with; 0 where it begins with none.
size_t CharacterLength(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (length < 3) return length;
  // Overlong forms, surrogates, and what lies beyond Unicode.
  const unsigned char second = byte(1);
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return wrong ? 0 : length;
}

}  // namespace

std::string Escape(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    const absl::string_view character = text.substr(0, std::max<size_t>(1, length));
    text.remove_prefix(character.size());
    const unsigned char c = static_cast<unsigned char>(character[0]);
    if (length == 0 || c < 0x20 || c == 0x7F) {
      out.append(kReplacement.data(), kReplacement.size());
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      absl::StrAppend(&out, character);
    }
  }
  return out;
}

std::string SizeText(int64_t power_of_two) {
  static constexpr const char* kUnits[] = {"", " Ki", " Mi", " Gi", " Ti", " Pi", " Ei"};
  int unit = 0;
  for (; power_of_two >= 1024; power_of_two /= 1024) ++unit;
  return absl::StrCat(power_of_two, kUnits[unit]);
}

std::string CountText(uint64_t count) {
  static constexpr const char* kUnits[] = {" M", " G", " T", " P", " E"};
  if (count < 1000) return absl::StrCat(count);
  if (count < 1000000) return absl::StrFormat("%d,%03d", count / 1000, count % 1000);
  double value = static_cast<double>(count) / 1e6;
  int unit = 0;
  for (; value >= 999.5; value /= 1000) ++unit;
  return absl::StrFormat("%.*f%s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, kUnits[unit]);
}

std::string TimeText(double seconds) {
  static constexpr const char* kUnits[] = {"ns", "us", "ms", "s"};
  double value = seconds * 1e9;
  int unit = 0;
  for (; unit < 3 && value >= 999.5; value /= 1000) ++unit;
  return absl::StrFormat("%.*f %s", value < 9.95 && unit > 0 ? 1 : 0, value, kUnits[unit]);
}

std::string ShareText(double part, double whole) {
  if (part <= 0) return "0 %";
  const double percent = 100 * part / whole;
  if (percent < 0.1) return "&lt; 0.1 %";
  // What is not all is not shown as all.
  if (percent < 100 && percent > 99.9) return "99.9 %";
  return absl::StrFormat("%.*f %%", percent < 99.95 ? 1 : 0, percent);
}

std::string Percent(double part, double whole) { return absl::StrFormat("%.2f", part <= 0 ? 0 : 100 * part / whole); }

std::string Table(absl::string_view css_class, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string out = absl::StrCat("<table class=\"", css_class, "\"><thead><tr>");
  for (const Column& column : columns) {
    absl::StrAppend(&out, "<th scope=\"col\" class=\"", column.css_class, "\">", column.heading, "</th>");
  }
  out += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    absl::StrAppend(&out, "<tr><th scope=\"row\">", row[0], "</th>");
    for (size_t i = 1; i < row.size(); ++i) {
      absl::StrAppend(&out, "<td class=\"", columns[i].css_class, "\">", row[i], "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table>";
}

}  // namespace raptors::dashboard
