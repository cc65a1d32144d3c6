#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, and what each role may do: every method as every role, and what each is shown of the roster and the agenda."""
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

import tap
from gi.repository import GLib
from comodal_test import BUS_NAME, COMODALCTL, OBJECT, SOURCE, TestCase, generate

ROLES = ("professional", "coordinator", "referent", "helper", "custodian", "administrator")
# a user of the system for each role: a message bus lets in only those that exist
NAMES = ("daemon", "bin", "sys", "games", "man", "lp")
USERS = {role: pwd.getpwnam(name).pw_uid for role, name in zip(ROLES, NAMES)}
NOBODY = pwd.getpwnam("nobody").pw_uid
CASELOAD = generate("month", "--seed", 3)
PERIOD = (CASELOAD["horizon"]["from"], CASELOAD["horizon"]["to"])

# calls every method with the plainest arguments there are, and prints what each error is
CALLER = """
import json, sys
from gi.repository import Gio, GLib
address, name, path = sys.argv[1:4]
plain = {"s": "''", "t": "uint64 0", "u": "uint32 4000000", "x": "int64 0", "i": "0", "b": "false", "d": "0.0",
         "h": "handle 0", "o": "objectpath '/'"}
bus = Gio.DBusConnection.new_for_address_sync(address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
said = {}
for interface, method, types in json.load(sys.stdin):
    words = [plain.get(kind) or f"@{kind} " + ("{}" if kind.startswith("a{") else "[]") for kind in types]
    values = [GLib.Variant.parse(None, word, None, None) for word in words]
    try:
        bus.call_sync(name, path, interface, method, GLib.Variant.new_tuple(*values) if values else None, None, 0, 60000,
                      None)
        said[f"{interface}.{method}"] = ""
    except GLib.Error as error:
        said[f"{interface}.{method}"] = Gio.DBusError.get_remote_error(error) or error.message
print(json.dumps(said))
"""


def contract():
    """Interface, method and types of what it takes, of every method at the daemon's object."""
    tree = ElementTree.parse(SOURCE / "include" / "org.comodal.Comodal1.xml")
    for interface in tree.iter("interface"):
        if interface.get("name").endswith(".Job"):
            continue
        for method in interface.iter("method"):
            yield (interface.get("name"), method.get("name"),
                   [argument.get("type") for argument in method.iter("arg") if argument.get("direction") == "in"])


def documented():
    """{"Planner.Plan": {"coordinator", …}}, as docs/dbus-api.md tells people; "anyone" and every role by name."""
    interface, method, table = None, None, {}
    for line in (SOURCE / "docs" / "dbus-api.md").read_text().splitlines():
        if line.startswith("## "):
            interface = line.removeprefix(f"## {BUS_NAME}.")
        elif line.startswith("### "):
            method = line[4:]
        elif line == "For anyone.":
            table[f"{interface}.{method}"] = {*ROLES, "anyone"}
        elif line == "For every role.":
            table[f"{interface}.{method}"] = set(ROLES)
        elif line.startswith("For: "):
            table[f"{interface}.{method}"] = set(re.findall(r"\w+", line[5:]))
    return table


@unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class AccountsCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()

    def set(self, uid, **changes):
        packed = {name: GLib.Variant({"roles": "as", "professional": "t", "sites": "at", "language": "s"}[name], value)
                  for name, value in changes.items()}
        self.client.call("Accounts", "Set", "(ua{sv})", uid, packed)

    def as_user(self, uid, *command, **more):
        return subprocess.run(["setpriv", f"--reuid={uid}", "--clear-groups", *map(str, command)], capture_output=True,
                              text=True, env=self.bus.environment(HOME="/nonexistent"), **more)

    def ctl_as(self, uid, *arguments, status=0, **more):
        result = self.as_user(uid, COMODALCTL, "--session", *arguments, **more)
        self.assertEqual(result.returncode, status, f"{arguments}: {result.stdout}{result.stderr}")
        return result

    def json_as(self, uid, *arguments):
        return json.loads(self.ctl_as(uid, *arguments, "--json").stdout)

    def import_roster(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def publish_plan(self):
        job = self.client.plan(effort=20, replan_from=PERIOD[0])
        job.wait()
        self.assertEqual(self.client.publish(job.result()["plan"], 0).wait(), "succeeded")


class EveryMethod(AccountsCase):
    def call_all(self, uid):
        result = self.as_user(uid, sys.executable, "-c", CALLER, self.bus.address, BUS_NAME, OBJECT,
                              input=json.dumps([list(row) for row in contract()]))
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_as_every_role(self):
        self.import_roster()
        table = documented()
        methods = {f"{interface.removeprefix(BUS_NAME + '.')}.{method}" for interface, method, _ in contract()}
        self.assertEqual(set(table) & methods, methods)
        for role, uid in USERS.items():
            self.set(uid, roles=[role])
        for role, uid in [*USERS.items(), ("nobody", NOBODY)]:
            for name, error in self.call_all(uid).items():
                short = name.removeprefix(BUS_NAME + ".")
                allowed = role in table[short] or "anyone" in table[short]
                self.assertEqual(error == BUS_NAME + ".Error.AccessDenied", not allowed, f"{short} as {role}: {error}")


class Keeping(AccountsCase):
    def test_made_changed_and_removed(self):
        uid = USERS["coordinator"]
        self.ctl_as(uid, "status", status=1)
        self.ctl("account", "set", "bin", "--role", "coordinator,helper", "--language", "fr")
        self.ctl_as(uid, "status")
        rows = json.loads(self.ctl("account", "list", "--json").stdout)
        self.assertEqual(rows, [{"uid": uid, "user": "bin", "roles": ["coordinator", "helper"], "professional": 0,
                                 "sites": [], "language": "fr"}])
        self.assertIn("coordonnat", self.ctl("account", "list", "--lang", "fr").stdout)
        # what is kept of an account is forgotten at once
        self.ctl("account", "set", uid, "--role", "none")
        self.ctl_as(uid, "status", status=1)
        self.ctl("account", "set", uid, "--role", "custodian")
        self.ctl_as(uid, "status")
        self.ctl("account", "remove", uid)
        self.ctl_as(uid, "status", status=1)
        self.ctl("account", "remove", uid, status=1)

    def test_the_last_administrator_stays(self):
        uid = USERS["administrator"]
        self.ctl("account", "set", uid, "--role", "administrator")
        for command in (("set", uid, "--role", "coordinator"), ("set", uid, "--role", "none"), ("remove", uid)):
            self.assertIn("administrator", self.ctl("account", *command, status=1).stderr)
        self.ctl_as(uid, "account", "set", USERS["helper"], "--role", "administrator")
        self.ctl("account", "remove", uid)
        self.ctl("account", "remove", USERS["helper"], status=1)

    def test_what_is_wrong_changes_nothing(self):
        uid = USERS["professional"]
        self.import_roster()
        for changes in ({"roles": ["king"]}, {"language": "de"}, {"professional": 2**62}, {"sites": [2**62]},
                        {"roles": ["helper"], "professional": 2**62}):
            self.assert_call_fails("NotFound" if set(changes) & {"professional", "sites"} else "InvalidInput",
                                   self.set, uid, **changes)
        self.assertEqual(self.client.call("Accounts", "List")[0], [])
        self.ctl("account", "set", uid, status=2)
        self.ctl("account", "set", "no such user", "--role", "helper", status=1)

    def test_whoami(self):
        answer = self.json_as(NOBODY, "account", "whoami")
        self.assertEqual((answer["uid"], answer["roles"]), (NOBODY, []))
        self.assertIn("account set", self.ctl_as(NOBODY, "account", "whoami").stdout)
        self.assertEqual(json.loads(self.ctl("account", "whoami", "--json").stdout)["roles"], list(ROLES))
        self.set(USERS["helper"], roles=["helper"])
        self.assertIn("helper", self.ctl_as(USERS["helper"], "account", "whoami").stdout)

    def test_a_change_is_told_and_kept(self):
        heard = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Accounts", "Changed", None, None, 0,
                                         lambda *event: heard.append(event[5].unpack()[0]))
        self.set(USERS["helper"], roles=["helper"])
        self.client.call("Accounts", "List")
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertEqual(heard, [USERS["helper"]])
        self.restart_daemon()
        self.assertEqual([row[:2] for row in self.connect().call("Accounts", "List")[0]], [(USERS["helper"], ["helper"])])


