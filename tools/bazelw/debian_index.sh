# shellcheck shell=bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Chooses a Bazel from Debian's package indexes (files in the format of a suite's "Packages"). Nothing here touches the
# network, so that the choice is tested on recorded indexes.

# index_versions INDEX PACKAGE: the versions of a package in an index, oldest first, one a line.
index_versions() {
  awk -v want="$2" '
    /^Package: / { hit = ($2 == want) }
    hit && /^Version: / { print ($2 ~ /^[0-9]+:/ ? "" : "0:") $2 }' "$1" | sort -V | sed 's/^0://'
}

# index_depends INDEX PACKAGE: the dependencies of a package in an index, one a line, without versions.
index_depends() {
  awk -v want="$2" '
    /^Package: / { hit = ($2 == want) }
    hit && /^(Pre-)?Depends: / {
      sub(/^[^:]*: /, "")
      n = split($0, parts, /[,|] */)
      for (i = 1; i <= n; i++) { sub(/[ (:].*/, "", parts[i]); print parts[i] }
    }' "$1"
}

# upstream_version VERSION: 7.7.1 of 1:7.7.1+ds-8+b1.
upstream_version() {
  local version=${1#*:}
  printf '%s\n' "${version%%[+~-]*}"
}

# jre_of_index INDEX: the headless JRE that the suite's Bazel runs on. Bazel depends on a JDK, by number or through the
# suite's default; a suite may also carry newer and unreleased ones, so the newest is the last resort.
jre_of_index() {
  local package number
  for package in bazel-bootstrap default-jdk-headless default-jre-headless; do
    number=$(index_depends "$1" "$package" | sed -n -E 's/^openjdk-([0-9]+)-(jdk|jre)(-headless)?$/\1/p' |
      sort -n | tail -n 1)
    if [[ -n $number ]]; then break; fi
  done
  if [[ -z $number ]]; then
    number=$(sed -n -E 's/^Package: openjdk-([0-9]+)-jre-headless$/\1/p' "$1" | sort -n | tail -n 1)
  fi
  if [[ -z $number ]] || [[ -z $(index_versions "$1" "openjdk-$number-jre-headless") ]]; then return 1; fi
  printf 'openjdk-%s-jre-headless\n' "$number"
}

# bazel_of_index INDEX: prints "DEBIAN_VERSION JRE_PACKAGE" of the newest Bazel 7 in an index. Where none fits, prints
# what the index has instead and fails.
bazel_of_index() {
  local versions version jre
  versions=$(index_versions "$1" bazel-bootstrap)
  if [[ -z $versions ]]; then
    printf 'no bazel-bootstrap\n'
    return 1
  fi
  version=$(sed -n -E '/^([0-9]+:)?7\./p' <<< "$versions" | tail -n 1)
  if [[ -z $version ]]; then
    printf 'bazel-bootstrap %s\n' "${versions//$'\n'/, }"
    return 1
  fi
  jre=$(jre_of_index "$1") || {
    printf 'bazel-bootstrap %s but no JRE for it\n' "$version"
    return 1
  }
  printf '%s %s\n' "$version" "$jre"
}

# choose_suite FETCH SUITE...: prints "SUITE DEBIAN_VERSION JRE_PACKAGE" of the first suite that has a Bazel 7.
# FETCH SUITE is called once for each suite looked at: it sets REPLY to its index, or to why there is none and fails.
# Where no suite fits, prints "SUITE: REASON" for each and fails.
choose_suite() {
  local fetch=$1 suite found reasons=""
  shift
  for suite in "$@"; do
    if ! "$fetch" "$suite"; then
      reasons+="$suite: $REPLY"$'\n'
    elif found=$(bazel_of_index "$REPLY"); then
      printf '%s %s\n' "$suite" "$found"
      return 0
    else
      reasons+="$suite: $found"$'\n'
    fi
  done
  printf '%s' "$reasons"
  return 1
}
