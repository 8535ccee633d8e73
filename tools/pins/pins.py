#!/usr/bin/env python3
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps third_party/archives.bzl in step with Debian's indexes.

  relock    rewrites the pinned packages from the suites' indexes, prints what changed
  check     warns of pins that have left their suite's index, which downloads will miss soon
  outdated  lists what a newer suite (sid, or the argument) has newer

The indexes come through apt, which verifies their signatures, from the archives that
third_party/README.md names. apt's own state is not touched.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARCHIVES = os.path.join(ROOT, "third_party", "archives.bzl")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
ARCHITECTURES = ["amd64", "arm64"]
APT_CONF = """
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
APT::Sandbox::User "root";
Dir::Cache "{state}";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "{state}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "{state}";
Dir::State::lists "{state}/lists";
Dir::State::status "{state}/status";
"""


class Error(Exception):
    """What a person reads instead of a traceback."""


def load(path=ARCHIVES):
    """The variables of archives.bzl, which holds literals only."""
    variables = {"__builtins__": {}}
    with open(path, encoding="ascii") as file:
        exec(compile(file.read(), path, "exec"), variables)
    return variables


def run(command, env=None):
    result = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if result.returncode:
        raise Error("%s failed:\n%s%s" % (" ".join(command[:2]), result.stdout, result.stderr))
    return result.stdout


def archives_of(targets, uris):
    """The Debian archives among what apt answers, by the rule in third_party/README.md."""
    entries = [tuple(line.strip().split("|", 1)) + ("",) for line in targets.splitlines() if "|" in line]
    entries += [("", url, suite) for url, suite in re.findall(r"^'([^']*)/dists/([^'/]*)/InRelease' ", uris, re.MULTILINE)]
    known, unlabelled, seen = [], [], set()
    for label, url, suite in entries:
        url = url.rstrip("/") + "/"
        if url == "/" or url.startswith("cdrom:") or url in seen:
            continue
        seen.add(url)
        path = re.sub(r"^[^:]*://[^/]*", "", url)
        if label == "Debian":
            known.append(url)
        elif (not label or "LABEL" in label) and "security" not in (path + suite).lower():
            unlabelled.append(url)
    return known or unlabelled


def debian_archives():
    """The base URLs of Debian archives to ask, the best first; at least one."""
    if "RAPTORS_DEBIAN_MIRROR" in os.environ:
        chosen = os.environ["RAPTORS_DEBIAN_MIRROR"]
        if not re.fullmatch(r"(https?://|file:///)[^\s'\"]+", chosen):
            raise Error("RAPTORS_DEBIAN_MIRROR is '%s': expected an http://, https:// or file:/// URL" % chosen)
        return [chosen]
    try:
        targets = run(["apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages"])
        uris = run(["apt-get", "--print-uris", "update"])
    except FileNotFoundError:
        raise Error("apt-get is missing: run this on Debian, or in a Debian container") from None
    found = archives_of(targets, uris)
    if not found:
        raise Error("apt is configured with no Debian archive: set RAPTORS_DEBIAN_MIRROR")
    return found


def stanzas(text):
    """The paragraphs of an index as dicts; a continued field keeps its lines."""
    for paragraph in text.split("\n\n"):
        fields, key = {}, None
        for line in paragraph.split("\n"):
            if line[:1] in (" ", "\t"):
                if key:
                    fields[key] += "\n" + line.strip()
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields:
            yield fields


