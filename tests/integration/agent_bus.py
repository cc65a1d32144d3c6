#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two comodald of two organisations, each on a session bus of its own, for one person of the machine: none hears of the other's students."""
import json
import os
import select
import time
import unittest

from gi.repository import Gio

import tap
from agent_case import NAME, PASSPHRASE, AgentTestCase
from comodal_test import BUS_NAME, DEADLINE, OBJECT, Bus, Client, Daemon, GLib, generate
import vault_keys

PROFESSIONAL_FILE = 3


class World:
    """A comodald with a roster, on a bus; keys of the person's in a folder of their own."""

    def __init__(self, case, bus, client, seed):
        self.case, self.bus, self.client = case, bus, client
        self.data = case.folder / f"keys-{seed}"
        # the same numbers, and other identifiers
        caseload = json.loads(json.dumps(generate("pair", "--seed", seed)).replace('"e-', f'"e{seed}-'))
        case.assertEqual(client.import_caseload(caseload).wait(), "succeeded")
        professional = client.json("Roster", "List", "(s)", "professional")[0]
        client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]), "professional": GLib.Variant("t", professional["number"])})))
        self.student = next(f["student"] for f in caseload["followups"] if f["professional"] == professional["id"])
        self.number = client.number("student", self.student)

    def enrol(self, waiting=None):
        """Keys that its directory has; `waiting` is called before it has them."""
        organisation = vault_keys.Organisation(int(time.time()))
        self.hand("Add", organisation.sign())
        identity, person, generation = self.client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(identity), bytes(person), generation, NAME, int(time.time()))
        self.hand("Enrol", keys.enrolment(), keys.recovery())
        self.keep(self.data, keys.keyring(PASSPHRASE))
        if waiting is not None:
            waiting()
        organisation.admit(keys)
        self.hand("Add", organisation.sign())

    @staticmethod
    def keep(folder, keyring):
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "comodal-keyring").write_bytes(keyring)
        (folder / "comodal-keyring").chmod(0o600)

    def hand(self, method, *documents):
        handles = Gio.UnixFDList.new()
        for document in documents:
            fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
            os.write(fd, document)
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        self.client.call_at(OBJECT, f"{BUS_NAME}.Directory", method,
                            GLib.Variant("(" + "h" * len(documents) + ")", range(len(documents))), handles)

    def ctl(self, *arguments, **more):
        return self.case.vault(*arguments, **{"DBUS_SESSION_BUS_ADDRESS": self.bus.address, "COMODAL_DATA_DIR": str(self.data), **more})

    def files(self):
        return [listed["reference"] for listed in self.client.json("Vault", "ListCases", "(a{sv})", {})["cases"]]


