// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an array of iCalendar texts on standard input (JSON) with ical.js and prints what it understood of each: {method, events: [{uid,
// sequence, start, end, status, summary, location, url, organizer, attendees: [{address, partstat, rsvp}]}]}, instants in seconds since
// the epoch, addresses without their scheme. What it cannot read is {error}.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const address = (value) => String(value ?? '').replace(/^mailto:/i, '');

function readEvent(component) {
	const event = new ICAL.Event(component);
	return {
		uid: event.uid,
		sequence: component.getFirstPropertyValue('sequence') ?? 0,
		start: event.startDate?.toUnixTime() ?? null,
		end: event.startDate ? event.endDate.toUnixTime() : null,
		status: component.getFirstPropertyValue('status'),
		summary: event.summary,
		location: event.location,
		url: String(component.getFirstPropertyValue('url') ?? ''),
		organizer: address(component.getFirstPropertyValue('organizer')),
		attendees: component.getAllProperties('attendee').map((property) => ({
			address: address(property.getFirstValue()),
			partstat: property.getParameter('partstat') ?? 'NEEDS-ACTION',
			rsvp: property.getParameter('rsvp') ?? 'FALSE',
		})),
	};
}

function read(text) {
	try {
		const calendar = new ICAL.Component(ICAL.parse(text));
		return {
			method: calendar.getFirstPropertyValue('method'),
			zones: calendar.getAllSubcomponents('vtimezone').length,
			events: calendar.getAllSubcomponents('vevent').map(readEvent),
		};
	} catch (error) {
		return { error: String(error) };
	}
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(read)));
