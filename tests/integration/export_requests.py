#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access requests and authorizations, the time that rules give them, and the exports that answer: by comodald's clock."""
import datetime
import json
import os
import re
import sqlite3
import unittest

import tap
from agent_case import PASSPHRASE, AgentTestCase
from comodal_test import BUS_NAME, GLib, OBJECT, SOURCE, generate
import other_user
import vault_export

CASELOAD = generate("pair", "--seed", 1)
NOW = datetime.datetime.now()
TODAY = NOW.date()
# the facts' own, of policies/commun.policy and policies/psychologue.policy
MAX_DAYS, EXTENSION_DAYS, WAIT_DAYS = 20, 10, 15
# bin: dbus-daemon lets in only whom the system knows
OTHER = 2


class Requests(AgentTestCase):
    def start_daemon(self, *arguments, **more):
        self.clock = self.folder / "clock"
        self.policies = self.folder / "policies"
        (self.policies / "commun.policy.d").mkdir(parents=True, exist_ok=True)
        self.go_to(0)
        return super().start_daemon(policies=(SOURCE / "policies", self.policies), environment={"COMODAL_CLOCK": str(self.clock)})

    def go_to(self, days):
        """Today, or noon of so many days later."""
        noon = datetime.datetime.combine(TODAY + datetime.timedelta(days), datetime.time(12))
        new = self.folder / "clock.new"
        new.write_text(str(int((noon if days else NOW).timestamp())))
        new.rename(self.clock)

    def setUp(self):
        super().setUp()
        caseload = {**CASELOAD, "professionals": [{**p, "profession": "psychologue"} for p in CASELOAD["professionals"]]}
        self.assertEqual(self.client.import_caseload(caseload).wait(), "succeeded")
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.who = next(f for f in CASELOAD["followups"] if f["professional"] == professional["id"])["student"]
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]),
            "professional": GLib.Variant("t", professional["number"])})))
        self.hand("Add", self.organisation.sign())
        self.enrol()
        self.admit()
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.vault("note", "write", self.who, lines=["Zorglub chante"])
        self.vault("note", "sign", self.who)
        self.path = self.folder / "dossier.comodal-export"

    def say(self, result):
        return " ".join((result.stdout + result.stderr).split())

    def ask(self, purpose, days_ago, basis, *arguments, **more):
        said = self.say(self.vault("export", "ask", self.who, "--purpose", purpose, "--on", TODAY - datetime.timedelta(days_ago), *arguments,
                                   lines=[basis], **more))
        return more.get("status", 0) == 0 and re.search(r"request (\d+)", said)[1] or said

    def requests(self, *arguments, **more):
        return self.say(self.vault("export", "requests", *arguments, **more))

    def waiting(self):
        """What `vault status` reminds of, but what is 0 or null."""
        return {name: value for name, value in json.loads(self.vault("vault", "status", "--json").stdout)["waiting"].items() if value}

    def row(self, number):
        return next(r for r in json.loads(self.vault("export", "requests", "--json").stdout)["requests"] if r["number"] == int(number))

    def make(self, purpose, *arguments, **more):
        self.path.unlink(missing_ok=True)
        result = self.vault("export", "make", self.who, "--output", self.path, "--purpose", purpose, *arguments, **more)
        if result.returncode:
            self.assertFalse(self.path.exists())
            return self.say(result)
        (code,) = re.findall(r"^ +((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", result.stderr, re.M)
        return vault_export.Import(self.path.read_bytes(), code, self.fingerprint).manifest

    def edit(self, query, *values):
        with sqlite3.connect(self.daemon.database) as connection:
            connection.execute(query, values)
        connection.close()

    def status_of_what_is_damaged(self):
        """A damaged record hides nothing else, and nothing that could not be counted looks like nothing that waits."""
        self.edit("INSERT INTO vault_destruction (file, octets, asked_by, asked_at) SELECT max(id), x'00', 0, 4102444800 FROM vault_case")
        said = self.vault("vault", "status", status=1)
        self.assertIn("late: 1.", self.say(said))
        self.assertIn("Records of the vault that are damaged: 1.", " ".join(said.stderr.split()))
        waiting = json.loads(self.vault("vault", "status", "--json", status=1).stdout)["waiting"]
        self.assertEqual((waiting["access_late"], waiting["destructions"], waiting["unreadable"], waiting["custody"]), (1, 0, 1, False))
        self.edit("DELETE FROM vault_destruction")
        self.edit("ALTER TABLE vault_minutes_reader RENAME TO away")
        said = self.vault("vault", "status", "--json", status=1)
        self.assertNotIn("waiting", json.loads(said.stdout))
        self.assertIn("comodalctl: ", said.stderr)
        self.edit("ALTER TABLE away RENAME TO vault_minutes_reader")
        self.assertEqual(self.waiting()["access_late"], 1)

    def to_number(self, days_ago):
        return int((TODAY - datetime.timedelta(days_ago)).strftime("%Y%m%d"))

    def test_access(self):
        self.assertIn("No request is open", self.requests())
        self.assertIn("say with --asked-on on which day it was asked for", self.make("access", status=1))
        self.assertIn("can't be to come", self.ask("access", -1, "Sa mère", status=1))
        self.assertIn("has to be said", self.ask("access", 1, "", status=1))
        self.assertIn("Only the waiting time of a transfer", self.ask("access", 1, "Sa mère", "--waived", status=1))
        self.assertIn("none of the words", self.ask("copy", 1, "Sa mère", status=1))
        number = self.ask("access", 5, "Demande écrite de sa mère")
        said = self.requests()
        for words in (f"days left: {MAX_DAYS - 5}", "Demande écrite de sa mère", "A-2.1 art. 47 and 98", "legisquebec.gouv.qc.ca"):
            self.assertIn(words, said)
        self.assertIn(f"jours restants : {MAX_DAYS - 5}", self.requests(LANGUAGE="fr"))
        row = self.row(number)
        self.assertEqual((row["state"], row["day"]), ("open", str(TODAY + datetime.timedelta(MAX_DAYS - 5))))
        # a reminder from seven days before
        day = {"day": str(TODAY + datetime.timedelta(MAX_DAYS - 5)), "article": "A-2.1 art. 47 and 98", "source": row["rule"]["source"]}
        self.go_to(MAX_DAYS - 5 - 8)
        self.assertEqual(self.waiting(), {})
        self.go_to(MAX_DAYS - 5 - 7)
        self.assertEqual(self.waiting(), {"access_soon": 1, **{f"access_soon_{name}": value for name, value in day.items()}})
        self.assertIn("nearly over: 1. The first is to be answered by ", self.say(self.vault("vault", "status")))
        # the last day counts, the next is late
        self.go_to(MAX_DAYS - 5)
        self.assertEqual((self.row(number)["state"], self.row(number)["days_left"]), ("open", 0))
        self.assertEqual(self.waiting()["access_soon"], 1)
        self.go_to(MAX_DAYS - 4)
        self.assertEqual(self.waiting(), {"access_late": 1, **{f"access_late_{name}": value for name, value in day.items()}})
        self.assertIn("en retard : 1.", self.say(self.vault("vault", "status", LANGUAGE="fr")))
        self.status_of_what_is_damaged()
        self.assertIn("Late", self.requests())
        self.assertIn("could be extended before", self.say(self.vault("export", "extend", number, status=1)))
        self.go_to(0)
        told = json.loads(self.vault("export", "extend", number, "--json").stdout)
        self.assertEqual((told, told["number"]), (self.row(number), int(number)))
        self.assertEqual(self.row(number)["days_left"], MAX_DAYS - 5 + EXTENSION_DAYS)
        self.assertIn("given more time already", self.say(self.vault("export", "extend", number, status=1)))
        # the file has the record's day and basis, and the request is answered by the last of them
        manifest = self.make("access", "--more")
        self.assertEqual((manifest["asked_on"], manifest["basis"]), (self.to_number(5), "Demande écrite de sa mère"))
        self.assertEqual(self.row(number)["state"], "open")
        manifest = self.make("access", "--basis", "note 2 retenue")
        self.assertEqual(manifest["basis"], "Demande écrite de sa mère; note 2 retenue")
        self.assertEqual(self.row(number)["state"], "answered")
        self.assertEqual(self.waiting(), {})
        self.assertIn("No request is open", self.requests())
        self.assertIn("Answered", self.requests("--all"))
        self.assertIn("closed already", self.say(self.vault("export", "close", number, "--as", "refused", status=1)))
        self.assertIn("no such request", self.say(self.vault("export", "close", 999, "--as", "refused", status=1)))
        # what stands in the database is sealed
        self.assertEqual(self.daemon.stop(), 0)
        for path in self.folder.rglob("*.db*"):
            self.assertNotIn("Demande écrite de sa mère".encode(), path.read_bytes())
        self.start_daemon()

    def test_transfer(self):
        self.assertIn("No authorization to send this file elsewhere", self.make("transfer", "--asked-on", TODAY, status=1))
        first = self.ask("transfer", 0, "Autorisation signée par son père")
        row = self.row(first)
        self.assertEqual((row["state"], row["rule"]["days"], row["rule"]["confidence"]), ("waiting", WAIT_DAYS, "high"))
        self.assertIn("r. 221, art. 10", self.requests())
        self.assertEqual(self.waiting(), {"transfer_waiting": 1, "transfer_waiting_day": str(TODAY + datetime.timedelta(WAIT_DAYS + 1)),
                                          "transfer_waiting_article": row["rule"]["article"], "transfer_waiting_source": row["rule"]["source"]})
        self.go_to(WAIT_DAYS)
        said = self.make("transfer", status=1)
        self.assertIn("can still be withdrawn", said)
        self.assertIn(str(TODAY + datetime.timedelta(WAIT_DAYS + 1)), said)
        self.go_to(WAIT_DAYS + 1)
        second = self.ask("transfer", 0, "Autorisation pour une autre école")
        self.assertIn("Several requests are open", self.make("transfer", status=1))
        manifest = self.make("transfer", "--request", first)
        self.assertEqual((manifest["asked_on"], manifest["basis"]), (self.to_number(0), "Autorisation signée par son père"))
        self.assertEqual(self.row(first)["state"], "answered")
        # an authorization is good for what it was given for, once, and not when it was taken back
        self.assertIn("no such request", self.make("transfer", "--request", first, status=1))
        self.assertEqual(json.loads(self.vault("export", "close", second, "--as", "withdrawn", "--json").stdout)["state"], "withdrawn")
        self.assertIn("No authorization", self.make("transfer", status=1))
        # in an emergency whoever signed may renounce the wait, where the policy lets them
        self.go_to(0)
        self.ask("transfer", 0, "Urgence; il renonce au délai", "--waived")
        self.assertIn("renounced the waiting time", self.requests())
        self.assertEqual(self.make("transfer")["basis"], "Urgence; il renonce au délai")

    @unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
    def test_whose_they_are(self):
        number = int(self.ask("access", 1, "Sa mère"))
        other = self.client.json("Roster", "List", "(s)", "professional")[1]
        own = {f["student"] for f in CASELOAD["followups"] if f["professional"] == other["id"]}
        self.assertNotIn(self.who, own)
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (OTHER, {
            "roles": GLib.Variant("as", ["professional"]), "professional": GLib.Variant("t", other["number"])})))
        caller = other_user.Caller(self.bus, OTHER)
        self.addCleanup(caller.end)
        request = json.dumps({"purpose": "access", "since": str(TODAY), "basis": "Son père"}).encode()

        def listed():
            return [r["number"] for r in json.loads(caller.call("Disclosure", "List")[1][0])["requests"]]
        self.assertEqual(listed(), [])
        for method, signature, arguments, documents in (
                ("Close", "(ts)", (number, "refused"), []), ("Extend", "(t)", (number,), []),
                ("Record", "(th)", (self.client.number("student", self.who), 0), [request])):
            with self.assertRaises(other_user.Refused) as context:
                caller.call("Disclosure", method, signature, *arguments, documents=documents)
            self.assertIn("NotFound", str(context.exception))
        self.assertEqual(self.row(number)["state"], "open")
        # of a student whom they follow it is theirs, and who answers for all sees it as well
        (theirs,), _ = caller.call("Disclosure", "Record", "(th)", self.client.number("student", min(own)), 0, documents=[request])
        self.assertEqual(listed(), [theirs])
        self.assertEqual(self.row(theirs)["basis"], "Son père")


if __name__ == "__main__":
    tap.main()
