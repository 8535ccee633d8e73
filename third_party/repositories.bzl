# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Repository rules for pinned sources: release archives, and a static OpenBLAS from a package.

Nothing here loads archives.bzl: Bazel fetches a repository again when its rule changes, and a new pin
is to fetch only what it pins.
"""

load("//third_party/toolchain:repositories.bzl", "host_cpu")
load(":fetch.bzl", "candidates", "debian_archives", "fetch_all", "run", "unpack_debs")

# @archive//licence: what whoever passes the archive on in binary form has to pass on with it.
_LICENCE_BUILD = """
filegroup(
    name = "licence",
    srcs = glob(["*"], exclude = ["BUILD.bazel"]),
    visibility = ["//visibility:public"],
)
"""

# Eigen also tells of parts under other licences, which are tests and optional solvers.
_KEEP_LICENCES = """
mkdir licence
for file in LICENSE* COPYING*; do
  case $file in *GPL*|*MINPACK) continue ;; esac
  if [ -f "$file" ]; then cp "$file" licence/; fi
done
"""

def _pinned_archive_impl(rctx):
    tries = candidates(debian_archives(rctx), json.decode(rctx.attr.origins))
    suffix = "tar.bz2" if tries[0][0].endswith(".bz2") else "tar.gz"
    archive = "_archive." + suffix
    served = fetch_all(rctx, {rctx.attr.title: (archive, tries)})
    rctx.extract(archive, stripPrefix = served[rctx.attr.title][2])
    rctx.delete(archive)
    if rctx.attr.build_file:
        rctx.delete("BUILD")
        rctx.file("BUILD.bazel", rctx.read(rctx.attr.build_file))
    run(rctx, ["sh", "-ec", _KEEP_LICENCES])
    rctx.file("licence/BUILD.bazel", _LICENCE_BUILD)
    rctx.delete("MODULE.bazel")
    rctx.file("WORKSPACE", 'workspace(name = "%s")\n' % rctx.name)

pinned_archive_repository = repository_rule(
    implementation = _pinned_archive_impl,
    doc = "A release archive from the first of its origins that serves it.",
    attrs = {
        "build_file": attr.label(allow_single_file = True, doc = "Replaces the archive's own."),
        "origins": attr.string(mandatory = True, doc = "The list in archives.bzl, as JSON."),
        "title": attr.string(mandatory = True, doc = "What messages call the archive."),
    },
)

_OPENBLAS_BUILD = """
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

exports_files(["libopenblas.a"])

filegroup(
    name = "header_files",
    srcs = glob(["include/*.h"]),
)

cc_library(
    name = "headers",
    hdrs = [":header_files"],
    includes = ["include"],
)
"""

def _openblas_impl(rctx):
    unpack_debs(rctx, rctx.attr.debs, "root")
    flavour = "%s/openblas-serial" % rctx.attr.triple
    run(rctx, ["cp", "-L", "root/usr/lib/%s/libopenblas.a" % flavour, "libopenblas.a"])
    run(rctx, ["cp", "-rL", "root/usr/include/" + flavour, "include"])
    run(rctx, ["mkdir", "licence"])
    run(rctx, ["cp", "-L", "root/usr/share/doc/libopenblas-serial-dev/copyright", "licence/copyright"])
    rctx.file("licence/BUILD.bazel", _LICENCE_BUILD)
    rctx.delete("root")
    rctx.file("BUILD.bazel", _OPENBLAS_BUILD)
    rctx.file("WORKSPACE", "")

openblas_repository = repository_rule(
    implementation = _openblas_impl,
    doc = "OpenBLAS's serial static library and headers for one CPU.",
    attrs = {
        "debs": attr.string_list_dict(mandatory = True),
        "triple": attr.string(mandatory = True),
    },
)

_PROMETHEUS_WRAPPER = """#!/bin/sh
d=$(cd "${0%%/*}/.." && pwd)
exec "$d/rt/ld.so" --library-path "$d/rt" "$d/%s" "$@"
"""

def _promtool_impl(rctx):
    cpu = host_cpu(rctx)
    unpack_debs(rctx, getattr(rctx.attr, "debs_" + cpu), "root")
    run(rctx, ["sh", "-ec", "mkdir rt && cp -L root/lib/%s-linux-gnu/*.so* rt && mv rt/ld-linux-*.so.* rt/ld.so" % cpu])
    for program in ["promtool", "prometheus"]:
        run(rctx, ["mv", "root/usr/bin/" + program, program])
        rctx.file("bin/" + program, _PROMETHEUS_WRAPPER % program, executable = True)
    rctx.delete("root")
    rctx.file("BUILD.bazel", """
exports_files([
    "bin/prometheus",
    "bin/promtool",
])

filegroup(
    name = "files",
    srcs = ["promtool"] + glob(["rt/*"]),
    visibility = ["//visibility:public"],
)

filegroup(
    name = "server_files",
    srcs = ["prometheus"] + glob(["rt/*"]),
    visibility = ["//visibility:public"],
)
""")
    rctx.file("WORKSPACE", "")

promtool_repository = repository_rule(
    implementation = _promtool_impl,
    doc = "Prometheus and its promtool for the machine that builds.",
    attrs = {
        "debs_aarch64": attr.string_list_dict(mandatory = True),
        "debs_x86_64": attr.string_list_dict(mandatory = True),
    },
)
