#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agenda as iCalendar, read by two libraries that are not ours: Python's icalendar and ical.js."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import zoneinfo

import icalendar
import tap
from comodal_test import TestCase, generate

CASELOAD = generate("pair", "--seed", 1)
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
NODE_FOLDER = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests" / "node"


def read_by_ical_js(text):
    """The events of a calendar as ical.js understands them."""
    if not (NODE_FOLDER / "node_modules").exists():
        raise AssertionError("ical.js is missing: ./check installs it, and so does `npm ci` in tests/node")
    return json.loads(subprocess.run(["node", NODE_FOLDER / "read-ics.mjs"], input=text, stdout=subprocess.PIPE,
                                     text=True, check=True).stdout)


class AgendaIcs(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        path = self.folder / "caseload.json"
        path.write_text(json.dumps(CASELOAD))
        self.ctl("import", path)
        self.ctl("plan", "--effort", 10, "--replan-from", CASELOAD["horizon"]["from"], "--publish")
        self.plan = json.loads(self.ctl("export").stdout)

    def expected(self, professional):
        """The sessions of a professional: their start and end as instants."""
        mine = {session["id"]: session["minutes"] for followup in CASELOAD["followups"]
                if followup["professional"] == professional for session in followup["sessions"]}
        times = []
        for session in self.plan["sessions"]:
            if session["id"] in mine:
                start = datetime.datetime.fromisoformat(f"{session['date']}T{session['start']}").replace(tzinfo=ZONE)
                times.append((start, start + datetime.timedelta(minutes=mine[session["id"]])))
        return sorted(times)

    def test_whole_plan(self):
        for professional in CASELOAD["professionals"]:
            text = self.ctl("export", "--ics", professional["id"]).stdout
            calendar = icalendar.Calendar.from_ical(text)
            events = calendar.walk("VEVENT")
            times = sorted((event.decoded("dtstart"), event.decoded("dtend")) for event in events)
            self.assertEqual(times, self.expected(professional["id"]))
            self.assertEqual(len({event["uid"] for event in events}), len(events))
            self.assertEqual(calendar["version"], "2.0")
            self.assertTrue(all(event["class"] == "PRIVATE" for event in events))

    def test_ical_js_reads_the_same(self):
        for professional in CASELOAD["professionals"]:
            text = self.ctl("export", "--ics", professional["id"]).stdout
            times = sorted((event["start"], event["end"]) for event in read_by_ical_js(text))
            expected = [(start.timestamp(), end.timestamp()) for start, end in self.expected(professional["id"])]
            self.assertEqual(times, expected)
            summaries = {str(event["summary"]) for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}
            self.assertEqual({event["summary"] for event in read_by_ical_js(text)}, summaries)

    def test_nothing_of_anyone_but_initials(self):
        text = self.ctl("export", "--ics", CASELOAD["professionals"][0]["id"]).stdout
        unfolded = re.sub(r"\r?\n[ \t]", "", text)
        for student in CASELOAD["students"]:
            self.assertNotIn(student["name"], unfolded)
            self.assertNotIn(student["id"], unfolded)
        for session in (session for followup in CASELOAD["followups"] for session in followup["sessions"]):
            self.assertNotIn(session["id"], unfolded)
            self.assertNotIn(session["act"], unfolded)
        self.assertTrue(all(len(line.encode()) <= 75 for line in text.splitlines()))

    def test_a_week_is_part_of_it(self):
        professional = CASELOAD["professionals"][0]["id"]
        week = self.ctl("agenda", professional, "--week", CASELOAD["horizon"]["from"], "--ics", "--lang", "fr").stdout
        whole = self.ctl("export", "--ics", professional).stdout
        uids = [{event["uid"] for event in icalendar.Calendar.from_ical(text).walk("VEVENT")} for text in (week, whole)]
        self.assertTrue(uids[0])
        self.assertLess(uids[0], uids[1])
        self.assertIn("SUMMARY:Séance ", week)


if __name__ == "__main__":
    tap.main()
