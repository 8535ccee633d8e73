#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# tune_test.sh RAPTORS: `raptors tune` as its user meets it: flags, files, exit status. Nothing here depends on what is
# measured: one operation, no more rounds than must be.
set -u
raptors=$PWD/$1
cd "$TEST_TMPDIR" || exit 1
for variable in $(env | sed -n 's/^\(RAPTORS_[A-Z_]*\)=.*/\1/p') BUILD_WORKING_DIRECTORY OPENBLAS_CORETYPE; do
  unset "$variable"
done

failures=0
fail() {
  echo "FAILED: $*" >&2
  sed 's/^/  stdout: /' stdout >&2
  sed 's/^/  stderr: /' stderr >&2
  failures=$((failures + 1))
}
# tune STATUS ARGS...: runs the command; stdout and stderr are left in files of those names.
tune() {
  status=$1
  shift
  "$raptors" tune "$@" >stdout 2>stderr </dev/null
  got=$?
  [ "$got" = "$status" ] || fail "raptors tune $*: exit status $got, expected $status"
}
said() {
  grep -qF -- "$2" "$1" || fail "$1 should say: $2"
}
# tune_error STATUS TEXT ARGS...: an error, before anything was measured.
tune_error() {
  wanted=$2
  status=$1
  shift 2
  tune "$status" "$@"
  said stderr "raptors: $wanted"
  [ ! -s stdout ] || fail "raptors tune $*: an error with output"
  ! grep -q 'round 1' stderr || fail "raptors tune $*: measured first"
}
quick="--budget=0 --ops=nrm2"

# Calls that are wrong.
tune_error 2 "unknown flag '--outptu' (did you mean '--output'?)" --outptu=x
tune_error 2 "unexpected argument 'x'" x
tune_error 2 "--budget: got 'soon'; expected seconds" --budget=soon
for budget in '' -1 nan inf 1e9 '1 s'; do
  tune 2 "--budget=$budget"
done
tune_error 2 "--mode: got 'slow'; expected reproducible, fast or both" --mode=slow
tune_error 2 "--ops: got '('; expected a regular expression" '--ops=('
tune_error 2 "--ops: got 'nrm'; expected a match of one of scale, " --ops=nrm
tune_error 2 "--check writes no profile" --check --output=x.json
tune_error 2 "unknown flag '--threads'" --threads=1
tune_error 1 "cannot write none/x.json: " --output=none/x.json
mkdir directory
tune_error 1 "cannot write directory: not a regular file" --output=directory
for variable in RAPTORS_SIMD=off RAPTORS_THREADS=1 RAPTORS_BLAS=off RAPTORS_VERBOSE=decisions; do
  env "$variable" "$raptors" tune --budget=0 --output=limited.json >stdout 2>stderr
  [ $? = 1 ] || fail "$variable raptors tune"
  said stderr "raptors: tuning needs "
  [ ! -e limited.json ] || fail "$variable raptors tune wrote a file"
done
RAPTORS_TYPO=1 "$raptors" tune >stdout 2>stderr
[ $? = 2 ] || fail "a broken environment"

# A profile, as a table and as a file; progress as lines, because stderr is no terminal.
# shellcheck disable=SC2086
tune 0 $quick --output=tuned.json
said stdout "parallel_min (bytes)"
said stdout "nrm2"
said stdout "3 rounds"
said stderr "raptors: 100%, round 3"
said tuned.json '"name": "tuned"'
said tuned.json '"command": "raptors tune --budget=0 --ops=nrm2"'
! grep -qF "$TEST_TMPDIR" tuned.json || fail "tuned.json names the directory it was written to"
ls .raptors-* >/dev/null 2>&1 && fail "a temporary file is left"

# The library takes it.
RAPTORS_PROFILE=tuned.json "$raptors" info --json >stdout 2>stderr || fail "the profile that was written"
said stdout "tuned.json"

# With the profile itself on stdout, and on top of another profile.
# shellcheck disable=SC2086
RAPTORS_PROFILE=tuned.json "$raptors" tune $quick --mode=reproducible --json --output=again.json >stdout 2>stderr ||
  fail "tuning again"
cmp -s stdout again.json || fail "--json is not what was written"
said again.json '"name": "again"'

# An existing file keeps its contents when the measurement cannot be made.
cp tuned.json before.json
RAPTORS_THREADS=1 "$raptors" tune --output=tuned.json >stdout 2>stderr
cmp -s tuned.json before.json || fail "a failed run changed the file"

# A check reports every threshold, whatever it finds: status 0 if all hold, 1 if not.
# shellcheck disable=SC2086
RAPTORS_PROFILE=tuned.json "$raptors" tune $quick --check >stdout 2>stderr
got=$?
said stdout "finding"
said stdout "not measured"
if grep -q "DOES NOT HOLD" stdout; then
  [ $got = 1 ] || fail "a threshold does not hold, but the exit status is $got"
  said stderr "of the profile tuned do not hold on this machine"
else
  [ $got = 0 ] || fail "all thresholds hold, but the exit status is $got"
fi
# Every call in threads of their own, or streaming, or by BLAS: on a machine with a choice that cannot hold.
sed -e 's/"value": "never"/"value": 0/' -e '/"parallel_min"/,/}/s/"value": [0-9]*/"value": 0/' \
  -e '/"thread_min"/,/}/s/"value": [0-9]*/"value": 1/' tuned.json >eager.json
# shellcheck disable=SC2086
RAPTORS_PROFILE=eager.json "$raptors" tune $quick --check --json >stdout 2>stderr
got=$?
grep -q '"threshold": "parallel_min"' stdout || fail "--check --json"
if grep -q '"holds": false' stdout; then
  [ $got = 1 ] || fail "--check --json: exit status $got with a threshold that does not hold"
else
  [ $got = 0 ] || fail "--check --json: exit status $got with all thresholds holding"
fi

[ $failures = 0 ] || exit 1
