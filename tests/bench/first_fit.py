#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does by hand: a plan of tests/planning/FORMAT.md in which nothing is ever moved, to measure the planner against.

usage: first_fit.py CASELOAD.json --out PLAN.json [--policies DIR]

Follow-ups by priority, then by their first target date; their sessions one after the other, each at the first valid place at or
after its target date in the mode that is preferred (any mode where none is, in person first). Where there is none: the first in
another mode; then the last day before the target date. Where there is none either, it and the later ones are left out.
It shares no code with the planner nor with the judge. A caseload to plan again (`previous`) is refused.
"""
import argparse
import collections
import configparser
import datetime as dt
import itertools
import json
import pathlib
import sys

PLANNING = pathlib.Path(__file__).resolve().parent.parent / "planning"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IN_PERSON, AT_SCHOOL, FROM_HOME = MODES = ("in-person", "video-school", "video-remote")
NO_LIMIT = 10 ** 9
Act = collections.namedtuple("Act", "modes present first_in_person in_person_every gap_min gap_max companion_below guardian_below")
Day = collections.namedtuple("Day", "buffer sessions minutes sites video pause")


def clock(text):
    return int(text[:2]) * 60 + int(text[3:])


def span(first, last):
    """The minutes first to last, both included, as a set of bits."""
    return ((1 << (last - first + 1)) - 1) << first if first <= last else 0


def within(windows, length):
    """The minutes at which so long a session starts and lies within one of the windows."""
    starts = 0
    for first, end in windows:
        starts |= span(first, end - length)
    return starts


def clear(starts, taken, length, pause=0):
    """The starts of a session so long that meets nothing taken, nor is nearer to it than the pause."""
    for first, end in taken:
        starts &= ~span(max(0, first - length - pause + 1), end + pause - 1)
    return starts


def each(starts):
    while starts:
        lowest = starts & -starts
        yield lowest.bit_length() - 1
        starts ^= lowest


def windows_of(hours):
    """By weekday number."""
    return [[(clock(a), clock(b)) for a, b in hours.get(day, ())] for day in WEEK]


def policy_of(path):
    text = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
    text.optionxform = str
    text.read_string(path.read_text(encoding="utf-8"))

    def number(section, key, absent):
        return int(text.get(section, key, fallback=absent))

    def truth(section, key, absent):
        return text.get(section, key, fallback=absent).strip() in ("true", "1")

    limits = Day(*(number("Day", key, absent) for key, absent in (
        ("BufferMinutes", 0), ("MaxSessions", NO_LIMIT), ("MaxMinutes", NO_LIMIT), ("MaxSites", NO_LIMIT),
        ("MaxConsecutiveVideoMinutes", NO_LIMIT), ("BreakMinutes", NO_LIMIT))))
    acts = {}
    for section in text.sections():
        if section.startswith("Act "):
            kinds = [kind.strip() for kind in text.get(section, "Modalities", fallback="in-person;video").split(";")]
            acts[section[4:]] = Act(
                [mode for mode in MODES if ("in-person" if mode == IN_PERSON else "video") in kinds],
                truth(section, "StudentPresent", "true"), truth(section, "FirstInPerson", "false"),
                number(section, "InPersonEvery", 0), number(section, "MinGapDays", 0),
                number(section, "MaxGapDays", NO_LIMIT), number(section, "CompanionBelowAge", 0),
                number(section, "GuardianBelowAge", 0))
    return limits, acts


class Caseload:
    def __init__(self, document, policies):
        if document.get("format") != "comodal-caseload/1":
            raise ValueError("not a comodal-caseload/1")
        if document.get("previous"):
            raise ValueError("a caseload to plan again")
        self.document = document
        self.first = dt.date.fromisoformat(document["horizon"]["from"]).toordinal()
        self.last = dt.date.fromisoformat(document["horizon"]["to"]).toordinal()
        self.replan_from = dt.date.fromisoformat(document.get("replan_from", document["horizon"]["from"])).toordinal()
        self.grid = sum(1 << minute for minute in range(0, 1440, document["grid_minutes"]))
        self.travel = document["travel_minutes"]
        self.calendars = {c["id"]: {dt.date.fromisoformat(d["date"]).toordinal(): (d["kind"], d.get("cycle_day"))
                                    for d in c["days"]} for c in document["calendars"]}
        self.sites = {s["id"]: (self.calendars[s["calendar"]], [tuple(map(clock, s["open"]))]) for s in document["sites"]}
        self.rooms, self.companions = collections.defaultdict(list), collections.defaultdict(list)
        for room in document["rooms"]:
            self.rooms[room["site"]].append((room["id"], room["uses"]))
        for companion in document["companions"]:
            self.companions[companion["site"]].append((companion["id"], windows_of(companion["hours"])))
        self.professionals = {p["id"]: p for p in document["professionals"]}
        self.students = {s["id"]: s for s in document["students"]}
        self.contacts = {c["id"]: c for c in document["contacts"]}
        self.hours = {p["id"]: windows_of(p["hours"]) for p in document["professionals"]}
        self.contact_hours = {c["id"]: windows_of(c["hours"]) for c in document["contacts"]}
        self.policies = {profession: policy_of(pathlib.Path(policies) / f"{profession}.policy")
                         for profession in {p["profession"] for p in document["professionals"]}}


class Hand:
    """Where everything stands so far."""

    def __init__(self, case):
        self.case = case
        self.taken = collections.defaultdict(list)  # (kind, id, day) -> [(from, to)]; a professional's: busy times only
        self.days = collections.defaultdict(list)  # (professional, day) -> [(from, to, mode, site)], in order
        for busy in case.document.get("busy", ()):
            day = dt.date.fromisoformat(busy["date"]).toordinal()
            self.taken[busy["kind"], busy["id"], day].append((clock(busy["from"]), clock(busy["to"])))
        self.absent = {p["id"]: [tuple(dt.date.fromisoformat(d).toordinal() for d in pair) for pair in p["absences"]]
                       for p in case.document["professionals"]}

    def road(self, a, b):
        return 0 if a == b else self.case.travel[a][b]

    def keeps_day(self, limits, visits):
        """The limits of a professional's day; buffers are seen to by the starts."""
        sites = {site for _, _, mode, site in visits if mode == IN_PERSON}
        if (len(visits) > limits.sessions or sum(end - first for first, end, _, _ in visits) > limits.minutes
                or len(sites) > limits.sites):
            return False
        here, gap, run, before = None, 0, 0, None
        for first, end, mode, site in visits:
            pause = NO_LIMIT if before is None else first - before
            gap = max(gap, pause)
            if mode == IN_PERSON:
                if here not in (None, site) and gap < self.road(here, site):
                    return False
                here, gap, run = site, 0, 0
            else:
                run = end - first + (0 if pause >= limits.pause else run)
                if run > limits.video:
                    return False
            before = end
        return True

    def starts_of_people(self, ask, day):
        """Whatever the mode: the professional, those who take part, other things."""
        weekday = (day - 1) % 7
        starts = within(self.case.hours[ask.professional][weekday], ask.length) & self.case.grid
        starts = clear(starts, self.taken["professional", ask.professional, day], ask.length)
        starts = clear(starts, [visit[:2] for visit in self.days[ask.professional, day]], ask.length, ask.limits.buffer)
        if ask.act.present:
            starts = clear(starts, self.taken["student", ask.student["id"], day], ask.length)
        for contact in ask.session["participants"]:
            starts &= within(self.case.contact_hours[contact][weekday], ask.length)
            starts = clear(starts, self.taken["contact", contact, day], ask.length)
        return starts

    def starts_of_student(self, ask, day, mode, cycle_day):
        weekday = (day - 1) % 7
        if mode == FROM_HOME:
            return within(ask.remote[weekday], ask.length) if ask.act.present else -1
        starts = within(self.case.sites[ask.student["site"]][1], ask.length)
        if ask.act.present:
            lessons = [(clock(b["from"]), clock(b["to"])) for b in ask.student["blocked"] if b["cycle_day"] == cycle_day]
            starts = clear(starts, lessons, ask.length)
        return starts

    def offers(self, ask, day, mode):
        """(starts, room, companion): each way to hold it in that mode on that day, as far as people and rooms go."""
        site, length = ask.student["site"], ask.length
        kind, cycle_day = self.case.sites[site][0].get(day, ("closed", None))
        age = ask.age(day)
        if kind != "class" and (kind, mode) != ("pedagogical", FROM_HOME):
            return
        if mode == IN_PERSON and site not in self.case.professionals[ask.professional]["sites"]:
            return
        if mode == AT_SCHOOL and not ask.act.present:
            return
        if mode == FROM_HOME and ask.act.present and age < ask.act.guardian_below and not ask.guarded:
            return
        starts = self.starts_of_people(ask, day)
        starts &= self.starts_of_student(ask, day, mode, cycle_day) if starts else 0
        if not starts:
            return
        rooms, companions = [(None, starts)], [(None, -1)]
        if mode != FROM_HOME:
            use = "in-person" if mode == IN_PERSON else "video"
            rooms = [(room, clear(starts, self.taken["room", room, day], length))
                     for room, uses in self.case.rooms[site] if use in uses]
        if mode == AT_SCHOOL and age < ask.act.companion_below:
            companions = [(who, clear(within(hours[(day - 1) % 7], length), self.taken["companion", who, day], length))
                          for who, hours in self.case.companions[site]]
        for (room, some), (companion, others) in itertools.product(rooms, companions):
            yield some & others, room, companion

    def find_on(self, ask, day, mode):
        """The first start of a day, its room and its companion."""
        ways = [(starts, room, companion) for starts, room, companion in self.offers(ask, day, mode) if starts]
        together = 0
        for starts, _, _ in ways:
            together |= starts
        if day == ask.after_day:
            together &= -1 << ask.after_end
        visits = self.days[ask.professional, day]
        for start in each(together):
            visit = (start, start + ask.length, mode, ask.student["site"])
            if self.keeps_day(ask.limits, sorted([*visits, visit])):
                return next((start, room, companion) for starts, room, companion in ways if starts >> start & 1)
        return None

    def find(self, ask):
        """(day, start, mode, room, companion), or None."""
        prefer = ask.session["prefer"]
        liked = [mode for mode in ask.modes if prefer is None or (mode == IN_PERSON) == (prefer == "in-person")]
        others = [mode for mode in ask.modes if mode not in liked]
        first, last = ask.reach
        target = max(first, dt.date.fromisoformat(ask.session["target_date"]).toordinal())
        later, sooner = range(target, last + 1), range(min(target - 1, last), first - 1, -1)
        for days, modes in ((later, liked), (later, others), (sooner, liked), (sooner, others)):
            for day in days:
                if any(a <= day <= b for a, b in self.absent[ask.professional]):
                    continue
                for mode in modes:
                    found = self.find_on(ask, day, mode)
                    if found:
                        start, room, companion = found
                        return day, start, mode, room, companion
        return None

    def take(self, ask, place):
        day, start, mode, room, companion = place
        end = start + ask.length
        taken = [("room", room), ("companion", companion)] + [("contact", c) for c in ask.session["participants"]]
        for kind, who in taken + ([("student", ask.student["id"])] if ask.act.present else []):
            if who is not None:
                self.taken[kind, who, day].append((start, end))
        visits = self.days[ask.professional, day]
        visits.append((start, end, mode, ask.student["site"]))
        visits.sort()


