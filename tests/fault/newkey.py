#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl directory new-key, killed at its writes: the directories are those before, and the old key counts, or one more
that the new key signed, and both keys that it follows. Whichever it is, its passphrase signs the next one."""
import os
import pathlib
import subprocess
import sys
import unittest

# the format's second implementation, before the test that has its name
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "vault"), str(pathlib.Path(__file__).resolve().parent)]
import fault
import tap
import vault

OLD, NEW, THIRD = ("quatre oies sur le quai", "deux loups dans la neige", "une autre phrase bien longue")
DIRECTORY, SUCCESSION = 2, 20
KILLS = 9


def split(octets):
    """Frames, by kind."""
    kinds = {DIRECTORY: [], SUCCESSION: []}
    while octets:
        length = 16 + int.from_bytes(octets[12:16], "little")
        kinds[octets[8]].append(octets[:length])
        octets = octets[length:]
    return kinds[DIRECTORY], kinds[SUCCESSION]


class NewKey(unittest.TestCase):
    def setUp(self):
        self.tried = set()

    def ctl(self, folder, verb, *lines, environment=None):
        return subprocess.run([os.environ["COMODALCTL"], "--session", "directory", verb, f"{folder}/office"], text=True, capture_output=True,
                              input="".join(line + "\n" for line in lines), timeout=120,
                              env={**(environment or os.environ), "XDG_RUNTIME_DIR": folder}).returncode

    def prepare(self, folder):
        self.assertEqual(self.ctl(folder, "init", OLD), 0)
        self.keyring = pathlib.Path(folder, "office", "comodal-keyring").read_bytes()
        self.records = pathlib.Path(folder, "office", "comodal-directory").read_bytes()
        self.key = vault.read(split(self.records)[0][0], "directory")["org_key"]

    def act(self, folder, environment):
        return self.ctl(folder, "new-key", OLD, NEW, environment=environment)

    def try_key(self, folder, what, words):
        """Once for each thing that can be left: whoever knows the passphrase of the key that counts goes on."""
        if what not in self.tried:
            self.tried.add(what)
            self.assertEqual(self.ctl(folder, "new-key", words, THIRD), 0, what)

    def describe(self, folder):
        office = pathlib.Path(folder, "office")
        records, left = (office / "comodal-directory").read_bytes(), sorted(path.name for path in office.glob("next/*"))
        is_old = (office / "comodal-keyring").read_bytes() == self.keyring
        directories, successions = split(records)
        self.assertTrue(records.startswith(self.records))
        self.assertEqual(len(directories) - 1, len(successions))
        self.assertEqual(vault.Directory(directories[-1], self.key, successions).sequence, len(directories))
        if len(directories) == 1:
            self.assertTrue(is_old)
        elif is_old:
            self.assertIn("comodal-keyring", left)
        self.try_key(folder, (len(directories), is_old, bool(left)), OLD if len(directories) == 1 else NEW)
        return f"{len(directories)} directories"

    def test_another_key(self):
        operation = fault.Operation(self.prepare, self.describe, run=self.act, under="office")
        calls, seen = fault.sweep(self, operation, (fault.KILL,), KILLS, 8)
        print(f"# {calls} writes, {seen}; left behind: {sorted(self.tried)}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)
        # killed between the directory and the keyring, the new key counts
        self.assertIn((2, True, True), self.tried)


if __name__ == "__main__":
    tap.main()
