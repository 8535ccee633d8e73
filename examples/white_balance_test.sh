#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# white_balance_test.sh WHITE_BALANCE: on a 2x2 image that is too blue.
set -eu
program=$PWD/$1
cd "$TEST_TMPDIR"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# pixels FILE: the bytes of the image, as decimal numbers.
pixels() {
  tail -c 12 "$1" | od -An -v -tu1 | tr -s ' \n' ' '
}

{ printf 'P6\n2 2\n255\n' && printf '\012\050\144\024\050\144\036\050\144\050\050\144'; } >in.ppm
[ "$(pixels in.ppm)" = " 10 40 100 20 40 100 30 40 100 40 40 100 " ] || fail "the input: $(pixels in.ppm)"

"$program" in.ppm out.ppm 2 1 0.5 >stdout
[ "$(cat stdout)" = "gains: red 2, green 1, blue 0.5" ] || fail "$(cat stdout)"
[ "$(pixels out.ppm)" = " 20 40 50 40 40 50 60 40 50 80 40 50 " ] || fail "given gains: $(pixels out.ppm)"
[ "$(head -c 11 out.ppm)" = "$(head -c 11 in.ppm)" ] || fail "the header changed"

# Means 25, 40, 100: grey world asks for 40 / 25 and 40 / 100.
"$program" in.ppm out.ppm >stdout
[ "$(cat stdout)" = "gains: red 1.6, green 1, blue 0.4" ] || fail "$(cat stdout)"
[ "$(pixels out.ppm)" = " 16 40 40 32 40 40 48 40 40 64 40 40 " ] || fail "grey world: $(pixels out.ppm)"

"$program" in.ppm out.ppm 9 1 -1 >stdout
[ "$(pixels out.ppm)" = " 90 40 0 180 40 0 255 40 0 255 40 0 " ] || fail "clamping: $(pixels out.ppm)"

head -c 20 in.ppm >short.ppm
rm out.ppm
if "$program" short.ppm out.ppm 2>stderr; then fail "a truncated image was accepted"; fi
grep -q "short.ppm: has 9 bytes of pixels; expected 12" stderr || fail "$(cat stderr)"
[ ! -e out.ppm ] || fail "an error wrote a file"
