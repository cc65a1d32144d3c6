#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl custody: what somebody left with three custodians, from the deposit to a colleague who takes their files over, with the real
programs of five people, against the second implementation."""
import os
import unittest

import tap
import other_user
import vault_keys
from vault_case_maker import Case
from vault_house import House, Person, kind_of, split
import vault

CUSTODIAN = vault_keys.PROFESSIONAL | vault_keys.CUSTODIAN
CANARY = "Zorglub dort mal depuis la rentrée"


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Custody(House):
    PEOPLE = 4

    def setUp(self):
        super().setUp()
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]
        self.people += [self.person(6, "Ève Lavoie, psychologue", professional), self.person(7, "Félix Roy, direction", professional)]
        self.anne, self.bruno, *self.keepers = self.people
        # the last one is no custodian yet
        for person in self.keepers[:3]:
            self.set_roles(person, CUSTODIAN)
        self.sign_directory()
        for person in self.keepers[2:]:
            person.unlock()

    def set_roles(self, person, roles):
        next(entry for entry in self.organisation.entries if entry["person"] == person.keys.id)["roles"] = roles

    def deposits(self, person):
        """What somebody left, read and checked by the second implementation."""
        found = [octets for octets in split(person.caller.call("Vault", "GetEscrow")[1][0]) if kind_of(octets) == "deposit"]
        directory = vault.Directory(self.organisation.directories[-1], self.organisation.key)
        return [directory.check(octets, "deposit") for octets in found], found

    def combine(self, deposit, first, second):
        """The escrow key, by the halves of two custodians."""
        halves = {}
        for person in (first, second):
            key = (person.keys.id, person.keys.generation)
            halves[vault.custodian_index(deposit, key)] = vault.open_half(deposit, key, person.keys.box_secret)
        return vault.combine(deposit, halves)

    def test_a_file_where_there_are_custodians(self):
        """It is left with three of them, any two of whom the second implementation opens it with."""
        self.anne.write(self.students[0], CANARY)
        (deposit,), octets = self.deposits(self.anne)
        self.assertEqual([half["custodian"] for half in deposit["custodians"]], sorted(p.keys.id for p in self.keepers[:3]))
        case_id = self.cases(self.anne)[self.students[0]]
        kept = self.replay(self.anne, case_id)
        self.assertEqual(vault.read(kept["epoch"][0], "epoch")["deposit"], vault.record_hash(octets[0]))
        (left,) = [e for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"]) if e["to"] == 2]
        for first, second in ((0, 1), (0, 2), (1, 2)):
            secret = self.combine(deposit, self.keepers[first], self.keepers[second])
            key = vault.open_envelope(left, (self.anne.keys.id, 1), secret)
            body = self.anne.caller.call("Vault", "GetBodies", "(ayay)", case_id, b"")[1][0]
            self.assertIn(CANARY, str(vault.open_body(body, self.organisation.id, vault.read(kept["note"][0], "note"), 1, key)))
        # and without a deposit comodald takes none
        other = Case(self.organisation, self.anne.keys, self.students[1], self.now)
        number = self.client.number("student", self.students[1])
        with self.assertRaises(other_user.Refused) as refused:
            self.anne.caller.call("Vault", "Append", "(ha{sv})", 0, {"student": ("t", number)}, documents=[other.open()])
        self.assertEqual(refused.exception.name, "InvalidInput")

    def test_who_is_a_custodian_changes(self):
        """A new deposit, and a new key of each file, with everybody who reads it; older notes stay with the new custodians."""
        self.anne.write(self.students[0], CANARY)
        gone, came = self.keepers[0], self.keepers[3]
        self.set_roles(gone, vault_keys.PROFESSIONAL)
        self.set_roles(came, CUSTODIAN)
        self.sign_directory()
        self.anne.write(self.students[1], "autre dossier")
        deposits, octets = self.deposits(self.anne)
        self.assertEqual([deposit["number"] for deposit in deposits], [1, 2])
        self.assertNotIn(gone.keys.id, [half["custodian"] for half in deposits[1]["custodians"]])
        for student, epochs in ((self.students[0], 2), (self.students[1], 1)):
            kept = self.replay(self.anne, self.cases(self.anne)[student])
            self.assertEqual(len(kept["epoch"]), epochs)
            self.assertEqual(vault.read(kept["epoch"][-1], "epoch")["deposit"], vault.record_hash(octets[1]))
            secret = self.combine(deposits[1], self.keepers[1], came)
            opened = {e["epoch"] for e in map(lambda octets: vault.read(octets, "envelope"), kept["envelope"])
                      if e["to"] == 2 and e["deposit"] == vault.record_hash(octets[1])
                      and vault.open_envelope(e, (self.anne.keys.id, 1), secret)}
            self.assertEqual(opened, set(range(1, epochs + 1)))
        self.anne.write(self.students[0], "suite")
        self.assertIn(CANARY, self.open(self.anne, self.cases(self.anne)[self.students[0]])[1])

    def test_three_custodians_have_no_files(self):
        said = self.keepers[0].ctl("note", "write", self.students[0], lines=["x"], status=1)
        self.assertIn("needs a fourth", said)


if __name__ == "__main__":
    tap.main()
