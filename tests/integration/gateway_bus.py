#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald's private socket for the gateway: what each method does, to whom, and what it refuses to everybody else."""
import hashlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import datetime
import zoneinfo

import tap
from comodal_test import BUS_NAME, Daemon, SOURCE, TestCase, await_event, english
from fake_comodald import memory
from gi.repository import Gio, GLib

OBJECT, INTERFACE = "/org/comodal/Gateway1", "org.comodal.Gateway1"
TOOL = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "visit-tool"
UID = os.getuid()
NOBODY = 65534
DATE, OTHER_DATE = "2026-09-08", "2026-09-09"
MINUTE, HOUR, DAY = 60, 3600, 86400
REFUSED = ("NotFound", "This link opens nothing.")
ANSWERS = {"phone": "418 555-0100", "consent": True}


def instant(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo("America/Toronto")).timestamp())


NOW = instant("2026-09-01 12:00")
START, END = instant(f"{DATE} 10:00"), instant(f"{DATE} 10:45")

ALL_DAY = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CASELOAD = {
    "format": "comodal-caseload/1",
    "organisation": {"id": "css", "name": "Centre de services des Rives", "timezone": "America/Toronto", "locale": "fr_CA"},
    "horizon": {"from": "2026-09-07", "to": "2026-09-18"}, "grid_minutes": 5,
    "calendars": [{"id": "cal", "cycle_length": 10, "days": [
        {"date": f"2026-09-{day:02}", "kind": "class", "cycle_day": number}
        for number, day in enumerate((8, 9, 10, 11, 14, 15, 16, 17, 18), 1)]}],
    "sites": [{"id": "ecole", "name": "École du Rivage", "kind": "school", "lat": 46.8, "lon": -71.2,
               "open": ["08:00", "16:00"], "calendar": "cal"}],
    "travel_minutes": {},
    "rooms": [{"id": "Local 204", "site": "ecole", "uses": ["in-person", "video"]}],
    "companions": [],
    "professionals": [
        {"id": "psy", "name": "Sophie Gagnon", "profession": "psychologue", "base": "ecole", "sites": ["ecole"], "hours": ALL_DAY,
         "absences": []},
        {"id": "ped", "name": "Luc Roy", "profession": "psychoeducateur", "base": "ecole", "sites": ["ecole"], "hours": ALL_DAY,
         "absences": []}],
    "students": [
        {"id": "S1", "name": "Zoé Tremblay", "site": "ecole", "birth_date": "2016-02-28", "remote_hours": ALL_DAY, "blocked": [], "core": []},
        {"id": "S2", "name": "Noé Côté", "site": "ecole", "birth_date": "2015-02-28", "remote_hours": ALL_DAY, "blocked": [], "core": []}],
    "contacts": [{"id": "C1", "name": "Julie Tremblay", "kind": "guardian", "hours": ALL_DAY, "preferred": {}},
                 {"id": "C2", "name": "Marc Côté", "kind": "guardian", "hours": ALL_DAY, "preferred": {}}],
    "followups": [
        {"id": "F1", "professional": "psy", "student": "S1", "priority": 1, "not_before": "2026-09-07", "sessions": [
            {"id": "F1-1", "act": "suivi", "minutes": 45, "target_date": DATE, "participants": [], "prefer": "video"},
            {"id": "F1-2", "act": "suivi", "minutes": 45, "target_date": OTHER_DATE, "participants": [], "prefer": "video"}]},
        {"id": "F2", "professional": "psy", "student": "S2", "priority": 1, "not_before": "2026-09-07", "sessions": [
            {"id": "F2-1", "act": "suivi", "minutes": 45, "target_date": DATE, "participants": [], "prefer": "video"}]},
        {"id": "F3", "professional": "ped", "student": "S1", "priority": 1, "not_before": "2026-09-07", "sessions": [
            {"id": "F3-1", "act": "suivi", "minutes": 45, "target_date": OTHER_DATE, "participants": [], "prefer": "video"}]}],
    "busy": [],
}


def key_of(secret):
    return hashlib.sha256(secret.encode()).digest()


def octets(value):
    return GLib.Variant("ay", value)


class Refusal(Exception):
    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


