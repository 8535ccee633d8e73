#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# scale_test.sh RAPTORS TESTDATA: `raptors scale` on files that NumPy wrote and on files that must be refused.
set -u
raptors=$PWD/$1
testdata=$PWD/$2
cd "$TEST_TMPDIR" || exit 1
mkdir -p work && cd work || exit 1

failures=0
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}
run() {
  "$raptors" scale "$@" >../stdout 2>../stderr
}
# refused TEXT ARGS...: exit status 1, a message with TEXT, and nothing written: the directory is as before.
refused() {
  text=$1
  shift
  ls -lA --time-style=full-iso >../before
  run "$@"
  status=$?
  [ $status = 1 ] || fail "scale $*: exit status $status"
  grep -qF -- "$text" ../stderr || fail "scale $* should say '$text': $(cat ../stderr)"
  ls -lA --time-style=full-iso >../after
  cmp -s ../before ../after || fail "scale $*: wrote something"
}

# Every order and shape, byte for byte what NumPy writes.
for name in c_float32 fortran_float64 fortran_3d_float32 vector_float32 zero_d_float64 empty_float32; do
  run "$testdata/$name.npy" 2.5 out.npy || fail "$name: $(cat ../stderr)"
  cmp -s out.npy "$testdata/${name}_scaled.npy" || fail "$name: other bytes than NumPy's"
  for flags in --simd=off --threads=1 --threads=3 --blas=prefer --blas=off; do
    run "$testdata/$name.npy" 2.5 out.npy $flags || fail "$name $flags: $(cat ../stderr)"
    cmp -s out.npy "$testdata/${name}_scaled.npy" || fail "$name $flags: other bytes"
  done
done
run "$testdata/vector_int32.npy" 3 out.npy || fail "vector_int32: $(cat ../stderr)"
cmp -s out.npy "$testdata/vector_int32_scaled.npy" || fail "vector_int32: other bytes than NumPy's"
for version in 2 3; do
  run "$testdata/c_float32_version_$version.npy" 2.5 out.npy || fail "version $version"
  cmp -s out.npy "$testdata/c_float32_scaled.npy" || fail "version $version: other bytes"
done
run "$testdata/fortran_float64.npy" 2.5 out.npy
grep -q "^out.npy: float64 (3, 5) in Fortran order, scaled by 2.5 (" ../stdout || fail "$(cat ../stdout)"

# A factor of 1 copies; -1 twice does too.
cp "$testdata/c_float32.npy" in.npy
{ run in.npy 1 out.npy && cmp -s in.npy out.npy; } || fail "factor 1"
{ run in.npy -1 minus.npy && run minus.npy -1.0 out.npy && cmp -s in.npy out.npy; } || fail "factor -1"

# JSON.
run in.npy -2.5 out.npy --json --simd=off
for line in '"input": "in.npy"' '"output": "out.npy"' '"dtype": "float32"' '"factor": -2.5' '"elements": 12' \
  '"fortran_order": false' '"isa": "scalar"' '"reason": "simd-off"'; do
  grep -qF "$line" ../stdout || fail "--json lacks $line: $(cat ../stdout)"
done
run in.npy inf out.npy --json
grep -qF '"factor": "inf"' ../stdout || fail "--json with inf: $(cat ../stdout)"

# The output may be the input; its mode stays. A new file gets what the umask leaves.
cp in.npy same.npy
chmod 640 same.npy
run same.npy 2.5 same.npy || fail "in place"
cmp -s same.npy "$testdata/c_float32_scaled.npy" || fail "in place: the result"
[ "$(stat -c %a same.npy)" = 640 ] || fail "in place: the mode is $(stat -c %a same.npy)"
(umask 077 && run in.npy 2 private.npy)
[ "$(stat -c %a private.npy)" = 600 ] || fail "umask: the mode is $(stat -c %a private.npy)"
ln -s same.npy link.npy
{ run in.npy 1 link.npy && [ -L link.npy ] && cmp -s in.npy same.npy; } || fail "a symbolic link"

# Several pieces: 40 MiB and a bit of 1.0, made without NumPy: a header and doubled data.
printf '\000\000\200\077' >ones
while [ "$(stat -c %s ones)" -lt 41943040 ]; do cat ones ones >twice && mv twice ones; done
elements=$(($(stat -c %s ones) / 4 + 3))
dict="{'descr': '<f4', 'fortran_order': True, 'shape': ($elements,), }"
{
  printf '\223NUMPY\001\000\166\000%-117s\n' "$dict"
  cat ones
  printf '\000\000\200\077\000\000\200\077\000\000\200\077'
} >large.npy
rm ones
run large.npy 1.0 out.npy --json || fail "large: $(cat ../stderr)"
grep -qF '"pieces": 3' ../stdout || fail "large: $(cat ../stdout)"
tail -c +129 large.npy >large.data
tail -c +129 out.npy | cmp -s - large.data || fail "large: other bytes"
rm large.npy large.data

# Refused, and nothing written.
refused "No such file" none.npy 2 new.npy
refused "not a regular file" . 2 new.npy
refused "No such file" in.npy 2 none/new.npy
refused "not a regular file" in.npy 2 .
refused "descr: got '|O' (Python objects)" "$testdata/refuse_object.npy" 2 new.npy
refused "descr: got '>f4' (big-endian)" "$testdata/refuse_big_endian.npy" 2 new.npy
refused "descr: got '<i2'; expected float32 ('<f4'), float64 ('<f8'), int32 ('<i4'), int64 ('<i8')" "$testdata/refuse_int16.npy" 2 new.npy
refused "structured dtype" "$testdata/refuse_structured.npy" 2 new.npy
: >../empty.npy
refused "not a .npy file" ../empty.npy 2 new.npy
for bytes in 1 6 8 9 10 60 127; do
  head -c $bytes in.npy >../short.npy
  refused "" ../short.npy 2 new.npy
done
head -c 175 in.npy >../short.npy
refused "truncated: got 47 bytes of data; expected 48 for float32 (3, 4)" ../short.npy 2 out.npy
head -c 128 in.npy >../short.npy
refused "truncated: got 0 bytes of data" ../short.npy 2 new.npy
{ cat in.npy && echo; } >../long.npy
refused "trailing bytes: got 49 bytes of data; expected 48" ../long.npy 2 new.npy
# hostile SHAPE TEXT
hostile() {
  printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': $1, }" >../hostile.npy
  refused "$2" ../hostile.npy 2 new.npy
}
hostile "(1000000000000,)" "truncated: got 0 bytes"
hostile "(4294967296, 4294967296)" "shape"
hostile "(-1,)" "shape: got -1"
hostile "__import__('os')" "expected '('"
printf '\223NUMPY\002\000\377\377\377\377{' >../hostile.npy
refused "header length: got 4294967295" ../hostile.npy 2 new.npy

# A wrong factor is a wrong call.
run in.npy two new.npy
{ [ $? = 2 ] && [ ! -e new.npy ] && grep -q "factor: got 'two'" ../stderr; } || fail "factor two: $(cat ../stderr)"
run in.npy 1e39 new.npy
{ [ $? = 2 ] && [ ! -e new.npy ] && grep -q "float32 can hold" ../stderr; } || fail "factor 1e39: $(cat ../stderr)"

[ -z "$(find . -name '.raptors-*')" ] || fail "temporary files are left"
[ $failures = 0 ] || exit 1
