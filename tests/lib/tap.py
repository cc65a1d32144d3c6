# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a unittest file as TAP, one line a test method, so that each is counted.

    import tap
    class Something(unittest.TestCase): ...
    if __name__ == "__main__":
        tap.main()

With arguments, only the tests whose name holds one of them are run.
"""
import sys
import traceback
import unittest


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0
        self.bad = 0

    def _say(self, good, name, more="", details=""):
        self.number += 1
        self.bad += not good
        for line in details.rstrip().splitlines():
            print("#", line)
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}{more}", flush=True)

    @staticmethod
    def _name(test):
        parts = test.id().split(".")
        return ".".join(parts[-2:]).replace("#", "")

    def addSuccess(self, test):
        self._say(True, self._name(test))

    def addSkip(self, test, reason):
        self._say(True, self._name(test), f" # SKIP {reason}")

    def addFailure(self, test, err):
        self._say(False, self._name(test), details="".join(traceback.format_exception(*err)))

    addError = addFailure

    def addExpectedFailure(self, test, err):
        self._say(True, self._name(test))

    def addUnexpectedSuccess(self, test):
        self._say(False, self._name(test), details="it was expected to fail")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addFailure(subtest, err)


def _flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flatten(item)
        else:
            yield item


def main():
    tests = list(_flatten(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])))
    if len(sys.argv) > 1:
        tests = [test for test in tests if any(word in test.id() for word in sys.argv[1:])]
    result = _Result()
    unittest.TestSuite(tests).run(result)
    # after the tests: a failed setUpClass or a subTest adds lines of its own
    print(f"1..{result.number}", flush=True)
    sys.exit(1 if result.bad or not tests else 0)
