#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald killed at each write of a session's room: begun, its name changed, open, failed (with the next one in its place), ended, forgotten.
After every death the database is as before or as after, and whoever begins next knows every room that a provider may have."""
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
STORE, OUTBOX, ROOM = (str(fault.BUILD / "tests" / "fault" / name) for name in ("store-operation", "outbox-operation", "room-operation"))
QUERIES = (
    "SELECT id, subject, turn, provider, state, cause, opened_at, ended_at, length (facts) FROM video_room ORDER BY 1",
    "SELECT sequence, action, subject FROM audit ORDER BY 1",
)
LOST = (
    # a room that stands nowhere any more, though a provider may have it
    "SELECT count(*) FROM video_room WHERE length (facts) = 0 AND ended_at IS NULL",
    # one that failed, and nothing in its place
    "SELECT count(*) FROM video_room AS f WHERE state = 'failed' AND NOT EXISTS (SELECT 1 FROM video_room AS n WHERE n.subject = f.subject "
    "AND n.turn > f.turn)",
    "SELECT count(*) FROM (SELECT 1 FROM video_room WHERE state IN ('opening', 'open') GROUP BY subject HAVING count(*) > 1)",
)


def do(program, folder, verb, *arguments):
    result = subprocess.run([program, folder, verb, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{verb}: {result.stderr}")
    return result.stdout


class Rooms(unittest.TestCase):
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
        found = do(ROOM, folder, "look")
        self.assertNotIn("lost", found)
        self.assertNotIn("strange", found)
        connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
        for query in LOST:
            self.assertEqual(connection.execute(query).fetchone()[0], 0, query)
        said = [f"{query}: {connection.execute(query).fetchall()}" for query in QUERIES]
        connection.close()
        return "\n".join([found, *said])

    def sweep(self, before, verb, modes=(fault.KILL, fault.TORN), most=60):
        def prepare(folder):
            do(STORE, folder, "key-create")
            do(STORE, folder, "import", self.file)
            do(OUTBOX, folder, "book")
            for one in before:
                do(ROOM, folder, one)
        operation = fault.Operation(prepare, self.describe, lambda folder: [ROOM, folder, verb])
        calls, seen = fault.sweep(self, operation, modes, most, 3)
        print(f"# {verb}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_begin(self):
        self.sweep([], "begin")

    def test_open(self):
        self.sweep(["begin"], "open")

    def test_fail(self):
        """What failed and what follows it are one."""
        self.sweep(["begin"], "fail")
        self.sweep(["begin", "open", "fail", "open"], "fail")

    def test_end(self):
        self.sweep(["begin", "open"], "end")
        self.sweep(["begin", "open", "end"], "forget")

    def test_disk_full(self):
        for before, verb in (([], "begin"), (["begin"], "open"), (["begin", "open"], "fail"), (["begin", "open"], "end")):
            with self.subTest(verb):
                self.sweep(before, verb, (fault.ENOSPC, fault.EIO), 30)


if __name__ == "__main__":
    tap.main()
