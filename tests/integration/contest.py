# SPDX-License-Identifier: GPL-3.0-or-later
"""Sixty-four clients that want the same times, and what became of it, judged by raw SQL over the database's file.

    contest = contest.Contest(case, "team")      # case: a comodal_test.TestCase
    contest.start()                              # daemon, roster, slots that are free
    result = contest.run(slots=40)               # a dictionary of figures, "given": {slot: (number, version)}
    contest.judge(result)
"""
import datetime
import os
import pathlib
import re
import sqlite3
import subprocess
import threading

from gi.repository import GLib
from comodal_test import CallError, generate

PROGRAM = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "contend"
CLIENTS = 64
# before any horizon that generate.py makes
BEFORE = 1756700000
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


class Contest:
    def __init__(self, case, *size):
        self.case = case
        self.caseload = generate(*(size or ("team", "--seed", 1)))
        self.clock = case.folder / "clock"
        self.clock.write_text(str(BEFORE))
        self.taken = 0

    def start(self):
        self.daemon = self.case.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        client = self.case.connect()
        self.case.assertEqual(client.import_caseload(self.caseload).wait(), "succeeded")
        self.professionals = client.json("Roster", "List", "(s)", "professional")

    def restart(self):
        self.daemon.kill()
        self.daemon = self.case.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})

    def candidates(self):
        """Half hours in the professionals' hours, an hour and a half apart."""
        first = datetime.date.fromisoformat(self.caseload["horizon"]["from"])
        last = datetime.date.fromisoformat(self.caseload["horizon"]["to"])
        day = first
        while day <= last:
            for professional in self.professionals:
                if any(start <= day.isoformat() <= end for start, end in professional["absences"]):
                    continue
                for begin, end in professional["hours"].get(DAYS[day.weekday()], []):
                    for start in range(minutes(begin), minutes(end) - 30, 90):
                        yield f"{professional['number']} {day} {start // 60:02}:{start % 60:02}"
            day += datetime.timedelta(days=1)

    def choose(self, count):
        """The next `count` slots that can be had: each is booked and let go."""
        client = self.case.connect()
        chosen = []
        for at, slot in enumerate(self.candidates()):
            if at < self.taken:
                continue
            self.taken = at + 1
            professional, date, start = slot.split()
            try:
                number, version, index = client.call(
                    "Booking", "BookAppointment", "(stssusa(st)a{sv})", "meeting", int(professional), date, start, 30,
                    "video-remote", [], {})
            except CallError:
                continue
            os.close(client.handles.get(index))
            client.call("Booking", "Cancel", "(tta{sv})", number, version, {})
            chosen.append(slot)
            if len(chosen) == count:
                return chosen
        raise AssertionError(f"only {len(chosen)} slots of {count}")

    def run(self, slots, kills=(), together=True, clients=CLIENTS):
        """`kills`: after how many hundreds of answers the daemon is killed, and started again."""
        self.slots = self.choose(slots)
        path = self.case.folder / "slots"
        path.write_text("\n".join(self.slots))
        process = subprocess.Popen([PROGRAM, self.case.bus.address, path, str(clients), "together" if together else "apart"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = []
        reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
        reader.start()
        answered = 0
        failures = []
        for line in process.stderr:
            if line != "answered\n":
                failures.append(line)
                continue
            answered += 1
            if answered in kills:
                self.restart()
        reader.join()
        process.stderr.close()
        process.stdout.close()
        self.case.assertEqual(process.wait(), 0)
        return self.read(said[0], failures)

    @staticmethod
    def read(text, failures):
        result = {"given": {}, "failures": failures, "twice": []}
        for line in text.splitlines():
            if line.startswith("given "):
                slot, number, version = map(int, line.split()[1:])
                if slot in result["given"]:
                    result["twice"].append(slot)
                result["given"][slot] = (number, version)
            else:
                result.update((name, float(value)) for name, value in re.findall(r"(\w+) ([\d.]+)", line) if name != "given")
        return result

    def judge(self, result):
        """Every slot was given once, and what was given stands; nobody is booked twice, by the file alone."""
        self.case.assertEqual(result["failed"], 0, result["failures"])
        self.case.assertEqual(result["twice"], [])
        self.case.assertEqual(len(result["given"]), len(self.slots))
        self.case.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        connection = sqlite3.connect(self.daemon.database)
        rows = {number: rest for number, *rest in connection.execute(
            "SELECT id, version, professional, date, start, start_utc, end_utc, state FROM appointment")}
        connection.close()
        for slot, (number, version) in result["given"].items():
            professional, date, start = self.slots[slot].split()
            row = rows.get(number)
            self.case.assertIsNotNone(row, f"{self.slots[slot]} was given and is not there")
            self.case.assertEqual((row[0], row[1]), (version, int(professional)))
            days = (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days
            self.case.assertEqual((row[2], row[3]), (days, minutes(start)))
        standing = sorted((row[1], row[4], row[5]) for row in rows.values() if row[6] not in ("cancelled", "late-cancelled"))
        for one, other in zip(standing, standing[1:]):
            self.case.assertFalse(one[0] == other[0] and other[1] < one[2], f"booked twice: {one} {other}")
        self.case.assertEqual(len(standing), len(self.slots))
        return len(standing)
