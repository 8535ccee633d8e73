# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Wheels of the package."""

def _bin(directories):
    """The bin/ of a tool that comes as directories; a file in one cannot be an input beside it."""
    return [d.path for d in directories if d.basename == "bin"][0]

def _wheel_impl(ctx):
    output = ctx.actions.declare_directory(ctx.label.name)
    package = ctx.files.package
    root = ctx.attr.package.label.package + "/" + ctx.attr.package.label.name + "/"
    suffix = ctx.attr.suffix.replace("%s", ctx.attr.cpu)
    files = {}
    extension = ""
    for file in package:
        path = file.short_path.removeprefix(root)
        if path.endswith(".so"):
            path = path[:path.index(".")] + suffix
            extension = path
        files[path] = file.path
    licences = {}
    for file in ctx.files.licences:
        licences.setdefault(file.owner.workspace_name or "raptors", []).append(file.path)
    facts = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(facts, json.encode({
        "abi_tag": ctx.attr.abi_tag,
        "cpu": ctx.attr.cpu,
        "extension": extension,
        "files": files,
        "licences": licences,
        "python_tag": ctx.attr.python_tag,
        "readelf": _bin(ctx.files._clang) + "/llvm-readelf",
        "readme": ctx.file.readme.path,
        "version_header": ctx.file._version.path,
    }))
    ctx.actions.run(
        executable = _bin(ctx.files._python_files) + "/python3",
        arguments = [ctx.file._make.path, output.path, facts.path],
        inputs = package + ctx.files.licences + ctx.files._python_files + ctx.files._clang + [
            facts,
            ctx.file._make,
            ctx.file._version,
            ctx.file.readme,
        ],
        outputs = [output],
        mnemonic = "Wheel",
        progress_message = "Making the wheel %{label}",
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

wheel = rule(
    implementation = _wheel_impl,
    doc = "A directory NAME with one wheel in it.",
    attrs = {
        "abi_tag": attr.string(mandatory = True),
        "cpu": attr.string(mandatory = True),
        "licences": attr.label(mandatory = True, doc = "The files to pass on; named by the repository they are in."),
        "package": attr.label(mandatory = True, doc = "A python_package."),
        "python_tag": attr.string(mandatory = True),
        "readme": attr.label(allow_single_file = True, mandatory = True),
        "suffix": attr.string(mandatory = True, doc = "Of the extension; %s stands for the CPU."),
        "_clang": attr.label(default = "@clang//:base", cfg = "exec"),
        "_make": attr.label(default = "//raptors/python:packaging/make_wheel.py", allow_single_file = True),
        "_python_files": attr.label(default = "//third_party/python:cpython_files311", cfg = "exec"),
        "_version": attr.label(default = "//raptors/base:version.h", allow_single_file = True),
    },
)
