# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""CPython from pinned packages: interpreters with NumPy that run anywhere, and headers to build against."""

load("//third_party:fetch.bzl", "run", "unpack_debs")
load("//third_party/toolchain:repositories.bzl", "host_cpu")

# The interpreter under the loader and the libraries that lie beside it. Nothing of the user's is seen.
_WRAPPER = """#!/bin/sh
d=$(cd "${{0%/*}}/.." && pwd)
export PYTHONHOME="$d/usr" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
exec "$d/rt/ld.so" --library-path "$d/rt" --argv0 "$d/bin/python3" "$d/usr/bin/python{version}" "$@"
"""

_INTERPRETER_BUILD = """
package(default_visibility = ["//visibility:public"])

exports_files(["bin/python3"])

# Directory labels, not globs: one link per directory in a sandbox.
filegroup(
    name = "files",
    srcs = ["bin", "rt", "usr"],
)
"""

# Libraries into rt/; what no test reads goes, and so do links that lead out of the tree.
_ARRANGE = """
version=$1 triple=$2
mkdir -p rt usr/bin usr/lib bin
cp -a root/usr/bin/python$version usr/bin/
cp -a root/usr/lib/python$version root/usr/lib/python3 usr/lib/
rm -rf usr/lib/python$version/config-* usr/lib/python$version/test usr/lib/python$version/sitecustomize.py
for f in root/lib/$triple/*.so* root/usr/lib/$triple/*.so.* \\
    root/usr/lib/$triple/blas/libblas.so.3 root/usr/lib/$triple/lapack/liblapack.so.3; do
  if [ -f "$f" ]; then cp -L "$f" rt/; fi
done
mv rt/ld-linux-*.so.* rt/ld.so
find usr -name __pycache__ -prune -exec rm -rf {} +
find usr -xtype l -delete
rm -rf root
"""

def _interpreter_impl(rctx):
    unpack_debs(rctx, rctx.attr.debs, "root")
    run(rctx, ["sh", "-ec", _ARRANGE, "sh", rctx.attr.version, rctx.attr.cpu + "-linux-gnu"])
    rctx.file("bin/python3", _WRAPPER.format(version = rctx.attr.version), executable = True)
    if rctx.attr.cpu == host_cpu(rctx):
        run(rctx, ["bin/python3", "-c", "import ctypes, numpy; numpy.linalg.inv(numpy.eye(3))"])
    rctx.file("BUILD.bazel", _INTERPRETER_BUILD)
    rctx.file("WORKSPACE", "")

_ATTRS = {
    "cpu": attr.string(mandatory = True),
    "debs": attr.string_list_dict(mandatory = True),
    "version": attr.string(mandatory = True),
}

cpython_repository = repository_rule(
    implementation = _interpreter_impl,
    doc = "CPython with NumPy for one CPU: bin/python3.",
    attrs = _ATTRS,
)

_HEADERS_BUILD = """
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "headers",
    hdrs = glob(["include/**/*.h"]),
    # Debian's pyconfig.h includes the one of its CPU by a path from /usr/include.
    includes = ["include", "include/python{version}"],
    visibility = ["//visibility:public"],
)
"""

def _headers_impl(rctx):
    version = rctx.attr.version
    unpack_debs(rctx, rctx.attr.debs, "root")
    run(rctx, ["mv", "root/usr/include", "include"])
    rctx.delete("root")
    rctx.file("BUILD.bazel", _HEADERS_BUILD.format(version = version))
    rctx.file("WORKSPACE", "")

cpython_headers_repository = repository_rule(
    implementation = _headers_impl,
    doc = "CPython's headers for one CPU.",
    attrs = _ATTRS,
)
