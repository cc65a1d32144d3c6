#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Booking by hand, over the bus."""
import copy
import json
import os

import tap
from gi.repository import Gio, GLib
from comodal_test import BUS_NAME, OBJECT, TestCase, await_event, english, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]
# before the horizon, so that everything is still to come
BEFORE = 1756700000


def document(**members):
    """A descriptor of a small document, and the option that refers to it."""
    handles = Gio.UnixFDList.new()
    fd = os.memfd_create("document")
    os.write(fd, json.dumps(members).encode())
    os.lseek(fd, 0, os.SEEK_SET)
    handles.append(fd)
    os.close(fd)
    return handles, GLib.Variant("h", 0)


class BookingCase(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.set_clock(BEFORE)
        self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.told = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Booking", "Changed", OBJECT, None, 0,
                                         lambda *event: self.told.append(event[5].unpack()))
        job = self.client.plan(effort=20, seed=1, threads=GLib.Variant("u", 1), replan_from=FIRST_DAY)
        job.wait()
        plan = self.client.json("Planner", "Get", "(t)", job.result()["plan"])
        self.numbers = {session["id"]: session["number"] for followup in self.client.json("Roster", "List", "(s)", "followup")
                        for session in followup["sessions"]}
        # where the planner would put them: a place that nothing speaks against
        self.places = sorted((place["date"], place["start"], place["mode"], self.numbers[place["id"]])
                             for place in plan["sessions"])

    def set_clock(self, instant):
        self.clock.write_text(str(instant))

    def place(self, which):
        date, start, mode, number = self.places[which]
        return number, date, start, mode

    def read(self, index):
        descriptor = self.client.handles.get(index)
        try:
            return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        finally:
            os.close(descriptor)

    def call(self, method, signature, *values, descriptors=None, **more):
        return self.client.call("Booking", method, f"({signature}a{{sv}})", *values, _options(more), descriptors=descriptors)

    def book(self, which=0, expected=0, **more):
        number, date, start, mode = self.place(which)
        version, index = self.call("Book", "ttsss", number, expected, date, start, mode, **more)
        return number, version, self.read(index)

    def get(self, number):
        return self.client.json("Booking", "Get", "(t)", number)["bookings"][0]


def _options(more):
    def pack(value):
        if isinstance(value, GLib.Variant):
            return value
        return GLib.Variant({bool: "b", str: "s", int: "t"}[type(value)], value)
    return {name.replace("_", "-"): pack(value) for name, value in more.items()}


