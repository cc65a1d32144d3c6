#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl minutes: with the real comodald and comodal-agent, against the second implementation."""
import json
import os
import pathlib
import sqlite3
import stat
import time
import unittest

import tap
from agent_case import NAME, PASSPHRASE, AgentTestCase
from agent_process import ROOT, find_in_memory, spellings
from comodal_test import BUS_NAME, GLib, Monitor, OBJECT, generate
import other_user
from vault_case_maker import content
from vault_keys import Keys, Owner
import vault

CASELOAD = generate("pair", "--seed", 1)
CANARY = "Zorglub reste dans sa classe"


class Minutes(AgentTestCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]),
            "professional": GLib.Variant("t", professional["number"])})))
        self.hand("Add", self.organisation.sign())
        self.enrol()
        bundle = vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, PASSPHRASE)
        self.bruno = Keys(self.organisation.id, os.urandom(16), 1, "Bruno Roy, orthophoniste", int(time.time()))
        self.brune = Keys(self.organisation.id, os.urandom(16), 1, "Brune Côté, ps. éd.", int(time.time()))
        self.gone = Keys(self.organisation.id, os.urandom(16), 1, "Carla Roy", int(time.time()))
        for keys in (self.bruno, self.brune, self.gone):
            self.organisation.admit(keys)
        self.owner = Owner(bundle, self.admit())
        self.organisation.retire(self.gone)
        self.hand("Add", self.organisation.sign())
        self.vault("vault", "unlock", lines=[PASSPHRASE])

    def minutes(self, *arguments, text=None, **more):
        return self.vault("minutes", *arguments, lines=(text,) if text else (), **more)

    def put(self, octets):
        self.client.put("Vault", "PutMinutes", octets)

    def kept(self, name=b"", after=0):
        """Their octets, one after the other, as comodald has them."""
        return self.client.document("Vault", "GetMinutes", "(ayt)", name, after)

    def open(self, octets, keys):
        directory = vault.Directory(self.organisation.directories[-1], self.organisation.key)
        return vault.open_minutes(directory.check(octets, "minutes"), (keys.id, keys.generation), keys.box_secret)

    def make(self, text, readers, **changes):
        """Minutes by the owner's keys, as another program would make them."""
        values = {"organisation": self.organisation.id, "minutes": os.urandom(16), "author": self.owner.id, "author_generation": 1,
                  "directory": len(self.organisation.directories), "held_on": 20261105, "entered_at": int(time.time()), "session": 0,
                  "about": None, **changes}
        return vault.make_minutes(values, os.urandom(32), os.urandom(32), content(text), readers, self.owner.seed)

    def test_those_who_took_part(self):
        self.assertIn("There are no minutes", self.minutes("list").stdout)
        said = self.minutes("write", "--with", "Bruno", "--with", "brune", "--on", "2026-11-05", "--appointment", "9", text=f"{CANARY}.\nLe plan.")
        self.assertIn("took part: 2", " ".join(said.stdout.split()))
        first = self.kept()
        # the second implementation opens what the agent wrote, for each of them, and for nobody else
        for keys in (self.bruno, self.brune, self.owner):
            text = self.open(first, keys)
            self.assertEqual(text["sections"][0]["text"], f"{CANARY}.\nLe plan.")
        with self.assertRaisesRegex(vault.Fault, "not-entitled"):
            self.open(first, self.gone)
        fields = vault.read(first, "minutes")
        self.assertEqual((fields["held_on"], fields["session"], fields["about"]), (20261105, 9, bytes(32)))
        # corrected by others: the first ones stay as they are
        told = self.minutes("write", "--corrects", "1", "--with", "Brune Côté", "--json", text="Il change d'école.").stdout
        (one, two) = json.loads(self.minutes("list", "--json").stdout)
        self.assertEqual((json.loads(told), two["number"], two["corrects"]), (two, 2, 1))
        self.assertEqual((one["number"], one["day"], one["own"], one["author"], one["corrects"], one["session"]),
                         (1, "2026-11-05", True, NAME, 0, 9))
        self.assertEqual(sorted(one["participants"]), sorted([NAME, self.bruno.label, self.brune.label]))
        self.assertEqual((two["corrects"], len(two["participants"])), (1, 2))
        table = self.minutes("list").stdout
        self.assertIn("corrects 1", table)
        self.assertTrue(all(len(line) <= 80 for line in table.splitlines()), table)
        shown = self.minutes("show", "1").stdout
        self.assertIn("    Le plan.\n", shown)
        self.assertIn("Minutes 2 correct these.", shown)
        self.assertIn("They correct minutes 1.", self.minutes("show", "2").stdout)
        self.assertIn("Compte rendu du 2026-11-05", self.minutes("show", "1", LANGUAGE="fr").stdout)
        # what another program wrote with the same keys, the agent shows
        self.put(self.make("écrit ailleurs", [self.owner, self.bruno]))
        self.assertIn("écrit ailleurs", self.minutes("show", "3").stdout)
        # to a file: its owner's alone, whole
        path = self.folder / "pour les parents.txt"
        self.minutes("save", "1", str(path))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertTrue(path.read_text().endswith(f"\n\n{CANARY}.\nLe plan.\n"), path.read_text())
        self.assertEqual(self.minutes("save", "1", "-").stdout, path.read_text())
        told = json.loads(self.minutes("show", "1", "--json").stdout)
        self.assertEqual((told["number"], told["sections"][0]["text"] in path.read_text()), (1, True))
        self.assertEqual(json.loads(self.minutes("save", "1", str(path) + ".json", "--json").stdout), {"written": str(path) + ".json"})
        # what is there already is somebody's: neither its text nor its mode is touched
        path.write_text("autre chose")
        path.chmod(0o644)
        self.assertIn("already: say another.", self.minutes("save", "1", str(path), status=1).stderr)
        self.assertEqual(path.read_text(), "autre chose")
        # taken away with the record: for everyone
        self.assertEqual(json.loads(self.minutes("remove", "--yes", "1", "--json").stdout), {"removed": 1})
        (one, two) = json.loads(self.minutes("list", "--json").stdout)
        self.assertEqual((one["corrects"], two["day"]), (0, "2026-11-05"))
        for name, place in (("NotFound", fields["minutes"]), ("NotFound", os.urandom(16)), ("InvalidInput", b"x")):
            self.assert_call_fails(name, self.kept, place)
        self.client.call("Vault", "DropMinutes", "(ay)", fields["minutes"])
        # keys that lock while they are written take nothing of them away, nor what they are refused for
        said, status = self.at_terminal(["minutes", "write", "--with", "Bruno"], [
            ("ends them:", lambda _: "lon\x01guement\n"), ("guement", lambda _: self.vault("vault", "lock") and ".\n"),
            ("What you typed is still here", lambda _: "e\n"), ("/proc/self/fd/3", lambda _: ":%s/[[:cntrl:]]//\r:wq\r"),
            ("Passphrase:", lambda _: PASSPHRASE + "\n")])
        self.assertEqual(status, 0, said)
        self.assertIn("longuement", "".join(self.minutes("show", str(n)).stdout for n in range(1, 4)))

    def test_what_is_refused(self):
        for arguments, said in ((("--with", "Zoé"), "No colleague with keys is called “Zoé”."), (("--with", "Carla"), "No colleague"),
                                (("--with", "Bru"), "could be"), (("--corrects", "7"), "There are no minutes of that number."),
                                (("--appointment", "x"), "is no number")):
            self.assertIn(said, " ".join(self.minutes("write", *arguments, text="x", status=1).stderr.split()))
        self.assertIn("Nothing was typed.", self.minutes("write", text="", status=1).stderr)
        self.assertEqual(self.kept(), b"")
        good = self.make("un", [self.owner, self.bruno])
        self.put(good)
        self.put(good)
        self.assertEqual(self.kept(), good)
        own = vault.read(good, "minutes")["minutes"]
        now = int(time.time())
        for octets, name in ((self.make("deux", [self.owner], minutes=own), "Conflict"),
                             (self.make("hier", [self.owner], entered_at=now - 86400), "Conflict"),
                             (self.make("ancien", [self.owner], directory=1), "InvalidInput"),
                             (self.make("avant", [self.owner], directory=2), "Conflict"),
                             (self.make("pour Carla", [self.owner, self.gone]), "AccessDenied"),
                             (self.make("rien avant", [self.owner], about=b"x" * 32), "NotFound"),
                             (self.make("d'une autre main", [self.owner], author=self.bruno.id), "InvalidInput"),
                             (vault.make_minutes(vault.read(good, "minutes") | {"minutes": os.urandom(16), "author": self.bruno.id}, os.urandom(32), os.urandom(32),
                                                 content("de Bruno"), [self.owner], self.bruno.seed), "AccessDenied"),
                             (good[:-1], "InvalidInput"), (good[:200] + bytes([good[200] ^ 1]) + good[201:], "InvalidInput")):
            with self.subTest(name):
                self.assert_call_fails(name, self.put, octets)
        self.assertEqual(self.kept(), good)

    @unittest.skipUnless(ROOT, "other users can be had by root alone")
    def test_letters(self):
        """Who took part is promised a letter, once for each: the author is not, nor whoever has no account."""
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (2, {"roles": GLib.Variant("as", ["professional"])})))
        caller = other_user.Caller(self.bus, 2)
        self.addCleanup(caller.end)
        (organisation, person, generation), _ = caller.call("Directory", "BeginEnrolment")
        alice = Keys(bytes(organisation), bytes(person), generation, "Alice Roy", int(time.time()))
        caller.call("Directory", "Enrol", "(hh)", 0, 1, documents=[alice.enrolment(), alice.recovery()])
        self.organisation.admit(alice)
        self.hand("Add", self.organisation.sign())
        first = self.make("un", [self.owner, alice, self.bruno])
        for octets in (first, first, self.make("deux", [self.owner, alice], about=vault.record_hash(first))):
            self.put(octets)
        with sqlite3.connect(self.daemon.database) as connection:
            told = connection.execute("SELECT kind, recipient_kind, recipient FROM notice WHERE kind LIKE 'minutes.%' ORDER BY id").fetchall()
        connection.close()
        self.assertEqual(told, [("minutes.given", 4, 2), ("minutes.corrected", 4, 2)])
        # they wait for her until she fetches them by their id; a list of them all is no reading, nor is the author's own
        self.assertEqual(caller.call("Vault", "GetDuties")[0][0]["minutes"], 2)
        caller.call("Vault", "GetMinutes", "(ayt)", b"", 0)
        self.assertEqual(caller.call("Vault", "GetDuties")[0][0]["minutes"], 2)
        caller.call("Vault", "GetMinutes", "(ayt)", vault.read(first, "minutes")["minutes"], 0)
        self.assertEqual(caller.call("Vault", "GetDuties")[0][0]["minutes"], 1)
        self.assertEqual(json.loads(self.minutes("list", "--json").stdout)[0]["author"], NAME)
        self.assertEqual(json.loads(self.vault("vault", "status", "--json").stdout)["waiting"]["minutes"], 0)

    @unittest.skipUnless(ROOT, "another process' memory is read")
    def test_no_trace(self):
        """Of a text: on the bus, in any file but the one that was asked for, and after the lock in the agent's memory."""
        monitor = Monitor(self.bus)
        self.minutes("write", "--with", "Bruno", text=CANARY)
        self.assertIn(CANARY, self.minutes("show", "1").stdout)
        wanted = self.folder / "wanted.txt"
        self.minutes("save", "1", str(wanted))
        self.vault("vault", "lock")
        self.assertEqual(find_in_memory(self.find_agent(), {"text": CANARY.encode()}), set())
        captured = bytes(monitor.end())
        self.assertIn(b"PutMinutes", captured)
        self.assertEqual(self.daemon.stop(), 0)
        files = [path for path in pathlib.Path(self.folder).rglob("*") if path.is_file() and path != wanted]
        self.assertIn(self.daemon.database, files)
        for spelling in {*spellings(CANARY.encode()), "Zorglub reste".encode("utf-16-le")}:
            self.assertNotIn(spelling, captured)
            for path in files:
                self.assertNotIn(spelling, path.read_bytes(), path)
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
