# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald, comodalctl and somebody's comodal-agent over one folder, whichever of them is killed at its writes: what the tests that sweep them share.
What is killed counts its writes under a folder of fault.Operation's choice; a class says what there is before, and what is done."""
import os
import pathlib
import select
import signal
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from gi.repository import Gio
from comodal_test import BUS_NAME, COMODALCTL, OBJECT, Bus, Client, Daemon, GLib, generate
import vault_keys
# the format's second implementation, not the test of that name beside this module
vault = vault_keys.vault

CASELOAD = generate("pair", "--seed", 1)
NAME = "Anne Bouchard"
FIRST_WORDS, WORDS = "deux loups dans la neige", "quatre oies sur le quai"
SESSION = pathlib.Path("data", "comodal-session")


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = Bus()

    @classmethod
    def tearDownClass(cls):
        cls.bus.end()

    # ---- what there is before

    def enrol(self, client):
        """The next generation of the keys of whoever runs this, made by the second implementation."""
        organisation, person, generation = client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, NAME, self.now)
        handles = Gio.UnixFDList.new()
        for document in (keys.enrolment(), keys.recovery()):
            fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
            os.write(fd, document)
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        client.call("Directory", "Enrol", "(hh)", 0, 1, descriptors=handles)
        return keys

    def begin(self, client):
        """A caseload, whoever runs this as one of its professionals, whom it gives, and their first keys in a directory."""
        self.assertEqual(client.import_caseload(CASELOAD).wait(), "succeeded")
        professional = client.json("Roster", "List", "(s)", "professional")[0]
        client.call_at(OBJECT, f"{BUS_NAME}.Accounts", "Set", GLib.Variant("(ua{sv})", (os.getuid(), {
            "roles": GLib.Variant("as", ["administrator", "professional"]), "professional": GLib.Variant("t", professional["number"])})))
        self.organisation = vault_keys.Organisation(self.now)
        client.put("Directory", "Add", self.organisation.sign())
        self.old = self.enrol(client)
        self.organisation.admit(self.old)
        client.put("Directory", "Add", self.organisation.sign())
        return professional

    def fill(self, client):
        """What comodald has."""
        raise NotImplementedError

    def list_kept(self, place):
        """What is in the agent's folder `place`, as path → octets."""
        raise NotImplementedError

    def prepare(self, folder):
        self.now = int(time.time())
        daemon = Daemon(self.bus, folder)
        client = Client(self.bus.address)
        try:
            self.fill(client)
        finally:
            client.close()
            self.assertEqual(daemon.stop(), 0, daemon.text())
        for path, octets in self.list_kept(pathlib.Path(folder, SESSION)).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
            path.chmod(0o600)
        pathlib.Path(folder, "runtime").mkdir(mode=0o700)

    def remember(self, cases):
        """What the first keys' agent saw."""
        remembered = {"directory": 0, "directory_record": None, "cases": cases, "drafts": []}
        values = {"organisation": self.old.organisation, "person": self.old.id, "generation": 1, "counter": 1, "nonce": os.urandom(24)}
        return vault.make_memory(values, self.old.local_key, vault.layout.write("remembered", remembered))

    def open_memory(self, octets, keys):
        return vault.open_memory(octets, {"organisation": keys.organisation, "person": keys.id, "generation": keys.generation,
                                          "local_key": keys.local_key})

    # ---- what is done

    def environment(self, folder, environment):
        """Of comodalctl and the agent that it starts, with the faults of `environment`."""
        faults = {name: value for name, value in environment.items() if name == "LD_PRELOAD" or name.startswith("COMODAL_FAULT")}
        return self.bus.environment(XDG_RUNTIME_DIR=f"{folder}/runtime", XDG_DATA_HOME=f"{folder}/data", **faults)

    def ctl(self, folder, environment, words, *arguments):
        """comodalctl's exit status, told a passphrase."""
        return subprocess.run([COMODALCTL, "--session", *arguments], input=words + "\n", text=True, capture_output=True, cwd="/",
                              env=self.environment(folder, environment), timeout=120).returncode

    def do(self, folder, environment):
        """What is swept, with comodald there. The exit status of the verb."""
        raise NotImplementedError

    def end_agent(self, folder):
        pid = self.bus.find_agent(f"{folder}/runtime")
        if pid is None:
            return
        watch = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([watch], [], [], 60)
        os.close(watch)

    def act(self, folder, environment):
        """The exit status of whoever was killed, or of the verb."""
        status = -signal.SIGKILL
        daemon = Daemon(self.bus, folder, environment=environment, ready=False)
        try:
            daemon.await_ready()
            status = self.do(folder, environment)
        except AssertionError:
            self.assertEqual(daemon.wait(), -signal.SIGKILL)
        self.end_agent(folder)
        ended = daemon.stop() if daemon.process.poll() is None else daemon.process.returncode
        # whoever was killed did nothing more; another agent, that the next verb started, is told by nobody of its keys
        struck = struct.unpack("=QQ", pathlib.Path(environment["COMODAL_FAULT_COUNTER"]).read_bytes())[1]
        return -signal.SIGKILL if struck else ended if ended != 0 else status
