#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Tests which Bazel //:bazelw chooses and how it calls it, with programs made up for the test; and which of Debian's it
# would unpack, on indexes recorded from Debian (only the packages and fields that the choice reads) and on edited ones.
set -uo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$TEST_TMPDIR/bazelw
rm -rf "$work"
mkdir -p "$work"/{checkout/tools,home,bin,cache}
cp -rL "$source_dir" "$work/checkout/tools/bazelw"
cp -L "$source_dir/../../bazelw" "$work/checkout/bazelw"
echo 7.7.1 > "$work/checkout/.bazelversion"
tools=$work/checkout/tools/bazelw
cp "$tools"/testdata/*.packages "$work"
# shellcheck source=tools/bazelw/common.sh
source "$tools/common.sh"
# shellcheck source=tools/bazelw/debian_index.sh
source "$tools/debian_index.sh"

failures=0
# expect NAME WANT GOT: compares; WANT is a pattern.
expect() {
  # shellcheck disable=SC2053
  if [[ $3 == $2 ]]; then return; fi
  printf 'FAILED: %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
  failures=$((failures + 1))
}
# program PATH [LINE]...: makes a shell script.
program() {
  mkdir -p "${1%/*}"
  printf '%s\n' '#!/bin/bash' "${@:2}" > "$1"
  chmod +x "$1"
}
# edit FROM TO SED: makes an index of another.
edit() { sed -E "$3" "$work/$1.packages" > "$work/$2.packages"; }

# ---- The choice among suites.
edit forky_amd64 bazel8 's/^Version: 7\.7\.1.*/Version: 8.4.2+ds-1/'
edit forky_amd64 bazel9 's/^Version: 7\.7\.1.*/Version: 9.0.0+ds-1/'
edit forky_amd64 no_bazel 's/^Package: bazel-bootstrap/Package: bazel-other/'
edit forky_amd64 no_jre 's/^Package: openjdk-25-jre-headless/Package: openjdk-25-jre-zero/'
edit forky_amd64 jdk21 's/default-jdk-headless, libasm/openjdk-21-jdk-headless (>= 21~), libasm/'
edit forky_amd64 no_jdk 's/^Package: default-j(dk|re)-headless/Package: default-none/; s/default-jdk-headless, //'
edit forky_amd64 epoch 's/^Version: 7\.7\.1.*/Version: 1:7.10.0+ds-1/'
cat "$work/bazel8.packages" <(printf '\n') "$work/forky_amd64.packages" "$work/epoch.packages" > "$work/many.packages"

# fetch INDEX:SUITE, as choose_suite calls it.
fetch() {
  REPLY=$work/$1.packages
  if [[ ! -r $REPLY ]]; then
    REPLY="cannot be fetched"
    return 1
  fi
}
choice() { choose_suite fetch "$@" && return; echo "status $?"; }

expect "first suite has 7.x" "forky_amd64 7.7.1+ds-8+b1 openjdk-25-jre-headless" "$(choice forky_amd64 sid_amd64)"
expect "arm64" "forky_arm64 7.7.1+ds-8+b1 openjdk-25-jre-headless" "$(choice forky_arm64)"
expect "first lacks it" "sid_amd64 7.7.1+ds-8+b1 openjdk-25-jre-headless" "$(choice no_bazel sid_amd64)"
expect "first moved on" "sid_amd64 7.7.1+ds-8+b1 *" "$(choice bazel8 sid_amd64)"
expect "first unreachable" "sid_amd64 7.7.1+ds-8+b1 *" "$(choice missing sid_amd64)"
expect "none fits" $'bazel8: bazel-bootstrap 8.4.2+ds-1\nbazel9: bazel-bootstrap 9.0.0+ds-1\nstatus 1' \
  "$(choice bazel8 bazel9)"
expect "oldstable" $'bookworm_amd64: bazel-bootstrap 4.2.3*\nno_bazel: no bazel-bootstrap\nmissing: cannot*\nstatus 1' \
  "$(choice bookworm_amd64 no_bazel missing)"