class Gateway:
    """A connection of a gateway's."""

    def __init__(self, socket):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        self.changes = []
        self.bus.signal_subscribe(None, INTERFACE, "Changed", OBJECT, None, 0,
                                  lambda *event: self.changes.append(event[5].unpack()[0]))
        self.others = 0
        self.bus.signal_subscribe(None, INTERFACE, "SoonChanged", OBJECT, None, 0, self._count_others)

    def _count_others(self, *_):
        self.others += 1

    def close(self):
        self.bus.close_sync(None)

    @staticmethod
    def _pack(document):
        descriptors = Gio.UnixFDList.new()
        if document is not None:
            fd = memory(document if isinstance(document, bytes) else json.dumps(document).encode())
            descriptors.append(fd)
            os.close(fd)
        return descriptors

    def start(self, method, arguments, document, answered, *more):
        """A call that is not waited for."""
        self.bus.call_with_unix_fd_list(None, OBJECT, INTERFACE, method, GLib.Variant.new_tuple(*arguments), None, 0, 30000,
                                        self._pack(document), None, answered, method, *more)

    def call(self, method, *arguments, document=None):
        """The reply; what comes by descriptor is read in its place."""
        descriptors = self._pack(document)
        try:
            reply, given = self.bus.call_with_unix_fd_list_sync(
                None, OBJECT, INTERFACE, method, GLib.Variant.new_tuple(*arguments), None, 0, 30000, descriptors, None)
        except GLib.Error as error:
            name = (Gio.DBusError.get_remote_error(error) or "").rpartition(".")[2]
            # what PyGObject gives is a copy: strip_remote_error() would not change it
            raise Refusal(name, english(error.message).partition(f"{name}: ")[2] or error.message) from None
        values = list(reply.unpack())
        if given is not None and given.get_length() > 0:
            fd = given.get(0)
            with open(fd, "rb") as file:
                file.seek(0)
                values[-1] = file.read()
        return values

    def view(self, secret, opened=False):
        document = self.call("View", octets(key_of(secret)), GLib.Variant("b", opened))[1]
        return json.loads(document)

    def item(self, secret, subject):
        return next(item for item in self.view(secret)["items"] if item["subject"] == subject)

    def respond(self, secret, subject, version, answer, once):
        return self.call("Respond", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("t", version),
                         GLib.Variant("s", answer), GLib.Variant("s", once))

    def ask_time(self, secret, subject, version, start, once, remark={}):
        return self.call("AskTime", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("t", version),
                         GLib.Variant("x", start), GLib.Variant("h", 0), GLib.Variant("s", once), document=remark)[0]

    def withdraw_time(self, secret, subject, version, once):
        return self.call("WithdrawTime", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("t", version),
                         GLib.Variant("s", once))

    def find_times(self, secret, subject):
        return self.call("FindTimes", octets(key_of(secret)), GLib.Variant("t", subject))[0]

    def exchange(self, means, secret, address=1):
        return self.call("Exchange", GLib.Variant("s", means), octets(key_of(secret)), GLib.Variant("t", address))[0].decode()

    def arrive(self, secret, subject, answers={}):
        return self.call("Arrive", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("h", 0), document=answers)[0]

    def leave(self, secret, visit):
        return self.call("Leave", octets(key_of(secret)), GLib.Variant("t", visit))

    def let_in(self, secret, visit, let=True):
        return self.call("LetIn", octets(key_of(secret)), GLib.Variant("t", visit), GLib.Variant("b", let))

    def enter(self, secret, subject):
        return json.loads(self.call("Enter", octets(key_of(secret)), GLib.Variant("t", subject))[0])

    def report(self, secret, subject, turn, works):
        return self.call("ReportRoom", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("t", turn),
                         GLib.Variant("b", works))

    def end(self, secret, subject):
        return self.call("End", octets(key_of(secret)), GLib.Variant("t", subject))

    def ask_help(self, secret, subject, report={}):
        return self.call("AskHelp", octets(key_of(secret)), GLib.Variant("t", subject), GLib.Variant("h", 0), document=report)[0]

    def feed(self, secret, known=""):
        return self.call("Feed", octets(key_of(secret)), GLib.Variant("s", known))


class Case(TestCase):
    """A comodald with two families, and ways in to it."""
    caseload = CASELOAD

    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.set_clock(NOW)
        self.serve()
        job = self.client.import_caseload(self.caseload)
        self.assertEqual(job.wait(), "succeeded")
        self.rest()
        self.tool("guardian 0 0", "guardian 1 1")
        self.first, start, end = map(int, self.tool(f"book 0 {DATE} 10:00 video-remote").split())
        self.assertEqual((start, end), (START, END))
        self.other = int(self.tool(f"book 2 {DATE} 11:00 video-remote").split()[0])
        self.strict = int(self.tool(f"book 3 {OTHER_DATE} 13:00 video-remote").split()[0])
        self.julie = self.tool("link contact 0 guest 0")
        self.marc = self.tool("link contact 1 guest 0")

    def set_clock(self, now):
        self.clock.write_text(str(now))

    def serve(self):
        configuration = self.folder / "comodald.conf"
        configuration.write_text("[Provider builtin]\nType=builtin\nStun=stun:stun.example:3478\n")
        self.daemon = Daemon(self.bus, self.folder, "--config", str(configuration), policies=(SOURCE / "policies",),
                             environment={"COMODAL_CLOCK": str(self.clock)})
        self.addCleanup(self.daemon.kill)
        self.client = self.connect()
        self.socket = self.folder / "comodal" / "gateway.socket"
        self.gateway = Gateway(self.socket)
        self.addCleanup(lambda bus=self.gateway.bus: bus.is_closed() or bus.close_sync(None))

    def rest(self):
        self.client.close()
        self.assertEqual(self.daemon.stop(), 0)

    def tool(self, *calls):
        """What visit-tool prints; comodald rests."""
        result = subprocess.run([TOOL, self.folder, self.clock.read_text()], input="\n".join(calls) + "\n", text=True,
                                capture_output=True, env={**os.environ, "COMODAL_POLICY_DIR": str(SOURCE / "policies")})
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def let(self, *calls):
        """The same of a comodald that runs: it is stopped, and starts again."""
        self.rest()
        said = self.tool(*calls)
        self.serve()
        return said

    def stored(self, sql):
        with sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def refused(self, act, name, *arguments, **more):
        with self.assertRaises(Refusal) as caught:
            act(*arguments, **more)
        self.assertEqual(caught.exception.name, name, caught.exception.message)
        return caught.exception.message

    def opens_nothing(self, act, *arguments, **more):
        with self.assertRaises(Refusal) as caught:
            act(*arguments, **more)
        self.assertEqual((caught.exception.name, caught.exception.message), REFUSED)

    def host(self, subject=None):
        """A host's pass, by a link that is made now."""
        token = self.let(f"entry host professional 0 {subject or self.first} {UID}")
        return self.gateway.exchange("link", token)


