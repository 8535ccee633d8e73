// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/npy_literal.h"

#include <stddef.h>
#include <stdint.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/array/shape.h"
#include "raptors/base/status.h"

namespace raptors::tools {
namespace {

class Parser {
 public:
  Parser(absl::string_view text, bool long_suffix) : text_(text), long_suffix_(long_suffix) {}

  absl::StatusOr<NpyLiteral> Parse() {
    if (!Take('{')) return Expected("'{'");
    while (!Take('}')) {
      RAPTORS_RETURN_IF_ERROR(Item());
      if (Take(',')) continue;
      if (!Take('}')) return Expected("',' or '}'");
      break;
    }
    SkipBlanks();
    if (at_ != text_.size()) return Expected("nothing but blanks after '}'");
    for (const Key key : {kDescr, kOrder, kShape}) {
      if (!(seen_ & key)) return absl::InvalidArgumentError(absl::StrCat("header: no key '", NameOf(key), "'"));
    }
    return std::move(literal_);
  }

 private:
  enum Key : unsigned { kDescr = 1, kOrder = 2, kShape = 4 };

  static const char* NameOf(Key key) { return key == kDescr ? "descr" : key == kOrder ? "fortran_order" : "shape"; }

  // One "key: value".
  absl::Status Item() {
    std::string name;
    RAPTORS_RETURN_IF_ERROR(String("a key in quotes", &name));
    for (const Key key : {kDescr, kOrder, kShape}) {
      if (name != NameOf(key)) continue;
      if (seen_ & key) return absl::InvalidArgumentError(absl::StrCat("header: key '", name, "' occurs twice"));
      seen_ |= key;
      if (!Take(':')) return Expected("':'");
      switch (key) {
        case kDescr:
          return Descr();
        case kOrder:
          return Bool(&literal_.fortran_order);
        case kShape:
          return Shape();
      }
    }
    return absl::InvalidArgumentError(absl::StrCat("header: got the key '", absl::CHexEscape(name),
                                                   "'; expected 'descr', 'fortran_order' or 'shape'"));
  }

  absl::Status Descr() {
    SkipBlanks();
    if (Peek() == '[') return absl::InvalidArgumentError("descr: got a structured dtype; expected a plain one");
    return String("a string", &literal_.descr);
  }

  // Printable ASCII between single or double quotes, without escapes.
  absl::Status String(absl::string_view what, std::string* value) {
    SkipBlanks();
    const char quote = Peek();
    if (quote != '\'' && quote != '"') return Expected(what);
    const size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (!absl::ascii_isprint(text_[at_]) || text_[at_] == '\\') return Expected("a printable ASCII character");
      ++at_;
    }
    if (at_ == text_.size()) return Expected("the end of the string");
    value->assign(text_.data() + begin, at_ - begin);
    ++at_;
    return absl::OkStatus();
  }

  absl::Status Bool(bool* value) {
    SkipBlanks();
    for (const bool candidate : {false, true}) {
      const absl::string_view word = candidate ? "True" : "False";
      if (!absl::StartsWith(text_.substr(at_), word)) continue;
      at_ += word.size();
      *value = candidate;
      return absl::OkStatus();
    }
    return Expected("True or False");
  }

  // "()", "(3,)", "(3, 4)", "(3, 4,)"; "(3)" would be a number.
  absl::Status Shape() {
    if (!Take('(')) return Expected("'('");
    while (!Take(')')) {
      int64_t extent = 0;
      RAPTORS_RETURN_IF_ERROR(Extent(&extent));
      if (literal_.shape.size() == static_cast<size_t>(kMaxRank)) {
        return absl::InvalidArgumentError(
            absl::StrCat("shape: got more than ", kMaxRank, " axes; expected at most that"));
      }
      literal_.shape.push_back(extent);
      if (Take(',')) continue;
      if (literal_.shape.size() == 1) return Expected("',' after the only extent");
      if (!Take(')')) return Expected("',' or ')'");
      break;
    }
    return absl::OkStatus();
  }

  absl::Status Extent(int64_t* value) {
    SkipBlanks();
    const size_t begin = at_;
    if (Peek() == '-') ++at_;
    const size_t digits = at_;
    while (absl::ascii_isdigit(Peek())) ++at_;
    if (at_ == digits) return Expected("an extent");
    const absl::string_view number = text_.substr(begin, at_ - begin);
    if (long_suffix_ && Peek() == 'L') ++at_;
    if (begin != digits) return ArgumentError("shape", number, "extents from 0 on");
    if (number.size() > 1 && number[0] == '0') return ArgumentError("shape", number, "no leading zeros");
    if (!absl::SimpleAtoi(number, value)) return ArgumentError("shape", number, "extents below 2^63");
    return absl::OkStatus();
  }

  // The character at hand, 0 at the end (a NUL in the text is no valid character anywhere).
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  bool Take(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  absl::Status Expected(absl::string_view what) const {
    const std::string got =
        at_ == text_.size() ? "the end" : absl::StrCat("\"", absl::CHexEscape(text_.substr(at_, 1)), "\"");
    return absl::InvalidArgumentError(absl::StrCat("header: got ", got, " at byte ", at_, "; expected ", what));
  }

  absl::string_view text_;
  bool long_suffix_;
  size_t at_ = 0;
  unsigned seen_ = 0;
  NpyLiteral literal_;
};

}  // namespace

absl::StatusOr<NpyLiteral> ParseNpyLiteral(absl::string_view text, bool long_suffix) {
  return Parser(text, long_suffix).Parse();
}

}  // namespace raptors::tools
