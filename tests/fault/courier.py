#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters survive: comodald and comodal-courier killed at each of their writes and sends, the courier killed at each step of a dialogue,
and the server failing at each. Nothing is lost; a letter comes twice only where the server had taken it and that was not yet on record,
and then it is the same to the octet, with the same Message-ID. What happened is counted and printed.
"""
import collections
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
import fault
import tap
from comodal_test import CallError
from mail_case import Correspondence
from mail_server import await_true, make_certificate
from odd_smtp import DISCONNECT, HANG, STEPS, OddSmtp

# where a server that says nothing any more is waited for: at the others it is the same second
SILENT = ("connect", "rcpt", "accepted")
GREETING = ("connect", "ehlo", "starttls", "auth")
OPEN = ("waiting", "leased")
# deaths of each of the two: all there are takes minutes, and is for a change of these parts
MOST = int(os.environ.get("COMODAL_FAULT_MOST", "15"))


class Letters(Correspondence):
    undo = 0

    def setUp(self):
        super().setUp()
        self.authority = self.folder / "authority"
        self.authority.mkdir()
        make_certificate(self.authority)

    def serve(self, **more):
        server = OddSmtp(self.authority, **more)
        self.addCleanup(server.end)
        return server

    def states(self):
        return collections.Counter(state for (state,) in self.look("SELECT state FROM letter"))

    def settled(self):
        """Nothing waits to be told, nothing is on its way."""
        return not self.look("SELECT 1 FROM notice WHERE sent_at IS NULL LIMIT 1") and not any(self.states()[state] for state in OPEN)

    def let_wait(self):
        """Nobody has to wait for a later hour: it comes."""
        ((next_at,),) = self.look("SELECT max (next_at) FROM letter WHERE state = 'waiting'")
        if next_at is not None and next_at > self.now:
            self.set_clock(next_at)

    def await_settled(self, what, deadline=None):
        """All that was promised is told."""
        def look():
            self.let_wait()
            return self.settled()
        try:
            await_true(look, what, deadline)
        except AssertionError as error:
            letters = self.look("SELECT id, recipient, state, attempts, cause, next_at, uncertain FROM letter")
            raise AssertionError(f"{error}\n{letters} at {self.now}\n{self.said()}") from None

    def assert_none_lost(self, server, where, may_double):
        """Every letter that is sent was accepted; twice only where it may have been, and then the same to the octet."""
        sent = [f"<{name}>" for (name,) in self.look("SELECT message_id FROM letter WHERE state = 'sent'")]
        copies = server.copies()
        self.assertEqual(set(sent), set(copies), f"{where}: what is on record as sent, and what the server took")
        doubles = server.duplicates()
        self.assertTrue(all(doubles.values()), f"{where}: copies that are not the same: {doubles}")
        self.assertLessEqual(max(copies.values(), default=0), 2, f"{where}: {copies}")
        self.assertLessEqual(len(doubles), may_double, f"{where}: {doubles}")
        return len(doubles)


class Steps(Letters):
    """One letter after another to one person, with something going wrong at each step of the dialogue in turn."""

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.prepare()
        self.reach("contact", self.father, delivery="none")
        self.reach("contact", self.mother, quiet="00:00-00:00")
        self.session, self.version, _ = self.book()
        self.start_courier(self.server.url, self.server.ca_file, timeout=1)
        self.await_settled("the first letter")
        self.hours = self.find_hours(6)
        self.number = 0

    def find_hours(self, count):
        """So many hours at which the session may be."""
        found = []
        while len(found) < count:
            booking = self.booking(self.session)
            found.append((booking["date"], booking["start"]))
            self.version, _ = self.move(self.session, self.version, avoid=found)
        self.await_settled("the letters of the hours")
        return found

    def another_letter(self):
        """The session moves to where nobody was told that it is; what the letter's number is."""
        before = self.look("SELECT ifnull (max (id), 0) FROM letter")[0][0]
        self.number += 1
        date, start = self.hours[self.number % len(self.hours)]
        self.version = self.call_booking("Move", "ttss", self.session, self.version, date, start)
        return before

    def end_of(self, before):
        """The state, cause and attempts of the letter after `before`, once it is sent or dead."""
        def look():
            rows = self.look("SELECT state, cause, attempts FROM letter WHERE id > ? ORDER BY id DESC LIMIT 1", before)
            if rows and rows[0][0] in ("sent", "dead"):
                return rows[0]
            self.let_wait()
            return None
        try:
            return await_true(look, "the letter's end")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.look('SELECT id, state, cause, attempts, next_at, leased_until FROM letter ORDER BY id DESC LIMIT 3')} at {self.now}\n{self.said()}") from None

    def test_the_server_fails_at_each(self):
        table = collections.OrderedDict()
        for step in STEPS:
            for how in (451, 550, DISCONNECT, *((HANG,) if step in SILENT else ())):
                where = f"{how} at {step}"
                if step in GREETING:
                    # a connection that is kept is past them
                    self.assertEqual(self.courier.stop(), 0, self.courier.text())
                    self.courier.start()
                taken = len(self.server.accepted)
                self.server.fail(step, how)
                state, cause, attempts = self.end_of(self.another_letter())
                came = len(self.server.accepted) - taken
                table[where] = f"{state}{' ' + cause if cause else ''}, {attempts} attempts, {came} came"
                # refused for good is the message or its reader, not the server's own trouble
                refused = how == 550 and step in ("rcpt", "data", "text", "accepted")
                self.assertEqual(state, "dead" if refused else "sent", f"{where}: {table[where]}")
                # a connection that was kept and has ended is tried again at once, which is no other attempt
                self.assertGreaterEqual(attempts, 1 if refused or (how == DISCONNECT and step not in GREETING) else 2, where)
                doubled = step == "accepted" and how != 550
                self.assertEqual(came, 2 if doubled else int(not refused or step == "accepted"), f"{where}: {table[where]}")
                if refused:
                    self.reach("contact", self.mother, email="parent@example.org")
        for where, what in table.items():
            print(f"# {where}: {what}")
        self.assertTrue(all(self.server.duplicates().values()), "copies that are not the same")

    def test_the_courier_killed_at_each(self):
        doubled = 0
        for step in STEPS:
            courier = self.courier

            def strike():
                courier.kill()
                courier.process.wait()
            # a new courier begins at the beginning: a greeting is not one that it has had already
            self.assertEqual(courier.stop(), 0, courier.text())
            courier.start()
            self.server.at(step, strike)
            taken = len(self.server.accepted)
            before = self.another_letter()
            await_true(lambda: courier.process.poll() is not None, f"its end at {step}")
            courier.start()
            state, cause, attempts = self.end_of(before)
            came = len(self.server.accepted) - taken
            doubled += came - 1
            print(f"# killed at {step}: {state}, {attempts} attempts, {came} came")
            # it had given all of it: the server took it, and nobody was there to be told
            self.assertEqual((state, came), ("sent", 2 if step in ("text", "accepted") else 1), step)
        self.assertEqual(doubled, 2)
        self.assertTrue(all(self.server.duplicates().values()), "copies that are not the same")


