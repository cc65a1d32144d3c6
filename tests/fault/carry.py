#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and drafts that become those of new keys, by the real programs, with comodald or the agent killed at their writes: the files are all the
new keys' or none is, each draft is one's or the other's, and said again it comes to what it would have come to."""
import os
import pathlib
import signal
import sqlite3
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import fault
import tap
from programs import CASELOAD, FIRST_WORDS, SESSION, WORDS, GLib, Programs, vault
from vault_case_maker import Case

DRAFTS = 2


class Carry(Programs):
    def fill(self, client):
        professional = self.begin(client)
        students = [followup["student"] for followup in CASELOAD["followups"] if followup["professional"] == professional["id"]][:2]
        self.cases = [Case(self.organisation, self.old, student, self.now) for student in students]
        for case, student in zip(self.cases, students):
            number = client.number("student", student)
            records = case.open() + b"".join(case.note("avant"))
            client.put("Vault", "Append", records, {"student": GLib.Variant("t", number)}, signature="(ha{sv})")
        for number in range(DRAFTS):
            client.put("Vault", "PutDraft", self.cases[0].draft(os.urandom(16), 1, f"pas signé {number}"))
        self.new = self.enrol(client)
        self.organisation.retire(self.old)
        self.organisation.admit(self.new)
        client.put("Directory", "Add", self.organisation.sign())

    def list_kept(self, place):
        seen = sorted(({"case": case.id, "epoch": 1, "epoch_record": vault.record_hash(case.epochs[0]), "sequence": 1,
                        "last_note": vault.record_hash(case.notes[0])} for case in self.cases), key=lambda case: case["case"])
        kept = place / "comodal-earlier-2026-11-02"
        return {place / "comodal-keyring": self.new.keyring(WORDS), kept / "comodal-keyring": self.old.keyring(FIRST_WORDS),
                kept / "comodal-memory": self.remember(seen)}

    # ---- what there is after

    def describe_case(self, connection, case):
        records = connection.execute("SELECT kind, octets FROM vault_record WHERE file = (SELECT id FROM vault_case WHERE name = ?) ORDER BY id",
                                     (case.id,)).fetchall()
        opened = set()
        for octets in (octets for kind, octets in records if kind == "envelope"):
            envelope = vault.read(octets, "envelope")
            for keys in (self.old, self.new):
                if envelope["recipient_generation"] == keys.generation:
                    vault.open_envelope(envelope, (keys.id, keys.generation), keys.box_secret)
                    opened.add((keys.generation, envelope["epoch"]))
        return [vault.read(octets, "epoch")["responsible_generation"] for kind, octets in records if kind == "epoch"], sorted(opened)

    def describe_draft(self, octets):
        draft = vault.read(octets, "draft")
        keys = self.old if draft["generation"] == 1 else self.new
        content = vault.open_draft(octets, {"organisation": keys.organisation, "person": keys.id, "generation": keys.generation,
                                            "local_key": keys.local_key})
        return draft["generation"], draft["revision"], content["sections"][0]["text"]

    def check_remembered(self, folder, cases):
        """What the agent remembers is whole, and of what there is."""
        path = pathlib.Path(folder, SESSION, "comodal-memory")
        if not path.exists():
            return
        remembered = self.open_memory(path.read_bytes(), self.new)
        for case in remembered["cases"]:
            self.assertLessEqual(case["epoch"], max(len(epochs) for epochs, _ in cases))

    def describe(self, folder):
        connection = sqlite3.connect(pathlib.Path(folder, "database", "comodal.db"))
        cases = [self.describe_case(connection, case) for case in self.cases]
        drafts = [self.describe_draft(octets) for octets, in connection.execute("SELECT octets FROM vault_draft ORDER BY id")]
        connection.close()
        self.assertTrue(all(case == cases[0] for case in cases), f"some are the new keys', and some not: {cases}")
        self.check_remembered(folder, cases)
        return f"{cases}\n{sorted(drafts, key=lambda draft: draft[2])}"

    def is_between(self, text):
        """Files are the new keys', and not yet every draft."""
        return text.startswith("[([1, 2]") and "(1, 1, 'pas signé" in text

    # ---- what is done

    def do(self, folder, environment):
        if self.ctl(folder, environment, WORDS, "vault", "unlock") != 0:
            return -signal.SIGKILL
        return self.ctl(folder, environment, FIRST_WORDS, "vault", "carry-over")

    def sweep(self, under, modes, most):
        operation = fault.Operation(self.prepare, self.describe, run=self.act, under=under, accept=self.is_between, again=True)
        calls, seen = fault.sweep(self, operation, modes, most, 8)
        print(f"# {under}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"] + seen["accepted"], 0)

    def test_the_agent(self):
        self.sweep(SESSION, (fault.KILL,), 40)

    def test_comodald(self):
        self.sweep("database", (fault.KILL,), 8)


if __name__ == "__main__":
    tap.main()
