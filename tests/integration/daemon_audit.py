#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log of the real daemon: what it says of changes, and what is found when somebody was at its file."""
import concurrent.futures
import json
import os
import shutil
import sqlite3
import unittest

import comodal_test
import tap

CASELOAD = comodal_test.generate("pair", "--seed", 4)


class Audit(comodal_test.TestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon()
        self.client = self.connect()

    def entries(self, **query):
        return self.client.json("Audit", "List", "(a{sv})", query_of(**query))

    def verify(self):
        job = self.client._job("Audit", "Verify", None)
        return job.result() if job.wait() == "succeeded" else self.fail("Verify failed")

    def heads_file(self):
        return self.daemon.key.parent / "comodal-audit-heads"

    def restart(self):
        self.client.close()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start_daemon()
        self.client = self.connect()

    def edit(self, *statements):
        """As somebody who has the file would, while the daemon is away."""
        self.client.close()
        self.assertEqual(self.daemon.stop(), 0)
        database = sqlite3.connect(self.daemon.database)
        for statement in ("DROP TRIGGER audit_update", "DROP TRIGGER audit_delete",
                          "PRAGMA ignore_check_constraints = ON", *statements):
            database.execute(statement)
        database.commit()
        database.close()
        self.daemon = self.start_daemon()
        self.client = self.connect()

    def import_roster(self):
        self.done(self.client.import_caseload(CASELOAD))

    def plan_and_publish(self, published):
        plan = self.draft()
        self.done(self.client.publish(plan, published))
        return plan

    def draft(self):
        return self.done(self.client.plan(effort=comodal_test.GLib.Variant("t", 1),
                                          replan_from=CASELOAD["horizon"]["from"]))["plan"]

    def done(self, job):
        job.wait()
        return job.result()


def query_of(**query):
    return {name: comodal_test.GLib.Variant("u" if name == "limit" else "t", value) for name, value in query.items()}


class Says(Audit):
    def test_every_change_is_there(self):
        self.import_roster()
        first = self.plan_and_publish(0)
        draft = self.draft()
        self.client.call("Planner", "Discard", "(t)", draft)
        self.client.call("Policy", "Reload")
        calendar = (comodal_test.SOURCE / "tests" / "fixtures" / "ics")
        ics = sorted(calendar.glob("*.ics"))[0].read_bytes()
        self.client.import_calendar(ics, "autre").wait()
        document = self.entries()
        self.assertEqual(document["format"], "comodal-audit/1")
        actions = [entry["action"] for entry in reversed(document["entries"])]
        self.assertEqual(actions[:4], ["roster.import", "plan.publish", "plan.discard", "policy.reload"])
        self.assertEqual({entry["uid"] for entry in document["entries"]}, {os.getuid()})
        numbers = [entry["number"] for entry in document["entries"]]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        published = next(entry for entry in document["entries"] if entry["action"] == "plan.publish")
        self.assertEqual((published["subject"], published["detail"]["replaced"]), (first, 0))
        imported = next(entry for entry in document["entries"] if entry["action"] == "roster.import")
        self.assertEqual(imported["detail"]["student"][0], len(CASELOAD["students"]))

    def test_nothing_changed_is_no_entry(self):
        self.import_roster()
        self.import_roster()
        self.done(self.client.import_caseload(CASELOAD, dry_run=True))
        self.assertEqual(len(self.entries()["entries"]), 1)

    def test_no_name_in_the_file(self):
        self.import_roster()
        self.client.close()
        self.daemon.stop()
        row = sqlite3.connect(self.daemon.database).execute("SELECT detail FROM audit").fetchone()
        self.assertNotIn(b"student", row[0])

    def test_pages(self):
        for _ in range(7):
            self.client.call("Policy", "Reload")
        seen, before = [], 0
        while True:
            page = self.entries(limit=3, before=before)
            seen += [entry["number"] for entry in page["entries"]]
            before = page["next"]
            if before == 0:
                break
        self.assertEqual(seen, [7, 6, 5, 4, 3, 2, 1])
        self.assertEqual(self.entries(since=2 ** 40)["entries"], [])

    def test_many_at_once(self):
        clients = [self.connect() for _ in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda client: [client.call("Policy", "Reload") for _ in range(25)], clients))
        verdict = self.verify()
        self.assertEqual((verdict["entries"], verdict["findings"]), (200, []))
        self.assertEqual(verdict["heads"], 3)


