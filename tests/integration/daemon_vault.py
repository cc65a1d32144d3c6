#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases in the real comodald: two people with keys of the second implementation write and read them, and try what they may not."""
import json
import os
import sqlite3
import time
import unittest

import tap
from comodal_test import TestCase, generate
import other_user
import vault_keys
from vault_case_maker import Case
import vault
import vault_case

CASELOAD = generate("pair", "--seed", 1)
CANARY = "Zorglub dort mal depuis la rentrée"
# bin and sys: dbus-daemon lets in only whom the system knows
FIRST, SECOND = 2, 3


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Vault(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.now = int(time.time())
        self.organisation = vault_keys.Organisation(self.now)
        self.administrator = self.caller(os.getuid())
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[self.organisation.sign()])
        professionals = self.client.json("Roster", "List", "(s)", "professional")
        self.people = [self.person(uid, professional) for uid, professional in zip((FIRST, SECOND), professionals)]
        (self.anne, self.first), (self.bruno, self.second) = self.people
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[self.organisation.sign()])
        followup = next(f for f in CASELOAD["followups"] if f["professional"] == professionals[0]["id"])
        self.reference = followup["student"]
        self.student = self.client.number("student", self.reference)
        self.case = Case(self.organisation, self.anne, self.reference, self.now)

    def caller(self, uid):
        caller = other_user.Caller(self.bus, uid)
        self.addCleanup(caller.end)
        return caller

    def person(self, uid, professional):
        self.administrator.call("Accounts", "Set", "(ua{sv})", uid,
                                {"roles": ("as", ["professional"]), "professional": ("t", professional["number"])})
        caller = self.caller(uid)
        (organisation, person, generation), _ = caller.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, professional["name"], self.now)
        caller.call("Directory", "Enrol", "(hh)", 0, 1, documents=[keys.enrolment(), keys.recovery()])
        self.organisation.admit(keys)
        return keys, caller

    def append(self, caller, *records, student=0):
        options = {"student": ("t", student)} if student else {}
        (cases,), _ = caller.call("Vault", "Append", "(ha{sv})", 0, options, documents=[b"".join(records)])
        return cases

    def refuse(self, name, act, *arguments, **more):
        with self.assertRaises(other_user.Refused) as context:
            act(*arguments, **more)
        self.assertEqual(context.exception.name, name, context.exception)

    def records(self, caller):
        return caller.call("Vault", "GetRecords", "(ay)", self.case.id)[1][0]

    def bodies(self, caller, *notes):
        return caller.call("Vault", "GetBodies", "(ayay)", self.case.id, b"".join(map(vault.record_hash, notes)))[1][0]

    def open_case(self):
        self.assertEqual(self.append(self.first, self.case.open(), student=self.student), 1)

    def replay(self, records):
        """Whether the second implementation believes what comodald answers."""
        directory = vault.Directory(self.organisation.directories[-1], self.organisation.key)
        case = vault_case.Case(directory, self.case.id)
        while records:
            length = 16 + int.from_bytes(records[12:16], "little")
            case.add(records[:length])
            records = records[length:]
        case.finish()

    def test_write_and_read(self):
        self.open_case()
        for number in range(3):
            self.assertEqual(self.append(self.first, *self.case.note(f"{CANARY} {number}")), 1)
        records = self.records(self.first)
        self.assertEqual(records, self.case.epochs[0] + self.case.grants[self.anne.id, 1] + b"".join(self.case.notes))
        self.replay(records)
        self.assertEqual(self.bodies(self.first), b"".join(self.case.bodies))
        self.assertEqual(self.bodies(self.first, self.case.notes[2], self.case.notes[0]), self.case.bodies[2] + self.case.bodies[0])
        document = self.first.call("Vault", "ListCases", "(a{sv})", {})[1][0]
        (listed,) = json.loads(document)["cases"]
        self.assertEqual((listed["case"], listed["student"], listed["reference"], listed["notes"], listed["responsible"],
                          listed["file"]), (self.case.id.hex(), self.student, self.reference, 3, True, 3))

    def test_again_is_passed_over(self):
        records = self.case.open()
        self.append(self.first, records, student=self.student)
        note = self.case.note("une fois")
        self.assertEqual(self.append(self.first, *note), 1)
        self.assertEqual(self.append(self.first, *note), 0)
        self.assertEqual(self.append(self.first, records, *note), 0)
        self.assertEqual(self.bodies(self.first), note[1])

    def test_a_colleague_sees_nothing_before_and_everything_after(self):
        self.open_case()
        self.append(self.first, *self.case.note("avant"))
        for method, signature, *values in (("GetRecords", "(ay)", self.case.id), ("GetBodies", "(ayay)", self.case.id, b""),
                                           ("GetDrafts", "(ay)", self.case.id)):
            self.refuse("NotFound", self.second.call, "Vault", method, signature, *values)
        self.assertIn(b'"cases":[]', self.second.call("Vault", "ListCases", "(a{sv})", {})[1][0].replace(b" ", b""))
        self.refuse("NotFound", self.append, self.second, self.case.envelope(self.bruno, granter=self.bruno))
        self.append(self.first, self.case.envelope(self.bruno))
        self.replay(self.records(self.second))
        self.append(self.second, *self.case.note("après", author=self.bruno))
        self.assertEqual(len(self.case.notes), 2)
        self.replay(self.records(self.first))
        opened = vault.open_body(self.bodies(self.second, self.case.notes[0]), self.organisation.id,
                                 vault.read(self.case.notes[0], "note"), 1, self.case.secrets[0])
        self.assertIn("avant", str(opened))

    def test_access_ends(self):
        self.open_case()
        self.append(self.first, self.case.envelope(self.bruno))
        self.append(self.first, *self.case.note("commun"))
        grant = self.case.grants[self.bruno.id, 1]
        self.append(self.first, self.case.epoch(), self.case.envelope(self.anne))
        self.case.grants[self.bruno.id, 2] = grant
        self.refuse("AccessDenied", self.append, self.second, *self.case.note("après la fin", author=self.bruno, keep=False))
        self.refuse("AccessDenied", self.append, self.second,
                    *self.case.note("à l'ancienne", author=self.bruno, keep=False, epoch=1,
                                    epoch_record=vault.record_hash(self.case.epochs[0])))
        self.append(self.first, *self.case.note("seule"))
        self.replay(self.records(self.first))

    def test_what_does_not_fit(self):
        self.open_case()
        note, body = self.case.note("une")
        self.append(self.first, note, body)
        other = Case(self.organisation, self.anne, self.reference, self.now)
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[self.organisation.sign()])
        before = self.records(self.first)
        wrong = self.case.note("x", keep=False)
        for name, records in (
                ("InvalidInput", self.case.note("sans texte", keep=False)[:1]),
                ("Conflict", (self.case.note("a", keep=False)[0], self.case.note("b", keep=False)[1])),
                ("Conflict", self.case.note("deux", keep=False, sequence=3, previous=os.urandom(32))),
                ("Conflict", self.case.note("à côté", keep=False, sequence=1, previous=None)),
                ("Conflict", self.case.note("autre chaîne", keep=False, previous=os.urandom(32))),
                ("Conflict", self.case.note("d'hier", keep=False, entered_at=self.now - 3600)),
                ("Conflict", self.case.note("ancien répertoire", keep=False, directory=2)),
                ("AccessDenied", self.case.note("sans droit", keep=False, grant=os.urandom(32))),
                ("NotFound", (other.open(),)),
                ("InvalidInput", (self.case.epoch(), )),
                ("InvalidInput", (wrong[0][:-1] + bytes([wrong[0][-1] ^ 1]), wrong[1])),
                ("InvalidInput", (wrong[0], wrong[1][:-1])),
                ("InvalidInput", (b"cmvault", )),
                ("InvalidInput", (self.organisation.directories[0], ))):
            self.refuse(name, self.append, self.first, *records)
            self.assertEqual(self.records(self.first), before, "nothing is half taken")
        self.case.epochs.pop()
        self.case.secrets.pop()
        # of two notes of one call the second does not fit: neither is taken
        good = self.case.note("bonne")
        self.refuse("InvalidInput", self.append, self.first, *good, b"\0" * 16)
        self.assertEqual(self.records(self.first), before)
        self.append(self.first, *good)
        self.assertEqual(self.bodies(self.first), body + good[1])

    def test_an_attachment_that_nobody_kept(self):
        self.open_case()
        attachment = {"attachment": os.urandom(16), "size": 104 + 65561, "digest": os.urandom(32)}
        self.refuse("Conflict", self.append, self.first, *self.case.note("voir le dessin", keep=False, attachments=[attachment]))
        self.append(self.first, *self.case.note("sans dessin"))

    def attach(self, caller, stream, attachment, **more):
        (size, digest), _ = caller.call("Vault", "PutAttachment", "(ayayh)", self.case.id, attachment, 0, streams=[stream], **more)
        return size, bytes(digest)

    def stream(self, attachment, plain=b"dessin", key=b"k" * 32, **changes):
        return vault.make_attachment({"organisation": self.organisation.id, "case": self.case.id, "attachment": attachment, **changes}, key, plain)

    def fetch(self, caller, attachment):
        return caller.call("Vault", "GetAttachment", "(ayay)", self.case.id, attachment)[1][0]

    def kept(self):
        return sorted(path.name for path in (self.daemon.database.parent / "attachments").iterdir())

    def test_attachments(self):
        self.open_case()
        self.append(self.first, self.case.envelope(self.bruno, rights=1))
        one, two = os.urandom(16), os.urandom(16)
        stream = self.stream(one, os.urandom(200000))
        digest = vault.H("stream", stream)
        self.assertEqual(self.attach(self.first, stream, one), (len(stream), digest))
        self.refuse("Exists", self.attach, self.first, stream, one)
        self.assertEqual(self.fetch(self.first, one), stream)
        # until a note names it, it is its giver's alone
        self.refuse("NotFound", self.fetch, self.second, one)
        self.refuse("AccessDenied", self.attach, self.second, self.stream(two), two)
        for name, wrong in (("InvalidInput", self.stream(two, organisation=b"x" * 32)), ("Conflict", self.stream(two, case=b"x" * 16)),
                            ("Conflict", self.stream(one)), ("InvalidInput", self.stream(two)[:104]), ("InvalidInput", self.stream(two)[:-1]),
                            ("InvalidInput", b""), ("InvalidInput", self.stream(two) + b"x")):
            self.refuse(name, self.attach, self.first, wrong, two)
        self.assertEqual(len(self.kept()), 1, "nothing stays of what was refused")
        item = {"attachment": one, "size": len(stream), "digest": digest}
        for name, wrong in (("InvalidInput", {**item, "digest": os.urandom(32)}), ("InvalidInput", {**item, "size": item["size"] + 65561}),
                            ("Conflict", {**item, "attachment": two})):
            self.refuse(name, self.append, self.first, *self.case.note("voir", keep=False, attachments=[wrong]))
        self.append(self.first, *self.case.note("voir", attachments=[item]))
        self.assertEqual(self.fetch(self.second, one), stream)
        # an amendment may name it again; what is named is not dropped
        self.append(self.first, *self.case.note("encore", attachments=[item]))
        self.first.call("Vault", "DropAttachment", "(ayay)", self.case.id, one)
        self.assertEqual(self.fetch(self.first, one), stream)
        self.attach(self.first, self.stream(two), two)
        self.first.call("Vault", "DropAttachment", "(ayay)", self.case.id, two)
        self.first.call("Vault", "DropAttachment", "(ayay)", self.case.id, two)
        self.refuse("NotFound", self.fetch, self.first, two)
        self.assertEqual(len(self.kept()), 1, "its room is free for others, and so is the disk's")
        # somebody else's that no note names is not theirs to name
        self.append(self.first, self.case.envelope(self.bruno))
        self.attach(self.first, self.stream(two), two)
        self.refuse("Conflict", self.append, self.second, *self.case.note("à moi", author=self.bruno, keep=False, attachments=[
            {"attachment": two, "size": 65665, "digest": vault.H("stream", self.stream(two))}]))
        with self.assertRaises(other_user.Refused) as context:
            self.first.call("Vault", "PutAttachment", "(ayayh)", self.case.id, os.urandom(16), 0, documents=[self.stream(two)])
        self.assertEqual(context.exception.name, "InvalidInput", "a file may keep its reader waiting")
        self.after_a_restart(one, stream, two)

    def after_a_restart(self, one, stream, two):
        """What was begun is gone; what is somebody's, or another database's, stays; a limit holds; what is lost is said."""
        folder = self.daemon.database.parent / "attachments"
        self.assertEqual(self.daemon.stop(), 0)
        for name in ("ab" * 16, "cd" * 16 + ".part"):
            (folder / name).write_bytes(b"x")
        configuration = self.folder / "comodald.conf"
        configuration.write_text("[Attachments]\nPerPersonMiB=1\n")
        self.start_daemon("--config", configuration)
        self.assertEqual(self.fetch(self.first, one), stream)
        big = os.urandom(16)
        self.refuse("Conflict", self.attach, self.first, self.stream(big, bytes(900000)), big)
        self.daemon.await_log("1 files that the database does not know are left alone")
        self.assertEqual(len(self.kept()), 3, "the note's, the one that waits for a note, and the one that is not this database's")
        self.assertEqual(self.daemon.stop(), 0)
        for name in self.kept():
            (folder / name).unlink()
        self.start_daemon()
        self.refuse("Store", self.fetch, self.first, one)
        self.daemon.await_log("the files of 2 are missing")

    def test_in_anothers_name(self):
        self.open_case()
        self.append(self.first, self.case.envelope(self.bruno))
        # Bruno hands over what Anne signed, and Anne what Bruno did: keys that were lent, or a stolen file of records
        self.refuse("AccessDenied", self.append, self.second, *self.case.note("d'Anne", keep=False))
        self.refuse("AccessDenied", self.append, self.first, *self.case.note("de Bruno", author=self.bruno, keep=False))

    def test_a_body_is_never_replaced(self):
        self.open_case()
        note, body = self.case.note("vraie")
        self.append(self.first, note, body)
        self.case.notes.pop()
        forged = vault.make_body({"organisation": self.organisation.id, "case": self.case.id, "epoch": 1,
                                  "record": vault.record_hash(note), "nonce": os.urandom(24)}, self.case.secrets[0],
                                 os.urandom(32), b"x")
        self.append(self.first, note, forged)
        self.assertEqual(self.bodies(self.first), body)
        self.refuse("Conflict", self.append, self.first, *self.case.note("deux corps", keep=False), forged, forged)

    def test_drafts(self):
        self.open_case()
        draft = os.urandom(16)
        put = [self.case.draft(draft, revision, f"{CANARY} {revision}") for revision in (1, 2, 3)]

        def keep(octets, caller=self.first):
            caller.call("Vault", "PutDraft", "(h)", 0, documents=[octets])

        def drafts(caller, name=b""):
            return caller.call("Vault", "GetDrafts", "(ay)", name)[1][0]
        keep(put[0])
        keep(put[1])
        keep(put[1])
        self.refuse("Conflict", keep, put[0])
        self.assertEqual(drafts(self.first), put[1])
        self.assertEqual(drafts(self.first, self.case.id), put[1])
        self.assertEqual(drafts(self.second), b"")
        self.refuse("AccessDenied", keep, self.case.draft(draft, 9, "x", keys=self.bruno))
        self.refuse("NotFound", keep, self.case.draft(draft, 9, "x", keys=self.bruno), self.second)
        keep(put[2])
        self.first.call("Vault", "DropDraft", "(ayay)", self.case.id, draft)
        self.first.call("Vault", "DropDraft", "(ayay)", self.case.id, draft)
        self.assertEqual(drafts(self.first), b"")
        # several stand in the order in which they were begun, within one second too, whatever their ids, and however they are changed
        low, high = (self.case.draft(bytes([octet]) * 16, 1, "x") for octet in (1, 2))
        for first, second in ((low, high), (high, low)):
            keep(first)
            keep(second)
            self.assertEqual(drafts(self.first), first + second)
            for octet in (1, 2):
                self.first.call("Vault", "DropDraft", "(ayay)", self.case.id, bytes([octet]) * 16)
        keep(low)
        keep(high)
        low = self.case.draft(bytes([1]) * 16, 2, "y")
        keep(low)
        self.assertEqual(drafts(self.first, self.case.id), low + high)

    def test_heads(self):
        self.open_case()
        self.append(self.first, *self.case.note("une"))
        first = self.case.head()
        self.append(self.first, first)
        self.append(self.first, *self.case.note("deux"))
        second = self.case.head()
        self.append(self.first, second)
        records = self.records(self.first)
        self.assertTrue(records.endswith(second))
        self.assertNotIn(first, records)
        self.replay(records)
        self.refuse("Conflict", self.append, self.first, self.case.head(sequence=7, last_note=os.urandom(32)))

    def test_whose_keys_were_stolen(self):
        self.open_case()
        self.append(self.first, self.case.envelope(self.bruno))
        self.append(self.second, *self.case.note("de Bruno", author=self.bruno))
        self.organisation.retire(self.bruno, state=3)
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[self.organisation.sign()])
        self.refuse("AccessDenied", self.append, self.second, *self.case.note("du voleur", author=self.bruno, keep=False))
        # what stands there stays, and goes on
        self.append(self.first, *self.case.note("suite"))
        self.assertEqual(self.bodies(self.first), b"".join(self.case.bodies))

    def test_whose_student(self):
        stranger = next(s["id"] for s in CASELOAD["students"]
                        if not any(f["student"] == s["id"] and f["professional"] == CASELOAD["professionals"][1]["id"]
                                   for f in CASELOAD["followups"]))
        case = Case(self.organisation, self.bruno, stranger, self.now)
        number = self.client.number("student", stranger)
        self.refuse("NotFound", self.append, self.second, case.open(), student=number)
        self.refuse("NotFound", self.append, self.second, case.epochs[0], case.grants[self.bruno.id, 1])

    def test_no_trace(self):
        self.open_case()
        self.append(self.first, *self.case.note(CANARY))
        self.assertEqual(self.daemon.stop(), 0)
        for path in self.daemon.database.parent.iterdir():
            for encoding in ("utf-8", "utf-16-le"):
                self.assertNotIn("Zorglub".encode(encoding), path.read_bytes(), path)
        with sqlite3.connect(self.daemon.database) as connection:
            (entries,) = connection.execute("SELECT count(*) FROM audit WHERE action = 'vault.append'").fetchone()
        connection.close()
        self.assertEqual(entries, 2)


if __name__ == "__main__":
    tap.main()
