#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars are understood alike by everybody: what we write, by ical.js, libical and Python's icalendar, as it was meant; what others
write, by us as by them."""
import datetime
import json
import os
import pathlib
import subprocess
import unittest
import zoneinfo

import dateutil.rrule
import icalendar
import tap

ROOT = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
TOOL = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "calendar-tool"
UTC = datetime.timezone.utc
HORIZON = datetime.datetime(2029, 1, 1, tzinfo=UTC)


def run(command, text):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout


def by_tool(how, text):
    return read_json(run([TOOL, how], text))


def by_ical_js(text):
    folder = ROOT / "tests" / "node"
    if not (folder / "node_modules").exists():
        raise AssertionError("ical.js is missing: ./check installs it, and so does `npm ci` in tests/node")
    return read_json(run(["node", folder / "read-ics.mjs"], text))


def read_json(text):
    return sorted((event["uid"], event["start"], event["end"]) for event in json.loads(text))


def instant(value, zones):
    """Seconds UTC of a value of icalendar's; a day is its midnight in UTC."""
    if not isinstance(value.dt, datetime.datetime):
        return int(datetime.datetime.combine(value.dt, datetime.time(), UTC).timestamp())
    return int(localize(value, value.dt, zones).timestamp())


def localize(value, time, zones):
    """A time of the value's zone, by the rules that the file has of it, or else by its name."""
    if time.tzinfo is UTC or value.params.get("TZID") is None:
        return time.replace(tzinfo=UTC)
    name = value.params["TZID"]
    if name not in zones:
        return time.replace(tzinfo=zoneinfo.ZoneInfo("/".join(name.split("/")[-2:])))
    return zones[name].localize(time.replace(tzinfo=None))


def starts_of(event, zones):
    """The starts of an event, each by the clock of its zone; icalendar does not follow recurrences itself."""
    start = event["dtstart"]
    if "rrule" not in event or not isinstance(start.dt, datetime.datetime):
        return [instant(start, zones)]
    rule = dict(event["rrule"])
    until = rule.pop("UNTIL", [HORIZON])[0]
    if not isinstance(until, datetime.datetime):
        until = datetime.datetime.combine(until, datetime.time(23, 59, 59))
    text = icalendar.vRecur(rule).to_ical().decode()
    exceptions = event.get("exdate", [])
    exceptions = exceptions if isinstance(exceptions, list) else [exceptions]
    left_out = {instant_of_exception(value, one, zones) for one in exceptions for value in one.dts}
    naive = start.dt.replace(tzinfo=None)
    found = []
    for time in dateutil.rrule.rrulestr(text, dtstart=naive):
        here = localize(start, time, zones)
        if here > (until if until.tzinfo else localize(start, until, zones)) or here >= HORIZON:
            break
        if int(here.timestamp()) not in left_out:
            found.append(int(here.timestamp()))
    return found


def instant_of_exception(value, holder, zones):
    value.params = holder.params
    return instant(value, zones)


def by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    zones = {str(zone["TZID"]): zone.to_tz() for zone in calendar.walk("VTIMEZONE")}
    events = calendar.walk("VEVENT")
    replaced = {(str(event["uid"]), instant(event["recurrence-id"], zones))
                for event in events if "recurrence-id" in event}
    read = []
    for event in events:
        uid = str(event["uid"])
        end = event["dtend"] if "dtend" in event else event["dtstart"]
        length = instant(end, zones) - instant(event["dtstart"], zones)
        read += [(uid, start, start + length) for start in starts_of(event, zones)
                 if "recurrence-id" in event or (uid, start) not in replaced]
    return sorted(read)


READERS = {"our reader": lambda text: by_tool("ours", text), "libical": lambda text: by_tool("libical", text),
           "ical.js": by_ical_js, "icalendar": by_icalendar}


