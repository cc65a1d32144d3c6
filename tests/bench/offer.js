// SPDX-License-Identifier: GPL-3.0-or-later
// The interval sweep of offer-sweep.c as one would write it in JavaScript, for bench-offer: it reads the caseload and the plan, must
// give the same answers, and prints the median microseconds of each series.
//
// usage: node offer.js CASELOAD PLAN ANSWERS COUNT ALONE
"use strict";
const fs = require("fs");
const path = require("path");

const [caseloadPath, planPath, answersPath, countText, aloneText] = process.argv.slice(2);
const COUNT = Number(countText);
const ALONE = Number(aloneText);
const REPEATS = 20;
const WARM_UP = 3;
const MODES = ["in-person", "video-school", "video-remote"];
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const minute = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const dayNumber = (text) => Math.round(Date.parse(text + "T00:00:00Z") / 86400000);
const windows = (list) => (list || []).map(([from, to]) => ({ from: minute(from), to: minute(to) }));
const week = (hours) => WEEK.map((day) => windows((hours || {})[day]));
const byId = (list) => new Map(list.map((one) => [one.id, one]));

function readPolicy(profession) {
  const file = path.join(__dirname, "..", "planning", "policies", profession + ".policy");
  const groups = {};
  let group = null;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const heading = /^\[(.*)\]$/.exec(line);
    const pair = /^([A-Za-z]+)=(.*)$/.exec(line);
    if (heading) group = groups[heading[1]] = {};
    else if (pair) group[pair[1]] = pair[2];
  }
  return groups;
}

const doc = JSON.parse(fs.readFileSync(caseloadPath, "utf8"));
const plan = JSON.parse(fs.readFileSync(planPath, "utf8"));
const first = dayNumber(doc.horizon.from);
const last = dayNumber(doc.horizon.to);
const grid = doc.grid_minutes;
const days = Array.from({ length: last - first + 1 }, (_, i) => ({ weekday: (first + i + 3) % 7 }));
const sites = byId(doc.sites);
const professionals = byId(doc.professionals);
const students = byId(doc.students);
const contacts = byId(doc.contacts);
const policies = new Map();
const calendars = new Map();
const taken = new Map(); // "kind/id" -> array by day of sorted intervals
const sessions = [];

for (const calendar of doc.calendars) {
  const list = new Array(days.length).fill(null);
  for (const day of calendar.days) {
    const i = dayNumber(day.date) - first;
    if (i >= 0 && i < list.length) list[i] = day;
  }
  calendars.set(calendar.id, list);
}
for (const site of doc.sites) {
  site.from = minute(site.open[0]);
  site.to = minute(site.open[1]);
  site.days = calendars.get(site.calendar);
  site.rooms = doc.rooms.filter((room) => room.site === site.id);
  site.companions = doc.companions.filter((one) => one.site === site.id);
}
for (const list of [doc.companions, doc.professionals, doc.contacts]) for (const one of list) one.week = week(one.hours);
for (const contact of doc.contacts) contact.liked = week(contact.preferred);
for (const student of doc.students) {
  student.remote = week(student.remote_hours);
  for (const name of ["blocked", "core"])
    student[name] = student[name].map((w) => ({ day: w.cycle_day, from: minute(w.from), to: minute(w.to) }));
}
for (const one of doc.professionals) {
  one.away = (one.absences || []).map(([from, to]) => [dayNumber(from) - first, dayNumber(to) - first]);
  if (!policies.has(one.profession)) policies.set(one.profession, readPolicy(one.profession));
  const limits = policies.get(one.profession).Day || {};
  const limit = (key, none) => (key in limits ? Number(limits[key]) : none);
  one.limits = {
    buffer: limit("BufferMinutes", 0), sessions: limit("MaxSessions", Infinity), minutes: limit("MaxMinutes", Infinity),
    sites: limit("MaxSites", Infinity), video: limit("MaxConsecutiveVideoMinutes", Infinity),
    pause: limit("BreakMinutes", Infinity),
  };
}
doc.followups.forEach((followup, f) => {
  const professional = professionals.get(followup.professional);
  followup.start = f % ALONE === 0 ? first : dayNumber(followup.not_before);
  followup.sessions.forEach((session, position) => {
    const act = policies.get(professional.profession)["Act " + session.act];
    const number = (key, none) => (key in act ? Number(act[key]) : none);
    const yes = (key, none) => (key in act ? act[key] === "true" || act[key] === "1" : none);
    Object.assign(session, {
      index: sessions.length, followup, position, professional, alone: f % ALONE === 0,
      student: students.get(followup.student), people: session.participants.map((id) => contacts.get(id)), placed: null,
      target: f % ALONE === 0 ? Math.trunc((first + last) / 2) : dayNumber(session.target_date),
      allowed: session.modes || MODES, uses: act.Modalities.split(";"), present: yes("StudentPresent", true),
      firstInPerson: yes("FirstInPerson", false), every: number("InPersonEvery", Infinity),
      minGap: Math.max(number("MinGapDays", 1), 1), maxGap: number("MaxGapDays", Infinity),
      companionAge: number("CompanionBelowAge", 0), guardianAge: number("GuardianBelowAge", 0),
    });
    sessions.push(session);
  });
});

