#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Checks the workflows with the pinned actionlint, which Go builds once from its module into the user's cache directory.
#   tools/perf/actionlint.sh [FILE...]      (default: .github/workflows/*.yml)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

module=github.com/rhysd/actionlint version=v1.7.7
# Of the module's files, as Go counts it; those it needs are pinned by its own go.sum.
sum=h1:0KgkoNTrYY7vmOCs9BW2AHxLvvpoY9nEUzgBHiPUr0k=

files=("$@")
if ((!$#)); then files=(.github/workflows/*.yml); fi
dir=${XDG_CACHE_HOME:-${HOME:?}/.cache}/raptors/lint/actionlint-$version
if [[ ! -x $dir/actionlint ]]; then
  # Where Go's own archive is unpacked to.
  PATH=$PATH:/usr/local/go/bin
  if ! type -P go > /dev/null; then
    echo "actionlint.sh: go is missing: install Go 1.20 or later, or put actionlint $version at $dir/actionlint" >&2
    exit 1
  fi
  if ! found=$(cd / && go mod download -json "$module@$version"); then
    echo "actionlint.sh: go could not download $module@$version: is its module proxy within reach (go env GOPROXY)?" >&2
    exit 1
  fi
  if [[ $found != *"\"Sum\": \"$sum\""* ]]; then
    echo "actionlint.sh: $module@$version has another checksum than the pinned $sum" >&2
    exit 1
  fi
  (cd / && GOFLAGS=-mod=mod GOBIN=$dir go install "$module/cmd/actionlint@$version")
fi
"$dir/actionlint" "${files[@]}"
# GitHub's runners have shellcheck; here it is asked for by name, so that it is not left out in silence.
type -P shellcheck > /dev/null || echo "actionlint.sh: warning: without shellcheck, scripts in workflows were not checked" >&2
