# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""`import raptors` in a new interpreter, beside an empty one and NumPy's import."""


class Import:
    version = "1"
    rounds = 1
    repeat = (3, 9, 3.0)
    number = 1
    timeout = 60

    def timeraw_nothing(self):
        return "pass"

    def timeraw_raptors(self):
        return "import raptors"

    def timeraw_numpy(self):
        return "import numpy"
