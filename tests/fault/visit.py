#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people say on their pages and at the door, killed at each of the writes of one call of the gateway's: all of it or nothing, and the
same said again counts once. Then the real comodald, killed while several calls wait for one commit: what somebody was told is in the database."""
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import fault
import tap
from gi.repository import GLib
from comodal_test import DEADLINE, Bus, await_event, english
from gateway_bus import Gateway, Refusal, key_of, octets

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
VISIT = str(fault.BUILD / "tests" / "fault" / "visit-operation")
HOUR = 3600
# what is sealed and what is drawn by lot differ from one time to the next
QUERIES = (
    "SELECT subject, recipient_kind, recipient, answer, answered_by, answered_start_utc FROM invitation ORDER BY 1, 2, 3",
    "SELECT id, kind, recipient_kind, recipient, subject, queued_at FROM notice ORDER BY 1",
    "SELECT sequence, at, uid, action, subject, version_before, version_after FROM audit ORDER BY 1",
    "SELECT uid, key, at, answer FROM request_key ORDER BY 1, 2",
    "SELECT id, version, state, subject, subject_version, start_utc, changed_at FROM time_request ORDER BY 1",
    "SELECT id, subject, role, kind, person, state, arrived_at, admitted_at, admitted_by, left_at FROM visit ORDER BY 1",
    "SELECT id, version, state, subject, kind, person, asked_at, changed_at FROM help_request ORDER BY 1",
    "SELECT means, role, kind, person, subject, used_at, revoked_at FROM entry ORDER BY 1, 2",
    "SELECT means, role, kind, person, subject, made_at, until_utc, revoked_at FROM pass ORDER BY 1, 2, made_at",
    "SELECT * FROM ending",
    "SELECT value FROM counter WHERE name = 'row'",
)
# half of what somebody said: each count is nought
HALVES = (
    # an answer that staff are not told of, or that nobody could trace
    "SELECT count(*) FROM invitation WHERE answered_by = 'page' AND NOT EXISTS (SELECT 1 FROM notice WHERE kind LIKE 'answer.%')",
    "SELECT count(*) FROM invitation WHERE answered_by = 'page' AND NOT EXISTS "
    "(SELECT 1 FROM audit WHERE action = 'invitation.answer')",
    "SELECT count(*) FROM help_request WHERE NOT EXISTS (SELECT 1 FROM notice WHERE kind = 'help.asked' AND subject = help_request.id)",
    "SELECT count(*) FROM help_request WHERE NOT EXISTS (SELECT 1 FROM audit WHERE action = 'help.ask' AND subject = help_request.id)",
    "SELECT count(*) FROM time_request WHERE NOT EXISTS (SELECT 1 FROM notice WHERE kind = 'time.asked' AND subject = time_request.id)",
    "SELECT count(*) FROM visit WHERE NOT EXISTS (SELECT 1 FROM audit WHERE action LIKE 'visit.%' AND subject = visit.subject)",
    # a link that was used up, and opened nothing
    "SELECT (SELECT count(*) FROM entry WHERE used_at IS NOT NULL) - (SELECT count(*) FROM pass WHERE means = 'link')",
    "SELECT (SELECT count(*) FROM pass) - (SELECT count(*) FROM audit WHERE action = 'entry.use') "
    "WHERE NOT EXISTS (SELECT 1 FROM audit WHERE action = 'door.purge') UNION ALL SELECT 0",
    # a session that is over, with somebody in it
    "SELECT count(*) FROM visit JOIN ending USING (subject) WHERE state IN ('waiting', 'inside')",
)


def do(program, folder, verb, *arguments, environment=None):
    result = subprocess.run([program, folder, verb, *arguments], capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        raise AssertionError(f"{verb}: {result.stderr}")


class House(unittest.TestCase):
    """A session by video, and what people come in by."""

    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-", dir=fault.MEMORY)
        cls.clock = pathlib.Path(cls.work.name, "clock")
        cls.environment = {"COMODAL_CLOCK": str(cls.clock)}
        file = f"{cls.work.name}/caseload.json"
        subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", "1", "--out", file],
                       check=True, capture_output=True)
        cls.house = pathlib.Path(cls.work.name, "house")
        cls.house.mkdir(mode=0o700)
        do(STORE, cls.house, "key-create")
        do(STORE, cls.house, "import", file)
        cls.clock.write_text("0")
        cls.do(cls.house, "prepare")
        cls.start = int((cls.house / "start").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    @classmethod
    def do(cls, folder, verb):
        do(VISIT, folder, verb, environment={**os.environ, **cls.environment})


class Calls(House):
    def describe(self, folder):
        connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
        for query in HALVES:
            self.assertEqual(connection.execute(query).fetchone()[0], 0, query)
        said = [f"{query}: {connection.execute(query).fetchall()}" for query in QUERIES]
        connection.close()
        return "\n".join(said)

    def sweep(self, before, verb, at=-60, modes=((fault.KILL, 20), (fault.TORN, 3)), once=True):
        """`before`: calls at the hour of the session; `at`: when the last one is, in seconds from then. `once`: said again it counts once."""
        def prepare(folder):
            shutil.copytree(self.house, folder, dirs_exist_ok=True)
            self.clock.write_text(str(self.start - 60))
            for one in before:
                self.do(folder, one)
            self.clock.write_text(str(self.start + at))
        operation = fault.Operation(prepare, self.describe, lambda folder: [VISIT, folder, verb], under="data",
                                    environment=self.environment, again=once)
        for mode, most in modes:
            calls, seen = fault.sweep(self, operation, (mode,), most, 5)
            print(f"# {verb}, {mode}: {calls} writes, {seen}")
            if mode == fault.KILL:
                self.assertGreater(seen["before"], 0)
                self.assertGreater(seen["after"], 0)

    def test_respond(self):
        self.sweep([], "respond", -HOUR)

    def test_ask_time(self):
        self.sweep([], "ask-time", -HOUR)

    def test_ask_help(self):
        self.sweep([], "ask-help")

    def test_arrive(self):
        self.sweep([], "arrive")

    def test_exchange_link(self):
        self.sweep([], "exchange-link", once=False)

    def test_exchange_code(self):
        self.sweep([], "exchange-code", once=False)

    def test_let_in(self):
        self.sweep(["arrive", "exchange-link", "host-arrives"], "let-in")

    def test_end(self):
        self.sweep(["arrive", "exchange-link", "host-arrives", "let-in"], "end")

    def test_purge(self):
        self.sweep(["arrive", "exchange-link", "host-arrives", "end"], "purge", modes=((fault.KILL, 20),))

    def test_together(self):
        self.sweep([], "together", -600)

    def test_disk_full(self):
        for before, verb, at, once in (([], "respond", -HOUR, True), ([], "together", -600, True), ([], "exchange-link", -60, False)):
            with self.subTest(verb):
                self.sweep(before, verb, at, ((fault.ENOSPC, 6), (fault.EIO, 6)), once)


class Told(House):
    """comodald itself: three say something at once, and it dies."""
    # what stands at last, however often it was said and whatever came between
    LAST = (
        "SELECT subject, answer, answered_by FROM invitation ORDER BY 1",
        "SELECT state, subject, kind, person FROM help_request",
        "SELECT subject, role, kind, person, state FROM visit",
        "SELECT kind, recipient_kind, recipient, subject, count(*) FROM notice GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        # the room is comodald's own doing, later (rooms.py)
        "SELECT action, subject, count(*) FROM audit WHERE action NOT LIKE 'video-room.%' GROUP BY 1, 2 ORDER BY 1, 2",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus = Bus()
        cls.clock.write_text(str(cls.start - 60))

    @classmethod
    def tearDownClass(cls):
        cls.bus.end()
        super().tearDownClass()

    def look(self, folder, query):
        connection = sqlite3.connect(f"file:{folder}/data/comodal.db?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def begin(self, folder, environment):
        with (folder / "log").open("ab") as file:
            process = subprocess.Popen(
                [os.environ["COMODALD"], "--session", "--database", str(folder / "data" / "comodal.db"), "--key-file",
                 str(folder / "service.key"), "--policies", str(SOURCE / "policies")], stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env=self.bus.environment(XDG_RUNTIME_DIR=str(folder), **self.environment, **environment))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.gateway = None
        timer = GLib.timeout_add(10, lambda: True)
        try:
            await_event(lambda: process.poll() is not None or self.connect(folder), "comodald's socket")
        finally:
            GLib.source_remove(timer)
        return process

    def connect(self, folder):
        try:
            self.gateway = Gateway(folder / "comodal" / "gateway.socket")
        except GLib.Error:
            return False
        return True

    def say(self, folder):
        """All three before the first is answered; what was answered to each: a value, or the error's name."""
        secret = octets(key_of((folder / "guest").read_text()))
        subject, version = (GLib.Variant("t", int((folder / name).read_text())) for name in ("subject", "version"))
        handle, said = GLib.Variant("h", 0), {}

        def answered(bus, result, name):
            try:
                said[name] = bus.call_with_unix_fd_list_finish(result)[0].unpack()
            except GLib.Error as error:
                said[name] = english(error.message)
        for name, arguments, document in (
                ("Respond", (secret, subject, version, GLib.Variant("s", "declined"), GLib.Variant("s", "once-1")), None),
                ("AskHelp", (secret, subject, handle), {}), ("Arrive", (secret, subject, handle), {"phone": "418 555-0100", "consent": True})):
            self.gateway.start(name, arguments, document, answered)
        await_event(lambda: len(said) == 3, "three answers")
        return said

    def check_told(self, folder, said):
        subject = int((folder / "subject").read_text())
        if isinstance(said["Respond"], tuple):
            self.assertEqual(self.look(folder, "SELECT subject, answer, answered_by FROM invitation"), [(subject, "declined", "page")])
        for name, table in (("AskHelp", "help_request"), ("Arrive", "visit")):
            if isinstance(said[name], tuple):
                self.assertEqual(self.look(folder, f"SELECT id, subject FROM {table}"), [(*said[name], subject)])

    def live(self, folder, at=0, mode=fault.KILL):
        """Begin, say, end; how many writes there were before and after, where it was struck, and what was said."""
        counter = folder / "counter"
        counter.write_bytes(bytes(16))
        count = lambda: struct.unpack("=QQ", counter.read_bytes())
        process = self.begin(folder, {
            "LD_PRELOAD": str(fault.LIBRARY), "COMODAL_FAULT_COUNTER": str(counter), "COMODAL_FAULT_AT": str(at),
            "COMODAL_FAULT_MODE": mode, "COMODAL_FAULT_UNDER": str(folder / "data")})
        before, said = count()[0], dict.fromkeys(("Respond", "AskHelp", "Arrive"), "comodald was gone")
        try:
            if process.poll() is None:
                # what comodald does when it begins comes before any call
                self.gateway.view((folder / "guest").read_text())
                before, said = count()[0], self.say(folder)
        except Refusal:
            # what it does by itself took a write more or less than the first time
            self.assertEqual(mode, fault.KILL)
        after, struck = count()
        self.assertTrue(struck or all(isinstance(one, tuple) for one in said.values()), (said, (folder / "log").read_text()))
        process.terminate()
        status = process.wait(DEADLINE)
        self.assertIn(status, (0, -signal.SIGKILL), (folder / "log").read_text())
        try:
            if self.gateway is not None:
                self.gateway.close()
        except GLib.Error:
            pass  # comodald was first
        return before, after, struck, said

    def test_told(self):
        with tempfile.TemporaryDirectory(prefix="comodal-fault-", dir=fault.MEMORY) as name:
            whole, copy = pathlib.Path(name, "whole"), pathlib.Path(name, "copy")
            shutil.copytree(self.house, whole)
            before, after, _, said = self.live(whole)
            self.assertTrue(all(isinstance(one, tuple) for one in said.values()), said)
            last = [self.look(whole, query) for query in self.LAST]
            deaths, untold = 0, 0
            for mode, ats in ((fault.KILL, fault.choose(after - before, 12)), (fault.ENOSPC, [1])):
                for at in ats:
                    where = f"{mode} at {at} of {after - before}"
                    shutil.rmtree(copy, ignore_errors=True)
                    shutil.copytree(self.house, copy)
                    _, _, struck, said = self.live(copy, before + at, mode)
                    deaths += 1 if struck and mode == fault.KILL else 0
                    untold += sum(not isinstance(one, tuple) for one in said.values())
                    if mode == fault.ENOSPC:
                        for one in said.values():
                            self.assertIn("The disk is full: nothing was changed.", one)
                    self.check_told(copy, said)
                    again = self.live(copy)[3]
                    self.assertTrue(all(isinstance(one, tuple) for one in again.values()), f"{where}: {again}")
                    self.assertEqual([self.look(copy, query) for query in self.LAST], last, where)
                    self.assertEqual(fault.find_damage(copy), "", where)
            print(f"# {deaths} deaths, {untold} answers not given")
            self.assertGreater(deaths, 4)
            self.assertGreater(untold, 6)


if __name__ == "__main__":
    tap.main()
