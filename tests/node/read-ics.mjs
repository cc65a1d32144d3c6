// SPDX-License-Identifier: GPL-3.0-or-later
// Reads iCalendar on standard input with ical.js and prints what it understood as JSON: [{uid, start, end, summary}], instants in
// seconds since the epoch; each occurrence of a series before 2029 for itself.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const HORIZON = 1861920000;

function occurrences(event) {
	const found = [];
	const iterator = event.iterator();
	for (let next = iterator.next(); next && next.toUnixTime() < HORIZON && found.length < 5000; next = iterator.next()) {
		const details = event.getOccurrenceDetails(next);
		found.push([details.startDate, details.endDate]);
	}
	return found;
}

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
for (const zone of calendar.getAllSubcomponents('vtimezone'))
	ICAL.TimezoneService.register(zone);

const events = calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
const masters = new Map(events.filter((event) => event.isRecurring()).map((event) => [event.uid, event]));
const read = [];
for (const event of events) {
	const master = masters.get(event.uid);
	// what stands for one of a series is told with the series
	if (event.isRecurrenceException() && master !== undefined)
		continue;
	const spans = event.isRecurring() ? occurrences(event) : [[event.startDate, event.endDate]];
	for (const [start, end] of spans)
		read.push({ uid: event.uid, start: start.toUnixTime(), end: end.toUnixTime(), summary: event.summary });
}
process.stdout.write(JSON.stringify(read));
