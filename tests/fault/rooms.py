#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald killed at each write of a session's room: begun, its name changed, open, failed (with the next one in its place), ended, forgotten.
After every death the database is as before or as after, and whoever begins next knows every room that a provider may have."""
import http.server
import os
import pathlib
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
import fault
import provider_servers
import tap
from comodal_test import Bus

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


class Through(unittest.TestCase):
    """The real comodald, killed at each of its writes while a room is opened, with the real courier and a server that keeps BigBlueButton's
    contract: the next comodald opens the very same room, and the server has no other."""

    @classmethod
    def setUpClass(cls):
        Rooms.setUpClass.__func__(cls)
        cls.bus = Bus()

    @classmethod
    def tearDownClass(cls):
        cls.bus.end()
        cls.work.cleanup()

    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), provider_servers.Bbb)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def prepare(self, folder):
        do(STORE, folder, "key-create")
        do(STORE, folder, "import", self.file)
        do(OUTBOX, folder, "book")
        # begun, and comodald died before it asked anybody
        do(ROOM, folder, "begin")
        folder = pathlib.Path(folder)
        (opened_at,) = self.look(folder, "SELECT opened_at FROM video_room")
        (folder / "clock").write_text(f"{opened_at}\n")
        (folder / "secret").write_text(provider_servers.Bbb.SECRET)
        (folder / "secret").chmod(0o600)
        (folder / "comodald.conf").write_text(
            f"[Visio]\nProviders=one\n[Provider one]\nType=bbb\nPrivateNetwork=true\nUrl=http://127.0.0.1:{self.server.server_port}"
            f"/bigbluebutton/\nSecretFile={folder}/secret\n")
        (folder / "courier.conf").write_text(f"[Courier]\nSocket={folder}/comodal/courier.socket\n[Deliver]\nMaildir={folder}/mail\n")

    @staticmethod
    def look(folder, query):
        connection = sqlite3.connect(f"file:{folder}/data/comodal.db?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchone()
        finally:
            connection.close()

    def begin(self, folder, **environment):
        everywhere = self.bus.environment(XDG_RUNTIME_DIR=str(folder), COMODAL_CLOCK=str(folder / "clock"))
        comodald = [os.environ["COMODALD"], "--session", "--database", folder / "data" / "comodal.db", "--key-file", folder / "service.key",
                    "--config", folder / "comodald.conf", "--policies", SOURCE / "policies"]
        courier = [os.environ["COMODAL_COURIER"], "--config", folder / "courier.conf"]
        processes = []
        for command, more in ((comodald, environment), (courier, {})):
            with (folder / "log").open("ab") as log:
                processes.append(subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  env={**everywhere, **more}))
            self.addCleanup(processes[-1].wait)
            self.addCleanup(processes[-1].kill)
        return processes

    def run_until_open(self, folder, **environment):
        """Whether comodald lived to say that it is open."""
        comodald, courier = self.begin(folder, **environment)
        end = time.monotonic() + 60
        while comodald.poll() is None and self.look(folder, "SELECT state FROM video_room ORDER BY turn DESC") != ("open",):
            self.assertLess(time.monotonic(), end, (folder / "log").read_text())
            time.sleep(0.05)  # the database says nothing by itself
        lived = comodald.poll() is None
        courier.kill()
        comodald.kill()
        self.assertIn(comodald.wait(), (-signal.SIGKILL,), (folder / "log").read_text())
        courier.wait()
        return lived

    def test_killed(self):
        at, deaths = 1, 0
        while True:
            provider_servers.Bbb.meetings.clear()
            with tempfile.TemporaryDirectory(prefix="comodal-fault-", dir=fault.MEMORY) as name:
                folder = pathlib.Path(name)
                self.prepare(folder)
                counter = folder / "counter"
                counter.write_bytes(bytes(16))
                lived = self.run_until_open(folder, LD_PRELOAD=str(fault.LIBRARY), COMODAL_FAULT_COUNTER=str(counter),
                                            COMODAL_FAULT_AT=str(at), COMODAL_FAULT_MODE=fault.KILL,
                                            COMODAL_FAULT_UNDER=str(folder / "data"))
                _calls, struck = struct.unpack("=QQ", counter.read_bytes())
                deaths += 1 if struck else 0
                self.assertTrue(self.run_until_open(folder), f"after its death at {at}")
                self.assertEqual(self.look(folder, "SELECT count(*), max(turn) FROM video_room"), (1, 1))
                self.assertEqual(len(provider_servers.Bbb.meetings), 1, f"after its death at {at}")
            if lived:
                break
            at += 3
        print(f"# {deaths} deaths")
        self.assertGreater(deaths, 3)


if __name__ == "__main__":
    tap.main()
