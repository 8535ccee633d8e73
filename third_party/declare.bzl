# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Declares repositories by their pins in archives.bzl."""

load("//third_party/python:repositories.bzl", "cpython_headers_repository", "cpython_repository")
load("//third_party/toolchain:repositories.bzl", "clang_repository", "llvm_repository", "qemu_repository", "sysroot_repository")
load(":archives.bzl", "ARCHIVES", "DEBIAN_SETS", "DEBS")
load(":repositories.bzl", "openblas_repository", "pinned_archive_repository", "promtool_repository")

def _debs_of(set_name):
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

def pinned_archive(name, **kwargs):
    """Declares ARCHIVES[name] as @name."""
    a = ARCHIVES[name]
    pinned_archive_repository(
        name = name,
        origins = json.encode(a["origins"]),
        title = "%s %s" % (name, a["version"]),
        **kwargs
    )

def openblas(name, cpu):
    """Declares OpenBLAS for one CPU; `name` is its set's."""
    openblas_repository(
        name = name,
        debs = _debs_of(name),
        triple = cpu + "-linux-gnu",
    )

def cpython(cpu):
    """@cpython311_linux_<cpu>, @cpython311_headers_linux_<cpu>, and the same for 3.13; an existing one stays.

    Args:
      cpu: by its name in @platforms//cpu.
    """
    for version in ["3.11", "3.13"]:
        for infix, rule in [("", cpython_repository), ("_headers", cpython_headers_repository)]:
            name = "cpython%s%s_linux_%s" % (version.replace(".", ""), infix, cpu)
            if not native.existing_rule(name):
                rule(
                    name = name,
                    cpu = cpu,
                    debs = _debs_of(name),
                    version = version,
                )

def promtool():
    """@promtool, with the server too, of the machine that builds; an existing one stays."""
    if native.existing_rule("promtool"):
        return
    promtool_repository(
        name = "promtool",
        debs_aarch64 = _debs_of("promtool_linux_aarch64"),
        debs_x86_64 = _debs_of("promtool_linux_x86_64"),
    )

def toolchain_repositories():
    """@llvm, @sysroot_linux_*, @qemu and @clang, which has the cc_toolchains."""
    llvm_repository(
        name = "llvm",
        debs_aarch64 = _debs_of("llvm_linux_aarch64"),
        debs_x86_64 = _debs_of("llvm_linux_x86_64"),
        runtimes = _debs_of("compiler_rt_linux_x86_64") | _debs_of("compiler_rt_linux_aarch64"),
    )
    for cpu in ["x86_64", "aarch64"]:
        name = "sysroot_linux_" + cpu
        sysroot_repository(
            name = name,
            debs = _debs_of(name),
            triple = cpu + "-linux-gnu",
        )
    qemu_repository(
        name = "qemu",
        debs_aarch64 = _debs_of("qemu_linux_aarch64"),
        debs_x86_64 = _debs_of("qemu_linux_x86_64"),
    )
    clang_repository(
        name = "clang",
        build_file = Label("//third_party/toolchain:clang.BUILD"),
        llvm = "@llvm//:BUILD.bazel",
        sysroot_aarch64 = "@sysroot_linux_aarch64//:BUILD.bazel",
        sysroot_x86_64 = "@sysroot_linux_x86_64//:BUILD.bazel",
    )
