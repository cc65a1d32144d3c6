#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and drafts that become those of new keys, by the real programs, with comodald or the agent killed at their writes: the files are all the
new keys' or none is, each draft is one's or the other's, and said again it comes to what it would have come to."""
import os
import pathlib
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap
from gi.repository import Gio
from comodal_test import BUS_NAME, COMODALCTL, OBJECT, Bus, Client, Daemon, GLib, generate
import vault_keys
# the format's second implementation, not the test of that name beside this one
vault = vault_keys.vault
from vault_case_maker import Case

CASELOAD = generate("pair", "--seed", 1)
FIRST_WORDS, WORDS = "deux loups dans la neige", "quatre oies sur le quai"
SESSION = pathlib.Path("data", "comodal-session")
DRAFTS = 2


class Carry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = Bus()

    @classmethod
    def tearDownClass(cls):
        cls.bus.end()

    # ---- what there is before

    def enrol(self, client):
        organisation, person, generation = client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, "Anne Bouchard", self.now)
        handles = Gio.UnixFDList.new()
        for document in (keys.enrolment(), keys.recovery()):
            fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
            os.write(fd, document)
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        client.call("Directory", "Enrol", "(hh)", 0, 1, descriptors=handles)
        return keys

    def fill(self, client):
        self.assertEqual(client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = client.json("Roster", "List", "(s)", "professional")[0]
        client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]), "professional": GLib.Variant("t", professional["number"])})))
        organisation = vault_keys.Organisation(self.now)
        client.put("Directory", "Add", organisation.sign())
        self.old = self.enrol(client)
        organisation.admit(self.old)
        client.put("Directory", "Add", organisation.sign())
        students = [followup["student"] for followup in CASELOAD["followups"] if followup["professional"] == professional["id"]][:2]
        self.cases = [Case(organisation, self.old, student, self.now) for student in students]
        for case, student in zip(self.cases, students):
            number = client.number("student", student)
            records = case.open() + b"".join(case.note("avant"))
            client.put("Vault", "Append", records, {"student": GLib.Variant("t", number)}, signature="(ha{sv})")
        for number in range(DRAFTS):
            client.put("Vault", "PutDraft", self.cases[0].draft(os.urandom(16), 1, f"pas signé {number}"))
        self.new = self.enrol(client)
        organisation.retire(self.old)
        organisation.admit(self.new)
        client.put("Directory", "Add", organisation.sign())

    def remember(self):
        """What the earlier keys' agent saw."""
        cases = sorted(({"case": case.id, "epoch": 1, "epoch_record": vault.record_hash(case.epochs[0]), "sequence": 1,
                         "last_note": vault.record_hash(case.notes[0])} for case in self.cases), key=lambda case: case["case"])
        remembered = {"directory": 0, "directory_record": None, "cases": cases, "drafts": []}
        values = {"organisation": self.old.organisation, "person": self.old.id, "generation": 1, "counter": 1, "nonce": os.urandom(24)}
        return vault.make_memory(values, self.old.local_key, vault.layout.write("remembered", remembered))

    def prepare(self, folder):
        self.now = int(time.time())
        daemon = Daemon(self.bus, folder)
        client = Client(self.bus.address)
        try:
            self.fill(client)
        finally:
            client.close()
            self.assertEqual(daemon.stop(), 0, daemon.text())
        place = pathlib.Path(folder, SESSION)
        kept = place / "comodal-earlier-2026-11-02"
        kept.mkdir(parents=True)
        for path, octets in ((place / "comodal-keyring", self.new.keyring(WORDS)), (kept / "comodal-keyring", self.old.keyring(FIRST_WORDS)),
                             (kept / "comodal-memory", self.remember())):
            path.write_bytes(octets)
            path.chmod(0o600)
        pathlib.Path(folder, "runtime").mkdir(mode=0o700)

    # ---- what there is after

    def describe_case(self, connection, case):
        records = connection.execute("SELECT kind, octets FROM vault_record WHERE file = (SELECT id FROM vault_case WHERE name = ?) ORDER BY id",
                                     (case.id,)).fetchall()
        opened = set()
        for octets in (octets for kind, octets in records if kind == "envelope"):
            envelope = vault.read(octets, "envelope")
            for keys in (self.old, self.new):
                if envelope["recipient_generation"] == keys.generation:
                    vault.open_envelope(envelope, (keys.id, keys.generation), keys.box_secret)
                    opened.add((keys.generation, envelope["epoch"]))
        return [vault.read(octets, "epoch")["responsible_generation"] for kind, octets in records if kind == "epoch"], sorted(opened)

    def describe_draft(self, octets):
        draft = vault.read(octets, "draft")
        keys = self.old if draft["generation"] == 1 else self.new
        content = vault.open_draft(octets, {"organisation": keys.organisation, "person": keys.id, "generation": keys.generation,
                                            "local_key": keys.local_key})
        return draft["generation"], draft["revision"], content["sections"][0]["text"]

    def check_remembered(self, folder, cases):
        """What the agent remembers is whole, and of what there is."""
        path = pathlib.Path(folder, SESSION, "comodal-memory")
        if not path.exists():
            return
        keys = self.new
        remembered = vault.open_memory(path.read_bytes(), {"organisation": keys.organisation, "person": keys.id, "generation": keys.generation,
                                                           "local_key": keys.local_key})
        for case in remembered["cases"]:
            self.assertLessEqual(case["epoch"], max(len(epochs) for epochs, _ in cases))

    def describe(self, folder):
        connection = sqlite3.connect(pathlib.Path(folder, "database", "comodal.db"))
        cases = [self.describe_case(connection, case) for case in self.cases]
        drafts = [self.describe_draft(octets) for octets, in connection.execute("SELECT octets FROM vault_draft ORDER BY id")]
        connection.close()
        self.assertTrue(all(case == cases[0] for case in cases), f"some are the new keys', and some not: {cases}")
        self.check_remembered(folder, cases)
        return f"{cases}\n{sorted(drafts, key=lambda draft: draft[2])}"

    def is_between(self, text):
        """Files are the new keys', and not yet every draft."""
        return text.startswith("[([1, 2]") and "(1, 1, 'pas signé" in text

    # ---- what is done

    def find_agent(self, folder):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(pathlib.Path(folder, "runtime", "comodal", "agent-session")))
            except OSError:
                return None
            return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def ctl(self, folder, environment, words, *arguments):
        own = {"XDG_RUNTIME_DIR": f"{folder}/runtime", "XDG_DATA_HOME": f"{folder}/data"}
        faults = {name: value for name, value in environment.items() if name == "LD_PRELOAD" or name.startswith("COMODAL_FAULT")}
        return subprocess.run([COMODALCTL, "--session", *arguments], input=words + "\n", text=True, capture_output=True, cwd="/",
                              env=self.bus.environment(**own, **faults), timeout=120)

    def act(self, folder, environment):
        """The exit status of whoever was killed, or of the verb."""
        status = -signal.SIGKILL
        daemon = Daemon(self.bus, folder, environment=environment, ready=False)
        try:
            daemon.await_ready()
            if self.ctl(folder, environment, WORDS, "vault", "unlock").returncode == 0:
                status = self.ctl(folder, environment, FIRST_WORDS, "vault", "carry-over").returncode
        except AssertionError:
            self.assertEqual(daemon.wait(), -signal.SIGKILL)
        pid = self.find_agent(folder)
        if pid is not None:
            watch = os.pidfd_open(pid)
            os.kill(pid, signal.SIGKILL)
            fault.select.select([watch], [], [], 60)
            os.close(watch)
        ended = daemon.stop() if daemon.process.poll() is None else daemon.process.returncode
        # whoever was killed did nothing more; another agent, that the next verb started, is told by nobody of its keys
        struck = struct.unpack("=QQ", pathlib.Path(environment["COMODAL_FAULT_COUNTER"]).read_bytes())[1]
        return -signal.SIGKILL if struck else ended if ended != 0 else status

    def sweep(self, under, modes, most):
        operation = fault.Operation(self.prepare, self.describe, run=self.act, under=under, accept=self.is_between, again=True)
        calls, seen = fault.sweep(self, operation, modes, most, 8)
        print(f"# {under}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"] + seen["accepted"], 0)

    def test_the_agent(self):
        self.sweep(SESSION, (fault.KILL,), 40)

    def test_comodald(self):
        self.sweep("database", (fault.KILL,), 8)


if __name__ == "__main__":
    tap.main()