class TwoSessions(AgentTestCase):
    def setUp(self):
        super().setUp()
        self.first = World(self, self.bus, self.client, 1)
        self.other_bus = Bus()
        self.addCleanup(self.other_bus.end)
        folder = self.folder / "other"
        folder.mkdir(mode=0o700)
        daemon = Daemon(self.other_bus, folder)
        self.addCleanup(daemon.kill)
        client = Client(self.other_bus.address)
        self.addCleanup(client.close)
        self.second = World(self, self.other_bus, client, 2)

    def test_an_agent_of_each_bus(self):
        self.first.enrol()
        self.first.ctl("vault", "unlock", lines=[PASSPHRASE])
        # who has keys in one organisation has none in the other, and nothing is begun in either
        self.assertNotEqual(self.first.student, self.second.student)
        refused = self.second.ctl("note", "write", self.second.student, lines=["Texte."], status=1)
        self.assertIn("keys are locked", refused.stderr)
        self.assertEqual(self.first.files(), [])
        self.assertIn("none here", self.second.ctl("vault", "status").stdout)
        # nor do two agents remember into one folder
        self.end(self.other_bus)
        taken = self.second.ctl("vault", "status", COMODAL_DATA_DIR=str(self.first.data), status=1)
        self.assertIn("of another session", " ".join(taken.stderr.split()))
        self.second.enrol(self.check_before_the_directory)
        self.check_what_is_damaged()
        self.second.ctl("vault", "unlock", lines=[PASSPHRASE])
        for world in (self.first, self.second):
            world.ctl("note", "write", world.student, lines=["Texte."])
            world.ctl("note", "sign", world.student)
            self.assertEqual(world.files(), [world.student])
            self.assertIn("1", world.ctl("note", "list", world.student).stdout)
        # a number of another comodald's is another student's, whoever mixes them up
        with self.assertRaisesRegex(GLib.Error, "Error.Conflict"):
            self.ask_agent("OpenCase", GLib.Variant("(tsyb)", (self.first.number + 1, self.second.student, PROFESSIONAL_FILE, True)))
        self.assertEqual(self.first.files(), [self.first.student])
        # an agent ends with its bus, and leaves nothing but the keyring's folder; the other one stays
        path = self.other_bus.agent_socket(self.runtime)
        agent = os.pidfd_open(self.other_bus.find_agent(self.runtime))
        self.other_bus.end()
        self.assertTrue(select.select([agent], [], [], DEADLINE)[0], "the agent outlives its bus")
        os.close(agent)
        self.assertEqual([left.name for left in path.parent.iterdir() if left.name.startswith(path.name)], [])
        self.assertIn("unlocked", self.first.ctl("vault", "status").stdout)

    def said(self, *arguments, **more):
        """What the second world's comodalctl prints, in one line."""
        result = self.second.ctl(*arguments, **more)
        return " ".join((result.stdout + result.stderr).split())

    def check_before_the_directory(self):
        """Keys that the directory does not have yet, and keys of another organisation: each says what there is to do."""
        self.assertIn("not in your organisation’s directory yet", self.said("vault", "unlock", lines=[PASSPHRASE]))
        self.assertIn("“directory admit”", self.said("note", "write", self.second.student, lines=["Texte."], status=1))
        self.assertEqual(self.second.files(), [])
        self.end(self.other_bus)
        foreign = {"COMODAL_DATA_DIR": str(self.folder / "foreign")}
        self.second.keep(self.folder / "foreign", (self.first.data / "comodal-keyring").read_bytes())
        for arguments, more in ((("vault", "unlock"), {"lines": [PASSPHRASE]}), (("vault", "status"), {"status": 1}),
                                (("note", "list", self.second.student), {"status": 1})):
            said = self.said(*arguments, **more, **foreign)
            self.assertIn("of another organisation", said)
            self.assertIn("“vault enrol --again”", said)
        self.end(self.other_bus)

    def check_what_is_damaged(self):
        keyring = self.second.data / "comodal-keyring"
        good = keyring.read_bytes()
        keyring.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        self.assertIn("(keyring). A copy of that file opens as before; without one, “vault recover”",
                      self.said("vault", "unlock", lines=[PASSPHRASE], status=1))
        keyring.write_bytes(good)
        memory = self.second.data / "comodal-memory"
        self.second.ctl("vault", "unlock", lines=[PASSPHRASE])
        kept = memory.read_bytes()
        memory.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        said = self.said("note", "list", self.second.student, status=1)
        self.assertIn("It was altered (comodal-memory). Find out by whom.", said)
        self.assertIn("begins to remember anew", said)
        memory.write_bytes(kept)

    def end(self, bus):
        agent = bus.find_agent(self.runtime)
        watch = os.pidfd_open(agent)
        os.kill(agent, 15)
        select.select([watch], [], [], DEADLINE)
        os.close(watch)

    def ask_agent(self, method, arguments):
        """A call of the first agent's, as a program of the person's makes it."""
        agent = Gio.DBusConnection.new_for_address_sync(f"unix:path={self.bus.agent_socket(self.runtime)}",
                                                        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        try:
            return agent.call_sync(None, "/org/comodal/Agent1", "org.comodal.Agent1", method, arguments, None, 0, int(DEADLINE * 1000),
                                   None)
        finally:
            agent.close_sync(None)


if __name__ == "__main__":
    tap.main()
