#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real comodald killed at its writes, while a caller imports or publishes: afterwards the database is as before or as after."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import fault
import tap
from gi.repository import GLib
from comodal_test import Bus, CallError, Client, Daemon, await_event, generate

FIRST = generate("pair", "--seed", 1)
SECOND = generate("pair", "--seed", 2)
SECOND["organisation"]["id"] = FIRST["organisation"]["id"]


class Watched:
    """A daemon that may be killed at any moment, and what a caller does with it."""

    def __init__(self, bus, folder, environment):
        self.daemon = Daemon(bus, folder, environment=environment, ready=False)
        self.client = Client(bus.address)
        self.ended = []
        self.pidfd = os.pidfd_open(self.daemon.process.pid)
        self.watch = GLib.io_add_watch(self.pidfd, GLib.IO_IN, lambda *_: self.ended.append(True))

    def act(self, start):
        """The daemon's exit status, of a clean stop if it lived."""
        try:
            self.daemon.await_ready()
            job = start(self.client)
            # it may have ended before anybody listened
            if job.properties()["State"] == "running":
                await_event(lambda: job.finished or self.ended, "the job's end or the daemon's")
            if not self.ended and job.wait() != "succeeded":
                raise AssertionError(job.properties())
        except (AssertionError, CallError):
            # killed at this very write; anything else is a failure of the test
            if not (self.ended or self.daemon.process.poll() is not None or self.dies()):
                raise
        return self.daemon.stop()

    def dies(self):
        try:
            self.daemon.wait(5)
        except Exception:
            return False
        return True

    def close(self):
        if not self.ended:
            GLib.source_remove(self.watch)
        os.close(self.pidfd)
        self.daemon.kill()
        self.client.close()


class Through(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bus = Bus()

    @classmethod
    def tearDownClass(cls):
        cls.bus.end()

    def with_daemon(self, folder, act):
        daemon = Daemon(self.bus, folder)
        client = Client(self.bus.address)
        try:
            return act(client)
        finally:
            client.close()
            self.assertEqual(daemon.stop(), 0, daemon.text())

    def describe(self, folder):
        def look(client):
            _, _, version, published, _ = client.call("Manager", "GetStatus")
            plans = client.call("Planner", "ListPlans")[0]
            return json.dumps([client.roster(), version, published, plans,
                               [client.json("Planner", "Get", "(t)", number) for number, *_ in plans]], indent=0)
        return self.with_daemon(folder, look)

    def prepare(self, folder, drafts=0):
        def fill(client):
            self.assertEqual(client.import_caseload(FIRST).wait(), "succeeded")
            for seed in range(drafts):
                job = client.plan(effort=5, seed=seed, threads=GLib.Variant("u", 1),
                                  replan_from=FIRST["horizon"]["from"])
                job.wait()
                job.result()
        self.with_daemon(folder, fill)

    def sweep(self, drafts, start):
        def run(folder, environment):
            watched = Watched(self.bus, folder, environment)
            try:
                return watched.act(start)
            finally:
                watched.close()
        operation = fault.Operation(lambda folder: self.prepare(folder, drafts), self.describe, run=run,
                                    under="database")
        for mode, most in ((fault.KILL, 150), (fault.TORN, 30)):
            calls, seen = fault.sweep(self, operation, (mode,), most, least=10)
            print(f"# {mode}: {calls} writes, {seen}")
            self.assertGreater(seen["before"], 0)
            self.assertGreater(seen["after"], 0)

    def test_import(self):
        self.sweep(0, lambda client: client.import_caseload(SECOND))

    def test_publish(self):
        self.sweep(1, lambda client: client.publish(1, 0))


if __name__ == "__main__":
    tap.main()
