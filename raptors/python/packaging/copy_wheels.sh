#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Copies the wheels into a directory: bazel run -c opt //raptors/python:wheel -- DIRECTORY
# A relative path counts from where Bazel was called.
set -eu
if [ $# -ne 1 ]; then
  echo "wheel: got $# arguments; expected one, the directory for the wheels" >&2
  exit 2
fi
runfiles=${RUNFILES_DIR:-$0.runfiles}
cd "${BUILD_WORKING_DIRECTORY:-.}"
mkdir -p "$1"
for wheel in "$runfiles"/*/raptors/python/*_wheel/*.whl; do
  cp -f "$wheel" "$1/"
  chmod 644 "$1/${wheel##*/}"
  echo "$1/${wheel##*/}"
done
