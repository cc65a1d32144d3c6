# SPDX-License-Identifier: GPL-3.0-or-later
"""The other side of a correspondence: what a mail program reads in a letter, by libraries that are not ours (Python's email and
icalendar, and ical.js), and what the programs of the world answer.

    letter = Letter(message)                    # email.message.EmailMessage; AssertionError where a client would stumble
    letter.method, letter.uid, letter.sequence, letter.start, letter.organizer, letter.text
    mail.send(*answer(letter, "outlook", "ACCEPTED", at=clock))
"""
import datetime
import email.message
import email.utils
import json
import os
import pathlib
import re
import subprocess
import zoneinfo

import icalendar

NODE = pathlib.Path(os.environ.get("COMODAL_SOURCE_ROOT", pathlib.Path(__file__).parents[2])) / "tests" / "node"
UTC = datetime.timezone.utc


def check(condition, words):
    if not condition:
        raise AssertionError(words)


def read_by_ical_js(texts):
    """What ical.js makes of some iCalendar texts (tests/node/read-itip.mjs)."""
    if not (NODE / "node_modules").exists():
        raise AssertionError("ical.js is missing: ./check installs it, and so does `npm ci` in tests/node")
    return json.loads(subprocess.run(["node", NODE / "read-itip.mjs"], input=json.dumps(list(texts)), stdout=subprocess.PIPE,
                                     text=True, check=True).stdout)


def _address(value):
    return re.sub(r"^mailto:", "", str(value or ""), flags=re.IGNORECASE)


def _instant(event, name):
    value = event.decoded(name, None)
    return int(value.timestamp()) if isinstance(value, datetime.datetime) and value.tzinfo is not None else value


