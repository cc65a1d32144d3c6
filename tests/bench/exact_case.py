# SPDX-License-Identifier: GPL-3.0-or-later
"""A caseload and its policies (tests/planning/FORMAT.md), and every placement that one session alone may have."""
import collections
import configparser
import datetime as dt
import itertools
import math
import pathlib

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MODES = ("in-person", "video-school", "video-remote")
COSTS = ("unscheduled", "lateness", "travel", "core", "modality", "rhythm", "preference", "moved")

Column = collections.namedtuple("Column", "session date start end mode companion site costs")


class Unsuitable(Exception):
    """The caseload cannot be read, or has no valid plan, or goes beyond what this model covers."""


def minute(text):
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spans(list_):
    return [(minute(a), minute(b)) for a, b in list_]


def fits(windows, start, end):
    return any(a <= start and end <= b for a, b in windows)


def meets(windows, start, end):
    return any(a < end and start < b for a, b in windows)


def age_on(student, date):
    birth = dt.date.fromisoformat(student["birth_date"])
    return date.year - birth.year - ((date.month, date.day) < (birth.month, birth.day))


class Rules:
    """What the planner obeys of one policy file; None where a key is absent."""

    def __init__(self, path):
        file = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        file.optionxform = str
        if not file.read(path, encoding="utf-8"):
            raise Unsuitable(f"no policy {path}")

        def number(group, key):
            return int(file[group][key]) if file.has_option(group, key) else None

        def switch(group, key, absent):
            return file[group].get(key, absent).strip() in ("true", "1")

        self.buffer = number("Day", "BufferMinutes") or 0
        self.max_sessions = number("Day", "MaxSessions")
        self.max_minutes = number("Day", "MaxMinutes")
        self.max_sites = number("Day", "MaxSites")
        self.max_video = number("Day", "MaxConsecutiveVideoMinutes")
        self.break_ = number("Day", "BreakMinutes")
        self.acts = {}
        for group in file.sections():
            if group.startswith("Act "):
                ways = file[group].get("Modalities", "in-person;video").split(";")
                self.acts[group[4:]] = {
                    "ways": {way.strip() for way in ways if way.strip()},
                    "present": switch(group, "StudentPresent", "true"),
                    "first": switch(group, "FirstInPerson", "false"),
                    "every": number(group, "InPersonEvery"),
                    "min_gap": number(group, "MinGapDays"),
                    "max_gap": number(group, "MaxGapDays"),
                    "companion_age": number(group, "CompanionBelowAge"),
                    "guardian_age": number(group, "GuardianBelowAge"),
                }


class Case:
    """A caseload and its policies, indexed for the model."""

    def __init__(self, document, policies):
        if document.get("format") != "comodal-caseload/1":
            raise Unsuitable("not a comodal-caseload/1")
        self.organisation = document["organisation"]["id"]
        self.grid = document["grid_minutes"]
        first, last = (dt.date.fromisoformat(document["horizon"][k]) for k in ("from", "to"))
        self.dates = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
        self.days = {c["id"]: {d["date"]: d for d in c["days"]} for c in document["calendars"]}
        for name in ("sites", "professionals", "students", "contacts"):
            setattr(self, name, {x["id"]: x for x in document[name]})
        self.rooms, self.companions = collections.defaultdict(list), collections.defaultdict(list)
        for name, at_site in (("rooms", self.rooms), ("companions", self.companions)):
            for x in document[name]:
                at_site[x["site"]].append(x)
        self.travel = document["travel_minutes"]
        self.followups = document["followups"]
        self.previous = {p["id"]: p for p in document.get("previous", [])}
        self.replan_from = document.get("replan_from", "")
        self.taken = collections.defaultdict(list)
        for b in document.get("busy", []):
            self.taken[b["kind"], b["id"], b["date"]].append((minute(b["from"]), minute(b["to"])))
        kinds = {p["profession"] for p in document["professionals"]}
        self.rules = {kind: Rules(pathlib.Path(policies) / f"{kind}.policy") for kind in kinds}

    def rules_of(self, professional):
        return self.rules[self.professionals[professional]["profession"]]

    def act_of(self, followup, session):
        try:
            return self.rules_of(followup["professional"]).acts[session["act"]]
        except KeyError:
            raise Unsuitable(f"{session['id']}: no policy for act {session['act']}") from None

    def free_rooms(self, site, date, start, end, use):
        return [r["id"] for r in self.rooms[site]
                if use in r["uses"] and not meets(self.taken["room", r["id"], date], start, end)]

    def minutes_between(self, a, b):
        return 0 if a == b else self.travel[a][b]

    def round_minutes(self, base, sites):
        away = [s for s in sites if s != base]
        if not away:
            return 0
        rounds = ((base, *order, base) for order in itertools.permutations(away))
        return min(sum(self.minutes_between(a, b) for a, b in zip(r, r[1:])) for r in rounds)


