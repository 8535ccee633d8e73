#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# promtool reads what the metrics write, and refuses what they do not: prometheus_test.sh PROMTOOL WRITER
set -u
promtool=$1 writer=$2
text=$TEST_TMPDIR/metrics.txt

"$writer" >"$text" || { echo "FAILED: $writer"; exit 1; }
lines=$(grep -vc '^#' "$text")
[ "$lines" -gt 100 ] || { echo "FAILED: only $lines samples"; exit 1; }
"$promtool" check metrics <"$text" || { echo "FAILED: promtool refuses the text"; exit 1; }
# The check can fail.
sed '$s/ [0-9]*$/ many/' "$text" | "$promtool" check metrics 2>/dev/null && { echo "FAILED: promtool reads anything"; exit 1; }
exit 0
