#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call what: strangers, roles, other people's jobs, people who leave."""
import fcntl
import os
import select
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import tap
from gi.repository import GLib
from comodal_test import BUS_NAME, OBJECT, SOURCE, CallError, Monitor, TestCase, await_event, generate

CASELOAD = generate("pair", "--seed", 1)
STRANGER = 65534
MISSING = OBJECT + "/jobs/123456"


def call_as(bus, uid, interface, method, *arguments, path=OBJECT):
    """gdbus's exit status and words, as another user."""
    result = subprocess.run(
        ["setpriv", f"--reuid={uid}", "--clear-groups", "gdbus", "call", "--address", bus.address, "--dest", BUS_NAME,
         "--object-path", path, "--method", f"{interface}.{method}", *arguments], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


@unittest.skipUnless(os.getuid() == 0 and shutil.which("gdbus"), "needs root and gdbus")
class Strangers(TestCase):
    def test_every_method_is_refused(self):
        self.start_daemon()
        contract = ElementTree.parse(SOURCE / "include" / "org.comodal.Comodal1.xml")
        values = {"s": "''", "t": "uint64 1", "u": "uint32 1", "h": "handle 0", "b": "false", "x": "int64 0",
                  "a{sv}": "@a{sv} {}", "as": "@as []", "at": "@at []"}
        tried = 0
        for interface in contract.iter("interface"):
            if interface.get("name").endswith(".Job"):
                continue
            for method in interface.iter("method"):
                if method.get("name") == "Whoami":
                    continue
                arguments = [values.get(argument.get("type"), f"@{argument.get('type')} []")
                             for argument in method.iter("arg")
                             if argument.get("direction") == "in"]
                status, words = call_as(self.bus, STRANGER, interface.get("name"), method.get("name"), *arguments)
                self.assertEqual(status, 1, f"{method.get('name')}: {words}")
                self.assertIn(BUS_NAME + ".Error.AccessDenied", words, method.get("name"))
                tried += 1
        self.assertGreater(tried, 15)
        self.assertIn(f"of user {STRANGER}: AccessDenied", self.daemon.text())

    def test_what_anyone_may_read(self):
        self.start_daemon()
        status, words = call_as(self.bus, STRANGER, "org.freedesktop.DBus.Properties", "GetAll", BUS_NAME + ".Manager")
        self.assertEqual(status, 0, words)
        self.assertIn("'Version'", words)

    def test_on_the_system_bus_nobody_is_somebody_by_default(self):
        self.start_daemon(session=False)
        client = self.connect()
        self.assert_call_fails("AccessDenied", client.call, "Manager", "GetStatus")
        self.assert_call_fails("AccessDenied", client.import_caseload, CASELOAD)
        self.assertEqual(self.daemon.stop(), 0)
        made = self.daemon.run("--set-up-administrator", str(STRANGER))
        self.assertEqual(made.returncode, 0, made.stderr)
        again = self.daemon.run("--set-up-administrator", "0")
        self.assertEqual(again.returncode, 1, "there is one administrator at set-up, and no second")
        self.start_daemon(session=False)
        self.assert_call_fails("AccessDenied", self.connect().call, "Manager", "GetStatus")
        status, words = call_as(self.bus, STRANGER, BUS_NAME + ".Manager", "GetStatus")
        self.assertEqual(status, 0, words)
        status, words = call_as(self.bus, STRANGER, BUS_NAME + ".Planner", "ListPlans")
        self.assertEqual(status, 0, words)

    def test_own_user_of_a_session_needs_no_account(self):
        self.start_daemon()
        self.assertEqual(self.connect().call("Manager", "GetStatus")[0], "")


class Jobs(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()

    def stuck_import(self, client):
        """A job that waits for a pipe, and the pipe's end: writing fails once nobody reads."""
        read, write = os.pipe()
        self.addCleanup(os.close, write)
        job = client.import_caseload(read)
        os.close(read)
        return job, write

    def await_closed(self, write):
        poller = select.poll()
        poller.register(write, 0)
        self.assertEqual(poller.poll(30000), [(write, select.POLLERR)], "the daemon still holds the document")

    def test_another_caller_sees_nothing(self):
        other = self.connect()
        job, _ = self.stuck_import(self.client)
        heard = []
        other.bus.signal_subscribe(BUS_NAME, None, None, None, None, 0, lambda *event: heard.append(event[4]))
        for path in (job.path, MISSING):
            words = set()
            for interface, method, arguments in (
                    (BUS_NAME + ".Job", "Cancel", None), (BUS_NAME + ".Job", "Stop", None),
                    (BUS_NAME + ".Job", "Release", None),
                    ("org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (BUS_NAME + ".Job",))),
                    ("org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (BUS_NAME + ".Job", "State")))):
                with self.assertRaises(CallError) as context:
                    other.call_at(path, interface, method, arguments)
                self.assertTrue(context.exception.full_name.startswith("org.freedesktop.DBus.Error.Unknown"), method)
                words.add(context.exception.message.replace(path, "PATH"))
            if path == job.path:
                seen = words
        self.assertEqual(seen, words, "a job of somebody else differs from no job")
        (text,) = other.call_at(OBJECT + "/jobs", "org.freedesktop.DBus.Introspectable", "Introspect", None)
        self.assertNotIn("node name=", text)
        (own,) = self.client.call_at(OBJECT + "/jobs", "org.freedesktop.DBus.Introspectable", "Introspect", None)
        self.assertIn(f'node name="{job.path.rsplit("/")[-1]}"', own)
        self.assertEqual(job.properties()["State"], "running")
        job.call("Cancel")
        self.assertEqual(job.wait(), "cancelled")
        # whatever was sent to it came before this answer
        other.call("Manager", "GetStatus")
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertEqual([signal for signal in heard if signal != "NameAcquired"], [])

    def test_a_caller_who_leaves_cancels(self):
        leaver = self.connect()
        job, write = self.stuck_import(leaver)
        self.assertEqual(job.properties()["State"], "running")
        leaver.close()
        self.await_closed(write)
        self.assertEqual(self.client.call("Manager", "GetStatus")[2], 0)

    def test_a_caller_who_leaves_cancels_a_plan(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        leaver = self.connect()
        job = leaver.plan(seconds=600.0)
        job.await_change(lambda change: "cost" in change.get("Figures", {}), "a first plan")
        leaver.close()
        self.daemon.await_log("Planner.Plan of user 0, job" if os.getuid() == 0 else "Planner.Plan of user")
        self.assertIn(": Cancelled: ", self.daemon.text())
        self.assertEqual(self.client.call("Planner", "ListPlans"), ([],))

    def test_there_is_an_end_to_them(self):
        for _ in range(16):
            self.stuck_import(self.client)
        self.assert_call_fails("Busy", self.client.import_caseload, CASELOAD)
        other = self.connect()
        self.assertEqual(other.import_caseload(CASELOAD).wait(), "succeeded")

    def test_finished_jobs_count_until_released(self):
        jobs = [self.client.import_caseload(CASELOAD) for _ in range(16)]
        for job in jobs:
            self.assertEqual(job.wait(), "succeeded")
        self.assert_call_fails("Busy", self.client.import_caseload, CASELOAD)
        jobs[0].call("Release")
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def test_properties_are_read_only(self):
        job, _ = self.stuck_import(self.client)
        with self.assertRaises(CallError):
            self.client.call_at(job.path, "org.freedesktop.DBus.Properties", "Set",
                                GLib.Variant("(ssv)", (BUS_NAME + ".Job", "State", GLib.Variant("s", "succeeded"))))
        self.assertEqual(job.properties()["State"], "running")
        (value,) = self.client.call_at(job.path, "org.freedesktop.DBus.Properties", "Get",
                                       GLib.Variant("(ss)", (BUS_NAME + ".Job", "Kind")))
        self.assertEqual(value, "import")

    def test_the_finished_signal_tells(self):
        job = self.client.import_caseload(CASELOAD)
        job.wait()
        await_event(lambda: job.finished, "Finished")
        self.assertEqual(job.finished, "succeeded")
        self.assertEqual(job.changes[-1]["State"], "succeeded")


class Leaving(TestCase):
    READ_LOCKS = (123, 5)  # SQLite's in the -shm file (walformat.html, section 2.3.1): who has them keeps readers waiting

    def test_while_the_roles_are_looked_up(self):
        """The caller's first call waits for the database; the caller doesn't."""
        self.start_daemon(session=False)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.daemon.run("--set-up-administrator", str(os.getuid())).returncode, 0)
        self.start_daemon(session=False)
        client, other = self.connect(), self.connect()
        monitor = Monitor(self.bus)
        with open(f"{self.daemon.database}-shm", "r+b") as index:
            start, length = self.READ_LOCKS
            fcntl.lockf(index, fcntl.LOCK_EX, length, start)  # once what the daemon does at its start is done
            name = client.bus.get_unique_name()
            client.bus.call(BUS_NAME, OBJECT, BUS_NAME + ".Planner", "Publish", GLib.Variant("(tt)", (1, 0)), None,
                            0, -1, None, None)
            monitor.await_text(b"GetConnectionUnixUser", lambda: None)
            client.close()
            await_event(lambda: not other.bus.call_sync(
                "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", GLib.Variant("(s)", (name,)),
                None, 0, -1, None).unpack()[0], "the caller's leaving")
            # an answer that GDBus gives by itself comes after all that was sent to the daemon before
            other.call_at("/", "org.freedesktop.DBus.Introspectable", "Introspect", None)
        monitor.end()
        self.daemon.await_log("Planner.Publish of user")
        self.assertIn("AccessDenied", self.daemon.text())
        self.assertNotIn("job /", self.daemon.text(), "a job was begun for nobody")


if __name__ == "__main__":
    tap.main()
