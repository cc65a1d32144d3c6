#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald's own life: keys, folders, its name, its bus, its end."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest

import tap
from comodal_test import COMODALD, POLICIES, Bus, Daemon, TestCase, generate

NOBODY = 65534
CASELOAD = generate("pair", "--seed", 1)


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments, **environment):
        return subprocess.run([COMODALD, *arguments], capture_output=True, text=True, env={**os.environ, **environment})

    def test_version(self):
        result = self.run_it("--version")
        self.assertRegex(result.stdout, r"^comodald \d+\.\d+\.\d+\n$")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_refused(self):
        for arguments in (["--unknown"], ["extra"], ["--create-key", "--version"], ["--set-up-administrator", "root"],
                          ["--set-up-administrator", "-1"], ["--set-up-administrator", "4294967295"]):
            result = self.run_it(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertTrue(result.stderr.startswith("comodald: "), result.stderr)


class Keys(TestCase):
    def test_sheet_is_printed_once_and_restores(self):
        daemon = self.start_daemon()
        sheet = daemon.sheet
        self.assertIn(b"1", sheet)
        self.assertEqual(daemon.key.stat().st_mode & 0o777, 0o600)
        job = self.connect().import_caseload(CASELOAD)
        self.assertEqual(job.wait(), "succeeded", job.properties())
        before = self.connect().roster()
        daemon.stop()
        again = daemon.run("--create-key")
        self.assertEqual((again.returncode, again.stdout), (1, b""), "a key is never made anew, its sheet never printed again")

        daemon.key.unlink()
        without = daemon.run("--session", "--policies", str(POLICIES))
        self.assertEqual(without.returncode, 1, "it does not start without its key")
        nothing = subprocess.run([COMODALD, *map(str, daemon.files), "--restore-key"], stdin=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, env=self.bus.environment())
        self.assertEqual(nothing.returncode, 1, "no key is made of nothing")
        self.assertFalse(daemon.key.exists())
        restored = subprocess.run([COMODALD, *map(str, daemon.files), "--restore-key"], input=sheet,
                                  stdout=subprocess.PIPE, env=self.bus.environment())
        self.assertEqual((restored.returncode, restored.stdout), (0, b""))
        self.start_daemon()
        self.assertEqual(self.connect().roster(), before)

    def test_key_in_the_database_folder_is_refused(self):
        folder = self.folder / "database"
        folder.mkdir(mode=0o700)
        result = subprocess.run([COMODALD, "--session", "--create-key", "--database", folder / "comodal.db",
                                 "--key-file", folder / "service.key"], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(list(folder.iterdir()), [])

    def test_readable_key_is_refused(self):
        daemon = self.start_daemon()
        daemon.stop()
        daemon.key.chmod(0o640)
        result = daemon.run("--session", "--policies", str(POLICIES))
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"service.key", result.stderr)

    def test_another_key_is_refused(self):
        daemon = self.start_daemon()
        daemon.stop()
        content = daemon.database.read_bytes()
        daemon.key.unlink()
        self.assertEqual(daemon.run("--create-key").returncode, 0)
        result = daemon.run("--session", "--policies", str(POLICIES))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(daemon.database.read_bytes(), content)


class Start(TestCase):
    def test_modes_of_what_it_makes(self):
        daemon = self.start_daemon()
        for path in [daemon.database, *daemon.database.parent.iterdir()]:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_no_core_not_dumpable(self):
        daemon = self.start_daemon()
        limits = pathlib.Path(f"/proc/{daemon.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0\s")
        if b"libasan" in pathlib.Path(f"/proc/{daemon.process.pid}/maps").read_bytes():
            # a build with sanitizers traces itself, and says so by leaving it; ./check runs this in a plain build too
            return
        if os.getuid() == 0:
            daemon = self.start_as_nobody(daemon)
        # what is not dumpable belongs to root, whoever runs it
        self.assertEqual(pathlib.Path(f"/proc/{daemon.process.pid}/mem").stat().st_uid, 0)

    def start_as_nobody(self, daemon):
        self.assertEqual(daemon.stop(), 0)
        wrapper = ["setpriv", f"--reuid={NOBODY}", "--clear-groups"]
        if subprocess.run([*wrapper, COMODALD, "--version"], capture_output=True).returncode != 0:
            self.skipTest("another user can't run this build")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        return self.start_daemon(wrapper=wrapper)

    def test_two_on_one_database(self):
        self.start_daemon()
        other = Bus()
        self.addCleanup(other.end)
        second = Daemon(other, self.folder, ready=False)
        self.assertEqual(second.wait(), 1)
        self.assertEqual(self.connect().call("Manager", "GetStatus")[0], "")

    def test_two_on_one_bus(self):
        self.start_daemon()
        (self.folder / "second").mkdir()
        second = Daemon(self.bus, self.folder / "second", ready=False)
        self.assertEqual(second.wait(), 1)
        self.assertIn("org.comodal.Comodal1", second.text())
        self.assertEqual(self.connect().call("Manager", "GetStatus")[0], "")

    def test_faulty_policies_keep_it_from_starting(self):
        policies = self.folder / "policies"
        shutil.copytree(POLICIES, policies)
        target = policies / "psychologue.policy"
        target.write_text(target.read_text() + "\n[Day]\nUnheardOf=1\n")
        daemon = self.start_daemon(policies=[policies], ready=False)
        self.assertEqual(daemon.wait(), 1)
        self.assertRegex(daemon.text(), r"psychologue\.policy:\d+: \[Day\]")
        self.assertFalse(daemon.database.exists())

    def test_no_bus(self):
        daemon = self.start_daemon()
        daemon.stop()
        result = subprocess.run([COMODALD, "--session", *map(str, daemon.files), "--policies", POLICIES],
                                env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("comodald: ", result.stderr)


class End(TestCase):
    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            daemon = self.start_daemon()
            daemon.signal(number)
            self.assertEqual(daemon.wait(), 0, daemon.text())
            self.assertIn("stopping", daemon.text())

    def test_bus_goes_away(self):
        daemon = self.start_daemon()
        client = self.connect()
        job = client.import_caseload(CASELOAD)
        job.wait()
        before = client.roster()
        self.bus.process.kill()
        self.assertEqual(daemon.wait(), 0, daemon.text())
        self.bus = Bus()
        self.addCleanup(self.bus.end)
        self.start_daemon()
        self.assertEqual(self.connect().roster(), before)

    def test_told_to_the_service_manager(self):
        path = self.folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(path))
            listener.settimeout(60)
            daemon = self.start_daemon(environment={"NOTIFY_SOCKET": str(path)})
            if b"libsystemd" not in pathlib.Path(f"/proc/{daemon.process.pid}/maps").read_bytes():
                self.skipTest("built without libsystemd")
            self.assertEqual(listener.recv(100), b"READY=1")
            daemon.stop()
            self.assertEqual(listener.recv(100), b"STOPPING=1")


if __name__ == "__main__":
    tap.main()
