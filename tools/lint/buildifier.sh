#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Prints the path of the pinned buildifier, which is downloaded once into the user's cache directory: from its public
# release, or else, where only a registry of npm packages is in reach, from the package that holds the same file. Its
# exit status is 3 where neither is in reach, 1 for every other failure.
set -euo pipefail

version=8.2.1
case $(uname -m) in
  x86_64) arch=amd64 sha256=6ceb7b0ab7cf66fceccc56a027d21d9cc557a7f34af37d2101edb56b92fcfa1a ;;
  aarch64) arch=arm64 sha256=3baa1cf7eb41d51f462fdd1fff3a6a4d81d757275d05b2dd5f48671284e9a1a5 ;;
  *)
    echo "buildifier.sh: no buildifier is pinned for $(uname -m): expected x86_64 or aarch64" >&2
    exit 1
    ;;
esac

dir=${XDG_CACHE_HOME:-${HOME:?}/.cache}/raptors/lint
program=$dir/buildifier-$version-$arch
good() { [[ -f $1 ]] && [[ $(sha256sum "$1") == "$sha256 "* ]]; }

if ! good "$program"; then
  mkdir -p "$dir"
  temporary=$(mktemp -d "$dir/download.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  from_release() {
    type -P curl > /dev/null &&
      curl -fsSL --connect-timeout 10 --max-time 120 -o "$temporary/buildifier" \
        "https://github.com/bazelbuild/buildtools/releases/download/v$version/buildifier-linux-$arch"
  }
  from_npm() {
    type -P npm > /dev/null &&
      (cd "$temporary" && npm pack --silent "@bazel/buildifier@$version" && tar xzf ./*.tgz) > /dev/null &&
      mv "$temporary/package/buildifier-linux_$arch" "$temporary/buildifier"
  }
  served=""
  for origin in from_npm from_release; do
    "$origin" || continue
    served+=" $origin"
    if good "$temporary/buildifier"; then
      chmod +x "$temporary/buildifier"
      mv -f "$temporary/buildifier" "$program"
      break
    fi
  done
  if [[ -z $served ]]; then
    echo "buildifier.sh: neither npm nor the public release served buildifier $version" >&2
    exit 3
  elif ! good "$program"; then
    echo "buildifier.sh: buildifier $version has another sha256 than the pinned one (${served# })" >&2
    exit 1
  fi
fi
printf '%s\n' "$program"
