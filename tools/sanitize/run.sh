#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs a program built with a sanitizer: run.sh PROGRAM ARGS...
symbolizer=${TEST_SRCDIR:-$0.runfiles}/clang/bin/llvm-symbolizer
export ASAN_OPTIONS="external_symbolizer_path=$symbolizer:detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="external_symbolizer_path=$symbolizer:print_stacktrace=1:halt_on_error=1:${UBSAN_OPTIONS:-}"
export TSAN_OPTIONS="external_symbolizer_path=$symbolizer:halt_on_error=1:second_deadlock_stack=1:${TSAN_OPTIONS:-}"
exec "$@"
