# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The toolchain's files: clang with its own libraries and loader, sysroots, an emulator.

Everything comes from pinned packages. The tools run under the loader that lies beside them, so
neither the host's libc nor its compilers matter.
"""

load("//third_party:fetch.bzl", "run", "unpack_debs")

_VERSION = "19"

_WRAPPER = """#!/bin/sh
d=${{0%/*}}/..
exec "$d/rt/ld.so" --library-path "$d/rt" --argv0 "$0" "$d/elf/{elf}" "$@"
"""

# clang runs itself again with -cc1 first (by argv0, because of -no-canonical-prefixes).
_CLANG = """#!/bin/sh
d=${{0%/*}}/..
case "$1" in
-cc1*) exec "$d/rt/ld.so" --library-path "$d/rt" --argv0 "$0" "$d/elf/clang" "$@" ;;
*) exec "$d/rt/ld.so" --library-path "$d/rt" --argv0 "$0" "$d/elf/clang"{mode} -no-canonical-prefixes -resource-dir "$d/resource" "$@" ;;
esac
"""

# Bazel's parse_headers action: compiles a header for its errors alone, and wants a file.
_PARSE_HEADERS = """#!/bin/sh
"${0%/*}/clang" "$@" || exit
while [ $# -gt 1 ]; do
  [ "$1" = -o ] && : > "$2"
  shift
done
"""

# Name in bin/ -> the program that serves it.
_TOOLS = {
    "clang-format": "clang-format",
    "clang-tidy": "clang-tidy",
    "ld.lld": "lld",
    "llvm-ar": "llvm-ar",
    "llvm-cov": "llvm-cov",
    "llvm-dwp": "llvm-dwp",
    "llvm-nm": "llvm-nm",
    "llvm-objcopy": "llvm-objcopy",
    "llvm-objdump": "llvm-objdump",
    "llvm-profdata": "llvm-profdata",
    "llvm-readelf": "llvm-readobj",
    "llvm-strip": "llvm-objcopy",
    "llvm-symbolizer": "llvm-symbolizer",
}

# The closure of the tools' DT_NEEDED but libcurl.
_LIBRARIES = [
    "libLLVM.so.19.1",
    "libbsd.so.0",
    "libc.so.6",
    "libclang-cpp.so.19.1",
    "libedit.so.2",
    "libffi.so.8",
    "libgcc_s.so.1",
    "libicudata.so.72",
    "libicuuc.so.72",
    "liblzma.so.5",
    "libm.so.6",
    "libmd.so.0",
    "libstdc++.so.6",
    "libtinfo.so.6",
    "libxml2.so.2",
    "libz.so.1",
    "libz3.so.4",
    "libzstd.so.1",
]

# What `llvm-symbolizer --undefined` lists from libcurl.
_CURL = [
    "easy_cleanup",
    "easy_getinfo",
    "easy_init",
    "easy_perform",
    "easy_setopt",
    "easy_strerror",
    "global_cleanup",
    "global_init",
    "slist_append",
    "slist_free_all",
]

def host_cpu(rctx):
    """The CPU Bazel runs on, by its name in @platforms//cpu."""
    cpu = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(rctx.os.arch)
    if not cpu or "linux" not in rctx.os.name:
        fail("the pinned toolchain runs on Linux x86_64 and aarch64; this is %s %s" % (rctx.os.name, rctx.os.arch))
    return cpu

def _copy(rctx, source, target):
    run(rctx, ["sh", "-c", 'mkdir -p "${2%/*}" && cp -L "$1" "$2"', "sh", source, target])

def _llvm_impl(rctx):
    cpu = host_cpu(rctx)
    debs = {"x86_64": rctx.attr.debs_x86_64, "aarch64": rctx.attr.debs_aarch64}[cpu]
    unpack_debs(rctx, debs | rctx.attr.runtimes, "root")
    source = "root/usr/lib/llvm-%s/" % _VERSION
    for elf in depset(_TOOLS.values() + ["clang"]).to_list():
        _copy(rctx, source + "bin/" + elf, "elf/" + elf)
    directories = [d + cpu + "-linux-gnu/" for d in ["root/usr/lib/", "root/lib/"]]
    for library in _LIBRARIES:
        found = [d + library for d in directories if rctx.path(d + library).exists]
        if not found:
            fail("the pinned packages hold no " + library)
        _copy(rctx, found[0], "rt/" + library)
    loader = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}[cpu]
    _copy(rctx, directories[1] + loader, "rt/ld.so")
    run(rctx, ["cp", "-a", source + "lib/clang/%s" % _VERSION, "resource"])
    run(rctx, ["sh", "-c", "rm -f resource/lib/linux/*i386*"])
    for name, elf in _TOOLS.items():
        rctx.file("bin/" + name, _WRAPPER.format(elf = elf), executable = True)
    rctx.file("bin/clang", _CLANG.format(mode = ""), executable = True)
    rctx.file("bin/clang++", _CLANG.format(mode = " --driver-mode=g++"), executable = True)
    rctx.file("bin/parse_headers", _PARSE_HEADERS, executable = True)

    # Three tools name libcurl, for debuginfod, which nothing here uses and which would bring twenty
    # more packages: an empty library of its soname and version satisfies the loader.
    rctx.file("root/curl.c", "".join(["long curl_%s(void) { return 0; }\n" % f for f in _CURL]))
    rctx.file("root/curl.map", "CURL_OPENSSL_4 { global: curl_*; };\n")
    run(rctx, [
        "bin/clang",
        "--target=%s-linux-gnu" % cpu,
        "-shared",
        "-fPIC",
        "-nostdlib",
        "--ld-path=bin/ld.lld",
        "-Wl,-soname,libcurl.so.4",
        "-Wl,--version-script=root/curl.map",
        "root/curl.c",
        "-o",
        "rt/libcurl.so.4",
    ])
    rctx.delete("root")
    for name in _TOOLS:
        run(rctx, ["bin/" + name, "--version"])
    rctx.file("BUILD.bazel", "")
    rctx.file("WORKSPACE", "")

llvm_repository = repository_rule(
    implementation = _llvm_impl,
    attrs = {
        "debs_aarch64": attr.string_list_dict(mandatory = True),
        "debs_x86_64": attr.string_list_dict(mandatory = True),
        "runtimes": attr.string_list_dict(mandatory = True),
    },
)

_SYSROOT_BUILD = """
package(default_visibility = ["//visibility:public"])

# One directory label, not a glob: a sandboxed action links one directory, not 3,000 files.
exports_files(["sysroot"])
"""

# What no compilation or link reads.
_DROP = [
    "bin",
    "etc",
    "lib/{triple}/gconv",
    "sbin",
    "usr/bin",
    "usr/lib/gcc/{triple}/12/plugin",
    "usr/lib/{triple}/audit",
    "usr/lib/{triple}/gconv",
    "usr/sbin",
    "usr/share",
]

# Absolute links lead to the host or, as Bazel unpacks them, name this output base: make them
# relative. Links to what no package here holds go.
_MEND_LINKS = """
cd sysroot
find . -type l | while read -r link; do
  target=$(readlink "$link")
  case $target in /*) ;; *) continue ;; esac
  target=${target#"$1"}
  up=$(printf %s "${link#./}" | sed 's:[^/]*$::; s:[^/]*/:../:g')
  ln -sfn "$up${target#/}" "$link"
done
find . -xtype l -exec rm {} +
"""

def _sysroot_impl(rctx):
    unpack_debs(rctx, rctx.attr.debs, "sysroot")
    for directory in _DROP:
        rctx.delete("sysroot/" + directory.format(triple = rctx.attr.triple))
    run(rctx, ["sh", "-ec", _MEND_LINKS, "sh", str(rctx.path("sysroot"))])
    rctx.file("BUILD.bazel", _SYSROOT_BUILD)
    rctx.file("WORKSPACE", "")

sysroot_repository = repository_rule(
    implementation = _sysroot_impl,
    attrs = {
        "debs": attr.string_list_dict(mandatory = True),
        "triple": attr.string(mandatory = True),
    },
)

def _qemu_impl(rctx):
    debs = {"x86_64": rctx.attr.debs_x86_64, "aarch64": rctx.attr.debs_aarch64}[host_cpu(rctx)]
    unpack_debs(rctx, debs, "root")
    _copy(rctx, "root/usr/bin/qemu-aarch64-static", "bin/qemu-aarch64")
    rctx.delete("root")
    rctx.file("BUILD.bazel", 'exports_files(["bin/qemu-aarch64"])\n')
    rctx.file("WORKSPACE", "")

qemu_repository = repository_rule(
    implementation = _qemu_impl,
    attrs = {
        "debs_aarch64": attr.string_list_dict(mandatory = True),
        "debs_x86_64": attr.string_list_dict(mandatory = True),
    },
)

def _clang_impl(rctx):
    for directory in ["bin", "elf", "rt", "resource"]:
        rctx.symlink(rctx.path(rctx.attr.llvm).dirname.get_child(directory), directory)
    for cpu, label in [("x86_64", rctx.attr.sysroot_x86_64), ("aarch64", rctx.attr.sysroot_aarch64)]:
        base = str(rctx.path(label).dirname)
        listed = run(rctx, ["sh", "-c", 'cd "$1" && find -L usr/include usr/lib/gcc/*/*/include -type f', "sh", base + "/sysroot"])
        headers = ["../sysroot_linux_%s/sysroot/%s" % (cpu, f) for f in listed.split("\n") if f]
        listed = run(rctx, ["find", "-L", "resource/include", "resource/share", "-type", "f"])
        headers += [f for f in listed.split("\n") if f]
        body = "".join(['  textual header "%s"\n' % h for h in sorted(headers)])
        rctx.file("%s.modulemap" % cpu, 'module "crosstool" [system] {\n%s}\n' % body)
    rctx.template("BUILD.bazel", rctx.attr.build_file, {"%{host_cpu}": host_cpu(rctx)})
    rctx.file("WORKSPACE", "")

# Apart from @llvm because a toolchain's tool paths must lie under its own package, while a change of
# flags must not unpack 90 MB again.
clang_repository = repository_rule(
    implementation = _clang_impl,
    attrs = {
        "build_file": attr.label(mandatory = True),
        "llvm": attr.label(mandatory = True),
        "sysroot_aarch64": attr.label(mandatory = True),
        "sysroot_x86_64": attr.label(mandatory = True),
    },
)
