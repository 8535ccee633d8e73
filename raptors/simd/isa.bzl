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

# What tells one level from another in a disassembly. Extended regular expressions over "mnemonic<tab>operands".
_OPS = "(add|sub|mul|div|max|min|sqrt)"

# Arithmetic on floats.
_X86_SCALAR = _OPS + "s[sd]\\s"
_X86_PACKED = _OPS + "p[sd]\\s"
_X86_PACKED_FLOAT = "(%s|fmadd[0-9]+p[sd]\\s)" % _X86_PACKED
_ARM_SCALAR = "f(%s|n?m(add|sub)|cmp)\\s+[sd][0-9]" % _OPS
_ARM_NEON = "f(%s|ml[as]|(max|min)nm)\\s+v[0-9]+\\." % _OPS
_ARM_SVE = "f(%s|n?m(ad|la|ls|sb)|(max|min)nm)\\s+z[0-9]+\\." % _OPS

# On integers, or on floats that integers become; at the scalar level in general registers.
_X86_PACKED_ANY = "(%s|p(add|sub|mul|max|min|cmp)[a-z0-9]+\\s)" % _X86_PACKED_FLOAT
_ARM_SVE_ANY = "(%s|[us]?(add|sub|mul|mad|mla|max|min)\\s+z[0-9]+\\.)" % _ARM_SVE
_ARM_NEON_ANY = "(%s|[us]?(add|sub|mul|mla|max|min|mull|mlal|cmgt|cmhi)\\s+v[0-9]+\\.|mov\\s+v[0-9]+\\.d)" % _ARM_NEON
_SCALAR_INTEGER = "^(i?mul|add|sub|cmp|madd)[lq]?\\s"

# Lowest level first. Per level:
#   cpus       the @platforms cpus that have it
#   target     Highway's target; HWY_NEON_WITHOUT_AES because HWY_NEON demands AES, which some aarch64 cores lack
#   lane_bits  width of a vector; 0: scalable
#   expect     occurs in the disassembly of every kernel for floats: arithmetic in this level's registers
#   expect_int the same for integers
#   forbid     occurs in none: what is beyond this level; "" forbids nothing
#   backend    the trait that its kernels are compiled with, raptors/simd/backends/<backend>.h; the level's name if absent
ISAS = {
    "scalar": struct(
        cpus = ["x86_64", "aarch64"],
        target = "HWY_SCALAR",
        lane_bits = 32,
        expect = "^(%s|%s)" % (_X86_SCALAR, _ARM_SCALAR),
        expect_int = _SCALAR_INTEGER,
        forbid = "^v|^(%s|p(add|sub|mul|max|min)|%s|%s|(add|sub|mul)\\s+v[0-9])" % (_X86_PACKED, _ARM_NEON, _ARM_SVE),
    ),
    "sse4": struct(
        cpus = ["x86_64"],
        target = "HWY_SSE4",
        lane_bits = 128,
        expect = "^%s.*%%xmm" % _X86_PACKED_FLOAT,
        expect_int = "^%s.*%%xmm" % _X86_PACKED_ANY,
        forbid = "^v|%ymm",
    ),
    "avx2": struct(
        cpus = ["x86_64"],
        target = "HWY_AVX2",
        lane_bits = 256,
        expect = "^v%s.*%%ymm" % _X86_PACKED_FLOAT,
        expect_int = "^v%s.*%%ymm" % _X86_PACKED_ANY,
        forbid = "%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])",
    ),
    "avx3": struct(
        cpus = ["x86_64"],
        target = "HWY_AVX3",
        lane_bits = 512,
        expect = "^v%s.*%%zmm" % _X86_PACKED_FLOAT,
        expect_int = "^v%s.*%%zmm" % _X86_PACKED_ANY,
        forbid = "",
    ),
    "neon": struct(
        cpus = ["aarch64"],
        target = "HWY_NEON_WITHOUT_AES",
        lane_bits = 128,
        expect = "^" + _ARM_NEON,
        expect_int = "^" + _ARM_NEON_ANY,
        forbid = "[^a-z][zp][0-9]+[./]",
    ),
    "sve": struct(
        cpus = ["aarch64"],
        target = "HWY_SVE",
        lane_bits = 0,
        expect = "^" + _ARM_SVE,
        expect_int = "^" + _ARM_SVE_ANY,
        forbid = "",
    ),
    "sve2": struct(
        cpus = ["aarch64"],
        target = "HWY_SVE2",
        lane_bits = 0,
        expect = "^" + _ARM_SVE,
        expect_int = "^" + _ARM_SVE_ANY,
        forbid = "",
    ),
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

def _defines(isa_name, table, backend):
    return [
        "RAPTORS_ISA=" + table,
        "RAPTORS_BACKEND=" + backend,
        "RAPTORS_ISA_ENUM=" + _enumerator(isa_name),
        "RAPTORS_HWY_TARGET=" + ISAS[isa_name].target,
    ]

def kernel_family(name, srcs, deps = [], families = [], visibility = None, testonly = False):
    """One kernel source per family, one target per ISA: <name>_<isa>; and <name>_stress for tests.

    Args:
      name: of the family.
      srcs: the family's source.
      deps: its dependencies.
      families: those whose kernels of the same level its table names.
      visibility: of the per-ISA targets.
      testonly: whether only tests use the family.
    """
    raptors_kernel_cc_library(
        name = name + "_stress",
        testonly = True,
        srcs = srcs,
        local_defines = select_cpu(lambda cpu: _defines(_STRESS_LEVEL[cpu], "stress", "stress")),
        visibility = visibility,
        deps = deps + [":%s_stress" % family for family in families],
    )
    for isa_name, isa in ISAS.items():
        raptors_kernel_cc_library(
            name = name + "_" + isa_name,
            testonly = testonly,
            srcs = srcs,
            copts = _SCALAR_COPTS if isa_name == "scalar" else [],
            local_defines = _defines(isa_name, isa_name, getattr(isa, "backend", isa_name)),
            tags = ["isa=" + isa_name],
            target_compatible_with = select(
                {Label("//platforms:is_linux_" + cpu): [] for cpu in isa.cpus} |
                {"//conditions:default": ["@platforms//:incompatible"]},
            ),
            visibility = visibility,
            deps = deps + [":%s_%s" % (family, isa_name) for family in families],
        )