class Killed(Letters):
    """Booked, told, and one of the two killed at each of its writes and sends."""

    def setUp(self):
        super().setUp()
        self.prepare()
        self.reach("contact", self.mother, quiet="00:00-00:00")
        self.reach("contact", self.father, quiet="00:00-00:00")
        self.assertEqual(self.daemon.stop(), 0)
        self.prepared = self.folder / "prepared"
        self.prepared.mkdir()
        for name in ("database", "key", "clock"):
            (self.folder / name).rename(self.prepared / name)

    def attempt(self, victim, at, mode=fault.KILL):
        """Once, with the victim killed at a call; 0 only counts. (calls, whether it was struck, copies that were doubled)"""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-fault-", dir=fault.MEMORY))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for name in ("database", "key"):
            shutil.copytree(self.prepared / name, folder / name)
        shutil.copy(self.prepared / "clock", folder)
        counter = folder / "counter"
        counter.write_bytes(bytes(16))
        struck = {"LD_PRELOAD": str(fault.LIBRARY), "COMODAL_FAULT_COUNTER": str(counter), "COMODAL_FAULT_AT": str(at),
                  "COMODAL_FAULT_MODE": mode, "COMODAL_FAULT_UNDER": str(folder), "COMODAL_FAULT_SENDS": "1"}
        where = f"{victim}, {mode} at {at}"
        server = self.serve()
        try:
            return self.go(folder, server, victim, struck, counter, where)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}\n{self.daemon.text()[-3000:]}\n{self.courier.text()[-3000:]}") from None
        finally:
            self.courier.end()
            self.daemon.kill()
            self.client.close()
            server.end()
            shutil.rmtree(folder, ignore_errors=True)

    def go(self, folder, server, victim, struck, counter, where):
        self.begin(folder, ready=False, environment=struck if victim == "comodald" else {})
        self.start_courier(server.url, server.ca_file, timeout=5, more_environment=struck if victim == "courier" else {})
        process = {"comodald": self.daemon, "courier": self.courier}[victim].process
        try:
            self.daemon.await_ready()
            self.book(0)
            self.book(1)
        except (AssertionError, CallError, StopIteration):
            # killed at this very write; anything else is a failure of the test
            if process.poll() is None and not self.dies(process):
                raise
        await_true(lambda: process.poll() is not None or (len(server.accepted) >= 3 and self.settled()), "the end of it")
        calls, struck_at = struct.unpack("=QQ", counter.read_bytes())
        # the count is written before the blow: one that is struck may still look alive
        self.assertTrue(not struck_at or self.dies(process), "struck, and lives")
        self.assertEqual(process.poll(), -signal.SIGKILL if struck_at else None, "killed where it was not to be, or not where it was")
        if not struck_at:
            self.assert_none_lost(server, where, 0)
            return calls, False, 0
        # those of whose attempt nobody knows the end
        ((may_double,),) = self.look("SELECT count (*) FROM letter WHERE state = 'leased' OR (state = 'waiting' AND uncertain)")
        if victim == "comodald":
            self.client.close()
            self.begin(folder)
        else:
            self.courier.start()
        for child in (0, 1):
            session = self.places[child][0][0]
            if not self.look("SELECT 1 FROM booking WHERE session = ?", session):
                # its caller was not told that it is booked, and says it again
                self.book(child)
        self.await_settled("the rest")
        self.assertEqual(fault.find_damage(folder), "")
        return calls, True, self.assert_none_lost(server, where, may_double)

    @staticmethod
    def dies(process):
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            return False
        return True

    def sweep(self, victim, most, mode=fault.KILL):
        calls, _, _ = self.attempt(victim, 0)
        self.assertGreater(calls, 20, "the preloaded library saw too little")
        struck = doubled = 0
        points = fault.choose(calls, most)
        for at in points:
            _, killed, doubles = self.attempt(victim, at, mode)
            struck += killed
            doubled += doubles
        print(f"# {victim}, {mode}: {struck} deaths at {len(points)} of {calls} writes and sends, nothing lost, {doubled} letters twice")
        # how often somebody looks whether there is something to do is not always the same
        self.assertGreater(struck, len(points) * 0.8)

    def test_the_courier(self):
        self.sweep("courier", MOST)

    def test_comodald(self):
        self.sweep("comodald", MOST)


if __name__ == "__main__":
    tap.main()
