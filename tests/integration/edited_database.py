#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who can write to comodald's database, before a real comodald and a real agent: whatever they change is refused, and as what it is; and
what no reader can see is what docs/vault-format.md calls a remaining window."""
import os
import shutil
import sqlite3
import time
import unittest

import tap
from agent_case import PASSPHRASE, AgentTestCase
from comodal_test import BUS_NAME, GLib, OBJECT, generate
from vault_case_maker import Case, content
import vault_keys
import vault

CASELOAD = generate("pair", "--seed", 1)
TABLES = ("vault_record", "vault_body", "vault_head", "vault_draft", "vault_minutes")
ALTERED, SIGNATURE, ELSEWHERE = "It was altered", "Its signature does not hold", "It is genuine, but belongs somewhere else"
MISSING, BEFORE, CHAIN = "Something that belongs before it is missing", "It is older than what was seen before", "It does not follow"
TRUNCATED, MALFORMED, NO_RIGHT = "Its end is missing", "It is not written as", "There was no right to it"


def flip(octets, place):
    place %= len(octets)
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1:]


class Edited(AgentTestCase):
    def setUp(self):
        super().setUp()
        self.now = int(time.time())
        self.fill(self.client)
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        for student in self.students:
            self.vault("note", "list", student)
        # by the agent itself, which remembers it
        drawing = self.folder / "dessin"
        drawing.write_bytes(b"dessin")
        self.vault("note", "attach", self.students[0], drawing)
        self.changed_draft = self.client.document("Vault", "GetDrafts", "(ay)", b"")
        self.before = self.read_all()

    # ---- what there is

    def fill(self, client):
        """Two cases, the first with a note under an earlier key; the draft of a note, which was changed once; minutes."""
        self.assertEqual(client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = client.json("Roster", "List", "(s)", "professional")[0]
        client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]), "professional": GLib.Variant("t", professional["number"])})))
        self.students = [followup["student"] for followup in CASELOAD["followups"] if followup["professional"] == professional["id"]][:2]
        self.hand("Add", self.organisation.sign())
        if not self.keyring.exists():
            self.bring_keys()
            bundle = vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, PASSPHRASE)
            self.owner = vault_keys.Owner(bundle, self.admit())
        self.colleague = vault_keys.Keys(self.organisation.id, os.urandom(16), 1, "Bruno Roy", self.now)
        self.organisation.admit(self.colleague)
        self.hand("Add", self.organisation.sign())
        self.cases = [Case(self.organisation, self.owner, student, self.now) for student in self.students]
        first, second = self.cases
        self.append(client, first, first.open() + b"".join(first.note("premier")) + first.epoch() + first.envelope(self.owner)
                    + b"".join(b"".join(first.note(text)) for text in ("deuxième", "troisième")))
        self.append(client, second, second.open() + b"".join(second.note("autre élève")))
        draft = os.urandom(16)
        self.draft = first.draft(draft, 1, "brouillon")
        client.put("Vault", "PutDraft", self.draft)
        values = {"organisation": self.organisation.id, "minutes": os.urandom(16), "author": self.owner.id, "author_generation": 1,
                  "directory": len(self.organisation.directories), "held_on": 20261105, "entered_at": self.now, "session": 0, "about": None}
        client.put("Vault", "PutMinutes", vault.make_minutes(values, os.urandom(32), os.urandom(32), content("Le plan."), [self.owner],
                                                             self.owner.seed))

    def append(self, client, case, records):
        number = client.number("student", self.students[self.cases.index(case)])
        client.put("Vault", "Append", records, {"student": GLib.Variant("t", number)}, signature="(ha{sv})")

    # ---- whoever edits it

    def connect_database(self):
        connection = sqlite3.connect(self.daemon.database, timeout=60)
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    def read_all(self):
        connection = self.connect_database()
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        connection.close()
        return rows

    def put_back(self):
        connection = self.connect_database()
        with connection:
            for table, rows in self.before.items():
                connection.execute(f"DELETE FROM {table}")
                for row in rows:
                    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        connection.close()

    def find(self, connection, octets):
        return connection.execute("SELECT id FROM vault_record WHERE octets = ?", (octets,)).fetchone()[0]

    def change(self, connection, table, old, new):
        cursor = connection.execute(f"UPDATE {table} SET octets = ? WHERE octets = ?", (new, old))
        self.assertEqual(cursor.rowcount, 1)

    def swap(self, connection, table, one, two):
        """Each in the other's place, whatever the table says beside."""
        self.change(connection, table, one, b"between")
        self.change(connection, table, two, one)
        self.change(connection, table, b"between", two)

    def plant(self, connection, kind, octets, person):
        (row,) = connection.execute("SELECT id FROM vault_case WHERE name = ?", (self.cases[0].id,)).fetchone()
        connection.execute("INSERT INTO vault_record (file, kind, hash, person, octets, stored_at) VALUES (?, ?, ?, ?, ?, ?)",
                           (row, kind, vault.record_hash(octets), person, octets, self.now))

    def cut_last_note(self, connection):
        first = self.cases[0]
        connection.execute("DELETE FROM vault_body WHERE octets = ?", (first.bodies[-1],))
        connection.execute("DELETE FROM vault_record WHERE octets = ?", (first.notes[-1],))

    def rename_author(self, connection):
        """The note is said to be a colleague's."""
        note = self.cases[0].notes[1]
        self.change(connection, "vault_record", note, note.replace(self.owner.id, self.colleague.id))

    def sign_as_colleague(self, connection):
        """A colleague who was never given the case signs a note of their own at its end."""
        first = self.cases[0]
        first.grants[self.colleague.id, 2] = first.grants[self.owner.id, 2]
        note, body = first.note("de Bruno", author=self.colleague, keep=False)
        self.plant(connection, "note", note, self.colleague.id)
        connection.execute("INSERT INTO vault_body VALUES (?, ?)", (self.find(connection, note), body))

    def edits(self):
        first, second = self.cases
        show = ("note", "show", self.students[0], "2")
        opened = ("note", "list", self.students[0])
        drafts = ("note", "drafts", self.students[0])
        return (
            ("a bit of a note", lambda c: self.change(c, "vault_record", first.notes[1], flip(first.notes[1], 240)), opened, SIGNATURE),
            ("a bit of its signature", lambda c: self.change(c, "vault_record", first.notes[1], flip(first.notes[1], -1)), opened, SIGNATURE),
            ("a bit of its text", lambda c: self.change(c, "vault_body", first.bodies[1], flip(first.bodies[1], -9)), show, ALTERED),
            ("a bit of an epoch", lambda c: self.change(c, "vault_record", first.epochs[1], flip(first.epochs[1], -70)), opened, SIGNATURE),
            ("a bit of a draft", lambda c: self.change(c, "vault_draft", self.changed_draft, flip(self.changed_draft, -9)), drafts, ALTERED),
            ("the end of a note", lambda c: self.change(c, "vault_record", first.notes[1], first.notes[1][:-1]), opened, MALFORMED),
            ("the end of a text", lambda c: self.change(c, "vault_body", first.bodies[1], first.bodies[1][:-1]), show, TRUNCATED),
            ("texts of two notes", lambda c: self.swap(c, "vault_body", first.bodies[1], first.bodies[2]), show, ELSEWHERE),
            ("texts of two cases", lambda c: self.swap(c, "vault_body", first.bodies[1], second.bodies[0]), show, ELSEWHERE),
            ("two notes' places", lambda c: self.swap(c, "vault_record", first.notes[1], first.notes[2]), opened, MISSING),
            ("notes of two cases", lambda c: self.swap(c, "vault_record", first.notes[1], second.notes[0]), opened, ELSEWHERE),
            ("two epochs", lambda c: self.swap(c, "vault_record", first.epochs[0], first.epochs[1]), opened, MISSING),
            ("keys of two epochs", lambda c: self.swap(c, "vault_record", first.grants[self.owner.id, 1], first.grants[self.owner.id, 2]),
             opened, MISSING),
            ("a note's author", self.rename_author, opened, SIGNATURE),
            ("a colleague's note", self.sign_as_colleague, opened, NO_RIGHT),
            ("an earlier version of a draft", lambda c: self.change(c, "vault_draft", self.changed_draft, self.draft), drafts, BEFORE),
            ("a note in the middle", lambda c: c.execute("DELETE FROM vault_record WHERE octets = ?", (first.notes[1],)), opened, MISSING),
            ("the last note", self.cut_last_note, opened, BEFORE),
            ("a planted envelope", lambda c: self.plant(c, "envelope", first.envelope(self.colleague, granter=self.colleague), self.colleague.id),
             opened, NO_RIGHT),
            ("a bit of minutes", lambda c: c.execute("UPDATE vault_minutes SET octets = CAST(substr(octets, 1, length(octets) - 1) || x'7f' AS BLOB)"),
             ("minutes", "show", "1"), "These minutes do not hold"),
        )

    def ask_anew(self, arguments, status):
        """What the agent says that has nothing of it checked yet."""
        self.vault("vault", "lock")
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        said = self.vault(*arguments, status=status)
        return " ".join((said.stdout + said.stderr).split())

    def test_each_change(self):
        for name, edit, arguments, expected in self.edits():
            with self.subTest(name):
                connection = self.connect_database()
                with connection:
                    edit(connection)
                connection.close()
                self.assertIn(expected, self.ask_anew(arguments, 1))
                self.put_back()
        # and what was put back is what it was
        for verb in ("list", "drafts"):
            self.ask_anew(("note", verb, self.students[0]), 0)
        self.assertIn("deuxième", self.ask_anew(("note", "show", self.students[0], "2"), 0))

    def test_the_window(self):
        """Notes cut off the end, together with what the agent remembers: nobody's agent sees it alone, as the threat model says."""
        self.vault("vault", "lock")
        connection = self.connect_database()
        with connection:
            self.cut_last_note(connection)
        connection.close()
        memory = self.keyring.with_name("comodal-memory")
        octets = memory.read_bytes()
        memory.unlink()
        self.assertNotIn("older", self.ask_anew(("note", "list", self.students[0]), 0))
        memory.write_bytes(octets)
        self.assertIn(BEFORE, self.ask_anew(("note", "list", self.students[0]), 1))

    def test_everything_written_anew(self):
        """Another database in the place of this one, sound in itself, of an organisation that its maker has the key of."""
        self.vault("vault", "lock")
        self.assertEqual(self.daemon.stop(), 0)
        shutil.rmtree(self.daemon.database.parent)
        self.start_daemon()
        self.organisation = vault_keys.Organisation(self.now)
        client = self.connect()
        _, person, generation = self.begin(client)
        forged = vault_keys.Keys(self.organisation.id, person, generation, "Zorglub Tremblay, psychologue", self.now)
        self.hand("Enrol", forged.enrolment(), forged.recovery())
        self.organisation.admit(forged)
        self.owner = forged
        self.fill(client)
        self.assertIn("another organisation", self.ask_anew(("note", "list", self.students[0]), 1))
        self.assertIn("another organisation", self.ask_anew(("vault", "status"), 1))

    def begin(self, client):
        self.hand("Add", self.organisation.sign())
        organisation, person, generation = client.call("Directory", "BeginEnrolment")
        return bytes(organisation), bytes(person), generation


if __name__ == "__main__":
    tap.main()
