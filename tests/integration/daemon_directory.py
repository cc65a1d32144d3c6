#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose keys are whose: directories and enrolments, handed to the real comodald by the second implementation of the format."""
import os
import sqlite3
import time

import tap
from gi.repository import Gio
from comodal_test import BUS_NAME, OBJECT, TestCase, GLib
import vault_keys
import vault

NOW = int(time.time())
NAME = "Zorglub Tremblay, psychologue"


class Directory(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.organisation = vault_keys.Organisation(NOW)

    def hand(self, method, *documents):
        """A call whose arguments are documents."""
        handles = Gio.UnixFDList.new()
        for document in documents:
            fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
            os.write(fd, document)
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        return self.client.call_at(OBJECT, f"{BUS_NAME}.Directory", method,
                                   GLib.Variant("(" + "h" * len(documents) + ")", range(len(documents))), handles)

    def enrol(self, label=NAME):
        organisation, person, generation = self.client.call("Directory", "BeginEnrolment")
        self.assertEqual(bytes(organisation), self.organisation.id)
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, label, NOW)
        self.hand("Enrol", keys.enrolment(), keys.recovery())
        return keys

    def read(self, after=0):
        return self.client.document("Directory", "List", "(t)", after)

    def assert_refused(self, name, *documents):
        before = self.read()
        self.assert_call_fails(name, self.hand, "Add", *documents)
        self.assertEqual(self.read(), before, "nothing is taken")

    def test_nothing_yet(self):
        self.assertEqual(self.client.call("Directory", "GetOrganisation"), ([], 0))
        self.assertEqual(self.read(), b"")
        self.assert_call_fails("NotFound", self.client.call, "Directory", "BeginEnrolment")
        self.assert_call_fails("NotFound", self.client.call, "Directory", "GetRecovery")

    def test_first(self):
        self.assertEqual(self.hand("Add", self.organisation.sign()), (1,))
        key, sequence = self.client.call("Directory", "GetOrganisation")
        self.assertEqual((bytes(key), sequence), (self.organisation.key, 1))
        self.assertEqual(self.hand("Add", self.organisation.directories[0]), (1,), "again is passed over")

    def test_from_enrolment_to_directory(self):
        self.hand("Add", self.organisation.sign())
        keys = self.enrol()
        pending = self.client.document("Directory", "ListEnrolments")
        self.assertEqual(pending, keys.enrolment())
        self.organisation.admit(keys)
        self.assertEqual(self.hand("Add", self.organisation.sign()), (2,))
        self.assertEqual(self.client.document("Directory", "ListEnrolments"), b"")
        self.assertEqual(self.read(), b"".join(self.organisation.directories))
        self.assertEqual(self.read(1), self.organisation.directories[1])
        self.assertEqual(self.read(2**63), b"")

    def test_recovery_is_kept_of_each_generation(self):
        self.hand("Add", self.organisation.sign())
        first = self.enrol()
        again = self.enrol()
        self.assertEqual((again.id, again.generation), (first.id, 1))
        self.assertEqual(self.client.document("Directory", "ListEnrolments"), again.enrolment(), "the later one counts")
        self.organisation.admit(again)
        self.hand("Add", self.organisation.sign())
        second = self.enrol()
        self.assertEqual((second.id, second.generation), (first.id, 2))
        found = self.client.document("Directory", "GetRecovery")
        self.assertEqual(len(found), len(again.recovery()) * 2)
        newest, before = found[:len(found) // 2], found[len(found) // 2:]
        self.assertEqual(vault.open_keyring(newest, self.organisation.id, second.code), vault.read(second.bundle(), "bundle"))
        self.assertEqual(vault.open_keyring(before, self.organisation.id, again.code), vault.read(again.bundle(), "bundle"))

    def test_wrong_enrolments(self):
        self.hand("Add", self.organisation.sign())
        _, person, generation = self.client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(self.organisation.id, bytes(person), generation, NAME, NOW)
        other = vault_keys.Keys(self.organisation.id, os.urandom(16), 1, NAME, NOW)
        later = vault_keys.Keys(self.organisation.id, bytes(person), 2, NAME, NOW)
        stranger = vault_keys.Keys(os.urandom(32), bytes(person), 1, NAME, NOW)
        forged = bytearray(keys.enrolment())
        forged[-1] ^= 1
        for enrolment, recovery in ((other.enrolment(), other.recovery()), (keys.enrolment(), other.recovery()),
                                    (later.enrolment(), later.recovery())):
            self.assert_call_fails("Conflict", self.hand, "Enrol", enrolment, recovery)
        for enrolment, recovery in ((stranger.enrolment(), stranger.recovery()), (keys.enrolment(), keys.enrolment()),
                                    (bytes(forged), keys.recovery()), (b"", b""), (keys.enrolment() * 2, keys.recovery()),
                                    (keys.enrolment(), b"\0" * 5000)):
            self.assert_call_fails("InvalidInput", self.hand, "Enrol", enrolment, recovery)
        self.assertEqual(self.client.document("Directory", "ListEnrolments"), b"")

    def test_wrong_directories(self):
        first = self.organisation.sign()
        self.assert_refused("Conflict", self.organisation.sign())  # the second before the first
        self.assert_refused("InvalidInput", first[:-1])
        self.assert_refused("InvalidInput", first[:-1] + bytes([first[-1] ^ 1]))
        self.assert_refused("NotFound", b"")
        self.hand("Add", first)
        self.organisation.directories = [first]
        another = vault_keys.Organisation(NOW)
        self.assert_refused("InvalidInput", another.sign())
        self.organisation.sign()
        third = self.organisation.sign()
        self.assert_refused("Conflict", third)
        self.organisation.directories = [first]
        self.assert_refused("Conflict", self.organisation.sign(previous=os.urandom(32)))
        # of several, none is taken when the last does not hold
        self.organisation.directories = [first]
        second = self.organisation.sign()
        self.assert_refused("Conflict", second + self.organisation.sign(sequence=5))
        self.assertEqual(self.hand("Add", first + second), (2,))
        self.organisation.directories = [first]
        self.assert_refused("Conflict", self.organisation.sign(issued_at=NOW + 5))

    def test_a_key_is_never_exchanged(self):
        self.hand("Add", self.organisation.sign())
        keys = self.enrol()
        self.organisation.admit(keys)
        self.hand("Add", self.organisation.sign())
        thief = vault_keys.Keys(self.organisation.id, keys.id, 1, NAME, NOW)
        kept = self.organisation.entries
        self.organisation.entries = [{**kept[0], "sign_key": thief.sign_key, "box_key": thief.box_key}]
        self.assert_refused("Conflict", self.organisation.sign())
        self.organisation.directories.pop()
        self.organisation.entries = []
        self.assert_refused("Conflict", self.organisation.sign())

    def test_the_organisation_takes_a_new_key(self):
        self.hand("Add", self.organisation.sign())
        old = self.organisation.seed
        succession = self.organisation.succeed()
        self.assertEqual(self.hand("Add", succession), (1,))
        self.assertEqual(self.hand("Add", succession), (1,), "again is passed over")
        kept = self.organisation.seed
        for since in (2, 1):
            self.assert_refused("Conflict", self.organisation.succeed(since))
            self.organisation.seed = kept
        self.assert_refused("AccessDenied", self.organisation.sign(seed=old))
        self.organisation.directories.pop()
        self.assertEqual(self.hand("Add", self.organisation.sign()), (2,))
        self.assertEqual(self.read(), succession + b"".join(self.organisation.directories))
        # of a key that does not count any more
        self.organisation.seed = old
        self.assert_refused("AccessDenied", self.organisation.succeed())

    def test_over_a_restart(self):
        self.hand("Add", self.organisation.sign())
        keys = self.enrol()
        self.restart_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.document("Directory", "ListEnrolments"), keys.enrolment())
        self.organisation.admit(keys)
        self.assertEqual(self.hand("Add", self.organisation.sign()), (2,))

    def test_names_rest_sealed(self):
        self.hand("Add", self.organisation.sign())
        keys = self.enrol()
        self.organisation.admit(keys)
        self.hand("Add", self.organisation.sign())
        self.assertEqual(self.daemon.stop(), 0)
        with sqlite3.connect(self.daemon.database) as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM vault_directory").fetchone(), (2,))
        connection.close()
        for path in self.daemon.database.parent.iterdir():
            self.assertNotIn(b"Zorglub", path.read_bytes(), path)
        self.assertNotIn("Zorglub", self.daemon.text())

    def test_a_gone_account_leaves_its_person_to_nobody(self):
        self.hand("Add", self.organisation.sign())
        keys = self.enrol()
        with sqlite3.connect(self.daemon.database) as connection:
            before = connection.execute("SELECT person FROM vault_person WHERE uid = ?", (os.getuid(),)).fetchone()
        connection.close()
        self.assertEqual(before, (keys.id,))
        # roles of the session's own user stay; what is theirs in the vault does not
        self.client.call("Accounts", "Set", "(ua{sv})", 4242, {"roles": GLib.Variant("as", ["administrator"])})
        self.client.call("Accounts", "Set", "(ua{sv})", os.getuid(), {"roles": GLib.Variant("as", ["professional"])})
        self.client.call("Accounts", "Remove", "(u)", os.getuid())
        _, person, generation = self.client.call("Directory", "BeginEnrolment")
        self.assertNotEqual(bytes(person), keys.id)
        self.assertEqual(generation, 1)


if __name__ == "__main__":
    tap.main()
