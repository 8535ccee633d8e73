#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# unpack_debian_bazel.sh DIR ARCH: unpacks Debian's Bazel 7 with all that it loads (libc, libraries, jars, a JRE) into
# DIR/debian-VERSION-SUITE-ARCH-fFORMAT, and patches its programs so that they run there whatever the system's libc is.
# Needs apt-get and dpkg-deb, no privileges, and leaves the system as it is. Several may run at once: one works, the
# others wait for it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/bazelw/common.sh
source "$here/common.sh"
# shellcheck source=tools/bazelw/debian_index.sh
source "$here/debian_index.sh"
# shellcheck source=tools/bazelw/debian_apt.sh
source "$here/debian_apt.sh"
# shellcheck source=tools/bazelw/java_cacerts.sh
source "$here/java_cacerts.sh"

(($# == 2)) || die "usage: unpack_debian_bazel.sh DIR ARCH"
dir=$1 arch=$2
readonly needed_mib=1200

elsewhere="install bazelisk, or set RAPTORS_BAZEL to a Bazel 7"
for program in apt-get dpkg-deb flock gpgv; do
  type -P "$program" > /dev/null ||
    die "no Bazel 7 was found, and Debian's cannot be unpacked here: $program is missing" "$elsewhere"
done

mkdir -p "$dir" || die "cannot create $dir" "make it writable, or set XDG_CACHE_HOME to another directory"
exec 9> "$dir/lock" || die "cannot write $dir/lock"
if ! flock -n 9; then
  say "another bazelw is setting Bazel up; waiting for it"
  flock 9
fi
if find_unpacked "$dir" "$arch"; then exit 0; fi

# With the lock held, whatever is unfinished was left by a run that was killed.
for old in "$dir"/tmp.* "$dir"/debian-*; do
  if [[ -d $old && ! -e $old/bazelrc ]]; then rm -rf "$old"; fi
done
free_mib=$(df -Pk "$dir" | awk 'NR == 2 { print int($4 / 1024) }')
((free_mib >= needed_mib)) ||
  die "$dir has $free_mib MiB of free space: unpacking Bazel needs $needed_mib MiB" \
    "free some, or set XDG_CACHE_HOME to a directory on a larger disk"
tmp=$(mktemp -d "$dir/tmp.XXXXXX")
died="" apt_pid=""
clean_up() {
  local status=$?
  if ((status)) && [[ -z $died ]]; then say "error: Bazel was not set up (status $status)"; fi
  if [[ -n $apt_pid ]]; then kill "$apt_pid" 2> /dev/null || true; fi
  chmod -R u+w "$tmp"
  rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# 1. Choose and download. A suite in flux may have a Bazel whose dependencies it lacks: then the next one's turn comes.
say "no Bazel 7 on this machine: unpacking Debian's into $dir (once)"
apt_setup "$tmp/apt" "$dir/debs" "$arch"
suites=(forky sid) broken=()
while true; do
  if ! choice=$(choose_suite apt_fetch_index "${suites[@]}"); then
    mapfile -t reasons <<< "$choice"
    die "no suite of ${apt_mirrors[*]} has a Bazel 7 for $arch" "${broken[@]}" "${reasons[@]}" "$elsewhere," \
      "or set RAPTORS_DEBIAN_MIRROR to a Debian mirror or dated snapshot that has one"
  fi
  read -r suite debian_version jre <<< "$choice"
  packages=("bazel-bootstrap=$debian_version" "$jre" patchelf ca-certificates)
  if apt_resolve "${packages[@]}"; then break; fi
  broken+=("$suite: bazel-bootstrap $debian_version, whose dependencies it lacks")
  while [[ ${suites[0]} != "$suite" ]]; do suites=("${suites[@]:1}"); done
  suites=("${suites[@]:1}")
done
version=$(upstream_version "$debian_version")
say "Bazel $version from $suite"
apt_download "${packages[@]}"

# 2. Unpack. What the programs do not load is left out.
say "unpacking"
root=$tmp/root
mkdir "$root"
for deb in "${apt_files[@]}"; do
  dpkg-deb -x "$dir/debs/$deb" "$root" || die "cannot unpack $dir/debs/$deb"
done
rm -rf "$root"/usr/{include,sbin} "$root"/usr/lib/{debug,eclipse} \
  "$root"/usr/share/{bash-completion,bug,doc,gcc,gdb,info,javascript,lintian,locale,man,maven-repo,nodejs}

# 3. Make it work at its final place, which its files are going to name.
final=$dir/debian-$version-$suite-$arch-f$RAPTORS_UNPACK_FORMAT
libs=$(dirname "$(find "$root/usr/lib" -name 'ld-linux-*.so.*' -type f | head -n 1)")
jvm=$(find "$root/usr/lib/jvm" -maxdepth 1 -name "java-*-openjdk-$arch" -type d | head -n 1)
base=$root/usr/share/bazel
[[ -x $base/../../bin/bazel && -d $libs && -x $jvm/bin/java ]] ||
  die "the packages of $suite do not hold what was expected (bazel, libc, JRE)" "$elsewhere"
loader=$(basename "$(find "$libs" -maxdepth 1 -name 'ld-linux-*.so.*' -type f)")
at() { printf '%s\n' "$final${1#"$root"}"; }

rm -f "$jvm/docs"
find "$root" -type l -lname '/*' | while IFS= read -r link; do
  ln -sfn "$final$(readlink "$link")" "$link"
done
write_java_cacerts "$root/etc/ssl/certs/java/cacerts" "$root/usr/share/ca-certificates" "$tmp/cacerts"

# The programs get the unpacked loader, and look for libraries where its libc is. A library that another one loads is
# looked for there too only if this is an RPATH (not a RUNPATH).
patchelf() { "$libs/$loader" --library-path "$libs" "$root/usr/bin/patchelf" "$@"; }
mapfile -t files < <(find "$root/usr/bin/bazel" "$root/usr/libexec" "$jvm/bin" "$jvm/lib/jspawnhelper" "$base" -type f)
programs=()
for file in "${files[@]}"; do
  [[ $(head -c 4 "$file" | tr -d '\0') == $'\x7fELF' ]] || continue
  patchelf --print-interpreter "$file" > /dev/null 2>&1 || continue
  rpath=$(at "$libs")
  if [[ $file == "$jvm"/* ]]; then rpath=$(at "$jvm/lib"):$rpath; fi
  patchelf --set-interpreter "$(at "$libs/$loader")" --force-rpath --set-rpath "$rpath" "$file"
  programs+=("$(at "$file")")
done

# Java code looks for its native halves where Bazel was installed, alone. Without zstd's, Bazel crashes on an archive of
# that kind.
for file in "$libs"/*-jni.so "$libs"/jni/*.so; do
  if [[ -e $file ]]; then ln -sfn "$(at "$file")" "$base/${file##*/}"; fi
done

# The jars name each other by absolute paths in their manifests, so all of them go on the class path.
classpath=$base/bazel_classpath_debian_depends.txt
{
  sed "s#^/usr/share/java#$(at "$root/usr/share/java")#" "$classpath"
  find "$root/usr/share/java" -maxdepth 1 -name '*.jar' ! -name '*-[0-9]*' | LC_ALL=C sort |
    while IFS= read -r jar; do at "$jar"; done
} | awk '!seen[$0]++' > "$tmp/classpath"
mv "$tmp/classpath" "$classpath"

# 4. Put it in place and try it. The rc file, which makes it count as complete, comes last.
rm -rf "$final"
mv "$root" "$final"
libs=$(at "$libs")
for program in "${programs[@]}"; do
  strays=$("$libs/$loader" --list "$program" | awk -v own="$final/" '/=>/ && index($3, own) != 1 { print $1 }') ||
    die "$program cannot be loaded" "$elsewhere"
  [[ -z $strays ]] || die "$program needs libraries that were not unpacked: ${strays//$'\n'/ }" "$elsewhere"
done
dangling=$(find "$final" -xtype l | head -n 5)
if [[ -n $dangling ]]; then say "warning: links that lead nowhere: ${dangling//$'\n'/ }"; fi
jvm=$final${jvm#"$root"} base=$final/usr/share/bazel
{
  printf '# prefix: %s\n' "$final"
  printf 'startup --server_javabase=%s --install_base=%s --trust_install_base\n' "$jvm" "$base"
  for repository in rules_cc=rules/cc rules_java=rules/java rules_python=rules/python rules_proto=rules/proto \
    rules_license=rules/license bazel_skylib=tools/skylib bazel_features=tools/features platforms=tools/platforms; do
    [[ -d $base/${repository#*=} ]] || die "the packages of $suite lack ${repository#*=}" "$elsewhere"
    printf 'common --override_repository=%s=%s/%s\n' "${repository%%=*}" "$base" "${repository#*=}"
  done
} > "$tmp/bazelrc"
mkdir "$tmp/smoke"
touch "$tmp/smoke/WORKSPACE"
if ! (cd "$tmp/smoke" && "$final/usr/bin/bazel" --nosystem_rc --nohome_rc --bazelrc="$tmp/bazelrc" --batch \
  --output_user_root="$tmp/out" info --noenable_bzlmod --enable_workspace server_pid 9>&-) > "$tmp/log" 2>&1; then
  tail -n 20 "$tmp/log" >&2
  die "the unpacked Bazel does not run on this machine" "$elsewhere"
fi
mv "$tmp/bazelrc" "$final/bazelrc"
rm -rf "$dir/debs"
say "Bazel $version is ready ($(du -sm "$final" | awk '{ print $1 }') MiB)"
for old in "$dir"/debian-*; do
  if [[ $old != "$final" ]]; then say "no longer used, may be removed: $old"; fi
done
