// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/profile/json_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace raptors::profile {
namespace {

// Bytes of a key or a value in a message.
constexpr size_t kLongest = 80;

// "line 3, column 7" of the byte at `offset`; columns count bytes from 1.
std::string Position(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, std::min(offset, text.size()));
  const size_t line_start = before.rfind('\n');
  const int64_t line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = line_start == absl::string_view::npos ? before.size() + 1 : before.size() - line_start;
  return absl::StrCat("line ", line, ", column ", column);
}

// The first `longest` bytes, those outside printable ASCII as "?".
std::string Printable(absl::string_view text, size_t longest) {
  std::string printable(text.substr(0, longest));
  for (char& c : printable) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  if (text.size() > longest) printable += "...";
  return printable;
}

// Bytes of the last token of `read`. The reader drops what came before a token only where that is a string or a number.
size_t LengthOfLast(absl::string_view read) {
  for (const absl::string_view token : {",", ":", "[", "]", "{", "}", "true", "false", "null"}) {
    if (absl::EndsWith(read, token)) return token.size();
  }
  return read.size();
}

// The reader's events, turned into a tree. An event that returns false ends the reading with `status` set.
class TreeBuilder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  TreeBuilder(absl::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  bool null() { return Add(nullptr); }
  bool boolean(bool value) { return Add(value); }
  bool number_integer(number_integer_t value) { return Add(value); }
  bool number_unsigned(number_unsigned_t value) { return Add(value); }
  bool number_float(number_float_t value, const string_t&) { return Add(value); }
  bool string(string_t& value) { return Add(std::move(value)); }
  bool binary(binary_t&) { return Fail(ErrorAt(Pointer(), "binary data is not JSON")); }

  bool start_object(size_t) { return Open(Json::object()); }
  bool start_array(size_t) { return Open(Json::array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(string_t& value) {
    Level& level = levels_.back();
    level.key = std::move(value);
    if (level.value->contains(level.key)) return Fail(ErrorAt(Pointer(), "duplicate key"));
    return true;
  }

  bool parse_error(size_t position, const std::string& last_token, const nlohmann::detail::exception& error) {
    if (dynamic_cast<const Json::out_of_range*>(&error) != nullptr) {
      return Fail(ErrorAt(Pointer(), absl::StrCat("number ", Quoted(last_token), " is out of range")));
    }
    // The reader's message repeats the position, as "... line 1, column 2: "; what follows is kept.
    absl::string_view message = error.what();
    const size_t column = message.find("column ");
    const size_t colon = column == absl::string_view::npos ? column : message.find(": ", column);
    if (colon != absl::string_view::npos) message.remove_prefix(colon + 2);
    // `position` counts the bytes read. A token in the wrong place is reported where it starts, a malformed one at the
    // byte where it went wrong.
    const absl::string_view read = text_.substr(0, position);
    size_t offset = position == 0 ? 0 : position - 1;
    if (absl::StrContains(message, "unexpected") && !absl::StrContains(message, "unexpected end of input") &&
        absl::EndsWith(read, last_token)) {
      offset = read.size() - LengthOfLast(last_token);
    }
    return Fail(absl::InvalidArgumentError(absl::StrCat(Position(text_, offset), ": ", Printable(message, 200))));
  }

  absl::Status status;
  Json root;

 private:
  struct Level {
    Json* value;
    std::string key;  // of the member being read, in an object
  };

  bool Fail(absl::Status error) {
    status = std::move(error);
    return false;
  }

  // Of the value that is being read.
  std::string Pointer() const {
    std::string pointer;
    for (const Level& level : levels_) {
      // An array already holds the element that the next level is, but not the one being read.
      const int64_t size = static_cast<int64_t>(level.value->size());
      pointer = level.value->is_array() ? Child(pointer, &level == &levels_.back() ? size : size - 1)
                                        : Child(pointer, level.key);
    }
    return pointer;
  }

  // Nodes stay where they are while something is inside them: only the innermost open container grows.
  Json* Place(Json value) {
    if (levels_.empty()) {
      root = std::move(value);
      return &root;
    }
    Level& level = levels_.back();
    if (level.value->is_array()) {
      level.value->push_back(std::move(value));
      return &level.value->back();
    }
    return &((*level.value)[level.key] = std::move(value));
  }

  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }

  bool Open(Json value) {
    if (static_cast<int>(levels_.size()) == max_depth_) {
      return Fail(ErrorAt(Pointer(), absl::StrCat("nested deeper than ", max_depth_, " levels")));
    }
    Json* const placed = Place(std::move(value));
    levels_.push_back({placed, ""});
    return true;
  }

  bool Close() {
    levels_.pop_back();
    return true;
  }

  absl::string_view text_;
  int max_depth_;
  std::vector<Level> levels_;
};

}  // namespace

absl::Status ErrorAt(absl::string_view pointer, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(pointer.empty() ? "(document)" : pointer, ": ", message));
}

std::string Child(absl::string_view pointer, absl::string_view key) {
  return absl::StrCat(pointer, "/", Printable(absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}}), kLongest));
}

std::string Child(absl::string_view pointer, int64_t index) { return absl::StrCat(pointer, "/", index); }

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", Printable(text, kLongest), "\""); }

absl::StatusOr<Json> ReadJson(absl::string_view text, int64_t max_bytes, int max_depth) {
  if (static_cast<int64_t>(text.size()) > max_bytes) {
    return ErrorAt("", absl::StrCat("has ", text.size(), " bytes; expected at most ", max_bytes));
  }
  TreeBuilder builder(text, max_depth);
  const bool read = Json::sax_parse(text.begin(), text.end(), &builder);
  if (!builder.status.ok()) return builder.status;
  if (!read) return ErrorAt("", "not JSON");
  return std::move(builder.root);
}

}  // namespace raptors::profile
