#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# dashboard_test.sh RAPTORS TESTDATA: raptors dashboard as its user meets it: the page, and files that are no snapshot.
set -u
raptors=$PWD/$1
snapshot=$PWD/$2/metrics.json
cd "$TEST_TMPDIR" || exit 1

failures=0
fail() {
  echo "FAILED: $*" >&2
  sed 's/^/  stderr: /' stderr >&2
  failures=$((failures + 1))
}
# refused TEXT ARGS...: exit status 2, TEXT on stderr, nothing on stdout and no page.
refused() {
  wanted=$1
  shift
  rm -f page.html
  "$raptors" dashboard "$@" >stdout 2>stderr
  [ $? = 2 ] || fail "dashboard $*: exit status, expected 2"
  grep -qF -- "raptors: $wanted" stderr || fail "dashboard $*: expected: $wanted"
  [ ! -s stdout ] || fail "dashboard $*: an error with output"
  [ ! -e page.html ] || fail "dashboard $*: an error with a page"
}

"$raptors" dashboard "$snapshot" >stdout 2>stderr || fail "to stdout"
head -n 1 stdout | grep -qx '<!DOCTYPE html>' || fail "stdout is no page"
tail -n 1 stdout | grep -qx '</html>' || fail "stdout is cut short"
[ ! -s stderr ] || fail "success with messages"
for text in 'Routes by operation and size' '1.20 M' 'matmul' 'blas-faster' 'at 20 GB/s' 'at 50 GFLOP/s' metrics.json; do
  grep -qF -- "$text" stdout || fail "the page does not say: $text"
done

"$raptors" dashboard "$snapshot" --output=page.html --bandwidth=37.5 --gflops=120 >stdout 2>stderr || fail "to a file"
[ ! -s stdout ] || fail "--output writes to stdout"
grep -qF 'at 37.5 GB/s' page.html || fail "--bandwidth"
grep -qF 'at 120 GFLOP/s' page.html || fail "--gflops"

# Files that are no snapshot.
head -c 700 "$snapshot" >cut.json
refused "cut.json: line 6, column 37: " cut.json --output=page.html
echo 'calls: 3' >text.json
refused "text.json: line 1, column 1: " text.json --output=page.html
echo '{"name": "tuned", "cpus": []}' >profile.json
refused "profile.json: /cpus: unknown key of a metrics snapshot" profile.json --output=page.html
: >empty.json
refused "empty.json: line 1, column 1: " empty.json --output=page.html
sed 's/"simd"/"gpu"/' "$snapshot" >route.json
refused 'route.json: /calls/0/route: got "gpu"; expected one of scalar, simd, blas, eigen' route.json --output=page.html
sed 's/"overflow"/"version": 2, "overflow"/' "$snapshot" >newer.json
refused "newer.json: /version: unknown key" newer.json

# Calls that are wrong.
refused "missing argument SNAPSHOT.json"
refused "--bandwidth: got '0'; expected a number from 0.001 to 1000000" "$snapshot" --bandwidth=0 --output=page.html
refused "--gflops: got 'nan'" "$snapshot" --gflops=nan --output=page.html
refused "unknown flag '--port'" "$snapshot" --port=0
for missing in none.json none/page.json .; do
  "$raptors" dashboard "$missing" >stdout 2>stderr
  [ $? = 1 ] || fail "dashboard $missing: exit status, expected 1"
  grep -qF -- "$missing" stderr || fail "dashboard $missing: the message does not name it"
done

# What was there stays where a page cannot be drawn.
echo before >page.html
"$raptors" dashboard cut.json --output=page.html >stdout 2>stderr
grep -qx before page.html || fail "an error replaced the page"

[ $failures = 0 ] || exit 1
