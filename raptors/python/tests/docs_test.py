# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The examples in docstrings run, every public name has one docstring, and the stub agrees with the module."""

import ast
import doctest
import inspect
import os
import unittest

import raptors


def public():
    for name in raptors.__all__:
        yield name, getattr(raptors, name)


class DocsTest(unittest.TestCase):
    def test_examples(self):
        finder, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        documented = [("raptors", raptors), *public()]
        documented += [("Array." + name, value) for name, value in vars(raptors.Array).items()]
        count = 0
        for name, value in documented:
            test = finder.get_doctest(value.__doc__ or "", {"raptors": raptors}, name, name, 0)
            count += len(test.examples)
            runner.run(test)
        self.assertEqual(runner.summarize().failed, 0)
        self.assertGreater(count, 50)

    def test_every_name_has_a_docstring(self):
        for name, value in public():
            self.assertTrue(value.__doc__, name)
        for name, value in vars(raptors.Array).items():
            if not name.startswith("_"):
                self.assertTrue(value.__doc__, name)

    def test_all_is_all(self):
        names = {name for name in vars(raptors) if not name.startswith("_")}
        found = {name for name in names if not inspect.ismodule(getattr(raptors, name))}
        self.assertEqual(found, set(raptors.__all__))


class StubTest(unittest.TestCase):
    def setUp(self):
        path = os.path.join(os.path.dirname(raptors.__file__), "__init__.pyi")
        with open(path, encoding="ascii") as file:
            self.tree = ast.parse(file.read())
        self.assertTrue(os.path.exists(os.path.join(os.path.dirname(path), "py.typed")))

    def functions(self, body):
        return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}

    def test_names(self):
        classes = {node.name for node in self.tree.body if isinstance(node, ast.ClassDef)}
        names = self.functions(self.tree.body).keys() | {name for name in classes if not name.startswith("_")}
        self.assertEqual(names, set(raptors.__all__))

    def check(self, name, node, value):
        """Names, kinds and defaults of the parameters."""
        signature = inspect.signature(value)
        arguments = node.args
        expected = [(a.arg, inspect.Parameter.POSITIONAL_ONLY) for a in arguments.posonlyargs]
        expected += [(a.arg, inspect.Parameter.POSITIONAL_OR_KEYWORD) for a in arguments.args]
        if arguments.vararg:
            expected.append((arguments.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
        expected += [(a.arg, inspect.Parameter.KEYWORD_ONLY) for a in arguments.kwonlyargs]
        found = [(p.name, p.kind) for p in signature.parameters.values()]
        if found and found[0][0] == "self":
            found, expected = found[1:], expected[1:]
        self.assertEqual(found, expected, name)
        defaults = [ast.literal_eval(value) for value in arguments.defaults]
        defaults += [ast.literal_eval(value) for value in arguments.kw_defaults if value is not None]
        real = [p.default for p in signature.parameters.values() if p.default is not inspect.Parameter.empty]
        self.assertEqual(real, defaults, name)

    def test_signatures_of_functions(self):
        for name, node in self.functions(self.tree.body).items():
            # Of overloads, the last one.
            self.check(name, node, getattr(raptors, name)) if name != "metrics" else None

    def test_members_of_array(self):
        (array,) = [node for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name == "Array"]
        members = self.functions(array.body)
        plain = {name for name in vars(raptors.Array) if not name.startswith("_")}
        self.assertEqual({name for name in members if not name.startswith("_")}, plain)
        for name in members:
            # __buffer__ is seen by Python from 3.12 on; __iter__ is by items.
            if name not in ("__buffer__", "__iter__"):
                self.assertTrue(hasattr(raptors.Array, name), name)
        for name in ("sum", "mean", "min", "max", "copy", "astype", "to_list", "to_numpy", "item", "__dlpack__"):
            self.check("Array." + name, members[name], getattr(raptors.Array, name))


if __name__ == "__main__":
    unittest.main()
