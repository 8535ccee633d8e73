#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Draws asv's pages of the results at hand and of the committed baselines: tools/perf/publish.sh
# They lie in benchmarks/.asv/html. What is at hand wins over a baseline of the same commit and environment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mkdir -p benchmarks/.asv/results
cp -rn benchmarks/baselines/asv/. benchmarks/.asv/results/
tools/perf/asv.sh publish