class Index:
    """What the suites hold now."""

    def __init__(self):
        self.packages = {}  # (suite, name, architecture) -> (version, path, sha256, bytes), the newest
        self.sources = {}  # suite -> {path: sha256}
        self.versions = {}  # (suite, source) -> newest version

    def add(self, suite, text, architecture):
        """Adds the text of a Packages index, or of a Sources index for architecture 'source'."""
        for fields in stanzas(text):
            name, version = fields["Package"], fields["Version"]
            if architecture == "source":
                for line in fields["Checksums-Sha256"].split("\n"):
                    if line.strip():
                        sha256, _, file = line.split()
                        self.sources.setdefault(suite, {})[fields["Directory"] + "/" + file] = sha256
                self._newest(self.versions, (suite, name), version, version)
            else:
                entry = (version, fields["Filename"], fields["SHA256"], int(fields["Size"]))
                self._newest(self.packages, (suite, name, architecture), version, entry)

    def _newest(self, table, key, version, entry):
        old = table.get(key)
        if old is not None:
            old_version = old if isinstance(old, str) else old[0]
            if subprocess.run(["dpkg", "--compare-versions", version, "le", old_version], check=False).returncode == 0:
                return
        table[key] = entry


def fetch_index(suites):
    """Reads the suites' indexes from the first archive that has them all."""
    if not os.access(KEYRING, os.R_OK):
        raise Error("%s is missing: install debian-archive-keyring" % KEYRING)
    archives = debian_archives()
    for archive in archives[:-1]:
        try:
            return fetch_index_from(archive, suites)
        except Error as error:
            print("WARNING: %s" % error, file=sys.stderr)
    return fetch_index_from(archives[-1], suites)


def fetch_index_from(archive, suites):
    """The same through an apt with a state of its own."""
    index = Index()
    with tempfile.TemporaryDirectory() as state:
        os.makedirs(state + "/lists/partial")
        open(state + "/status", "w", encoding="ascii").close()
        with open(state + "/apt.conf", "w", encoding="ascii") as file:
            file.write(APT_CONF.format(state=state))
        with open(state + "/sources.list", "w", encoding="ascii") as file:
            for suite in suites:
                signed = "signed-by=" + KEYRING
                file.write("deb [arch=%s %s] %s %s main\n" % (",".join(ARCHITECTURES), signed, archive, suite))
                file.write("deb-src [%s] %s %s main\n" % (signed, archive, suite))
        env = dict(os.environ, APT_CONFIG=state + "/apt.conf", LC_ALL="C")
        print("reading the indexes of %s ..." % ", ".join(suites), file=sys.stderr)
        run(["apt-get", "-q", "update", "--error-on=any"], env)
        form = "$(RELEASE) $(CREATED_BY) $(ARCHITECTURE) $(FILENAME)"
        for line in run(["apt-get", "indextargets", "--format", form], env).splitlines():
            suite, kind, *rest = line.split(" ")
            if kind in ("Packages", "Sources"):
                text = run(["/usr/lib/apt/apt-helper", "cat-file", rest[-1]], env)
                index.add(suite, text, rest[0] if kind == "Packages" else "source")
    return index


def wanted(variables):
    """The packages of all sets as (suite, name, architecture), each once."""
    found = set()
    for entry in variables["DEBIAN_SETS"].values():
        found |= {(entry["suite"], name, entry["arch"]) for name in entry["packages"]}
    return sorted(found)


def pin_id(suite, name, architecture):
    return "%s/%s:%s" % (suite, name, architecture)


def relocked(variables, index):
    """The new DEBS."""
    missing = [pin_id(*key) for key in wanted(variables) if key not in index.packages]
    if missing:
        raise Error("not in the index: %s\nchange DEBIAN_SETS in third_party/archives.bzl" % ", ".join(missing))
    return {pin_id(*key): index.packages[key] for key in wanted(variables)}


def with_debs(text, debs):
    """The text of archives.bzl with another DEBS."""
    head, mark, _ = text.partition("\nDEBS = {\n")
    if not mark:
        raise Error("third_party/archives.bzl has no line 'DEBS = {'")
    lines = ['    "%s": ("%s", "%s", "%s", %d),\n' % ((key,) + debs[key]) for key in sorted(debs)]
    return head + mark + "".join(lines) + "}\n"


