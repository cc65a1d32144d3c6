#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl note: drafts, signatures and amendments with the real comodald and comodal-agent, against the second implementation."""
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time
import unittest

from gi.repository import Gio

import tap
from agent_case import PASSPHRASE, AgentTestCase
from agent_process import ROOT, find_in_memory, spellings
from comodal_test import BUS_NAME, COMODALCTL, DEADLINE, GLib, Monitor, OBJECT, await_event, generate
from vault_case_maker import Case
from vault_keys import Owner
import terminal
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

    def files(self):
        return self.client.json("Vault", "ListCases", "(a{sv})", {})["cases"]

    def only_case(self):
        (listed,) = self.files()
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
        # a draft keeps its number, however often it is written anew; and at a terminal one sees what is about to be signed
        self.assertEqual([d["sections"][0]["text"] for d in drafts], ['un "mot"\nde trop', "à garder"])
        self.note("write", "--draft", "1", text="un \"mot\"\nde trop")
        self.assertEqual(json.loads(self.note("drafts", "--json").stdout)["drafts"], drafts)
        said, status = self.at_terminal(["note", "sign", self.who, "--draft", "2"], [("Sign draft 2 about ", lambda _: "n\n")])
        self.assertEqual(status, 1, said)
        self.assertRegex(said, rf"Draft 2, NOT SIGNED: progress, of {today}\s+à garder\s+Sign draft 2 about .*\(professional file")
        self.assertEqual(json.loads(self.note("drafts", "--json").stdout)["drafts"], drafts)
        (number,) = (str(d["draft"]) for d in drafts if d["sections"][0]["text"] == 'un "mot"\nde trop')
        self.assertIn("--yes", self.note("drop", "--draft", number, status=1).stderr)
        self.assertEqual(json.loads(self.note("drop", "--draft", number, "--yes", "--json").stdout)["dropped"], int(number))
        said, status = self.at_terminal(["note", "drop", self.who], [("Nothing brings it back.", lambda _: "n\n")])
        self.assertEqual(status, 1, said)
        self.assertIn("à garder", self.note("drafts").stdout)
        self.assertEqual(self.at_terminal(["note", "drop", self.who], [("Nothing brings it back.", lambda _: "y\n")])[1], 0)
        self.assertIn("There is nothing unsigned.", self.note("drafts").stdout)
        self.assertIn("There is nothing unsigned.", self.note("drop", "--yes", status=1).stderr)

    def make_file(self, name, octets):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def test_attachments(self):
        dessin, long = os.urandom(5), os.urandom(200000)
        self.assertIn("no file about this student", self.note("attach", self.make_file("dessin d'enfant.png", dessin), status=1).stderr)
        self.note("write", text="voir le dessin")
        said = self.note("attach", self.folder / "dessin d'enfant.png").stdout
        self.assertIn("dessin d'enfant.png, 5 bytes", " ".join(said.split()))
        # by a pipe, of any length, under a name that is one; and one that is taken out again
        self.assertIn("--name", self.note("attach", "-", status=1).stderr)
        for name in ("a/b", "..", "x" * 256, "\x1b[31m"):
            self.assertIn("name is UTF-8", " ".join(self.note("attach", "-", "--name", name, status=1).stderr.split()), name)
        long_file = self.make_file("long", long)
        with open(long_file, "rb") as given:
            cat = subprocess.Popen(["cat"], stdin=given, stdout=subprocess.PIPE)
            self.vault("note", "attach", self.who, "-", "--name", ".profile", stdin=cat.stdout)
            cat.stdout.close()
            self.assertEqual(cat.wait(), 0)
        said = json.loads(self.note("attach", "--json", self.make_file("faux.txt", b"faux")).stdout)
        self.assertEqual(said, {"name": "faux.txt", "size": 4})
        several = [self.make_file(name, name.encode()) for name in ("b.txt", "c.txt")]
        self.assertIn("--name is one file", self.note("attach", *several, "--name", "x", status=1).stderr)
        self.assertEqual(json.loads(self.note("attach", "--json", *several).stdout), [{"name": path.name, "size": 5} for path in several])
        for path in several:
            self.note("detach", path.name)
        # those before one that is not there
        self.assertIn("can't be read", self.note("attach", several[0], self.folder / "none", several[1], status=1).stderr)
        self.assertEqual(json.loads(self.note("detach", "--json", "b.txt").stdout), {"detached": "b.txt"})
        self.assertIn("There is no such attachment.", self.note("detach", "c.txt", status=1).stderr)
        shown = " ".join(self.note("drafts").stdout.split())
        for words in ("dessin d'enfant.png (5 bytes)", ".profile (200.0 kB)", "faux.txt (4 bytes)"):
            self.assertIn(words, shown)
        self.note("detach", "faux.txt")
        self.assertIn("There is no such attachment.", self.note("detach", "faux.txt", status=1).stderr)
        # a text that is written anew keeps what is attached
        self.note("write", "--draft", "1", text="voir les deux")
        self.assertNotIn("faux.txt", self.note("drafts").stdout)
        self.note("sign")
        self.assertIn("attachments: 2", self.note("list").stdout)
        self.assertEqual(json.loads(self.note("list", "--json").stdout)["notes"][0]["attached"], 2)
        shown = json.loads(self.note("show", "1", "--json").stdout)["notes"][0]["attachments"]
        self.assertEqual(sorted((item["name"], item["size"]) for item in shown), [(".profile", 200000), ("dessin d'enfant.png", 5)])
        self.assertEqual({item["type"] for item in shown} - {"application/octet-stream"}, {"image/png"})
        self.save(dessin, long, [item["name"] for item in shown])
        self.check_by_the_second_implementation({"dessin d'enfant.png": dessin, ".profile": long})

    def save(self, dessin, long, names):
        place = names.index("dessin d'enfant.png") + 1
        for name, octets in (("dessin d'enfant.png", dessin), (".profile", long), (str(place), dessin)):
            target = self.folder / "out"
            self.assertIn("out", self.note("save", "1", name, "--output", target).stdout)
            self.assertEqual(target.read_bytes(), octets)
            self.assertEqual(target.stat().st_mode & 0o777, 0o600)
            # nothing is written over
            self.assertIn("already", self.note("save", "1", ".profile", "--output", target, status=1).stderr)
            self.assertEqual(target.read_bytes(), octets)
            target.unlink()
        # nobody takes its name for a path: what it is saved as has a name of ours
        (self.folder / "here").mkdir()
        self.vault("note", "save", self.who, "1", ".profile", cwd=self.folder / "here")
        self.vault("note", "save", self.who, "1", str(place), cwd=self.folder / "here")
        self.assertEqual(sorted(path.name for path in (self.folder / "here").iterdir()),
                         sorted([f"note-1-attachment-{3 - place}", f"note-1-attachment-{place}.png"]))
        piped = subprocess.run([COMODALCTL, "--session", "note", "save", self.who, "1", ".profile", "--output", "-"], check=True,
                               capture_output=True, env=self.environment())
        self.assertEqual(piped.stdout, long)
        self.assertIn("no such attachment", self.note("save", "1", "3", status=1).stderr)

    def check_by_the_second_implementation(self, files):
        """What comodald has opens, by keys of the agent's; and what the other wrote the agent opens."""
        case = self.continue_case()
        note = vault.read(case.notes[0], "note")
        content = vault.open_body(self.records("GetBodies", "(ayay)", case.id, b""), self.organisation.id, note, 1, case.secrets[0])
        for item, named in zip(content["attachments"], note["attachments"]):
            which = {"organisation": self.organisation.id, "case": case.id, "attachment": item["attachment"]}
            stream = self.get_attachment(case.id, item["attachment"])
            self.assertEqual(vault.open_attachment(stream, which, item["key"], item["size"], named), files[item["name"]])
        plain, key = os.urandom(70000), os.urandom(32)
        which = {"organisation": self.organisation.id, "case": case.id, "attachment": os.urandom(16)}
        stream = vault.make_attachment(which, key, plain)
        self.assertEqual(self.put_attachment(case.id, which["attachment"], stream), (len(stream), vault.H("stream", stream)))
        inside = {"attachment": which["attachment"], "key": key, "size": len(plain), "name": "son.ogg", "media_type": "audio/ogg"}
        outside = {"attachment": which["attachment"], "size": len(stream), "digest": vault.H("stream", stream)}
        self.append(*case.note("à écouter", attachments=[outside], attached=[inside]))
        self.note("save", "2", "son.ogg", "--output", self.folder / "son")
        self.assertEqual((self.folder / "son").read_bytes(), plain)
        self.check_what_was_changed(case, which["attachment"], plain)

    def check_what_was_changed(self, case, attachment, plain):
        """An octet changed, a chunk gone, two exchanged, another note's stream: nothing of the file is written."""
        folder = self.daemon.database.parent / "attachments"
        (path,) = [path for path in folder.iterdir() if path.read_bytes() == self.get_attachment(case.id, attachment)]
        other = next(path for path in folder.iterdir() if path.stat().st_size == 104 + 65561)
        good, chunk = path.read_bytes(), 65561
        flipped = good[:80000] + bytes([good[80000] ^ 1]) + good[80001:]
        for words, wrong in (("was altered", flipped), ("missing", good[:104] + good[104 + chunk:] + good[104:104 + chunk]),
                             ("damaged", good[:-chunk]), ("belongs somewhere else", other.read_bytes() + good[104 + chunk:])):
            path.write_bytes(wrong)
            result = self.note("save", "2", "1", "--output", self.folder / "never", status=1)
            self.assertIn(words, " ".join(result.stderr.split()))
            self.assertFalse((self.folder / "never").exists())
            piped = subprocess.run([COMODALCTL, "--session", "note", "save", self.who, "2", "1", "--output", "-"], capture_output=True,
                                   env=self.environment())
            self.assertEqual((piped.returncode, piped.stdout), (1, b""), "not an octet before all of it was held against the note")
        path.write_bytes(good)
        self.note("save", "2", "1", "--output", self.folder / "never")

    def test_an_attachment_that_was_changed_is_not_signed(self):
        self.note("write", text="voir")
        self.note("attach", self.make_file("a", os.urandom(70000)))
        (path,) = (self.daemon.database.parent / "attachments").iterdir()
        octets = path.read_bytes()
        path.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
        self.assertIn("was altered (attachment)", " ".join(self.note("sign", status=1).stderr.split()))
        path.unlink()
        self.assertIn("not in its folder", " ".join(self.note("sign", status=1).stderr.split()))
        self.note("detach", "1")
        self.check_that_a_number_is_a_place()
        self.note("sign")

    def check_that_a_number_is_a_place(self):
        """Whatever an attachment is called. Their order is that of random ids: until the one that is called 1 comes second."""
        def attached():
            return [item["name"] for item in json.loads(self.note("drafts", "--json").stdout)["drafts"][0]["attachments"]]
        several = [self.make_file(name, b"x") for name in ("1", "2")]
        self.note("attach", *several)
        while attached() != ["2", "1"]:
            for _ in several:
                self.note("detach", "1")
            self.note("attach", *several)
        self.note("detach", "1")
        self.assertEqual(attached(), ["1"])
        self.note("detach", "1")

    def get_attachment(self, case_id, attachment):
        reply, came = self.client.bus.call_with_unix_fd_list_sync(
            BUS_NAME, OBJECT, f"{BUS_NAME}.Vault", "GetAttachment", GLib.Variant("(ayay)", (case_id, attachment)), None, 0, 60000, None, None)
        with open(came.get(0), "rb") as stream:
            octets = stream.read()
        self.assertEqual(reply.unpack(), (0, len(octets)))
        return octets

    def put_attachment(self, case_id, attachment, stream):
        near, far = socket.socketpair()
        handles = Gio.UnixFDList.new()
        handles.append(far.fileno())
        far.close()
        giver = threading.Thread(target=lambda: (near.sendall(stream), near.close()))
        giver.start()
        reply, _ = self.client.bus.call_with_unix_fd_list_sync(
            BUS_NAME, OBJECT, f"{BUS_NAME}.Vault", "PutAttachment", GLib.Variant("(ayayh)", (case_id, attachment, 0)), None, 0, 60000,
            handles, None)
        giver.join()
        size, digest = reply.unpack()
        return size, bytes(digest)

    def test_attachments_that_come_slowly(self):
        """Two that do not come: everything else goes on, a third is refused, a lock ends what the agent does; and nothing stays."""
        self.note("write", text="voir")
        case_id, ends = self.only_case(), []
        answers = []
        for _ in range(2):
            near, far = socket.socketpair()
            handles = Gio.UnixFDList.new()
            handles.append(far.fileno())
            far.close()
            ends.append(near)
            self.client.bus.call_with_unix_fd_list(
                BUS_NAME, OBJECT, f"{BUS_NAME}.Vault", "PutAttachment", GLib.Variant("(ayayh)", (case_id, os.urandom(16), 0)), None, 0,
                60000, handles, None, lambda bus, result: answers.append(result))
            near.sendall(b"cmvault")
        self.assertIn("try again later", self.note("attach", self.make_file("x", b"x"), status=1).stderr)
        self.assertIn("Not signed yet: 1", self.note("list").stdout)
        for end in ends:
            end.close()
        await_event(lambda: len(answers) == 2, "what was cut off is refused")
        self.assertEqual(list((self.daemon.database.parent / "attachments").iterdir()), [])
        read, write = os.pipe()
        waiting = subprocess.Popen([COMODALCTL, "--session", "note", "attach", self.who, "-", "--name", "x"], stdin=read, text=True,
                                   stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self.environment())
        os.close(read)
        os.write(write, b"x" * 65536)
        timer = GLib.timeout_add(20, lambda: True)
        await_event(lambda: list((self.daemon.database.parent / "attachments").iterdir()), "the attachment comes")
        GLib.source_remove(timer)
        self.vault("vault", "lock")
        self.assertIn("locked", waiting.communicate(timeout=DEADLINE)[1])
        os.close(write)
        self.assertEqual(waiting.returncode, 130)
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(list((self.daemon.database.parent / "attachments").iterdir()), [])
        self.start_daemon()

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
        # keys that lock meanwhile take nothing of it away
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1"], [
            ("ends it:", lambda _: "longuement\n"), ("longuement", lambda _: self.vault("vault", "lock") and ".\n"),
            ("Passphrase:", lambda _: "non\n"), ("Passphrase:", lambda _: PASSPHRASE + "\n")])
        self.assertEqual(status, 0, said)
        self.assertIn("    longuement\n", self.note("drafts").stdout)

    def test_what_is_refused_is_not_lost(self):
        """Whatever it is for, at a terminal: the text is there still, to be put right or handed over again; nothing is kept of it before."""
        here, control = "What you typed is still here", "characters in it that are not for reading"
        said, status = self.at_terminal(["note", "write", self.who], [
            ("ends it:", lambda _: "lon\x01guement\n.\n"), (here, lambda _: "x\n"), (here, lambda _: "r\n"),
            (here, lambda said: self.assertEqual(self.files(), []) or "e\n"),
            ("/proc/self/fd/3", lambda _: ":%s/[[:cntrl:]]//\r:wq\r")], EDITOR="nano")
        self.assertEqual(status, 0, said)
        self.assertIn(control, " ".join(said.split()))
        self.assertIn("    longuement\n", self.note("drafts").stdout)
        # vim comes again with what it was left with, as it was too; who gives it up keeps what there was before
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1", "--editor"], [
            ("/proc/self/fd/3", lambda _: ":call setline(1, repeat('a', 262145))\r:wq\r"), (here, lambda _: "e\n"),
            ("/proc/self/fd/3", lambda _: ":q!\r"), (here, lambda _: "e\n"),
            # what is changed where nobody looks any more was not left as it was, and neither is what is gone
            ("/proc/self/fd/3", lambda _: ":call setline(1, getline(1) .. 'bb')\r:wq\r"), (here, lambda _: "e\n"),
            ("/proc/self/fd/3", lambda _: ":call setline(1, getline(1)[:-2] .. 'c')\r:wq\r"), (here, lambda _: "e\n"),
            ("/proc/self/fd/3", lambda _: ":call setline(1, '')\r:wq\r"), (here, lambda _: "e\n"),
            ("/proc/self/fd/3", lambda _: ":call setline(1, 'suite 262145')\r:wq\r")], VISUAL="vim")
        self.assertEqual(status, 0, said)
        self.assertEqual(said.count("That text is too long."), 3, said)
        self.assertEqual(said.count("It was left as it was."), 1, said)
        self.assertEqual(said.count("Nothing is left in the editor."), 1, said)
        self.assertIn("    suite 262145\n", self.note("drafts").stdout)
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1"], [
            ("ends it:", lambda _: "y\x01\n.\n"), (here, lambda _: "q\n")])
        self.assertEqual(status, 130, said)
        self.assertIn("    suite 262145\n", self.note("drafts").stdout)
        # a comodald that was away
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1"], [
            ("ends it:", lambda _: "sans réseau\n"), ("sans réseau", lambda _: self.assertEqual(self.daemon.stop(), 0) or ".\n"),
            (here, lambda _: self.start_daemon() and "r\n")])
        self.assertEqual(status, 0, said)
        self.assertIn("    sans réseau\n", self.note("drafts").stdout)
        # nobody is asked where nobody sits
        refused = self.note("write", text="z\x01", status=1)
        self.assertIn(control, " ".join(refused.stderr.split()))
        self.assertNotIn(here, refused.stderr + refused.stdout)

    def test_an_editor_leaves_no_file(self):
        """Whatever is opened to be written to, made, renamed or linked while vim has the text: its own memory, and the terminal."""
        trace = self.folder / "trace"
        calls = "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mknod,mknodat,truncate"
        said, status = terminal.run(
            ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={calls}", COMODALCTL, "--session", "note", "write", self.who, "--editor"],
            self.environment(TERM="xterm", VISUAL="vim", HOME=str(self.folder)),
            [("/proc/self/fd/3", lambda _: f"i{CANARY}\x1b:wq\r")])
        self.assertEqual(status, 0, said)
        self.assertIn(CANARY, self.note("drafts").stdout)
        seen = [line for line in trace.read_text().splitlines() if "fd/3" in line or not re.search(r"open(at)?\(.*O_RDONLY", line)]
        written = [line for line in seen if re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(|rename|link|mkdir|mknod|truncate\(", line)]
        self.assertEqual([line for line in written if not re.search(r'"/proc/(self|\d+)/fd/3"|"/dev/(tty|null)"', line)], [])
        self.assertTrue(any("/fd/3" in line for line in written), seen)
        for path in pathlib.Path(self.folder).rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY.encode(), path.read_bytes(), path)
        # what a draft has is what one begins with
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1", "--editor"],
                                        [("/proc/self/fd/3", lambda _: "A, et moi\x1b:wq\r")], VISUAL="vim")
        self.assertEqual(status, 0, said)
        self.assertIn(CANARY + ", et moi", self.note("drafts").stdout)
        # one that leaves it as it was, one that gives up, and one that nobody looked at
        said, status = self.at_terminal(["note", "write", self.who, "--draft", "1", "--editor"],
                                        [("/proc/self/fd/3", lambda _: ":q!\r")], VISUAL="vim")
        self.assertEqual(status, 1, said)
        self.assertIn("Nothing was typed.", said)
        self.assertEqual(self.at_terminal(["note", "write", self.who, "--editor"], [("/proc/self/fd/3", lambda _: ":cq\r")], VISUAL="vim")[1], 130)
        said, status = self.at_terminal(["note", "write", self.who, "--editor"], [], VISUAL="ed")
        self.assertEqual(status, 1, said)
        self.assertIn("only vim was", " ".join(said.split()))
        self.assertIn("needs a terminal", self.note("write", "--editor", status=1).stderr)

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
        done = subprocess.run([COMODALCTL, "--session", "note", "write", self.who], input=b"\xff", capture_output=True, check=False,
                              env=self.environment())
        self.assertEqual((done.returncode, "not UTF-8" in done.stderr.decode()), (1, True), done.stderr)
        # for none of it a file is begun
        self.assertEqual(self.files(), [])
        # the words that there are are told, each in its language
        self.assertIn("“nonsense” is none of the words for this: opening, progress, evaluation,",
                      " ".join(self.note("write", "--kind", "nonsense", text="x", status=1).stderr.split()))
        self.assertIn("school, assistance, professional, confidential",
                      " ".join(self.note("write", "--file", "nonsense", text="x", status=1).stderr.split()))
        self.assertIn("no template “nonsense”", " ".join(self.note("write", "--template", "nonsense", text="x", status=1).stderr.split()))
        self.assertIn("no file about this student", " ".join(self.note("write", "--draft", "1", text="x", status=1).stderr.split()))
        self.assertEqual(self.files(), [])
        self.note("write", "--kind", "évaluation", text="x", LANGUAGE="fr")
        self.assertEqual(json.loads(self.note("drafts", "--json").stdout)["drafts"][0]["kind"], "evaluation")
        self.note("drop", "--yes")
        self.note("write", "--on", "2199-01-01", text="x")
        self.assertIn("still to come", self.note("sign", status=1).stderr)
        self.assertEqual(json.loads(self.vault("vault", "lock", "--json").stdout), {"locked": True})
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
        # and in an attachment, whose name tells of somebody too: by a pipe both ways, so that no file of ours has it
        self.note("write", text="voir")
        attached = (CANARY + "\n").encode() * 5000
        for verb, more, given in (("attach", ["-", "--name", CANARY], attached), ("sign", [], b""), ("save", ["3", "1", "--output", "-"], b"")):
            done = subprocess.run([COMODALCTL, "--session", "note", verb, self.who, *more], input=given, capture_output=True, check=True,
                                  env=self.environment())
        self.assertEqual(done.stdout, attached)
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
