# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/planning/FORMAT.md as a mixed-integer program: one binary a placement (exact_case.py), the rest follows."""
import bisect
import collections
import datetime as dt
import itertools

import numpy as np
from scipy import sparse

from exact_case import Unsuitable, meets

CHAINS_MAX = 200_000  # sequences of video sessions without a break that one professional's day may hold


def ones(variables):
    return [(v, 1) for v in variables]


def minus(variables):
    return [(v, -1) for v in variables]


class Program:
    """A mixed-integer program, built by rows of (variable, factor)."""

    def __init__(self):
        self.cost, self.whole, self.top = [], [], []
        self.low, self.high = [], []
        self.rows, self.cols, self.factors = [], [], []

    def variable(self, cost=0, whole=False, top=1):
        self.cost.append(cost)
        self.whole.append(whole)
        self.top.append(top)
        return len(self.cost) - 1

    def row(self, terms, low=-np.inf, high=np.inf):
        terms = list(terms)
        if not terms:
            if low > 0 or high < 0:
                raise Unsuitable("there is no valid plan")
            return
        number = len(self.low)
        for variable, factor in terms:
            self.rows.append(number)
            self.cols.append(variable)
            self.factors.append(factor)
        self.low.append(low)
        self.high.append(high)

    def at_most_one(self, variables):
        variables = list(variables)
        if len(variables) > 1:
            self.row(((v, 1) for v in variables), high=1)

    def matrix(self):
        return sparse.csc_matrix((self.factors, (self.rows, self.cols)), shape=(len(self.low), len(self.cost)))


