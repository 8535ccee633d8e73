# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a wheel, the same bytes every time: make_wheel.py OUTPUT_DIRECTORY FACTS.

FACTS is a JSON file: "files" (path in the wheel -> file), "extension" (path in the wheel), "licences"
(archive -> list of files), "version_header", "readme", "python_tag", "abi_tag", "cpu", "readelf".
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile

# glibc that the pinned sysroot may ask for at most: binaries run on Debian 12, RHEL 9 and later.
NEWEST_GLIBC = 34
OLDEST_GLIBC = 17

# What every Linux has. The C++ library is linked statically.
SYSTEM_LIBRARIES = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1",
                    "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}  # fmt: skip


def platform_tag(readelf, extension, cpu):
    """The manylinux tag that an extension's symbols ask for. SystemExit if it is not fit to be published."""

    def dump(option):
        return subprocess.run([readelf, option, extension], capture_output=True, text=True, check=True).stdout

    minors = [int(minor) for minor in re.findall(r"Name: GLIBC_2\.(\d+)", dump("--version-info"))]
    newest = max(minors + [OLDEST_GLIBC])
    if newest > NEWEST_GLIBC:
        sys.exit("%s needs glibc 2.%d; expected at most 2.%d" % (extension, newest, NEWEST_GLIBC))
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dump("--dynamic-table")))
    if needed - SYSTEM_LIBRARIES:
        sys.exit("%s needs %s; expected libraries of the system only" % (extension, needed - SYSTEM_LIBRARIES))
    exported = []
    for line in dump("--dyn-symbols").splitlines():
        fields = line.split()
        if len(fields) == 8 and fields[4] in ("GLOBAL", "WEAK") and fields[6] != "UND" and fields[6] != "Ndx":
            exported.append(fields[7])
    if not exported or [name for name in exported if not name.startswith("PyInit_")]:
        sys.exit("%s exports %s; expected PyInit_* only" % (extension, exported))
    return "manylinux_2_%d_%s" % (newest, cpu)


def metadata(version, licence_files, readme):
    lines = [
        "Metadata-Version: 2.4",
        "Name: raptors",
        "Version: " + version,
        "Summary: NumPy-style array operations that pick the fastest correct path on this machine, and say why",
        "Requires-Python: >=3.11",
        "License-Expression: Apache-2.0 AND BSD-3-Clause AND MIT AND MPL-2.0",
        *("License-File: " + name for name in licence_files),
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Programming Language :: C++",
        "Classifier: Programming Language :: Python :: 3",
        "Provides-Extra: numpy",
        'Requires-Dist: numpy>=1.24; extra == "numpy"',
        "Description-Content-Type: text/markdown",
        "",
        readme,
    ]
    return "\n".join(lines)


def contents(facts):
    """Path in the wheel -> bytes, without RECORD; and the name of the wheel."""
    with open(facts["version_header"], encoding="ascii") as file:
        version = re.search(r'kVersion\[\] = "([^"]+)"', file.read()).group(1)
    extension = facts["files"][facts["extension"]]
    tags = (facts["python_tag"], facts["abi_tag"], platform_tag(facts["readelf"], extension, facts["cpu"]))
    info = "raptors-%s.dist-info/" % version
    data = {}
    for path, file in facts["files"].items():
        with open(file, "rb") as opened:
            data[path] = opened.read()
    licences = []
    for archive, files in facts["licences"].items():
        for file in files:
            name = archive + "/" + os.path.basename(file)
            licences.append(name)
            with open(file, "rb") as opened:
                data[info + "licenses/" + name] = opened.read()
    with open(facts["readme"], encoding="utf-8") as file:
        data[info + "METADATA"] = metadata(version, sorted(licences), file.read()).encode()
    wheel = "Wheel-Version: 1.0\nGenerator: raptors\nRoot-Is-Purelib: false\nTag: %s-%s-%s\n" % tags
    data[info + "WHEEL"] = wheel.encode()
    data[info + "entry_points.txt"] = b"[console_scripts]\nraptors = raptors.__main__:main\n"
    return data, info + "RECORD", "raptors-%s-%s-%s-%s.whl" % ((version,) + tags)


def record_line(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\n" % (path, digest, len(data))


def main(output, facts_file):
    with open(facts_file, encoding="utf-8") as file:
        facts = json.load(file)
    data, record, name = contents(facts)
    lines = [record_line(path, data[path]) for path in sorted(data)]
    data[record] = ("".join(lines) + record + ",,\n").encode()
    with zipfile.ZipFile(os.path.join(output, name), "w") as archive:
        # RECORD last, as the format advises.
        for path in sorted(data, key=lambda path: (path == record, path)):
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.endswith(".so") else 0o644) << 16
            archive.writestr(entry, data[path])


if __name__ == "__main__":
    main(*sys.argv[1:])