function take(kind, id, day, interval) {
  const key = kind + "/" + id;
  if (day < 0 || day >= days.length) return;
  if (!taken.has(key)) taken.set(key, new Array(days.length).fill(null));
  const list = taken.get(key);
  if (list[day] === null) list[day] = [];
  list[day].push(interval);
  list[day].sort((a, b) => a.from - b.from);
}

const none = [];
const takenOf = (kind, id, day) => (taken.has(kind + "/" + id) && taken.get(kind + "/" + id)[day]) || none;

for (const busy of doc.busy || [])
  take(busy.kind, busy.id, dayNumber(busy.date) - first, { from: minute(busy.from), to: minute(busy.to), session: null });
{
  const ids = byId(sessions);
  for (const placed of plan.sessions) {
    const session = ids.get(placed.id);
    const day = dayNumber(placed.date) - first;
    const from = minute(placed.start);
    const interval = { from, to: from + session.minutes, session, mode: MODES.indexOf(placed.mode), site: session.student.site };
    session.placed = { day, start: from, mode: interval.mode };
    take("professional", session.professional.id, day, interval);
    if (session.present) take("student", session.student.id, day, interval);
    for (const contact of session.people) take("contact", contact.id, day, interval);
    if (placed.room) take("room", placed.room, day, interval);
    if (placed.companion) take("companion", placed.companion, day, interval);
  }
}

function intersect(a, b) {
  const both = [];
  for (const x of a)
    for (const y of b) {
      const from = Math.max(x.from, y.from);
      const to = Math.min(x.to, y.to);
      if (from < to) both.push({ from, to });
    }
  return both;
}

function subtract(free, list, session, others) {
  for (const gone of list) {
    if (gone.session === session || (others && gone.session !== null)) continue;
    const left = [];
    for (const one of free) {
      if (gone.to <= one.from || gone.from >= one.to) {
        left.push(one);
        continue;
      }
      if (one.from < gone.from) left.push({ from: one.from, to: gone.from });
      if (gone.to < one.to) left.push({ from: gone.to, to: one.to });
    }
    free = left;
  }
  return free;
}

function findFree(session, day, weekday, cycleDay, mode) {
  const { professional, student } = session;
  const site = sites.get(student.site);
  if (professional.away.some(([from, to]) => day >= from && day <= to)) return none;
  let free = subtract(professional.week[weekday], takenOf("professional", professional.id, day), session, true);
  for (const contact of session.people)
    free = subtract(intersect(free, contact.week[weekday]), takenOf("contact", contact.id, day), session, false);
  if (mode !== 2) {
    free = intersect(free, [site]);
    if (session.present)
      free = subtract(free, student.blocked.filter((w) => w.day === cycleDay).map((w) => ({ ...w, session: null })), session, false);
  } else if (session.present) free = intersect(free, student.remote[weekday]);
  if (session.present) free = subtract(free, takenOf("student", student.id, day), session, false);
  return free;
}

const isFree = (session, kind, id, day, from, to) =>
  !takenOf(kind, id, day).some((one) => one.session !== session && one.from < to && one.to > from);

const within = (list, from, to) => list.some((w) => from >= w.from && to <= w.to);

function isDayAllowed(session, day, mode, start) {
  const { limits } = session.professional;
  const visits = takenOf("professional", session.professional.id, day).filter((one) => one.session !== null && one.session !== session);
  const mine = { from: start, to: start + session.minutes, mode, site: session.student.site };
  const at = visits.findIndex((one) => one.from >= start);
  visits.splice(at < 0 ? visits.length : at, 0, mine);
  if (visits.length > limits.sessions) return false;
  const seen = new Set();
  let minutes = 0, lastEnd = -Infinity, gap = 0, lastSite = null, run = 0;
  for (const visit of visits) {
    const here = visit.from - lastEnd;
    minutes += visit.to - visit.from;
    if (here < limits.buffer) return false;
    gap = Math.max(gap, here);
    if (visit.mode === 0) {
      if (lastSite !== null && lastSite !== visit.site && gap < doc.travel_minutes[lastSite][visit.site]) return false;
      seen.add(visit.site);
      lastSite = visit.site;
      gap = 0;
      run = 0;
    } else {
      if (here >= limits.pause) run = 0;
      run += visit.to - visit.from;
      if (run > limits.video) return false;
    }
    lastEnd = visit.to;
  }
  return minutes <= limits.minutes && seen.size <= limits.sites;
}

function rhythmPoints(session, weekday, start) {
  const others = session.followup.sessions.filter((one) => one !== session && one.placed !== null).map((one) => one.placed);
  const same = (day, at) => others.filter((one) => one.start === at && days[one.day].weekday === day).length;
  const most = Math.max(0, ...others.map((one) => same(days[one.day].weekday, one.start)));
  return most === 0 || same(weekday, start) === most ? 0 : 15;
}

