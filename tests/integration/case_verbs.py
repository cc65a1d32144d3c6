#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl case: files given to colleagues, ended and handed over, by the agents of several people over one comodald."""
import json
import os
import re
import sqlite3
import unittest

from gi.repository import GLib

import tap
from dishonest_comodald import Dishonest
import vault_house
import vault_keys
from vault_case_maker import Case
import vault
import vault_export

CANARY = "Zorglub dort mal depuis la rentrée"


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Cases(vault_house.House):
    def setUp(self):
        super().setUp()
        self.anne, self.bruno, self.chloe = self.people
        self.who = self.students[0]
        self.anne.write(self.who, CANARY)

    def share(self, giver, who, colleague, *arguments, status=0, **more):
        return giver.ctl("case", "share", who, colleague.name.split()[0], "--fingerprint", colleague.fingerprint(), *arguments,
                         status=status, **more)

    def test_read_then_write_then_nothing(self):
        said = self.share(self.anne, self.who, self.bruno)
        self.assertIn("Bruno Côté, orthophoniste will be able to read all that is signed in it (1 note)", said)
        self.assertNotIn("be able to write", said)
        # given, and not accepted: it can be looked at, and is not written to
        (row,) = self.bruno.json("case", "list")["files"]
        self.assertEqual((row["own"], row["accepted"], row["rights"], row["notes"]), (False, False, 1, 1))
        self.assertIn("given to you; not accepted yet", self.bruno.ctl("case", "list"))
        # two of one name differ, and so do two files about one student
        self.assertEqual(row["identifier"], self.who)
        self.anne.ctl("note", "write", self.students[1], "--file", "confidential", lines=["x"])
        table = self.anne.ctl("case", "list", LANGUAGE="fr", COLUMNS="80")
        self.assertIn("Identifiant", table)
        for word in (self.who, self.students[1], "établissement", "confidentiel"):
            self.assertIn(word, table)
        self.assertIn("can read 1 note ", self.anne.ctl("case", "access", self.who))
        self.assertIn(CANARY, self.bruno.ctl("note", "show", self.who, "1"))
        self.assertIn("case accept", self.bruno.ctl("note", "write", self.who, lines=["x"], status=1))
        self.assertIn("Accepted", self.bruno.ctl("case", "accept", self.who, "--yes"))
        self.assertIn("to read, not to write", self.bruno.ctl("note", "write", self.who, lines=["x"], status=1))
        # more, and what less needs
        self.assertIn("write notes under their own name", self.share(self.anne, self.who, self.bruno, "--write"))
        self.assertIn("end their access first", self.share(self.anne, self.who, self.bruno, status=1))
        self.bruno.write(self.who, "de Bruno")
        self.assertIn("de Bruno", self.anne.ctl("note", "show", self.who, "2"))
        # only who is responsible gives
        said = self.share(self.bruno, self.who, self.chloe, status=1)
        self.assertIn("Only whoever is responsible", said)
        self.assertNotIn("will be able to", said)
        # nobody gives to themselves
        self.assertIn("Nobody else in your organisation's directory of keys is called “Anne”", self.share(self.anne, self.who, self.anne, status=1))
        self.assertIn("No student is called", self.chloe.ctl("case", "access", self.who, status=1))
        # the end: for what comes
        self.assertIn("Nothing was changed", self.anne.ctl("case", "end-access", self.who, "Bruno", status=1))
        ended = self.anne.json("case", "end-access", self.who, "Bruno", "--yes")
        self.assertEqual(ended, self.anne.json("case", "access", self.who))
        self.anne.write(self.who, "pour la suite")
        self.assertIn(CANARY, self.bruno.ctl("note", "show", self.who, "1"))
        self.assertIn("(note)", self.bruno.ctl("note", "show", self.who, "3", status=1))
        self.assertIn("may not write in this file any more", self.bruno.ctl("note", "write", self.who, lines=["x"], status=1))
        found = self.bruno.json("note", "search", self.who, lines=["e"])["notes"]
        self.assertEqual([note["number"] for note in found], [1, 2])
        self.assertIn("no access to this file that could be ended", self.anne.ctl("case", "end-access", self.who, "Bruno", "--yes", status=1))
        readers = {r["name"]: (r["rights"], r["notes"], r["responsible"]) for r in self.anne.json("case", "access", self.who)["readers"]}
        self.assertEqual(readers, {self.anne.name: (3, 3, True), self.bruno.name: (0, 2, False)})
        # the second implementation opens what was shared, and no more
        case_id = self.cases(self.bruno)[self.who]
        self.assertEqual(set(self.open(self.bruno, case_id)), {1, 2})
        self.assertEqual(set(self.open(self.anne, case_id)), {1, 2, 3})
        # given again, all of it
        shared = json.loads(self.share(self.anne, self.who, self.bruno, "--json"))
        self.assertEqual(shared, self.anne.json("case", "access", self.who))
        self.assertIn("pour la suite", self.bruno.ctl("note", "show", self.who, "3"))

    def test_a_caseload_handed_over(self):
        for student in self.students[1:3]:
            self.anne.write(student, f"sur {student}")
        self.share(self.anne, self.who, self.chloe, "--write")
        self.assertEqual(self.chloe.json("case", "accept", self.who, "--yes"), self.anne.json("case", "access", self.who))
        self.assertIn("Say whose files", self.anne.ctl("case", "hand-over", "Bruno", status=2))
        typed = ("--fingerprint", self.bruno.fingerprint())
        self.assertIn("has another fingerprint", self.anne.ctl("case", "hand-over", "Bruno", "--all", "--fingerprint",
                                                               self.chloe.fingerprint(), status=1))
        before = self.daemon_writes()
        said = self.anne.ctl("case", "hand-over", "Bruno", "--all", *typed)
        self.assertIn("3 files, all of them or none, become Bruno Côté, orthophoniste’s", said)
        self.assertEqual(self.daemon_writes() - before, 3, "one entry a case")
        self.assertEqual({row["own"] for row in self.anne.json("case", "list")["files"]}, {False})
        self.assertEqual([(row["own"], row["accepted"]) for row in self.bruno.json("case", "list")["files"]], [(True, False)] * 3)
        self.assertIn(CANARY, self.bruno.ctl("note", "show", self.who, "1"))
        self.assertIn("case accept", self.bruno.ctl("note", "write", self.who, lines=["x"], status=1))
        self.assertIn("may not write", self.anne.ctl("note", "write", self.who, lines=["x"], status=1))
        self.assertIn("There is no file that you are responsible for", self.anne.ctl("case", "hand-over", "Bruno", "--all", *typed, status=1))
        # whoever takes it makes a key of their own, which those who stay have too
        self.bruno.ctl("case", "accept", self.who, "--yes")
        self.bruno.write(self.who, "de Bruno, responsable")
        self.assertIn("de Bruno, responsable", self.chloe.ctl("note", "show", self.who, "2"))
        self.chloe.write(self.who, "de Chloé")
        case_id = self.cases(self.anne)[self.who]
        kept = self.replay(self.bruno, case_id)
        self.assertEqual([vault.read(octets, "epoch")["reason"] for octets in kept["epoch"]], [1, 3, 2])
        self.assertEqual((set(self.open(self.anne, case_id)), set(self.open(self.bruno, case_id)), set(self.open(self.chloe, case_id))),
                         ({1}, {1, 2, 3}, {1, 2, 3}))
        self.assertIn(CANARY, self.anne.ctl("note", "show", self.who, "1"))
        self.assertIn("(note)", self.anne.ctl("note", "show", self.who, "2", status=1))
        # given students alone, and reading on
        student = self.students[1]
        self.bruno.ctl("case", "accept", student, "--yes")
        handed = self.bruno.json("case", "hand-over", "Chloé", student, "--keep-reading", "--fingerprint", self.chloe.fingerprint())
        self.assertEqual((handed["to"], len(handed["students"])), (self.chloe.name, 1))
        self.chloe.ctl("case", "accept", student, "--yes")
        self.chloe.write(student, "suite")
        self.assertIn("suite", self.bruno.ctl("note", "show", student, "2"))
        self.assertIn("to read, not to write", self.bruno.ctl("note", "write", student, lines=["x"], status=1))
        # and handed back: under the giver's key nothing is written, though it was accepted once
        self.chloe.ctl("case", "hand-over", "Bruno", student, "--fingerprint", self.bruno.fingerprint())
        given = [row for row in self.bruno.json("case", "list")["files"] if (row["own"], row["accepted"]) == (True, False)]
        self.assertEqual(len(given), 2)
        self.assertIn("case accept", self.bruno.ctl("note", "write", student, lines=["x"], status=1))
        self.bruno.ctl("case", "accept", student, "--yes")
        self.bruno.write(student, "seul de nouveau")
        self.assertIn("(note)", self.chloe.ctl("note", "show", student, "3", status=1))

    def daemon_writes(self):
        with sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True) as connection:
            (entries,) = connection.execute("SELECT count(*) FROM audit WHERE action = 'vault.append'").fetchone()
        connection.close()
        return entries

    def test_what_is_planted(self):
        # a colleague gives a file that they made up, about a student of Anne's: nobody writes to it unasked
        student = self.students[1]
        number = self.client.number("student", student)
        forged = Case(self.organisation, self.bruno.keys, student, self.now)
        self.client.call("Accounts", "Set", "(ua{sv})", self.bruno.uid, {"roles": GLib.Variant("as", ["professional", "coordinator"])})
        self.bruno.caller.call("Vault", "Append", "(ha{sv})", 0, {"student": ("t", number)},
                               documents=[forged.open() + forged.envelope(self.anne.keys)])
        self.assertIn("case accept", self.anne.ctl("note", "write", student, lines=["secret"], status=1))
        rows = {row["responsible"]: row["accepted"] for row in self.anne.json("case", "list")["files"]}
        self.assertEqual(rows, {self.anne.name: True, self.bruno.name: False})
        # an envelope by who is not responsible, put into the database behind comodald's back
        case_id = self.cases(self.anne)[self.who]
        case = self.continue_case(self.anne, case_id)
        self.plant(case_id, case.envelope(self.chloe.keys, granter=self.bruno.keys), self.chloe.keys.id)
        self.assertIn("There was no right to it (case)", self.anne.ctl("note", "list", self.who, status=1))
        self.assertIn("can’t be believed", self.anne.ctl("case", "list"))
        self.assertIn("There was no right to it (case)", self.chloe.ctl("note", "list", self.who, status=1) + "")

    def test_whose_keys_were_stolen(self):
        for colleague in (self.bruno, self.chloe):
            self.share(self.anne, self.who, colleague, "--write")
            colleague.ctl("case", "accept", self.who, "--yes")
        self.bruno.ctl("note", "write", self.who, lines=["de Bruno"])
        self.bruno.ctl("note", "attach", self.who, str(self.put(self.bruno, "dessin.txt", b"une maison")))
        self.bruno.ctl("note", "sign", self.who)
        self.anne.ctl("note", "list", self.who)
        case_id = self.cases(self.anne)[self.who]
        self.organisation.retire(self.bruno.keys, state=3)
        self.sign_directory()
        self.assertIn("believed by those alone whose agents saw it before", self.bruno.ctl("vault", "status"))
        self.assertIn("no keys in force", self.share(self.anne, self.who, self.bruno, status=1))
        # what one's agent remembers stays, and it says so; whoever saw nothing of it believes nothing of it
        said = self.anne.ctl("note", "list", self.who)
        self.assertIn("keys that were stolen since", said)
        self.assertIn("de Bruno", self.anne.ctl("note", "show", self.who, "2"))
        self.assertIn("a key that no longer counts (case)", self.chloe.ctl("note", "show", self.who, "2", status=1))
        self.export_what_was_stolen()
        self.export_for_keys()
        self.assertIn("no keys in force", self.anne.ctl("export", "make", self.who, "--output", str(self.anne.folder / "x"), "--purpose", "copy",
                                                        "--asked-on", "2026-11-02", "--to", "Bruno", status=1))
        # the thief: a note behind what was seen, as of yesterday's directory
        case = self.continue_case(self.anne, case_id)
        case.grants[self.bruno.keys.id, 1] = next(
            octets for octets in self.replay_kept(case_id)["envelope"]
            if vault.read(octets, "envelope")["recipient"] == self.bruno.keys.id)
        self.anne.ctl("case", "end-access", self.who, "Bruno", "--yes")
        self.anne.write(self.who, "sans Bruno")
        self.assertIn("sans Bruno", self.anne.ctl("note", "show", self.who, "3"))
        note, _ = case.note("du voleur", author=self.bruno.keys, keep=False, directory=2)
        self.plant(case_id, note, self.bruno.keys.id, kind="note")
        self.assertIn("a key that no longer counts (case)", self.anne.ctl("note", "list", self.who, status=1))

    def put(self, person, name, octets):
        """A file of theirs."""
        path = person.folder / name
        path.write_bytes(octets)
        os.chown(path, person.uid, -1)
        return path

    def export_what_was_stolen(self):
        """What Anne's agent believes goes out on her word, and is told so; another program that holds to the class says it."""
        path = self.anne.folder / "dossier.comodal-export"
        made = self.anne.ctl("export", "make", self.who, "--output", str(path), "--purpose", "access", "--asked-on", "2026-11-02")
        self.assertIn("stolen since: 1.", made)
        (code,) = re.findall(r"\b((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\b", made)
        fingerprint = vault.fingerprint(self.organisation.key)
        with self.assertRaises(vault.Fault) as caught:
            vault_export.Import((path / "comodal-export").read_bytes(), code, fingerprint)
        self.assertEqual(caught.exception.kind, "revoked")
        received = self.chloe.folder / "recu.comodal-export"
        received.mkdir()
        os.chown(received, self.chloe.uid, -1)
        for part in path.iterdir():
            self.put(self.chloe, f"{received.name}/{part.name}", part.read_bytes())
        for verb in ("check", "read", "import"):
            said = self.chloe.ctl("export", verb, str(received), "--organisation", fingerprint, lines=[code])
            self.assertIn("Notes signed with keys that were stolen since: 1.", said)
            if verb == "read":
                self.assertRegex(said, r"Note 2, of [-0-9]+, by Bruno[^.]*Signed with keys that were stolen since\. de Bruno")
                self.assertEqual(said.count("Signed with keys"), 1)
        # so is whoever saves what is attached to it
        saved = self.chloe.folder / "dessin.txt"
        said = self.chloe.ctl("export", "save", str(received), "2", "1", "--organisation", fingerprint, "--output", str(saved), lines=[code])
        self.assertEqual(saved.read_bytes(), b"une maison")
        self.assertRegex(said, r"Saved as [^ ]*dessin\.txt\. Signed with keys that were stolen since\.")
        self.assertIn("no longer counts", self.chloe.ctl("export", "make", self.who, "--output", str(received) + "2", "--purpose", "access",
                                                         "--asked-on", "2026-11-02", status=1))

    def export_for_keys(self):
        """For a colleague of the directory, and for keys that came as a file: their agent opens it, nobody else's, and no passphrase."""
        fingerprint = vault.fingerprint(self.organisation.key)
        given = self.chloe.folder / "chloe.key"
        self.assertEqual(self.chloe.json("export", "key", f"{given}.json"),
                         {"written": f"{given}.json", "fingerprint": self.chloe.fingerprint()})
        said = self.chloe.ctl("export", "key", str(given))
        self.assertIn(self.chloe.fingerprint(), said)
        self.assertEqual(vault.read(given.read_bytes(), "enrolment")["box_key"], self.chloe.keys.box_key)
        received = self.anne.folder / "chloe.key"
        received.write_bytes(given.read_bytes())
        os.chown(received, self.anne.uid, -1)
        make = ("export", "make", self.who, "--purpose", "copy", "--asked-on", "2026-11-02", "--withhold", "2")
        for name, option in (("directory", ("--to", "Chlo")), ("file", ("--to-key", str(received)))):
            path = self.anne.folder / f"{name}.comodal-export"
            self.assertIn("another fingerprint", self.anne.ctl(*make, "--output", str(path), *option, "--fingerprint", fingerprint, status=1))
            self.anne.ctl(*make, "--output", str(path), *option, status=1)
            self.assertFalse(path.exists())
            said = self.anne.ctl(*make, "--output", str(path), *option, "--fingerprint", self.chloe.fingerprint())
            self.assertRegex(said, "for the keys of Chlo[^:]* alone")
            self.assertNotIn("passphrase", said)
            sent = self.chloe.folder / path.name
            sent.write_bytes(path.read_bytes())
            os.chown(sent, self.chloe.uid, -1)
            self.assertIn("Note 1", self.chloe.ctl("export", "read", str(sent), "--organisation", fingerprint))
            self.assertIn("Kept as it came", self.chloe.ctl("export", "import", str(sent), "--organisation", fingerprint))
            self.assertEqual(len(vault_export.open_head(path.read_bytes(), self.chloe.keys.box_secret)), 32)
            self.assertIn("(export)", self.anne.ctl("export", "check", str(path), "--organisation", fingerprint, status=1))
        received.write_bytes(given.read_bytes()[:-1] + b"x")
        self.assertIn("(enrolment)", self.anne.ctl(*make, "--output", str(self.anne.folder / "x"), "--to-key", str(received), status=1))

    def test_what_is_put_back_under_a_kept_copy(self):
        """Agents hold what they checked: a row that goes, or a database of before, is noticed all the same, accepted or not."""
        self.anne.write(self.who, "deux")
        self.share(self.anne, self.who, self.bruno)
        for person in (self.anne, self.bruno):
            self.assertIn("deux", person.ctl("note", "show", self.who, "2"))
        yesterday = self.edit_database()
        self.anne.write(self.who, "trois")
        for person in (self.anne, self.bruno):
            self.assertIn("trois", person.ctl("note", "show", self.who, "3"))
        today = self.edit_database(yesterday)
        for person in (self.anne, self.bruno):
            self.assertIn("something was put back (case)", person.ctl("note", "list", self.who, status=1))
        self.edit_database(today)
        for person in (self.anne, self.bruno):
            person.ctl("note", "list", self.who)
        # one in the middle, and its text
        connection = self.open_database()
        connection.execute("DELETE FROM vault_body WHERE note = (SELECT min(id) FROM vault_record WHERE kind = 'note')")
        connection.execute("DELETE FROM vault_record WHERE id = (SELECT min(id) FROM vault_record WHERE kind = 'note')")
        connection.commit()
        connection.close()
        self.start_daemon()
        for person in (self.anne, self.bruno):
            self.assertIn("(case)", person.ctl("note", "list", self.who, status=1))
        self.edit_database(today)
        self.assertIn("trois", self.anne.ctl("note", "show", self.who, "3"))

    def test_a_substituted_colleague(self):
        """Somebody in comodald's place gives another key under a colleague's name: nothing is sealed to it."""
        case_id = self.cases(self.anne)[self.who]
        listed = self.anne.caller.call("Vault", "ListCases", "(a{sv})", {})[1][0]
        records = b"".join(self.records(self.anne, case_id))
        honest = list(self.organisation.directories)
        self.assertEqual(self.daemon.stop(), 0)
        bruno = next(entry for entry in self.organisation.entries if entry["person"] == self.bruno.keys.id)
        thief = vault_keys.Keys(self.organisation.id, self.bruno.keys.id, 1, self.bruno.name, self.now)
        other = vault_keys.Organisation(self.now)
        forged = {}
        for name, changes, seed in (
                # the very octets, with another key in them
                ("Its signature does not hold", None, None),
                # a next directory, by a key that is not the organisation's
                ("There was no right to it", {"box_key": thief.box_key, "sign_key": thief.sign_key}, other.seed),
                # and by the organisation's own, were it dishonest: nobody's key changes under who knew it
                ("It is genuine, but belongs somewhere else", {"box_key": thief.box_key}, self.organisation.seed)):
            if changes is None:
                forged[name] = [*honest[:-1], honest[-1].replace(self.bruno.keys.box_key, thief.box_key)]
                continue
            before = dict(bruno)
            bruno.update(changes)
            self.organisation.directories[:] = honest
            forged[name] = [*honest, self.organisation.sign(seed)]
            bruno.update(before)
        self.organisation.directories[:] = honest
        for said, directories in forged.items():
            place = Dishonest(self.bus, {
                "Directory.GetOrganisation": ("(ayt)", list(self.organisation.key), len(directories)),
                "Directory.List": ("(h)", b"".join(directories)), "Vault.ListCases": ("(h)", listed),
                "Vault.GetRecords": ("(h)", records), "Vault.GetRecordsAfter": ("(th)", 0, records)})
            try:
                for fingerprint in (self.bruno.fingerprint(), self.bruno.fingerprint(thief)):
                    result = self.anne.ctl("case", "share", self.who, "Bruno", "--fingerprint", fingerprint, status=1)
                    self.assertIn(f"{said} (directory)", result)
            finally:
                place.end()
            self.assertNotIn("Vault.Append", place.asked)
        self.start_daemon()
        self.share(self.anne, self.who, self.bruno)

    def replay_kept(self, case_id):
        kept = {}
        for octets in self.records(self.anne, case_id):
            kept.setdefault(vault_house.kind_of(octets), []).append(octets)
        return kept

    def continue_case(self, person, case_id):
        kept = self.replay_kept(case_id)
        case = Case(self.organisation, person.keys, self.who, self.now)
        case.id, case.epochs, case.notes = case_id, kept["epoch"], kept["note"]
        case.secrets = [vault.open_envelope(vault.read(kept["envelope"][0], "envelope"), (person.keys.id, 1), person.keys.box_secret)]
        return case

    def plant(self, case_id, octets, person, kind="envelope"):
        """A row that comodald did not check."""
        self.assertEqual(self.daemon.stop(), 0)
        with sqlite3.connect(self.daemon.database) as connection:
            (file,) = connection.execute("SELECT id FROM vault_case WHERE name = ?", (case_id,)).fetchone()
            (row,) = connection.execute("SELECT max(id) + 1 FROM vault_record").fetchone()
            connection.execute("INSERT INTO vault_record (id, file, kind, hash, person, octets, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                               (row, file, kind, vault.record_hash(octets), person, octets, self.now))
        connection.close()
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