class Sessions(BookingCase):
    def test_book(self):
        number, version, answer = self.book()
        (booking,) = answer["bookings"]
        self.assertEqual(answer["format"], "comodal-booking/1")
        self.assertEqual((booking["number"], booking["version"], booking["state"], booking["by"]),
                         (number, version, "planned", "hand"))
        self.assertEqual((booking["date"], booking["start"], booking["mode"]), self.places[0][:3])
        await_event(lambda: self.told, "the Changed signal")
        self.assertEqual(self.told, [(number, version, "planned")])
        # with a version, to know what it was decided against
        failed = self.assert_call_fails("Conflict", self.book)
        self.assertIn("This has changed meanwhile: planned, on", english(failed.message))

    def test_move_cancel_rebook(self):
        number, version, _ = self.book()
        _, date, start, _ = self.place(1)
        moved, index = self.call("Move", "ttss", number, version, self.places[0][0], self.places[0][1])
        self.read(index)
        self.assertGreater(moved, version)
        self.assert_call_fails("Conflict", self.call, "Cancel", "tt", number, version)
        (cancelled,) = self.call("Cancel", "tt", number, moved)
        self.assertEqual(self.get(number)["state"], "cancelled")
        self.assert_call_fails("Conflict", self.book)
        self.book(expected=cancelled)
        self.assertEqual(self.get(number)["state"], "planned")

    def test_rules_and_facts_are_said(self):
        number, date, start, mode = self.place(0)
        for when, name in ((("2026-12-25", "10:00"), None), ((date, "02:00"), None)):
            with self.assertRaises(Exception) as context:
                self.call("Book", "ttsss", number, 0, *when, mode)
            self.assertIn(context.exception.name, ("Conflict", "Policy"))
        for bad in ((number, 0, "2026-13-01", start, mode), (number, 0, date, "25:00", mode), (number, 0, date, start, "by-mail")):
            self.assert_call_fails("InvalidInput", self.call, "Book", "ttsss", *bad)
        self.assert_call_fails("InvalidInput", self.call, "Book", "ttsss", number, 0, date, start, mode, quality=1)
        self.assert_call_fails("NotFound", self.call, "Book", "ttsss", 999999, 0, date, start, mode)
        self.assert_call_fails("NotFound", self.call, "Book", "ttsss", 2 ** 63, 0, date, start, mode)
        # 0 is nothing's number
        self.assert_call_fails("NotFound", self.call, "Book", "ttsss", 0, 0, date, start, mode)
        for method, signature, arguments in (("Confirm", "tt", (0, 0)), ("Cancel", "tt", (0, 0)), ("SetOutcome", "tts", (0, 0, "held")),
                                             ("Move", "ttss", (0, 0, date, start)), ("Confirm", "tt", (number, 0))):
            self.assert_call_fails("NotFound", self.call, method, signature, *arguments)
        self.assert_call_fails("InvalidInput", self.client.call, "Booking", "BookSeries", "(a(ttsss)a{sv})", [], {})

    def test_outcome(self):
        number, version, _ = self.book()
        failed = self.assert_call_fails("InvalidInput", self.call, "SetOutcome", "tts", number, version, "held")
        self.assertIn("not begun", english(failed.message))
        self.set_clock(BEFORE + 400 * 86400)
        (held,) = self.call("SetOutcome", "tts", number, version, "held")
        self.assertEqual(self.get(number)["state"], "held")
        self.assert_call_fails("Conflict", self.call, "Cancel", "tt", number, held)
        self.assert_call_fails("InvalidInput", self.call, "SetOutcome", "tts", number, held, "cancelled")
        (missed,) = self.call("SetOutcome", "tts", number, held, "no-show")
        self.assertEqual(self.get(number)["version"], missed)

    def test_a_late_cancellation_is_taken_back_only_where_it_may_stand(self):
        number, version, _ = self.book()

        def set_outcome(outcome, version):
            return self.call("SetOutcome", "tts", number, version, outcome)[0]
        version = set_outcome("planned", set_outcome("late-cancelled", version))
        version = set_outcome("late-cancelled", version)
        caseload = copy.deepcopy(CASELOAD)
        for professional in caseload["professionals"]:
            professional["absences"] = [[self.places[0][0], self.places[0][0]]]
        job = self.client.import_caseload(caseload)
        self.assertEqual(job.wait(), "succeeded", job.properties())
        self.assert_call_fails("Conflict", set_outcome, "planned", version)
        self.assertEqual(self.get(number)["state"], "late-cancelled")

    def test_the_same_call_again(self):
        first = self.book(key="one")
        self.assertEqual(self.book(key="one")[:2], first[:2])
        self.restart_daemon_with_clock()
        self.assertEqual(self.book(key="one")[:2], first[:2])
        self.assert_call_fails("Conflict", self.book, 1, key="one")

    def restart_daemon_with_clock(self):
        self.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()

    def test_list(self):
        for which in range(5):
            self.book(which)
        to = CASELOAD["horizon"]["to"]
        listed = self.client.json("Booking", "List", "(ssa{sv})", FIRST_DAY, to, {})["bookings"]
        self.assertEqual(len(listed), 5)
        when = [(booking["date"], booking["start"]) for booking in listed]
        self.assertEqual(when, sorted(when))
        one = listed[0]["professional"]
        some = self.client.json("Booking", "List", "(ssa{sv})", FIRST_DAY, to, _options({"professional": one}))["bookings"]
        self.assertEqual([b["number"] for b in some], [b["number"] for b in listed if b["professional"] == one])
        self.assertEqual(self.client.json("Booking", "List", "(ssa{sv})", FIRST_DAY, to, _options({"state": "held"}))
                         ["bookings"], [])
        self.assert_call_fails("InvalidInput", self.client.document, "Booking", "List", "(ssa{sv})", "x", to, {})
        self.assert_call_fails("NotFound", self.client.document, "Booking", "Get", "(t)", 0)
        self.assert_call_fails("NotFound", self.client.document, "Booking", "Get", "(t)", 10 ** 6)