def changes(old, new):
    """One line for each pin that differs."""
    lines = []
    for key in sorted(set(old) | set(new)):
        before, after = old.get(key), new.get(key)
        if before != after:
            names = [pin[0] if pin else "none" for pin in (before, after)]
            note = " (same version, other file)" if names[0] == names[1] else ""
            lines.append("%s: %s -> %s%s" % (key, names[0], names[1], note))
    return lines


def pool_origins(variables):
    for name, archive in sorted(variables["ARCHIVES"].items()):
        for origin in archive["origins"]:
            if "pool" in origin:
                yield name, archive, origin


def gone(variables, index):
    """One line for each pin that its suite's index no longer lists as it is pinned."""
    lines = []
    for key in wanted(variables):
        pin, now = variables["DEBS"].get(pin_id(*key)), index.packages.get(key)
        if pin != now:
            lines.append("%s %s has left the index, which has %s"
                         % (pin_id(*key), pin[0] if pin else "(no pin)", now[0] if now else "no such package"))
    for name, _, origin in pool_origins(variables):
        if index.sources.get(origin["suite"], {}).get(origin["pool"]) != origin["sha256"]:
            lines.append("%s: %s has left %s's index or differs; its other origins remain"
                         % (name, origin["pool"], origin["suite"]))
    return lines


def suites_of(variables):
    sets = {entry["suite"] for entry in variables["DEBIAN_SETS"].values()}
    return sorted(sets | {origin["suite"] for _, _, origin in pool_origins(variables)})


def outdated(variables, index, newer):
    """Rows (name, pinned, in its suite, in the newer suite) of what is not the newest."""
    rows = []
    for key in wanted(variables):
        pin = variables["DEBS"][pin_id(*key)][0]
        found = [index.packages.get((suite,) + key[1:], ("-",))[0] for suite in (key[0], newer)]
        row = ["%s/%s" % key[:2], pin] + found
        # One row where the architectures agree.
        if found != [pin, pin] and row not in rows:
            rows.append(row)
    for name, archive, origin in pool_origins(variables):
        source = origin["pool"].split("/")[-2]
        found = [index.versions.get((suite, source), "-") for suite in (origin["suite"], newer)]
        # 2024-07-02 is Debian's 20240702; 1:1.2-3 and 1.2+ds-3 are upstream's 1.2.
        plain = [re.sub(r"^\d+:|[-+~].*$", "", version) for version in found]
        if [archive["version"].replace("-", "")] * 2 != plain:
            rows.append([name, archive["version"]] + found)
    return rows


def main(arguments):
    if not arguments or arguments[0] not in ("relock", "check", "outdated"):
        raise Error(__doc__)
    command, rest = arguments[0], arguments[1:]
    if len(rest) > (command == "outdated"):
        raise Error("%s: unexpected argument '%s'" % (command, rest[-1]))
    variables = load()
    if command == "relock":
        new = relocked(variables, fetch_index(suites_of(variables)))
        with open(ARCHIVES, encoding="ascii") as file:
            text = with_debs(file.read(), new)
        with open(ARCHIVES + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.replace(ARCHIVES + ".new", ARCHIVES)
        lines = changes(variables["DEBS"], new)
        print("\n".join(lines) if lines else "every package is pinned to what its suite has")
    elif command == "check":
        lines = gone(variables, fetch_index(suites_of(variables)))
        for line in lines:
            print("WARNING: pin: " + line)
        print("%d pins have left their suite's index%s" % (len(lines), "; ./tools/pins/relock" if lines else ""))
    else:
        newer = rest[0] if rest else "sid"
        rows = outdated(variables, fetch_index(sorted(set(suites_of(variables)) | {newer})), newer)
        rows.insert(0, ["pin", "pinned", "its suite", newer])
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        without = [name for name, archive in sorted(variables["ARCHIVES"].items())
                   if not any("pool" in origin for origin in archive["origins"])]
        print("Upstream itself is not asked. Not in Debian, so to be looked up there: " + (", ".join(without) or "none"))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Error as error:
        sys.exit("pins: %s" % error)