class Shown(AccountsCase):
    """What is theirs, to each."""

    def setUp(self):
        super().setUp()
        self.import_roster()
        self.publish_plan()
        self.people = CASELOAD["professionals"]
        self.own, self.other = self.people[0]["id"], self.people[1]["id"]

    def ids(self, uid, kind):
        return {thing["id"] for thing in self.json_as(uid, "list", kind) if "id" in thing}

    def entries(self, agenda):
        return [entry for day in agenda["days"] for entry in day["entries"] if entry["type"] == "session"]

    def test_a_professional_sees_their_own(self):
        uid = USERS["professional"]
        self.ctl("account", "set", uid, "--role", "professional", "--professional", self.own)
        followups = [followup for followup in CASELOAD["followups"] if followup["professional"] == self.own]
        self.assertLess(len(followups), len(CASELOAD["followups"]))
        self.assertEqual(self.ids(uid, "professional"), {self.own})
        self.assertEqual(self.ids(uid, "followup"), {followup["id"] for followup in followups})
        self.assertEqual(self.ids(uid, "student"), {followup["student"] for followup in followups})
        self.assertEqual(self.ids(uid, "contact"), {who for followup in followups for session in followup["sessions"]
                                                    for who in session["participants"]})
        week = ("--from", PERIOD[0], "--to", PERIOD[1])
        mine = self.entries(self.json_as(uid, "agenda", *week))
        self.assertEqual({entry["professional"]["id"] for entry in mine}, {self.own})
        everyone = self.entries(json.loads(self.ctl("agenda", *week, "--json").stdout))
        self.assertEqual(len(mine), sum(entry["professional"]["id"] == self.own for entry in everyone))
        self.assertEqual(self.entries(self.json_as(uid, "agenda", self.own, *week)), mine)
        student = followups[0]["student"]
        theirs = self.entries(self.json_as(uid, "agenda", student, *week))
        self.assertEqual({entry["professional"]["id"] for entry in theirs}, {self.own})
        self.ctl_as(uid, "agenda", self.other, *week, status=1)
        self.ctl_as(uid, "agenda", "--plan", "1", *week, status=1)

    def test_not_theirs_reads_like_not_there(self):
        uid = USERS["professional"]
        self.ctl("account", "set", uid, "--role", "professional", "--professional", self.own)
        self.set(USERS["referent"], roles=["referent"], sites=[self.client.number("site", CASELOAD["sites"][0]["id"])])
        strange = next(followup["student"] for followup in CASELOAD["followups"]
                       if followup["student"] not in self.ids(uid, "student"))
        numbers = [self.client.number("professional", self.other), self.client.number("student", strange), 2**60]
        for user in (uid, USERS["referent"]):
            words = {self.gdbus_agenda(user, number) for number in numbers}
            self.assertEqual(len(words), 1, words)
            self.assertIn("Error.NotFound", words.pop())

    def gdbus_agenda(self, uid, number):
        return self.as_user(uid, "gdbus", "call", "--address", self.bus.address, "--dest", BUS_NAME, "--object-path", OBJECT,
                            "--method", f"{BUS_NAME}.Agenda.Get", f"uint64 {number}", *PERIOD, "@a{sv} {}").stderr

    def test_a_school_sees_what_happens_there(self):
        uid = USERS["referent"]
        served = self.people[0]["sites"][0]
        self.ctl("account", "set", uid, "--role", "referent", "--site", served)
        self.assertEqual(self.ids(uid, "site"), {served})
        self.assertEqual(self.ids(uid, "student") | self.ids(uid, "contact") | self.ids(uid, "followup"), set())
        self.assertEqual(self.ids(uid, "professional"), {who["id"] for who in self.people if served in who["sites"]})
        self.assertEqual(self.ids(uid, "room"), {room["id"] for room in CASELOAD["rooms"] if room["site"] == served})
        week = ("--from", PERIOD[0], "--to", PERIOD[1])
        seen = self.entries(self.json_as(uid, "agenda", *week))
        everyone = self.entries(json.loads(self.ctl("agenda", *week, "--json").stdout))
        there = [entry for entry in everyone if entry["site"]["id"] == served and entry["mode"] != "video-remote"]
        self.assertTrue(there)
        self.assertEqual([(entry["student"]["id"], entry["start"]) for entry in seen],
                         [(entry["student"]["id"], entry["start"]) for entry in there])
        for entry in seen:
            self.assertEqual(set(entry) & {"id", "followup", "act", "act_title", "participants", "number"}, set())
        self.ctl_as(uid, "agenda", *week)
        elsewhere = next(site["id"] for site in CASELOAD["sites"] if site["id"] != served)
        self.ctl_as(uid, "agenda", "--site", elsewhere, *week, status=1)

    def test_who_is_nothing_of_it_sees_nothing(self):
        for role in ("professional", "referent", "helper"):
            self.set(USERS[role], roles=[role])
            for kind in ("professional", "student", "site", "followup"):
                self.assertEqual(self.ids(USERS[role], kind), set())
            self.assertIn("Error.NotFound", self.gdbus_agenda(USERS[role], 0))


