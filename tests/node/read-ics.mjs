// SPDX-License-Identifier: GPL-3.0-or-later
// Reads iCalendar on standard input with ical.js and prints what it understood as JSON: [{uid, start, end, summary}], instants in
// seconds since the epoch.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
const events = calendar.getAllSubcomponents('vevent').map((component) => {
	const event = new ICAL.Event(component);
	return {
		uid: event.uid,
		start: event.startDate.toUnixTime(),
		end: event.endDate.toUnixTime(),
		summary: event.summary,
	};
});
process.stdout.write(JSON.stringify(events));
