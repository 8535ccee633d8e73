# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""What a WORKSPACE that uses Raptors calls: raptors_deps(), and raptors_toolchains() if wanted."""

load("//third_party:declare.bzl", "cpython", "openblas", "pinned_archive", "promtool", "toolchain_repositories")

def raptors_deps():
    """Declares what Raptors builds with; a repository declared before stays as it is."""
    for name, extra in {
        "abseil-cpp": {},
        "bazel_skylib": {},
        "eigen": {"build_file": Label("//third_party:eigen.BUILD")},
        "google_benchmark": {},
        "googletest": {},
        # Highway's tests, which nothing here builds, know GoogleTest by its older name.
        "highway": {"repo_mapping": {"@com_google_googletest": "@googletest"}},
        "nlohmann_json": {"build_file": Label("//third_party:nlohmann_json.BUILD")},
        "platforms": {},
        "re2": {},
        "rules_cc": {},
        "rules_license": {},
    }.items():
        if not native.existing_rule(name):
            pinned_archive(name = name, **extra)
    for cpu in ["x86_64", "aarch64"]:
        name = "openblas_linux_" + cpu
        if not native.existing_rule(name):
            openblas(name = name, cpu = cpu)
        cpython(cpu = cpu)
    promtool()

def raptors_toolchains(register = True):
    """Declares the pinned clang for linux x86_64 and aarch64, on hosts of either, as @clang.

    Args:
      register: whether Bazel is to prefer it to the host's compiler, too.
    """
    toolchain_repositories()
    if register:
        native.register_toolchains("@clang//:all")
