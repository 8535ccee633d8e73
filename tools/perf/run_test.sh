#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a Python program of this directory as a test: run_test.sh INTERPRETER PROGRAM, both below the runfiles.
runfiles=${TEST_SRCDIR:-$0.runfiles}
program=$runfiles/$2
PYTHONPATH=${program%/*} exec "$runfiles/$1" "$program"
