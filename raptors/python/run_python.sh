#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a Python program with the package importable: run_python.sh INTERPRETER ABI PROGRAM ARGS...
# INTERPRETER and PROGRAM are paths below the runfiles.
runfiles=${TEST_SRCDIR:-$0.runfiles}
interpreter=$runfiles/$1
program=$runfiles/$3
export PYTHONPATH="$runfiles/${TEST_WORKSPACE:-raptors}/raptors/python/$2:${program%/*}"
shift 3
exec "$interpreter" "$program" "$@"
