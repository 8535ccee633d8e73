# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# What every text file of the project keeps to. Run with LC_ALL=C:
#   awk -v hosts=FILE -f text_rules.awk FILE...
# `hosts` lists the hosts a URL may name. Prints "file:line: what is wrong" and exits with 1 if anything is; "warning:"
# lines do not count.

function complain(line, what) {
  printf "%s:%d: %s\n", file, line, what
  bad = 1
}

function is_header() { return file ~ /\.h$/ }
function is_build() { return file ~ /(^|\/)(BUILD|BUILD\.bazel|[^\/]*\.BUILD)$/ }

# Files in which a comment can stand, and which we wrote.
function wants_licence() {
  return file !~ /\/testdata\// && (is_build() || file ~ /\.(h|cc|c|bzl|sh|py|awk)$/ || file ~ /(^|\/)WORKSPACE$/ || script)
}

function finish_file(  guard, limit) {
  if (file == "") return
  if (wants_licence() && !(copyright && spdx)) complain(1, "expected the copyright and SPDX lines at the top")
  if (is_header()) {
    guard = toupper(file)
    sub(/^\.\//, "", guard)
    gsub(/[^A-Z0-9]/, "_", guard)
    guard = guard "_"
    # Where the path alone might clash with another project's, the project's name stands in front.
    if (ifndef != guard && ifndef != "RAPTORS_" guard) complain(1, "expected the include guard " guard ", found '" ifndef "'")
    if (!purpose) complain(1, "expected a comment above the include guard that says what the header is for")
  }
  limit = is_build() ? 200 : 400
  if (file ~ /\.(h|cc|c|bzl|sh|py|awk)$/ || is_build() || script) {
    if (lines > 800) complain(lines, "more than 800 lines: split it")
    else if (lines > limit) printf "%s:%d: warning: more than %d lines\n", file, lines, limit
  }
  if (blank_end) complain(lines, "blank line at the end")
}

BEGIN {
  while ((getline line < hosts) > 0) {
    if (line !~ /^(#|$)/) allowed[line] = 1
  }
}

FNR == 1 {
  finish_file()
  file = FILENAME
  lines = copyright = spdx = purpose = blank_end = 0
  ifndef = ""
  script = /^#!/
}

{
  lines = FNR
  blank_end = /^$/
  if (FNR <= 4 && /^(\/\/|#) Copyright The Raptors Authors$/) copyright = 1
  if (FNR <= 4 && /^(\/\/|#) SPDX-License-Identifier: Apache-2\.0$/) spdx = 1
  if (ifndef == "" && FNR > 2 && /^\/\/ [A-Za-z]/) purpose = 1
  if (ifndef == "" && /^#ifndef /) ifndef = $2
  if (/[^\t -~]/) complain(FNR, "expected ASCII")
  if (/[ \t]$/ && file !~ /\/testdata\//) complain(FNR, "blanks at the end of the line")
  # In C++ clang-format sees to it, and leaves those in literals.
  if (/\t/ && file !~ /\/testdata\/|\.(h|cc|c)$/) complain(FNR, "tab")
  # clang-format leaves comments alone; an address cannot be wrapped.
  if (length($0) > 120 && file ~ /\.(h|cc|c)$/ && !/https?:/) complain(FNR, "more than 120 columns")
  if (/(^|[^A-Za-z0-9_.$}])\/(root|work|home\/[a-z]+|Users\/[a-z]+)\//) complain(FNR, "a path of one machine")
  rest = $0
  while (match(rest, /(https?|ftp):\/\/[A-Za-z0-9.-]+/)) {
    host = substr(rest, RSTART, RLENGTH)
    rest = substr(rest, RSTART + RLENGTH)
    sub(/^[a-z]+:\/\//, "", host)
    # Names without a dot, and the top-level domains reserved for tests and examples, are nobody's.
    if (host !~ /\./ || host ~ /\.(test|example|invalid)$/) continue
    if (!(host in allowed)) complain(FNR, "host " host " is not one of those in tools/lint/hosts.txt")
  }
}

END {
  finish_file()
  exit bad
}
