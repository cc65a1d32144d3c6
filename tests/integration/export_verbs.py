#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl export make, read, check: with the real comodald and comodal-agent, against the second implementation."""
import datetime
import json
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
ATTACHED = "Schtroumpf grognon à la fenêtre"
CODE = r"^ +((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$"
NAMED = "gargamel-et-azraël.txt"


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
        (code,) = re.findall(CODE, made.stderr, re.M)
        self.assertNotIn(code, made.stdout)
        return code

    def read(self, code, verb="read", fingerprint=None, **more):
        return self.vault("export", verb, str(self.path), "--organisation", fingerprint or self.fingerprint, lines=[code], **more)

    def answer(self, code, verb):
        return json.loads(self.vault("--json", "export", verb, str(self.path), "--organisation", self.fingerprint, lines=[code]).stdout)

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
        # the same for programs
        counted = {"notes": 2, "texts": 1, "attachments": 0, "stolen": 0}
        self.assertEqual(self.answer(code, "check"), counted)
        told = self.answer(code, "read")
        self.assertEqual({name: told[name] for name in counted}, counted)
        self.assertEqual((told["from"], told["asked_on"], told["basis"]), (NAME, "2026-11-02", "A-2.1, art. 83; la note 2 nomme un tiers"))
        one, two = sorted(told["contents"], key=lambda note: note["note"])
        self.assertEqual((one["note"], one["sections"][0]["text"], one["withheld"], one["stolen"]), (1, CANARY, False, False))
        self.assertEqual(two, {"note": 2, "day": day, "author": NAME, "withheld": True, "stolen": False})
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
        said = self.answer(code, "import")
        (kept,) = exports.iterdir()
        self.assertEqual(said, {"kept": str(kept), "notes": 2, "texts": 2, "attachments": 0, "stolen": 0})
        self.assertEqual((kept.read_bytes(), stat.S_IMODE(kept.stat().st_mode), stat.S_IMODE(exports.stat().st_mode)), (whole, 0o600, 0o700))
        self.assertEqual(kept.stem, vault_export.Import(whole, code, self.fingerprint).head["export"].hex())
        # it is kept once, and another one that says it is the same does not take its place
        self.assertIn("is there already", self.read(code, "import", status=1).stderr)
        self.path = kept
        self.assertIn(CANARY, self.read(code).stdout)

    def sign_with(self, text, **files):
        """A note with these attached."""
        self.vault("note", "write", self.who, lines=[text])
        for name, octets in files.items():
            path = self.folder / name.replace("_", ".")
            path.write_bytes(octets)
            self.vault("note", "attach", self.who, path)
            path.unlink()
        self.vault("note", "sign", self.who)

    def test_attachments(self):
        drawing = os.urandom(150000)
        files = {"dessin.png": drawing, "vide.txt": b""}
        self.sign_with("Avec deux pièces", dessin_png=drawing, vide_txt=b"")
        self.sign_with("Une pièce d'un autre élève", autre_txt=b"retenue")
        # beside it, as they are, and none of a note that is withheld
        made = self.make("--withhold", "2,4", "--json")
        self.assertEqual(json.loads(made.stdout), {"written": str(self.path), "organisation": self.fingerprint, "for": None,
                                                   "attachments": 2, "stolen": 0, "answers": 0})
        (code,) = re.findall(CODE, made.stderr, re.M)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o700)
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith(".dossier")], [])
        export = self.path / "comodal-export"
        found = vault_export.Import(export.read_bytes(), code, self.fingerprint)
        notes = {key: note for key, note in found.texts_of.items() if note["attachments"]}
        (key, note), (_, withheld) = sorted(notes.items(), key=lambda pair: pair[1]["sequence"])
        inside, streams = found.texts[key]["attachments"], {}
        for item, named in zip(inside, note["attachments"]):
            streams[item["name"]] = self.path / f"{item['attachment'].hex()}.comodal-attachment"
            which = {"organisation": self.organisation.id, "case": note["case"], "attachment": item["attachment"]}
            opened = vault.open_attachment(streams[item["name"]].read_bytes(), which, item["key"], item["size"], named)
            self.assertEqual(opened, files[item["name"]])
        self.assertEqual((len(withheld["attachments"]), sorted(self.path.iterdir())), (1, sorted([export, *streams.values()])))
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) for path in self.path.iterdir()}, {0o600})
        # it is read as a folder, and as the file in it; each is checked, and saved as a new file
        self.vault("vault", "lock")
        whole, self.path = self.path, export
        self.assertIn("Attachments beside it, each whole and as it was signed: 2", " ".join(self.read(code, "check").stdout.split()))
        self.path = whole
        shown = " ".join(self.read(code).stdout.split())
        places = {item["name"]: place for place, item in enumerate(inside, 1)}
        self.assertIn(f"Attachment {places['dessin.png']}: dessin.png", shown)
        saved = self.folder / "saved.png"
        for given, output in (("dessin.png", saved), (str(places["vide.txt"]), None)):
            told = self.vault("export", "save", self.path, "3", given, "--organisation", self.fingerprint, "--json",
                              *(["--output", output] if output else []), lines=[code], cwd=self.folder)
            self.assertEqual(json.loads(told.stdout), {"written": str(output or f"note-3-attachment-{given}.txt"),
                                                       "stolen": False})
        self.assertEqual((saved.read_bytes(), stat.S_IMODE(saved.stat().st_mode)), (drawing, 0o600))
        self.assertEqual((self.folder / f"note-3-attachment-{places['vide.txt']}.txt").read_bytes(), b"")
        for words, number, given, output in (("already", "3", "dessin.png", saved), ("no such attachment", "3", "3", self.folder / "x"),
                                             ("no such attachment", "4", "1", self.folder / "x")):
            self.assertIn(words, self.vault("export", "save", self.path, number, given, "--organisation", self.fingerprint, "--output", output,
                                            lines=[code], status=1).stderr)
        self.assertEqual(saved.read_bytes(), drawing)
        self.check_what_was_changed(code, streams["dessin.png"], streams["vide.txt"], places["dessin.png"])
        # it is kept whole, once
        exports = self.keyring.parent / "exports"
        said = self.read(code, "import").stdout
        (kept,) = exports.iterdir()
        self.assertIn(str(kept), "".join(said.split()))
        self.assertEqual({path.name: path.read_bytes() for path in kept.iterdir()},
                         {path.name: path.read_bytes() for path in self.path.iterdir()})
        self.assertIn("is there already", self.read(code, "import", status=1).stderr)
        self.path = kept
        self.assertIn(CANARY, self.read(code).stdout)

    def check_what_was_changed(self, code, stream, other, place):
        """Of one attachment's stream: found by export check, save and import, with its note, and nothing is written."""
        whole = stream.read_bytes()
        head, chunk = 104, 8 + 65536 + 17
        chunks = [whole[at:at + chunk] for at in range(head, len(whole), chunk)]
        self.assertEqual(len(chunks), 3)
        for words, octets in (("cut", whole[:-1]), ("end is missing", whole[:-chunk]), ("before it is missing", whole[:head] + chunks[1]),
                              ("altered", whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:]),
                              ("", whole[:head] + chunks[1] + chunks[0] + chunks[2]), ("somewhere else", other.read_bytes()), ("", whole + b"x"),
                              ("is to lie beside the file", None)):
            stream.unlink()
            if octets is not None:
                stream.write_bytes(octets)
            refused = " ".join(self.read(code, "check", status=1).stderr.split())
            self.assertIn(f"Note 3, attachment {place}:", refused)
            if words != "cut":
                self.assertIn(words, refused)
            self.assertNotIn(CANARY, self.read(code, status=1).stdout)
            target = self.folder / "changed.png"
            self.vault("export", "save", self.path, "3", str(place), "--organisation", self.fingerprint, "--output", target, lines=[code],
                       status=1)
            self.assertFalse(target.exists())
            self.read(code, "import", status=1)
            self.assertEqual(list((self.keyring.parent / "exports").iterdir()), [])
            stream.write_bytes(whole)

    def test_what_is_refused(self):
        self.assertIn("no note of that number", self.make("--withhold", "3", status=1).stderr)
        self.assertIn("is no number", self.make("--withhold", "x", status=1).stderr)
        self.assertIn("none of the words", self.make("--purpose", "x", status=1).stderr)
        refused = self.make("--output", "-", status=2)
        self.assertEqual((refused.stdout, "not to standard output" in refused.stderr), ("", True))
        refused = self.make("--fingerprint", self.fingerprint, status=2)
        self.assertEqual((refused.stdout, "--to, --to-key" in refused.stderr, self.path.exists()), ("", True, False))
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
        """Of an exported text and attachment: on the bus, in any file, the export among them, and after the lock in the agent's memory."""
        monitor = Monitor(self.bus)
        self.vault("note", "write", self.who, lines=["Avec une pièce"])
        # of nobody's file
        with os.fdopen(os.memfd_create("plain"), "w+b") as plain:
            plain.write(f"{ATTACHED} {NAMED}".encode() * 3000)
            plain.seek(0)
            self.vault("note", "attach", self.who, "-", "--name", NAMED, stdin=plain)
        self.vault("note", "sign", self.who)
        code = self.make_and_read_code()
        self.assertIn(CANARY, self.read(code).stdout)
        self.assertIn(NAMED, self.read(code).stdout)
        self.read(code, "import")
        self.assertEqual(self.vault("export", "save", self.path, "3", "1", "--organisation", self.fingerprint, "--output", "/dev/null",
                                    lines=[code], status=1).stdout, "")
        self.vault("vault", "lock")
        # a core would be no more than this
        self.assertEqual(find_in_memory(self.find_agent(), {"text": CANARY.encode(), "attached": ATTACHED.encode(), "name": NAMED.encode(),
                                                            "code": code.encode()}), set())
        captured = bytes(monitor.end())
        self.assertIn(b"GetBodies", captured)
        self.assertIn(b"GetAttachment", captured)
        self.assertEqual(self.daemon.stop(), 0)
        files = [path for path in pathlib.Path(self.folder).rglob("*") if path.is_file()]
        self.assertIn(self.path / "comodal-export", files)
        self.assertEqual(len([path for path in files if path.suffix == ".comodal-attachment"]), 2)
        for spelling in {*spellings(CANARY.encode()), *spellings(ATTACHED.encode()), *spellings(NAMED.encode()),
                         "Zorglub ne veut".encode("utf-16-le"), "Schtroumpf grognon".encode("utf-16-le"), code.encode()}:
            self.assertNotIn(spelling, captured)
            for path in files:
                self.assertNotIn(spelling, path.read_bytes(), path)
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
