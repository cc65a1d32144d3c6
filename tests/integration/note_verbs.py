#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl note: drafts, signatures and amendments with the real comodald and comodal-agent, against the second implementation."""
import json
import os
import pathlib
import time
import unittest

from gi.repository import Gio

import tap
from agent_case import PASSPHRASE, AgentTestCase
from agent_process import ROOT, find_in_memory, spellings
from comodal_test import BUS_NAME, GLib, Monitor, OBJECT, generate
from vault_case_maker import Case
from vault_keys import Owner
import vault
import vault_case

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]
CANARY = "Zorglub dort mal depuis la rentrée"


class Notes(AgentTestCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        followup = next(f for f in CASELOAD["followups"] if f["professional"] == professional["id"])
        self.who = followup["student"]
        self.student = self.client.number("student", self.who)
        self.professional = professional["number"]
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]),
            "professional": GLib.Variant("t", professional["number"])})))
        self.hand("Add", self.organisation.sign())
        # one of them from the first verb to the last
        if self._testMethodName == "test_from_a_draft_to_an_amendment":
            self.enrol()
        else:
            self.bring_keys()
        bundle = vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, PASSPHRASE)
        self.owner = Owner(bundle, self.admit())
        self.vault("vault", "unlock", lines=[PASSPHRASE])

    def note(self, verb, *arguments, text=None, **more):
        return self.vault("note", verb, self.who, *arguments, lines=[text] if text is not None else (), **more)

    def write_and_sign(self, text, *arguments):
        self.note("write", *arguments, text=text)
        self.note("sign")

    def records(self, method, *values):
        return self.client.document("Vault", method, *values)

    def only_case(self):
        (listed,) = self.client.json("Vault", "ListCases", "(a{sv})", {})["cases"]
        return bytes.fromhex(listed["case"])

    def open_envelope(self, envelope):
        return vault.open_envelope(vault.read(envelope, "envelope"), (self.owner.id, self.owner.generation), self.owner.box_secret)

    def replay(self, case_id):
        """What the second implementation makes of what comodald has: the case, and each record by its kind."""
        case = vault_case.Case(vault.Directory(self.organisation.directories[-1], self.organisation.key), case_id)
        records, kept = self.records("GetRecords", "(ay)", case_id), {"epoch": [], "envelope": [], "note": [], "head": []}
        while records:
            length = 16 + int.from_bytes(records[12:16], "little")
            case.add(records[:length])
            for kind, found in kept.items():
                if int.from_bytes(records[8:12], "little") == vault.layout.LAYOUTS[kind].number:
                    found.append(records[:length])
            records = records[length:]
        case.finish()
        return kept

    def test_from_a_draft_to_an_amendment(self):
        self.note("write", text=f"{CANARY}.\nDeuxième ligne.")
        drafts = self.note("drafts").stdout
        self.assertIn("NOT SIGNED", drafts)
        self.assertIn(CANARY, drafts)
        said = self.note("list").stdout
        self.assertIn("Nothing is signed yet.", said)
        self.assertIn("Not signed yet: 1", said)
        self.assertIn("note 1", self.note("sign").stdout)
        self.assertIn("nothing unsigned", self.note("drafts").stdout)
        self.assertIn("There is nothing unsigned.", self.note("sign", status=1).stderr)
        self.write_and_sign("Rencontre d'il y a longtemps", "--on", "2026-01-07", "--kind", "evaluation")
        self.assertIn("There is no note of that number.", self.note("amend", "7", text="x", status=1).stderr)
        self.note("amend", "1", text="Il dort mieux.")
        self.assertIn("amendment of note 1", self.note("drafts").stdout)
        self.note("sign")
        listed = json.loads(self.note("list", "--json").stdout)
        self.assertEqual([(n["number"], n["kind"], n.get("about")) for n in listed["notes"]],
                         [(1, "progress", None), (2, "evaluation", None), (3, "amendment", 1)])
        table = self.note("list").stdout
        self.assertIn("2026-01-07", table)
        self.assertIn("late entry, signed", " ".join(table.split()))
        self.assertTrue(all(len(line) <= 80 for line in table.splitlines()), table)
        shown = self.note("show", "1").stdout
        self.assertLess(shown.index(CANARY), shown.index("Il dort mieux."))
        self.assertIn("about note 1", shown)
        self.assertIn("    Deuxième ligne.\n", shown)
        shown = self.note("show", "2").stdout
        self.assertIn("of 2026-01-07", shown)
        self.assertIn("late entry, signed", shown)
        self.assertIn("There is no note of that number.", self.note("show", "4", status=1).stderr)
        self.assertIn("pas encore signé", " ".join(self.note("write", text="x", LANGUAGE="fr").stdout.split()))
        self.assertIn("PAS SIGNÉ", self.note("drafts", LANGUAGE="fr").stdout)
        self.assertIn("Signée : note 4", self.note("sign", LANGUAGE="fr").stdout)
        self.assertIn("inscription tardive", " ".join(self.note("list", LANGUAGE="fr").stdout.split()))

    def book(self, start):
        """A meeting with the student on the first day of the caseload; its number."""
        number, _, index = self.client.call(
            "Booking", "BookAppointment", "(stssusa(st)a{sv})", "intervention-plan", self.professional, FIRST_DAY, start, 30, "in-person",
            [("student", self.student)], {})
        os.close(self.client.handles.get(index))
        return number

    def test_which_session(self):
        """That of the day, when there is just one; what is said otherwise."""
        def session(*arguments, status=0):
            result = self.note("write", "--on", FIRST_DAY, *arguments, text="x", status=status)
            drafts = json.loads(self.note("drafts", "--json").stdout)["drafts"]
            found = [draft.get("session", 0) for draft in drafts]
            for _ in drafts:
                self.note("drop", "--draft", "1", "--yes")
            return found, " ".join(result.stderr.split())

        self.assertEqual(session(), ([0], ""))
        self.assertIn("No session about", session("--at", "10:00", status=1)[1])
        first = self.book("10:00")
        self.note("write", "--on", FIRST_DAY, text="x")
        # written anew, it tells of what it told
        self.note("write", "--draft", "1", text="y")
        self.assertEqual(json.loads(self.note("drafts", "--json").stdout)["drafts"][0]["session"], first)
        self.note("drop", "--yes")
        self.assertIn("session of 10:00", session()[1])
        self.assertEqual(session("--at", "none"), ([0], ""))
        second = self.book("13:00")
        found, said = session()
        self.assertEqual(found, [0])
        self.assertIn("several sessions that day (10:00, 13:00)", said)
        self.assertEqual(session("--at", "13h00")[0], [second])
        self.assertIn("there are: 10:00, 13:00", session("--at", "11:00", status=1)[1])

    def test_a_history_and_what_is_thrown_away(self):
        self.write_and_sign("un", "--on", "2026-01-07")
        self.note("amend", "1", text="rectifié")
        self.note("sign")
        self.write_and_sign("deux")
        self.note("amend", "2", text="rectifié encore")
        self.note("sign")
        # of whichever of them, all of them, in their order
        for number in ("1", "2", "4"):
            listed = json.loads(self.note("history", number, "--json").stdout)["notes"]
            self.assertEqual([(n["number"], n.get("about"), n["late"]) for n in listed], [(1, None, True), (2, 1, False), (4, 2, False)])
        today = time.strftime("%Y-%m-%d")
        table = self.note("history", "1").stdout
        self.assertRegex(table, rf"(?m)^ *1  2026-01-07  {today} \d\d:\d\d  progress")
        self.assertTrue(all(len(line) <= 80 for line in table.splitlines()), table)
        self.assertEqual([n["sections"][0]["text"] for n in json.loads(self.note("show", "1", "--json").stdout)["notes"]],
                         ["un", "rectifié", "rectifié encore"])
        self.assertIn("There is no note of that number.", self.note("history", "5", status=1).stderr)
        self.note("write", text="un \"mot\"\nde trop")
        self.note("write", text="à garder")
        drafts = json.loads(self.note("drafts", "--json").stdout)["drafts"]
        (number,) = (str(d["draft"]) for d in drafts if d["sections"][0]["text"] == 'un "mot"\nde trop')
        self.assertIn("--yes", self.note("drop", "--draft", number, status=1).stderr)
        self.assertIn("is gone", self.note("drop", "--draft", number, "--yes").stdout)
        said, status = self.at_terminal(["note", "drop", self.who], [("Nothing brings it back.", lambda _: "n\n")])
        self.assertEqual(status, 1, said)
        self.assertIn("à garder", self.note("drafts").stdout)
        self.assertEqual(self.at_terminal(["note", "drop", self.who], [("Nothing brings it back.", lambda _: "y\n")])[1], 0)
        self.assertIn("There is nothing unsigned.", self.note("drafts").stdout)
        self.assertIn("There is nothing unsigned.", self.note("drop", "--yes", status=1).stderr)

    def test_search(self):
        self.write_and_sign(CANARY)
        self.write_and_sign("Rencontre avec l'école, à l'ÉTÉ")
        self.note("write", text="la rentrée, pas signée")
        for words, found in (("RENTREE", [1]), ("mal zorglub", [1]), ("ecole ete", [2]), ("mal ete", []), ("e", [1, 2]), ("signée", [])):
            listed = json.loads(self.note("search", "--json", text=words).stdout)
            self.assertEqual([n["number"] for n in listed["notes"]], found, words)
        self.assertIn("No signed note", self.note("search", text="xyz").stdout)

    def test_the_second_implementation_opens_it(self):
        self.write_and_sign(CANARY)
        self.note("write", text="brouillon")
        case_id = self.only_case()
        kept = self.replay(case_id)
        self.assertEqual([len(kept[kind]) for kind in ("epoch", "envelope", "note", "head")], [1, 1, 1, 1])
        key = self.open_envelope(kept["envelope"][0])
        epoch = vault.read(kept["epoch"][0], "epoch")
        self.assertEqual(vault.key_commitment(self.organisation.id, case_id, 1, key), epoch["key_commitment"])
        self.assertEqual(vault.subject(key, self.organisation.id, case_id, self.who), epoch["subject"])
        body = self.records("GetBodies", "(ayay)", case_id, b"")
        self.assertIn(CANARY, str(vault.open_body(body, self.organisation.id, vault.read(kept["note"][0], "note"), 1, key)))

    def continue_case(self):
        """The agent's case, as the second implementation would go on with it."""
        case_id = self.only_case()
        kept = self.replay(case_id)
        case = Case(self.organisation, self.owner, self.who, int(time.time()))
        case.id, case.epochs, case.notes = case_id, kept["epoch"], kept["note"]
        case.secrets = [self.open_envelope(kept["envelope"][0])]
        case.grants = {(self.owner.id, 1): kept["envelope"][0]}
        return case

    def hand_over(self, method, signature, octets, *rest):
        fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
        os.write(fd, octets)
        os.lseek(fd, 0, os.SEEK_SET)
        handles = Gio.UnixFDList.new()
        handles.append(fd)
        os.close(fd)
        self.client.call_at(OBJECT, f"{BUS_NAME}.Vault", method, GLib.Variant(signature, (0, *rest)), handles)

    def append(self, *records):
        self.hand_over("Append", "(ha{sv})", b"".join(records), {})

    def test_a_signature_whose_answer_was_lost(self):
        self.note("write", text="une fois")
        draft = self.records("GetDrafts", "(ay)", b"")
        self.note("sign")
        # as if the agent had not come to throw it away
        self.hand_over("PutDraft", "(h)", draft)
        self.assertIn("already, as note 1", " ".join(self.note("drafts").stdout.split()))
        self.assertIn("There is", self.note("write", "--draft", "2", text="x", status=1).stderr)
        self.assertIn("is amended, not changed", " ".join(self.note("write", "--draft", "1", text="x", status=1).stderr.split()))
        self.assertIn("note 1", self.note("sign").stdout)
        self.assertEqual(len(json.loads(self.note("list", "--json").stdout)["notes"]), 1)
        self.assertEqual(self.records("GetDrafts", "(ay)", b""), b"")

    def test_it_opens_what_the_second_implementation_wrote(self):
        self.write_and_sign("un")
        case = self.continue_case()
        self.append(*case.note("écrit ailleurs"))
        self.assertIn("écrit ailleurs", self.note("show", "2").stdout)
        # a body under another text than was signed
        note, _ = case.note("signé")
        salt, content = os.urandom(32), vault.layout.write("content", {
            "language": "fr_CA", "template": "", "title": "", "sections": [{"heading": "", "text": "autre"}], "attachments": []})
        self.append(note, vault.make_body({"organisation": self.organisation.id, "case": case.id, "epoch": 1,
                                           "record": vault.record_hash(note), "nonce": os.urandom(24)}, case.secrets[0], salt, content))
        result = self.note("show", "3", status=1)
        self.assertNotIn("autre", result.stdout)
        self.assertIn("(note)", result.stderr)

    def test_another_students_case_under_this_name(self):
        case = Case(self.organisation, self.owner, "e-99999", int(time.time()))
        self.hand_over("Append", "(ha{sv})", case.open(), {"student": GLib.Variant("t", self.student)})
        for verb, more in (("list", {}), ("write", {"text": "x"})):
            self.assertIn("belongs somewhere else (case)", " ".join(self.note(verb, status=1, **more).stderr.split()))

    def test_at_a_terminal(self):
        said, status = self.at_terminal(["note", "write", self.who], [
            ("ends it:", lambda _: "première ligne\n"), ("première ligne", lambda _: ".pas la fin\n"), (".pas la fin", lambda _: ".\n")])
        self.assertEqual(status, 0, said)
        self.assertIn("    première ligne\n    .pas la fin\n", self.note("drafts").stdout)

    def put_back(self, old):
        self.assertEqual(self.daemon.stop(), 0)
        for path in self.daemon.database.parent.iterdir():
            path.unlink()
        for path, octets in old.items():
            path.write_bytes(octets)
            path.chmod(0o600)
        self.start_daemon()
        self.client = self.connect()

    def keep(self):
        self.assertEqual(self.daemon.stop(), 0)
        old = {path: path.read_bytes() for path in self.daemon.database.parent.iterdir()}
        self.start_daemon()
        self.client = self.connect()
        return old

    def test_a_database_of_yesterday(self):
        before_the_case = self.keep()
        self.write_and_sign("un")
        yesterday = self.keep()
        self.write_and_sign("deux")
        today = self.keep()
        for old in (before_the_case, yesterday):
            self.put_back(old)
            for verb, more in (("list", {}), ("write", {"text": "trois"})):
                self.assertIn("something was put back (case)", " ".join(self.note(verb, status=1, **more).stderr.split()))
        self.put_back(today)
        self.assertEqual(len(json.loads(self.note("list", "--json").stdout)["notes"]), 2)

    def test_what_is_no_text(self):
        for text, said in (("\x1b[31mrouge", "not for reading"), ("", "Nothing was typed."), ("x" * 262145, "too long")):
            self.assertIn(said, " ".join(self.note("write", text=text, status=1).stderr.split()))
        self.note("write", "--on", "2199-01-01", text="x")
        self.assertIn("still to come", self.note("sign", status=1).stderr)
        self.vault("vault", "lock")
        self.assertIn("vault unlock", self.note("list", status=1).stderr)

    @unittest.skipUnless(ROOT, "another process' memory is read")
    def test_no_trace(self):
        """Of a text: on the bus, in any file, and after the lock in the agent's memory."""
        monitor = Monitor(self.bus)
        self.write_and_sign(CANARY)
        self.note("amend", "1", text=CANARY + " encore")
        self.assertIn(CANARY, self.note("drafts").stdout)
        self.assertIn(CANARY, self.note("show", "1").stdout)
        self.note("sign")
        self.assertIn("progress", self.note("search", text=CANARY).stdout)
        secrets = {"text": CANARY.encode(), "key": self.owner.local_key}
        self.assertEqual(find_in_memory(self.find_agent(), secrets), {"key"})
        self.vault("vault", "lock")
        self.assertEqual(find_in_memory(self.find_agent(), secrets), set())
        captured = bytes(monitor.end())
        self.assertIn(b"PutDraft", captured)
        self.assertEqual(self.daemon.stop(), 0)
        files = [path for path in pathlib.Path(self.folder).rglob("*") if path.is_file()]
        self.assertIn(self.daemon.database, files)
        for spelling in {*spellings(CANARY.encode()), "Zorglub dort".encode("utf-16-le")}:
            self.assertNotIn(spelling, captured)
            for path in files:
                self.assertNotIn(spelling, path.read_bytes(), path)
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
