#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl plan-file: a caseload in, a plan out, no service."""
import json
import os
import pathlib
import pty
import re
import resource
import signal
import subprocess
import tempfile
import unittest

import tap
from comodal_test import COMODALCTL, DEADLINE, POLICIES, generate, verify

CASELOAD = generate("pair", "--seed", 2)


class PlanFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comodal-plan-file-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.caseload = self.folder / "caseload.json"
        self.caseload.write_text(json.dumps(CASELOAD))
        self.out = self.folder / "plan.json"

    def command(self, *more, policies=True):
        own = ["--policies", str(POLICIES)] if policies else []
        return [COMODALCTL, "plan-file", *own, *map(str, more)]

    def run_it(self, *more, status=0, policies=True, **how):
        result = subprocess.run(self.command(*more, policies=policies), capture_output=True, text=True,
                                timeout=DEADLINE * 2, **how)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def assert_valid(self, text):
        plan = json.loads(text)
        valid, words = verify(CASELOAD, plan)
        self.assertTrue(valid, words)
        return plan

    def test_a_valid_plan_and_its_summary(self):
        result = self.run_it(self.caseload, "--effort", 30, "--out", self.out)
        plan = self.assert_valid(self.out.read_text())
        self.assertRegex(result.stderr, r"effort \d+, [\d.]+ s, cost " + str(plan["cost"]["total"]))
        self.assertIn(f"{len(plan['sessions'])} sessions placed", result.stdout)
        for professional in CASELOAD["professionals"]:
            self.assertIn(professional["name"], result.stdout)

    def test_the_summary_as_json(self):
        result = self.run_it(self.caseload, "--effort", 30, "--out", self.out, "--json")
        summary = json.loads(result.stdout)
        plan = json.loads(self.out.read_text())
        self.assertEqual(summary["placed"], len(plan["sessions"]))
        self.assertEqual(summary["cost"], plan["cost"])
        self.assertGreater(summary["effort"], 0)
        self.assertEqual(sum(p["placed"] for p in summary["professionals"]), len(plan["sessions"]))
        self.assertEqual(sum(r["count"] for r in summary["reasons"]), len(plan["unscheduled"]))
        self.assertEqual(sum(summary["modes"].values()), len(plan["sessions"]))
        # the cost counts a day's shortest round; the roads really taken may come back to a school
        self.assertGreaterEqual(summary["travel_minutes"], plan["cost"]["travel"])
        self.assertLess(summary["travel_minutes"], 2 * plan["cost"]["travel"])

    def test_pipes(self):
        result = self.run_it("-", "--effort", 10, "--out", "-", input=json.dumps(CASELOAD))
        self.assert_valid(result.stdout)

    def test_seconds_are_for_all_of_it(self):
        result = self.run_it(self.caseload, "--seconds", "1,5", "--out", self.out)
        # the program's own clock: from its first line to the written file; twice as much is a search that does not end
        self.assertLess(float(re.search(r"effort \d+, ([\d.]+) s", result.stderr).group(1)), 3)
        self.assert_valid(self.out.read_text())

    def test_usage(self):
        for wrong in ([], [self.caseload, "--second", "1"], [self.caseload, "--seconds", "0"],
                      [self.caseload, "--seconds", "-1"], [self.caseload, "--seconds", "nan"],
                      [self.caseload, "--effort", "many"], [self.caseload, "--threads", "65"],
                      [self.caseload, "--out"], [self.caseload, "extra"]):
            with self.subTest(wrong=wrong):
                result = self.run_it(*wrong, status=2)
                self.assertIn("plan-file --help", result.stderr)
                self.assertEqual(result.stdout, "")
        french = self.run_it(self.caseload, "--seconds", "x", "--lang", "fr", status=2)
        self.assertIn("nombre de secondes", french.stderr)

    def test_faults_write_nothing(self):
        broken = dict(CASELOAD, grid_minutes=7)
        self.caseload.write_text(json.dumps(broken, indent=1))
        result = self.run_it(self.caseload, "--effort", 10, "--out", self.out, status=1)
        self.assertRegex(result.stderr, re.escape(str(self.caseload)) + r":\d+: \$\.grid_minutes")
        self.assertFalse(self.out.exists())
        self.run_it(self.folder / "nowhere.json", "--out", self.out, status=1)
        self.run_it(self.caseload, "--policies", self.folder / "nowhere", status=1, policies=False)
        self.assertEqual([self.caseload], list(self.folder.iterdir()))

    def test_a_full_disk_leaves_what_was_there(self):
        self.out.write_text("as it was")

        def limit():
            # a write beyond it fails as on a full disk; Python's own default is to ignore the signal
            resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

        result = self.run_it(self.caseload, "--effort", 10, "--out", self.out, status=1, preexec_fn=limit,
                             restore_signals=False)
        self.assertIn("comodalctl: ", result.stderr)
        self.assertEqual(self.out.read_text(), "as it was")
        self.assertEqual(sorted([self.caseload, self.out]), sorted(self.folder.iterdir()))
        self.run_it(self.caseload, "--effort", 10, "--out", "/dev/full", status=1)

    def test_the_file_is_only_its_owners(self):
        self.run_it(self.caseload, "--effort", 5, "--out", self.out)
        self.assertEqual(self.out.stat().st_mode & 0o777, 0o600)
        self.out.chmod(0o640)
        self.run_it(self.caseload, "--effort", 5, "--out", self.out)
        self.assertEqual(self.out.stat().st_mode & 0o777, 0o640)

    def start_on_terminal(self, *more):
        """The program with its standard error on a terminal of ours. Returns it and our end."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = subprocess.Popen(self.command(*more), stdout=subprocess.PIPE, stderr=theirs, text=True,
                                   env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        self.addCleanup(process.stdout.close)
        return process, ours

    def read_until(self, terminal, words):
        text = b""
        while words not in text:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                part = b""
            self.assertTrue(part, text)
            text += part

    def test_an_interrupt_keeps_the_best(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                self.out.unlink(missing_ok=True)
                process, terminal = self.start_on_terminal(self.caseload, "--seconds", 3000, "--out", self.out)
                self.read_until(terminal, b"cost ")
                process.send_signal(number)
                self.read_until(terminal, b"effort ")
                self.assertEqual(process.wait(DEADLINE), 0)
                self.assert_valid(self.out.read_text())

    def test_a_second_interrupt_abandons(self):
        process, terminal = self.start_on_terminal(self.caseload, "--seconds", 3000, "--out", self.out)
        self.read_until(terminal, b"cost ")
        # stopped, so that both are there before the program looks
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        self.read_until(terminal, b"Abandoned")
        self.assertEqual(process.wait(DEADLINE), 130)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    tap.main()