class Methods(Case):
    def test_view(self):
        self.serve()
        view = self.gateway.view(self.julie)
        self.assertEqual({name: view[name] for name in ("format", "servers", "now", "role", "means", "language", "zone", "name", "organisation", "more")},
                         {"format": "comodal-view/1", "servers": ["stun:stun.example:3478"], "now": NOW, "role": "guest", "means": "link", "language": "fr",
                          "zone": "America/Toronto", "name": "Julie Tremblay", "organisation": "Centre de services des Rives", "more": 0})
        self.assertEqual([item["subject"] for item in view["items"]], [self.first, self.strict])
        item = view["items"][0]
        self.assertEqual((item["start"], item["end"], item["mode"], item["place"], item["about"], item["state"], item["answer"]),
                         (START, END, "video-remote", None, "Zoé", "planned", "needs-action"))
        self.assertEqual(item["host"], {"name": "Sophie Gagnon", "profession": "Psychologue"})
        self.assertEqual(item["may"], ["respond", "ask-time", "help"])
        self.assertEqual(item["door"], {"state": "early", "opens": START - 15 * MINUTE, "closes": END, "host": "absent",
                                        "ask": ["phone", "consent"], "visit": None, "ahead": 0, "room": None})
        # the psychoeducator's policy asks for a link of the session's own
        self.assertEqual(view["items"][1]["door"]["state"], "other-link")
        self.assertNotIn("waiting", view)
        self.assertEqual([item["subject"] for item in self.gateway.view(self.marc)["items"]], [self.other])
        # from who joins to who looks
        kind = lambda: self.gateway.call("View", octets(key_of(self.julie)), GLib.Variant("b", False))[0]
        self.assertEqual(kind(), 1)
        self.set_clock(START - 30 * MINUTE)
        self.assertEqual(kind(), 0)
        self.set_clock(END + 1)
        self.assertEqual(kind(), 1)
        self.set_clock(END + 3 * DAY)
        self.assertEqual(kind(), 2)
        self.assertEqual(self.gateway.view(self.julie)["items"], [])

    def test_views(self):
        """Several at once: each as by a view of their own, whatever comes of the others."""
        feed = self.tool("link contact 0 feed 0")
        self.serve()
        asked = [(key_of(self.julie), True), (key_of("guessed"), True), (b"short", False), (key_of(feed), False), (key_of(self.marc), False),
                 (key_of(self.julie), True)]
        views = lambda asked: self.gateway.call("Views", GLib.Variant("a(ayb)", asked))
        answers, text = views(asked)
        refused = ("org.comodal.Comodal1.Error.NotFound", 0, 0)
        self.assertEqual([(name, kind, size > 0) for name, kind, size in answers],
                         [("", 1, True), refused[:2] + (False,), refused[:2] + (False,), refused[:2] + (False,), ("", 1, True), ("", 1, True)])
        documents, at = [], 0
        for _, _, size in answers:
            documents.append(text[at:at + size])
            at += size
        self.assertEqual(at, len(text))
        self.assertEqual([json.loads(document) for document in documents if document],
                         [self.gateway.view(self.julie), self.gateway.view(self.marc), self.gateway.view(self.julie)])
        self.assertEqual(views([]), [[], b""])
        self.assertEqual(len(views(asked[:1] * 32)[0]), 32)
        self.refused(views, "InvalidInput", asked[:1] * 33)

    def test_list_soon(self):
        """Marks of what opens the page of who joins soon, and nothing else: no name, no number, no key."""
        def lists():
            all_, text = self.gateway.call("ListSoon")
            self.assertTrue(all_)
            return [text[at:at + 32] for at in range(0, len(text), 32)]
        mark_of = lambda secret: hashlib.sha256(key_of(secret)).digest()
        marks = lambda *tokens: sorted(map(mark_of, tokens))
        own, child = self.tool(f"link contact 0 guest {self.first}", "link student 0 guest 0").split()
        # these are not: a calendar's, a later session's, one that was revoked, a host's that nobody used, the host's own
        self.tool("link contact 0 feed 0", f"link contact 0 guest {self.strict}", "link student 1 guest 0", "revoke student 1 guest",
                  f"entry host professional 0 {self.first} {UID}", "link professional 0 guest 0")
        self.serve()
        self.assertEqual(lists(), [])
        # the door opens a quarter of an hour before; two minutes more, for it is asked once a minute
        self.set_clock(START - 32 * MINUTE - 1)
        self.assertEqual(lists(), [])
        self.set_clock(START - 32 * MINUTE)
        self.assertEqual(sorted(lists()), marks(self.julie, own, child))
        # nothing can be asked for by what is told
        with self.assertRaises(Refusal) as caught:
            self.gateway.call("View", octets(lists()[0]), GLib.Variant("b", False))
        self.assertEqual((caught.exception.name, caught.exception.message), REFUSED)
        # the next session is an hour later: those of the first stand before the others
        self.set_clock(START + 30 * MINUTE)
        soon = lists()
        self.assertEqual((sorted(soon[:3]), soon[3:]), (marks(self.julie, own, child), [mark_of(self.marc)]))
        self.set_clock(END + 30 * MINUTE)
        self.assertEqual(lists(), [mark_of(self.marc)])
        # whatever came of what was made since
        self.set_clock(START)
        self.rest()
        host = self.tool(f"entry host professional 0 {self.first} {UID}")
        self.serve()
        host = self.gateway.exchange("link", host)
        self.assertEqual(sorted(lists()), marks(self.julie, own, child, host))
        self.let("renew contact 0")
        self.assertEqual(sorted(lists()), marks(child, host))
        self.let(f"cancel {self.first}")
        self.assertEqual(lists(), [])

    def test_who_joins_soon_is_told_when_it_is_others(self):
        self.serve()
        self.set_clock(START - 2 * HOUR)
        self.assertEqual(self.gateway.call("ListSoon"), [True, b""])
        version = self.gateway.item(self.marc, self.other)["version"]
        (version,) = self.client.call("Booking", "Move", "(ttssa{sv})", self.other, version, DATE, "08:15", {})[:1]
        await_event(lambda: self.gateway.others == 1, "that others join soon")
        self.assertEqual(self.gateway.call("ListSoon"), [True, hashlib.sha256(key_of(self.marc)).digest()])
        # coming to a door is a change there, and nothing of who joins soon
        self.set_clock(START - 110 * MINUTE)
        self.gateway.arrive(self.marc, self.other, ANSWERS)
        await_event(lambda: [self.other] in self.gateway.changes[1:], "that the door changed")
        self.assertEqual(self.gateway.others, 1)

    def test_own_link_of_a_session(self):
        own = self.tool(f"link contact 0 guest {self.strict}")
        self.serve()
        view = self.gateway.view(own)
        self.assertEqual([item["subject"] for item in view["items"]], [self.strict])
        self.assertEqual(view["items"][0]["door"]["state"], "early")
        self.set_clock(instant(f"{OTHER_DATE} 13:00"))
        self.refused(self.gateway.arrive, "Conflict", self.julie, self.strict, {"place": "chez nous", "companion": "moi"})
        self.assertGreater(self.gateway.arrive(own, self.strict, {"place": "chez nous", "companion": "moi"}), 0)
        self.opens_nothing(self.gateway.arrive, own, self.first, ANSWERS)

    def test_respond(self):
        self.serve()
        version = self.gateway.item(self.julie, self.first)["version"]
        self.gateway.respond(self.julie, self.first, version, "accepted", "k-1")
        self.gateway.respond(self.julie, self.first, version, "accepted", "k-1")
        self.assertEqual(self.gateway.item(self.julie, self.first)["answer"], "accepted")
        self.refused(self.gateway.respond, "Conflict", self.julie, self.first, version, "declined", "k-1")
        self.refused(self.gateway.respond, "Conflict", self.julie, self.first, version + 1, "declined", "k-2")
        for answer, once in (("tentative", "k-3"), ("", "k-3"), ("accepted", ""), ("accepted", "a b"), ("accepted", "x" * 65)):
            self.refused(self.gateway.respond, "InvalidInput", self.julie, self.first, version, answer, once)
        self.gateway.respond(self.julie, self.first, version, "declined", "k-4")
        self.assertEqual(self.gateway.item(self.julie, self.first)["answer"], "declined")
        self.set_clock(START)
        self.refused(self.gateway.respond, "Conflict", self.julie, self.first, version, "accepted", "k-5")
        self.rest()
        self.assertEqual([row[0] for row in self.stored("SELECT action FROM audit WHERE action = 'invitation.answer'")],
                         ["invitation.answer"] * 2)
        self.assertEqual(self.stored("SELECT answer, answered_by, answered_start_utc FROM invitation"), [("declined", "page", START)])
        self.assertEqual(self.stored("SELECT kind, recipient_kind FROM notice WHERE kind LIKE 'answer.%' ORDER BY id"),
                         [("answer.given", 0), ("answer.declined", 0)])

    def test_another_time(self):
        self.serve()
        told = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".TimeRequest", "Changed", None, None, 0,
                                         lambda *event: told.append(event[5].unpack()))
        version = self.gateway.item(self.julie, self.first)["version"]
        times = self.gateway.find_times(self.julie, self.first)
        self.assertTrue(times)
        for start, end in times:
            self.assertEqual(end - start, 45 * MINUTE)
            self.assertNotEqual(start, START)
            self.assertGreater(start, NOW)
        number = self.gateway.ask_time(self.julie, self.first, version, times[0][0], "t-1", {"text": "Dentiste"})
        self.assertEqual(self.gateway.ask_time(self.julie, self.first, version, times[0][0], "t-1", {"text": "Dentiste"}), number)
        request = self.gateway.item(self.julie, self.first)["request"]
        self.assertEqual(request, {"state": "waiting", "start": times[0][0], "answer": None})
        [asked] = self.client.json("TimeRequest", "List", "(a{sv})", {})["requests"]
        self.assertEqual((asked["number"], asked["source"], asked["remark"]), (number, "page", "Dentiste"))
        self.refused(self.gateway.ask_time, "InvalidInput", self.julie, self.first, version, START, "t-2")
        self.refused(self.gateway.ask_time, "Conflict", self.julie, self.first, version + 1, 0, "t-3")
        for remark in (b"", b"[]", {"more": "x"}, {"text": 3}):
            self.refused(self.gateway.ask_time, "InvalidInput", self.julie, self.first, version, 0, "t-4", remark)

        self.refused(self.gateway.withdraw_time, "Conflict", self.julie, self.first, version + 1, "w-1")
        self.refused(self.gateway.withdraw_time, "InvalidInput", self.julie, self.first, version, "")
        for _ in range(2):
            self.gateway.withdraw_time(self.julie, self.first, version, "w-2")
        await_event(lambda: told[-1:] == [(number, "withdrawn")] and told[0] == (number, "waiting"), "that it was taken back")
        self.assertEqual(self.gateway.item(self.julie, self.first)["request"], {"state": "withdrawn", "start": times[0][0], "answer": None})
        self.assertEqual(self.client.json("TimeRequest", "List", "(a{sv})", {})["requests"], [])
        self.refused(self.gateway.withdraw_time, "Conflict", self.julie, self.first, version, "w-3")

    def test_door(self):
        host = self.host()
        self.set_clock(START - 15 * MINUTE - 1)
        self.refused(self.gateway.arrive, "Conflict", self.julie, self.first, ANSWERS)
        self.set_clock(START - 15 * MINUTE)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["state"], "open")
        for answers in ({}, {"phone": "1"}, {"phone": "1", "consent": False}, {**ANSWERS, "place": "here"}, b"{", b""):
            self.refused(self.gateway.arrive, "InvalidInput", self.julie, self.first, answers)
        visit = self.gateway.arrive(self.julie, self.first, ANSWERS)
        self.assertEqual(self.gateway.arrive(self.julie, self.first, ANSWERS), visit)
        door = self.gateway.item(self.julie, self.first)["door"]
        self.assertEqual((door["visit"]["state"], door["ask"], door["host"]), ("waiting", [], "absent"))
        await_event(lambda: [self.first] in self.gateway.changes, "that the door changed")
        own = self.gateway.arrive(host, self.first)
        view = self.gateway.view(host)
        self.assertEqual((view["role"], view["means"], [item["subject"] for item in view["items"]]), ("host", "pass", [self.first]))
        self.assertEqual([(one["visit"], one["name"], one["role"], one["state"], one["answers"]) for one in view["waiting"]],
                         [(visit, "Julie Tremblay", "guest", "waiting", ANSWERS), (own, "Sophie Gagnon", "host", "inside", {})])
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["host"], "present")
        self.refused(self.gateway.report, "Conflict", self.julie, self.first, 1, True)
        self.gateway.let_in(host, visit)
        self.gateway.let_in(host, visit)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["visit"]["state"], "inside")
        self.gateway.report(self.julie, self.first, 1, True)
        self.gateway.leave(self.julie, visit)
        self.gateway.leave(self.julie, visit)
        self.set_clock(END + 10 * MINUTE)
        self.assertEqual(self.gateway.arrive(self.julie, self.first), visit)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["visit"]["state"], "inside")
        self.opens_nothing(self.gateway.end, self.julie, self.first)
        self.gateway.end(host, self.first)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["state"], "over")
        self.refused(self.gateway.arrive, "Conflict", self.julie, self.first)
        self.gateway.arrive(host, self.first)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["state"], "late")
        self.rest()
        actions = [row[0] for row in self.stored("SELECT action FROM audit WHERE action LIKE 'visit.%' OR action LIKE 'session.%' "
                                                 "OR action LIKE 'entry.%' ORDER BY sequence")]
        self.assertEqual(actions, ["entry.link", "entry.use", "visit.arrive", "visit.enter", "visit.admit", "visit.leave", "visit.enter",
                                   "visit.end", "visit.end", "session.end", "visit.enter"])

    def test_room(self):
        """From the door into the built-in room, on to the telephone when it fails, and out."""
        host = self.host()
        self.set_clock(START)
        visit = self.gateway.arrive(self.julie, self.first, ANSWERS)

        def room():
            return self.gateway.item(self.julie, self.first)["door"]["room"]
        await_event(lambda: room() == {"turn": 1, "kind": "builtin"}, "a room")
        self.refused(self.gateway.enter, "Conflict", self.julie, self.first)
        self.gateway.arrive(host, self.first)
        self.gateway.let_in(host, visit)
        entries = [self.gateway.enter(secret, self.first) for secret in (host, self.julie)]
        self.assertEqual([(one["format"], one["turn"], one["kind"], one["role"], one["name"]) for one in entries],
                         [("comodal-room/1", 1, "builtin", "host", "Sophie Gagnon"), ("comodal-room/1", 1, "builtin", "guest", "Julie Tremblay")])
        self.assertNotEqual(entries[0]["seat"], entries[1]["seat"])
        self.assertEqual(entries[1]["ice"][0]["urls"], ["stun:stun.example:3478"])
        self.assertEqual(self.gateway.enter(self.julie, self.first)["seat"], entries[1]["seat"])
        self.gateway.report(host, self.first, 1, False)
        await_event(lambda: room() == {"turn": 2, "kind": "phone"}, "the telephone's turn")
        self.assertEqual(self.gateway.enter(self.julie, self.first)["kind"], "phone")
        self.gateway.end(host, self.first)
        await_event(lambda: self.stored("SELECT count(*) FROM video_room WHERE ended_at IS NULL") == [(0,)], "the rooms' end")
        self.rest()

    def test_comodald_begins_anew(self):
        """Killed in mid-session: the host sees who waits and who is in, nobody answers or is let in twice, seats are the same."""
        student = self.tool("link student 0 guest 0")
        host = self.host()
        self.set_clock(START)
        visit = self.gateway.arrive(self.julie, self.first, ANSWERS)
        own = self.gateway.arrive(host, self.first)
        self.gateway.let_in(host, visit)
        waiting = self.gateway.arrive(student, self.first, ANSWERS)
        number = self.gateway.ask_help(self.julie, self.first, {"browser": "Firefox 128"})
        seen = self.gateway.view(host)["waiting"]
        self.assertEqual([(one["visit"], one["state"]) for one in seen], [(visit, "inside"), (own, "inside"), (waiting, "waiting")])
        seats = [self.gateway.enter(secret, self.first)["seat"] for secret in (host, self.julie)]
        self.daemon.kill()
        self.client.close()
        self.serve()
        self.assertEqual(self.gateway.view(host)["waiting"], seen)
        self.assertEqual([self.gateway.enter(secret, self.first)["seat"] for secret in (host, self.julie)], seats)
        self.assertEqual(self.gateway.item(student, self.first)["door"]["visit"]["state"], "waiting")
        self.assertEqual((self.gateway.arrive(self.julie, self.first), self.gateway.arrive(student, self.first)), (visit, waiting))
        self.assertEqual(self.gateway.ask_help(self.julie, self.first, {"browser": "Firefox 128"}), number)
        self.gateway.let_in(host, waiting)
        self.assertEqual(self.gateway.item(student, self.first)["door"]["visit"]["state"], "inside")

    def test_not_let_in(self):
        host = self.host()
        self.set_clock(START)
        visit = self.gateway.arrive(self.julie, self.first, ANSWERS)
        self.gateway.let_in(host, visit, False)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["visit"]["state"], "refused")
        self.refused(self.gateway.arrive, "Conflict", self.julie, self.first)
        self.set_clock(START + 2 * MINUTE)
        self.assertEqual(self.gateway.arrive(self.julie, self.first), visit)

    def test_help(self):
        host = self.host()
        self.set_clock(START)
        number = self.gateway.ask_help(self.julie, self.first, {"browser": "Firefox 128", "text": "pas d’image"})
        self.assertEqual(self.gateway.ask_help(self.julie, self.first, {"browser": "Firefox 128"}), number)
        [waiting] = self.gateway.view(host)["waiting"]
        self.assertEqual((waiting["visit"], waiting["name"], waiting["help"]["report"]), (0, "Julie Tremblay", {"browser": "Firefox 128"}))
        self.assertEqual(self.gateway.item(self.julie, self.first)["help"], {"number": number, "state": "waiting", "answer": None, "asked": START})
        for report in (b"", b"[]", {"more": "x"}, {"browser": 3}, {"browser": {"a": "b"}}, {"text": "x" * 5000}):
            self.refused(self.gateway.ask_help, "InvalidInput", self.julie, self.first, report)
        self.opens_nothing(self.gateway.ask_help, host, self.first)
        self.opens_nothing(self.gateway.ask_help, self.marc, self.first)
        self.rest()
        self.assertEqual(self.stored("SELECT kind, recipient_kind, subject FROM notice WHERE kind = 'help.asked'"),
                         [("help.asked", 0, number)])

    def test_feed(self):
        feed = self.tool("link contact 0 feed 0")
        self.serve()
        etag, calendar = self.gateway.feed(feed)
        self.assertIn(b"BEGIN:VCALENDAR\r\n", calendar)
        self.assertEqual(calendar.count(b"BEGIN:VEVENT"), 2)
        self.assertNotIn(b"Zo\xc3\xa9", calendar)
        self.assertEqual(self.gateway.feed(feed, etag), [etag, b""])
        self.assertEqual(self.gateway.feed(feed, '"other"'), [etag, calendar])
        self.opens_nothing(self.gateway.view, feed)
        self.opens_nothing(self.gateway.feed, self.julie)

    def test_code(self):
        code = self.tool(f"entry guest contact 0 {self.first} {UID}")
        self.assertRegex(code, "^[0-9A-HJKMNP-TV-Z]{8}$")
        self.serve()
        # the day before, by the organisation's calendar
        self.set_clock(instant("2026-09-06 23:59"))
        self.opens_nothing(self.gateway.exchange, "code", code)
        self.set_clock(instant("2026-09-07 00:00"))
        code_pass = self.gateway.exchange("code", code)
        self.assertRegex(code_pass, "^[A-Za-z0-9_-]{22}$")
        view = self.gateway.view(code_pass)
        self.assertEqual((view["means"], [item["subject"] for item in view["items"]], view["items"][0]["may"]), ("pass", [self.first], ["help"]))
        version = view["items"][0]["version"]
        self.opens_nothing(self.gateway.respond, code_pass, self.first, version, "accepted", "k")
        self.opens_nothing(self.gateway.ask_time, code_pass, self.first, version, 0, "k")
        self.opens_nothing(self.gateway.withdraw_time, code_pass, self.first, version, "k")
        self.opens_nothing(self.gateway.find_times, code_pass, self.first)
        self.opens_nothing(self.gateway.arrive, code_pass, self.strict)
        self.opens_nothing(self.gateway.feed, code_pass)
        self.set_clock(START)
        again = self.gateway.exchange("code", code)
        self.assertNotEqual(again, code_pass)
        visit = self.gateway.arrive(code_pass, self.first, ANSWERS)
        self.assertEqual(self.gateway.arrive(again, self.first), visit)
        self.set_clock(END)
        self.opens_nothing(self.gateway.exchange, "code", code)
        self.set_clock(END + 30 * MINUTE)
        self.opens_nothing(self.gateway.view, code_pass)

    def test_a_code_follows_its_session(self):
        code = self.tool(f"entry guest contact 0 {self.first} {UID}")
        self.tool(f"move {self.first} {OTHER_DATE} 10:00")
        self.serve()
        self.set_clock(instant("2026-09-07 12:00"))
        self.opens_nothing(self.gateway.exchange, "code", code)
        self.set_clock(instant(f"{OTHER_DATE} 10:00"))
        self.gateway.exchange("code", code)
        self.let(f"cancel {self.first}")
        self.opens_nothing(self.gateway.exchange, "code", code)

    def test_a_new_code_replaces(self):
        self.set_clock(START - HOUR)
        code = self.tool(f"entry guest contact 0 {self.first} {UID}")
        newer = self.tool(f"entry guest contact 0 {self.first} {UID}")
        self.serve()
        self.opens_nothing(self.gateway.exchange, "code", code)
        self.gateway.exchange("code", newer)


