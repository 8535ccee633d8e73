#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs an aarch64 program: run_aarch64.sh PROGRAM ARGS... QEMU_CPU, which the emulator reads, names
# the CPU, as in cortex-a72 or max,sve-max-vq=2.
runfiles=${TEST_SRCDIR:-$0.runfiles}
exec "$runfiles/qemu/bin/qemu-aarch64" -L "$runfiles/sysroot_linux_aarch64/sysroot" "$@"
