#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl export make, read, check: with the real comodald and comodal-agent, against the second implementation."""
import datetime
import os
import pathlib
import re
import stat
import time
import unittest

import tap
from agent_case import NAME, PASSPHRASE, AgentTestCase
from agent_process import ROOT, find_in_memory, spellings
from comodal_test import BUS_NAME, GLib, Monitor, OBJECT, generate
from vault_keys import Keys, Owner
from vault_case_maker import Case, content
import vault
import vault_export

CASELOAD = generate("pair", "--seed", 1)
CANARY = "Zorglub ne veut plus chanter"


class Exports(AgentTestCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.who = next(f for f in CASELOAD["followups"] if f["professional"] == professional["id"])["student"]
        self.client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]),
            "professional": GLib.Variant("t", professional["number"])})))
        self.hand("Add", self.organisation.sign())
        self.enrol()
        bundle = vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, PASSPHRASE)
        self.owner = Owner(bundle, self.admit())
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        for text in (CANARY, "La mère d'un autre élève a appelé"):
            self.vault("note", "write", self.who, lines=[text])
            self.vault("note", "sign", self.who)
        self.path = self.folder / "dossier.comodal-export"

    def make(self, *arguments, **more):
        return self.vault("export", "make", self.who, "--output", str(self.path), "--purpose", "access", "--asked-on", "2026-11-02",
                          *arguments, **more)

    def make_and_read_code(self, *arguments):
        """The passphrase, which is in nothing that goes where the output is sent to."""
        made = self.make(*arguments)
        self.assertIn(self.fingerprint, " ".join(made.stdout.split()))
        (code,) = re.findall(r"^ +((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", made.stderr, re.M)
        self.assertNotIn(code, made.stdout)
        return code

    def read(self, code, verb="read", fingerprint=None, **more):
        return self.vault("export", verb, str(self.path), "--organisation", fingerprint or self.fingerprint, lines=[code], **more)

    def test_there_and_back(self):
        code = self.make_and_read_code("--withhold", "2", "--basis", "A-2.1, art. 83; la note 2 nomme un tiers")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        # the second implementation: the whole chain, and the one text
        found = vault_export.Import(self.path.read_bytes(), code, self.fingerprint)
        self.assertEqual([text["sections"][0]["text"] for text in found.texts.values()], [CANARY])
        self.assertEqual((len(found.texts_of), found.head["purpose"], found.manifest["asked_on"], found.manifest["basis"]),
                         (2, 1, 20261102, "A-2.1, art. 83; la note 2 nomme un tiers"))
        shown = " ".join(self.read(code).stdout.split())
        for words in ("whole", NAME, "2026-11-02", "la note 2 nomme un tiers", CANARY):
            self.assertIn(words, shown)
        self.assertNotIn("La mère", shown)
        # what is withheld has its place, its day and its author
        day = datetime.date.today().isoformat()
        for words in ("Notes in it: 2; texts: 1", f"Note 1, of {day}, by {NAME} {CANARY}",
                      f"Note 2, of {day}, by {NAME}: its text is withheld"):
            self.assertIn(words, shown)
        self.assertNotIn(CANARY, self.read(code, "check").stdout)
        self.assertIn("Il est entier", " ".join(self.read(code, "check", LANGUAGE="fr").stdout.split()))
        # an agent is not needed, nor comodald
        self.vault("vault", "lock")
        self.assertIn(CANARY, self.read(code).stdout)
        # another passphrase, another organisation, an octet changed: nothing is shown
        other = vault.fingerprint(os.urandom(32))
        whole = self.path.read_bytes()
        for given, fingerprint, octets in (("0000-0000-0000-0000", None, whole), (code, other, whole), (code, None, whole[:-1]),
                                           (code, None, whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])):
            self.path.write_bytes(octets)
            self.assertNotIn(CANARY, self.read(given, fingerprint=fingerprint, status=1).stdout)

    def test_what_another_program_wrote(self):
        anne = Keys(self.organisation.id, os.urandom(16), 1, "Anne Roy, ps. éd.", int(time.time()))
        self.organisation.admit(anne)
        directory = self.organisation.sign()
        case = Case(self.organisation, anne, "élève 7", int(time.time()))
        case.open()
        note, _ = case.note("Écrit ailleurs", keep=False)
        salt, text = os.urandom(32), content("Écrit ailleurs")
        values = vault.read(note, "note")
        values["text_commitment"] = vault.text_commitment(values, salt, text)
        note = vault.sign_record("note", values, anne.seed)
        opened = vault.layout.write("opened", {"organisation": self.organisation.id, "case": case.id, "record": vault.record_hash(note),
                                               "salt": salt, "content": text})
        common = {"organisation": self.organisation.id, "export": os.urandom(16), "exporter": anne.id, "exporter_generation": 1,
                  "directory": len(self.organisation.directories), "made_at": int(time.time())}
        self.path.write_bytes(vault_export.make_export(
            {**common, "purpose": 2, "operations": 2, "memory": 65536}, {**common, "basis": "", "asked_on": 20261101},
            [directory, case.epochs[0], case.grants[anne.id, 1], note, opened], os.urandom(32), anne.seed, passphrase="oies"))
        self.assertIn("Écrit ailleurs", self.read("oies").stdout)

    def test_import(self):
        code = self.make_and_read_code()
        whole = self.path.read_bytes()
        self.vault("vault", "lock")
        exports = self.keyring.parent / "exports"
        # what does not hold is not kept
        other = vault.fingerprint(os.urandom(32))
        for given, fingerprint, octets in (("0000-0000-0000-0000", None, whole), (code, other, whole), (code, None, whole[:-1]),
                                           (code, None, whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:]), (code, None, b"autre chose")):
            self.path.write_bytes(octets)
            self.read(given, "import", fingerprint=fingerprint, status=1)
            self.assertEqual(list(exports.iterdir()) if exports.exists() else [], [])
        self.path.write_bytes(whole)
        self.assertIn("--organisation", self.vault("export", "import", self.path, status=2).stderr)
        said = self.read(code, "import").stdout
        self.assertNotIn(CANARY, said)
        (kept,) = exports.iterdir()
        self.assertIn(str(kept), "".join(said.split()))
        self.assertEqual((kept.read_bytes(), stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(exports.stat().st_mode)), (whole, 0o600, 0o700))
        self.assertEqual(kept.stem, vault_export.Import(whole, code, self.fingerprint).head["export"].hex())
        # it is kept once, and another one that says it is the same does not take its place
        self.assertIn("is there already", self.read(code, "import", status=1).stderr)
        self.path = kept
        self.assertIn(CANARY, self.read(code).stdout)

    def test_what_is_refused(self):
        self.assertIn("no note of that number", self.make("--withhold", "3", status=1).stderr)
        self.assertIn("is no number", self.make("--withhold", "x", status=1).stderr)
        self.assertIn("none of the words", self.make("--purpose", "x", status=1).stderr)
        refused = self.make("--output", "-", status=2)
        self.assertEqual((refused.stdout, "not to standard output" in refused.stderr), ("", True))
        self.vault("vault", "lock")
        self.make(status=1)
        # nothing is left of one that was not made whole
        self.assertEqual([path.name for path in self.folder.iterdir() if "dossier" in path.name], [])
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.path.write_text("autre chose")
        self.assertIn(f"There is a file {self.path} already: say another.", " ".join(self.make(status=1).stderr.split()))
        self.assertEqual(self.path.read_text(), "autre chose")

    @unittest.skipUnless(ROOT, "another process' memory is read")
    def test_no_trace(self):
        """Of an exported text: on the bus, in any file, the export among them, and after the lock in the agent's memory."""
        monitor = Monitor(self.bus)
        code = self.make_and_read_code()
        self.assertIn(CANARY, self.read(code).stdout)
        self.vault("vault", "lock")
        self.assertEqual(find_in_memory(self.find_agent(), {"text": CANARY.encode(), "code": code.encode()}), set())
        captured = bytes(monitor.end())
        self.assertIn(b"GetBodies", captured)
        self.assertEqual(self.daemon.stop(), 0)
        files = [path for path in pathlib.Path(self.folder).rglob("*") if path.is_file()]
        self.assertIn(self.path, files)
        for spelling in {*spellings(CANARY.encode()), "Zorglub ne veut".encode("utf-16-le"), code.encode()}:
            self.assertNotIn(spelling, captured)
            for path in files:
                self.assertNotIn(spelling, path.read_bytes(), path)
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
