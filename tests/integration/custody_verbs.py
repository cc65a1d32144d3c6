#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl custody: what somebody left with three custodians, from the deposit to a colleague who takes their files over, with the real
programs of five people, against the second implementation."""
import json
import os
import re
import sqlite3
import time
import unittest

import tap
from agent_process import find_in_memory
import other_user
import vault_keys
from vault_case_maker import Case
from vault_house import CASELOAD, PASSPHRASE, House, kind_of, split
import vault
import vault_export

CUSTODIAN = vault_keys.PROFESSIONAL | vault_keys.CUSTODIAN
CANARY = "Zorglub dort mal depuis la rentrée"
DAY = 86400


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Custody(House):
    PEOPLE = 4

    def start_daemon(self, **more):
        self.clock, self.uptime = self.folder / "clock", self.folder / "uptime"
        if not self.clock.exists():
            self.set_clocks(int(time.time()), 1000)
        return super().start_daemon(environment={"COMODAL_CLOCK": str(self.clock), "COMODAL_UPTIME": str(self.uptime)}, **more)

    def set_clocks(self, now=None, uptime=None):
        """The wall clock of everybody, and the seconds that comodald ran."""
        for path, value in ((self.clock, now), (self.uptime, uptime)):
            if value is not None:
                path.with_name("next").write_text(str(value))
                path.with_name("next").rename(path)
                path.chmod(0o644)
                if path == self.clock:
                    self.time = value

    def setUp(self):
        super().setUp()
        for person in self.people:
            person.end()
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.people += [self.person(6, "Ève Lavoie, psychologue", professional), self.person(7, "Félix Roy, direction", professional)]
        self.anne, self.bruno, *self.keepers = self.people
        # the last one is no custodian yet
        for person in self.keepers[:3]:
            self.set_roles(person, CUSTODIAN)
        self.sign_directory()
        for person in self.people:
            person.unlock()

    def person(self, uid, name, professional):
        person = super().person(uid, name, professional)
        environment = person.environment
        person.environment = lambda **more: environment(COMODAL_CLOCK=str(self.clock), **more)
        return person

    def set_roles(self, person, roles):
        next(entry for entry in self.organisation.entries if entry["person"] == person.keys.id)["roles"] = roles

    def deposits(self, person):
        """What somebody left, read and checked by the second implementation."""
        found = [octets for octets in split(person.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "deposit"]
        directory = vault.Directory(self.organisation.directories[-1], self.organisation.key)
        return [directory.check(octets, "deposit") for octets in found], found

    def combine(self, deposit, first, second):
        """The escrow key, by the halves of two custodians."""
        halves = {}
        for person in (first, second):
            key = (person.keys.id, person.keys.generation)
            halves[vault.custodian_index(deposit, key)] = vault.open_half(deposit, key, person.keys.box_secret)
        return vault.combine(deposit, halves)

    def test_a_file_where_there_are_custodians(self):
        """It is left with three of them, any two of whom the second implementation opens it with."""
        self.anne.write(self.students[0], CANARY)
        (deposit,), octets = self.deposits(self.anne)
        self.assertEqual([half["custodian"] for half in deposit["custodians"]], sorted(p.keys.id for p in self.keepers[:3]))
        case_id = self.cases(self.anne)[self.students[0]]
        kept = self.replay(self.anne, case_id)
        self.assertEqual(vault.read(kept["epoch"][0], "epoch")["deposit"], vault.record_hash(octets[0]))
        (left,) = [e for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"]) if e["to"] == 2]
        for first, second in ((0, 1), (0, 2), (1, 2)):
            secret = self.combine(deposit, self.keepers[first], self.keepers[second])
            key = vault.open_envelope(left, (self.anne.keys.id, 1), secret)
            body = self.anne.caller.call("Vault", "GetBodies", "(ayay)", case_id, b"")[1][0]
            self.assertIn(CANARY, str(vault.open_body(body, self.organisation.id, vault.read(kept["note"][0], "note"), 1, key)))
        # and without a deposit comodald takes none
        other = Case(self.organisation, self.anne.keys, self.students[1], self.now)
        number = self.client.number("student", self.students[1])
        with self.assertRaises(other_user.Refused) as refused:
            self.anne.caller.call("Vault", "Append", "(ha{sv})", 0, {"student": ("t", number)}, documents=[other.open()])
        self.assertEqual(refused.exception.name, "InvalidInput")

    def import_without(self, student):
        less = {name: [row for row in rows if student not in (row.get("id"), row.get("student"))]
                if isinstance(rows, list) and rows and isinstance(rows[0], dict) else rows for name, rows in CASELOAD.items()}
        self.assertEqual(self.client.import_caseload(less).wait(), "succeeded")
        self.assertNotIn(student, [row["id"] for row in self.client.json("Roster", "List", "(s)", "student")])

    def test_who_is_a_custodian_changes(self):
        """A new deposit, and a new key of each file, with everybody who reads it; older notes stay with the new custodians."""
        self.anne.write(self.students[0], CANARY)
        gone, came = self.keepers[0], self.keepers[3]
        self.set_roles(gone, vault_keys.PROFESSIONAL)
        self.set_roles(came, CUSTODIAN)
        self.sign_directory()
        # and while the roster has lost the student, who comes back
        self.import_without(self.students[0])
        self.anne.write(self.students[1], "autre dossier")
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        deposits, octets = self.deposits(self.anne)
        self.assertEqual([deposit["number"] for deposit in deposits], [1, 2])
        self.assertNotIn(gone.keys.id, [half["custodian"] for half in deposits[1]["custodians"]])
        for student, epochs in ((self.students[0], 2), (self.students[1], 1)):
            kept = self.replay(self.anne, self.cases(self.anne)[student])
            self.assertEqual(len(kept["epoch"]), epochs)
            self.assertEqual(vault.read(kept["epoch"][-1], "epoch")["deposit"], vault.record_hash(octets[1]))
            secret = self.combine(deposits[1], self.keepers[1], came)
            opened = {e["epoch"] for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"])
                      if e["to"] == 2 and e["deposit"] == vault.record_hash(octets[1])
                      and vault.open_envelope(e, (self.anne.keys.id, 1), secret)}
            self.assertEqual(opened, set(range(1, epochs + 1)))
            # and nothing with those who were custodians before
            self.assertEqual({e["deposit"] for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"]) if e["to"] == 2},
                             {vault.record_hash(octets[1])})
        self.anne.write(self.students[0], "suite")
        self.assertIn(CANARY, self.open(self.anne, self.cases(self.anne)[self.students[0]])[1])
        self.check_no_more_deposits(deposits[1])

    def check_no_more_deposits(self, newest):
        """Whoever reads a file reads all that its owner left: comodald takes no more of it than is needed."""
        keepers = sorted((person.keys for person in self.keepers[1:]), key=lambda keys: keys.id)
        for number in (newest["number"] + 1, newest["number"], 9):
            more = vault.make_deposit({**newest, "number": number, "directory": len(self.organisation.directories), "made_at": self.time},
                                      os.urandom(32), [(keys.id, keys.generation, keys.box_key) for keys in keepers], self.anne.keys.seed)
            with self.assertRaises(other_user.Refused) as refused:
                self.anne.caller.call("Vault", "Append", "(ha{sv})", 0, {}, documents=[more])
            self.assertIn("not otherwise", str(refused.exception))
        self.assertEqual([deposit["number"] for deposit in self.deposits(self.anne)[0]], [1, 2])
        with sqlite3.connect(self.daemon.database) as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM audit WHERE action = 'custody.deposit'").fetchone(),
                             connection.execute("SELECT count(*) FROM vault_record WHERE kind = 'deposit'").fetchone())
        connection.close()

    def test_who_is_a_custodian_changes_beside_a_file_that_does_not_hold(self):
        """That one is left out; all others are renewed and remembered, and the owner hears of a request whatever else there is."""
        for student in self.students[:2]:
            self.anne.write(student, CANARY)
        good, spoiled = (self.cases(self.anne)[student] for student in self.students[:2])
        self.ask(self.keepers[1])
        self.set_roles(self.keepers[0], vault_keys.PROFESSIONAL)
        self.set_roles(self.keepers[3], CUSTODIAN)
        self.sign_directory()
        connection = self.open_database()
        (row,) = connection.execute("SELECT id FROM vault_case WHERE name = ?", (spoiled,)).fetchone()
        connection.execute("DELETE FROM vault_body WHERE note IN (SELECT id FROM vault_record WHERE file = ?)", (row,))
        connection.execute("DELETE FROM vault_record WHERE file = ? AND kind = 'note'", (row,))
        connection.commit()
        connection.close()
        self.start_daemon()
        before = self.edit_database()
        said = self.anne.ctl("vault", "status")
        self.assertIn("waits for your answer", said)
        self.assertNotIn("could not be renewed", said)
        self.assertEqual([d["number"] for d in self.deposits(self.anne)[0]], [1, 2])
        self.assertEqual([len(self.replay(self.anne, good)["epoch"]), sum(kind_of(o) == "epoch" for o in self.records(self.anne, spoiled))], [2, 1])
        # a database of before it is noticed, though nobody looked at the file since
        today = self.edit_database(before)
        self.assertIn("something was put back (case)", self.anne.ctl("note", "list", self.students[0], status=1))
        # what keys that were retired can't do is said, behind what asks for an answer
        self.edit_database(today)
        self.organisation.retire(self.anne.keys)
        self.set_roles(self.keepers[0], CUSTODIAN)
        self.set_roles(self.keepers[3], vault_keys.PROFESSIONAL)
        self.sign_directory()
        said = self.anne.ctl("vault", "status")
        self.assertIn("waits for your answer", said)
        self.assertIn("could not be renewed: It was signed with a key that no longer counts (deposit).", said)

    def change_custodians(self, gone, came):
        self.set_roles(gone, vault_keys.PROFESSIONAL)
        self.set_roles(came, CUSTODIAN)
        self.sign_directory()

    def test_comodald_shows_an_older_deposit(self):
        """Its custodians are current again, or nothing says that it was released: no new key is left with it, for the cases tell."""
        first, *others = self.students[:3]
        self.anne.write(first, CANARY)
        self.anne.ctl("case", "share", first, "bruno", "--fingerprint", self.bruno.fingerprint())
        self.bruno.write(next(f["student"] for f in CASELOAD["followups"] if f["student"] not in self.students), CANARY)
        self.change_custodians(self.keepers[0], self.keepers[3])
        self.anne.write(others[0], CANARY)
        self.change_custodians(self.keepers[3], self.keepers[0])
        self.assertEqual([d["number"] for d in self.deposits(self.anne)[0]], [1, 2])
        self.bruno.unlock()
        self.ask(self.keepers[1], "--for", "félix", whose="bruno")
        self.pass_days(3)
        self.keepers[1].ctl("custody", "release", "--yes")
        (_, newest) = self.deposits(self.anne)[1]
        somebody = self.keepers[2].keys.id
        connection = self.open_database()
        connection.execute("UPDATE vault_request SET releases = 0")
        # it stands by her files alone: in the place of somebody else's, who is said to have been responsible once
        connection.execute("UPDATE vault_record SET person = ? WHERE hash = ?", (somebody, vault.record_hash(newest)))
        connection.execute("UPDATE vault_record SET person = ? WHERE id IN (SELECT min(id) FROM vault_record WHERE kind = 'epoch' AND "
                           "person = ? GROUP BY file)", (somebody, self.anne.keys.id))
        connection.commit()
        connection.close()
        self.start_daemon()
        self.assertEqual([d["number"] for d in self.deposits(self.anne)[0]], [1])
        older = "something was put back (deposit)"
        self.assertIn(older, self.anne.ctl("note", "write", others[1], lines=["suite"], status=1))
        self.assertIn(older, self.anne.ctl("case", "end-access", first, "bruno", "--yes", status=1))
        self.assertNotIn(others[1], self.cases(self.anne))
        self.assertIn("left nothing with custodians yet",
                      self.anne.ctl("case", "hand-over", "bruno", first, "--fingerprint", self.bruno.fingerprint(), status=1))
        self.assertIn(CANARY, self.anne.ctl("note", "show", first, "1"))

    def ask(self, custodian, *more, whose="anne", **status):
        return custodian.ctl("custody", "request", whose, "--for", "bruno", "--reason", "absent", "--yes", *more, **status)

    def request(self, person):
        (row,) = person.json("custody", "list")["requests"]
        return row

    def pass_days(self, days):
        """Everybody's clock, and comodald's time."""
        self.set_clocks(self.time + days * DAY, int(self.uptime.read_text()) + days * DAY)

    def test_two_of_three_open_it_after_the_delay(self):
        """Owner lost with passphrase and recovery code: a colleague has her files, by two custodians; one is not enough."""
        chloe, denis, eve, _ = self.keepers
        for student in self.students[:2]:
            self.anne.write(student, f"{CANARY} {student}")
        before = self.cases(self.anne)
        (deposit,), _ = self.deposits(self.anne)
        self.administrator.call("Accounts", "Set", "(ua{sv})", os.getuid(), {"roles": ("as", ["administrator"])})
        self.assertIn("--reason is one of", chloe.ctl("custody", "request", "anne", "--for", "bruno", "--reason", "x", status=1))
        self.assertIn("3 days", self.ask(chloe, "--days", "2", status=1))
        self.assertIn("may not", self.ask(chloe, "--for", "denis", status=1))
        self.assertIn("left nothing with you", self.ask(self.keepers[3], status=1))
        self.assertIn("It is asked", self.ask(chloe))
        self.assertIn("waits", self.ask(denis, status=1))
        # the owner is promised a letter, and who administers
        with sqlite3.connect(self.daemon.database) as connection:
            told = connection.execute("SELECT kind, recipient_kind, count(*) FROM notice WHERE kind LIKE 'custody.%' GROUP BY 1, 2 ORDER BY 1")
            self.assertEqual([row[0] for row in told], ["custody.asked", "custody.watched"])
        connection.close()
        self.assertIn("days to wait: 3", denis.ctl("custody", "list"))
        self.assertIn("days until it can be opened: 3", self.anne.ctl("custody", "list"))
        self.assertIn("waits for your answer", self.anne.ctl("vault", "status"))
        # his own agent hands over no half that is not due; a comodald that took it could pass it on
        self.assertIn("Its delay is not over", denis.ctl("custody", "release", "--yes", status=1))
        # clocks that somebody sets, forward and back, and a comodald that was off: none of it counts
        self.set_clocks(self.time + 4 * DAY)
        self.assertIn("has to run: 3", denis.ctl("custody", "release", "--yes", status=1))
        self.set_clocks(self.time - 9 * DAY)
        self.assertEqual(self.request(chloe)["waited"], 0)
        self.set_clocks(self.time + 5 * DAY, 1000 + 2 * DAY)
        self.assertEqual(self.request(chloe)["waited"], 2 * DAY)
        self.daemon.stop()
        self.set_clocks(uptime=7)
        self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.request(chloe)["waited"], 2 * DAY)
        self.set_clocks(uptime=7 + DAY - 60)
        self.set_clocks(self.time + 9 * DAY)
        self.assertIn("has to run: 1", chloe.ctl("custody", "release", "--yes", status=1))
        self.set_clocks(uptime=7 + DAY)
        self.assertIn("It is released", denis.ctl("custody", "release", "--yes"))
        self.assertIn("nothing now", denis.ctl("custody", "release", "--yes", status=1))
        self.assertIn("released it already", denis.ctl("custody", "release", "1", "--yes", status=1))
        # one is not enough, for Bruno's agent nor for comodald
        released = {"deposit": ("ay", list(vault.record_hash(self.deposits(self.anne)[1][0])))}
        self.assertEqual(json.loads(self.bruno.caller.call("Vault", "ListCases", "(a{sv})", released)[1][0])["cases"], [])
        self.assertIn("there are not two", self.bruno.ctl("custody", "take-over", "1", "--yes", status=1))
        with self.assertRaises(other_user.Refused):
            self.bruno.caller.call("Vault", "GetRecords", "(ay)", before[self.students[0]])
        # what is spent is no deposit for a new key: she gets another, if she is still there
        self.assertIn("It is released", eve.ctl("custody", "release", "--yes"))
        self.assertIn("comes too late", self.anne.ctl("custody", "refuse", "1", "--yes", status=1))
        # the second implementation opens what the agents released
        bruno = (self.bruno.keys.id, 1)
        releases = [vault.read(octets, "release") for octets in split(self.bruno.caller.call("Vault", "GetEscrow")[1][0])
                    if kind_of(octets) == "release"]
        halves = {vault.custodian_index(deposit, (r["custodian"], 1)): vault.open_release(r, bruno, self.bruno.keys.box_secret)
                  for r in releases}
        secret = vault.combine(deposit, halves)
        self.assertEqual(secret, self.combine(deposit, chloe, denis))
        self.assertIn("yours now: 2", self.bruno.ctl("custody", "take-over", "--yes"))
        # neither the escrow key nor a half stays in anybody's agent
        for person in (self.bruno, chloe, denis):
            secrets = {"escrow": secret, **{f"half {number}": half for number, half in halves.items()}, "own": person.keys.local_key}
            self.assertEqual(find_in_memory(person.find_agent(), secrets), {"own"})
        self.assertIn("no file left", self.bruno.ctl("custody", "take-over", "--yes"))
        for student, case_id in before.items():
            kept = self.replay(self.bruno, case_id)
            epochs = [vault.read(octets, "epoch") for octets in kept["epoch"]]
            self.assertEqual([(e["authority"], e["responsible"]) for e in epochs], [(1, self.anne.keys.id), (3, self.bruno.keys.id)])
            self.assertIn(student, self.open(self.bruno, case_id)[1])
            # nothing of it is left with the key that was released
            left = [e for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"]) if e["to"] == 2]
            self.assertEqual({e["recipient"] for e in left}, {self.bruno.keys.id})
            self.assertEqual({e["epoch"] for e in left}, {1, 2})
        self.bruno.write(self.students[0], "suite de Bruno")
        self.assertIn(CANARY, self.bruno.ctl("note", "show", self.students[0], "1"))
        # she came back: what she wrote she can read; what comes is not hers; her key was used, so she leaves another
        self.assertEqual(len(self.deposits(self.anne)[0]), 1)
        self.anne.unlock()
        self.assertEqual([d["number"] for d in self.deposits(self.anne)[0]], [1, 2])
        self.assertEqual(self.open(self.anne, before[self.students[0]]).keys(), {1})

    def spoil(self, good, seen, moved, keyless, forged):
        """What somebody at the database does to files: a note cut off, another student, no envelope for the custodians, a wrong signature."""
        connection = self.open_database()
        rows = {name: row for row, name in connection.execute("SELECT id, name FROM vault_case")}
        connection.execute("DELETE FROM vault_body WHERE note IN (SELECT id FROM vault_record WHERE file = ?)", (rows[seen],))
        connection.execute("DELETE FROM vault_head WHERE file = ?", (rows[seen],))
        connection.execute("DELETE FROM vault_record WHERE file = ? AND kind = 'note'", (rows[seen],))
        connection.execute("UPDATE vault_case SET student = (SELECT student FROM vault_case WHERE id = ?) WHERE id = ?", (rows[good], rows[moved]))
        for row, octets in connection.execute("SELECT id, octets FROM vault_record WHERE kind = 'envelope' AND file = ?", (rows[keyless],)).fetchall():
            if vault.read(octets, "envelope")["to"] == 2:
                connection.execute("DELETE FROM vault_record WHERE id = ?", (row,))
        connection.execute("UPDATE vault_record SET octets = CAST(substr(octets, 1, length(octets) - 2) || x'0001' AS BLOB) WHERE kind = 'note' AND file = ?",
                           (rows[forged],))
        connection.commit()
        connection.close()
        self.start_daemon()

    def test_files_that_are_not_taken_over(self):
        """Each is named with why; all that hold are taken over."""
        students = self.students[:5]
        for student in students:
            self.anne.write(student, f"{CANARY} {student}")
        seen = students[1]
        self.anne.ctl("case", "share", seen, "bruno", "--fingerprint", self.bruno.fingerprint())
        self.bruno.ctl("case", "accept", seen, "--yes")
        self.ask(self.keepers[1])
        self.pass_days(3)
        for person in self.keepers[:2]:
            person.ctl("custody", "release", "--yes")
        cases = self.cases(self.anne)
        self.spoil(*(cases[student] for student in students))
        with self.subTest("told"):
            names = {student["id"]: student["name"] for student in self.client.json("Roster", "List", "(s)", "student")}
            told = self.bruno.json("custody", "take-over", "--yes", status=1)
            self.assertEqual(told["done"], 1)
            self.assertEqual({(row["student"], row["reason"]) for row in told["left"]}, {
                (names[seen], "It is older than what was seen before: something was put back (case)."),
                (names[students[0]], "It is genuine, but belongs somewhere else (case)."),
                (names[students[3]], "Whoever was responsible for it left no key that fits."),
                (names[students[4]], "Its signature does not hold (case).")})
            self.assertEqual({row["error"] for row in told["left"]}, {"Store", "NotFound"})
            self.assertEqual({row["file"] for row in told["left"]}, {"professional"})
        said = self.bruno.ctl("custody", "take-over", "1", "--yes", status=1)
        self.assertIn("Files that stay as they were: 4.", said)
        self.assertIn(f"{names[students[4]]} (professional file of the institution): Its signature does not hold (case).", said)
        self.bruno.write(students[0], "suite")
        self.assertEqual(len(self.open(self.bruno, cases[students[0]])), 2)

    def renew(self, state):
        """New keys for Anne by the verb, in the place of those that are there, which the directory calls retired or revoked."""
        old, kept = self.anne.keys, {path.name: path.read_bytes() for path in self.anne.data.glob("comodal-*")}
        said = self.anne.enrol_again()
        self.assertEqual((self.anne.keys.id, self.anne.keys.generation), (old.id, 2))
        self.assertIn("nothing deletes them", said)
        self.assertIn("“vault carry-over”", said)
        self.assertIn("“custody take-over”", said)
        # what was there is there still, under a name with the day in it; and the new keys are locked
        (folder,) = self.anne.data.glob("comodal-earlier-*")
        self.assertIn(str(folder), said)
        self.assertRegex(folder.name, r"^comodal-earlier-\d{4}-\d\d-\d\d$")
        self.assertEqual({path.name: path.read_bytes() for path in folder.iterdir()}, kept)
        self.assertEqual({path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}, {0})
        self.assertEqual(self.anne.json("vault", "status")["keys"], "locked")
        self.organisation.retire(old, state=state)
        self.organisation.admit(self.anne.keys)
        self.sign_directory()
        self.anne.unlock()
        self.assertIn("your keys are in it", self.anne.ctl("vault", "status"))
        return old, folder

    def count_appends(self):
        with sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True) as connection:
            (entries,) = connection.execute("SELECT count(*) FROM audit WHERE action = 'vault.append'").fetchone()
        connection.close()
        return entries

    def lose_what_was_remembered(self, folder):
        """Of keys that were revoked nothing is believed that nobody remembers; what was changed is not taken for what was remembered."""
        memory = folder / "comodal-memory"
        octets = memory.read_bytes()
        memory.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
        self.assertIn("It was altered (comodal-memory)", self.anne.ctl("vault", "carry-over", lines=[PASSPHRASE], status=1))
        memory.unlink()
        told = self.anne.json("vault", "carry-over", lines=[PASSPHRASE], status=1)
        self.assertEqual((told["done"], told["drafts"], told["drafts_left"]), (0, 0, 0))
        self.assertEqual([row["reason"] for row in told["left"]], ["It was signed with a key that no longer counts (case)."] * 3)
        self.assertIn("no longer counts", self.anne.ctl("note", "show", self.students[0], "1", status=1))
        memory.write_bytes(octets)
        memory.chmod(0o600)
        os.chown(memory, self.anne.uid, 0)

    def edit(self, statement, *values):
        """In comodald's database, behind its back."""
        with sqlite3.connect(self.daemon.database, timeout=30) as connection:
            found = connection.execute(statement, values).fetchall()
        connection.close()
        return found

    def make_release(self, custodian):
        """Of the only request that there is, by a program of the custodian's own."""
        records = split(custodian.caller.call("Vault", "GetEscrow")[1][0])
        (asked,) = (octets for octets in records if kind_of(octets) == "request")
        request, keys = vault.read(asked, "request"), custodian.keys
        left = next(octets for octets in records if vault.record_hash(octets) == request["deposit"])
        half = vault.open_half(vault.read(left, "deposit"), (keys.id, keys.generation), keys.box_secret)
        heir = next(person.keys for person in self.people if person.keys.id == request["recipient"])
        return vault.make_sealed("release", {
            "organisation": self.organisation.id, "request": vault.record_hash(asked), "deposit": vault.record_hash(left),
            "custodian": keys.id, "custodian_generation": keys.generation, "recipient": heir.id, "recipient_generation": heir.generation,
            "directory": len(self.organisation.directories), "made_at": self.time}, heir.box_key, half, keys.seed)

    def open_draft(self, keys, octets):
        return vault.open_draft(octets, {"organisation": self.organisation.id, "person": keys.id, "generation": keys.generation,
                                         "local_key": keys.local_key})

    def open_with(self, keys, case_id):
        """The epochs whose keys somebody's keys open, whatever became of these since."""
        envelopes = [vault.read(octets, "envelope") for octets in self.records(self.anne, case_id) if kind_of(octets) == "envelope"]
        own = (keys.id, keys.generation)
        return {e["epoch"] for e in envelopes if (e["to"], e["recipient"], e["recipient_generation"]) == (1, *own)
                and vault.open_envelope(e, own, keys.box_secret)}

    def test_keys_lost(self):
        """With passphrase and recovery code: the same person, with new keys, has everything again."""
        chloe, denis, _, _ = self.keepers
        self.anne.write(self.students[0], CANARY)
        self.renew(state=2)
        shut = self.anne.ctl("note", "show", self.students[0], "1", status=1)
        self.assertNotIn(CANARY, shut)
        # nobody ended her access: it says what it is, and what there is to do
        self.assertIn("under your earlier keys: “vault carry-over” makes it", shut)
        self.assertIn("under your earlier keys", self.anne.ctl("case", "list", COLUMNS="200"))
        listed = self.anne.ctl("note", "list", self.students[0])
        self.assertIn("under your earlier keys", listed)
        self.assertNotIn("access ended", listed)
        # her new keys left something too, under which no file is: a colleague is asked for what the files are under
        self.assertEqual([(d["generation"], d["number"]) for d in self.deposits(self.anne)[0]], [(1, 1), (2, 1)])
        self.assertIn("It is asked", self.ask(chloe))
        (asked,) = [vault.read(octets, "request") for octets in split(chloe.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "request"]
        self.assertEqual(asked["deposit"], vault.record_hash(self.deposits(self.anne)[1][0]))
        self.assertIn("waits", self.ask(denis, status=1))
        refused = self.anne.json("custody", "refuse", "--yes")
        self.assertEqual((refused, refused["requests"][-1]["refused"]), (self.anne.json("custody", "list"), True))
        self.assertIn("no file left", self.ask(chloe, "--for", "félix", whose="bruno", status=1))
        self.assertIn("It is asked", chloe.ctl("custody", "request", "anne", "--for", "anne", "--reason", "keys-lost", "--yes"))
        self.pass_days(3)
        for count, person in enumerate((chloe, denis), 1):
            self.assertEqual(person.json("custody", "release", "--yes")["requests"][-1]["releases"], count)
        self.assertIn("yours now: 1", self.anne.ctl("custody", "take-over", "--yes"))
        self.assertIn(CANARY, self.anne.ctl("note", "show", self.students[0], "1"))
        self.anne.write(self.students[0], "suite")
        self.assertEqual(self.open(self.anne, self.cases(self.anne)[self.students[0]]).keys(), {1, 2})

    def test_new_keys_while_the_old_ones_are_there(self):
        """A stolen laptop: her files become those of her next keys, all at once, and the stolen ones open nothing that comes."""
        for student in self.students[:3]:
            self.anne.write(student, f"{CANARY} {student}")
        for student in self.students[:2]:
            self.anne.ctl("case", "share", student, "bruno", "--write", "--fingerprint", self.bruno.fingerprint())
        self.bruno.ctl("case", "accept", self.students[0], "--yes")
        self.bruno.write(self.students[0], "de Bruno")
        self.anne.ctl("note", "list", self.students[0])
        cases = self.cases(self.anne)
        self.assertIn("no earlier keys", self.anne.ctl("vault", "carry-over", lines=[PASSPHRASE], status=1))
        for text in ("pas signé, d’abord", "pas signé, ensuite"):
            self.anne.ctl("note", "write", self.students[0], lines=[text])
        self.anne.ctl("note", "write", self.students[2], lines=["celui-ci est gâté"])
        shown = self.anne.ctl("note", "drafts", self.students[0])
        old, folder = self.renew(state=3)
        self.assertNotIn(CANARY, self.anne.ctl("note", "show", self.students[0], "1", status=1))
        self.assertIn("not the passphrase of your earlier keys", self.anne.ctl("vault", "carry-over", lines=["une autre, aussi longue"], status=1))
        before = self.count_appends()
        self.assertEqual(self.anne.json("vault", "status")["waiting"]["carry_over"], 3)
        # drafts are left for later
        self.edit("UPDATE vault_draft SET person = randomblob(16)")
        self.lose_what_was_remembered(folder)
        self.assertEqual(self.count_appends(), before)
        self.edit("UPDATE vault_draft SET person = ?", old.id)
        (spoiled, kept), = self.edit("SELECT id, octets FROM vault_draft WHERE file = (SELECT id FROM vault_case WHERE name = ?)",
                                            cases[self.students[2]])
        self.edit("UPDATE vault_draft SET octets = ? WHERE id = ?", kept[:-1] + bytes([kept[-1] ^ 1]), spoiled)
        said = self.anne.ctl("vault", "carry-over", lines=[PASSPHRASE], status=1)
        self.assertIn("new keys now: 3", said)
        self.assertNotIn("Files that stay", said)
        # what the earlier keys are, and what they opened, does not outlive the call
        secrets = {"seed": old.seed, "box": old.box_secret, "local": old.local_key, "text": b"pas sign\xc3\xa9, d\xe2\x80\x99abord",
                   "passphrase": PASSPHRASE.encode(), "own": self.anne.keys.local_key}
        self.assertEqual(find_in_memory(self.anne.find_agent(), secrets), {"own"})
        self.assertIn("Drafts that your new keys open now: 2. Drafts that do not open, and stay as they are: 1.", said)
        self.assertEqual(self.anne.json("vault", "status")["waiting"]["carry_over"], 0)
        self.assertEqual(self.count_appends() - before, 3, "one entry a case")
        self.edit("UPDATE vault_draft SET octets = ? WHERE id = ?", kept, spoiled)
        said = self.anne.ctl("vault", "carry-over", lines=[PASSPHRASE])
        self.assertIn("new keys now: 0", said)
        self.assertIn("Drafts that your new keys open now: 1", said)
        # as they were, and in the same order; the earlier keys open none of them
        self.assertEqual(self.anne.ctl("note", "drafts", self.students[0]), shown)
        for octets in split(self.anne.caller.call("Vault", "GetDrafts", "(ay)", b"")[1][0]):
            draft = vault.read(octets, "draft")
            self.assertEqual((draft["generation"], draft["revision"]), (2, 2))
            self.assertIn("gâté" if draft["case"] == cases[self.students[2]] else "pas signé", str(self.open_draft(self.anne.keys, octets)))
            with self.assertRaises(vault.layout.Fault):
                self.open_draft(old, octets)
            self.anne.caller.call("Vault", "DropDraft", "(ayay)", draft["case"], draft["draft"])
        self.assertNotIn("Drafts", self.anne.ctl("vault", "carry-over", lines=[PASSPHRASE]))
        for student, case_id in cases.items():
            self.assertIn(f"{CANARY} {student}", self.anne.ctl("note", "show", student, "1"))
            self.anne.write(student, "suite")
            # the second implementation: what comes is the new keys' alone
            self.assertEqual((self.open_with(self.anne.keys, case_id), self.open_with(old, case_id)), ({1, 2}, {1}))
        # who read goes on where a note that her agent had seen names what they were given: the rest could be the thief's gift
        self.assertIn("suite", self.bruno.ctl("note", "show", self.students[0], "3"))
        self.bruno.write(self.students[0], "encore de Bruno")
        self.assertIn("encore de Bruno", self.anne.ctl("note", "show", self.students[0], "4"))
        self.assertIn("no right", self.bruno.ctl("note", "show", self.students[1], "2", status=1))
        self.anne.ctl("case", "share", self.students[1], "bruno", "--fingerprint", self.bruno.fingerprint())
        self.assertIn("suite", self.bruno.ctl("note", "show", self.students[1], "2"))

    def test_the_owner_refuses(self):
        chloe, denis, eve, _ = self.keepers
        self.anne.write(self.students[0], CANARY)
        self.ask(chloe)
        self.assertIn("nothing now", self.bruno.ctl("custody", "refuse", "--yes", status=1))
        self.assertIn("no right", self.bruno.ctl("custody", "refuse", "1", "--yes", status=1))
        self.assertIn("It is refused", self.anne.ctl("custody", "refuse", "--yes"))
        self.assertIn("refused by its owner", chloe.ctl("custody", "list"))
        self.pass_days(4)
        for person in (denis, eve):
            self.assertIn("refused", person.ctl("custody", "release", "1", "--yes", status=1))
        self.assertIn("there are not two", self.bruno.ctl("custody", "take-over", "1", "--yes", status=1))
        # each of the two by itself: comodald before a custodian's own program, and an agent before a comodald that knows of no refusal
        with self.assertRaises(other_user.Refused) as refused:
            denis.caller.call("Custody", "Add", "(h)", 0, documents=[self.make_release(denis)])
        self.assertIn("refused", str(refused.exception))
        self.edit("UPDATE vault_request SET refused = 0")
        self.assertIn("refused", denis.ctl("custody", "release", "1", "--yes", status=1))
        self.edit("UPDATE vault_request SET refused = 1")
        # she can be asked again, and refuse between two releases
        self.ask(chloe)
        self.pass_days(4)
        denis.ctl("custody", "release", "2", "--yes")
        # a refusal that is not dated behind a release that stands would be as if that had come after it
        with self.assertRaises(other_user.Refused) as refused:
            self.anne.caller.call("Custody", "Add", "(h)", 0, documents=[self.make_refusal()])
        self.assertIn("dated later", str(refused.exception))
        self.anne.ctl("custody", "refuse", "2", "--yes")
        self.assertIn("refused", eve.ctl("custody", "release", "2", "--yes", status=1))
        # a custodian who asks for a year stands in nobody's way; for longer nobody asks
        self.ask(chloe, "--days", "365")
        self.assertIn("waits", self.ask(denis, "--days", "365", status=1))
        self.assertIn("It is asked", self.ask(denis))
        self.assertIn("waits", self.ask(eve, status=1))
        # and files no second one, with whatever delay, nor for everybody there is
        for days in ("364", "100", "4"):
            self.assertIn("Another custodian can ask", self.ask(chloe, "--days", days, status=1))
        self.check_recipients(chloe)
        values = vault.read(next(octets for octets in split(eve.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "request"), "request")
        values.update(request=os.urandom(16), custodian=eve.keys.id, custodian_generation=eve.keys.generation, delay=365 * DAY + 1,
                      directory=len(self.organisation.directories), made_at=self.time)
        with self.assertRaises(other_user.Refused) as refused:
            eve.caller.call("Custody", "Add", "(h)", 0, documents=[vault.sign_record("request", values, eve.keys.seed)])
        self.assertIn("365 at most", str(refused.exception))
        self.go_on_after_refusal(self.students[1])
        # and where a comodald of before took a refusal of the same second as the release
        self.date_refusal_back()
        self.go_on_after_refusal(self.students[2])
        # in whatever order the two are kept
        self.put_release_behind()
        self.go_on_after_refusal(self.students[3])
        self.assertIn("refused by its owner", chloe.ctl("custody", "list"))

    def find_release(self):
        """The newest one of what Anne left."""
        *_, found = (octets for octets in split(self.anne.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "release")
        return vault.read(found, "release")

    def make_refusal(self):
        """Of the request that was released last, in the second of that release."""
        keys, released = self.anne.keys, self.find_release()
        return vault.sign_record("refusal", {
            "organisation": self.organisation.id, "request": released["request"], "person": keys.id, "generation": keys.generation,
            "directory": released["directory"], "made_at": released["made_at"]}, keys.seed)

    def date_refusal_back(self):
        octets = self.make_refusal()
        connection = self.open_database()
        connection.execute("UPDATE vault_record SET octets = ?, hash = ? WHERE id = (SELECT max(id) FROM vault_record WHERE kind = 'refusal')",
                           (octets, vault.record_hash(octets)))
        connection.commit()
        connection.close()
        self.start_all_anew()

    def put_release_behind(self):
        """The refused release behind its refusal."""
        connection = self.open_database()
        connection.execute("UPDATE vault_record SET id = (SELECT max(id) + 1 FROM vault_record) WHERE id = "
                           "(SELECT max(id) FROM vault_record WHERE kind = 'release')")
        connection.commit()
        connection.close()
        self.start_all_anew()

    def start_all_anew(self):
        self.start_daemon()
        for person in self.people:
            person.end()
            person.unlock()

    def go_on_after_refusal(self, student):
        """The owner of a request that was refused between two releases writes in new files and in old ones, and hands one out."""
        for other in (student, self.students[0]):
            self.anne.write(other, f"{CANARY} encore")
        path = self.anne.folder / f"{student}.comodal-export"
        made = self.anne.ctl("export", "make", self.students[0], "--output", str(path), "--purpose", "access", "--asked-on", "2026-11-02")
        (code,) = re.findall(r"\b((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\b", made)
        vault_export.Import(path.read_bytes(), code, vault.fingerprint(self.organisation.key))

    def check_recipients(self, custodian):
        """Five, the one who was asked for among them."""
        others = [vault_keys.Keys(self.organisation.id, os.urandom(16), 1, f"Personne {i}", self.now) for i in range(5)]
        for keys in others:
            self.organisation.admit(keys)
        self.sign_directory()
        values = vault.read(next(octets for octets in split(custodian.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "request"),
                            "request")
        values.update(custodian=custodian.keys.id, delay=3 * DAY, directory=len(self.organisation.directories), made_at=self.time)
        for i, keys in enumerate(others):
            values.update(request=os.urandom(16), recipient=keys.id)
            record = vault.sign_record("request", values, custodian.keys.seed)
            if i < 4:
                custodian.caller.call("Custody", "Add", "(h)", 0, documents=[record])
        with self.assertRaises(other_user.Refused) as refused:
            custodian.caller.call("Custody", "Add", "(h)", 0, documents=[record])
        self.assertIn("for 5 people", str(refused.exception))

    def test_a_half_that_does_not_open(self):
        """Its custodian alone can find it, and says whose; the two others still open what was left."""
        custodians = sorted(self.keepers[:3], key=lambda person: person.keys.id)
        spoiled, *others = custodians
        for person in custodians:
            self.assertEqual(person.json("custody", "list")["spoiled"], [])
        # somebody whose own agent has left nothing yet
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        gaston = self.person(8, "Gaston Roux, psychologue", professional)
        self.sign_directory()
        values = {"organisation": self.organisation.id, "person": gaston.keys.id, "generation": 1, "number": 1,
                  "directory": len(self.organisation.directories), "made_at": self.time}
        keys = [(person.keys.id, 1, person.keys.box_key) for person in custodians]
        # sealed to a key that nobody has
        keys[0] = (*keys[0][:2], vault_keys.Keys(self.organisation.id, spoiled.keys.id, 1, "", self.now).box_key)
        secret = os.urandom(32)
        gaston.caller.call("Vault", "Append", "(ha{sv})", 0, {}, documents=[
            vault.make_deposit(values, secret, keys, gaston.keys.seed)])
        self.assertEqual(spoiled.json("custody", "list")["spoiled"], [gaston.name])
        self.assertIn(f"does not open: {gaston.name}", spoiled.ctl("custody", "list"))
        for verb in ("status", "unlock"):
            self.assertIn("What a colleague left with you does not open", spoiled.ctl("vault", verb, lines=[PASSPHRASE]))
        for person in others:
            self.assertEqual(person.json("custody", "list")["spoiled"], [])
            self.assertNotIn("does not open", person.ctl("vault", "status"))
        self.assertEqual(self.combine(self.deposits(gaston)[0][-1], *others), secret)

    def test_three_custodians_have_no_files(self):
        said = self.keepers[0].ctl("note", "write", self.students[0], lines=["x"], status=1)
        self.assertIn("needs a fourth", said)


if __name__ == "__main__":
    tap.main()