class Finds(Audit):
    def kinds(self):
        return [kind for kind, _, _ in self.verify()["findings"]]

    def test_whole(self):
        self.import_roster()
        self.restart()
        verdict = self.verify()
        self.assertEqual((verdict["entries"], verdict["findings"], verdict["outside"], verdict["outside-missing"]),
                         (1, [], 1, ""))
        self.assertEqual(self.heads_file().stat().st_mode & 0o777, 0o600)

    def test_edited_by_hand(self):
        for _ in range(3):
            self.client.call("Policy", "Reload")
        self.edit("UPDATE audit SET uid = 4711 WHERE sequence = 2")
        self.assertEqual([(kind, number) for kind, number, _ in self.verify()["findings"]], [("altered", 2)])

    def test_cut(self):
        for _ in range(3):
            self.client.call("Policy", "Reload")
        self.edit("DELETE FROM audit_head", "DELETE FROM audit WHERE sequence > 1")
        self.assertEqual([(kind, number) for kind, number, _ in self.verify()["findings"]], [("cut", 3)])
        self.assertIn("Audit.Keep", self.daemon.text())

    def test_put_back_to_yesterday(self):
        self.client.call("Policy", "Reload")
        self.restart()
        self.client.close()
        self.daemon.stop()
        yesterday = self.daemon.folder / "yesterday.db"
        shutil.copy(self.daemon.database, yesterday)
        self.daemon = self.start_daemon()
        self.client = self.connect()
        self.client.call("Policy", "Reload")
        self.client.call("Policy", "Reload")
        self.client.close()
        self.daemon.stop()
        kept = self.heads_file().read_bytes()
        shutil.copy(yesterday, self.daemon.database)
        self.daemon = self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.kinds(), ["cut"])
        # it goes on, and stays found
        for _ in range(5):
            self.client.call("Policy", "Reload")
        self.assertEqual(self.kinds(), ["replaced"])
        self.restart()
        self.assertEqual(self.kinds(), ["replaced"])
        self.assertEqual(self.heads_file().read_bytes(), kept, "the evidence was overwritten")

    def test_killed_daemon_leaves_it_whole(self):
        for _ in range(5):
            self.client.call("Policy", "Reload")
        self.client.close()
        self.daemon.kill()
        self.daemon = self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.kinds(), [])


class CommandLine(Audit):
    def test_show_and_verify(self):
        self.import_roster()
        shown = self.ctl("audit", "show", "--lang", "en")
        self.assertIn("roster.import", shown.stdout)
        document = json.loads(self.ctl("audit", "show", "--json").stdout)
        self.assertEqual(document[0]["action"], "roster.import")
        self.assertIn("no such entry", self.ctl("audit", "show", "--lang", "en", "--subject", "999999").stdout)
        self.assertIn("entier", self.ctl("audit", "verify", "--lang", "fr").stdout)
        self.assertTrue(json.loads(self.ctl("audit", "verify", "--json").stdout)["whole"])
        self.edit("UPDATE audit SET at = at + 1")
        result = self.ctl("audit", "verify", "--lang", "en", status=1)
        self.assertIn("Entry 1 was altered.", result.stdout)

    def test_heads_can_be_checked_elsewhere(self):
        self.client.call("Policy", "Reload")
        document = json.loads(self.ctl("audit", "heads", "--json").stdout)
        head = document["heads"][0]
        self.assertEqual(head["number"], 1)
        self.assertEqual([len(bytes.fromhex(text)) for text in
                          (document["public_key"], head["hash"], head["signature"])], [32, 32, 64])


if __name__ == "__main__":
    tap.main()
