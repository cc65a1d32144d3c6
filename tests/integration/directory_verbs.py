#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl directory: from the organisation's key on a computer of its own to keys that everybody believes, and their end."""
import json
import os
import subprocess
import time

import tap
from comodal_test import OBJECT, BUS_NAME, COMODALCTL, TestCase, GLib
from gi.repository import Gio
import vault_keys
import vault

PASSPHRASE = "quatre oies sur le quai\n"


class DirectoryVerbs(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.office = self.folder / "office"

    def init(self):
        said = self.ctl("directory", "init", self.office, text=PASSPHRASE).stdout
        self.ctl("directory", "add", self.office / "comodal-directory")
        return said

    def enrol(self, label="Zoé Tremblay, psychologue"):
        organisation, person, generation = self.client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, label, int(time.time()))
        handles = Gio.UnixFDList.new()
        for document in (keys.enrolment(), keys.recovery()):
            descriptor = os.memfd_create("records")
            os.write(descriptor, document)
            os.lseek(descriptor, 0, os.SEEK_SET)
            handles.append(descriptor)
            os.close(descriptor)
        self.client.call_at(OBJECT, f"{BUS_NAME}.Directory", "Enrol", GLib.Variant("(hh)", (0, 1)), handles)
        return keys

    def fingerprint(self, keys):
        return vault.fingerprint(keys.sign_key, keys.box_key)

    def pending(self):
        path = self.folder / "enrolments"
        self.ctl("directory", "enrolments", path)
        return path

    def admit(self, *keys, roles=(), status=0, passphrase=PASSPHRASE, path=None):
        arguments = [argument for one in keys for argument in ("--fingerprint", self.fingerprint(one))]
        arguments += [argument for role in roles for argument in ("--role", role)]
        return self.ctl("directory", "admit", self.office, path or self.pending(), *arguments, text=passphrase, status=status)

    def show(self, *arguments):
        return json.loads(self.ctl("--json", "directory", "show", *arguments).stdout)

    def publish(self):
        return self.ctl("directory", "add", self.office / "comodal-directory").stdout

    def ask(self, verb, *arguments, **more):
        """What a program is answered."""
        return json.loads(self.ctl("--json", "directory", verb, *arguments, **more).stdout)

    def test_from_key_to_retirement(self):
        said = self.init()
        shown = self.show()
        self.assertEqual((shown["sequence"], shown["people"]), (1, []))
        self.assertIn(shown["organisation"], said)
        self.assertIn("Nobody’s keys are in it yet.", self.ctl("directory", "show").stdout)
        pending, records = str(self.folder / "asked"), str(self.office / "comodal-directory")
        self.assertEqual(self.ask("enrolments", pending), {"written": None})
        keys = self.enrol()
        self.assertEqual(self.ask("enrolments", pending), {"written": pending})
        # the octets alone
        octets = subprocess.run([COMODALCTL, "--session", "directory", "enrolments", "-"], stdout=subprocess.PIPE, check=True,
                                env=self.bus.environment()).stdout
        self.assertEqual(octets, (self.folder / "asked").read_bytes())
        self.assertIn("number 2 is signed", self.admit(keys).stdout)
        self.assertIn("number 2 is in force", self.publish())
        (person,) = self.show()["people"]
        self.assertEqual(person, {"label": "Zoé Tremblay, psychologue", "fingerprint": self.fingerprint(keys), "generation": 1,
                                  "state": "current", "roles": ["professional"]})
        self.assertEqual(self.show(), self.show(self.office))
        self.assertIn("wait for the directory", self.ctl("directory", "enrolments", self.folder / "none").stdout)
        self.assertFalse((self.folder / "none").exists())
        self.ctl("directory", "retire", self.office, self.fingerprint(keys).lower().replace(" ", "-"), text=PASSPHRASE)
        self.assertEqual(self.ask("add", records), {"sequence": 3})
        self.assertEqual(self.show()["people"][0]["state"], "retired")
        self.assertEqual(self.ask("revoke", self.office, self.fingerprint(keys), text=PASSPHRASE), {"sequence": 4, "written": records})
        self.publish()
        self.assertEqual(self.show()["people"][0]["state"], "revoked")
        self.ctl("directory", "revoke", self.office, self.fingerprint(keys), text=PASSPHRASE, status=1)

    def test_new_keys_retire_the_old(self):
        made = self.ask("init", self.office, text=PASSPHRASE)
        self.assertEqual(made, {"organisation": self.show(self.office)["organisation"], "written": str(self.office)})
        self.publish()
        old = self.enrol()
        self.admit(old)
        self.publish()
        new = self.enrol()
        self.admit(new)
        self.publish()
        self.assertEqual([(person["generation"], person["state"]) for person in self.show()["people"]],
                         [(1, "retired"), (2, "current")])

    def test_another_key_of_the_organisation(self):
        self.init()
        anne = self.enrol()
        self.admit(anne)
        organisation = self.show(self.office)["organisation"]
        self.assertIn("not", self.ctl("directory", "new-key", self.office, text="falsch und lang\nune autre phrase bien longue\n", status=1).stderr)
        keyring, records = self.office / "comodal-keyring", self.office / "comodal-directory"
        before = keyring.read_bytes(), records.read_bytes()
        following = "une autre phrase bien longue\n"
        said = self.ctl("directory", "new-key", self.office, text=PASSPHRASE + following).stdout
        self.assertIn("number 3 is signed", said)
        self.assertFalse((self.office / "next").exists())
        after = keyring.read_bytes(), records.read_bytes()
        self.assertIn("number 3 is in force", self.publish())
        self.assertEqual((self.show()["organisation"], self.show()["sequence"]), (organisation, 3))
        # the second implementation follows too
        frames, octets = [], records.read_bytes()
        while octets:
            length = 16 + int.from_bytes(octets[12:16], "little")
            frames.append(octets[:length])
            octets = octets[length:]
        directories = [frame for frame in frames if frame[8] == 2]
        successions = [frame for frame in frames if frame[8] == 20]
        self.assertEqual((len(directories), len(successions)), (3, 1))
        first = vault.read(directories[0], "directory")
        self.assertEqual(vault.Directory(directories[2], first["org_key"], successions).sequence, 3)
        # a power cut before the directory was signed: the old key counts, what was left of the new one does not matter
        (self.office / "next").mkdir(mode=0o700)
        (self.office / "next" / "comodal-keyring").write_bytes(after[0])
        (self.office / "next" / "comodal-keyring").chmod(0o600)
        keyring.write_bytes(before[0])
        records.write_bytes(before[1])
        self.ctl("directory", "revoke", self.office, self.fingerprint(anne), text=following, status=1)
        self.ctl("directory", "revoke", self.office, self.fingerprint(anne), text=PASSPHRASE)
        # and behind it: the new one counts, and takes the place of the old
        records.write_bytes(after[1])
        keyring.write_bytes(before[0])
        said = self.ctl("directory", "retire", self.office, self.fingerprint(anne), text=PASSPHRASE, status=1).stderr
        self.assertIn("passphrase of the old one", " ".join(said.split()))
        self.assertIn("number 4 is signed", self.ctl("directory", "retire", self.office, self.fingerprint(anne), text=following).stdout)
        self.assertEqual((keyring.read_bytes(), (self.office / "next").exists()), (after[0], False))
        self.assertIn("number 4 is in force", self.publish())
        # whoever has a copy of the old key signs nothing that anybody takes
        records.write_bytes(before[1])
        keyring.write_bytes(before[0])
        self.ctl("directory", "retire", self.office, self.fingerprint(anne), text=PASSPHRASE)
        self.ctl("directory", "add", self.office / "comodal-directory", status=1)

    def test_in_french(self):
        self.init()
        keys = self.enrol()
        self.admit(keys, roles=("professional", "supervisor"))
        said = self.ctl("directory", "show", self.office, LANGUAGE="fr").stdout
        self.assertIn("Organisation  ", said)
        self.assertIn("Annuaire      numéro 2 du ", said)
        self.assertIn("Zoé Tremblay, psychologue (", said)
        self.assertIn("\n  " + self.fingerprint(keys) + "\n", said)

    def test_a_wrong_passphrase_signs_nothing(self):
        self.init()
        keys = self.enrol()
        before = (self.office / "comodal-directory").read_bytes()
        self.assertIn("not the one", self.admit(keys, passphrase="trois oies sur le quai\n", status=1).stderr)
        self.assertEqual((self.office / "comodal-directory").read_bytes(), before)

    def test_who_is_not_there(self):
        self.init()
        keys = self.enrol()
        stranger = vault_keys.Keys(keys.organisation, os.urandom(16), 1, "Personne", int(time.time()))
        self.assertIn("Not every fingerprint", self.admit(keys, stranger, status=1).stderr)
        self.assertIn("Nobody was taken in", self.admit(status=1).stderr, "nobody sits there to be asked")
        self.ctl("directory", "retire", self.office, self.fingerprint(stranger), text=PASSPHRASE, status=1)
        self.ctl("directory", "retire", self.office, "x", text=PASSPHRASE, status=1)
        path = self.pending()
        damaged = bytearray(path.read_bytes())
        damaged[-1] ^= 1
        path.write_bytes(damaged)
        self.assertIn("signature does not hold", self.admit(keys, status=1, path=path).stderr)
        other = vault_keys.Keys(os.urandom(32), os.urandom(16), 1, "Ailleurs", int(time.time()))
        path.write_bytes(other.enrolment())
        self.assertIn("another organisation", self.admit(other, status=1, path=path).stderr)

    def test_custodians_come_in_threes(self):
        self.init()
        keys = self.enrol()
        self.assertIn("three to nine custodians", self.admit(keys, roles=("custodian",), status=1).stderr)
        self.assertIn("is no role", self.admit(keys, roles=("king",), status=2).stderr)
        three = [vault_keys.Keys(keys.organisation, os.urandom(16), 1, f"Dépositaire {number}", int(time.time()))
                 for number in range(3)]
        path = self.folder / "three"
        path.write_bytes(b"".join(one.enrolment() for one in three))
        self.admit(*three, roles=("custodian",), path=path)
        self.assertEqual([person["roles"] for person in self.show(self.office)["people"]], [["custodian"]] * 3)

    def test_what_was_tampered_with(self):
        self.init()
        file = self.office / "comodal-directory"
        octets = file.read_bytes()
        file.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
        self.assertIn("signature does not hold", self.ctl("directory", "show", self.office, status=1).stderr)
        file.unlink()
        self.assertIn("directory init", self.ctl("directory", "show", self.office, status=1).stderr)

    def test_once_and_for_its_owner_alone(self):
        self.init()
        self.assertEqual(self.office.stat().st_mode & 0o777, 0o700)
        for file in self.office.iterdir():
            self.assertEqual(file.stat().st_mode & 0o777, 0o600, file)
        before = {file: file.read_bytes() for file in self.office.iterdir()}
        self.ctl("directory", "init", self.office, text=PASSPHRASE, status=1)
        self.assertEqual({file: file.read_bytes() for file in self.office.iterdir()}, before)
        self.ctl("directory", "init", self.folder / "short", text="trop court\n", status=1)
        self.assertFalse((self.folder / "short").exists())


if __name__ == "__main__":
    tap.main()