class Ask:
    """A session to be placed, after those of its follow-up that stand."""

    def __init__(self, case, followup, session, placed):
        self.session, self.length = session, session["minutes"]
        self.professional = followup["professional"]
        self.limits, acts = case.policies[case.professionals[self.professional]["profession"]]
        self.act = acts[session["act"]]
        self.student = case.students[followup["student"]]
        self.remote = windows_of(self.student["remote_hours"])
        self.birth = dt.date.fromisoformat(self.student["birth_date"])
        self.guarded = any(case.contacts[c]["kind"] == "guardian" for c in session["participants"])
        before = [mode for other, (_, _, mode, _, _) in placed if other["act"] == session["act"]]
        every = self.act.in_person_every
        alone = (self.act.first_in_person and not before) or (every and len(before) >= every - 1
                                                              and IN_PERSON not in before[len(before) - every + 1:])
        self.modes = [mode for mode in self.act.modes
                      if mode in session.get("modes", MODES) and (mode == IN_PERSON or not alone)]
        first = max(case.first, case.replan_from, dt.date.fromisoformat(followup["not_before"]).toordinal())
        last, self.after_day, self.after_end = case.last, None, 0
        if placed:
            other, (day, start, _, _, _) = placed[-1]
            self.after_day, self.after_end = day, start + other["minutes"]
            first, last = max(first, day + self.act.gap_min), min(last, day + self.act.gap_max)
        self.reach = first, last

    def age(self, day):
        date = dt.date.fromordinal(day)
        return date.year - self.birth.year - ((date.month, date.day) < (self.birth.month, self.birth.day))


