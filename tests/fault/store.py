#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of the store, killed at each of its writes. An operation to come: one more method here."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
PROGRAM = str(fault.BUILD / "tests" / "fault" / "store-operation")


def do(folder, verb, *arguments):
    result = subprocess.run([PROGRAM, folder, verb, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{verb}: {result.stderr}")
    return result.stdout


def describe(folder):
    return do(folder, "describe")


class Store(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        cls.files = {}
        for seed in (1, 2):
            cls.files[seed] = f"{cls.work.name}/{seed}.json"
            subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", str(seed), "--busy",
                            "--out", cls.files[seed]], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def sweep(self, verbs, last, modes=(fault.KILL, fault.TORN), most=120, least=5, **more):
        """Prepare by `verbs`, then the operation `last`; each a tuple of arguments."""
        def prepare(folder):
            for verb in verbs:
                do(folder, *verb)
        operation = fault.Operation(prepare, more.pop("describe", describe), lambda folder: [PROGRAM, folder, *last], **more)
        calls, seen = fault.sweep(self, operation, modes, most, least)
        print(f"# {last[0]}: {calls} writes, {seen}")
        return seen

    def test_key_create(self):
        def found(folder):
            path = pathlib.Path(folder, "service.key")
            return "key" if path.exists() and do(folder, "key-load") == "" else "none"
        self.sweep([], ("key-create",), (fault.KILL, fault.TORN, fault.EIO, fault.ENOSPC), describe=found,
                   # killed between the link and the answer: there is one, and it is whole
                   accept=lambda text: text == "key")

    def test_create(self):
        def opened(folder):
            made = pathlib.Path(folder, "data").is_dir()
            return f"{made} {describe(folder)}"
        self.sweep([("key-create",)], ("open",), describe=opened)

    def test_first_import(self):
        seen = self.sweep([("key-create",), ("open",)], ("import", self.files[1]))
        self.assertGreater(seen["before"], 10)
        self.assertGreater(seen["after"], 10)

    def test_second_import(self):
        self.sweep([("key-create",), ("import", self.files[1]), ("two-drafts",)], ("import", self.files[2]))

    def test_publish(self):
        seen = self.sweep([("key-create",), ("import", self.files[1]), ("two-drafts",)], ("publish",))
        self.assertGreater(seen["before"], 5)
        self.assertGreater(seen["after"], 5)

    def test_draft(self):
        self.sweep([("key-create",), ("import", self.files[1])], ("draft",), most=60)

    def test_calendar(self):
        self.sweep([("key-create",), ("import", self.files[1])], ("calendar",), most=60)

    def test_administrator(self):
        self.sweep([("key-create",), ("import", self.files[1])], ("administrator",), most=60)

    def test_disk_full(self):
        for verbs, last in (([("key-create",), ("open",)], ("import", self.files[1])),
                            ([("key-create",), ("import", self.files[1]), ("two-drafts",)], ("publish",))):
            with self.subTest(last[0]):
                self.sweep(verbs, last, (fault.ENOSPC, fault.EIO), most=50)


if __name__ == "__main__":
    tap.main()