class Model:
    """FORMAT.md as a Program: one binary a placement, the rest follows from them."""

    def __init__(self, case, placements, roomed=()):
        self.case, self.columns, self.of_session = case, placements.columns, placements.of_session
        self.program = Program()
        for column in self.columns:  # a variable has its column's number
            self.program.variable(sum(column.costs.values()), whole=True)
        self.dropped = {}
        self.once_a_day = {}
        for followup in case.followups:
            spaced = all((case.act_of(followup, s)["min_gap"] or 0) >= 1 for s in followup["sessions"][1:])
            for session in followup["sessions"]:
                self.once_a_day[session["id"]] = ("f", followup["id"]) if spaced else ("s", session["id"])
        self.groups = self._grouped()
        for followup in case.followups:
            self._order(followup)
            self._in_person(followup)
            self._rhythm(followup)
        for (who, id_, date), numbers in self.groups.items():
            if who in ("student", "contact", "companion"):
                self._one_at_a_time(numbers)
            elif who == "site":
                self._rooms(id_, date, numbers)
                if (id_, date) in roomed:
                    self._named_rooms(id_, date, numbers)
            elif who == "professional":
                self._day(id_, date, numbers)

    def _grouped(self):
        groups = collections.defaultdict(list)
        for followup in self.case.followups:
            for session in followup["sessions"]:
                present = self.case.act_of(followup, session)["present"]
                for n in self.of_session[session["id"]]:
                    column = self.columns[n]
                    groups["professional", followup["professional"], column.date].append(n)
                    if present:
                        groups["student", followup["student"], column.date].append(n)
                    for contact in session["participants"]:
                        groups["contact", contact, column.date].append(n)
                    if column.companion:
                        groups["companion", column.companion, column.date].append(n)
                    if column.mode != "video-remote":
                        groups["site", column.site, column.date].append(n)
        return groups

    # ---- a follow-up ------------------------------------------------------------------------------------------------

    def _order(self, followup):
        """Each session once or never; cumulative counts by day keep the order and the gaps."""
        program, before = self.program, None
        for session in followup["sessions"]:
            act, mine = self.case.act_of(followup, session), self.of_session[session["id"]]
            old = self.case.previous.get(session["id"])
            left = program.variable(1000 * followup["priority"] + (60 if old else 0), whole=True)
            program.row(ones(mine) + ones([left]), low=1, high=1)
            if old and old.get("locked"):
                program.row(ones([left]), high=0)
            self.dropped[session["id"]] = left
            by_date = collections.defaultdict(list)
            for n in mine:
                by_date[self.columns[n].date].append(n)
            counts, dates = [], sorted(by_date)
            for date in dates:
                here = program.variable()
                program.row(ones([here]) + minus(by_date[date]) + minus(counts[-1:]), low=0, high=0)
                counts.append(here)
            if before is not None:
                self._after(before, (dates, counts, by_date), act)
            before = (dates, counts, by_date)

    def _after(self, before, this, act):
        dates, counts, by_date = this
        old_dates, old_counts, old_by_date = before
        least = max(0, act["min_gap"] or 0)

        def until(dates_, counts_, date):
            """The count of what is placed at `date` or before."""
            n = bisect.bisect_right(dates_, date)
            return [counts_[n - 1]] if n else []

        for date, count in zip(dates, counts):
            earlier = until(old_dates, old_counts, date - dt.timedelta(least))
            self.program.row(ones([count]) + minus(earlier), high=0)
            if least == 0 and date in old_by_date:
                yesterday = until(old_dates, old_counts, date - dt.timedelta(1))
                for start in sorted({self.columns[n].start for n in by_date[date]}):
                    now = [n for n in by_date[date] if self.columns[n].start <= start]
                    done = [n for n in old_by_date[date] if self.columns[n].end <= start]
                    gone = until(dates, counts, date - dt.timedelta(1))
                    self.program.row(ones(gone) + ones(now) + minus(yesterday) + minus(done), high=0)
        if act["max_gap"] is None:
            return
        for date in [dt.date.min, *old_dates]:  # placed after `date` + gap only if the one before is after `date`
            limit = date + dt.timedelta(act["max_gap"]) if date != dt.date.min else date
            late = ones(counts[-1:]) + minus(until(dates, counts, limit))
            if late and (not dates or limit < dates[-1]):
                self.program.row(late + minus(old_counts[-1:]) + ones(until(old_dates, old_counts, date)), high=0)

    def _in_person(self, followup):
        by_act = collections.defaultdict(list)
        for session in followup["sessions"]:
            by_act[session["act"]].append(session)
        for sessions in by_act.values():
            every = self.case.act_of(followup, sessions[0])["every"]
            for n in range(len(sessions) - every + 1 if every else 0):
                some = sessions[n:n + every]
                met = [c for s in some for c in self.of_session[s["id"]] if self.columns[c].mode == "in-person"]
                self.program.row(ones(met) + ones([self.dropped[some[-1]["id"]]]), low=1)

    def _rhythm(self, followup):
        """One chosen (weekday, start); 15 for each session placed elsewhere."""
        if len(followup["sessions"]) < 2:
            return
        program = self.program
        slots = collections.defaultdict(lambda: collections.defaultdict(list))
        for session in followup["sessions"]:
            for n in self.of_session[session["id"]]:
                column = self.columns[n]
                slots[column.date.weekday(), column.start][session["id"], column.date].append(n)
        choice = {slot: program.variable(whole=True) for slot in sorted(slots)}
        program.at_most_one(choice.values())
        kept = collections.defaultdict(list)
        for slot, numbers in slots.items():
            alone = collections.defaultdict(list)
            for (id_, date), some in numbers.items():
                same = program.variable()
                kept[id_].append(same)
                alone["session", id_].append(same)
                alone["date", date].append(same)  # one start, so one session
                program.row(ones([same]) + minus(some), high=0)
            for some in alone.values():
                program.row(ones(some) + minus([choice[slot]]), high=0)
        for session in followup["sessions"]:
            other = program.variable(15, whole=True)  # 1 when placed out of the rhythm
            program.row(ones([other]) + ones(kept[session["id"]]) + ones([self.dropped[session["id"]]]), low=1)

    # ---- people and rooms -------------------------------------------------------------------------------------------

    def _one_at_a_time(self, numbers, tail=0, others=()):
        """`others`: more (variable, from, to) that share the time. Intervals that meet pairwise share a point."""
        taken = [(n, self.columns[n].start, self.columns[n].end + tail) for n in numbers] + list(others)
        for point in sorted({start for _, start, _ in taken}):
            self.program.at_most_one(n for n, start, end in taken if start <= point < end)

    def _rooms(self, site, date, numbers):
        """At any time no more sessions than rooms, for each use and for both; that may not be enough (_named_rooms)."""
        rooms, busy = self.case.rooms[site], self.case.taken
        points = {self.columns[n].start for n in numbers}
        points |= {a for r in rooms for a, _ in busy["room", r["id"], str(date)]}
        for point in sorted(points):
            free = [r for r in rooms if not meets(busy["room", r["id"], str(date)], point, point + 1)]
            now = [n for n in numbers if self.columns[n].start <= point < self.columns[n].end]
            for uses in ({"in-person"}, {"video"}, {"in-person", "video"}):
                some = [n for n in now if ("in-person" if self.columns[n].mode == "in-person" else "video") in uses]
                capacity = sum(1 for r in free if uses & set(r["uses"]))
                if len(some) > capacity:
                    self.program.row(ones(some), high=capacity)

    def _named_rooms(self, site, date, numbers):
        in_room = collections.defaultdict(list)
        for n in numbers:
            column = self.columns[n]
            use = "in-person" if column.mode == "in-person" else "video"
            held = []
            for room in self.case.free_rooms(site, str(date), column.start, column.end, use):
                held.append(self.program.variable(whole=True))
                in_room[room].append((held[-1], column.start, column.end))
            self.program.row(ones([n]) + minus(held), low=0, high=0)
        for taken in in_room.values():
            self._one_at_a_time([], others=taken)

    # ---- a professional's day ---------------------------------------------------------------------------------------

    def _day(self, id_, date, numbers):
        rules, program = self.case.rules_of(id_), self.program
        length = [(n, self.columns[n].end - self.columns[n].start) for n in numbers]
        if rules.max_sessions is not None:
            program.row(ones(numbers), high=rules.max_sessions)
        if rules.max_minutes is not None:
            program.row(length, high=rules.max_minutes)
        self._one_at_a_time(numbers, rules.buffer, self._sites(id_, numbers, rules))
        if rules.max_video is not None and rules.break_ is not None:
            self._video_chains(numbers, rules)
        elif rules.max_video is not None:
            self._video_spans(numbers, rules)

    def _sites(self, id_, numbers, rules):
        """The sites of the day, their travel; returns the times on the road as (variable, from, to)."""
        case, program, base = self.case, self.program, self.case.professionals[id_]["base"]
        at_site = collections.defaultdict(list)
        for n in numbers:
            if self.columns[n].mode == "in-person":
                at_site[self.columns[n].site].append(n)
        sites = sorted(at_site)
        most = len(sites) if rules.max_sites is None else min(rules.max_sites, len(sites))
        if most > 2:
            raise Unsuitable("more than two sites a day are not modelled")
        sets = [set(some) for size in range(most + 1) for some in itertools.combinations(sites, size)]
        price = [case.round_minutes(base, some) for some in sets]
        useful = [i for i, some in enumerate(sets)
                  if not any(some < more and price[j] <= price[i] for j, more in enumerate(sets))]
        chosen = [(sets[i], program.variable(price[i], whole=True)) for i in useful]
        program.row(((v, 1) for _, v in chosen), high=1)
        visit = {s: [v for some, v in chosen if s in some] for s in sites}
        for site in sites:
            mine = at_site[site]
            for point in sorted({self.columns[n].start for n in mine}):
                now = [n for n in mine if self.columns[n].start <= point < self.columns[n].end + rules.buffer]
                program.row(ones(now) + minus(visit[site]), high=0)
            for some in self._alternatives(mine):
                program.row(ones(some) + minus(visit[site]), high=0)
        if most < 2:
            return []
        return self._whereabouts(numbers, at_site, visit, chosen, rules)

    def _alternatives(self, numbers):
        """A day's placements in lists of which one at most can be chosen: a session's, or a spaced follow-up's."""
        groups = collections.defaultdict(list)
        for n in numbers:
            groups[self.once_a_day[self.columns[n].session]].append(n)
        return groups.values()

    def _whereabouts(self, numbers, at_site, visit, chosen, rules):
        """Where the professional is at each start of the day; to be elsewhere, a gap long enough before that start.

        With two sites at most, a change of site is one travel, and the gap that holds it may be taken to end where the
        next session starts. A travel takes its minutes less the buffer that the session before it keeps free already.
        """
        program, road = self.program, []
        points = sorted({self.columns[n].start for n in numbers})
        pairs = [(*sorted(some), v) for some, v in chosen if len(some) == 2]
        previous = None
        for point in points:
            here = {s: program.variable() for s in at_site}
            program.at_most_one(here.values())
            arrive, leave = collections.defaultdict(list), collections.defaultdict(list)
            for a, b, used in pairs if previous else ():
                away = self.case.minutes_between(a, b) - rules.buffer
                both = []
                for x, y in ((a, b), (b, a)):
                    both.append(program.variable())
                    leave[x].append(both[-1])
                    arrive[y].append(both[-1])
                    if away > 0:
                        road.append((both[-1], point - away, point))
                program.row(ones(both) + minus([used]), high=0)
            for site, mine in at_site.items():
                program.row(ones([here[site]]) + minus(visit[site]), high=0)
                now = [n for n in mine if self.columns[n].start <= point < self.columns[n].end]
                program.row(ones(now) + minus([here[site]]), high=0)
                if previous:
                    stays = ones([previous[site]]) + minus(leave[site])
                    program.row(ones([here[site]]) + minus(arrive[site]) + [(v, -k) for v, k in stays], high=0)
                    program.row(ones(leave[site]) + minus([previous[site]]), high=0)
            previous = here
        return road

    def _video_chains(self, numbers, rules):
        """No unbroken sequence of video sessions over the limit; what is in person in its gaps breaks it."""
        video, meeting = collections.defaultdict(list), []
        for n in numbers:
            column = self.columns[n]
            if column.mode == "in-person":
                meeting.append(n)
            else:
                video[column.start, column.end].append(n)
        spans_ = sorted(video)
        count = 0
        stack = [([span], span[1] - span[0]) for span in spans_]
        while stack:
            chain, total = stack.pop()
            if total > rules.max_video:
                count += 1
                if count > CHAINS_MAX:
                    raise Unsuitable("too many sequences of video sessions")
                breaking = [n for n in meeting for (_, end), (start, _) in zip(chain, chain[1:])
                            if end <= self.columns[n].start and self.columns[n].end <= start]
                held = [n for span in chain for n in video[span]]
                self.program.row(ones(held) + minus(breaking), high=len(chain) - 1)
                continue
            end = chain[-1][1]
            for span in spans_[bisect.bisect_left(spans_, (end + rules.buffer, 0)):]:
                if span[0] - end >= rules.break_:
                    break
                stack.append((chain + [span], total + span[1] - span[0]))

    def _video_spans(self, numbers, rules):
        """No gap breaks: between any two times, video over the limit needs a session in person there."""
        points = sorted({self.columns[n].start for n in numbers})
        for first, last in itertools.combinations_with_replacement(points, 2):
            among = [n for n in numbers if first <= self.columns[n].start <= last]
            video = [(n, self.columns[n].end - self.columns[n].start) for n in among
                     if self.columns[n].mode != "in-person"]
            broken = [(n, -24 * 60) for n in among if self.columns[n].mode == "in-person"]
            self.program.row(video + broken, high=rules.max_video)
