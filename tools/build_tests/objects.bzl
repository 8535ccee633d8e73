# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Disassembles Raptors' own objects, built with -c opt for a platform."""

load("//raptors/simd:isa.bzl", "ISAS")

def _to_platform_impl(_, attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:platforms": [str(attr.platform)],
    }

_to_platform = transition(
    implementation = _to_platform_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

def _level_of(label):
    """The level of a kernel library, as kernel_family() names it, or "-"."""
    if label.package == "raptors/simd":
        for isa in sorted(ISAS, key = lambda name: -len(name)):
            if label.name.endswith("_" + isa):
                return isa
    return "-"

def _disassembly_impl(ctx):
    objects = {}
    for dep in ctx.attr.deps:
        for linked in dep[CcInfo].linking_context.linker_inputs.to_list():
            if linked.owner.workspace_name == Label("//:x").workspace_name and linked.owner.package.startswith("raptors"):
                for library in linked.libraries:
                    for o in library.objects or library.pic_objects:
                        objects[o] = linked.owner
    objdump = [f.path for f in ctx.files._clang if f.basename == "bin"][0] + "/llvm-objdump"
    lines = []
    outs = []
    for i, (o, owner) in enumerate(objects.items()):
        out = ctx.actions.declare_file("%s.%d.dis" % (ctx.label.name, i))
        ctx.actions.run_shell(
            outputs = [out],
            inputs = [o],
            tools = ctx.files._clang,
            # "all": an instruction that the decoder does not know would count as one that every CPU has.
            command = '"$1" -d -r ' + ctx.attr.options + ' "$2" > "$3"',
            arguments = [objdump, o.path, out.path],
            mnemonic = "Disassemble",
            progress_message = "Disassembling %s" % o.short_path,
        )
        outs.append(out)
        lines.append("%s\t%s\t%s\n" % (owner, _level_of(owner), out.short_path))
    manifest = ctx.actions.declare_file(ctx.label.name + ".manifest")
    ctx.actions.write(manifest, "".join(lines))
    return [DefaultInfo(files = depset([manifest]), runfiles = ctx.runfiles([manifest] + outs))]

# Text: label, level or "-", disassembly; one line an object that `deps` link from //raptors.
disassembly = rule(
    implementation = _disassembly_impl,
    attrs = {
        "deps": attr.label_list(cfg = _to_platform, providers = [CcInfo]),
        "options": attr.string(),
        "platform": attr.label(),
        "_clang": attr.label(default = "@clang//:base", cfg = "exec"),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
)

def _levels_header_impl(ctx):
    lines = [
        "// Generated from the dict in raptors/simd/isa.bzl.",
        "// X(name, cpus, Highway target, what occurs in kernels for floats, in those for integers, what does not)",
        "#define RAPTORS_LEVELS(X) \\",
    ]
    for name, isa in ISAS.items():
        lines.append('  X("%s", "%s", "%s", R"re(%s)re", R"re(%s)re", R"re(%s)re") \\' %
                     (name, " ".join(isa.cpus), isa.target, isa.expect, isa.expect_int, isa.forbid))
    out = ctx.actions.declare_file(ctx.label.name + ".h")
    ctx.actions.write(out, "\n".join(lines + ["", ""]))
    return [DefaultInfo(files = depset([out]))]

# The dict of levels, for the test.
levels_header = rule(implementation = _levels_header_impl)
