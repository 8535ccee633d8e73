#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Compares the table of packages in docs/architecture.md with what Bazel says depends on what. Tests and testonly targets
# are left out: they may look at anything.
#   tools/build_tests/architecture_test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

document=docs/architecture.md
status=0
fail() {
  echo "FAILED: $*"
  status=1
}

# Lines of: from to, as packages below raptors/, third-party repositories with an @ in front.
arrows() {
  # shellcheck disable=SC2016  # $all is Bazel's
  ./bazelw query --noshow_progress --ui_event_filters=-info --output=graph --nograph:factored --noimplicit_deps '
      let all = //raptors/... union //tools/raptors:all in
      deps($all except tests($all) except attr(testonly, 1, $all), 1)' |
    sed -nE 's/^ *"@*(raptors)?\/\/([^:"]+)(:[^"]*)?" -> "@*([^:"]*)(:[^"]*)?"$/\2 \4/p' |
    sed -E 's/ (raptors)?\/\// /; s/ third_party\/(.*)/ @\1/; s/ ([^@ \/]+)\/\/.*/ @\1/; s/(^| )raptors\//\1/g' |
    grep -Ev ' (@?platforms|build_defs|@rules_cc|@bazel_tools)$' | awk '$1 != $2' | sort -u
}

# Lines of: level package knows sees, from "| L1 | `array` | base | abseil-cpp | what it is |".
table() {
  # shellcheck disable=SC2016
  sed -nE 's/^\| (L[0-9]) \| `([a-z_/]+)` \| ([^|]*) \| ([^|]*) \|.*/\1|\2|\3|\4/p' "$document"
}

drawn=$(table | while IFS='|' read -r _ package knows sees; do
  for other in $knows; do echo "$package $other"; done
  for other in $sees; do echo "$package @$other"; done
done | sort -u)
if [[ -z $drawn ]]; then fail "no rows were found in $document"; fi

if ! difference=$(diff <(printf '%s\n' "$drawn") <(arrows)); then
  fail "the arrows in $document (<) and those in the BUILD files (>) differ:"$'\n'"$difference"
fi

# A folder within a package holds tests; anything else there would show in the arrows.
packages=$({
  find raptors -name BUILD.bazel -printf '%h\n' | sed 's/^raptors\///' | grep -v /
  echo tools/raptors
} | sort)
if ! difference=$(diff <(table | cut -d'|' -f2 | grep -v '^testing$' | sort) <(grep -v '^testing$' <<< "$packages")); then
  fail "the packages in $document (<) and in the tree (>) differ:"$'\n'"$difference"
fi

# A package knows only rows above its own.
above=" "
while IFS='|' read -r _ package knows _; do
  for other in $knows; do
    if [[ $above != *" $other "* ]]; then fail "$document: $package knows $other, which stands below it"; fi
  done
  above+="$package "
done < <(table)

if ((status == 0)); then echo "the packages of $document and their $(wc -l <<< "$drawn") arrows are those of the BUILD files"; fi
exit "$status"
