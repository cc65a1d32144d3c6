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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import gateway_bus as cases
from fake_comodald import memory
from gi.repository import Gio, GLib

PEOPLE = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 500
IN_FLIGHT = 64
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Bench(cases.Case):
    def caseload(self):
        """PEOPLE students, each with a guardian, followed by a fiftieth as many professionals."""
        base = dict(cases.CASELOAD)
        hosts = max(1, PEOPLE // 20)
        base["professionals"] = [{**base["professionals"][0], "id": f"P{n}", "name": f"Pro {n}"} for n in range(hosts)]
        base["students"] = [{**base["students"][0], "id": f"S{n}", "name": f"Élève {n}"} for n in range(PEOPLE)]
        base["contacts"] = [{**base["contacts"][0], "id": f"C{n}", "name": f"Parent {n}"} for n in range(PEOPLE)]
        base["followups"] = [{"id": f"F{n}", "professional": f"P{n % hosts}", "student": f"S{n}", "priority": 1, "not_before": "2026-09-07",
                              "sessions": [{"id": f"F{n}-1", "act": "suivi", "minutes": 15, "target_date": cases.DATE, "participants": [],
                                            "prefer": "video"}]} for n in range(PEOPLE)]
        return base, hosts

    def setUp(self):
        cases.TestCase.setUp(self)
        self.clock = self.folder / "clock"
        self.set_clock(cases.NOW)
        self.serve()
        caseload, hosts = self.caseload()
        self.assertEqual(self.client.import_caseload(caseload).wait(600), "succeeded")
        self.rest()
        slots = [f"{hour:02}:{minute:02}" for hour in range(9, 14) for minute in (0, 15, 30, 45)]
        lines = []
        for n in range(PEOPLE):
            lines += [f"guardian {n} {n}", f"book {n} {cases.DATE} {slots[n // hosts]} video-remote", f"link contact {n} guest 0"]
        said = self.tool(*lines).split("\n")
        self.people = [(int(said[2 * n].split()[0]), int(said[2 * n].split()[1]), cases.key_of(said[2 * n + 1])) for n in range(PEOPLE)]
        self.serve()

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
        return [("View", GLib.Variant("(ayb)", (key, True)), None) for _subject, _start, key in self.people]

    def test_all(self):
        self.run_calls("pages, the first time", self.views())
        self.run_calls("pages, again", self.views())
        self.run_calls("pages of nobody", [("View", GLib.Variant("(ayb)", (os.urandom(32), True)), None) for _ in self.people])
        latest = max(start for _subject, start, _key in self.people)
        near = [person for person in self.people if person[1] == latest]
        self.set_clock(latest - 60)
        self.run_calls("arrivals", [("Arrive", GLib.Variant("(ayth)", (key, subject, 0)), b'{"phone":"1","consent":true}')
                                    for subject, _start, key in near])
        self.run_calls("pages of who waits", [("View", GLib.Variant("(ayb)", (key, False)), None) for _s, _t, key in near * 20])


if __name__ == "__main__":
    import unittest
    unittest.main(argv=[sys.argv[0]], verbosity=0)