class Refusals(Case):
    def every_method(self, key):
        """What each method says to a key: nothing else than that it opens nothing."""
        first, gateway = self.first, self.gateway
        class Raw(str):
            def encode(self):
                return key
        secret = Raw("")
        patched = globals()["key_of"]
        globals()["key_of"] = lambda thing: key if isinstance(thing, Raw) else patched(thing)
        try:
            for act, arguments in ((gateway.view, ()), (gateway.respond, (first, 1, "accepted", "k")),
                                   (gateway.ask_time, (first, 1, 0, "k")), (gateway.withdraw_time, (first, 1, "k")), (gateway.find_times, (first,)),
                                   (gateway.arrive, (first, ANSWERS)), (gateway.leave, (1,)), (gateway.let_in, (1,)),
                                   (gateway.report, (first, 1, True)), (gateway.end, (first,)), (gateway.ask_help, (first,)),
                                   (gateway.feed, ())):
                self.opens_nothing(act, secret, *arguments)
        finally:
            globals()["key_of"] = patched

    def test_keys(self):
        self.serve()
        known = key_of(self.julie)
        for key in (b"", b"\0" * 32, known[:31], known + b"\0", known * 2, bytes(reversed(known)), self.julie.encode(), b"x" * 100000):
            self.every_method(key)

    def test_revoked_and_renewed(self):
        self.serve()
        self.gateway.view(self.julie)
        self.let("revoke contact 0 guest")
        self.every_method(key_of(self.julie))
        self.let("renew contact 0")
        self.every_method(key_of(self.julie))
        newer = self.let("link contact 0 guest 0")
        self.assertNotEqual(newer, self.julie)
        self.gateway.view(newer)
        self.every_method(key_of(self.julie))

    def test_used_late_and_anothers(self):
        token = self.tool(f"entry host professional 0 {self.first} {UID}")
        late = self.tool(f"entry host professional 0 {self.first} {UID}")
        self.serve()
        gateway = self.gateway
        host = gateway.exchange("link", token)
        for address, secret in enumerate((token, late[::-1], self.julie, host), 10):
            self.opens_nothing(gateway.exchange, "link", secret, address)
        self.opens_nothing(gateway.exchange, "code", token, 20)
        self.set_clock(NOW + 120)
        self.opens_nothing(gateway.exchange, "link", late, 21)
        # what is somebody else's: each method that names a thing
        self.set_clock(START)
        visit = gateway.arrive(self.julie, self.first, ANSWERS)
        marc = self.marc
        version = gateway.item(self.julie, self.first)["version"]
        for secret in (marc, host):
            self.opens_nothing(gateway.respond, secret, self.first if secret == marc else self.other, version, "accepted", "k")
            self.opens_nothing(gateway.leave, secret, visit)
        self.opens_nothing(gateway.arrive, marc, self.first, ANSWERS)
        self.opens_nothing(gateway.arrive, host, self.other, {})
        self.opens_nothing(gateway.find_times, marc, self.first)
        self.opens_nothing(gateway.ask_time, marc, self.first, version, 0, "k")
        self.opens_nothing(gateway.withdraw_time, marc, self.first, version, "k")
        self.opens_nothing(gateway.let_in, marc, visit)
        self.opens_nothing(gateway.let_in, self.julie, visit)
        self.opens_nothing(gateway.end, host, self.other)
        for subject in (0, 1, 2**63, 2**64 - 1):
            self.opens_nothing(gateway.arrive, self.julie, subject, ANSWERS)
            self.opens_nothing(gateway.leave, self.julie, subject)
            self.opens_nothing(gateway.let_in, host, subject)

    def test_limits(self):
        self.set_clock(START - HOUR)
        code = self.tool(f"entry guest contact 0 {self.first} {UID}")
        self.serve()
        for number in range(10):
            self.opens_nothing(self.gateway.exchange, "code", f"WRONG{number:03}", 7)
        self.refused(self.gateway.exchange, "Busy", "code", code, 7)
        # another address is another matter, and the right one costs nothing
        for _ in range(30):
            self.gateway.exchange("code", code, 8)
        self.rest()
        self.assertEqual(self.stored("SELECT count(*) FROM pass"), [(20,)], "the oldest give way")
        self.serve()
        tries = 0
        for address in range(100, 200):
            for number in range(10):
                try:
                    self.gateway.exchange("code", f"{address}{number:05}", address)
                except Refusal as refusal:
                    if refusal.name == "Busy":
                        break
                    tries += 1
        self.assertEqual(tries, 500, "in all")
        self.refused(self.gateway.exchange, "Busy", "code", code, 999)
        self.set_clock(START - HOUR + 900)
        self.gateway.exchange("code", code, 999)
        self.refused(self.gateway.exchange, "InvalidInput", "password", code, 1)

    def test_clock(self):
        """Set back and ahead: what was opened early is not open, what is over is over."""
        host = self.host()
        self.set_clock(START)
        visit = self.gateway.arrive(self.julie, self.first, ANSWERS)
        self.gateway.let_in(host, visit)
        self.set_clock(START - DAY)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["state"], "early")
        self.set_clock(START + 60)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["visit"]["number"], visit)
        self.set_clock(END + 31 * MINUTE)
        self.assertEqual(self.gateway.item(self.julie, self.first)["door"]["state"], "over")
        self.opens_nothing(self.gateway.view, host)
        self.set_clock(START + 5 * MINUTE)
        self.gateway.view(host)

    def test_what_is_not_offered(self):
        self.serve()
        self.refused(self.gateway.call, "AccessDenied", "Forget")
        with self.assertRaises(GLib.Error) as caught:
            self.gateway.bus.call_sync(None, OBJECT, "org.freedesktop.DBus.Introspectable", "Introspect", None, None, 0, 5000, None)
        self.assertTrue(Gio.DBusError.get_remote_error(caught.exception).endswith("AccessDenied"))

    def test_another_user_is_turned_away(self):
        if UID != 0:
            self.skipTest("only root can be another user")
        self.serve()
        for folder in (self.folder, self.socket.parent):
            folder.chmod(0o755)
        self.socket.chmod(0o666)
        visit = ("import sys; from gi.repository import Gio\n"
                 "Gio.DBusConnection.new_for_address_sync('unix:path=' + sys.argv[1], "
                 "Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)")
        result = subprocess.run([sys.executable, "-c", visit, self.socket], user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True)
        self.assertNotEqual(result.returncode, 0)


