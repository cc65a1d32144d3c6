#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""exact.py finds known optima, and verify.py accepts its plans."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"


def run(*command):
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)


class KnownOptimum(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def reach(self, name):
        known = json.loads((TESTS / "planning" / "optima.json").read_text(encoding="utf-8"))[name]
        caseload, plan = self.folder / "caseload.json", self.folder / "plan.json"
        made = run(TESTS / "planning" / "generate.py", *name.split(), "--out", caseload)
        self.assertEqual(made.returncode, 0, made.stderr)
        done = run(TESTS / "bench" / "exact.py", caseload, "--out", plan, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)[str(caseload)]
        self.assertTrue(found["proven"])
        self.assertEqual({k: found[k] for k in known}, known)
        judged = run(TESTS / "planning" / "verify.py", caseload, plan, "--json")
        self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)
        self.assertEqual(json.loads(judged.stdout)["cost"]["total"], known["optimum"])

    def test_everything_placed(self):
        self.reach("pair --seed 6")

    def test_something_left_out(self):
        self.reach("pair --seed 2")


if __name__ == "__main__":
    tap.main()
