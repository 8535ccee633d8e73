#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# raptors_test.sh RAPTORS TESTDATA: the command as its user meets it: output, exit status, files.
set -u
raptors=$PWD/$1
testdata=$PWD/$2
cd "$TEST_TMPDIR" || exit 1
for variable in $(env | sed -n 's/^\(RAPTORS_[A-Z_]*\)=.*/\1/p') BUILD_WORKING_DIRECTORY; do
  unset "$variable"
done

failures=0
fail() {
  echo "FAILED: $*" >&2
  sed 's/^/  stdout: /' stdout >&2
  sed 's/^/  stderr: /' stderr >&2
  failures=$((failures + 1))
}
# expect STATUS ARGS...: runs the command; stdout and stderr are left in files of those names.
expect() {
  status=$1
  shift
  "$raptors" "$@" >stdout 2>stderr </dev/null
  got=$?
  [ "$got" = "$status" ] || fail "raptors $*: exit status $got, expected $status"
  [ "$status" = 0 ] || [ ! -s stdout ] || fail "raptors $*: an error with output"
  [ "$status" != 0 ] || [ ! -s stderr ] || fail "raptors $*: success with messages"
}
# said FILE TEXT: FILE has a line with TEXT.
said() {
  grep -qF -- "$2" "$1" || fail "$1 should say: $2"
}
# expect_error STATUS TEXT ARGS...
expect_error() {
  wanted=$2
  status=$1
  shift 2
  expect "$status" "$@"
  said stderr "raptors: $wanted"
}

# Help and version.
expect 0 --version
grep -qxE 'raptors [0-9]+\.[0-9]+\.[0-9]+' stdout || fail "--version"
expect 0 help
said stdout "Usage: raptors COMMAND"
cp stdout overview
expect 0 --help
cmp -s stdout overview || fail "--help is not help"
for command in info threading-info explain table scale tune dashboard; do
  said overview "  $command "
  expect 0 help $command
  said stdout "Usage: raptors $command"
  cp stdout help
  expect 0 $command --help
  cmp -s stdout help || fail "$command --help is not help $command"
done

# Calls that are wrong.
expect_error 2 "missing command"
expect_error 2 "unknown command 'scal' (did you mean 'scale'?)" scal
expect_error 2 "unknown flag '--versio' (did you mean '--version'?)" --versio
expect_error 2 "unexpected argument 'x'" --version x
expect_error 2 "unknown command 'x'" help x
expect_error 2 "unexpected argument 'x'" help info x
expect_error 2 "unexpected argument 'x'" info x
expect_error 2 "unknown flag '--jsn' (did you mean '--json'?)" info --jsn
expect_error 2 "missing argument OUT.npy" scale in.npy 2
said stderr "Usage: raptors scale IN.npy FACTOR OUT.npy"
expect_error 2 "OP: got 'scal'" explain scal float32 3
expect_error 2 "DTYPE: got 'int16'; expected float32, float64, int32, int64" explain scale int16 3
expect_error 2 "dtype: got int32; expected float32 or float64, which axpy takes" explain axpy int32 3
for shape in '' x 3x -3 3x-1 9223372036854775808 1.5 4294967296x4294967296; do
  expect 2 explain scale float32 -- "$shape"
done
expect_error 2 "--layout: got 'diagonal'; expected contiguous, rows" explain scale float32 3 --layout=diagonal
expect_error 2 "factor: got '1e39'" explain scale float32 3 --factor=1e39
expect_error 2 "--threads: " explain scale float32 3 --threads=0
expect_error 2 "--simd: " explain scale float32 3 --simd=avx9
expect_error 2 "--filter: got '('" table --filter='('

# What only people read is looked at for its main points.
expect 0 info
for word in processor levels scalar "usable cores" cache blas memory profile; do
  grep -qi -- "$word" stdout || fail "info does not mention $word"
done
expect 0 threading-info --threads=3
for word in "3 threads (a setting)" "usable cores" pool axpy matmul simd blas determinism "last decision"; do
  grep -q -- "$word" stdout || fail "threading-info does not mention $word"
done
expect_error 2 "layout: got transposed; expected contiguous or strided for one axis" explain scale float32 3 --layout=transposed
expect 0 explain scale float32 1000x1000
said stdout "scale"
expect 0 explain scale float64 1000x3 --layout=narrow --in-place --factor=-0.5 --threads=1 --simd=off --blas=off
said stdout "scalar"
expect 0 explain scale float32 scalar
expect 0 explain mean float32 300000x3 --axes=0
said stdout "narrow"
expect 0 explain sum int64 1000x1000 --axes=-2
said stdout "columns"
expect_error 2 "--axes: got 'x'" explain sum float32 3 --axes=x
expect_error 2 "axes: got 1; expected -1 to 0, because x has 1 axes" explain sum float32 3 --axes=1
expect 0 table
said stdout "scale"
expect 0 table --filter='float64.*scalar'
said stdout "float64"
! grep -q float32 stdout || fail "the filter let float32 through"
expect_error 1 "--filter: no row matches 'nothing'" table --filter=nothing

# A broken environment is an error of every command that computes, and names the variable.
for variable in RAPTORS_SIMD=avx9 RAPTORS_THREADS=0 RAPTORS_BLAS= RAPTORS_TYPO=1 RAPTORS_VERBOSE=all; do
  name=${variable%%=*}
  for call in info threading-info "explain scale float32 3" table; do
    # shellcheck disable=SC2086
    env "$variable" "$raptors" $call >stdout 2>stderr
    [ $? = 2 ] || fail "$variable raptors $call"
    said stderr "$name"
  done
  env "$variable" "$raptors" --version >stdout 2>stderr || fail "$variable raptors --version"
done
echo '{' >broken.json
RAPTORS_PROFILE=broken.json "$raptors" info >stdout 2>stderr
[ $? = 1 ] || fail "a broken profile"
said stderr "broken.json"
expect_error 1 "--profile: " info --profile=none.json

# Output that cannot be written.
if [ -w /dev/full ]; then
  "$raptors" info >/dev/full 2>stderr
  [ $? = 1 ] || fail "a full disk under stdout"
  said stderr "cannot write to stdout"
fi

# The command runs where BUILD_WORKING_DIRECTORY says.
mkdir -p elsewhere
cp "$testdata/c_float32.npy" elsewhere/in.npy
BUILD_WORKING_DIRECTORY=$PWD/elsewhere "$raptors" scale in.npy 2.5 out.npy >stdout 2>stderr || fail "relative paths"
cmp -s elsewhere/out.npy "$testdata/c_float32_scaled.npy" || fail "relative paths: the result"
BUILD_WORKING_DIRECTORY=$PWD/none "$raptors" info >stdout 2>stderr
[ $? = 1 ] || fail "BUILD_WORKING_DIRECTORY that does not exist"
said stderr "BUILD_WORKING_DIRECTORY"

[ $failures = 0 ] || exit 1
