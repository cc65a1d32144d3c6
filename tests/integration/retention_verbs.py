#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl retention with the real comodald and comodal-agent; the other of the two is the second implementation."""
import json
import os
import shutil
import sqlite3
import time
import unittest

from gi.repository import Gio
import nacl.bindings as sodium

import tap
from agent_case import PASSPHRASE, AgentTestCase
from comodal_test import BUS_NAME, GLib, OBJECT, SOURCE, generate
import other_user
import retention_world as world
import vault_keys
from vault_case_maker import Case
import vault
import vault_case

CASELOAD = generate("pair", "--seed", 1)
CANARY = "Zorglub dort mal depuis la rentrée"
BRUNO, CHANTAL = 2, 3
NOW = int(time.time())
LONG_AGO = NOW - (world.YEARS + 2) * 365 * world.DAY


def sign_second(asked, seed):
    """What was asked, with the other's signature."""
    covered = asked[:-128]
    return asked[:-64] + sodium.crypto_sign(vault.signed_part(covered, 2), sodium.crypto_sign_seed_keypair(seed)[1])[:64]


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Verbs(AgentTestCase):
    def start_daemon(self, *arguments, **more):
        clock, configuration = self.folder / "clock", self.folder / "comodald.conf"
        if not clock.exists():
            clock.write_text(str(LONG_AGO))
            configuration.write_text(world.CONFIGURATION)
            self.policies = world.write_policies(self.folder)
        return super().start_daemon("--config", str(configuration), policies=(SOURCE / "policies", self.policies),
                                    environment={"COMODAL_CLOCK": str(clock)})

    def setUp(self):
        super().setUp()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.students = list(dict.fromkeys(f["student"] for f in CASELOAD["followups"] if f["professional"] == professional["id"]))[:2]
        self.set_account(os.getuid(), ["administrator", "professional"], professional["number"])
        self.hand("Add", self.organisation.sign())
        self.enrol()
        self.others = [self.enrol_other(uid) for uid in (BRUNO, CHANTAL)]
        (self.bruno, self.as_bruno), (self.chantal, _) = self.others
        bundle = vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, PASSPHRASE)
        record = next(r for r in map(lambda octets: vault.read(octets, "enrolment"), self.enrolments()) if r["person"] == bundle["person"])
        self.owner = vault_keys.Keys(self.organisation.id, bundle["person"], bundle["generation"], record["label"], record["made_at"])
        self.owner.seed, self.owner.box_secret, self.owner.local_key = (bundle[n] for n in ("sign_seed", "box_secret", "local_key"))
        self.owner.sign_key, self.owner.box_key = record["sign_key"], record["box_key"]
        self.organisation.admit(self.owner)
        # its record is the agent's own
        self.organisation.entries[-1]["enrolment"] = vault.record_hash(record["octets"])
        self.hand("Add", self.organisation.sign())
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.cases = [self.write_case(student) for student in self.students]
        self.come_of_age()

    def enrolments(self):
        octets = self.client.document("Directory", "ListEnrolments")
        while octets:
            length = 16 + int.from_bytes(octets[12:16], "little")
            yield octets[:length]
            octets = octets[length:]

    def set_account(self, uid, roles, professional=None):
        values = {"roles": GLib.Variant("as", roles)}
        if professional:
            values["professional"] = GLib.Variant("t", professional)
        self.client.call("Accounts", "Set", "(ua{sv})", uid, values)

    def enrol_other(self, uid):
        self.set_account(uid, ["custodian"])
        caller = other_user.Caller(self.bus, uid)
        self.addCleanup(caller.end)
        (organisation, person, generation), _ = caller.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, f"Personne {uid}", LONG_AGO)
        caller.call("Directory", "Enrol", "(hh)", 0, 1, documents=[keys.enrolment(), keys.recovery()])
        self.organisation.admit(keys)
        return keys, caller

    def write_case(self, student):
        case = Case(self.organisation, self.owner, student, LONG_AGO)
        self.append(case.open(), {"student": GLib.Variant("t", self.client.number("student", student))})
        self.append(b"".join(case.note(CANARY)))
        return case

    def append(self, octets, options=None):
        handles = self.make_list(octets)
        self.client.call_at(OBJECT, f"{BUS_NAME}.Vault", "Append", GLib.Variant("(ha{sv})", (0, options or {})), handles)

    def make_list(self, octets):
        fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
        os.write(fd, octets)
        os.lseek(fd, 0, os.SEEK_SET)
        handles = Gio.UnixFDList.new()
        handles.append(fd)
        os.close(fd)
        return handles

    def come_of_age(self):
        for followup in CASELOAD["followups"]:
            if followup["student"] in self.students:
                self.client.call("Followup", "Change", "(tssa{sv})", self.client.number("followup", followup["id"]), "active", "close", {})
        new = self.folder / "clock.new"
        new.write_text(str(NOW))
        new.rename(self.folder / "clock")

    def retention(self, verb, *arguments, **more):
        return self.vault("retention", verb, *arguments, **more)

    def say(self, result):
        return " ".join((result.stdout + result.stderr).split())

    def answer(self, verb, *arguments, **more):
        return json.loads(self.retention(verb, *arguments, "--json", **more).stdout)

    def row(self, case):
        return next(file for file in json.loads(self.retention("list", "--json").stdout)["files"] if file["case"] == case.id.hex())

    def replay(self, case, whole):
        """Whether the second implementation believes what the agent signed, before it is done."""
        records = self.as_bruno.call("Retention", "GetCase", "(ay)", case.id)[1][0]
        read = vault_case.Case(vault.Directory(self.organisation.directories[-1], self.organisation.key), case.id)
        while records:
            length = 16 + int.from_bytes(records[12:16], "little")
            read.add(records[:length])
            records = records[length:]
        read.add(whole)

    def restart_with(self, change):
        """Stop comodald, change its database's folder, and go on."""
        self.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        self.client.close()
        change(self.daemon.database)
        self.start_daemon()
        self.client = self.connect()

    def test_the_agent_asks(self):
        case, who = self.cases[0], self.students[0]
        self.assertIn("1", self.vault("note", "list", who).stdout)
        said = self.say(self.retention("due"))
        for words in ("Due since", "Calendrier de conservation, règle 2.14", "https://css.example/calendrier-2026", "Secrétariat général"):
            self.assertIn(words, said)
        self.assertNotIn("Zorglub dort", said)
        self.assertIn("À échéance depuis", self.retention("due", LANGUAGE="fr").stdout)
        self.assertIn("--with COLLEAGUE", self.retention("destroy", who, status=2).stderr)
        own = vault.fingerprint(self.owner.sign_key + self.owner.box_key)
        self.retention("destroy", who, "--with", own, status=1)
        self.assertIn("No colleague with keys", self.say(self.retention("destroy", who, "--with", "Personne 9", status=1)))
        self.assertIn("could be", self.say(self.retention("destroy", who, "--with", "Personne", status=1)))
        fingerprint = vault.fingerprint(self.bruno.sign_key + self.bruno.box_key)
        for second in (fingerprint, fingerprint.lower().replace(" ", "-"), "Personne 2"):
            self.assertIn("nothing is destroyed until", self.say(self.retention("destroy", who, "--with", second)))
        self.assertIn("Asked for by", self.say(self.retention("list")))
        asked = self.answer("destroy", who, "--with", fingerprint)
        self.assertEqual((asked["state"], asked["destruction"]["second"]), ("asked", "Personne 2"))
        # the first can't be the second as well
        self.assertIn("one person can't do both", self.say(self.retention("agree", who, "--yes", status=1)))
        asked = self.as_bruno.call("Retention", "GetAsked", "(ay)", case.id)[1][0]
        whole = sign_second(asked, self.bruno.seed)
        self.replay(case, whole)
        saved = self.folder / "saved"
        self.restart_with(lambda database: shutil.copytree(database.parent, saved))
        (erased,), _ = self.as_bruno.call("Retention", "Agree", "(h)", 0, documents=[whole])
        self.assertTrue(erased)
        # nobody shouts that it was put back: two who may have destroyed it, and the other file is as it was
        for _ in range(2):
            self.assertIn("You have no file about this student yet", self.say(self.vault("note", "list", who, status=1)))
        self.assertIn("1", self.vault("note", "list", self.students[1]).stdout)
        listed = self.say(self.retention("list"))
        self.assertIn("pending until", listed)
        self.assertIn("Personne 2", listed)
        self.assertEqual(self.row(case)["state"], "pending")

        def put_back(database):
            shutil.rmtree(database.parent)
            shutil.copytree(saved, database.parent)
        self.restart_with(put_back)
        self.assertIn("something was put back (case)", self.say(self.vault("note", "list", who, status=1)))

    def ask_agent(self, case):
        """Bruno asks whoever has the agent."""
        document = json.loads(self.retention("list", "--json").stdout)
        listed = next(file for file in document["files"] if file["case"] == case.id.hex())
        whole = world.destruction(case, self.bruno, self.owner, listed, document["backups_until"], NOW)
        self.as_bruno.call("Retention", "Ask", "(h)", 0, documents=[world.ask(whole)])
        return whole

    def test_what_a_program_hears_of_agreeing(self):
        case = self.cases[1]
        self.ask_agent(case)
        destroyed = self.answer("agree", self.students[1], "--yes")
        self.assertEqual((destroyed, destroyed["state"]), (self.row(case), "pending"))

    def test_the_agent_agrees(self):
        case, who = self.cases[0], self.students[0]
        self.assertIn("until “retention release”", self.say(self.retention("hold", who, lines=["Poursuite civile"])))
        self.assertIn("Poursuite civile", self.say(self.retention("list")))
        # a program reads the file as it is then
        self.assertEqual(self.answer("release", who), self.row(case))
        held = self.answer("hold", who, lines=["Poursuite civile"])
        self.assertEqual((held, held["state"], held["hold"]["reason"]), (self.row(case), "held", "Poursuite civile"))
        fingerprint = vault.fingerprint(self.bruno.sign_key + self.bruno.box_key)
        self.assertIn("A legal hold keeps it", self.say(self.retention("destroy", who, "--with", fingerprint, status=1)))
        self.retention("release", who)
        self.assertIn("Nothing is held", self.say(self.retention("list")))
        self.ask_agent(case)
        self.assertIn("Taken back", self.say(self.retention("withdraw", who)))
        self.ask_agent(case)
        self.assertEqual(self.answer("withdraw", who)["state"], "due")
        self.assertNotIn("retention list", self.say(self.vault("vault", "status")))
        whole = self.ask_agent(case)
        self.assertIn("agree to destroy: 1.", self.say(self.vault("vault", "status")))
        said = self.say(self.retention("agree", who, status=1))
        for words in ("Asked for by Personne 2", "Notes: 1", "Calendrier de conservation", "Nothing was changed"):
            self.assertIn(words, said)

        def spoil(database, place=-100):
            with sqlite3.connect(database) as connection:
                ((octets,),) = connection.execute("SELECT octets FROM vault_destruction").fetchall()
                octets = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1:]
                connection.execute("UPDATE vault_destruction SET octets = ?", (octets,))
            connection.close()
        # a question that somebody changed in the database
        self.restart_with(spoil)
        said = self.say(self.retention("agree", who, status=1))
        self.assertIn("(destruction)", said)
        self.assertNotIn("Asked for by", said)
        self.restart_with(spoil)
        # where the answer is JSON nothing says what would be destroyed, so nobody is asked
        said, status = self.at_terminal(["retention", "agree", who, "--json"], [])
        self.assertEqual((status, "Nothing was changed" in said), (1, True), said)
        self.assertIn("Destroyed. Nobody can bring it back.", self.say(self.retention("agree", who, "--yes")))
        # to the octet what the second implementation would have signed
        self.assertEqual(self.row(case)["destruction"]["record"], vault.record_hash(whole).hex())
        self.assertEqual(self.as_bruno.call("Retention", "GetDestroyed", "(ay)", case.id)[1][0], case.epochs[0] + whole)
        self.assertIn("You have no file about this student yet", self.say(self.vault("note", "list", who, status=1)))

    def plant(self, case, whole):
        """What whoever has the database would write, to have agents forget a case."""
        def change(database):
            with sqlite3.connect(database) as connection:
                (row,) = connection.execute("SELECT id FROM vault_case WHERE name = ?", (case.id,)).fetchone()
                connection.execute("DELETE FROM vault_body WHERE note IN (SELECT id FROM vault_record WHERE file = ?)", (row,))
                connection.execute("DELETE FROM vault_record WHERE file = ? AND kind <> 'epoch'", (row,))
                connection.execute("DELETE FROM vault_head WHERE file = ?", (row,))
                connection.execute("DELETE FROM vault_destruction")
                if whole is not None:
                    connection.execute("INSERT INTO vault_destruction VALUES (?, ?, 2, 1, 1, 1, NULL)", (row, whole))
            connection.close()
        self.restart_with(change)

    def test_a_planted_end(self):
        """Two who were not entitled, one alone, an end of fewer notes than were seen, no record at all."""
        case, who = self.cases[0], self.students[0]
        self.vault("note", "list", who)
        document = json.loads(self.retention("list", "--json").stdout)
        listed = next(file for file in document["files"] if file["case"] == case.id.hex())

        def end(first, second, **changes):
            return world.destruction(case, first, second, listed, document["backups_until"], NOW, **changes)
        for whole, words in (
                (end(self.bruno, self.chantal), "(destruction)"),
                (end(self.owner, self.bruno, seeds=(self.bruno.seed, self.bruno.seed)), "(destruction)"),
                (end(self.owner, self.bruno, last_note=os.urandom(32)), "belongs somewhere else (destruction)"),
                (end(self.owner, self.bruno, last_sequence=0, last_note=None), "something was put back (destruction)"),
                (end(self.owner, self.bruno, case=os.urandom(16)), "(destruction)"),
                (None, "something was put back (case)")):
            self.plant(case, whole)
            self.assertIn(words, self.say(self.vault("note", "list", self.students[1], status=1)), words)
        # and one that holds, which says that nothing else was in the way
        self.plant(case, end(self.owner, self.bruno))
        self.vault("note", "list", self.students[1])
        # the other's keys turn out to be stolen: what was believed by then stays so
        self.organisation.retire(self.bruno, state=3)
        self.hand("Add", self.organisation.sign())
        self.vault("note", "list", self.students[1])


if __name__ == "__main__":
    tap.main()