class Acting(AccountsCase):
    """What a professional may act on."""

    def setUp(self):
        super().setUp()
        self.import_roster()
        self.own, self.other = (who["id"] for who in CASELOAD["professionals"][:2])
        self.uid, self.colleague = USERS["professional"], USERS["helper"]
        for uid, who in ((self.uid, self.own), (self.colleague, self.other)):
            self.ctl("account", "set", uid, "--role", "professional", "--professional", who)

    def test_colleagues_by_name_alone(self):
        shown = self.json_as(self.uid, "list", "professional")
        numbers = [self.client.number("professional", who["id"]) for who in CASELOAD["professionals"]]
        self.assertEqual([thing["number"] for thing in shown], numbers)
        self.assertEqual(shown[1], {"number": numbers[1], "name": CASELOAD["professionals"][1]["name"]})
        self.assertEqual(shown[0]["id"], self.own)
        self.assertIn(shown[1]["name"], self.ctl_as(self.uid, "list", "professional").stdout)
        self.ctl_as(self.uid, "meeting", PERIOD[0], "12:00", "--with", shown[1]["name"])
        booked = self.client.json("Booking", "List", "(ssa{sv})", *PERIOD, {})["bookings"]
        (meeting,) = [booking for booking in booked if booking["kind"] == "meeting"]
        self.assertEqual(meeting["professional"], numbers[0])
        self.assertEqual([one["number"] for one in meeting["attendees"]], [numbers[1]])
        self.set(USERS["referent"], roles=["referent"])
        self.assertEqual(self.json_as(USERS["referent"], "list", "professional"), [])

    def test_a_parent_who_attends_nothing_may_be_named(self):
        student = next(row["student"] for row in CASELOAD["followups"] if row["professional"] == self.own)
        attending = {who for followup in CASELOAD["followups"] for session in followup["sessions"]
                     for who in session["participants"]}
        self.ctl("contact", "add", "--id", "parent", text="Un parent\n")
        self.assertNotIn("parent", attending)
        self.ctl_as(self.uid, "consent", "give", student, "service", "--by", "parent", status=1)
        self.ctl("guardian", "add", student, "parent")
        self.assertIn("parent", {thing["id"] for thing in self.json_as(self.uid, "list", "contact")})
        self.ctl_as(self.uid, "consent", "give", student, "service", "--by", "parent")
        followed = {row["student"] for row in CASELOAD["followups"] if row["professional"] == self.other}
        if student not in followed:
            self.assertNotIn("parent", {thing["id"] for thing in self.json_as(self.colleague, "list", "contact")})

    def test_a_meeting_is_changed_by_whose_it_is(self):
        number, version, _ = self.client.call(
            "Booking", "BookAppointment", "(stssusa(st)a{sv})", "meeting", self.client.number("professional", self.own),
            PERIOD[0], "12:00", 30, "in-person", [("professional", self.client.number("professional", self.other))], {})

        def call_as(uid, method, *arguments):
            return self.as_user(uid, "gdbus", "call", "--address", self.bus.address, "--dest", BUS_NAME, "--object-path",
                                OBJECT, "--method", f"{BUS_NAME}.Booking.{method}", *arguments)

        stamp = (f"uint64 {number}", f"uint64 {version}")
        # who attends sees it
        self.assertEqual(call_as(self.colleague, "Get", stamp[0]).returncode, 0)
        for method, *more in (("Cancel", "@a{sv} {}"), ("Move", PERIOD[0], "12:30", "@a{sv} {}"),
                              ("SetOutcome", "held", "@a{sv} {}")):
            said = {call_as(self.colleague, method, which, stamp[1], *more).stderr for which in (stamp[0], f"uint64 {2**60}")}
            self.assertEqual(len(said), 1, said)
            self.assertIn("Error.NotFound", said.pop())
        self.assertEqual(call_as(self.uid, "Move", *stamp, PERIOD[0], "12:30", "@a{sv} {}").returncode, 0)
        moved = self.client.json("Booking", "Get", "(t)", number)["bookings"][0]
        self.assertEqual(moved["start"], "12:30")
        self.set(USERS["coordinator"], roles=["coordinator"])
        answer = call_as(USERS["coordinator"], "Cancel", stamp[0], f"uint64 {moved['version']}", "@a{sv} {}")
        self.assertEqual(answer.returncode, 0, answer.stderr)


if __name__ == "__main__":
    tap.main()
