#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring killed at each of its writes, its disk broken or full at each: the old one or the new one is there, whole, and of mode
0600. What says that it changed the passphrase has changed it; what says that it has not is said once more, and does."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap

PROGRAM = str(fault.BUILD / "tests" / "fault" / "keyfile-operation")
NAME = "comodal-keyring"
# as long as a keyring is; the two differ everywhere
OLD, NEW = b"cmvault\1" + bytes([1]) * 372, b"cmvault\1" + bytes([2]) * 372
ALL = (fault.KILL, fault.TORN, fault.EIO, fault.ENOSPC)
# the folder is made, or there; the new one is made beside, written, and synced; its name gets its place; the folder is synced, and the one above
CALLS = 7


class Keyfile(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        self.addCleanup(self.work.cleanup)
        for name, octets in (("old", OLD), ("new", NEW)):
            pathlib.Path(self.work.name, name).write_bytes(octets)

    def put(self, folder, verb, name):
        return [PROGRAM, folder, verb, str(pathlib.Path(self.work.name, name))]

    def describe(self, folder):
        path = pathlib.Path(folder, "agent", NAME)
        if not path.exists():
            return "none"
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
        return {OLD: "old", NEW: "new"}.get(path.read_bytes(), "neither")

    def left(self, folder):
        return sorted(path.name for path in pathlib.Path(folder, "agent").iterdir())

    def operation(self, verb, prepare):
        return fault.Operation(prepare=prepare, describe=self.describe, command=lambda folder: self.put(folder, verb, "new"),
                               again=verb == "change")

    def test_a_change_of_passphrase(self):
        def prepare(folder):
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
        operation = self.operation("change", prepare)
        calls, seen = fault.sweep(self, operation, least=CALLS)
        # before the rename, and killed in its place, it is the old one: five calls, the file's sync among them
        self.assertEqual((calls, seen), (CALLS, {"before": 5, "after": 2, "accepted": 0}))
        fault.sweep(self, operation, ALL[1:], least=CALLS)

    def test_a_first_keyring(self):
        calls, seen = fault.sweep(self, self.operation("enrol", lambda folder: None), least=CALLS)
        self.assertEqual((calls, seen), (CALLS, {"before": 5, "after": 2, "accepted": 0}))
        fault.sweep(self, self.operation("enrol", lambda folder: None), ALL[1:], least=CALLS)

    def test_nothing_is_left_beside(self):
        with tempfile.TemporaryDirectory(prefix="comodal-fault-") as folder:
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
            operation = self.operation("change", None)
            calls = self.count(folder, operation)
            for at in range(1, calls + 1):
                fault.run(operation, folder, at, fault.EIO)
                self.assertEqual(self.left(folder), [NAME], f"eio at {at}")
                fault.run(operation, folder, at, fault.KILL)
                self.assertEqual(fault.run(operation, folder).status, 0)
                self.assertEqual(self.left(folder), [NAME], f"kill at {at}, then whole")

    def count(self, folder, operation):
        outcome = fault.run(operation, folder)
        self.assertEqual(outcome.status, 0)
        return outcome.calls

    def test_an_enrolment_replaces_nothing(self):
        with tempfile.TemporaryDirectory(prefix="comodal-fault-") as folder:
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
            again = subprocess.run(self.put(folder, "enrol", "new"), capture_output=True, text=True)
            self.assertEqual(again.returncode, 1, again.stderr)
            self.assertEqual(self.describe(folder), "old")
            self.assertEqual(self.left(folder), [NAME])


if __name__ == "__main__":
    tap.main()
