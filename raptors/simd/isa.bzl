# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The one list of instruction-set levels, and the rules that expand it.

An ISA is one entry of ISAS. From it come the C++ enum (//raptors/base:isa_list), the per-ISA kernel targets, the
dispatch table, the disassembly test and the query test. docs/howto_add_isa.md is the recipe.

No entry carries an instruction-set compiler flag: a kernel source is compiled for the platform's floor, and Highway's
function attributes raise the ISA inside its namespace only. With -march, inline functions of the standard library
would be emitted with that ISA under weak symbols, and the linker could keep those for every CPU.
"""

load("//build_defs:cc.bzl", "raptors_kernel_cc_library")

# Lowest level first. Per level:
#   cpus       the @platforms cpus that have it
#   target     Highway's target; HWY_NEON_WITHOUT_AES because HWY_NEON demands AES, which some aarch64 cores lack
#   lane_bits  width of a vector; 0: scalable
#   vector     extended regex: what packed arithmetic of this level looks like in a disassembly ("" for scalar)
#   emulated   True: no machine of ours has it; its test lane runs under the emulator
ISAS = {
    "scalar": struct(cpus = ["x86_64", "aarch64"], target = "HWY_SCALAR", lane_bits = 32, vector = ""),
    "sse4": struct(cpus = ["x86_64"], target = "HWY_SSE4", lane_bits = 128, vector = "mulp[sd].*%xmm"),
    "avx2": struct(cpus = ["x86_64"], target = "HWY_AVX2", lane_bits = 256, vector = "vmulp[sd].*%ymm"),
    "avx3": struct(cpus = ["x86_64"], target = "HWY_AVX3", lane_bits = 512, vector = "vmulp[sd].*%zmm"),
    "neon": struct(cpus = ["aarch64"], target = "HWY_NEON_WITHOUT_AES", lane_bits = 128, vector = "fmul\\s+v[0-9]+\\."),
    "sve": struct(cpus = ["aarch64"], target = "HWY_SVE", lane_bits = 0, vector = "fmul\\s+z[0-9]+\\."),
    "sve2": struct(cpus = ["aarch64"], target = "HWY_SVE2", lane_bits = 0, vector = "fmul\\s+z[0-9]+\\."),
}

# The scalar level must not be vectorised behind our back, or "off" would be SSE2 or NEON.
_SCALAR_COPTS = ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"]

_CPUS = ["x86_64", "aarch64"]

def isas_of(cpu):
    """Names of the levels that a cpu has, lowest first."""
    return [name for name, isa in ISAS.items() if cpu in isa.cpus]

def select_cpu(make):
    """select() over the platforms of make(cpu)."""
    return select({Label("//platforms:is_linux_" + cpu): make(cpu) for cpu in _CPUS})

def select_kernels(family):
    """The per-ISA targets of a family that the target platform has, as a select() for deps."""
    return select_cpu(lambda cpu: [Label("//raptors/simd:%s_%s" % (family, isa)) for isa in isas_of(cpu)])

def select_isas():
    """The names of the levels that the target platform has, as a select()."""
    return select_cpu(isas_of)

def _enumerator(name):
    return "k" + name.capitalize()

def _isa_list_impl(ctx):
    lines = [
        "// Generated from the dict in raptors/simd/isa.bzl.",
        "#ifndef " + ctx.attr.macro + "_LIST_H_",
        "#define " + ctx.attr.macro + "_LIST_H_",
        "// X(enumerator, id, name, Highway target, lane bits)",
        "#define %s(X) \\" % ctx.attr.macro,
    ]
    for name in ctx.attr.isas:
        isa = ISAS[name]
        lines.append('  X(%s, %s, "%s", %s, %d) \\' % (_enumerator(name), name, name, isa.target, isa.lane_bits))
    lines += ["", "#endif", ""]
    out = ctx.actions.declare_file(ctx.attr.out)
    ctx.actions.write(out, "\n".join(lines))
    return [DefaultInfo(files = depset([out]))]

# A header with an X-macro over some levels.
isa_list_header = rule(
    implementation = _isa_list_impl,
    attrs = {
        "out": attr.string(mandatory = True),
        "macro": attr.string(mandatory = True),
        "isas": attr.string_list(mandatory = True),
    },
)

# The level that the test-only backend of odd sizes (backends/stress.h) is compiled for.
_STRESS_LEVEL = {"x86_64": "sse4", "aarch64": "neon"}

def _defines(isa_name, backend):
    return [
        "RAPTORS_ISA=" + backend,
        "RAPTORS_ISA_ENUM=" + _enumerator(isa_name),
        "RAPTORS_HWY_TARGET=" + ISAS[isa_name].target,
    ]

def kernel_family(name, srcs, deps = [], visibility = None):
    """One kernel source per family, one target per ISA: <name>_<isa>; and <name>_stress for tests.

    Args:
      name: of the family.
      srcs: the family's source.
      deps: its dependencies.
      visibility: of the per-ISA targets.
    """
    raptors_kernel_cc_library(
        name = name + "_stress",
        testonly = True,
        srcs = srcs,
        local_defines = select_cpu(lambda cpu: _defines(_STRESS_LEVEL[cpu], "stress")),
        visibility = visibility,
        deps = deps,
    )
    for isa_name, isa in ISAS.items():
        raptors_kernel_cc_library(
            name = name + "_" + isa_name,
            srcs = srcs,
            copts = _SCALAR_COPTS if isa_name == "scalar" else [],
            local_defines = _defines(isa_name, isa_name),
            tags = ["isa=" + isa_name],
            target_compatible_with = select(
                {Label("//platforms:is_linux_" + cpu): [] for cpu in isa.cpus} |
                {"//conditions:default": ["@platforms//:incompatible"]},
            ),
            visibility = visibility,
            deps = deps,
        )
