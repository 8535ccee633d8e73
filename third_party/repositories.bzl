# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Repository rules for pinned sources: release archives, and a static OpenBLAS from a package."""

load(":archives.bzl", "ARCHIVES", "DEBIAN_SETS", "DEBS")
load(":fetch.bzl", "candidates", "debian_archives", "fetch_all", "run", "unpack_debs")

def debs_of(set_name):
    """package id -> [pool path, sha256] of one of DEBIAN_SETS."""
    s = DEBIAN_SETS[set_name]
    out = {}
    for package in s["packages"]:
        name = "%s/%s:%s" % (s["suite"], package, s["arch"])
        if name not in DEBS:
            fail("third_party/archives.bzl lists no %s: run ./tools/pins/relock" % name)
        _, pool, sha256, _ = DEBS[name]
        out[name] = [pool, sha256]
    return out

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

def pinned_archive(name, **kwargs):
    """Declares ARCHIVES[name] as @name."""
    a = ARCHIVES[name]
    pinned_archive_repository(name = name, title = "%s %s" % (name, a["version"]), origins = json.encode(a["origins"]), **kwargs)

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
    rctx.delete("root")
    rctx.file("BUILD.bazel", _OPENBLAS_BUILD)
    rctx.file("WORKSPACE", "")

_openblas = repository_rule(
    implementation = _openblas_impl,
    attrs = {
        "debs": attr.string_list_dict(mandatory = True),
        "triple": attr.string(mandatory = True),
    },
)

def openblas(name, cpu):
    """OpenBLAS's serial static library and headers for one CPU."""
    _openblas(name = name, debs = debs_of(name), triple = cpu + "-linux-gnu")