expect "no JRE" $'no_jre: bazel-bootstrap 7.7.1+ds-8+b1 but no JRE for it\nstatus 1' "$(choice no_jre)"
expect "newest 7.x of many" "many 1:7.10.0+ds-1 *" "$(choice many)"
expect "a JDK by number" "jdk21 7.7.1+ds-8+b1 openjdk-21-jre-headless" "$(choice jdk21)"
expect "no default JDK" "no_jdk 7.7.1+ds-8+b1 openjdk-28-jre-headless" "$(choice no_jdk)"
expect "upstream version" "7.10.0" "$(upstream_version 1:7.10.0+ds-1)"
expect "upstream version, plain" "7.7.1" "$(upstream_version 7.7.1-2)"

# ---- The mirrors of a machine, by what its apt answers. tools/pins reads the same recorded answers.
cases=0
for archives in "$tools"/testdata/apt/*.archives; do
  case=${archives##*/apt_}
  # shellcheck source=tools/bazelw/debian_apt.sh
  expect "mirrors, $case" "$(< "$archives")" \
    "$(PATH=$tools/testdata/apt:$PATH CASE=${case%.archives} && export CASE && source "$tools/debian_apt.sh" && apt_find_mirrors)"
  cases=$((cases + 1))
done
((cases >= 5)) || expect "recorded answers of apt" "5 or more" "$cases"