class Placements:
    """Every (date, start, mode, companion) that the rules of one session alone allow it, with what it costs alone."""

    def __init__(self, case):
        self.case = case
        self.columns = []
        self.of_session = {}
        for followup in case.followups:
            earliest = dt.date.min
            seen = set()
            for index, session in enumerate(followup["sessions"]):
                act = case.act_of(followup, session)
                if index:
                    earliest += dt.timedelta(max(0, act["min_gap"] or 0))
                must_meet = act["first"] and session["act"] not in seen
                seen.add(session["act"])
                count = self._add(followup, session, act, earliest, must_meet)
                mine = range(len(self.columns) - count, len(self.columns))
                self.of_session[session["id"]] = mine
                if not mine:
                    self.of_session.update({s["id"]: [] for s in followup["sessions"][index:]})
                    break
                earliest = min(self.columns[n].date for n in mine)

    def _add(self, followup, session, act, earliest, must_meet):
        old = self.case.previous.get(session["id"], {})
        added = []
        for date in self.case.dates:
            if date < earliest or str(date) < followup["not_before"]:
                continue
            if str(date) < self.case.replan_from and not old.get("locked"):
                continue
            for mode in MODES:
                if must_meet and mode != "in-person":
                    continue
                added += self._of_day(followup, session, act, date, mode)
        if old.get("locked"):
            there = (old["date"], old["start"], old["mode"])
            added = [c for c in added if (str(c.date), clock(c.start), c.mode) == there]
            if not added:
                raise Unsuitable(f"{session['id']}: its locked placement is not allowed")
        self.columns += added
        return len(added)

    def _of_day(self, followup, session, act, date, mode):
        """The placements of a session on one day in one mode."""
        case, text, weekday = self.case, str(date), WEEK[date.weekday()]
        professional = case.professionals[followup["professional"]]
        student = case.students[followup["student"]]
        site = case.sites[student["site"]]
        day = case.days[site["calendar"]].get(text, {"kind": "closed"})
        contacts = [case.contacts[c] for c in session["participants"]]
        use = "in-person" if mode == "in-person" else "video"
        if any(a <= text <= b for a, b in professional["absences"]):
            return []
        if day["kind"] != "class" and (day["kind"], mode) != ("pedagogical", "video-remote"):
            return []
        if mode not in session.get("modes", MODES) or use not in act["ways"]:
            return []
        if mode == "in-person" and site["id"] not in professional["sites"]:
            return []
        if mode == "video-school" and not act["present"]:
            return []
        age = age_on(student, date)
        if mode == "video-remote" and act["present"] and age < (act["guardian_age"] or 0):
            if not any(c["kind"] == "guardian" for c in contacts):
                return []
        within, without = self._times(act, professional, student, site, day, contacts, date, mode)
        accompanied = mode == "video-school" and age < (act["companion_age"] or 0)
        found = []
        for start in range(0, 24 * 60, case.grid):
            end = start + session["minutes"]
            if not all(fits(w, start, end) for w in within) or meets(without, start, end):
                continue
            if mode != "video-remote" and not case.free_rooms(site["id"], text, start, end, use):
                continue
            helpers = [None]
            if accompanied:
                helpers = [c["id"] for c in case.companions[site["id"]]
                           if fits(spans(c["hours"].get(weekday, [])), start, end)
                           and not meets(case.taken["companion", c["id"], text], start, end)]
            costs = self._costs(followup, session, act, student, day, date, start, end, mode)
            found += [Column(session["id"], date, start, end, mode, helper, site["id"], costs) for helper in helpers]
        return found

    def _times(self, act, professional, student, site, day, contacts, date, mode):
        """Lists of windows, one of each to be within; and the times to be clear of."""
        taken, text, weekday = self.case.taken, str(date), WEEK[date.weekday()]
        within = [spans(professional["hours"].get(weekday, []))]
        within += [spans(c["hours"].get(weekday, [])) for c in contacts]
        without = list(taken["professional", professional["id"], text])
        without += [w for c in contacts for w in taken["contact", c["id"], text]]
        if mode != "video-remote":
            within.append(spans([site["open"]]))
        if act["present"]:
            without += taken["student", student["id"], text]
            if mode == "video-remote":
                within.append(spans(student["remote_hours"].get(weekday, [])))
            else:
                without += [(minute(b["from"]), minute(b["to"])) for b in student["blocked"]
                            if b["cycle_day"] == day["cycle_day"]]
        return within, without

    def _costs(self, followup, session, act, student, day, date, start, end, mode):
        costs = dict.fromkeys(COSTS, 0)
        days = (date - dt.date.fromisoformat(session["target_date"])).days
        costs["lateness"] = 4 * followup["priority"] * days if days > 0 else -days
        if act["present"] and mode != "video-remote":
            for core in student["core"]:
                shared = min(end, minute(core["to"])) - max(start, minute(core["from"]))
                if core["cycle_day"] == day["cycle_day"] and shared > 0:
                    costs["core"] += math.ceil(shared / 5)
        if session["prefer"] and (session["prefer"] == "in-person") != (mode == "in-person"):
            costs["modality"] = 30
        for contact in session["participants"]:
            preferred = self.case.contacts[contact]["preferred"].get(WEEK[date.weekday()], [])
            costs["preference"] += 0 if fits(spans(preferred), start, end) else 10
        old = self.case.previous.get(session["id"])
        if old and (old["date"], old["start"], old["mode"]) != (str(date), clock(start), mode):
            costs["moved"] = 60
        return costs
