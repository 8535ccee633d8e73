#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Each text rule, and the check of links, on files that break it and files that do not.
set -euo pipefail

lint=$PWD/tools/lint
cd "$TEST_TMPDIR"
mkdir -p a
failures=0
year="Copyright The Raptors Authors" # apart from the comment sign, or this line would count
http=http:// # so is this
header="// $year
// SPDX-License-Identifier: Apache-2.0
"

# expect NAME PATTERN FILE CONTENT: the rules complain about CONTENT with PATTERN; with an empty one, not at all.
expect() {
  local name=$1 pattern=$2 file=$3 out status=0
  printf '%s\n' "$4" > "$file"
  out=$(LC_ALL=C awk -v hosts="$lint/hosts.txt" -f "$lint/text_rules.awk" "$file") || status=$?
  if [[ -z $pattern ]]; then
    if ((status != 0)) || [[ -n $out ]]; then
      echo "FAILED: $name: expected no complaint, got: $out"
      failures=$((failures + 1))
    fi
  elif [[ $pattern == *warning* ]]; then
    if ((status != 0)) || [[ $out != *$pattern* ]]; then
      echo "FAILED: $name: expected '$pattern' and success, got ($status): $out"
      failures=$((failures + 1))
    fi
  elif ((status != 1)) || [[ $out != *$pattern* ]]; then
    echo "FAILED: $name: expected '$pattern' and failure, got ($status): $out"
    failures=$((failures + 1))
  fi
}

good="$header
// What it is for.

#ifndef A_GOOD_H_
#define A_GOOD_H_
#endif  // A_GOOD_H_"
expect "a good header" "" a/good.h "$good"
expect "guard" "include guard A_OTHER_H_" a/other.h "$good"
expect "purpose" "says what the header is for" a/good.h "${good/\/\/ What it is for./}"
expect "licence" "copyright and SPDX" a/b.cc "int a;"
expect "licence in a script" "copyright and SPDX" a/script "#!/bin/sh"
expect "no licence wanted" "" a/data.json "{}"
expect "ASCII" "expected ASCII" a/b.cc "$header"$'\xc3\xa4'
expect "blanks" "blanks at the end" a/b.cc "$header "
expect "tab" "tab" a/b.bzl "${header//\/\//#}"$'\ta = 1'
expect "blank line at the end" "blank line at the end" a/b.cc "$header
"
expect "host" "host evil.org" a/b.cc "$header// https://github.com/a ${http}evil.org/x"
expect "allowed hosts" "" a/b.cc "$header// https://github.com/a http://some.test/x"
expect "path of a machine" "path of one machine" a/b.cc "$header// see /""root/x"
expect "such a path inside another" "" a/b.cc "$header// see pool/root/x"
expect "120 columns" "more than 120 columns" a/b.cc "$header//$(printf '%0119d' 0)"
expect "just 120 columns" "" a/b.cc "$header//$(printf '%0118d' 0)"
expect "long" "warning: more than 400" a/b.cc "$header$(yes 'int a;' | head -n 500)"
expect "too long" "more than 800" a/b.cc "$header$(yes 'int a;' | head -n 900)"
expect "long BUILD file" "warning: more than 200" a/BUILD.bazel "${header//\/\//#}$(yes 'a = 1' | head -n 300)"

printf '[a](a/good.h) [b](https://github.com/x) [c](#here) [d](a/good.h#there)\n' > good.md
if ! bash "$lint/markdown_links.sh" good.md; then
  echo "FAILED: good links"
  failures=$((failures + 1))
fi
printf '[a](a/good.h) [b](a/nothing.h)\n' > bad.md
if bash "$lint/markdown_links.sh" bad.md > out || ! grep -q "bad.md:1: links to 'a/nothing.h'" out; then
  echo "FAILED: a broken link was not found"
  failures=$((failures + 1))
fi

((failures == 0))
