#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl vault enrol --again, by the real programs, with the agent killed at its writes: the keyring is the old one or the new one; where it is
the old one the agent has what it remembered, and where it is the new one both are kept in a folder of their own."""
import os
import pathlib
import sqlite3
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import fault
import tap
from programs import COMODALCTL, FIRST_WORDS, NAME, SESSION, WORDS, Daemon, Programs, vault
from agent_case import run_enrolment

MEMORY, KEYRING = "comodal-memory", "comodal-keyring"
KILLS = 12


class Enrol(Programs):
    def fill(self, client):
        self.begin(client)
        self.memory = self.remember([{"case": os.urandom(16), "epoch": 1, "epoch_record": os.urandom(32), "sequence": 1,
                                      "last_note": os.urandom(32)}])
        self.found_again = 0

    def list_kept(self, place):
        return {place / KEYRING: self.old.keyring(FIRST_WORDS), place / MEMORY: self.memory}

    def do(self, folder, environment):
        *_, status = run_enrolment([COMODALCTL, "--session", "vault", "enrol", "--again", "--yes"], self.environment(folder, environment),
                                   (vault.fingerprint(self.organisation.key), NAME, WORDS), cwd="/")
        return status

    def find_again(self, folder):
        """The old keys are opened, as if nothing had been begun."""
        daemon = Daemon(self.bus, folder)
        self.assertEqual(self.ctl(folder, {}, FIRST_WORDS, "vault", "unlock"), 0)
        self.assertEqual(self.ctl(folder, {}, "", "vault", "status"), 0)
        self.end_agent(folder)
        self.assertEqual(daemon.stop(), 0)
        self.found_again += 1

    def describe(self, folder):
        place = pathlib.Path(folder, SESSION)
        generation = vault.read((place / KEYRING).read_bytes(), "keyring")["generation"]
        if generation == 1:
            if not (place / MEMORY).exists():
                self.find_again(folder)
            cases = self.open_memory((place / MEMORY).read_bytes(), self.old)["cases"]
            self.assertEqual(len(cases), 1)
        else:
            self.assertFalse((place / MEMORY).exists(), "the new keys can't read it")
            (kept,) = place.glob("comodal-earlier-*")
            self.assertEqual((kept / MEMORY).read_bytes(), self.memory)
            self.assertEqual(vault.read((kept / KEYRING).read_bytes(), "keyring")["generation"], 1)
        connection = sqlite3.connect(pathlib.Path(folder, "database", "comodal.db"))
        (newest,) = connection.execute("SELECT max(generation) FROM vault_keys").fetchone()
        connection.close()
        return f"{generation} here, {newest} there"

    def test_in_the_place_of_others(self):
        operation = fault.Operation(self.prepare, self.describe, run=self.act, under=SESSION, accept="2 here, 1 there".__eq__)
        calls, seen = fault.sweep(self, operation, (fault.KILL,), KILLS, 12)
        print(f"# {calls} writes, {seen}; {self.found_again} times between the memory and the keyring")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"] + seen["accepted"], 0)
        self.assertGreater(self.found_again, 0)


if __name__ == "__main__":
    tap.main()
