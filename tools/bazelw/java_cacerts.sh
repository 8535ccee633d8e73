# shellcheck shell=bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Writes the store of trusted certificates that Java reads. Debian generates it when its packages are configured, which
# unpacking them does not do, and without it Bazel can download nothing over https.

# bytes HEX: writes the bytes that an even number of hexadecimal digits stands for.
bytes() {
  local i
  for ((i = 0; i < ${#1}; i += 2)); do printf '%b' "\\x${1:i:2}"; done
}

# big_endian BYTES NUMBER
big_endian() { bytes "$(printf "%0$((2 * $1))x" "$2")"; }

# write_java_cacerts FILE CERTIFICATES WORK: writes a Java key store (format JKS, version 2) of the certificates that
# the system trusts; where it has no list of them, of those in the directory CERTIFICATES. WORK is made for its use.
write_java_cacerts() {
  local work=$3 der alias number=0
  mkdir -p "$work" "${1%/*}"
  if [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then
    cat /etc/ssl/certs/ca-certificates.crt
  else
    find "$2" -name '*.crt' -exec cat {} +
  fi | awk -v out="$work/" '
    /BEGIN CERTIFICATE/ { file = sprintf("%s%04d.pem", out, ++n); next }
    /END CERTIFICATE/ { close(file); file = ""; next }
    file != "" { print > file }'
  for der in "$work"/*.pem; do
    base64 -d "$der" > "${der%.pem}.der"
  done
  {
    printf '\xfe\xed\xfe\xed'
    big_endian 4 2
    big_endian 4 "$(find "$work" -name '*.der' | wc -l)"
    for der in "$work"/*.der; do
      ((++number))
      alias=ca$number
      big_endian 4 2
      big_endian 2 "${#alias}"
      printf '%s' "$alias"
      big_endian 8 0
      big_endian 2 5
      printf 'X.509'
      big_endian 4 "$(stat -c %s "$der")"
      cat "$der"
    done
  } > "$work/store"
  # The digest that Java checks where it is given the customary password.
  {
    printf 'changeit' | sed 's/./\x00&/g'
    printf 'Mighty Aphrodite'
    cat "$work/store"
  } | sha1sum > "$work/digest"
  {
    cat "$work/store"
    bytes "$(cut -c 1-40 "$work/digest")"
  } > "$1"
}