def read_by_icalendar(text):
    """The same by Python's icalendar."""
    calendar = icalendar.Calendar.from_ical(text)
    events = []
    for event in calendar.walk("VEVENT"):
        attendees = event.get("attendee", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        events.append({
            "uid": str(event["uid"]), "sequence": int(event.get("sequence", 0)), "start": _instant(event, "dtstart"),
            "end": _instant(event, "dtend"), "status": str(event["status"]) if "status" in event else None,
            "summary": str(event.get("summary", "")) or None, "location": str(event.get("location", "")) or None,
            "url": str(event.get("url", "")), "organizer": _address(event.get("organizer")),
            "attendees": [{"address": _address(one), "partstat": str(one.params.get("partstat", "NEEDS-ACTION")),
                           "rsvp": str(one.params.get("rsvp", "FALSE"))} for one in attendees]})
    return {"method": str(calendar["method"]) if "method" in calendar else None, "zones": len(calendar.walk("VTIMEZONE")), "events": events}


def parts_of(message, content_type):
    return [part for part in message.walk() if part.get_content_type() == content_type]


class Letter:
    """A letter of comodal's as its reader's program sees it; what would trouble one is an AssertionError. `.invitation`: it is one, of one
    meeting; else a digest or another text, perhaps with a calendar to look at (`.events`, `.method` PUBLISH)."""

    def __init__(self, message):
        self.message = message
        self.subject = str(message["Subject"])
        self.message_id = str(message["Message-ID"])
        self.sender = email.utils.parseaddr(str(message["From"]))[1]
        self.reply_to = email.utils.parseaddr(str(message["Reply-To"] or ""))[1]
        self.recipient = email.utils.parseaddr(str(message["To"]))[1]
        self.envelope = str(message["Return-Path"] or "").strip("<>")
        self.language = str(message["Content-Language"] or "")
        check(not message.defects, f"the mail is malformed: {message.defects}")
        check(len(email.utils.getaddresses([str(message["To"])])) == 1 and message["Cc"] is None, "it is to several people")
        check(message["Auto-Submitted"] == "auto-generated", f"Auto-Submitted: {message['Auto-Submitted']}")
        check(message["Date"] is not None and message["MIME-Version"] == "1.0", "Date or MIME-Version is missing")
        (plain,) = parts_of(message, "text/plain")
        (html,) = parts_of(message, "text/html")
        self.text = plain.get_content().replace("\r\n", "\n")
        self.html = html.get_content().replace("\r\n", "\n")
        check(self.text.strip() and "<html" in self.html.lower(), "there is nothing to read")
        calendars = parts_of(message, "text/calendar")
        attached = parts_of(message, "application/ics")
        self.calendar = None
        self.invitation = False
        if calendars or attached:
            self._read_calendar(calendars, attached)

    def _read_calendar(self, calendars, attached):
        part = (attached or calendars)[0]
        self.calendar = part.get_payload(decode=True).decode("utf-8")
        check("\r\n" in self.calendar and not re.search(r"(?<!\r)\n|\r(?!\n)", self.calendar), "line ends of the calendar")
        check(all(len(line.encode()) <= 75 for line in self.calendar.split("\r\n")), "a line of the calendar is too long")
        (by_js,) = read_by_ical_js([self.calendar])
        by_python = read_by_icalendar(self.calendar)
        check("error" not in by_js, f"ical.js: {by_js}\n{self.calendar}")
        for mine, other in zip(by_python["events"], by_js["events"]):
            other["location"], other["summary"] = other["location"] or None, other["summary"] or None
        check(by_python == by_js, f"two libraries disagree:\nicalendar {by_python}\nical.js {by_js}\n{self.calendar}")
        self.method, self.events = by_js["method"], by_js["events"]
        if self.method != "PUBLISH":
            self._read_invitation(calendars, attached, by_js)

    def _read_invitation(self, calendars, attached, read):
        self.invitation = True
        top = list(self.message.iter_parts()) if self.message.is_multipart() else []
        check(self.message.get_content_type() == "multipart/mixed" and
              [part.get_content_type() for part in top] == ["multipart/alternative", "application/ics"], "not the shape that programs know")
        inner = [part.get_content_type() for part in top[0].iter_parts()]
        check(inner == ["text/plain", "text/html", "text/calendar"], f"the alternatives are {inner}")
        (inline,) = calendars
        check(inline.get_param("method") == self.method and str(inline.get_param("charset")).upper() == "UTF-8",
              f"Content-Type: {inline['Content-Type']}, METHOD:{self.method}")
        check(inline["Content-Transfer-Encoding"] == "base64" and inline["Content-Disposition"] is None, "the inline part's headers")
        check(inline.get_payload(decode=True) == attached[0].get_payload(decode=True), "the two calendars are not the same")
        check(attached[0].get_filename() == "invite.ics", f"attached as {attached[0].get_filename()}")
        check(len(read["events"]) == 1 and read["zones"] == 0, f"not one meeting in UTC: {read}")
        (event,) = read["events"]
        check([one["address"].lower() for one in event["attendees"]] == [self.recipient.lower()], f"who is invited: {event['attendees']}")
        check(self.method != "REQUEST" or event["attendees"][0]["rsvp"] == "TRUE", "no answer is asked for")
        check(self.method != "CANCEL" or event["status"] == "CANCELLED", "a cancellation that is not one")
        self.uid, self.sequence, self.start, self.end = event["uid"], event["sequence"], event["start"], event["end"]
        self.summary, self.location, self.organizer = event["summary"], event["location"], event["organizer"]
        check(self.reply_to == self.organizer, f"Reply-To {self.reply_to}, ORGANIZER {self.organizer}")
        local, _, domain = self.organizer.partition("@")
        check(f"{local.partition('+')[0]}@{domain}" == self.sender, f"From {self.sender}, ORGANIZER {self.organizer}")
        self.token = local.partition("+")[2]


# ---- what mail programs answer

WINDOWS_ZONE = "Eastern Standard Time"
PRODUCTS = {
    "outlook": "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
    "exchange": "Microsoft Exchange Server 2010",
    "gmail": "-//Google Inc//Google Calendar 70.9054//EN",
    "apple": "-//Apple Inc.//macOS 14.5//EN",
    "ios": "-//Apple Inc.//iPhone OS 17.5//EN",
    "thunderbird": "-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
}
WORDS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative"}


def _stamp(instant):
    return datetime.datetime.fromtimestamp(instant, UTC).strftime("%Y%m%dT%H%M%SZ")


def _local(instant, zone="America/Toronto"):
    return datetime.datetime.fromtimestamp(instant, zoneinfo.ZoneInfo(zone)).strftime("%Y%m%dT%H%M%S")


def _fold(lines):
    folded = []
    for line in lines:
        while len(line.encode()) > 74:
            cut = 74
            while len(line[:cut].encode()) > 74:
                cut -= 1
            folded.append(line[:cut])
            line = " " + line[cut:]
        folded.append(line)
    return "\r\n".join(folded) + "\r\n"


def _times(letter, program, start, end):
    if program in ("exchange", "outlook"):
        zone = ["BEGIN:VTIMEZONE", f"TZID:{WINDOWS_ZONE}", "BEGIN:STANDARD", "DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
                "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T020000",
                "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE"]
        return zone, [f"DTSTART;TZID={WINDOWS_ZONE}:{_local(start)}", f"DTEND;TZID={WINDOWS_ZONE}:{_local(end)}"]
    return [], [f"DTSTART:{_stamp(start)}", f"DTEND:{_stamp(end)}"]


def calendar_of(letter, program, method, partstat, at, attendee=None, start=None, end=None, sequence=None, comment=None):
    """The text/calendar part that a program answers with."""
    attendee = attendee or letter.recipient
    zone, times = _times(letter, program, start or letter.start, end or letter.end)
    prefix = f"{WORDS[partstat]}: " if program in ("outlook", "exchange") and partstat in WORDS else ""
    lines = ["BEGIN:VCALENDAR", f"PRODID:{PRODUCTS[program]}", "VERSION:2.0", f"METHOD:{method}", *zone, "BEGIN:VEVENT"]
    # Outlook and Exchange leave the organizer out
    if program not in ("outlook", "exchange"):
        lines.append(f"ORGANIZER;CN=comodal:{'MAILTO' if program == 'thunderbird' else 'mailto'}:{letter.organizer}")
    if partstat:
        cn = {"gmail": f";CN={attendee};X-NUM-GUESTS=0", "apple": ";CN=\"Un Parent\";CUTYPE=INDIVIDUAL;EMAIL=\"%s\"" % attendee}.get(program, "")
        scheme = {"outlook": "MAILTO", "exchange": "MAILTO"}.get(program, "mailto")
        lines.append(f"ATTENDEE{cn};PARTSTAT={partstat}:{scheme}:{attendee}")
    if comment:
        lines.append(f"COMMENT;LANGUAGE=fr-CA:{comment}" if program == "exchange" else f"COMMENT:{comment}")
    lines += [f"UID:{letter.uid}", f"SUMMARY;LANGUAGE=fr-CA:{prefix}{letter.summary}" if prefix else f"SUMMARY:{letter.summary}", *times,
              f"DTSTAMP:{_stamp(at)}", f"SEQUENCE:{letter.sequence if sequence is None else sequence}"]
    if program in ("outlook", "exchange"):
        lines += ["CLASS:PRIVATE", "PRIORITY:5", "TRANSP:OPAQUE", "STATUS:CONFIRMED", f"X-MICROSOFT-CDO-APPT-SEQUENCE:{letter.sequence}",
                  "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY", "X-MICROSOFT-DISALLOW-COUNTER:FALSE"]
    return _fold([*lines, "END:VEVENT", "END:VCALENDAR"])


def answer(letter, program, partstat, at, method="REPLY", sender=None, to=None, **more):
    """A program's answer to an invitation: (message, envelope sender, [recipient]), as MailServer.send() takes it. `more` as in
    calendar_of(); `sender` and `to` where another person's account sends it, or to another address."""
    calendar = calendar_of(letter, program, method, partstat, at, **more)
    sender = sender or letter.recipient
    to = to or letter.organizer
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"{WORDS.get(partstat, 'New Time Proposed' if method == 'COUNTER' else method.title())}: {letter.subject}"
    mail["Message-ID"] = email.utils.make_msgid(domain=f"{program}.test")
    mail["In-Reply-To"] = letter.message_id
    mail["Date"] = email.utils.format_datetime(datetime.datetime.fromtimestamp(at, UTC))
    if program in ("outlook", "exchange"):
        mail["X-MS-Has-Attach"] = ""
    if program == "apple":
        # one part and nothing else
        mail.set_content(calendar.encode(), "text", "calendar", cte="base64", params={"charset": "utf-8", "method": method})
        return mail, sender, [to]
    mail.set_content("\n" if program in ("outlook", "exchange") else f"{sender}: {partstat or method}\n")
    if program == "gmail":
        mail.add_alternative(f"<html><body>{sender}: {partstat or method}</body></html>", subtype="html")
    mail.add_alternative(calendar.encode(), "text", "calendar", cte="base64" if program != "gmail" else "quoted-printable",
                         params={"charset": "UTF-8", "method": method})
    if program == "gmail":
        mail.make_mixed()
        mail.add_attachment(calendar.encode(), "application", "ics", filename="invite.ics")
    if program in ("outlook", "exchange"):
        mail["Content-Class"] = "urn:content-classes:calendarmessage"
    return mail, sender, [to]


def automatic(letter, at, sender=None):
    """Somebody is away, and their program says so to everybody."""
    sender = sender or letter.recipient
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = sender, letter.sender
    mail["Subject"] = f"Réponse automatique : {letter.subject}"
    mail["Message-ID"] = email.utils.make_msgid(domain="away.test")
    mail["Auto-Submitted"] = "auto-replied"
    mail["Date"] = email.utils.format_datetime(datetime.datetime.fromtimestamp(at, UTC))
    mail.set_content("Je suis absent jusqu'à lundi.\n")
    # to the envelope's sender, as RFC 3834 has it
    return mail, "", [letter.envelope or letter.sender]