# ---- The choice among the programs of a machine.
# bazelw ARGUMENT...: runs it as a user with an empty home would, with the settings in the array with.
with=()
bazelw() {
  (cd "$work/checkout" && timeout 60 env -i PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" \
    XDG_CACHE_HOME="$work/cache" "${with[@]}" ./bazelw "$@" 2>&1)
}
# Prints its arguments, but for --version.
# shellcheck disable=SC2016
fake_bazel() { program "$1" "if [[ \$1 == --version ]]; then echo 'bazel $2'; else printf '%s\n' '$2' \"\$@\"; fi"; }
cache=$work/cache/raptors

fake_bazel "$work/mine/bazel" 7.5.0
with=(RAPTORS_BAZEL="$work/mine/bazel")
expect "RAPTORS_BAZEL" "$work/mine/bazel"$'\n'"RAPTORS_BAZEL names it" "$(bazelw --raptors-which)"
with=(RAPTORS_BAZEL="$work/none")
expect "RAPTORS_BAZEL missing" "*error: RAPTORS_BAZEL is '$work/none': expected*" "$(bazelw version)"
with=(RAPTORS_BAZEL=)
expect "RAPTORS_BAZEL empty" "*error: RAPTORS_BAZEL is '': expected*" "$(bazelw version)"
with=(RAPTORS_BAZEL="$work/home")
expect "RAPTORS_BAZEL a directory" "*error: RAPTORS_BAZEL is*expected*" "$(bazelw version)"
fake_bazel "$work/old/bazel" 6.5.0
with=(RAPTORS_BAZEL="$work/old/bazel")
expect "RAPTORS_BAZEL too old" "*RAPTORS_BAZEL is '$work/old/bazel', a Bazel 6.5.0: expected a Bazel 7*" \
  "$(bazelw version)"
with=()

fake_bazel "$work/bin/bazel" 7.6.1
expect "bazel 7 on the PATH" "$work/bin/bazel"$'\n'"*version 7.6.1" "$(bazelw --raptors-which)"
fake_bazel "$work/bin/bazelisk" bazelisk
expect "bazelisk before bazel" "$work/bin/bazelisk"$'\n'"bazelisk*" "$(bazelw --raptors-which)"
rm "$work/bin/bazelisk"

# ---- A Bazel that is bazelw. The limit of processes is for a bazelw that fails these tests: it would not end.
itself() {
  (
    ulimit -Su 2000 2> /dev/null
    with+=(PATH="$work/loop:/usr/bin:/bin")
    bazelw "$@"
  )
}
program "$work/wrapper" "\"$work/checkout/bazelw\" \"\$@\""
mkdir "$work/loop"
for name in "$work/checkout/bazelw" "$work/wrapper"; do
  with=(RAPTORS_BAZEL="$name")
  expect "RAPTORS_BAZEL is $name" "*error: RAPTORS_BAZEL is '$name', which is or calls bazelw*" "$(itself info)"
done
with=(RAPTORS_BAZEL="$work/loop/mine")
ln -s "$work/checkout/bazelw" "$work/loop/mine"
expect "RAPTORS_BAZEL is a link to it" "*error: RAPTORS_BAZEL is '$work/loop/mine', which is or*" "$(itself info)"
with=()
ln -s "$work/checkout/bazelw" "$work/loop/bazel"
ln -s "$work/checkout/bazelw" "$work/loop/bazelisk"
expect "links on the PATH are passed over" "none yet"$'\n'"Debian's Bazel 7 would be unpacked*" \
  "$(itself --raptors-which)"
cp "$work/wrapper" "$work/loop/bazel.new"
mv "$work/loop/bazel.new" "$work/loop/bazel"
expect "a wrapper on the PATH" "*would be unpacked*[(]$work/loop/bazel is passed over: it calls bazelw)" \
  "$(itself --raptors-which)"
cp "$work/wrapper" "$work/loop/bazelisk.new"
mv "$work/loop/bazelisk.new" "$work/loop/bazelisk"
expect "a bazelisk that calls it" "*error: bazelw has been called by itself 8 times*set RAPTORS_BAZEL*" "$(itself info)"
fake_bazel "$work/bin/bazelisk" bazelisk
ln -sf "$work/checkout/bazelw" "$work/loop/bazelisk"
with=(PATH="$work/loop:$work/bin:/usr/bin:/bin")
expect "the next one on the PATH" "$work/bin/bazelisk"$'\n'"bazelisk*" "$(bazelw --raptors-which)"
rm "$work/bin/bazelisk"
with=()

# ---- How it is called.
got=$(bazelw --noautodetect_server_javabase test //x)
expect "arguments" "7.6.1"$'\n'"--noworkspace_rc"$'\n'"--nohome_rc"$'\n'"--bazelrc=$cache/bazelw-11.bazelrc"$'\n'"\
--noautodetect_server_javabase"$'\n'"test"$'\n'"//x" "$got"
rc=$(< "$cache/bazelw-11.bazelrc")
expect "output root" "*startup --output_user_root=$cache/out*" "$rc"
expect "caches" "*--repository_cache=$cache/repository --disk_cache=$cache/disk*" "$rc"
expect "bound of the disk cache" "*--experimental_disk_cache_gc_max_size=*" "$rc"
expect "the workspace's rc is read last" "*try-import %workspace%/.bazelrc" "$rc"
touch "$work/home/.bazelrc"
expect "the user's rc after that" "*bazelw-11.bazelrc"$'\n'"--bazelrc=$work/home/.bazelrc"$'\n'"info" "$(bazelw info)"
got=$(bazelw --nohome_rc --noworkspace_rc info)
expect "no rc files wanted" "*--bazelrc=$cache/bazelw-10.bazelrc"$'\n'"--nohome_rc"$'\n'"--noworkspace_rc*" "$got"
expect "no rc of the workspace" "0" "$(grep -c workspace "$cache/bazelw-10.bazelrc")"
expect "--nohome_rc of the program that is run" "*--bazelrc=$work/home/.bazelrc*" "$(bazelw run //x -- --nohome_rc)"
fake_bazel "$work/bin/bazel" 7.3.2
expect "a Bazel that cannot bound its disk cache" "*bazelw-01.bazelrc*" "$(bazelw info)"
expect "does not get the flag" "0" "$(grep -c cache_gc "$cache/bazelw-01.bazelrc")"
ln -s /tmp "$work/link"
for directory in /tmp /tmp/ /tmp/x //tmp/x /var/../tmp/x "$work/link/x"; do
  with=(XDG_CACHE_HOME="$directory")
  expect "cache in $directory" "*error: the cache directory is '$directory': expected*" "$(bazelw info)"
done
with=(XDG_CACHE_HOME="$work/checkout/c")
expect "cache in the workspace" "*error: the cache directory is*" "$(bazelw info)"
with=(XDG_CACHE_HOME= HOME=)
expect "no home" "*error: HOME is '': expected*" "$(bazelw info)"
with=()

# ---- An unpacked Bazel.
fake_bazel "$work/bin/bazel" no_version
program "$work/bin/uname" 'echo aarch64'
prefix=$cache/bazel/debian-7.7.1-forky-arm64-f$RAPTORS_UNPACK_FORMAT
fake_bazel "$prefix/usr/bin/bazel" unpacked
expect "unpacked by halves" "none yet"*"[(]$work/bin/bazel is passed over: version unknown)" "$(bazelw --raptors-which)"
echo "# prefix: /elsewhere" > "$prefix/bazelrc"
expect "unpacked elsewhere" "none yet"* "$(bazelw --raptors-which)"
echo "# prefix: $prefix" > "$prefix/bazelrc"
expect "unpacked" "*--nosystem_rc"$'\n'"--bazelrc=$prefix/bazelrc"$'\n'"--bazelrc=$cache/bazelw-11*info" \
  "$(bazelw info)"
program "$work/bin/uname" 'echo x86_64'
expect "unpacked for another CPU" "none yet"* "$(bazelw --raptors-which)"
program "$work/bin/uname" 'echo riscv64'
expect "a CPU without Debian's Bazel" "*error: no Bazel 7 was found, and Debian builds none for riscv64*bazelisk*" \
  "$(bazelw info)"
program "$work/bin/uname" 'echo x86_64'

# ---- Where unpacking cannot go on. apt is played by a script that serves the indexes above.
sed -i "s#^readonly apt_keyring=.*#readonly apt_keyring=$work/keyring#" "$tools/debian_apt.sh"
program "$work/bin/gpgv"
program "$work/bin/dpkg-deb"
# shellcheck disable=SC2016
program "$work/bin/apt-get" 'served='"$work/served" 'case " $* " in' \
  '  *" update "*)' \
  '    conf=$3 state=$(dirname "$3"); read -r _ _ _ mirror suite _ < "$state/sources.list"' \
  '    if ! cp "$served/$suite" "$state/lists/index" 2> /dev/null; then' \
  '      rm -f "$state/lists/index"; echo "W: Failed to fetch $mirror/dists/$suite"; fi ;;' \
  '  *" -c "*" indextargets "*) echo "$(dirname "$3")/lists/index" ;;' \
  '  *" indextargets "*) cat "$served/mirrors" ;;' \
  '  *) exit 100 ;;' \
  'esac'
mkdir "$work/served"
expect "no keyring" "*error: $work/keyring is missing*install debian-archive-keyring*" "$(bazelw info)"
touch "$work/keyring"
printf 'Ubuntu|http://ubuntu.test/\nDebian-Security|http://s.test/\n' > "$work/served/mirrors"
expect "no Debian mirror" "*error: apt is configured with no Debian mirror*RAPTORS_DEBIAN_MIRROR*" "$(bazelw info)"
printf 'Other|http://o.test/\nDebian|http://d.test/debian/\nDebian|http://d.test/debian/\n' > "$work/served/mirrors"
expect "offline" "*error: no suite of http://d.test/debian/ has a Bazel 7 for amd64
*forky: Failed to fetch http://d.test/debian//dists/forky
*sid: Failed to fetch*bazelisk*RAPTORS_BAZEL*" "$(bazelw info)"
with=(RAPTORS_DEBIAN_MIRROR=http://mine.test/debian)
expect "RAPTORS_DEBIAN_MIRROR" "*forky: Failed to fetch http://mine.test/debian/dists/forky*" "$(bazelw info)"
with=(RAPTORS_DEBIAN_MIRROR=mine.test)
expect "RAPTORS_DEBIAN_MIRROR bad" "*error: RAPTORS_DEBIAN_MIRROR is 'mine.test': expected*" "$(bazelw info)"
with=()
cp "$work/bazel8.packages" "$work/served/forky"
cp "$work/bazel9.packages" "$work/served/sid"
expect "none fits" "*error: no suite of*forky: bazel-bootstrap 8.4.2+ds-1*sid: bazel-bootstrap 9.0.0+ds-1*bazelisk*" \
  "$(bazelw info)"
cp "$work/forky_amd64.packages" "$work/served/forky"
expect "not installable, the next suite is tried" \
  "*forky: bazel-bootstrap 7.7.1+ds-8+b1, whose dependencies it lacks*sid: bazel-bootstrap 9.0.0*" "$(bazelw info)"
expect "nothing left behind" "" "$(find "$cache/bazel" -name 'tmp.*')"
rm "$work/bin/gpgv"
for name in bash awk cat cp cut dirname env flock mkdir mktemp readlink realpath rm sed sort tail; do
  ln -s "$(type -P "$name")" "$work/mine/$name"
done
with=(PATH="$work/mine:$work/bin")
rm "$work/mine/bazel"
expect "gpgv is missing" "*error: no Bazel 7 was found, and Debian's cannot be unpacked here: gpgv is missing*" \
  "$(bazelw info)"

if ((failures)); then
  echo "$failures failed"
  exit 1
fi
echo "all passed"
