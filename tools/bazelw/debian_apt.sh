# shellcheck shell=bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Downloads packages of a Debian suite other than the machine's own: apt with a private state, so that it verifies the
# suite's signature and every hash, and neither reads nor changes what the system has installed.

readonly apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_setup STATE ARCHIVES ARCH: prepares apt to keep its state in STATE and the packages in ARCHIVES.
apt_setup() {
  local package
  apt_state=$1 apt_archives=$2
  [[ -r $apt_keyring ]] ||
    die "$apt_keyring is missing: Debian's packages cannot be verified" \
      "install debian-archive-keyring, or bazelisk, or set RAPTORS_BAZEL to a Bazel 7"
  mkdir -p "$apt_state/lists/partial" "$apt_state/empty/partial" "$apt_archives/partial"
  # Claimed to be installed, because nothing that Bazel loads comes from them: they would double the download.
  for package in build-essential ca-certificates-java debconf default-jdk-headless java-common openssl python3 unzip \
    util-linux zlib1g-dev; do
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: %s\nVersion: 99:99\nMaintainer: none\n' \
      "$package" "$3"
    printf 'Description: not needed\n\n'
  done > "$apt_state/status"
  # The machine's own settings stay in force (proxies, credentials), but for what would change the system or the choice.
  cat > "$apt_state/apt.conf" << CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke-Stats;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear APT::Architectures;
#clear APT::Default-Release;
APT::Architecture "$3";
APT::Architectures { "$3"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::GzipIndexes "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Debug::NoLocking "true";
Dir::Cache "$apt_state";
Dir::Cache::archives "$apt_archives";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "$apt_state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$apt_state";
Dir::State::lists "$apt_state/lists";
Dir::State::status "$apt_state/status";
CONF
  if [[ -n ${RAPTORS_DEBIAN_MIRROR+set} ]]; then
    [[ $RAPTORS_DEBIAN_MIRROR =~ ^(https?://|file:///)[^[:space:]\'\"]+$ ]] ||
      die "RAPTORS_DEBIAN_MIRROR is '$RAPTORS_DEBIAN_MIRROR': expected an http://, https:// or file:/// URL" \
        "of a Debian archive, that is of a directory which holds pool/ and dists/"
    apt_mirrors=("$RAPTORS_DEBIAN_MIRROR")
  else
    mapfile -t apt_mirrors < <(apt_find_mirrors)
    ((${#apt_mirrors[@]})) ||
      die "apt is configured with no Debian mirror" \
        "set RAPTORS_DEBIAN_MIRROR to one, install bazelisk, or set RAPTORS_BAZEL to a Bazel 7"
  fi
}

# Prints the Debian archives that this machine's apt is configured with, by the rule in third_party/README.md, which
# third_party/fetch.bzl and tools/pins/pins.py follow too.
apt_find_mirrors() {
  # Without the caches that it would write.
  local apt=(apt-get -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  # shellcheck disable=SC2016
  {
    "${apt[@]}" indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages'
    "${apt[@]}" --print-uris update | sed -n -E "s#^'([^']*)/dists/([^'/]*)/InRelease' .*#|\\1/|\\2#p"
  } | awk -F '|' '
    {
      url = $2
      sub(/\/*$/, "/", url)
      path = url $3
      sub(/^[^:]*:\/\/[^\/]*/, "", path)
    }
    $2 == "" || url ~ /^cdrom:/ || seen[url]++ { next }
    $1 == "Debian" { print url; known = 1; next }
    ($1 == "" || $1 ~ /LABEL/) && tolower(path) !~ /security/ { maybe[++n] = url }
    END { if (!known) for (i = 1; i <= n; i++) print maybe[i] }'
}

apt_private() { apt-get -q -c "$apt_state/apt.conf" "$@"; }

# apt_fetch_index SUITE: downloads a suite's signed index from the first mirror that has it and sets REPLY to it, or to
# what went wrong.
apt_fetch_index() {
  local mirror log=$apt_state/log
  say "looking for Bazel 7 in Debian's $1"
  for mirror in "${apt_mirrors[@]}"; do
    # From a directory apt would use the packages in place, where the archives are looked for in vain.
    printf 'deb [signed-by=%s target=Packages] %s %s main\n' "$apt_keyring" "${mirror/#file:/copy:}" "$1" \
      > "$apt_state/sources.list"
    apt_private update > "$log" 2>&1 || true
    # shellcheck disable=SC2016
    REPLY=$(apt_private indextargets --format '$(FILENAME)' 'Created-By: Packages' | head -n 1)
    if [[ -s $REPLY ]]; then return 0; fi
  done
  REPLY=$(sed -n 's/^[EW]: //p' "$log" | head -n 1)
  REPLY=${REPLY:-the mirror has no index of it}
  return 1
}

# apt_resolve PACKAGE...: whether packages of the suite whose index was fetched last can be had with all that they
# depend on. Sets apt_files to the names of their files and apt_mib to their size; writes their hashes to STATE/sums.
apt_resolve() {
  # With nothing in the archives, apt lists all of them.
  apt_private install -y --print-uris -o Dir::Cache::archives="$apt_state/empty" -o Acquire::ForceHash=sha256 "$@" \
    > "$apt_state/uris" 2> "$apt_state/log" || return 1
  sed -n -E "s/^'[^']*' ([^ ]+) [0-9]+ SHA256:([0-9a-f]{64})$/\2  \1/p" "$apt_state/uris" > "$apt_state/sums"
  mapfile -t apt_files < <(awk '{ print $2 }' "$apt_state/sums")
  apt_mib=$(awk '/^\047/ { s += $3 } END { print int(s / 1048576) + 1 }' "$apt_state/uris")
}

# apt_download PACKAGE...: downloads what apt_resolve resolved, or what is missing of it.
apt_download() {
  local log=$apt_state/log seconds=0 bad
  say "downloading ${#apt_files[@]} packages, $apt_mib MiB"
  # Not through the function: what is killed at an interruption must be apt itself, not a shell that waits for it.
  apt-get -q -c "$apt_state/apt.conf" install -y --download-only "$@" > "$log" 2>&1 &
  apt_pid=$!
  while kill -0 "$apt_pid" 2> /dev/null; do
    sleep 0.5
    if ((++seconds % 20 == 0)); then say "  $(du -sm "$apt_archives" | awk '{ print $1 }') of $apt_mib MiB"; fi
  done
  if ! wait "$apt_pid"; then
    apt_pid=""
    grep '^[EW]:' "$log" | tail -n 5 >&2
    die "the packages could not be downloaded" "run the same command again: what has arrived is kept"
  fi
  apt_pid=""
  # apt verified them when they arrived, which an earlier run may have been.
  bad=$(cd "$apt_archives" && sha256sum --check --quiet "$apt_state/sums" 2> /dev/null | sed 's/: FAILED.*//') || true
  if [[ -n $bad ]]; then
    (cd "$apt_archives" && xargs rm -f <<< "$bad")
    die "damaged packages: ${bad//$'\n'/ }" "run the same command again: they are removed"
  fi
}
