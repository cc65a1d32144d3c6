#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent keeps beside itself, killed at each write, its disk broken or full at each: of the keyring and of what it remembers the old one
or the new one is there, whole, and of mode 0600; of keys that new ones take the place of, everything or nothing is kept, and they stay where they
are. What says that it changed the passphrase has changed it; what says that it has not is said once more, and does."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

# the format's second implementation, before the test that has its name
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "vault"), str(pathlib.Path(__file__).resolve().parent)]
import fault
import tap
import vault

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

    def test_what_is_remembered(self):
        bundle = {"organisation": os.urandom(32), "person": os.urandom(16), "generation": 1, "sign_seed": os.urandom(32),
                  "box_secret": os.urandom(32), "local_key": os.urandom(32), "made_at": 1790000000}
        pathlib.Path(self.work.name, "bundle").write_bytes(vault.layout.write("bundle", bundle))

        def prepare(folder):
            pathlib.Path(folder, "agent").mkdir(mode=0o700)
            subprocess.run(self.put(folder, "remember", "bundle"), check=True)

        def describe(folder):
            path = pathlib.Path(folder, "agent", "comodal-memory")
            self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
            return str(vault.open_memory(path.read_bytes(), bundle)["directory"])
        calls, seen = fault.sweep(self, fault.Operation(prepare, describe, lambda folder: self.put(folder, "remember", "bundle")), ALL, least=4)
        print(f"# remembered: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_earlier_keys(self):
        """Everything that there was stays; a folder of the earlier keys either has both of them, or is not one that anybody takes for it."""
        def prepare(folder):
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
            pathlib.Path(folder, "agent", "comodal-memory").write_bytes(b"memory")

        def describe(folder):
            self.assertEqual(self.describe(folder), "old")
            self.assertEqual(pathlib.Path(folder, "agent", "comodal-memory").read_bytes(), b"memory")
            kept = [path for path in pathlib.Path(folder, "agent").glob("comodal-earlier-*/*") if path.name in (NAME, "comodal-memory")]
            if NAME not in [path.name for path in kept]:
                return "none"
            return str(sorted((path.name, path.read_bytes(), oct(path.stat().st_mode)) for path in kept))
        calls, seen = fault.sweep(self, fault.Operation(prepare, describe, lambda folder: self.put(folder, "keep", "old")), ALL, least=8)
        print(f"# earlier keys: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_beside(self):
        """What was laid aside before stays; what there is is laid aside once, however often it is said."""
        def prepare(folder):
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
            pathlib.Path(folder, "agent", NAME + "-unfinished").write_bytes(NEW)

        def describe(folder):
            self.assertEqual(self.describe(folder), "old")
            beside = {path.name: path.read_bytes() for path in pathlib.Path(folder, "agent").glob(NAME + "-unfinished*")
                      if path.suffix == ""}
            self.assertEqual(beside.pop(NAME + "-unfinished"), NEW)
            self.assertIn(beside, ({}, {NAME + "-unfinished-2": OLD}))
            return str(sorted(beside))
        operation = fault.Operation(prepare, describe, lambda folder: self.put(folder, "aside", "old"), again=True)
        _, seen = fault.sweep(self, operation, ALL, least=3)
        self.assertGreater(seen["before"], 0)

    def test_an_enrolment_replaces_nothing(self):
        with tempfile.TemporaryDirectory(prefix="comodal-fault-") as folder:
            subprocess.run(self.put(folder, "enrol", "old"), check=True)
            again = subprocess.run(self.put(folder, "enrol", "new"), capture_output=True, text=True)
            self.assertEqual(again.returncode, 1, again.stderr)
            self.assertEqual(self.describe(folder), "old")
            self.assertEqual(self.left(folder), [NAME])


if __name__ == "__main__":
    tap.main()
