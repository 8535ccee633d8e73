# shellcheck shell=bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# What //:bazelw and the unpacker share: messages, and how an unpacked Bazel is named and recognised.

# Counts changes of what the unpacker produces: a new number makes every machine unpack again.
readonly RAPTORS_UNPACK_FORMAT=2

say() { printf 'bazelw: %s\n' "$*" >&2; }

# die MESSAGE [LINE...]: the lines after the first are advice, indented.
die() {
  # shellcheck disable=SC2034  # The unpacker reads it at its end.
  died=1
  printf 'bazelw: error: %s\n' "$1" >&2
  shift
  if (($#)); then printf 'bazelw:   %s\n' "$@" >&2; fi
  exit 1
}

# Sets REPLY to Debian's name of this machine's CPU; fails, with the machine's own name, for CPUs that Debian builds no
# Bazel for.
debian_arch() {
  REPLY=$(uname -m)
  case $REPLY in
    x86_64) REPLY=amd64 ;;
    aarch64) REPLY=arm64 ;;
    *) return 1 ;;
  esac
}

# find_unpacked DIR ARCH: sets REPLY to the prefix of a complete Bazel of this format in DIR; fails if there is none.
# The rc file is written last, and names the prefix: the patched binaries hold absolute paths, so a copy that was moved
# does not count.
find_unpacked() {
  local prefix line
  for prefix in "$1"/debian-7.*-"$2"-f"$RAPTORS_UNPACK_FORMAT"; do
    [[ -r $prefix/bazelrc ]] || continue
    IFS= read -r line < "$prefix/bazelrc" || continue
    if [[ $line == "# prefix: $prefix" ]]; then
      REPLY=$prefix
      return 0
    fi
  done
  return 1
}
