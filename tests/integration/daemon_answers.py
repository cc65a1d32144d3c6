#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people answer to their invitations, in agendas and in explain: told, answered by calendars, moved."""
import datetime
import email
import json
import os
import re
import zoneinfo

import tap
from gi.repository import Gio, GLib
from comodal_test import TestCase, await_event, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]
LAST_DAY = CASELOAD["horizon"]["to"]
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
BEFORE = int(datetime.datetime.fromisoformat(f"{FIRST_DAY} 09:00").replace(tzinfo=ZONE).timestamp()) - 86400
INTERFACE, OBJECT = "org.comodal.Courier1", "/org/comodal/Courier1"


def memory(data):
    descriptor = os.memfd_create("document", os.MFD_ALLOW_SEALING)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class Answers(TestCase):
    def setUp(self):
        super().setUp()
        clock = self.folder / "clock"
        clock.write_text(str(BEFORE))
        config = self.folder / "comodald.conf"
        self.socket = self.folder / "courier.socket"
        config.write_text(f"[Mail]\nAddress=suivis@css.example\nUndoSeconds=0\n[Courier]\nSocket={self.socket}\n")
        self.here = {"COMODAL_CLOCK": str(clock), "COLUMNS": "240"}
        self.daemon = self.start_daemon("--config", config, environment={"COMODAL_CLOCK": str(clock)})
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        # the youngest: below any age of consent
        self.student = max(CASELOAD["students"], key=lambda one: one["birth_date"])
        taking_part = {person for one in CASELOAD["followups"] for session in one["sessions"]
                       for person in session["participants"]}
        self.parents = [one["id"] for one in CASELOAD["contacts"]
                        if one["kind"] == "guardian" and one["id"] not in taking_part][:2]
        for household, parent in enumerate(self.parents, 1):
            self.verb("guardian", "add", self.student["id"], parent, "--household", household)
            self.verb("reach", "set", parent, "--email", "--delivery", "invitations", "--quiet", "00:00-00:00",
                      text=f"parent{household}@famille.example\n")
        self.verb("plan", "--effort", "5", "--threads", "1", "--seed", "1", "--yes")
        followups = {one["number"]: one for one in self.client.json("Roster", "List", "(s)", "followup")}
        self.mine = [session["number"] for one in followups.values() if one["student"] == self.student["id"]
                     for session in one["sessions"]]
        self.peer = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={self.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        # each says that something waits
        self.peer.signal_subscribe(None, INTERFACE, "Due", OBJECT, None, Gio.DBusSignalFlags.NONE, lambda *event: None)
        self.letters = {}  # (hour, address) → the mail
        self.uid = 0

    def verb(self, *words, **more):
        return self.ctl(*words, **more, **self.here)

    def courier(self, method, signature, values, *documents):
        handles = Gio.UnixFDList.new()
        for document in documents:
            fd = memory(document)
            handles.append(fd)
            os.close(fd)
        answer, given = self.peer.call_with_unix_fd_list_sync(None, OBJECT, INTERFACE, method, GLib.Variant(signature, values),
                                                              None, Gio.DBusCallFlags.NONE, 30000, handles, None)
        return answer.unpack(), given

    def carry(self):
        """Take what is handed out, and say that a server has it."""
        (jobs,), given = self.courier("Lease", "(u)", (64,))
        for number, _kind, order, content in jobs:
            documents = []
            for index in (order, content):
                with open(given.get(index), "rb") as document:
                    document.seek(0)
                    documents.append(document.read())
            order = json.loads(documents[0])
            mail = email.message_from_bytes(documents[1])
            for part in mail.walk():
                if part.get_content_type() == "text/calendar":
                    calendar = part.get_payload(decode=True).decode().replace("\r\n ", "")
                    start = re.search(r"^DTSTART:(\w+)Z\r$", calendar, re.MULTILINE).group(1)
                    self.letters[start, order["to"]] = calendar
            result = {"attempt": order["attempt"], "outcome": "accepted", "code": 250}
            self.courier("Report", "(tsh)", (number, "mail", 0), json.dumps(result).encode())

    def carry_all(self, wanted):
        def carried():
            self.carry()
            return len(self.letters) >= wanted
        await_event(carried, f"{wanted} letters")

    def answer(self, calendar, address, partstat):
        self.uid += 1
        find = lambda name: re.search(rf"^{name}[;:](?:.*:)?(.*)\r$", calendar, re.MULTILINE).group(1)
        instant = datetime.datetime.strptime(find("DTSTART"), "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        event = {"uid": find("UID"), "sequence": int(find("SEQUENCE")), "stamp": BEFORE, "start": int(instant.timestamp()),
                 "attendees": [{"address": address, "partstat": partstat}]}
        event["end"] = event["start"] + 1
        mail = {"format": "comodal-inbound/1", "sha256": f"{self.uid:064x}", "from": address, "subject": "Re", "text": "",
                "automatic": "", "method": "REPLY", "recipients": [find("ORGANIZER")], "events": [event]}
        self.assertTrue(self.courier("Deliver", "(stth)", ("main", 7, self.uid, 0), json.dumps(mail).encode())[0][0])

    def booked(self):
        found = self.client.json("Booking", "List", "(ssa{sv})", FIRST_DAY, LAST_DAY, {})["bookings"]
        return min((one for one in found if one["number"] in self.mine and one["state"] == "planned"),
                   key=lambda one: (one["date"], one["start"]))

    def test_answers_are_shown(self):
        booking = self.booked()
        when = datetime.datetime.fromisoformat(f"{booking['date']} {booking['start']}").replace(tzinfo=ZONE)
        instant = when.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S")
        day = ("agenda", self.student["id"], "--from", booking["date"], "--to", booking["date"], "--list")
        grid = ("agenda", self.student["id"], "--week", booking["date"], "--grid")
        session = next(session["id"] for one in self.client.json("Roster", "List", "(s)", "followup")
                       for session in one["sessions"] if session["number"] == booking["number"])
        # nothing is told yet: nobody was asked
        for words in (day, grid, ("explain", session)):
            self.assertNotIn("no answer yet", self.verb(*words).stdout)
        self.carry_all(len(self.parents) * len(self.mine))
        self.assertIn("? no answer yet: 2 parents", self.verb(*day).stdout)
        self.assertIn("? no answer yet: 2 parents", self.verb("explain", session).stdout)
        addresses = [f"parent{number}@famille.example" for number in (1, 2)]
        self.answer(self.letters[instant, addresses[0]], addresses[0], "ACCEPTED")
        self.answer(self.letters[instant, addresses[1]], addresses[1], "DECLINED")
        shown = self.verb(*day).stdout
        line = next(line for line in shown.splitlines() if booking["start"] in line)
        self.assertIn("✗ declined: a parent", line)
        self.assertLess(line.index("declined"), line.index(" · "))
        self.assertIn("✓ accepted: a parent", shown)
        self.assertIn("✗ 1 declined", shown)
        self.assertNotIn("no answer", line)
        table = self.verb(*grid).stdout
        self.assertIn(f"┏✗ {booking['start']}", table)
        self.assertIn("\n✗ declined\n", table)
        self.assertIn("✗ refusé : un parent", self.verb("--lang", "fr", *day).stdout)
        self.assertIn("\n✗ refusé\n", self.verb("--lang", "fr", *grid).stdout)
        why = self.verb("explain", session).stdout
        self.assertIn("What was answered to the invitation\n  ✗ declined: a parent\n  ✓ accepted: a parent\n", why)
        [entry] = [entry for entry in json.loads(self.verb("--json", *day[:-1]).stdout)["days"][0]["entries"]
                   if entry.get("id") == session]
        self.assertEqual(sorted(one["answer"] for one in entry["answers"]), ["accepted", "declined"])
        self.assertEqual({one["kind"] for one in entry["answers"]}, {"guardian"})
        self.assertEqual([one["by"] for one in entry["answers"]], ["mail", "mail"])
        self.assertEqual(json.loads(self.verb("--json", "explain", session).stdout)["answers"], entry["answers"])
        # another hour: nobody has answered to that one
        followup = next(one["id"] for one in CASELOAD["followups"] if one["student"] == self.student["id"])
        slots = json.loads(self.verb("--json", "slots", "--move", followup, "--from", FIRST_DAY, "--to", LAST_DAY).stdout)["slots"]
        slot = next(one for one in slots if one["start"] != booking["start"])
        self.verb("move", followup, slot["date"], slot["start"], "--mode", slot["mode"])
        moved = self.verb("agenda", self.student["id"], "--from", slot["date"], "--to", slot["date"], "--list").stdout
        self.assertIn("? no answer yet: 2 parents", moved)
        self.assertNotIn("declined", moved)


if __name__ == "__main__":
    tap.main()