def cost_of_session(case, followup, session, place):
    """Of what depends on the session alone: (name, points)."""
    day, start, mode, _, _ = place
    student, end = case.students[followup["student"]], start + session["minutes"]
    late = day - dt.date.fromisoformat(session["target_date"]).toordinal()
    yield "lateness", 4 * followup["priority"] * late if late > 0 else -late
    if session["prefer"] is not None and (session["prefer"] == "in-person") != (mode == IN_PERSON):
        yield "modality", 30
    for contact in session["participants"]:
        liked = windows_of(case.contacts[contact]["preferred"])[(day - 1) % 7]
        yield "preference", 0 if any(a <= start and end <= b for a, b in liked) else 10
    _, acts = case.policies[case.professionals[followup["professional"]]["profession"]]
    if mode != FROM_HOME and acts[session["act"]].present:
        cycle_day = case.sites[student["site"]][0][day][1]
        for core in student["core"]:
            shared = min(end, clock(core["to"])) - max(start, clock(core["from"]))
            if core["cycle_day"] == cycle_day and shared > 0:
                yield "core", (shared + 4) // 5


def cost_of_round(hand, base, visits):
    sites = sorted({site for _, _, mode, site in visits if mode == IN_PERSON} - {base})
    rounds = ([base, *order, base] for order in itertools.permutations(sites))
    return min(sum(map(hand.road, way, way[1:])) for way in rounds)