def at(zone, text):
    """The instant of "2026-10-20 09:00" in a zone."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp())


def write(method, *events):
    lines = ["[calendar]", f"method={method}"]
    for number, event in enumerate(events):
        lines.append(f"[{number}]")
        lines += [f"{key}={value}" for key, value in event.items()]
    return run([TOOL, "write"], "\n".join(lines).encode())


class Written(unittest.TestCase):
    def check(self, text, expected):
        for name, reader in READERS.items():
            with self.subTest(reader=name):
                self.assertEqual(reader(text), sorted(expected), text.decode())

    def single(self, start, end, **more):
        event = {"uid": "a@css.example", "start": start, "end": end, "summary": "Rencontre — École", **more}
        self.check(write("REQUEST", event), [("a@css.example", start, end)])

    def series(self, zone, hour, first, last, exceptions=(), moved=(), length=2700):
        """A weekly one from a day to another, without some, with some moved to another time."""
        days = []
        day = datetime.date.fromisoformat(first)
        while day <= datetime.date.fromisoformat(last):
            days.append(day.isoformat())
            day += datetime.timedelta(days=7)
        starts = [at(zone, f"{day} {hour}") for day in days]
        left_out = [at(zone, f"{day} {hour}") for day in exceptions]
        master = {"uid": "s@css.example", "start": starts[0], "end": starts[0] + length, "zone": zone, "interval": 1,
                  "weekdays": 1 << datetime.date.fromisoformat(first).weekday(), "until": starts[-1],
                  "exceptions": ";".join(map(str, left_out)), "summary": "Suivi"}
        others = [{"uid": "s@css.example", "recurrence_id": at(zone, f"{day} {hour}"), "start": at(zone, new),
                   "end": at(zone, new) + length, "zone": zone, "summary": "Suivi"} for day, new in moved]
        expected = [start for start in starts if start not in left_out + [one["recurrence_id"] for one in others]]
        expected += [one["start"] for one in others]
        self.check(write("REQUEST", master, *others), [("s@css.example", start, start + length) for start in expected])

    def test_single_events_around_the_change_of_the_clock(self):
        for start in ("2026-10-31 09:00", "2026-11-01 00:30", "2026-11-01 09:00", "2026-11-02 09:00",
                      "2027-03-13 09:00", "2027-03-14 09:00", "2027-03-15 09:00"):
            self.single(at("America/Toronto", start), at("America/Toronto", start) + 2700)

    def test_both_hours_of_the_overlap(self):
        # 01:30 at -4, then at -5: in UTC there is no doubt
        for start in (1793511000, 1793514600):
            self.single(start, start + 3600)

    def test_series_over_the_change_of_the_clock(self):
        self.series("America/Toronto", "09:00", "2026-10-20", "2026-12-08")
        self.series("America/Toronto", "15:15", "2027-02-22", "2027-04-12")
        # on the very day
        self.series("America/Toronto", "10:00", "2026-10-18", "2026-11-15")
        self.series("Europe/Paris", "09:00", "2026-10-06", "2026-11-24")
        self.series("America/St_Johns", "08:10", "2027-02-23", "2027-04-06")

    def test_series_without_summer_time(self):
        self.series("America/Blanc-Sablon", "09:00", "2026-10-20", "2026-12-08")
        self.series("America/Regina", "09:00", "2027-02-23", "2027-04-06")

    def test_series_over_a_closure(self):
        self.series("America/Toronto", "13:05", "2027-01-12", "2027-04-27", exceptions=["2027-03-02", "2027-03-30"],
                    moved=[("2027-03-16", "2027-03-17 10:20"), ("2027-04-06", "2027-04-06 14:45")])

    def test_feed(self):
        events = [{"uid": f"{number}@css.example", "start": at("America/Toronto", f"2026-11-0{number} 09:00"),
                   "end": at("America/Toronto", f"2026-11-0{number} 09:45"), "summary": "Séance Z. T."}
                  for number in range(1, 8)]
        self.check(write("PUBLISH", *events), [(event["uid"], event["start"], event["end"]) for event in events])

    def test_texts(self):
        event = {"uid": "t@css.example", "start": 1793511000, "end": 1793514600, "organizer_name": "O'Neil: Anne; ing., ps.",
                 "attendee_name": "Zoé Tremblay", "summary": r"Rencontre; « École », 2\\3 " + "é" * 60,
                 "location": "https://visio.css.example/r/x1?a=1&b=2", "description": r"Une ligne\nDeux, trois\; quatre"}
        text = write("REQUEST", event)
        read = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
        self.assertEqual(read["summary"], "Rencontre; « École », 2\\3 " + "é" * 60)
        self.assertEqual(read["location"], event["location"])
        self.assertEqual(read["organizer"].params["CN"], event["organizer_name"])
        self.assertEqual(read["attendee"].params["CN"], event["attendee_name"])
        self.assertEqual(read["attendee"], "mailto:zoe@mail.example")
        self.assertTrue(all(len(line) <= 75 for line in text.split(b"\r\n")))
        self.assertNotIn(b"\n", text.replace(b"\r\n", b""))


class Read(unittest.TestCase):
    """Of tests/fixtures/ical/: the times that we read are those that the others do."""

    # which of the others does not read it as RFC 5545 says, or not at all, and why
    APART = {
        "clock-gap-hour": {"libical": "takes the offset after the gap", "ical.js": "needs the zone in the file"},
        "clock-no-summer-time": {"ical.js": "needs the zone in the file"},
        "clock-overlap-hour": {"libical": "takes the second", "ical.js": "needs the zone in the file"},
        "evolution-reply-delegated": {"ical.js": "needs the zone in the file"},
        "ical4j-classify": dict.fromkeys(("libical", "ical.js", "icalendar"), "takes one calendar only"),
        "icalendar-issue_165_missing_event": dict.fromkeys(("libical", "ical.js", "icalendar"), "needs a UID"),
        "icalendar-issue_350": dict.fromkeys(("ical.js", "icalendar"), "takes no property before BEGIN:VCALENDAR"),
        "exchange-reply-utc-zone": {"ical.js": "needs quotes about TZID", "icalendar": "needs quotes about TZID"},
    }

    def test_fixtures(self):
        compared = 0
        for path in sorted((ROOT / "tests" / "fixtures" / "ical").glob("*.ics")):
            if path.with_suffix(".txt").read_text().startswith("refused"):
                continue
            text = path.read_bytes()
            ours = by_tool("ours", text)
            apart = self.APART.get(path.stem, {})
            for name, reader in READERS.items():
                if name in apart or not ours:
                    continue
                with self.subTest(file=path.stem, reader=name):
                    self.assertEqual(reader(text), ours)
                    compared += 1
        self.assertGreater(compared, 100)


if __name__ == "__main__":
    tap.main()
