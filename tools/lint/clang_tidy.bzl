# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on the C++ sources of a target, with the flags that it is compiled with; tests are left out.

    ./bazelw build --aspects=//tools/lint:clang_tidy.bzl%clang_tidy --output_groups=clang_tidy //raptors/...
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain", "use_cpp_toolchain")

def _clang_tidy_impl(target, ctx):
    rule = ctx.rule
    tags = getattr(rule.attr, "tags", [])

    # One level stands for all: they are one source.
    one_of_many = [t for t in tags if t.startswith("isa=") and t != "isa=scalar"]
    if target.label.workspace_root or not rule.kind.startswith("cc_") or rule.attr.testonly or one_of_many:
        return []
    sources = [f for s in getattr(rule.attr, "srcs", []) for f in s.files.to_list() if f.extension == "cc"]
    if not sources:
        return []

    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features + ["layering_check", "module_maps"],
    )
    infos = [d[CcInfo] for d in getattr(rule.attr, "deps", []) if CcInfo in d]
    if CcInfo in target:
        infos.append(target[CcInfo])
    context = cc_common.merge_cc_infos(cc_infos = infos).compilation_context
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = rule.attr.copts,
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = depset(transitive = [context.system_includes, context.external_includes]),
        preprocessor_defines = depset(
            # Bazel adds the second where a program looks for its data.
            rule.attr.local_defines + ["BAZEL_CURRENT_REPOSITORY=\"\""],
            transitive = [context.defines],
        ),
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.cpp_compile,
        variables = variables,
    )
    clang = [f.dirname for f in ctx.files._clang if f.basename == "bin"][0]
    reports = []
    for source in sources:
        report = ctx.actions.declare_file("%s.%s.clang-tidy" % (target.label.name, source.basename))
        reports.append(report)
        ctx.actions.run_shell(
            inputs = depset([source, ctx.file._config], transitive = [context.headers, toolchain.all_files]),
            tools = ctx.files._clang,
            outputs = [report],
            command = 'report=$1; shift; "$@" > "$report" 2> "$report.err" || { cat "$report" "$report.err"; exit 1; }',
            arguments = [
                report.path,
                clang + "/bin/clang-tidy",
                "--quiet",
                "--config-file=" + ctx.file._config.path,
                source.path,
                "--",
                "-resource-dir=%s/resource" % clang,
            ] + flags,
            mnemonic = "ClangTidy",
            progress_message = "clang-tidy " + source.short_path,
        )
    return [OutputGroupInfo(clang_tidy = depset(reports))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = {
        "_clang": attr.label(default = "@clang//:base", cfg = "exec"),
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
    fragments = ["cpp"],
    toolchains = use_cpp_toolchain(),
)
