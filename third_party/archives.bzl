# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Every archive this workspace downloads: version, origins, licence and why this pin.

Plain literals only: the scripts in tools/pins read this file too. An origin is either a public
`url` or the path of a file in a Debian archive (`pool`, indexed by `suite`); each has its own
sha256 and strip_prefix, because Debian repacks some releases. See README.md beside this file.
"""

ARCHIVES = {
    "abseil-cpp": {
        "version": "20240722.0",
        "licence": "Apache-2.0",
        "why": "newest release whose own BUILD files build unpatched with rules_cc 0.0.11, and in Debian 13",
        "origins": [
            {
                "pool": "pool/main/a/abseil/abseil_20240722.0.orig.tar.gz",
                "suite": "trixie",
                "sha256": "df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a",
                "strip_prefix": "abseil-20240722.0",
            },
            {
                "url": "https://github.com/abseil/abseil-cpp/releases/download/20240722.0/abseil-cpp-20240722.0.tar.gz",
                "sha256": "f50e5ac311a81382da7fa75b97310e4b9006474f9560ac46f54a9967f07d4ae3",
                "strip_prefix": "abseil-cpp-20240722.0",
            },
        ],
    },
    "bazel_skylib": {
        "version": "1.7.1",
        "licence": "Apache-2.0",
        "why": "Abseil and Highway load it; knows Bazel 7",
        "origins": [
            {
                "url": "https://github.com/bazelbuild/bazel-skylib/releases/download/1.7.1/bazel-skylib-1.7.1.tar.gz",
                "sha256": "bc283cdfcd526a52c3201279cda4bc298652efa898b10b4db0837dc51652756f",
            },
        ],
    },
    "eigen": {
        "version": "3.4.0",
        "licence": "MPL-2.0",
        "why": "the release most users have; in Debian 12 and 13",
        "origins": [
            {
                "pool": "pool/main/e/eigen3/eigen3_3.4.0.orig.tar.bz2",
                "suite": "bookworm",
                "sha256": "b4c198460eba6f28d34894e3a5710998818515104d6e74e5cc331ce31e46e626",
                "strip_prefix": "eigen-3.4.0",
            },
            {
                "url": "https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.bz2",
                "sha256": "b4c198460eba6f28d34894e3a5710998818515104d6e74e5cc331ce31e46e626",
                "strip_prefix": "eigen-3.4.0",
            },
        ],
    },
    "google_benchmark": {
        "version": "1.9.1",
        "licence": "Apache-2.0",
        "why": "builds unpatched; in Debian 13",
        "origins": [
            {
                "pool": "pool/main/b/benchmark/benchmark_1.9.1.orig.tar.gz",
                "suite": "trixie",
                "sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
                "strip_prefix": "benchmark-1.9.1",
            },
            {
                "url": "https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz",
                "sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
                "strip_prefix": "benchmark-1.9.1",
            },
        ],
    },
    "googletest": {
        "version": "1.16.0",
        "licence": "BSD-3-Clause",
        "why": "last release that supports C++14 and needs no newer Abseil; in Debian 13",
        "origins": [
            {
                "pool": "pool/main/g/googletest/googletest_1.16.0.orig.tar.gz",
                "suite": "trixie",
                "sha256": "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
                "strip_prefix": "googletest-1.16.0",
            },
            {
                "url": "https://github.com/google/googletest/releases/download/v1.16.0/googletest-1.16.0.tar.gz",
                "sha256": "78c676fc63881529bf97bf9d45948d905a66833fbfa5318ea2cd7478cb98f399",
                "strip_prefix": "googletest-1.16.0",
            },
        ],
    },
    "highway": {
        "version": "1.2.0",
        "licence": "Apache-2.0",
        "why": "1.3.0 drops SVE from its dispatch for clang below 20; in Debian 13",
        "origins": [
            {
                "pool": "pool/main/h/highway/highway_1.2.0.orig.tar.gz",
                "suite": "trixie",
                "sha256": "7e0be78b8318e8bdbf6fa545d2ecb4c90f947df03f7aadc42c1967f019e63343",
                "strip_prefix": "highway-1.2.0",
            },
            {
                "url": "https://github.com/google/highway/archive/refs/tags/1.2.0.tar.gz",
                "sha256": "7e0be78b8318e8bdbf6fa545d2ecb4c90f947df03f7aadc42c1967f019e63343",
                "strip_prefix": "highway-1.2.0",
            },
        ],
    },
    "nlohmann_json": {
        "version": "3.11.3",
        "licence": "MIT",
        "why": "in Debian 13; header only, C++11",
        "origins": [
            {
                "pool": "pool/main/n/nlohmann-json3/nlohmann-json3_3.11.3.orig.tar.gz",
                "suite": "trixie",
                "sha256": "0d8ef5af7f9794e3263480193c491549b2ba6cc74bb018906202ada498a79406",
                "strip_prefix": "json-3.11.3",
            },
            {
                "url": "https://github.com/nlohmann/json/archive/refs/tags/v3.11.3.tar.gz",
                "sha256": "0d8ef5af7f9794e3263480193c491549b2ba6cc74bb018906202ada498a79406",
                "strip_prefix": "json-3.11.3",
            },
        ],
    },
    "platforms": {
        "version": "0.0.10",
        "licence": "Apache-2.0",
        "why": "the version in Debian's Bazel",
        "origins": [
            {
                "url": "https://github.com/bazelbuild/platforms/releases/download/0.0.10/platforms-0.0.10.tar.gz",
                "sha256": "218efe8ee736d26a3572663b374a253c012b716d8af0c07e842e82f238a0a7ee",
            },
        ],
    },
    "re2": {
        "version": "2024-07-02",
        "licence": "BSD-3-Clause",
        "why": "builds unpatched against this Abseil; in Debian 13",
        "origins": [
            {
                "pool": "pool/main/r/re2/re2_20240702.orig.tar.gz",
                "suite": "trixie",
                "sha256": "eb2df807c781601c14a260a507a5bb4509be1ee626024cb45acbd57cb9d4032b",
                "strip_prefix": "re2-2024-07-02",
            },
            {
                "url": "https://github.com/google/re2/releases/download/2024-07-02/re2-2024-07-02.tar.gz",
                "sha256": "eb2df807c781601c14a260a507a5bb4509be1ee626024cb45acbd57cb9d4032b",
                "strip_prefix": "re2-2024-07-02",
            },
        ],
    },
    "rules_cc": {
        "version": "0.0.9",
        "licence": "Apache-2.0",
        "why": "Bazel 7's own pin; later ones want more repositories in WORKSPACE mode",
        "origins": [
            {
                "url": "https://github.com/bazelbuild/rules_cc/releases/download/0.0.9/rules_cc-0.0.9.tar.gz",
                "sha256": "2037875b9a4456dce4a79d112a8ae885bbc4aad968e6587dca6e64f3a0900cdf",
                "strip_prefix": "rules_cc-0.0.9",
            },
        ],
    },
    "rules_license": {
        "version": "0.0.7",
        "licence": "Apache-2.0",
        "why": "Highway loads it; the version in Debian's Bazel",
        "origins": [
            {
                "url": "https://github.com/bazelbuild/rules_license/releases/download/0.0.7/rules_license-0.0.7.tar.gz",
                "sha256": "4531deccb913639c30e5c7512a054d5d875698daeb75d8cf90f284375fe7c360",
            },
        ],
    },
}

_LLVM_TOOLS = [
    "clang-19",
    "clang-format-19",
    "clang-tidy-19",
    "libclang-common-19-dev",
    "libclang-cpp19",
    "libllvm19",
    "lld-19",
    "llvm-19",
    # What the tools link against.
    "libbsd0",
    "libc6",
    "libedit2",
    "libffi8",
    "libgcc-s1",
    "libicu72",
    "liblzma5",
    "libmd0",
    "libstdc++6",
    "libtinfo6",
    "libxml2",
    "libz3-4",
    "libzstd1",
    "zlib1g",
]

_SYSROOT = [
    "libc6",
    "libc6-dev",
    "libcrypt-dev",
    "libcrypt1",
    "libgcc-12-dev",
    "libgcc-s1",
    "libstdc++-12-dev",
    "libstdc++6",
    "linux-libc-dev",
]

# Repository -> the Debian packages unpacked into it. Names end in the CPU they run on or are for.
DEBIAN_SETS = {
    "llvm_linux_x86_64": {
        "suite": "bookworm",
        "arch": "amd64",
        "packages": _LLVM_TOOLS,
        "licence": "Apache-2.0 WITH LLVM-exception; the tools' libraries under their own",
        "why": "newest clang in bookworm main, whose files stay",
    },
    "llvm_linux_aarch64": {
        "suite": "bookworm",
        "arch": "arm64",
        "packages": _LLVM_TOOLS,
        "licence": "Apache-2.0 WITH LLVM-exception; the tools' libraries under their own",
        "why": "the same compiler on arm64 hosts",
    },
    "compiler_rt_linux_x86_64": {
        "suite": "bookworm",
        "arch": "amd64",
        "packages": ["libclang-rt-19-dev"],
        "licence": "Apache-2.0 WITH LLVM-exception",
        "why": "builtins and sanitizer runtimes of that clang",
    },
    "compiler_rt_linux_aarch64": {
        "suite": "bookworm",
        "arch": "arm64",
        "packages": ["libclang-rt-19-dev"],
        "licence": "Apache-2.0 WITH LLVM-exception",
        "why": "builtins and sanitizer runtimes of that clang",
    },
    "sysroot_linux_x86_64": {
        "suite": "bookworm",
        "arch": "amd64",
        "packages": _SYSROOT,
        "licence": "LGPL-2.1 (glibc), GPL-3.0 WITH GCC-exception-3.1 (libstdc++, libgcc), GPL-2.0 WITH Linux-syscall-note",
        "why": "glibc 2.36 and libstdc++ 12: binaries run on Debian 12 and newer",
    },
    "sysroot_linux_aarch64": {
        "suite": "bookworm",
        "arch": "arm64",
        "packages": _SYSROOT,
        "licence": "LGPL-2.1 (glibc), GPL-3.0 WITH GCC-exception-3.1 (libstdc++, libgcc), GPL-2.0 WITH Linux-syscall-note",
        "why": "glibc 2.36 and libstdc++ 12: binaries run on Debian 12 and newer",
    },
    "qemu_linux_x86_64": {
        "suite": "bookworm",
        "arch": "amd64",
        "packages": ["qemu-user-static"],
        "licence": "GPL-2.0",
        "why": "7.2 knows SVE and SVE2; static, so it needs no libraries of the host",
    },
    "qemu_linux_aarch64": {
        "suite": "bookworm",
        "arch": "arm64",
        "packages": ["qemu-user-static"],
        "licence": "GPL-2.0",
        "why": "arm64 hosts too run the tests on an emulated CPU of known features",
    },
    "openblas_linux_x86_64": {
        "suite": "trixie",
        "arch": "amd64",
        "packages": ["libopenblas-serial-dev"],
        "licence": "BSD-3-Clause",
        "why": "0.3.29, DYNAMIC_ARCH, static and serial: Raptors brings its own threads",
    },
    "openblas_linux_aarch64": {
        "suite": "trixie",
        "arch": "arm64",
        "packages": ["libopenblas-serial-dev"],
        "licence": "BSD-3-Clause",
        "why": "0.3.29, DYNAMIC_ARCH, static and serial: Raptors brings its own threads",
    },
}

# suite/package:architecture -> (version, path in the archive, sha256, bytes).
# Written by tools/pins/relock from apt's signed index; do not edit below this line.
DEBS = {
    "bookworm/clang-19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-19_19.1.7-3~deb12u1_amd64.deb", "89ab931a9bbfd567a76df3141af5d5ec67b01d800150e614f2c9bf4671da9b08", 116188),
    "bookworm/clang-19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-19_19.1.7-3~deb12u1_arm64.deb", "afc69199696252641c7bfb39d46c290d4bc9f235e251bf7afbe62143f3a6bdbf", 112672),
    "bookworm/clang-format-19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-format-19_19.1.7-3~deb12u1_amd64.deb", "294be761c32accb59d1fb8a27b4929d0f219a898b47fd52a8f5e2c841ab8d089", 92976),
    "bookworm/clang-format-19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-format-19_19.1.7-3~deb12u1_arm64.deb", "877c16c03324eea10b6549d59133122a8847e4329858b9eeccfa75d541142d00", 90840),
    "bookworm/clang-tidy-19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-tidy-19_19.1.7-3~deb12u1_amd64.deb", "3b3d1f0e7c139c6b58feaa86bd7ff0d58b6d34a16f5f6d9a3c3a93e342cf2a7f", 1876504),
    "bookworm/clang-tidy-19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/clang-tidy-19_19.1.7-3~deb12u1_arm64.deb", "dbbcd09198fcec3fb7c71dbf55989d50aa62fca08e46350d2773acf8b2e1e6e2", 1889900),
    "bookworm/libbsd0:amd64": ("0.11.7-2", "pool/main/libb/libbsd/libbsd0_0.11.7-2_amd64.deb", "bb31cc8b40f962a85b2cec970f7f79cc704a1ae4bad24257a822055404b2c60b", 117416),
    "bookworm/libbsd0:arm64": ("0.11.7-2", "pool/main/libb/libbsd/libbsd0_0.11.7-2_arm64.deb", "ef00f132ddd268ee67d756998723ee18543db27ab34930c0a9f1cff75cf55382", 115116),
    "bookworm/libc6-dev:amd64": ("2.36-9+deb12u14", "pool/main/g/glibc/libc6-dev_2.36-9+deb12u14_amd64.deb", "0218fc2befcd784c1b0c6292c0a137ce89fad054efaa579ad083bee0f2c01aae", 1903668),
    "bookworm/libc6-dev:arm64": ("2.36-9+deb12u14", "pool/main/g/glibc/libc6-dev_2.36-9+deb12u14_arm64.deb", "8bc395bf2ee9939f1a6ae395f974cffdcf541d98f99adfe89ce7e4bef36d159e", 1435692),
    "bookworm/libc6:amd64": ("2.36-9+deb12u14", "pool/main/g/glibc/libc6_2.36-9+deb12u14_amd64.deb", "ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf", 2759320),
    "bookworm/libc6:arm64": ("2.36-9+deb12u14", "pool/main/g/glibc/libc6_2.36-9+deb12u14_arm64.deb", "01f4330719fd4f65580e16ea5a0527f372fca750e8f588d26deaf09f2d3b1cf4", 2324660),
    "bookworm/libclang-common-19-dev:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-common-19-dev_19.1.7-3~deb12u1_amd64.deb", "811c2d398ad772204ec05ffde485cbbc4c210abc5dcf0068ff9ca3e647591ce7", 739736),
    "bookworm/libclang-common-19-dev:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-common-19-dev_19.1.7-3~deb12u1_arm64.deb", "ba6f837294395f6aec7f2177c8e578e1c45cf6a3733b469b659fb08824a35f6e", 739736),
    "bookworm/libclang-cpp19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-cpp19_19.1.7-3~deb12u1_amd64.deb", "5daa784e1d747db320c16604729ffa805e6bfd72d3ac0b7cb0ee5f1a7ebc8aae", 13127472),
    "bookworm/libclang-cpp19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-cpp19_19.1.7-3~deb12u1_arm64.deb", "d9398ada6c8091669fd4af736fbb9aacaf28e140c309685ab00196625969422b", 11899592),
    "bookworm/libclang-rt-19-dev:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-rt-19-dev_19.1.7-3~deb12u1_amd64.deb", "872464dcd1aa3538e417e177f74a4c549b19313acaa1fe9465d32b936e9ef8eb", 3664236),
    "bookworm/libclang-rt-19-dev:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libclang-rt-19-dev_19.1.7-3~deb12u1_arm64.deb", "c46fce8817df4806e1c7881c3569a0f337146da261ea995ae5205b5c9c85f3c0", 2037312),
    "bookworm/libcrypt-dev:amd64": ("1:4.4.33-2", "pool/main/libx/libxcrypt/libcrypt-dev_4.4.33-2_amd64.deb", "81ccd29130f75a9e3adabc80e61921abff42f76761e1f792fa2d1bb69af7f52f", 118144),
    "bookworm/libcrypt-dev:arm64": ("1:4.4.33-2", "pool/main/libx/libxcrypt/libcrypt-dev_4.4.33-2_arm64.deb", "8f40a050f6d54b47b0972f77ea29932573e0e6b4521b833c9d825f46a9db8b75", 120532),
    "bookworm/libcrypt1:amd64": ("1:4.4.33-2", "pool/main/libx/libxcrypt/libcrypt1_4.4.33-2_amd64.deb", "f5f60a5cdfd4e4eaa9438ade5078a57741a7a78d659fcb0c701204f523e8bd29", 89464),
    "bookworm/libcrypt1:arm64": ("1:4.4.33-2", "pool/main/libx/libxcrypt/libcrypt1_4.4.33-2_arm64.deb", "eea0ad76ea5eb507127fea0c291622ea4ecdbb71c4b9a8ed9c76ae33fc1a0127", 90044),
    "bookworm/libedit2:amd64": ("3.1-20221030-2", "pool/main/libe/libedit/libedit2_3.1-20221030-2_amd64.deb", "1cf14abf2716d3279db12d0657a5737cf70074a1e71d3bdf73206625e3c89ce6", 92992),
    "bookworm/libedit2:arm64": ("3.1-20221030-2", "pool/main/libe/libedit/libedit2_3.1-20221030-2_arm64.deb", "6ca1e355586ebfcfe8122b4d317fcaad4a9a10ca455c6a9bbd36f55bf4be85d3", 88140),
    "bookworm/libffi8:amd64": ("3.4.4-1", "pool/main/libf/libffi/libffi8_3.4.4-1_amd64.deb", "6d9f6c25c30efccce6d4bceaa48ea86c329a3432abb360a141f76ac223a4c34a", 22856),
    "bookworm/libffi8:arm64": ("3.4.4-1", "pool/main/libf/libffi/libffi8_3.4.4-1_arm64.deb", "80b5c36177dc0e29d531c7eddbed3cc7355cb490e49f8cfa5959572d161f27b3", 20492),
    "bookworm/libgcc-12-dev:amd64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libgcc-12-dev_12.2.0-14+deb12u1_amd64.deb", "d720259380a84f2ffc6fe516eff5cbe9c8a005138e8d6a5748747ba4b3404a82", 2437204),
    "bookworm/libgcc-12-dev:arm64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libgcc-12-dev_12.2.0-14+deb12u1_arm64.deb", "c83d28b7c3397c25f15ae17783fce78716a3d7cd415940940cc2af8dc4db8d6d", 955600),
    "bookworm/libgcc-s1:amd64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libgcc-s1_12.2.0-14+deb12u1_amd64.deb", "3016e62cb4b7cd8038822870601f5ed131befe942774d0f745622cc77d8a88f7", 49856),
    "bookworm/libgcc-s1:arm64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libgcc-s1_12.2.0-14+deb12u1_arm64.deb", "576926b283613db80168ddf76380a3bd877602778cf0d226caa7bfbfa71eacf3", 34816),
    "bookworm/libicu72:amd64": ("72.1-3+deb12u1", "pool/main/i/icu/libicu72_72.1-3+deb12u1_amd64.deb", "f7f6f99c6d7b025914df2447fc93e11d22c44c0c8bdd8b6f36691c9e7ddcef88", 9376124),
    "bookworm/libicu72:arm64": ("72.1-3+deb12u1", "pool/main/i/icu/libicu72_72.1-3+deb12u1_arm64.deb", "4f5d892fd81110435e45ed0a5f1b12899d7ff989d51db283cbc043f5631646d8", 9202292),
    "bookworm/libllvm19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libllvm19_19.1.7-3~deb12u1_amd64.deb", "6edf3a8b28495cdba883d9760e0dca1a81983fc497a5f989dc64d0d96d23b4aa", 25913856),
    "bookworm/libllvm19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/libllvm19_19.1.7-3~deb12u1_arm64.deb", "8da27fd815c3feceb5aed709b66e0daf9ef6ea98600778f7fd6b569a9ae1f109", 23183452),
    "bookworm/liblzma5:amd64": ("5.4.1-1+deb12u1", "pool/main/x/xz-utils/liblzma5_5.4.1-1+deb12u1_amd64.deb", "f96d8876b53ec89d76a992bc199679b818cf518225a768954d9451fb556a4eb7", 205732),
    "bookworm/liblzma5:arm64": ("5.4.1-1+deb12u1", "pool/main/x/xz-utils/liblzma5_5.4.1-1+deb12u1_arm64.deb", "647ce9d81e41c30071ce6ac0d3324579216a33aaa1d28971d6952315f6a95a75", 199508),
    "bookworm/libmd0:amd64": ("1.0.4-2", "pool/main/libm/libmd/libmd0_1.0.4-2_amd64.deb", "03539fd30c509e27101d13a56e52eda9062bdf1aefe337c07ab56def25a13eab", 29456),
    "bookworm/libmd0:arm64": ("1.0.4-2", "pool/main/libm/libmd/libmd0_1.0.4-2_arm64.deb", "99a8c7dd591fae9fb37d8bf8dfdffa850e207fa405b3198c5b24711a5f972381", 29400),
    "bookworm/libstdc++-12-dev:amd64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libstdc++-12-dev_12.2.0-14+deb12u1_amd64.deb", "d28def6c23630432b57cb38a4c2fd67a79d4e0484027386ca6e8d6005c3d7a73", 2047292),
    "bookworm/libstdc++-12-dev:arm64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libstdc++-12-dev_12.2.0-14+deb12u1_arm64.deb", "b74b18927037498c10c8c5dd7a0abe132b4d90188ca5d6e899a4f777c6d52a74", 2006588),
    "bookworm/libstdc++6:amd64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libstdc++6_12.2.0-14+deb12u1_amd64.deb", "5cd3171216d4ab0fc911cfe9c35509bf2dd8f47761c43b7f6a4296701551a24d", 612604),
    "bookworm/libstdc++6:arm64": ("12.2.0-14+deb12u1", "pool/main/g/gcc-12/libstdc++6_12.2.0-14+deb12u1_arm64.deb", "26e138c677a985775331373828a6c286c551ff397cb735d00e2383cb273d1cb2", 556608),
    "bookworm/libtinfo6:amd64": ("6.4-4", "pool/main/n/ncurses/libtinfo6_6.4-4_amd64.deb", "072d908f38f51090ca28ca5afa3b46b2957dc61fe35094c0b851426859a49a51", 331352),
    "bookworm/libtinfo6:arm64": ("6.4-4", "pool/main/n/ncurses/libtinfo6_6.4-4_arm64.deb", "baef0f6776f84c7eed4f1146d6e5774689567dad43216894d41da02e6608e4b3", 324548),
    "bookworm/libxml2:amd64": ("2.9.14+dfsg-1.3~deb12u6", "pool/main/libx/libxml2/libxml2_2.9.14+dfsg-1.3~deb12u6_amd64.deb", "4460e39dda10a815881374217cde08474747cfa018358cd8612c14b390eff53b", 688760),
    "bookworm/libxml2:arm64": ("2.9.14+dfsg-1.3~deb12u6", "pool/main/libx/libxml2/libxml2_2.9.14+dfsg-1.3~deb12u6_arm64.deb", "0bc00975e459387535a4bbabe98a398f0e77c9ab82474face18d01ae8ed0dae4", 620500),
    "bookworm/libz3-4:amd64": ("4.8.12-3.1", "pool/main/z/z3/libz3-4_4.8.12-3.1_amd64.deb", "6221ca25ad5abcfbe1965801029d85a88b4775320384b4b716de8fab7a4d2f7a", 7216172),
    "bookworm/libz3-4:arm64": ("4.8.12-3.1", "pool/main/z/z3/libz3-4_4.8.12-3.1_arm64.deb", "115080b0aee2d75f316da4be24c8a5e88ed7c362c7b4a4cd13f3af9b9da130f2", 6281640),
    "bookworm/libzstd1:amd64": ("1.5.4+dfsg2-5", "pool/main/libz/libzstd/libzstd1_1.5.4+dfsg2-5_amd64.deb", "6315b5ac38b724a710fb96bf1042019398cb656718b1522279a5185ed39318fa", 290036),
    "bookworm/libzstd1:arm64": ("1.5.4+dfsg2-5", "pool/main/libz/libzstd/libzstd1_1.5.4+dfsg2-5_arm64.deb", "95e173c9538f96ede4fc275ec7863f395a97dd0ea62454be9bc914efa1b9be93", 250548),
    "bookworm/linux-libc-dev:amd64": ("6.1.176-1", "pool/main/l/linux/linux-libc-dev_6.1.176-1_amd64.deb", "8bb258735b9dffbb111da778ebdd024750878e435ffd9dfcadcb6762ede6b4cf", 2303828),
    "bookworm/linux-libc-dev:arm64": ("6.1.176-1", "pool/main/l/linux/linux-libc-dev_6.1.176-1_arm64.deb", "eeca5ec13bed7206f8171fab9a48e84119dcc20cc79557f104628447a524ad10", 2280448),
    "bookworm/lld-19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/lld-19_19.1.7-3~deb12u1_amd64.deb", "416e084363a16a7060eaa6343ed641dfe864b8208c39170ee00a5679e4b486a2", 1367372),
    "bookworm/lld-19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/lld-19_19.1.7-3~deb12u1_arm64.deb", "bde4ae1e22c24843319f0b8b3d8f557089bdd8f6170986d309d333442f09bbf0", 1229628),
    "bookworm/llvm-19:amd64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/llvm-19_19.1.7-3~deb12u1_amd64.deb", "f91492c5b361ff12f540b9f6145cf638b5e0fb3f145fceabd6c4b9540eab4bf9", 16349672),
    "bookworm/llvm-19:arm64": ("1:19.1.7-3~deb12u1", "pool/main/l/llvm-toolchain-19/llvm-19_19.1.7-3~deb12u1_arm64.deb", "46c6084115920b3e3a901cd112ce653befe5c72f95ff4f2d0a4c95aff3d9fda6", 14616044),
    "bookworm/qemu-user-static:amd64": ("1:7.2+dfsg-7+deb12u18+b3", "pool/main/q/qemu/qemu-user-static_7.2+dfsg-7+deb12u18+b3_amd64.deb", "c3e3ba2bd87f8c5b9a5da5ef21b5a3b82d7c63b89dd448d9ddaa4eabc5b6e402", 62603724),
    "bookworm/qemu-user-static:arm64": ("1:7.2+dfsg-7+deb12u18+b3", "pool/main/q/qemu/qemu-user-static_7.2+dfsg-7+deb12u18+b3_arm64.deb", "e420c417c12b42ca774795b62888d5388da0e08c1ef263dea1490e5ce4e32a0b", 56490396),
    "bookworm/zlib1g:amd64": ("1:1.2.13.dfsg-1", "pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_amd64.deb", "d7dd1d1411fedf27f5e27650a6eff20ef294077b568f4c8c5e51466dc7c08ce4", 86684),
    "bookworm/zlib1g:arm64": ("1:1.2.13.dfsg-1", "pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_arm64.deb", "52b8b8a145bbe1956bba82034f77022cbef0c3d0885c9e32d9817a7932fe1913", 82744),
    "trixie/libopenblas-serial-dev:amd64": ("0.3.29+ds-3", "pool/main/o/openblas/libopenblas-serial-dev_0.3.29+ds-3_amd64.deb", "7677df0b0187cd1b291c6b1f5a77cce701262cd0caf0aed160052fa26a333212", 5012236),
    "trixie/libopenblas-serial-dev:arm64": ("0.3.29+ds-3", "pool/main/o/openblas/libopenblas-serial-dev_0.3.29+ds-3_arm64.deb", "f4f347fe7c335f00eabbf9a8956cc3628aa2f3dd164f52f9b031648d07fab99f", 3610476),
}
