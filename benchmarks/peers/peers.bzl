# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The processor levels that the peers are compiled for, one shared object each."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")

# Lowest first. Per level:
#   cpu     the @platforms cpu
#   isa     the level of raptors/simd/isa.bzl whose support on a processor implies support of this one
#   name    as people call it
#   copts   the instruction set. x86-64-v4 comes twice: compilers prefer 256-bit vectors there unless told otherwise.
#   vector  bytes of the roofline loops' vectors; 0: SVE
PEER_LEVELS = {
    "x86_64_v2": struct(cpu = "x86_64", isa = "sse4", name = "x86-64-v2", copts = ["-march=x86-64-v2"], vector = 16),
    "x86_64_v3": struct(cpu = "x86_64", isa = "avx2", name = "x86-64-v3", copts = ["-march=x86-64-v3"], vector = 32),
    "x86_64_v4": struct(cpu = "x86_64", isa = "avx3", name = "x86-64-v4", copts = ["-march=x86-64-v4"], vector = 32),
    "x86_64_v4_512": struct(
        cpu = "x86_64",
        isa = "avx3",
        name = "x86-64-v4/512",
        copts = [
            "-march=x86-64-v4",
            "-mprefer-vector-width=512",
        ],
        vector = 64,
    ),
    "armv8_a": struct(cpu = "aarch64", isa = "neon", name = "armv8-a", copts = ["-march=armv8-a"], vector = 16),
    "armv8_2_a_sve": struct(
        cpu = "aarch64",
        isa = "sve",
        name = "armv8.2-a+sve",
        copts = ["-march=armv8.2-a+sve"],
        vector = 0,
    ),
}

_CPUS = ["x86_64", "aarch64"]

# Whether this build has a BLAS, for local_defines.
HAVE_BLAS = select({
    Label("//third_party/blas:is_none"): ["RAPTORS_HAVE_BLAS=0"],
    "//conditions:default": ["RAPTORS_HAVE_BLAS=1"],
})

def _levels_of(cpu):
    return [id for id, level in PEER_LEVELS.items() if level.cpu == cpu]

def peer_file(id):
    return "peers_%s.so" % id

def select_peer_levels():
    """The levels of the target platform, as a select()."""
    return select({Label("//platforms:is_linux_" + cpu): _levels_of(cpu) for cpu in _CPUS})

def select_peer_libraries():
    """The shared objects of the target platform, as a select()."""
    return select({
        Label("//platforms:is_linux_" + cpu): [":" + peer_file(id) for id in _levels_of(cpu)]
        for cpu in _CPUS
    })

# Each expression is rounded as it is written, as Raptors does.
_EXACT = ["-ffp-contract=off"]

# What a C++ programmer must allow before a compiler vectorises a sum or a minimum.
_REORDERED = [
    "-fassociative-math",
    "-ffinite-math-only",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-signed-zeros",
    "-fno-trapping-math",
    "-freciprocal-math",
    # Eigen names infinities in functions that nothing here calls.
    "-Wno-nan-infinity-disabled",
]

def peer_libraries(srcs, reordered_srcs, exports, deps):
    """One shared object per level, exporting what the version script `exports` says.

    Args:
      srcs: sources whose results are compared bit by bit.
      reordered_srcs: sources that may reorder floating-point operations.
      exports: the version script.
      deps: of both.
    """
    for id, level in PEER_LEVELS.items():
        copts = [
            "-std=c++17",
            "-O3",
            "-fvisibility=hidden",
            "-fno-exceptions",
            "-fno-rtti",
            "-Wall",
            "-Wextra",
        ] + level.copts
        local_defines = [
            "RAPTORS_VECTOR_BYTES=%d" % level.vector,
            "EIGEN_DONT_PARALLELIZE",
            "EIGEN_NO_DEBUG",
        ]
        constraints = [
            Label("@platforms//cpu:" + level.cpu),
            Label("@platforms//os:linux"),
        ]
        cc_library(
            name = "reordered_" + id,
            srcs = reordered_srcs,
            copts = copts + _REORDERED,
            linkstatic = True,
            local_defines = local_defines,
            target_compatible_with = constraints,
            deps = deps,
        )
        cc_binary(
            name = peer_file(id),
            srcs = srcs,
            additional_linker_inputs = [exports],
            copts = copts + _EXACT,
            linkopts = ["-Wl,--version-script=$(location %s)" % exports],
            linkshared = True,
            local_defines = local_defines,
            target_compatible_with = constraints,
            visibility = ["//benchmarks:__subpackages__"],
            deps = deps + [":reordered_" + id],
        )

def _levels_header_impl(ctx):
    lines = [
        "// Generated from the dict in peers.bzl: X(name, file, ISA that implies it), lowest level first.",
        "#ifndef RAPTORS_BENCHMARKS_PEERS_LEVELS_H_",
        "#define RAPTORS_BENCHMARKS_PEERS_LEVELS_H_",
        "#define RAPTORS_PEER_LEVELS(X) \\",
    ]
    for id in ctx.attr.levels:
        level = PEER_LEVELS[id]
        lines.append('  X("%s", "%s", "%s") \\' % (level.name, peer_file(id), level.isa))
    ctx.actions.write(ctx.outputs.out, "\n".join(lines + ["", "#endif", ""]))

peer_levels_header = rule(
    implementation = _levels_header_impl,
    attrs = {
        "levels": attr.string_list(mandatory = True),
        "out": attr.output(mandatory = True),
    },
)