class Holds(BookingCase):
    def hold(self, which=0, **more):
        number, date, start, mode = self.place(which)
        hold, version, until, index = self.call("Hold", "ttsss", number, 0, date, start, mode, **more)
        self.read(index)
        return hold, version, until

    def test_hold_and_confirm(self):
        hold, version, until = self.hold(seconds=GLib.Variant("u", 600))
        self.assertEqual(until, BEFORE + 600)
        self.assertEqual(self.get(hold)["state"], "hold")
        self.assert_call_fails("Conflict", self.book)
        number, _, index = self.call("Confirm", "tt", hold, version)
        self.read(index)
        self.assertEqual(number, self.places[0][3])
        self.assertEqual(self.get(number)["state"], "planned")
        self.assert_call_fails("NotFound", self.client.document, "Booking", "Get", "(t)", hold)

    def test_the_same_call_again(self):
        """A hold that was confirmed or let go is gone; whoever lost the answer asks for it all the same."""
        hold, version, _ = self.hold()
        *confirmed, index = self.call("Confirm", "tt", hold, version, key="confirm")
        self.read(index)
        *again, index = self.call("Confirm", "tt", hold, version, key="confirm")
        self.assertEqual(again, confirmed)
        self.assertEqual([booking["state"] for booking in self.read(index)["bookings"]], ["planned"])
        hold, version, _ = self.hold(1)
        gone = self.call("Cancel", "tt", hold, version, key="cancel")
        self.assertEqual(self.call("Cancel", "tt", hold, version, key="cancel"), gone)
        self.assert_call_fails("NotFound", self.call, "Cancel", "tt", hold, version, key="another")

    def test_for_somebody_else(self):
        hold, version, _ = self.hold(**{"for": GLib.Variant("u", 12345)})
        self.assert_call_fails("AccessDenied", self.call, "Confirm", "tt", hold, version)
        self.call("Cancel", "tt", hold, version)
        self.book()

    def test_its_end_is_told(self):
        hold, _, until = self.hold(seconds=GLib.Variant("u", 1))
        self.set_clock(until)
        await_event(lambda: any(told[0] == hold and told[2] == "cancelled" for told in self.told), "the end of the hold")

    def test_ended_while_nobody_was_there(self):
        hold, _, until = self.hold()
        self.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        self.set_clock(until)
        self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        await_event(lambda: any(told[0] == hold and told[2] == "cancelled" for told in self.told), "the end of the hold")

    def test_ended(self):
        hold, version, _ = self.hold(seconds=GLib.Variant("u", 600))
        self.set_clock(BEFORE + 600)
        self.assert_call_fails("NotFound", self.call, "Confirm", "tt", hold, version)
        self.book()


class Appointments(BookingCase):
    def people(self, kind):
        return [thing["number"] for thing in self.client.json("Roster", "List", "(s)", kind)]

    def appointment(self, kind, attendees, **more):
        """A meeting where the planner would have put a session: its professional is free then."""
        number, date, start, _ = self.place(0)
        professional = next(
            followup["professional"] for followup in CASELOAD["followups"]
            if number in (self.numbers[session["id"]] for session in followup["sessions"]))
        whose = {thing["id"]: thing["number"] for thing in self.client.json("Roster", "List", "(s)", "professional")}
        handles, option = document(title="Plan d’intervention", note="demandé par la direction")
        return self.call("BookAppointment", "stssusa(st)", kind, whose[professional], date, start, 30, "video-remote",
                         attendees, descriptors=handles, document=option, **more)

    def test_meeting(self):
        number, version, index = self.appointment("meeting", [])
        (booking,) = self.read(index)["bookings"]
        self.assertEqual((booking["number"], booking["version"], booking["kind"], booking["title"]),
                         (number, version, "meeting", "Plan d’intervention"))
        # its professional is taken then
        self.assert_call_fails("Conflict", self.book)
        self.assert_call_fails("InvalidInput", self.appointment, "party", [])
        # an empty document is none
        handles = Gio.UnixFDList.new()
        fd = os.memfd_create("empty")
        handles.append(fd)
        os.close(fd)
        self.assert_call_fails("InvalidInput", self.call, "Cancel", "tt", number, version, descriptors=handles,
                               document=GLib.Variant("h", 0))
        self.assert_call_fails("InvalidInput", self.appointment, "meeting", [("room", 1)])

    def test_series(self):
        sessions = [(number, 0, date, start, mode) for date, start, mode, number in self.places[:4]]
        again = sessions[:3] + [(sessions[0][0], 0, sessions[0][2], "02:00", "in-person")]
        failed = self.assert_call_fails("Conflict", self.client.call, "Booking", "BookSeries", "(a(ttsss)a{sv})", again, {})
        self.assertIn("Nothing was booked", english(failed.message))
        series, booked, index = self.client.call("Booking", "BookSeries", "(a(ttsss)a{sv})", sessions, {})
        answer = self.read(index)
        self.assertEqual([number for number, _ in booked], [session[0] for session in sessions])
        self.assertEqual({booking["series"] for booking in answer["bookings"]}, {series})


if __name__ == "__main__":
    tap.main()
