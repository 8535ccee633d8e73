#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Checks that what Markdown files link to inside the repository exists: markdown_links.sh FILE...
set -euo pipefail

status=0
for file in "$@"; do
  while IFS=: read -r line target; do
    target=${target#*](}
    target=${target%)}
    case $target in
      *://* | '#'* | mailto:*) continue ;;
    esac
    path=${target%%#*}
    if [[ ! -e $(dirname "$file")/$path ]]; then
      echo "$file:$line: links to '$path', which does not exist"
      status=1
    fi
  done < <(grep -noE '\]\([^) ]+\)' "$file" || true)
done
exit "$status"
