#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl export import, killed at its writes, its disk broken or full at each: the file is kept whole with what lies beside it, octet for octet,
or is not there; said again, it is kept, and nothing is left of what was killed."""
import hashlib
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap
import vault_keys
# the format's second implementation, not the test of that name beside this one
vault = vault_keys.vault
import vault_export
from vault_case_maker import Case, content

NOW = 1790000000
WORDS = "oies"


def make(folder):
    """An export of one note with one attachment; the fingerprint of whose it is."""
    organisation = vault_keys.Organisation(NOW)
    anne = vault_keys.Keys(organisation.id, os.urandom(16), 1, "Anne Roy", NOW)
    organisation.admit(anne)
    directory = organisation.sign()
    case = Case(organisation, anne, "élève 7", NOW)
    case.open()
    place = {"organisation": organisation.id, "case": case.id, "attachment": os.urandom(16)}
    key, plain = os.urandom(32), os.urandom(1000)
    stream = vault.make_attachment(place, key, plain)
    inside = {"attachment": place["attachment"], "key": key, "size": len(plain), "name": "dessin.png", "media_type": "image/png"}
    note, _ = case.note("x", keep=False, attachments=[{"attachment": place["attachment"], "size": len(stream), "digest": vault.H("stream", stream)}])
    salt, text = os.urandom(32), content("Écrit ailleurs", [inside])
    values = vault.read(note, "note")
    values["text_commitment"] = vault.text_commitment(values, salt, text)
    note = vault.sign_record("note", values, anne.seed)
    opened = vault.layout.write("opened", {"organisation": organisation.id, "case": case.id, "record": vault.record_hash(note),
                                           "salt": salt, "content": text})
    common = {"organisation": organisation.id, "export": os.urandom(16), "exporter": anne.id, "exporter_generation": 1, "directory": 1,
              "made_at": NOW}
    whole = vault_export.make_export(
        {**common, "purpose": 2, "operations": 2, "memory": 65536}, {**common, "basis": "", "asked_on": 20261101},
        [directory, case.epochs[0], case.grants[anne.id, 1], note, opened], os.urandom(32), anne.seed, passphrase=WORDS)
    given = pathlib.Path(folder, "given")
    given.mkdir(mode=0o700)
    (given / "comodal-export").write_bytes(whole)
    (given / f"{place['attachment'].hex()}.comodal-attachment").write_bytes(stream)
    return vault.fingerprint(organisation.key)


class Export(unittest.TestCase):
    def prepare(self, folder):
        self.fingerprint = make(folder)
        pathlib.Path(folder, "data").mkdir(mode=0o700)

    def act(self, folder, environment):
        command = [os.environ["COMODALCTL"], "--session", "export", "import", f"{folder}/given", "--organisation", self.fingerprint]
        return subprocess.run(command, input=WORDS + "\n", text=True, capture_output=True, timeout=120,
                              env={**environment, "XDG_DATA_HOME": f"{folder}/data", "XDG_RUNTIME_DIR": folder}).returncode

    def describe(self, folder):
        """What has a name that somebody would look for."""
        root = pathlib.Path(folder, "data")
        kept = [path for path in sorted(root.glob("*/exports/[!.]*")) for path in (sorted(path.iterdir()) if path.is_dir() else [path])]
        return str([(str(path.relative_to(root)), oct(path.stat().st_mode), hashlib.sha256(path.read_bytes()).hexdigest()) for path in kept])

    def test_import(self):
        operation = fault.Operation(self.prepare, self.describe, run=self.act, under="data")
        calls, seen = fault.sweep(self, operation, (fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO), {fault.KILL: 40, fault.TORN: 5}, 6)
        print(f"# {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)

    def test_again(self):
        """Whatever was left of it, it is kept when it is said again, unless it was."""
        operation = fault.Operation(self.prepare, self.describe, run=self.act_again, under="data", again=True)
        _, seen = fault.sweep(self, operation, (fault.KILL,), 6, 6)
        self.assertGreater(seen["before"], 0)

    def act_again(self, folder, environment):
        """The same; that it is there already is as good."""
        there = self.describe(folder) != "[]"
        status = self.act(folder, environment)
        if status >= 0:
            self.assertEqual(list(pathlib.Path(folder, "data").glob("*/exports/.*")), [], "what was left is cleared away")
        return 0 if there and status == 1 else status


if __name__ == "__main__":
    tap.main()
