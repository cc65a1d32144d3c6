#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean stop in the middle of anything, and disks that are full: the database is as before or as after."""
import copy
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import tap
from gi.repository import GLib
from comodal_test import DEADLINE, TestCase, await_event, generate

SMALL = generate("pair", "--seed", 1)
LARGE = generate("team", "--seed", 1)
LARGE["organisation"]["id"] = SMALL["organisation"]["id"]


class StopCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(SMALL).wait(), "succeeded")

    def state(self):
        """What the database says, in the words of a caller."""
        client = self.connect()
        _, _, version, published, _ = client.call("Manager", "GetStatus")
        plans = client.call("Planner", "ListPlans")[0]
        return (client.roster(), version, published, plans,
                [client.document("Planner", "Get", "(t)", number) for number, *_ in plans])

    def stop_and_look(self, number=signal.SIGTERM):
        self.daemon.signal(number)
        self.assertEqual(self.daemon.wait(), 0, self.daemon.text())
        self.start_daemon()
        return self.state()

    def draft(self):
        job = self.client.plan(effort=20, threads=GLib.Variant("u", 1), replan_from=SMALL["horizon"]["from"])
        job.wait()
        return job.result()["plan"]


class Stop(StopCase):
    def test_while_a_document_is_read(self):
        before = self.state()
        read, write = os.pipe()
        self.addCleanup(os.close, write)
        self.client.import_caseload(read)
        os.close(read)
        self.assertEqual(self.stop_and_look(), before)

    def test_while_a_roster_is_written(self):
        before = self.state()
        seen = set()
        # each time later in the import, by what the job itself tells
        for share in (0.0, 0.5):
            job = self.client.import_caseload(LARGE)
            job.await_change(lambda change: change.get("Progress", 0) >= share, "progress")
            after = self.stop_and_look(signal.SIGINT if share else signal.SIGTERM)
            seen.add(after[1])
            if after != before:
                self.assertEqual(after[0]["students"], LARGE["students"])
                self.assertEqual(after[1], before[1] + 1)
                return
            self.client = self.connect()
        self.assertEqual(seen, {before[1]})

    def test_while_a_plan_is_made(self):
        before = self.state()
        job = self.client.plan(seconds=600.0)
        job.await_change(lambda change: "cost" in change.get("Figures", {}), "a first plan")
        self.assertEqual(self.stop_and_look(), before)

    def test_while_a_plan_is_published(self):
        draft = self.draft()
        before = self.state()
        self.client.publish(draft, 0)
        after = self.stop_and_look()
        if after != before:
            self.assertEqual(after[2], draft)
            self.assertEqual([plan[:2] for plan in after[3]], [(draft, "published")])
        else:
            self.assertEqual(after[2], 0)

    def test_callers_are_told(self):
        job = self.client.plan(seconds=600.0)
        job.await_change(lambda change: "cost" in change.get("Figures", {}), "a first plan")
        self.daemon.signal(signal.SIGTERM)
        await_event(lambda: job.finished, "Finished")
        self.assertEqual(job.finished, "cancelled")
        self.assertEqual(self.daemon.wait(), 0)

    def test_killed_it_comes_back(self):
        draft = self.draft()
        before = self.state()
        job = self.client.publish(draft, 0)
        self.daemon.kill()
        self.start_daemon()
        after = self.state()
        self.assertIn(after[2], (0, draft))
        if after[2] == 0:
            self.assertEqual(after, before)
        job.forget()


def small_disk(folder, kibibytes):
    """Mount a small file system there; None where that is not possible."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.getuid() != 0 or shutil.which("mount") is None:
        return None
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k,mode=0700", "comodal-test", folder],
                          capture_output=True)
    return folder if done.returncode == 0 else None


class Disk(TestCase):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "database"
        if small_disk(self.database, 1536) is None:
            self.skipTest("no file system can be mounted")
        self.addCleanup(subprocess.run, ["umount", "-l", self.database], check=False)

    def test_full(self):
        self.start_daemon()
        client = self.connect()
        self.assertEqual(client.import_caseload(SMALL).wait(), "succeeded")
        before = client.roster()
        # what is left of the disk goes to something else, but for a little
        filler = self.database / "filler"
        with open(filler, "wb") as file:
            free = shutil.disk_usage(self.database).free
            file.write(b"x" * max(0, free - 64 * 1024))
        job = client.import_caseload(LARGE)
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith(".Store"), job.properties()["ErrorName"])
        self.assertEqual(client.roster(), before)
        filler.unlink()
        changed = copy.deepcopy(SMALL)
        changed["students"][0]["name"] = "Une Autre"
        self.assertEqual(client.import_caseload(changed).wait(), "succeeded")
        self.assertEqual(self.daemon.stop(), 0)
        self.start_daemon()
        self.assertEqual(self.connect().roster()["students"], changed["students"])


if __name__ == "__main__":
    tap.main()
