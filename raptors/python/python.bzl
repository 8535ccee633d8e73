# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The extension module, the package around it, and tests on pinned interpreters."""

load("//build_defs:cc.bzl", "raptors_cc_binary", "raptors_cc_library")

# What the module is compiled for: the headers, what they are told, and the suffix that the interpreter looks for.
# "cp311" is for CPython 3.11 alone; "abi3" for 3.12 and later, by the stable ABI. Debian 13 has 3.13's headers only.
ABIS = {
    "cp311": struct(
        headers = "//third_party/python:headers311",
        defines = [],
        interpreter = "311",
        tags = ("cp311", "cp311"),
        suffix = ".cpython-311-%s-linux-gnu.so",
    ),
    "abi3": struct(
        headers = "//third_party/python:headers313",
        defines = ["Py_LIMITED_API=0x030C0000"],
        interpreter = "313",
        tags = ("cp312", "abi3"),
        suffix = ".abi3.so",
    ),
}

def extension(name, srcs, hdrs, deps):
    """Targets NAME_cp311.so and NAME_abi3.so of the same sources.

    Args:
      name: without suffix.
      srcs: sources.
      hdrs: headers.
      deps: beside CPython's headers.
    """
    for abi, facts in ABIS.items():
        raptors_cc_library(
            name = "%s_%s_objects" % (name, abi),
            srcs = srcs,
            hdrs = hdrs,
            # A call must not go through the table of exported symbols.
            copts = ["-fvisibility=hidden"],
            local_defines = facts.defines,
            tags = ["manual"],
            deps = deps + [facts.headers],
            alwayslink = True,
        )
        raptors_cc_binary(
            name = "%s_%s.so" % (name, abi),
            linkshared = True,
            additional_linker_inputs = ["exports.lds"],
            linkopts = ["-Wl,--version-script=$(location exports.lds)"] + select({
                ":is_opt": ["-Wl,--strip-all"],
                "//conditions:default": [],
            }),
            deps = [
                ":%s_%s_objects" % (name, abi),
                ":glibc_compat",
            ],
        )

def _package_impl(ctx):
    files = []
    for target, path in ctx.attr.files.items():
        file = ctx.actions.declare_file("%s/%s" % (ctx.label.name, path))
        ctx.actions.symlink(output = file, target_file = target[DefaultInfo].files.to_list()[0])
        files.append(file)
    return [DefaultInfo(files = depset(files), runfiles = ctx.runfiles(files))]

python_package = rule(
    implementation = _package_impl,
    doc = "A directory NAME, to be put on PYTHONPATH, with files at given paths.",
    attrs = {
        "files": attr.label_keyed_string_dict(allow_files = True, doc = "File -> path below NAME."),
    },
)

def py_test(name, main, data = [], args = [], size = "small", tags = [], **kwargs):
    """Tests NAME_cp311 and NAME_abi3: a Python program, with NumPy and the package importable.

    Args:
      name: of both.
      main: the program.
      data: beside it.
      args: of the program.
      size: as everywhere.
      tags: as everywhere.
      **kwargs: passed on.
    """
    for abi, facts in ABIS.items():
        native.sh_test(
            name = "%s_%s" % (name, abi),
            size = size,
            srcs = ["run_python.sh"],
            args = [
                "$(rlocationpath //third_party/python:cpython%s)" % facts.interpreter,
                abi,
                "$(rlocationpath %s)" % main,
            ] + args,
            data = data + [
                main,
                ":" + abi,
                "//third_party/python:cpython" + facts.interpreter,
                "//third_party/python:cpython_files" + facts.interpreter,
            ],
            tags = tags + ["noemulate", "nosanitize"],
            **kwargs
        )
