#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./check's last line must be right: .ci/summarize over results made up here."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import tap

SUMMARIZE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / ".ci" / "summarize"


class Summarize(unittest.TestCase):
    def summarize(self, tests=(), lines=None, ci=""):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            if tests:
                files.append(pathlib.Path(folder) / "testlog.json")
                files[-1].write_text("\n".join(json.dumps(test) for test in tests))
            if lines is not None:
                files.append(pathlib.Path(folder) / "check.tap")
                files[-1].write_text(lines)
            result = subprocess.run([SUMMARIZE, *files], capture_output=True, text=True, check=False,
                                    env={**os.environ, "CI": ci})
        return result.stdout.rstrip("\n").splitlines()[-1], result.returncode, result.stdout

    @staticmethod
    def record(result, stdout="", stderr=""):
        return {"name": "comodal:unit / a", "result": result, "stdout": stdout, "stderr": stderr}

    def test_cases_are_counted(self):
        tests = [self.record("OK", "# x\n1..3\nok 1 /a\nok 2 /b # SKIP no bus\nok 3 - c\n"), self.record("OK")]
        last, status, text = self.summarize(tests, "ok - one\n")
        self.assertEqual((last, status), ("4 passed, 0 failed, 1 skipped", 0))
        self.assertIn("no bus", text)

    def test_skips_fail_in_ci(self):
        tests = [self.record("OK", "1..2\nok 1 a\nok 2 b # SKIP\n")]
        self.assertEqual(self.summarize(tests, ci="true")[:2], ("1 passed, 0 failed, 1 skipped", 1))

    def test_failure(self):
        tests = [self.record("FAIL", "1..2\nok 1 a\n# 1 is not 2\nnot ok 2 b\n")]
        last, status, text = self.summarize(tests)
        self.assertEqual((last, status), ("1 passed, 1 failed, 0 skipped", 1))
        self.assertIn("1 is not 2", text)

    def test_program_that_breaks_off(self):
        for result in ("ERROR", "TIMEOUT", "FAIL", "INTERRUPT"):
            tests = [self.record(result, "1..3\nok 1 a\nok 2 b\n", "AddressSanitizer: it leaks\n")]
            last, status, text = self.summarize(tests)
            self.assertEqual((last, status), ("2 passed, 1 failed, 0 skipped", 1))
            self.assertIn("AddressSanitizer", text)

    def test_plain_programs(self):
        tests = [self.record("OK", "hello\n"), self.record("FAIL", "bye\n"), self.record("SKIP", "no clang\n")]
        self.assertEqual(self.summarize(tests)[:2], ("1 passed, 1 failed, 1 skipped", 1))

    def test_failed_step(self):
        self.assertEqual(self.summarize(lines="ok - a\n# why\nnot ok - b\n")[:2], ("1 passed, 1 failed, 0 skipped", 1))

    def test_nothing_is_no_success(self):
        self.assertEqual(self.summarize(lines="")[:2], ("0 passed, 0 failed, 0 skipped", 1))


if __name__ == "__main__":
    tap.main()
