# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""embedded_text: a C++ header that holds the text of a file."""

def _embedded_text_impl(ctx):
    ctx.actions.run(
        executable = ctx.executable._embed,
        arguments = [ctx.file.src.path, ctx.outputs.out.path, ctx.attr.namespace, ctx.attr.constant],
        inputs = [ctx.file.src],
        outputs = [ctx.outputs.out],
        mnemonic = "EmbedText",
    )

embedded_text = rule(
    implementation = _embedded_text_impl,
    attrs = {
        "constant": attr.string(mandatory = True, doc = "name of the char array"),
        "namespace": attr.string(mandatory = True),
        "out": attr.output(mandatory = True),
        "src": attr.label(allow_single_file = True, mandatory = True),
        "_embed": attr.label(default = Label("//raptors/heuristics:embed"), executable = True, cfg = "exec"),
    },
)
