#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and places by hand: added, edited, removed; what is wrong, what is in the way, who may, and what is told."""
import datetime
import json
import os
import pwd
import shutil
import subprocess
import unittest

import tap
from gi.repository import GLib
from comodal_test import BUS_NAME, COMODALCTL, Monitor, TestCase, english, generate

CASELOAD = generate("pair", "--seed", 4)
PERIOD = (CASELOAD["horizon"]["from"], CASELOAD["horizon"]["to"])


class HandCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def start(self):
        """Before the term: what is past stays, whoever removes it."""
        clock = self.folder / "clock"
        clock.write_text(str(int(datetime.datetime.fromisoformat(PERIOD[0] + "T00:00:00+00:00").timestamp()) - 86400))
        self.start_daemon(environment={"COMODAL_CLOCK": str(clock)})

    def change(self, *changes, **more):
        """The result of Roster.Change."""
        return self.client.exchange("Roster", "Change", {"format": "comodal-roster-change/1", "changes": list(changes)},
                                    {name.replace("_", "-"): GLib.Variant("b", value) for name, value in more.items()})

    def codes(self, *changes, **more):
        result = self.change(*changes, **more)
        self.assertFalse(result["done"])
        return [(problem["change"], problem["code"], problem["path"]) for problem in result["problems"]]

    def things(self, kind):
        return {thing["id"]: thing for thing in self.client.json("Roster", "List", "(s)", kind)}

    def version(self):
        return self.client.call("Manager", "GetStatus")[2]

    def publish_plan(self):
        job = self.client.plan(effort=20, replan_from=PERIOD[0])
        job.wait()
        self.assertEqual(self.client.publish(job.result()["plan"], 0).wait(), "succeeded")

    def student(self, **more):
        return {"do": "add", "kind": "student", "thing": {"id": "new", "name": "Zoé Essai", "birth_date": "2015-02-28",
                                                          "site": CASELOAD["students"][0]["site"], **more}}