function points(session, day, weekday, cycleDay, mode, start) {
  const end = start + session.minutes;
  const late = first + day - session.target;
  let sum = late > 0 ? 4 * session.followup.priority * late : -late;
  if (session.prefer && (session.prefer === "in-person") !== (mode === 0)) sum += 30;
  if (session.present && mode !== 2)
    for (const core of session.student.core) {
      const overlap = Math.min(end, core.to) - Math.max(start, core.from);
      if (core.day === cycleDay && overlap > 0) sum += Math.ceil(overlap / 5);
    }
  for (const contact of session.people) if (!within(contact.liked[weekday], start, end)) sum += 10;
  return sum + rhythmPoints(session, weekday, start);
}

function age(birth, date) {
  const day = new Date(date * 86400000);
  const [year, month, date_] = birth.split("-").map(Number);
  const before = day.getUTCMonth() + 1 < month || (day.getUTCMonth() + 1 === month && day.getUTCDate() < date_);
  return day.getUTCFullYear() - year - (before ? 1 : 0);
}

function countVideo(session, step) {
  let run = 0;
  for (let i = session.position + step; i >= 0 && i < session.followup.sessions.length; i += step) {
    const other = session.followup.sessions[i];
    if (other.placed === null) break;
    if (other.act !== session.act) continue;
    if (other.placed.mode === 0) break;
    run++;
  }
  return run;
}

function isModeAllowed(session, mode) {
  if (!session.allowed.includes(MODES[mode]) || !session.uses.includes(mode === 0 ? "in-person" : "video")) return false;
  if (mode === 1 && !session.present) return false;
  if (mode === 0) return session.professional.sites.includes(session.student.site);
  const before = session.followup.sessions.slice(0, session.position);
  if (session.firstInPerson && !before.some((other) => other.act === session.act)) return false;
  return countVideo(session, -1) + 1 + countVideo(session, 1) < session.every;
}

function findDays(session) {
  const { followup, position } = session;
  let from = Math.max(followup.start, first);
  let to = last;
  if (position > 0) {
    const before = followup.sessions[position - 1].placed;
    if (before === null) return [0, -1];
    from = Math.max(from, first + before.day + session.minGap);
    to = Math.min(to, first + before.day + session.maxGap);
  }
  const next = followup.sessions[position + 1];
  if (next && next.placed !== null) {
    to = Math.min(to, first + next.placed.day - next.minGap);
    from = Math.max(from, first + next.placed.day - next.maxGap);
  }
  return [from - first, to - first];
}

function find(session) {
  const offers = [];
  const site = sites.get(session.student.site);
  const [from, to] = findDays(session);
  for (let day = from; day <= to; day++) {
    const listed = site.days[day];
    const { weekday } = days[day];
    if (listed === null || listed.kind === "closed") continue;
    const years = age(session.student.birth_date, first + day);
    for (let mode = 0; mode < 3; mode++) {
      if ((listed.kind !== "class" && mode !== 2) || !isModeAllowed(session, mode)) continue;
      if (mode === 2 && session.present && years < session.guardianAge && !session.people.some((one) => one.kind === "guardian")) continue;
      for (const free of findFree(session, day, weekday, listed.cycle_day || 0, mode))
        for (let start = Math.ceil(free.from / grid) * grid; start + session.minutes <= free.to; start += grid) {
          const end = start + session.minutes;
          const use = mode === 0 ? "in-person" : "video";
          if (mode !== 2 && !site.rooms.some((room) => room.uses.includes(use) && isFree(session, "room", room.id, day, start, end))) continue;
          if (mode === 1 && session.present && years < session.companionAge &&
              !site.companions.some((one) => within(one.week[weekday], start, end) && isFree(session, "companion", one.id, day, start, end)))
            continue;
          if (!isDayAllowed(session, day, mode, start)) continue;
          offers.push([points(session, day, weekday, listed.cycle_day || 0, mode, start), day, start, mode]);
        }
    }
  }
  offers.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]);
  return offers.slice(0, COUNT);
}

const series = [[], []];
for (const line of fs.readFileSync(answersPath, "utf8").trim().split("\n")) {
  const [index, ...expected] = line.split(" ");
  const session = sessions[Number(index)];
  let found = [];
  for (let i = 0; i < WARM_UP; i++) found = find(session);
  const since = process.hrtime.bigint();
  for (let i = 0; i < REPEATS; i++) found = find(session);
  series[session.alone ? 1 : 0].push(Number(process.hrtime.bigint() - since) / 1000 / REPEATS);
  const got = found.map(([cost, day, start, mode]) => `${day}/${start}/${mode}/${cost}`).join(" ");
  if (got !== expected.join(" ")) {
    console.error(`session ${session.id}: ${got} instead of ${expected.join(" ")}`);
    process.exit(1);
  }
}
console.log(series.map((times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)].toFixed(1)).join(" "));
