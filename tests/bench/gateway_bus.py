#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway's private socket costs comodald: people open their pages, come to the door, and look again as others come.

usage: gateway_bus.py [PEOPLE]       COMODALD, COMODAL_SOURCE_ROOT and COMODAL_BUILD_ROOT as for the tests

Reports comodald's CPU time a call: the client is Python on the same machine, so calls a second of the clock are its own.
"""
import collections
import os
import sys
import tempfile
import time
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import gateway_people
from gateway_people import cases
from fake_comodald import memory
from gi.repository import Gio, GLib

PEOPLE = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 500
IN_FLIGHT = 64
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Bench(gateway_people.Case):
    SESSIONS = PEOPLE
    SLOTS = tuple(f"{hour:02}:{minute:02}" for hour in range(9, 14) for minute in (0, 15, 30, 45))

    def run_calls(self, what, calls):
        """Each a method, its arguments, a document or None; IN_FLIGHT at a time."""
        bus, pending, done, failed = self.gateway.bus, collections.deque(calls), 0, 0
        total, flying = len(pending), 0
        loop = GLib.MainLoop()

        def launch():
            nonlocal flying
            while pending and flying < IN_FLIGHT:
                method, arguments, document = pending.popleft()
                descriptors = None
                if document is not None:
                    descriptors = Gio.UnixFDList.new()
                    fd = memory(document)
                    descriptors.append(fd)
                    os.close(fd)
                flying += 1
                bus.call_with_unix_fd_list(None, cases.OBJECT, cases.INTERFACE, method, arguments, None, 0, 60000, descriptors, None, land)

        def land(source, result):
            nonlocal flying, done, failed
            flying -= 1
            try:
                source.call_with_unix_fd_list_finish(result)
            except GLib.Error as error:
                failed += 1
                if failed == 1:
                    print(error.message)
            done += 1
            if done == total:
                loop.quit()
            launch()

        before, begun = cpu(self.daemon.process.pid), time.monotonic()
        launch()
        loop.run()
        spent, clock = cpu(self.daemon.process.pid) - before, time.monotonic() - begun
        print(f"{what:46} {total:6} calls {spent * 1e6 / total:8.0f} µs CPU each {total / clock:8.0f}/s by the clock, {failed} failed", flush=True)

    def views(self):
        return [("View", GLib.Variant("(ayb)", (cases.key_of(person.token), True)), None) for person in self.people]

    def test_all(self):
        self.run_calls("pages, the first time", self.views())
        self.run_calls("pages, again", self.views())
        self.run_calls("pages of nobody", [("View", GLib.Variant("(ayb)", (os.urandom(32), True)), None) for _ in self.people])
        latest = max(person.start for person in self.people)
        near = [person for person in self.people if person.start == latest]
        self.set_clock(latest - 60)
        self.run_calls("arrivals", [("Arrive", GLib.Variant("(ayth)", (cases.key_of(person.token), person.subject, 0)), b'{"phone":"1","consent":true}')
                                    for person in near])
        self.run_calls("pages of who waits", [("View", GLib.Variant("(ayb)", (cases.key_of(person.token), False)), None) for person in near * 20])


if __name__ == "__main__":
    import unittest
    unittest.main(argv=[sys.argv[0]], verbosity=0)