class Changes(HandCase):
    def test_added_edited_removed(self):
        before = self.client.roster()
        version = self.version()
        result = self.change(self.student())
        self.assertTrue(result["done"])
        self.assertEqual(self.version(), version + 1)
        added = self.things("student")["new"]
        self.assertEqual(added["number"], result["changes"][0]["number"])
        self.assertEqual((added["name"], added["remote_hours"], added["blocked"]), ("Zoé Essai", {}, []))
        self.assertTrue(self.change({"do": "edit", "kind": "student", "id": "new", "set": {"name": "Zoé Autre"},
                                     "was": {"name": "Zoé Essai"}})["done"])
        self.assertEqual(self.things("student")["new"], {**added, "name": "Zoé Autre"})
        self.assertTrue(self.change({"do": "remove", "kind": "student", "id": "new"})["done"])
        self.assertEqual(self.client.roster(), before)
        self.assertEqual(self.version(), version + 3)

    def test_every_kind_comes_and_goes(self):
        before = self.client.roster()
        site = before["sites"][0]
        things = {
            "site": {"id": "x", "name": "École X", "lat": 45.5, "lon": -73.5, "calendar": site["calendar"],
                     "travel_minutes": {site["id"]: 20}},
            "room": {"id": "x", "site": site["id"]},
            "companion": {"id": "x", "site": site["id"], "hours": {"mon": [["09:00", "12:00"]]}},
            "professional": {"id": "x", "name": "Ana X", "profession": "psychologue", "base": site["id"],
                             "sites": [site["id"]], "hours": {"mon": [["09:00", "12:00"]]}},
            "contact": {"id": "x", "name": "Parent X"},
            "followup": {"id": "x", "professional": before["professionals"][0]["id"],
                         "student": before["students"][0]["id"], "not_before": PERIOD[0]},
        }
        for kind, thing in things.items():
            self.assertEqual(self.change({"do": "add", "kind": kind, "thing": thing})["problems"], [], kind)
            self.assertIn("x", self.things(kind))
        session = {"id": "y", "act": "suivi", "minutes": 45, "target_date": PERIOD[0], "participants": ["x"]}
        self.assertEqual(self.change({"do": "add", "kind": "session", "followup": "x", "thing": session})["problems"], [])
        self.assertEqual(self.things("followup")["x"]["sessions"][0]["participants"], ["x"])
        self.assertEqual(self.change({"do": "edit", "kind": "session", "id": "y", "set": {"minutes": 60}})["problems"], [])
        self.assertEqual(self.things("followup")["x"]["sessions"][0]["minutes"], 60)
        self.assertEqual(self.things("contact")["x"]["name"], "Parent X")
        self.restart_daemon()
        self.client = self.connect()
        self.assertEqual(self.things("contact")["x"]["name"], "Parent X")
        for kind in ("session", *reversed(things)):
            self.assertEqual(self.change({"do": "remove", "kind": kind, "id": "y" if kind == "session" else "x"})["problems"],
                             [], kind)
        self.assertEqual(self.client.roster(), before)

    def test_several_at_once_or_none(self):
        version = self.version()
        good, bad = self.student(), self.student(id="other", birth_date="2015-02-30")
        self.assertEqual(self.codes(good, bad), [(1, "invalid", "$.birth_date")])
        self.assertNotIn("new", self.things("student"))
        self.assertTrue(self.change(good, self.student(id="other"))["done"])
        self.assertEqual(self.version(), version + 1)

    def test_what_is_wrong_is_said_member_by_member(self):
        paths = {path for _, _, path in self.codes(self.student(birth_date="28 février", site="nowhere"))}
        self.assertEqual(paths, {"$.birth_date", "$.site"})
        self.assertEqual(self.codes(self.student(), self.student()), [(1, "exists", "$.id")])
        self.assertEqual(self.codes({"do": "edit", "kind": "room", "id": "none", "set": {}}), [(0, "not-found", "")])
        self.assert_call_fails("InvalidInput", self.change, {"do": "add", "kind": "king", "thing": {}})
        self.assert_call_fails("InvalidInput", self.change, {"do": "edit", "kind": "room", "set": {}})
        deep = {}
        for _ in range(100):
            deep = {"a": deep}
        self.assert_call_fails("InvalidInput", self.change, self.student(remote_hours=deep))

    def test_a_stale_change_is_refused(self):
        one = CASELOAD["students"][0]
        edit = {"do": "edit", "kind": "student", "id": one["id"], "set": {"name": "A"}, "was": {"name": one["name"]}}
        self.assertTrue(self.change(edit)["done"])
        result = self.change({**edit, "set": {"name": "B"}})
        self.assertEqual(result["problems"][0]["code"], "stale")
        self.assertIn("name", english(result["problems"][0]["message"]))
        # somebody who changes something else is not in the way
        self.assertTrue(self.change({"do": "edit", "kind": "student", "id": one["id"], "set": {"remote_hours": {}},
                                     "was": {"remote_hours": one["remote_hours"]}})["done"])
        self.assertEqual(self.things("student")[one["id"]]["name"], "A")

    def test_a_dry_run_writes_nothing(self):
        before = (self.client.roster(), self.version())
        result = self.change(self.student(), dry_run=True)
        self.assertEqual((result["done"], result["problems"]), (False, []))
        self.assertEqual((self.client.roster(), self.version()), before)

    def test_what_is_needed_stays(self):
        site = CASELOAD["students"][0]["site"]
        codes = self.codes({"do": "remove", "kind": "site", "id": site})
        self.assertEqual({code for _, code, _ in codes}, {"in-use"})
        self.assertTrue(any("student" in english(problem["message"])
                            for problem in self.change({"do": "remove", "kind": "site", "id": site})["problems"]))
        self.assertEqual(self.codes({"do": "remove", "kind": "student", "id": CASELOAD["followups"][0]["student"]})[0][1],
                         "in-use")

    def test_booked_sessions_go_only_when_said(self):
        self.publish_plan()
        followup = CASELOAD["followups"][0]["id"]
        remove = {"do": "remove", "kind": "followup", "id": followup}
        self.assertEqual([code for _, code, _ in self.codes(remove)], ["booked"])
        self.assertIn(followup, self.things("followup"))
        result = self.change(remove, withdraw=True)
        self.assertTrue(result["done"])
        self.assertGreater(result["withdrawn"], 0)
        self.assertNotIn(followup, self.things("followup"))

    def test_what_is_kept_is_not_said_to_be_gone(self):
        self.publish_plan()
        followup = CASELOAD["followups"][0]
        whole = self.things("followup")[followup["id"]]
        self.insert(f"UPDATE booking SET origin = 'hand' WHERE session = {whole['sessions'][0]['number']};")
        for kind, identity in (("session", followup["sessions"][0]["id"]), ("followup", followup["id"])):
            remove = {"do": "remove", "kind": kind, "id": identity, "followup": followup["id"]}
            if kind == "followup":
                del remove["followup"]
            result = self.change(remove, withdraw=True)
            self.assertFalse(result["done"])
            self.assertIn("booked by hand", english(result["problems"][0]["message"]))

    def insert(self, sql):
        """Past the daemon: what other commands keep of people."""
        self.assertEqual(self.daemon.stop(), 0)
        result = subprocess.run(["sqlite3", self.daemon.database, sql], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.start()
        self.client = self.connect()

    def test_records_stay(self):
        changes = (self.student(), {"do": "add", "kind": "contact", "thing": {"id": "c"}},
                   {"do": "add", "kind": "room", "thing": {"id": "l", "site": CASELOAD["students"][0]["site"]}})
        student, contact, room = [change["number"] for change in self.change(*changes)["changes"]]
        professional = self.client.number("professional", CASELOAD["professionals"][0]["id"])
        self.insert(f"""
            INSERT INTO consent (student, kind, answer, contact, form, detail, given_on, version, recorded_by, recorded_at)
            VALUES ({student}, 'service', 'given', {contact}, 'written', x'00', 20000, 1, 0, 0);
            INSERT INTO appointment (id, version, kind, state, date, start, zone, start_utc, end_utc, mode, room, professional,
                                     changed_at, changed_by)
            VALUES (900000, 1, 'meeting', 'planned', 20000, 600, 'America/Toronto', 1728050400, 1728054000, 'in-person', {room},
                    {professional}, 0, 0);""")
        for kind, identity, words in (("student", "new", "Consents are kept: 1 would go."),
                                      ("contact", "c", "They gave 1 consents, which are kept."),
                                      ("room", "l", "There are 1 meetings there, to come or past.")):
            result = self.change({"do": "remove", "kind": kind, "id": identity}, withdraw=True)
            self.assertEqual([english(problem["message"]) for problem in result["problems"]], [words])
            self.assertIn(identity, self.things(kind))

    def test_it_is_audited(self):
        self.change(self.student())
        self.change({"do": "remove", "kind": "student", "id": "new"})
        self.daemon.stop()
        rows = subprocess.run(["sqlite3", self.daemon.database, "SELECT action, uid, subject FROM audit ORDER BY sequence"],
                              capture_output=True, text=True, check=True).stdout.split()
        added, removed = [row.split("|") for row in rows if row.startswith("student.")]
        self.assertEqual((added[0], added[1], removed[0]), ("student.add", str(os.getuid()), "student.remove"))
        self.assertEqual(added[2], removed[2])
        self.assertNotEqual(added[2], "0")

    def test_everyone_is_told(self):
        heard = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Roster", "Changed", None, None, 0,
                                         lambda *event: heard.append(event[5].unpack()[0]))
        self.change(self.student())
        version = self.version()
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertEqual(heard, [version])


@unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class OwnOnly(HandCase):
    """A psychologist opens a follow-up by hand."""

    def setUp(self):
        super().setUp()
        self.uid = pwd.getpwnam("daemon").pw_uid
        self.own, self.other = (who["id"] for who in CASELOAD["professionals"][:2])
        self.ctl("account", "set", self.uid, "--role", "professional", "--professional", self.own)
        self.strange = next(row["id"] for row in CASELOAD["followups"] if row["professional"] == self.other)

    def as_user(self, *arguments, status=0, text=""):
        result = subprocess.run(["setpriv", f"--reuid={self.uid}", "--clear-groups", COMODALCTL, "--session",
                                 *map(str, arguments)], capture_output=True, text=True, input=text,
                                env=self.bus.environment(HOME="/nonexistent"))
        self.assertEqual(result.returncode, status, f"{arguments}: {result.stdout}{result.stderr}")
        return result

    def test_own_followups_and_no_others(self):
        student = next(row["student"] for row in CASELOAD["followups"] if row["professional"] == self.own)
        common = ("--student", student)
        self.as_user("followup", "add", "--id", "x", "--person", self.own, *common)
        self.as_user("session", "add", "--followup", "x", "--id", "y", "--act", "suivi", "--minutes", "45", "--date", PERIOD[0])
        self.as_user("session", "edit", "y", "--minutes", "50")
        self.as_user("contact", "add", "--id", "c", text="Un parent\n")
        self.as_user("session", "remove", "y", "--yes")
        self.as_user("followup", "remove", "x", "--yes")
        # not theirs: by the API, past what comodalctl looks up
        before = self.client.roster()
        for change in ({"do": "add", "kind": "followup", "thing": {"id": "z", "professional": self.other, "student": student,
                                                                   "not_before": PERIOD[0]}},
                       {"do": "edit", "kind": "followup", "id": self.strange, "set": {"priority": 3}},
                       {"do": "edit", "kind": "followup", "id": "none", "set": {"priority": 3}},
                       {"do": "add", "kind": "session", "followup": self.strange, "thing": {"act": "suivi"}},
                       {"do": "remove", "kind": "session", "id": self.first_session(self.strange)},
                       {"do": "edit", "kind": "student", "id": student, "set": {"name": "X"}},
                       {"do": "remove", "kind": "room", "id": CASELOAD["rooms"][0]["id"]}):
            self.assert_not_theirs(change)
        own = next(row["id"] for row in CASELOAD["followups"] if row["professional"] == self.own)
        self.assert_not_theirs({"do": "edit", "kind": "followup", "id": own, "set": {"professional": self.other}})
        # a file that isn't theirs to open: by a new follow-up, by one that is made to be of another student
        unknown = self.unknown_student()
        self.assert_not_theirs(self.adding("z", unknown))
        self.assert_not_theirs(self.adding("z", "nobody"))
        self.assert_not_theirs({"do": "edit", "kind": "followup", "id": own, "set": {"student": unknown}})
        self.assertEqual(self.client.roster(), before)

    def unknown_student(self):
        known = {row["student"] for row in CASELOAD["followups"] if row["professional"] == self.own}
        return next(row["id"] for row in CASELOAD["students"] if row["id"] not in known)

    def adding(self, identity, student):
        return {"do": "add", "kind": "followup", "thing": {"id": identity, "professional": self.own, "student": student,
                                                           "not_before": PERIOD[0]}}

    def test_a_student_who_was_offered(self):
        unknown = self.unknown_student()
        profession = CASELOAD["professionals"][0]["profession"]
        professional, student = self.client.number("professional", self.own), self.client.number("student", unknown)
        self.assert_not_theirs(self.adding("z", unknown))
        self.assertEqual(self.daemon.stop(), 0)
        result = subprocess.run(["sqlite3", self.daemon.database, f"""
            INSERT INTO service_request VALUES (900001, 1, 'offered', {student}, '{profession}', 'suivi', 45, 1, 0, x'00', 0, 0);
            INSERT INTO appointment (id, version, kind, state, hold_until, request, date, start, zone, start_utc, end_utc, mode,
                                     professional, changed_at, changed_by)
            VALUES (900002, 1, 'meeting', 'hold', 9999999999, 900001, 30000, 600, 'UTC', 2592000000, 2592003600, 'in-person',
                    {professional}, 0, 0);"""], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.start()
        self.assertEqual(self.problems_as_user(self.adding("z", unknown)), [])

    def first_session(self, followup):
        return next(row["sessions"][0]["id"] for row in CASELOAD["followups"] if row["id"] == followup)

    def assert_not_theirs(self, change):
        self.assertEqual(self.problems_as_user(change), [("not-found", "It is not there, or not yours to change.")], change)

    def problems_as_user(self, change):
        """Of a change made in a process of the professional's user."""
        program = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import roster_by_hand as test
from comodal_test import Client
case = test.HandCase()
case.client = Client(sys.argv[2])
print(json.dumps(case.change(json.loads(sys.argv[3]))["problems"]))
"""
        result = subprocess.run(["setpriv", f"--reuid={self.uid}", "--clear-groups", "/usr/bin/python3", "-c", program,
                                 os.path.dirname(os.path.abspath(__file__)), self.bus.address, json.dumps(change)],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        problems = json.loads(result.stdout)
        return [(problem["code"], english(problem["message"])) for problem in problems]


class CommandLine(HandCase):
    def test_a_student_without_a_name_on_the_command_line(self):
        school = CASELOAD["students"][0]["site"]
        monitor = Monitor(self.bus)
        result = self.ctl("student", "add", "--id", "z", "--school", school, text="Zoé Canari\n2015-02-28\n")
        self.assertEqual(result.stdout, "Added: z\n")
        self.assertNotIn("Canari".encode(), monitor.end())
        added = self.things("student")["z"]
        self.assertEqual((added["name"], added["birth_date"], added["site"]), ("Zoé Canari", "2015-02-28", school))
        self.ctl("student", "edit", "zoe can", "--name", "--home-hours", "lun-mer 15h30-18h", text="Zoé Corbeau\n")
        edited = self.things("student")["z"]
        self.assertEqual(edited["name"], "Zoé Corbeau")
        self.assertEqual(edited["remote_hours"], {day: [["15:30", "18:00"]] for day in ("mon", "tue", "wed")})
        self.ctl("student", "remove", "z", status=1)
        self.ctl("student", "remove", "z", "--yes")
        self.assertNotIn("z", self.things("student"))

    def test_members_from_a_file(self):
        school = CASELOAD["students"][0]["site"]
        result = self.ctl("student", "add", "--school", school, "--from-file", "-", "--json",
                          text=json.dumps({"name": "Zoé", "birth_date": "2015-02-28"}))
        answer = json.loads(result.stdout)
        self.assertTrue(answer["done"])
        self.assertEqual(self.things("student")[answer["changes"][0]["id"]]["name"], "Zoé")

    def test_places_and_people(self):
        office = CASELOAD["sites"][0]["id"]
        self.ctl("school", "add", "--id", "x", "--name", "École du Lac", "--place", "45.5,-73.55", "--calendar",
                 CASELOAD["calendars"][0]["id"], "--open", "8h-15h30", "--travel", f"{office}=25")
        self.assertEqual(self.client.roster()["travel_minutes"]["x"], {office: 25})
        self.ctl("room", "add", "--id", "l", "--school", "ecole du lac", "--uses", "video")
        self.ctl("companion", "add", "--id", "a", "--school", "x", "--hours", "mon-fri 8:00-15:00")
        self.ctl("person", "add", "--id", "p", "--name", "Ana Roy", "--profession", "psychologue", "--base", office,
                 "--site", f"x,{office}", "--hours", "mon 8:30-12:00 13:00-16:00; jeu 9h-12h", "--absence",
                 f"{PERIOD[0]}..{PERIOD[0]}")
        person = self.things("professional")["p"]
        self.assertEqual(person["hours"], {"mon": [["08:30", "12:00"], ["13:00", "16:00"]], "thu": [["09:00", "12:00"]]})
        self.assertEqual((person["sites"], person["absences"]), (["x", office], [[PERIOD[0], PERIOD[0]]]))
        refused = self.ctl("school", "remove", "x", "--yes", status=1)
        self.assertIn("room", refused.stderr)
        self.assertIn("--kind:", self.ctl("school", "edit", "x", "--kind", "castle", status=1).stderr)
        self.assertIn("encore", self.ctl("--lang", "fr", "school", "remove", "x", "--yes", status=1).stderr)
        for wrong in (("person", "edit", "p", "--hours", "sometimes"), ("school", "edit", "x", "--place", "here"),
                      ("person", "edit", "p", "--site", "nowhere"), ("followup", "add", "--from", "demain")):
            self.ctl(*wrong, status=1)
        self.ctl("person", "edit", "p", status=2)
        self.ctl("person", "edit", "p", "--name", "Ana Roy-Lam", "--dry-run")
        self.assertEqual(self.things("professional")["p"]["name"], "Ana Roy")


if __name__ == "__main__":
    tap.main()
