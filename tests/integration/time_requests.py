#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody asks for another time of what is booked: noted, shown with what the desk says, accepted, declined, fallen."""
import datetime
import json
import os
import sqlite3
import zoneinfo

import tap
from gi.repository import Gio, GLib
from comodal_test import BUS_NAME, OBJECT, Monitor, TestCase, await_event, english, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]
LAST_DAY = CASELOAD["horizon"]["to"]
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
# on the eve of the first day, so that everything is still to come
BEFORE = int(datetime.datetime.fromisoformat(f"{FIRST_DAY} 07:00").replace(tzinfo=ZONE).timestamp()) - 86400
WORDS = "Zorglub chez le dentiste"


class TimeRequests(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.clock.write_text(str(BEFORE))
        runtime = self.folder / "runtime"
        runtime.mkdir()
        self.here = {"COMODAL_CLOCK": str(self.clock), "XDG_RUNTIME_DIR": str(runtime), "COLUMNS": "200"}
        self.daemon = self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.told = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".TimeRequest", "Changed", OBJECT, None, 0,
                                         lambda *event: self.told.append(event[5].unpack()))
        self.followup = max(CASELOAD["followups"], key=lambda one: len(one["sessions"]))
        self.student = next(one for one in CASELOAD["students"] if one["id"] == self.followup["student"])
        self.student_number = next(one["number"] for one in self.client.json("Roster", "List", "(s)", "student")
                                   if one["id"] == self.student["id"])
        slot = self.verb_json("slots", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY)["slots"][0]
        self.verb("book", self.followup["id"], slot["date"], slot["start"], "--mode", slot["mode"])
        [self.booked] = self.bookings()

    def verb(self, *words, **more):
        return self.ctl(*words, **more, **self.here)

    def verb_json(self, *words, **more):
        return json.loads(self.verb("--json", *words, **more).stdout)

    def bookings(self):
        found = self.client.json("Booking", "List", "(ssa{sv})", "2000-01-01", "2100-01-01", {})["bookings"]
        return [one for one in found if one["state"] == "planned"]

    def hand_over(self, members):
        handles = Gio.UnixFDList.new()
        fd = os.memfd_create("document")
        os.write(fd, json.dumps(members).encode())
        os.lseek(fd, 0, os.SEEK_SET)
        handles.append(fd)
        os.close(fd)
        return handles

    def ask(self, date=None, start=None, **more):
        members = {key: value for key, value in {"date": date, "start": start, "remark": WORDS}.items() if value}
        return self.client.call("TimeRequest", "Ask", "(tstha{sv})", self.booked["number"], "student",
                                self.student_number, 0, more, descriptors=self.hand_over(members))

    def accept(self, number, version, **more):
        """The versions that are answered, and the document."""
        request, booking, index = self.client.call("TimeRequest", "Accept", "(tta{sv})", number, version, more)
        descriptor = self.client.handles.get(index)
        with open(descriptor, "rb") as document:
            document.seek(0)
            return request, booking, json.load(document)

    def decline(self, number, version, **members):
        return self.client.call("TimeRequest", "Decline", "(ttha{sv})", number, version, 0, {},
                                descriptors=self.hand_over(members))[0]

    def requests(self, **more):
        return self.client.json("TimeRequest", "List", "(a{sv})", more)["requests"]

    def other_place(self):
        return self.verb_json("slots", "--move", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY)["slots"][0]

    def stored(self, sql):
        """What the database holds, once the daemon has let go of it."""
        self.client.close()
        self.daemon.stop()
        with sqlite3.connect(self.daemon.database) as database:
            return database.execute(sql).fetchall()

    def test_asked_shown_accepted(self):
        other = self.other_place()
        said = self.verb("another-time", "ask", self.booked["date"], self.booked["start"], other["date"], other["start"],
                         text=WORDS + "\n").stdout
        self.assertIn(WORDS, said)
        self.assertIn(": free", said)
        self.assertIn(self.student["name"], said)
        [request] = self.requests()
        self.assertEqual((request["state"], request["source"], request["subject"]), ("waiting", "staff", self.booked["number"]))
        self.assertEqual((request["date"], request["start"], request["end"]), (other["date"], other["start"], other["end"]))
        self.assertEqual(request["asker"], {"kind": "student", "number": self.student_number})
        self.assertEqual((request["remark"], request["proposed"]["allowed"]), (WORDS, True))
        self.assertEqual(request["booking"]["start"], self.booked["start"])
        self.assertTrue(request["slots"])
        for slot in request["slots"]:
            self.assertNotEqual((slot["date"], slot["start"]), (self.booked["date"], self.booked["start"]))
        shown = self.verb("another-time", "list").stdout
        self.assertIn(f"{request['number']}", shown)
        self.assertRegex(self.verb("another-time", "list", LANGUAGE="fr").stdout, f"«[ \u00a0]{WORDS}[ \u00a0]»")
        self.assertIn("1) ", shown)
        # by the organisation's clocks, wherever it is typed
        asked = datetime.datetime.fromtimestamp(request["asked_at"], zoneinfo.ZoneInfo("America/Toronto"))
        self.assertIn(f"{asked:%Y-%m-%d %H:%M}", self.verb("another-time", "list", TZ="Asia/Tokyo").stdout)
        self.assertIn("Accepted and moved", self.verb("another-time", "accept", request["number"]).stdout)
        [after] = self.bookings()
        self.assertEqual((after["number"], after["date"], after["start"]),
                         (self.booked["number"], other["date"], other["start"]))
        self.assertEqual(self.requests(), [])
        [done] = self.requests(all=GLib.Variant("b", True))
        self.assertEqual(done["state"], "accepted")
        self.assertNotIn("slots", done)
        await_event(lambda: [state for _number, state in self.told] == ["waiting", "accepted"], "both signals")
        self.assertIn("accepted already", self.verb("another-time", "accept", request["number"], status=1).stderr)
        # the move's notices, and the request's own
        rows = self.stored("SELECT kind, recipient_kind, subject FROM notice ORDER BY id")
        self.assertIn(("time.asked", 0, request["number"]), rows)
        self.assertIn(("booking.moved", 0, self.booked["number"]), rows)

    def test_a_slot_instead(self):
        number, version = self.ask(self.booked["date"], "04:15")
        [request] = self.requests()
        self.assertFalse(request["proposed"]["allowed"])
        self.assertTrue([one for one in request["proposed"]["objections"] if one["effect"] == "blocks"])
        shown = self.verb("another-time", "list").stdout
        self.assertIn("not possible", shown)
        self.assertIn("A day goes from", shown)
        # what stands in the way is said, and nothing happened
        self.assertIn("A day goes from", self.verb("another-time", "accept", number, status=1).stderr)
        self.assertEqual((self.requests()[0]["state"], self.bookings()), ("waiting", [self.booked]))
        slot = request["slots"][0]
        self.verb("another-time", "accept", number, "--slot", "1")
        [after] = self.bookings()
        self.assertEqual((after["date"], after["start"], after["mode"]), (slot["date"], slot["start"], slot["mode"]))
        self.assert_call_fails("Conflict", self.accept, number, version)

    def test_any_other_time(self):
        number, version = self.ask()
        [request] = self.requests()
        self.assertNotIn("date", request)
        self.assertNotIn("proposed", request)
        error = self.assert_call_fails("InvalidInput", self.accept, number, version)
        self.assertIn("say which one", error.message)
        slot = request["slots"][-1]
        self.verb("another-time", "accept", number, slot["date"], slot["start"])
        [after] = self.bookings()
        self.assertEqual((after["date"], after["start"]), (slot["date"], slot["start"]))

    def test_declined_with_an_answer(self):
        other = self.other_place()
        number, version = self.ask(other["date"], other["start"])
        said = self.verb("another-time", "decline", number, text="Plume ailleurs\n").stdout
        self.assertIn("the time stays", said)
        self.assertIn(self.student["name"], said)
        [done] = self.requests(all=GLib.Variant("b", True))
        self.assertEqual((done["state"], done["answer"], done["remark"]), ("declined", "Plume ailleurs", WORDS))
        self.assertEqual(self.bookings(), [self.booked])
        self.assert_call_fails("Conflict", self.decline, number, version + 1)
        self.assertEqual(self.stored("SELECT recipient_kind, recipient, subject FROM notice WHERE kind = 'time.declined'"),
                         [(1, self.student_number, number)])

    def test_a_newer_takes_its_place_and_there_is_an_end(self):
        other = self.other_place()
        first, _version = self.ask(other["date"], other["start"])
        for _ in range(9):
            last, version = self.ask()
        self.assertEqual([one["number"] for one in self.requests()], [last])
        everything = {one["number"]: one["state"] for one in self.requests(all=GLib.Variant("b", True))}
        self.assertEqual((everything[first], everything[last]), ("withdrawn", "waiting"))
        error = self.assert_call_fails("InvalidInput", self.ask)
        self.assertIn("at most 10 times", english(error.message))
        self.client.call("TimeRequest", "Withdraw", "(tta{sv})", last, version, {})
        self.assertEqual(self.requests(), [])

    def test_it_falls_with_what_it_is_about(self):
        other = self.other_place()
        number, version = self.ask(other["date"], other["start"])
        self.verb("cancel", self.followup["id"])
        self.assertEqual(self.requests(), [])
        for act in (self.accept, self.decline):
            error = self.assert_call_fails("Conflict", act, number, version)
            self.assertIn("does not stand any more", error.message)
        error = self.assert_call_fails("Conflict", self.ask, other["date"], other["start"])
        self.assertIn("not to come any more", error.message)

    def test_a_lost_answer(self):
        other = self.other_place()
        key = {"key": GLib.Variant("s", "k-ask")}
        asked = self.ask(other["date"], other["start"], **key)
        self.assertEqual(self.ask(other["date"], other["start"], **key), asked)
        self.assert_call_fails("Conflict", self.ask, **key)
        key = {"key": GLib.Variant("s", "k-accept")}
        first = self.accept(*asked, **key)
        again = self.accept(*asked, **key)
        self.assertEqual(first[:2], again[:2])
        self.assertEqual(again[2]["bookings"][0]["start"], other["start"])
        self.assertEqual(len(self.requests(all=GLib.Variant("b", True))), 1)

    def test_wrong(self):
        self.assert_call_fails("NotFound", self.client.call, "TimeRequest", "Ask", "(tstha{sv})", 4711, "student",
                               self.student_number, 0, {}, descriptors=self.hand_over({}))
        self.assert_call_fails("NotFound", self.client.call, "TimeRequest", "Ask", "(tstha{sv})", self.booked["number"],
                               "student", 4711, 0, {}, descriptors=self.hand_over({}))
        self.assert_call_fails("InvalidInput", self.client.call, "TimeRequest", "Ask", "(tstha{sv})", self.booked["number"],
                               "dragon", self.student_number, 0, {}, descriptors=self.hand_over({}))
        for members in ({"date": FIRST_DAY}, {"start": "10:00"}, {"date": "soon", "start": "10:00"}, {"when": "now"}):
            self.assert_call_fails("InvalidInput", self.client.call, "TimeRequest", "Ask", "(tstha{sv})",
                                   self.booked["number"], "student", self.student_number, 0, {},
                                   descriptors=self.hand_over(members))
        for act in (self.accept, self.decline):
            error = self.assert_call_fails("NotFound", act, 4711, 1)
            self.assertIn("nothing of yours", error.message)
        self.assertEqual(self.requests(request=GLib.Variant("t", 4711)), [])
        self.verb("another-time", "accept", "4711", status=1)
        self.verb("another-time", "ask", self.booked["date"], self.booked["start"], status=1, text="\n")
        self.assertIn("Personne ne demande", self.verb("--lang", "fr", "another-time", "list").stdout)

    def test_explain_and_agenda_say_so(self):
        self.verb("plan", "--effort", "5", "--threads", "1", "--seed", "1", "--yes")
        planned = next(one for one in self.bookings() if one["by"] == "plan")
        identity, followup = next((session["id"], one) for one in self.client.json("Roster", "List", "(s)", "followup")
                                  for session in one["sessions"] if session["number"] == planned["session"])
        week = ("agenda", followup["student"], "--from", FIRST_DAY, "--to", LAST_DAY, "--list")
        self.assertNotIn("another time", self.verb(*week).stdout + self.verb("explain", identity).stdout)
        self.client.call("TimeRequest", "Ask", "(tstha{sv})", planned["number"], "professional", planned["professional"], 0,
                         {}, descriptors=self.hand_over({"date": planned["date"], "start": "04:10"}))
        self.assertIn("another time is asked for", self.verb(*week).stdout)
        self.assertIn(f"another time is asked for: {planned['date']} at 04:10", self.verb("explain", identity).stdout)
        [request] = self.requests()
        self.assertEqual(self.verb_json("explain", identity)["time_request"],
                         {"number": request["number"], "date": planned["date"], "start": "04:10"})
        # once it is decided it is shown no more
        self.verb("another-time", "withdraw", request["number"])
        self.assertNotIn("another time", self.verb(*week).stdout + self.verb("explain", identity).stdout)

    def test_words_are_sealed_and_never_in_a_message(self):
        other = self.other_place()
        monitor = Monitor(self.bus)
        number, version = self.ask(other["date"], other["start"])
        self.requests()
        self.decline(number, version, answer="Plume ailleurs")
        crossed = monitor.end()
        self.client.close()
        self.daemon.stop()
        kept = b"".join(path.read_bytes() for path in self.daemon.database.parent.iterdir())
        for secret in (b"Zorglub", b"Plume ailleurs"):
            self.assertNotIn(secret, crossed + kept + self.daemon.log.read_bytes())


if __name__ == "__main__":
    tap.main()