class Scanner(Case):
    def dump(self):
        tables = [name for (name,) in self.stored("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: self.stored(f"SELECT * FROM {table}") for table in tables if table != "opening"}

    def test_looking_changes_nothing(self):
        """What a mail scanner that follows every link twice can make the gateway call: View and Feed."""
        feed = self.tool("link contact 0 feed 0")
        before = self.dump()
        self.serve()
        self.set_clock(START)
        for _ in range(2):
            for opened in (True, False):
                self.gateway.view(self.julie, opened)
                self.opens_nothing(self.gateway.view, feed, opened)
            self.gateway.feed(feed)
            self.gateway.find_times(self.marc, self.other)
        self.rest()
        after = self.dump()
        # comodald's own: heads of the audit log, gathered letters
        for table in ("visit", "pass", "entry", "link", "invitation", "time_request", "help_request", "booking", "request_key", "ending"):
            self.assertEqual(after[table], before[table], table)

    def test_openings_are_counted(self):
        self.serve()
        self.gateway.view(self.julie, True)
        self.gateway.view(self.julie, True)
        self.gateway.view(self.julie)
        timer = GLib.timeout_add(100, lambda: True)
        try:
            await_event(lambda: self.stored("SELECT kind, count FROM opening") == [(2, 2)], "the count")
        finally:
            GLib.source_remove(timer)


class Unnamed(Case):
    """Families whose parents' names are not on record."""
    caseload = {**CASELOAD, "contacts": [{name: value for name, value in contact.items() if name != "name"}
                                         for contact in CASELOAD["contacts"]]}

    def test_the_host_is_told_who_they_are(self):
        host = self.host()
        self.set_clock(START - 10 * MINUTE)
        self.gateway.arrive(self.julie, self.first, ANSWERS)
        self.gateway.arrive(host, self.first)
        self.assertEqual([(one["name"], one["relation"]) for one in self.gateway.view(host)["waiting"]],
                         [(None, "guardian"), ("Sophie Gagnon", None)])

    def test_nobody_in_the_room_is_nameless(self):
        host = self.host()
        self.set_clock(START)
        self.gateway.let_in(host, self.gateway.arrive(self.julie, self.first, ANSWERS))
        await_event(lambda: self.gateway.item(self.julie, self.first)["door"]["room"], "a room")
        self.assertEqual(self.gateway.enter(self.julie, self.first)["name"], "Un parent")


if __name__ == "__main__":
    tap.main()
