#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Tests how an archive's origins give way to one another, in a scratch workspace against a local
# server: served well, 404, another file, cut short. Needs python3 for the server.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
mkdir "$scratch/files" "$scratch/workspace" "$scratch/source"
bazel=("$root/bazelw" --noworkspace_rc --nohome_rc --max_idle_secs=30 "--output_base=$scratch/out")

mkfifo "$scratch/alive"
python3 "$root/tools/pins/origins_server.py" "$scratch/files" < "$scratch/alive" &
exec 3> "$scratch/alive"
finish() {
  (cd "$scratch/workspace" && "${bazel[@]}" shutdown > /dev/null 2>&1) || true
  exec 3>&-
  chmod -R u+w "$scratch" && rm -rf "$scratch"
}
trap finish EXIT

# Two archives of one release, as upstream and Debian pack it.
for flavour in upstream debian; do
  mkdir "$scratch/source/$flavour-1.0"
  echo "exports_files([\"$flavour\"])" > "$scratch/source/$flavour-1.0/BUILD.bazel"
  touch "$scratch/source/$flavour-1.0/$flavour"
  tar -C "$scratch/source" -czf "$scratch/files/$flavour.tar.gz" "$flavour-1.0"
done
sum() { sha256sum "$scratch/files/$1.tar.gz" | cut -d' ' -f1; }
for _ in $(seq 100); do
  if [[ -e $scratch/files/port ]]; then break; fi
  sleep 0.1
done
address=http://127.0.0.1:$(< "$scratch/files/port")

# origin KIND HOW: one origin as archives.bzl writes it. A pool path lies below the mirror's address.
origin() {
  local flavour=upstream where="\"url\": \"$address/$2/upstream.tar.gz\""
  if [[ $1 == pool ]]; then flavour=debian where="\"pool\": \"$2/debian.tar.gz\""; fi
  echo "{$where, \"sha256\": \"$(sum "$flavour")\", \"strip_prefix\": \"$flavour-1.0\"}"
}

cat > "$scratch/workspace/WORKSPACE" << END
workspace(name = "origins_test")
local_repository(name = "raptors", path = "$root")
load("@raptors//third_party:repositories.bzl", "pinned_archive_repository")
[pinned_archive_repository(name = name, title = name + " 1.0", origins = json.encode(origins)) for name, origins in {
    "good": [$(origin url good), $(origin url never)],
    "missing": [$(origin url missing), $(origin url good)],
    "wrong": [$(origin url wrong), $(origin url good)],
    "truncated": [$(origin url truncated), $(origin url good)],
    "mirror": [$(origin url never), $(origin pool good)],
    "moved": [$(origin pool missing), $(origin url good)],
    "none": [$(origin url wrong), $(origin url truncated), $(origin url missing)],
}.items()]
END
# And what fetch.bzl makes of apt's answers, which are recorded: bazelw_test.sh and pins_test.py read the same ones.
recorded=$root/tools/bazelw/testdata/apt
cat > "$scratch/workspace/archives.bzl" << 'END'
load("@raptors//third_party:fetch.bzl", "debian_archives")

def _impl(rctx):
    rctx.file("BUILD.bazel", 'exports_files(["archives"])')
    rctx.file("archives", "".join([url + "\n" for url in debian_archives(rctx)]))

archives_repository = repository_rule(implementation = _impl, attrs = {"case": attr.string()}, environ = ["CASE", "PATH"])
END
cat >> "$scratch/workspace/WORKSPACE" << END
load("//:archives.bzl", "archives_repository")
[archives_repository(name = "apt_" + case, case = case) for case in [
$(cd "$recorded" && printf '%s\n' apt_*.archives | sed -E 's/^apt_(.*)\.archives$/    "\1",/')
]]
END
touch "$scratch/workspace/BUILD.bazel"

passed=0 failed=0
result() {
  if (($2)); then
    passed=$((passed + 1))
    echo "PASS: $1"
  else
    failed=$((failed + 1))
    echo "FAIL: $1"
    tail -n 30 "$scratch/output"
  fi
}

# fetch NAME FILE: whether @NAME was fetched and holds FILE. Keeps what Bazel said and what was asked for.
fetch() {
  : > "$scratch/files/log"
  (cd "$scratch/workspace" &&
    "${bazel[@]}" query --noenable_bzlmod --enable_workspace --repository_cache= --http_timeout_scaling=0.2 \
      --http_connector_attempts=2 --http_connector_retry_max_timeout=1s "@$1//:$2") > "$scratch/output" 2>&1
}
said() { grep -qF -- "$1" "$scratch/output"; }
asked() { [[ $(uniq "$scratch/files/log" | tr '\n' ' ') == "$1 " ]]; }

unset RAPTORS_DEBIAN_MIRROR
fetch good upstream && asked "/good/upstream.tar.gz" && ok=1 || ok=0
result "the first origin serves" "$ok"

for how in missing wrong truncated; do
  fetch $how upstream && said "/$how/upstream.tar.gz did not serve the pinned file" && ok=1 || ok=0
  [[ $(uniq "$scratch/files/log" | tail -n 1) == /good/upstream.tar.gz ]] || ok=0
  result "the next origin serves where the first is $how" "$ok"
done

for archives in "$recorded"/*.archives; do
  case=${archives##*/apt_} case=${case%.archives}
  ok=1
  PATH=$recorded:$PATH CASE=$case fetch "apt_$case" archives || ok=0
  got=$scratch/out/external/apt_$case/archives
  # As Bazel wants them: what is only apt's is left out.
  diff <(sed -n -E 's#^file:/([^/])#file:///\1#; /^(https?|file):\/\//p' "$archives") "$got" >> "$scratch/output" 2>&1 || ok=0
  result "the archives of apt, case $case" "$ok"
done

export RAPTORS_DEBIAN_MIRROR=$address
fetch mirror debian && asked "/good/debian.tar.gz" && ok=1 || ok=0
result "the chosen mirror comes first, with its own sum and prefix" "$ok"

fetch moved upstream && said "/missing/debian.tar.gz did not serve the pinned file" && said "./tools/pins/relock" && ok=1 ||
  ok=0
result "upstream serves where the mirror has moved on" "$ok"

ok=1
if fetch none upstream; then ok=0; fi
said "none 1.0: no origin has the pinned file" || ok=0
said "$address/wrong/upstream.tar.gz: sha256 is " || ok=0
said "$address/truncated/upstream.tar.gz: not served in full" || ok=0
said "$address/missing/upstream.tar.gz: not served in full" || ok=0
said "./tools/pins/relock" || ok=0
result "where none serves, each is named with its reason, and the command that re-locks" "$ok"

for value in "" "mirror/debian" "ftp://127.0.0.1/debian"; do
  export RAPTORS_DEBIAN_MIRROR=$value
  # An edit of the title makes Bazel fetch again.
  sed -i 's/title = name/title = "again " + name/' "$scratch/workspace/WORKSPACE"
  ok=1
  if fetch moved upstream; then ok=0; fi
  said "RAPTORS_DEBIAN_MIRROR is '$value': expected" || ok=0
  asked "" || [[ ! -s $scratch/files/log ]] || ok=0
  result "RAPTORS_DEBIAN_MIRROR='$value' is refused" "$ok"
done

echo "origins_test: $passed passed, $failed failed"
((failed == 0))
