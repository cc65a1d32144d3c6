#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbox killed at each of its writes: gathering, handing out, reports, what staff decide. After every death nothing that was
promised is lost: each notice is settled, in a letter, or waits."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
OUTBOX = str(fault.BUILD / "tests" / "fault" / "outbox-operation")
# what is sealed and what is drawn by lot differ from one time to the next
QUERIES = (
    "SELECT id, kind, recipient_kind, recipient, subject, queued_at, sent_at, outcome, letter FROM notice ORDER BY 1",
    "SELECT id, recipient_kind, recipient, kind, state, urgent, made_at, next_at, attempts, uncertain, leased_until, cause, code, "
    "sent_at FROM letter ORDER BY 1",
    "SELECT id, subject, recipient_kind, recipient, uid, sequence, told_state, told_start_utc, told_letter, answer FROM invitation "
    "ORDER BY 1",
    "SELECT sequence, action, subject FROM audit ORDER BY 1",
    "SELECT value FROM counter WHERE name = 'row'",
)
# what would be a promise that nobody keeps
LOST = (
    "SELECT count(*) FROM notice WHERE sent_at IS NOT NULL AND outcome IS NULL",
    "SELECT count(*) FROM notice AS n JOIN letter AS l ON l.id = n.letter WHERE n.sent_at IS NULL AND l.state IN ('void', 'sent')",
    "SELECT count(*) FROM notice AS n JOIN letter AS l ON l.id = n.letter WHERE n.outcome = 'told' AND l.state NOT IN ('sent', 'dead')",
    "SELECT count(*) FROM (SELECT 1 FROM letter WHERE state IN ('waiting', 'leased') GROUP BY recipient_kind, recipient "
    "HAVING count(*) > 1)",
    "SELECT count(*) FROM invitation AS i JOIN letter AS l ON l.id = i.told_letter WHERE l.state <> 'sent'",
)


def do(program, folder, verb, *arguments):
    result = subprocess.run([program, folder, verb, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{verb}: {result.stderr}")
    return result.stdout


class Outbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        cls.file = f"{cls.work.name}/caseload.json"
        subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", "1", "--out", cls.file],
                       check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def describe(self, folder):
        do(STORE, folder, "describe")
        connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
        for query in LOST:
            self.assertEqual(connection.execute(query).fetchone()[0], 0, query)
        said = [f"{query}: {connection.execute(query).fetchall()}" for query in QUERIES]
        connection.close()
        return "\n".join(said)

    def sweep(self, before, verb, modes=(fault.KILL, fault.TORN), most=60):
        def prepare(folder):
            do(STORE, folder, "key-create")
            do(STORE, folder, "import", self.file)
            for one in ("prepare", *before):
                do(OUTBOX, folder, one)
        operation = fault.Operation(prepare, self.describe, lambda folder: [OUTBOX, folder, verb])
        calls, seen = fault.sweep(self, operation, modes, most, 3)
        print(f"# {verb}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_gather(self):
        self.sweep(["book"], "gather")

    def test_gather_again(self):
        """A letter that waits gives way to another one."""
        self.sweep(["book", "gather", "move"], "gather")

    def test_lease(self):
        self.sweep(["book", "gather"], "lease")

    def test_accepted(self):
        self.sweep(["book", "gather", "lease"], "accepted")

    def test_temporary(self):
        self.sweep(["book", "gather", "lease"], "temporary")

    def test_permanent_and_retry(self):
        self.sweep(["book", "gather", "lease"], "permanent")
        self.sweep(["book", "gather", "lease", "permanent"], "retry")

    def test_abandon(self):
        self.sweep(["book", "gather", "lease"], "abandon")

    def test_disk_full(self):
        for before, verb in ((["book"], "gather"), (["book", "gather"], "lease"), (["book", "gather", "lease"], "accepted")):
            with self.subTest(verb):
                self.sweep(before, verb, (fault.ENOSPC, fault.EIO), 30)


if __name__ == "__main__":
    tap.main()
