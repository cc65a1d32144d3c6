#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long files are kept, and their end: with the real comodald, and people whose records the second implementation makes."""
import datetime
import json
import os
import pathlib
import socket
import sqlite3
import threading
import time
import types
import unittest

import tap
from comodal_test import DEADLINE, GLib, SOURCE, TestCase, await_event, english, generate
import other_user
import retention_world as world
import vault_keys
from vault_case_maker import Case
import vault
import vault_case

CASELOAD = generate("pair", "--seed", 1)
# bin, sys and sync: dbus-daemon lets in only whom the system knows
UIDS = (2, 3, 4)
NOW = int(time.time())
LONG_AGO = NOW - (world.YEARS + 2) * 365 * world.DAY

HOLD = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "libhold-preload.so"


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Retention(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.preloaded = {}
        self.organisation_policies = world.write_policies(self.folder)
        self.configuration = self.folder / "comodald.conf"
        self.configuration.write_text(world.CONFIGURATION)
        self.serve(LONG_AGO)
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.organisation = vault_keys.Organisation(LONG_AGO)
        self.administrator = self.caller(os.getuid())
        self.add_directory()
        professionals = self.client.json("Roster", "List", "(s)", "professional")
        self.people = {}
        for uid, professional in zip(UIDS, [*professionals[:2], None]):
            self.people[uid] = self.enrol(uid, professional)
        custodians = [vault_keys.Keys(self.organisation.id, os.urandom(16), 1, f"Gardienne {i}", LONG_AGO) for i in range(3)]
        for keys in custodians:
            self.organisation.admit(keys, vault_keys.CUSTODIAN)
        self.add_directory()
        (self.anne, self.as_anne), (self.bruno, self.as_bruno), (self.chantal, self.as_chantal) = self.people.values()
        own = [f for f in CASELOAD["followups"] if f["professional"] == professionals[0]["id"]]
        self.deposit_with(sorted(custodians, key=lambda keys: keys.id))
        self.students = list(dict.fromkeys(f["student"] for f in own))[:2]
        self.cases = [self.open_case(student) for student in self.students]

    # ---- the world

    def serve(self, now):
        self.set_clock(now)
        self.start_daemon("--config", str(self.configuration), policies=(SOURCE / "policies", self.organisation_policies),
                          environment={"COMODAL_CLOCK": str(self.clock), **self.preloaded})
        self.client = self.connect()

    def serve_again(self, now):
        self.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        self.client.close()
        self.serve(now)

    def set_clock(self, now):
        new = self.folder / "clock.new"
        new.write_text(str(now))
        new.rename(self.clock)
        self.now = now

    def caller(self, uid):
        caller = other_user.Caller(self.bus, uid)
        self.addCleanup(caller.end)
        return caller

    def add_directory(self):
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[self.organisation.sign()])

    def enrol(self, uid, professional):
        account = {"roles": ("as", ["professional" if professional else "custodian"])}
        if professional:
            account["professional"] = ("t", professional["number"])
        self.administrator.call("Accounts", "Set", "(ua{sv})", uid, account)
        caller = self.caller(uid)
        (organisation, person, generation), _ = caller.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, f"Personne {uid}", LONG_AGO)
        caller.call("Directory", "Enrol", "(hh)", 0, 1, documents=[keys.enrolment(), keys.recovery()])
        self.organisation.admit(keys)
        return keys, caller

    def append(self, caller, *records, student=0):
        options = {"student": ("t", student)} if student else {}
        caller.call("Vault", "Append", "(ha{sv})", 0, options, documents=[b"".join(records)])

    def deposit_with(self, custodians):
        """Anne's escrow key: whoever has two of its halves opens her files, until they are destroyed."""
        secret = os.urandom(32)
        values = {"organisation": self.organisation.id, "person": self.anne.id, "generation": self.anne.generation, "number": 1,
                  "directory": len(self.organisation.directories), "made_at": LONG_AGO}
        self.deposit = vault.make_deposit(values, secret, [(c.id, c.generation, c.box_key) for c in custodians], self.anne.seed)
        self.append(self.as_anne, self.deposit)
        self.escrow = types.SimpleNamespace(id=self.anne.id, generation=self.anne.generation,
                                            box_key=vault.read(self.deposit, "deposit")["escrow_key"])

    def begin(self, case):
        epoch = case.epoch(deposit=vault.record_hash(self.deposit))
        left = case.envelope(self.escrow, rights=1, to=2, deposit=vault.record_hash(self.deposit))
        self.append(self.as_anne, epoch, left, case.envelope(self.anne), student=self.client.number("student", case.reference))
        return left

    def open_case(self, student):
        """A file with notes, a reader, a head and a draft that was changed; what is in it in case.kept, by kind."""
        case = Case(self.organisation, self.anne, student, LONG_AGO)
        left = self.begin(case)
        shared = case.envelope(self.bruno)
        self.append(self.as_anne, shared)
        attachment = os.urandom(16)
        stream = vault.make_attachment({"organisation": self.organisation.id, "case": case.id, "attachment": attachment}, b"k" * 32, b"dessin")
        self.as_anne.call("Vault", "PutAttachment", "(ayayh)", case.id, attachment, 0, streams=[stream])
        named = {"attachment": attachment, "size": len(stream), "digest": vault.H("stream", stream)}
        for text, attachments in (("Zorglub dort mal.", []), ("Il dort mieux." * 400, [named])):
            self.append(self.as_anne, *case.note(text, attachments=attachments))
        head = case.head()
        self.append(self.as_anne, head)
        draft = os.urandom(16)
        drafts = [case.draft(draft, revision, "brouillon " * 100 * revision) for revision in (1, 2)]
        for octets in drafts:
            self.as_anne.call("Vault", "PutDraft", "(h)", 0, documents=[octets])
        case.kept = [("envelope", left), ("envelope", shared), ("envelope", case.grants[self.anne.id, 1]), ("head", head), *(("draft", d) for d in drafts),
                     *(("note", n) for n in case.notes), *(("body", b) for b in case.bodies), ("attachment", stream)]
        return case

    def leave_copies(self, case):
        """What SQLite may do when it moves rows between pages: old copies in what is free of them."""
        with sqlite3.connect(self.daemon.database) as connection:
            connection.execute("PRAGMA secure_delete = OFF")
            connection.execute("CREATE TABLE moved (octets BLOB)")
            connection.executemany("INSERT INTO moved VALUES (?)", [(octets,) for kind, octets in case.kept if kind != "attachment"])
            connection.commit()
            connection.execute("DROP TABLE moved")
        connection.close()

    def close_followups(self, case):
        for followup in CASELOAD["followups"]:
            if followup["student"] == case.reference:
                number = self.client.number("followup", followup["id"])
                self.client.call("Followup", "Change", "(tssa{sv})", number, "active", "close", {})

    def document(self, caller=None):
        return json.loads(caller.call("Retention", "List")[1][0]) if caller else self.client.json("Retention", "List")

    def row(self, case, caller=None):
        return next((file for file in self.document(caller)["files"] if file["case"] == case.id.hex()), None)

    def destruction(self, case, first, second, /, **changes):
        document = self.document()
        listed = next(file for file in document["files"] if file["case"] == case.id.hex())
        return world.destruction(case, first, second, listed, document["backups_until"], self.now, **changes)

    def refuse(self, name, caller, method, record):
        with self.assertRaises(other_user.Refused) as context:
            caller.call("Retention", method, "(h)", 0, documents=[record])
        self.assertEqual(context.exception.name, name, context.exception)

    def ask(self, caller, whole):
        caller.call("Retention", "Ask", "(h)", 0, documents=[world.ask(whole)])

    def agree(self, caller, whole):
        (erased,), _ = caller.call("Retention", "Agree", "(h)", 0, documents=[whole])
        return erased

    def hold(self, number):
        self.administrator.call("Retention", "Hold", "(th)", number, 0, documents=[b'{"reason": "Poursuite civile"}'])

    def release(self, number):
        self.administrator.call("Retention", "Release", "(t)", number)

    def replay(self, records, *more):
        """Whether the second implementation believes what comodald answers, and what is added."""
        directory = vault.Directory(self.organisation.directories[-1], self.organisation.key)
        case = vault_case.Case(directory, self.cases[0].id)
        while records:
            length = 16 + int.from_bytes(records[12:16], "little")
            case.add(records[:length])
            records = records[length:]
        for octets in more:
            case.add(octets)

    def stored(self, query):
        with sqlite3.connect(self.daemon.database) as connection:
            rows = connection.execute(query).fetchall()
        connection.close()
        return rows

    def told(self):
        """The uids of those who are promised a letter about a destruction."""
        return [row[0] for row in self.stored(
            "SELECT coalesce(account.uid, notice.recipient) FROM notice LEFT JOIN account ON recipient_kind = 0 AND account.professional = recipient "
            "WHERE notice.kind = 'destruction.asked' ORDER BY notice.id")]

    # ---- what is due, and what is not

    def come_of_age(self, case):
        self.close_followups(case)
        self.set_clock(NOW)

    def test_due(self):
        case = self.cases[0]
        self.assertEqual(self.row(case)["state"], "followed")
        self.close_followups(case)
        row = self.row(case)
        last = datetime.date.fromisoformat(row["last_service"])
        self.assertEqual((row["state"], row["notes"], row["rule"]["id"], row["rule"]["years"], row["rule"]["owner"], row["floor"]),
                         ("kept", 2, "retention.professional", world.YEARS, "Secrétariat général", None))
        self.assertEqual(datetime.date.fromisoformat(row["due"]),
                         world.add_years(last.isoformat(), world.YEARS) + datetime.timedelta(days=1))
        # on the last day on which it is kept, and the day after
        due = int(datetime.datetime.fromisoformat(row["due"]).replace(tzinfo=datetime.timezone.utc).timestamp())
        self.set_clock(due - world.DAY // 2)
        self.assertEqual(self.row(case)["state"], "kept")
        self.refuse("Policy", self.as_anne, "Ask", world.ask(self.destruction(case, self.anne, self.bruno)))
        self.set_clock(due + world.DAY // 2)
        self.assertEqual(self.row(case)["state"], "due")
        for part in (row["rule"]["source"], row["rule"]["article"], str(last), "Secrétariat général"):
            self.assertIn(part, row["basis"])
        # who sees it: whoever can open it; not who can't
        self.assertEqual(self.row(case, self.as_bruno)["state"], "due")
        self.assertIsNone(self.row(case, self.as_chantal))
        with self.assertRaises(other_user.Refused):
            self.as_chantal.call("Retention", "GetCase", "(ay)", case.id)
        # a note makes it young again
        self.append(self.as_anne, *self.renew(case).note("encore"))
        self.assertEqual(self.row(case)["state"], "kept")

    def renew(self, case):
        case.now = self.now
        return case

    def test_no_rule(self):
        case = self.cases[0]
        self.come_of_age(case)
        whole = self.destruction(case, self.anne, self.bruno)
        calendar = self.organisation_policies / "commun.policy.d" / "50-calendrier.conf"
        for text, state, years in ((None, "no-rule", None), (world.CALENDAR.replace("high", "low"), "no-rule", None),
                                   (world.CALENDAR.replace("employer-rule", "order-advice"), "no-rule", None),
                                   # less than the psychologist's order keeps it: that decides
                                   (world.CALENDAR.replace(f"={world.YEARS}\n", "=2\n"), "due", 5)):
            calendar.write_text(text or "")
            self.client.call("Policy", "Reload")
            row = self.row(case)
            self.assertEqual((row["state"], row["floor"] and row["floor"]["years"]), (state, years), text)
            if state == "no-rule":
                self.assertIsNone(row["due"])
                self.refuse("Policy", self.as_anne, "Ask", world.ask(whole))
        for wrong, instead, line, said in (("Owner=Secrétariat général\n", "", 1, "Owner= is expected"),
                                           (f"Value={world.YEARS}\n", "Value=bientôt\n", 8, "from 1 to 150"),
                                           ("Article=", "Artikel=", 1, "Article= is expected")):
            calendar.write_text(world.CALENDAR.replace(wrong, instead))
            (problems,) = self.client.call("Policy", "Reload")
            # every profession that includes it says it
            self.assertEqual({(file, number) for file, number, text in problems if said in english(text)}, {(str(calendar), line)}, problems)
        calendar.write_text(world.CALENDAR)
        # nobody said how long backups are kept
        self.configuration.write_text("")
        self.serve_again(NOW)
        self.assertIsNone(self.document()["backups_until"])
        self.refuse("Policy", self.as_anne, "Ask", world.ask(whole))

    # ---- holds, questions, and the end

    def check_holds(self, case):
        number = self.row(case)["number"]
        whole = self.destruction(case, self.anne, self.bruno)
        with self.assertRaises(other_user.Refused) as context:
            self.as_anne.call("Retention", "Hold", "(th)", number, 0, documents=[b'{"reason": "x"}'])
        self.assertEqual(context.exception.name, "AccessDenied")
        self.hold(number)
        row = self.row(case)
        self.assertEqual((row["state"], row["hold"]["reason"], row["hold"]["by"]), ("held", "Poursuite civile", os.getuid()))
        self.refuse("Conflict", self.as_anne, "Ask", world.ask(whole))
        self.release(number)
        with self.assertRaises(other_user.Refused):
            self.release(number)

    def check_questions(self, case):
        """What is no question that two may ask."""
        good = self.destruction(case, self.anne, self.bruno)
        for name, caller, changes in (
                ("InvalidInput", self.as_anne, {"second": self.anne.id}),
                ("AccessDenied", self.as_bruno, {"first": self.bruno.id, "second": self.chantal.id,
                                                 "seeds": (self.bruno.seed, self.chantal.seed)}),
                ("AccessDenied", self.as_bruno, {}),
                ("InvalidInput", self.as_anne, {"seeds": (self.bruno.seed, self.bruno.seed)}),
                ("InvalidInput", self.as_anne, {"second": os.urandom(16)}),
                ("Conflict", self.as_anne, {"basis": "parce que"}),
                ("Conflict", self.as_anne, {"due_on": 20200101}),
                ("Conflict", self.as_anne, {"backups_until": 20200101}),
                ("Conflict", self.as_anne, {"last_note": os.urandom(32)}),
                ("Conflict", self.as_anne, {"last_sequence": 1}),
                ("Conflict", self.as_anne, {"epochs": [{"epoch": 1, "key_commitment": os.urandom(32)}]}),
                ("InvalidInput", self.as_anne, {"directory": 1}),
                ("Conflict", self.as_anne, {"made_at": self.now - 3600}),
                ("NotFound", self.as_anne, {"case": os.urandom(16)})):
            self.refuse(name, caller, "Ask", world.ask(self.destruction(case, self.anne, self.bruno, **changes)))
        self.refuse("InvalidInput", self.as_anne, "Ask", good[:-1])
        self.refuse("Conflict", self.as_bruno, "Agree", good)
        self.assertIsNone(self.row(case)["destruction"])
        self.assertEqual(self.told(), [])

    def check_answers(self, case, whole):
        """Who may not agree, and to what."""
        self.ask(self.as_anne, whole)
        row = self.row(case, self.as_bruno)
        self.assertEqual((row["state"], row["destruction"]["second_is_caller"], row["destruction"]["first"]), ("asked", True, "Personne 2"))
        self.assertEqual(self.as_bruno.call("Retention", "GetAsked", "(ay)", case.id)[1][0], world.ask(whole))
        with self.assertRaises(other_user.Refused):
            self.as_chantal.call("Retention", "GetAsked", "(ay)", case.id)
        self.refuse("AccessDenied", self.as_chantal, "Agree", whole)
        self.refuse("AccessDenied", self.as_anne, "Agree", whole)
        alone = self.destruction(case, self.anne, self.bruno, seeds=(self.anne.seed, self.anne.seed))
        self.refuse("InvalidInput", self.as_bruno, "Agree", alone)
        self.refuse("InvalidInput", self.as_bruno, "Agree", whole[:-1] + bytes([whole[-1] ^ 1]))
        self.refuse("Conflict", self.as_bruno, "Agree", whole[:300] + bytes([whole[300] ^ 1]) + whole[301:])
        number = row["number"]
        self.hold(number)
        self.refuse("Conflict", self.as_bruno, "Agree", whole)
        self.release(number)
        self.ask(self.as_anne, whole)
        self.assertEqual(self.told(), [UIDS[1]], "one letter to the second, however often it is signed")
        # too late, whether comodald has put the question away by then or not
        self.set_clock(NOW + 15 * world.DAY)
        self.refuse("Conflict", self.as_bruno, "Agree", whole)
        self.set_clock(NOW)
        self.ask(self.as_anne, whole)

    def test_two_destroy(self):
        case, other = self.cases
        self.come_of_age(case)
        self.check_holds(case)
        self.check_questions(case)
        whole = self.destruction(case, self.anne, self.bruno)
        records = self.as_bruno.call("Retention", "GetCase", "(ay)", case.id)[1][0]
        self.replay(records, whole)
        self.check_answers(case, whole)
        answered, other_file, waiting = (self.request_access(one) for one in (case, other, case))
        for number in (answered, other_file):
            self.administrator.call("Disclosure", "Close", "(ts)", number, "answered")
        self.leave_copies(case)
        kinds = {kind for kind, _ in world.find_traces(self.daemon.database.parent, case.kept)}
        self.assertEqual(kinds, {"envelope", "note", "head", "body", "draft", "attachment"}, "what is looked for can be found")
        stranger = self.daemon.database.parent / "attachments" / ("ab" * 16)
        stranger.write_bytes(b"another database's")
        self.assertTrue(self.agree(self.as_bruno, whole))
        self.assertTrue(stranger.exists(), "only what was this file's goes")
        self.assertEqual(world.find_traces(self.daemon.database.parent, case.kept), set())
        self.assertEqual({kind for kind, _ in world.find_traces(self.daemon.database.parent, other.kept)}, kinds)
        self.refuse("Conflict", self.as_bruno, "Agree", whole)
        for method, signature, *values in (("GetRecords", "(ay)", case.id), ("GetBodies", "(ayay)", case.id, b"")):
            with self.assertRaises(other_user.Refused):
                self.as_anne.call("Vault", method, signature, *values)
        # the same id is never a file again
        with self.assertRaises(other_user.Refused):
            self.append(self.as_anne, case.epochs[0], case.grants[self.anne.id, 1],
                        student=self.client.number("student", case.reference))
        left = self.as_chantal.call("Retention", "GetDestroyed", "(ay)", case.id)[1][0]
        self.assertEqual(left, self.deposit + case.epochs[0] + whole)
        # who opens what its owner left with custodians finds the other one there, and not this one
        self.assertEqual(self.stored("SELECT name FROM vault_case WHERE deposit IS NOT NULL"), [(other.id,)])
        row = self.row(case)
        self.assertEqual((row["state"], row["notes"], row["destruction"]["backups_until"]),
                         ("pending", 2, self.document()["backups_until"]))
        # with the student's last file go the requests for it that were answered; that there were some stands in the audit log
        self.assertEqual(self.requests(), [other_file, waiting])
        self.administrator.call("Disclosure", "Close", "(ts)", waiting, "withdrawn")
        self.certify(case, whole)
        self.assertEqual(self.requests(), [other_file])
        self.assertEqual(self.stored("SELECT count(*) FROM audit WHERE action LIKE 'disclosure.%' AND action <> 'disclosure.purge'"), [(6,)])

    def request_access(self, case):
        document = {"purpose": "access", "since": str(datetime.date.fromtimestamp(self.now - world.DAY)), "basis": "Sa mère"}
        (number,), _ = self.administrator.call("Disclosure", "Record", "(th)", self.client.number("student", case.reference), 0,
                                               documents=[json.dumps(document).encode()])
        return number

    def requests(self):
        return [row[0] for row in self.stored("SELECT id FROM disclosure ORDER BY id")]

    def certify(self, case, whole):
        """The last backup is gone: the day before, nothing; then the certificate."""
        until = vault.layout.read(whole, "destruction")["backups_until"]
        last = datetime.datetime.strptime(str(until), "%Y%m%d").replace(tzinfo=datetime.timezone.utc).timestamp()
        certificates = "SELECT count(*) FROM audit WHERE action = 'destruction.certify'"
        self.serve_again(int(last) + world.DAY // 2)
        self.row(case)
        self.assertEqual(self.stored(certificates), [(0,)])
        self.serve_again(int(last) + 2 * world.DAY)
        await_event(lambda: self.row(case)["state"] == "destroyed", "the certificate")
        self.assertEqual(self.stored(certificates), [(1,)])
        job = self.client.document("Audit", "List", "(a{sv})", {"limit": GLib.Variant("u", 5)}).decode()
        self.assertIn(vault.record_hash(whole).hex(), job)

    def grow(self, mebibytes):
        """What takes a while to be searched: rows of somebody else."""
        with sqlite3.connect(self.daemon.database) as connection:
            connection.execute("CREATE TABLE ballast (octets BLOB)")
            connection.executemany("INSERT INTO ballast VALUES (?)", ((os.urandom(1 << 20),) for _ in range(mebibytes)))
        connection.close()

    def listen(self):
        """A comodald whose search waits until somebody lets it go on; the socket on which it says that it does. Not with sanitizers."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.settimeout(DEADLINE)
        path = self.folder / "hold"
        listener.bind(str(path))
        listener.listen()
        if HOLD.exists():
            self.preloaded = {"LD_PRELOAD": str(HOLD), "COMODAL_HOLD": str(path)}
            self.serve_again(NOW)
        return listener

    def test_others_go_on(self):
        """While a big database is searched for what was destroyed, everybody else is answered, and what they change is kept."""
        case = self.cases[0]
        self.come_of_age(case)
        listener = self.listen()
        whole = self.destruction(case, self.anne, self.bruno)
        self.ask(self.as_anne, whole)
        self.leave_copies(case)
        self.grow(64)
        number = self.row(self.cases[1])["number"]
        answers = []
        agreeing = threading.Thread(target=self.keep_answer, args=(answers, whole))
        agreeing.start()
        if self.preloaded:
            searching, _ = listener.accept()
            with searching:
                self.hold(number)
                self.release(number)
                destruction = self.row(case)["destruction"]
                self.assertNotEqual(destruction["destroyed"], 0)
                self.assertEqual((destruction["erased"], answers), (0, []), "somebody is answered meanwhile")
        # and while it is written anew
        while agreeing.is_alive():
            self.hold(number)
            self.release(number)
        agreeing.join()
        self.assertEqual(answers, [True])
        self.assertNotEqual(self.row(case)["destruction"]["erased"], 0)
        file = self.daemon.database.read_bytes()
        for kind, octets in case.kept:
            own = octets[world.TAILS[kind]:]
            self.assertNotIn(own[len(own) // 2:][:16], file, kind)
        self.assertEqual(self.stored("PRAGMA integrity_check"), [("ok",)])

    def keep_answer(self, answers, whole):
        """Whatever it is: the thread ends, and the test with it."""
        try:
            answers.append(self.agree(self.as_bruno, whole))
        except Exception as error:  # it is compared with what should come
            answers.append(error)

    def test_supervisors_and_lateness(self):
        case, other = self.cases
        self.come_of_age(case)
        for entry in self.organisation.entries:
            if entry["person"] in (self.bruno.id, self.chantal.id):
                entry["roles"] |= vault_keys.SUPERVISOR
        self.add_directory()
        self.assertEqual(self.row(other, self.as_chantal)["state"], "followed")
        whole = self.destruction(case, self.chantal, self.bruno)
        self.ask(self.as_chantal, whole)
        # another directory came since: it is asked anew
        self.add_directory()
        self.refuse("Conflict", self.as_bruno, "Agree", whole)
        # and of somebody else, by mistake: Bruno is told nothing, and then again
        self.ask(self.as_chantal, self.destruction(case, self.chantal, self.anne))
        self.assertEqual(self.told(), [UIDS[0]])
        whole = self.destruction(case, self.chantal, self.bruno)
        self.ask(self.as_chantal, whole)
        self.assertEqual(self.told(), [UIDS[1]])
        self.as_bruno.call("Retention", "Withdraw", "(ay)", case.id)
        self.refuse("Conflict", self.as_bruno, "Agree", whole)
        self.ask(self.as_chantal, whole)
        # nobody agreed in time
        self.serve_again(NOW + 15 * world.DAY)
        await_event(lambda: self.row(case)["destruction"] is None, "the question's end")
        self.set_clock(NOW)
        self.ask(self.as_chantal, whole)
        # somebody else has the database open: it is destroyed, and what is left in its files goes when that one is gone
        self.leave_copies(case)
        reader = sqlite3.connect(self.daemon.database)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM vault_record").fetchone()
        self.assertFalse(self.agree(self.as_bruno, whole))
        self.assertEqual(self.row(case)["destruction"]["erased"], 0)
        # another one is destroyed when nobody reads: that looks for its own octets, and this one is still to be cleaned
        self.come_of_age(other)
        whole = self.destruction(other, self.anne, self.bruno)
        self.ask(self.as_anne, whole)
        reader.close()
        self.assertTrue(self.agree(self.as_bruno, whole))
        self.assertNotEqual(self.row(other)["destruction"]["erased"], 0)
        self.serve_again(NOW + world.DAY)
        await_event(lambda: self.row(case)["destruction"]["erased"] != 0, "the files cleaned")
        self.assertEqual(world.find_traces(self.daemon.database.parent, case.kept), set())


if __name__ == "__main__":
    tap.main()