def plan(case):
    hand, stands = Hand(case), {}
    cost = dict.fromkeys(("unscheduled", "lateness", "travel", "core", "modality", "rhythm", "preference", "moved"), 0)
    order = [f for f in case.document["followups"] if f["sessions"]]
    for followup in sorted(order, key=lambda f: (-f["priority"], f["sessions"][0]["target_date"])):
        placed = []
        for session in followup["sessions"]:
            ask = Ask(case, followup, session, placed)
            place = hand.find(ask)
            if place is None:
                break
            hand.take(ask, place)
            placed.append((session, place))
            for name, points in cost_of_session(case, followup, session, place):
                cost[name] += points
        stands.update((session["id"], place) for session, place in placed)
        cost["unscheduled"] += 1000 * followup["priority"] * (len(followup["sessions"]) - len(placed))
        rhythm = collections.Counter(((day - 1) % 7, start) for _, (day, start, _, _, _) in placed)
        cost["rhythm"] += 15 * (len(placed) - max(rhythm.values(), default=0))
    for (professional, _), visits in hand.days.items():
        cost["travel"] += cost_of_round(hand, case.professionals[professional]["base"], visits)
    cost["total"] = sum(cost.values())
    sessions, unscheduled = [], []
    for session in (s for f in case.document["followups"] for s in f["sessions"]):
        if session["id"] not in stands:
            unscheduled.append({"id": session["id"], "reason": "no place is left for it or for one before it"})
            continue
        day, start, mode, room, companion = stands[session["id"]]
        sessions.append({"id": session["id"], "date": str(dt.date.fromordinal(day)), "mode": mode, "room": room,
                         "start": f"{start // 60:02d}:{start % 60:02d}", "companion": companion})
    return {"format": "comodal-plan/1", "organisation": case.document["organisation"]["id"], "sessions": sessions,
            "unscheduled": unscheduled, "cost": cost}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("caseload", type=pathlib.Path)
    parser.add_argument("--policies", default=PLANNING / "policies")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    asked = parser.parse_args()
    try:
        case = Caseload(json.loads(asked.caseload.read_text(encoding="utf-8")), asked.policies)
    except (OSError, ValueError, KeyError, configparser.Error) as error:
        sys.exit(f"first_fit.py: {asked.caseload}: {error}")
    found = plan(case)
    asked.out.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"placed {len(found['sessions'])}, left out {len(found['unscheduled'])}, cost {found['cost']['total']}")


if __name__ == "__main__":
    main()
