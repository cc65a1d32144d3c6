#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole scenario once, with names and birth dates that can be told: none is in what crosses the bus, in the log, on a
command line, in a temporary file, nor in the clear in the database."""
import base64
import copy
import pathlib

import tap
from comodal_test import CallError, Monitor, TestCase, generate

CASELOAD = generate("pair", "--seed", 1)
# as a monitor's bytes would hold them; each is nobody's name
STUDENT = "Zoé-Canari Étudiante-{}"
PROFESSIONAL = "Ybert-Canari Professionnel-{}"


def marked():
    document = copy.deepcopy(CASELOAD)
    for number, student in enumerate(document["students"]):
        student["name"] = STUDENT.format(number)
    for number, professional in enumerate(document["professionals"]):
        professional["name"] = PROFESSIONAL.format(number)
    return document


def canaries(document):
    words = {"Canari"}
    for person in document["students"]:
        # the year alone would be found in other dates
        words.add(person["birth_date"])
    for text in words:
        yield text.encode()
        yield text.encode("utf-16-le")
    for offset in range(3):
        yield base64.b64encode(b"x" * offset + "Canari Étudiante".encode())[4:-4]


class Privacy(TestCase):
    def scenario(self, document):
        client = self.connect()
        horizon = document["horizon"]
        whole = (horizon["from"], horizon["to"])
        faulty = copy.deepcopy(document)
        faulty["students"][0]["site"] = "nowhere"
        faulty["students"][1]["birth_date"] = document["students"][1]["birth_date"] + "T00:00"
        faulty["students"][2]["name"] = 3
        faulty["professionals"][0]["hours"] = {"mon": [["12:00", "08:00"]]}
        # a spreadsheet in which somebody wrote names where ids belong
        faulty["followups"][0]["student"] = STUDENT.format("")
        faulty["followups"][1]["professional"] = PROFESSIONAL.format("")
        faulty["followups"][2]["sessions"][0]["participants"] = [STUDENT.format("")]
        self.assertEqual(client.import_caseload(faulty).wait(), "failed")
        self.assertEqual(client.import_caseload(document, dry_run=True).wait(), "succeeded")
        self.assertEqual(client.import_caseload(document).wait(), "succeeded")
        self.assertEqual(client.roster()["students"], document["students"])
        for kind in ("student", "professional", "followup"):
            client.json("Roster", "List", "(s)", kind)
        job = client.plan(effort=20, replan_from=horizon["from"])
        job.wait()
        plan = job.result()["plan"]
        client.json("Planner", "Diff", "(tt)", 0, plan)
        self.assertEqual(client.publish(plan, 0).wait(), "succeeded")
        agenda = client.document("Agenda", "Get", "(tssa{sv})", 0, *whole, {})
        self.assertIn(b"Canari", agenda, "the scenario has to show names to somebody")
        for session in document["followups"][0]["sessions"]:
            client.json("Planner", "Explain", "(st)", session["id"], plan)
        changed = copy.deepcopy(document)
        changed["students"][0]["name"] = STUDENT.format("changed")
        self.assertEqual(client.import_caseload(changed).wait(), "succeeded")
        job = client.plan(effort=5, replan_from=horizon["from"])
        job.wait()
        with self.assertRaises(CallError):
            client.json("Agenda", "Get", "(tssa{sv})", 2**60, *whole, {})
        self.assertEqual(client.publish(plan, 0).wait(), "failed")

    def search(self, what, content, document):
        for canary in canaries(document):
            self.assertNotIn(canary, content, what)

    def test_nobody_is_named(self):
        document = marked()
        daemon = self.start_daemon(environment={"TMPDIR": str(self.folder / "tmp"), "G_MESSAGES_DEBUG": "all"})
        (self.folder / "tmp").mkdir()
        monitor = Monitor(self.bus)
        self.scenario(document)
        wire = monitor.end()
        self.assertIn(b"org.comodal.Comodal1.Planner", wire)
        self.assertIn(b"Finished", wire)
        process = pathlib.Path("/proc") / str(daemon.process.pid)
        for what, content in (("the bus", wire), ("the log", daemon.log.read_bytes()),
                              ("the command line", (process / "cmdline").read_bytes())):
            self.search(what, content, document)
        self.assertEqual(list((self.folder / "tmp").iterdir()), [])
        for path in daemon.database.parent.iterdir():
            self.search(path.name, path.read_bytes(), document)
        daemon.stop()
        self.search("the log's end", daemon.log.read_bytes(), document)
        for path in daemon.database.parent.iterdir():
            self.search(path.name, path.read_bytes(), document)

    def test_what_is_typed_is_not_logged(self):
        daemon = self.start_daemon()
        client = self.connect()
        self.assertEqual(client.import_caseload(CASELOAD).wait(), "succeeded")
        job = client.plan(effort=1, replan_from=CASELOAD["horizon"]["from"])
        job.wait()
        self.assertEqual(client.publish(job.result()["plan"], 0).wait(), "succeeded")
        typed = "Zoé Canari"
        period = (CASELOAD["horizon"]["from"], CASELOAD["horizon"]["to"])
        for act in (lambda: client.document("Agenda", "Get", "(tssa{sv})", 0, typed, typed, {}),
                    lambda: client.document("Planner", "Explain", "(st)", typed, 0),
                    lambda: client.document("Roster", "List", "(s)", typed),
                    lambda: client.call("Policy", "Show", "(s)", typed),
                    lambda: client.plan(replan_from=typed)):
            with self.assertRaises(CallError) as context:
                act()
            self.assertIn("Canari", context.exception.message, "whoever typed it is told what was not understood")
        text = daemon.text()
        # beside what callers did stands only the day's look at birthdays, which has numbers
        told = [line for line in text[text.index("ready"):].splitlines()[1:] if "birthdays: " not in line]
        self.assertEqual([line for line in told if "of user" not in line], [])
        self.assertEqual(len(told), 8)
        self.assertNotIn("Canari", text)

    def test_the_search_finds(self):
        document = marked()
        for text in ("un Canari", document["students"][3]["birth_date"]):
            for content in (text.encode(), text.encode("utf-16-le")):
                with self.assertRaises(AssertionError):
                    self.search("a text", b"before " + content + b" after", document)

    def test_comodalctl_takes_no_name_to_the_bus(self):
        document = marked()
        self.start_daemon()
        client = self.connect()
        self.assertEqual(client.import_caseload(document).wait(), "succeeded")
        job = client.plan(effort=5, replan_from=document["horizon"]["from"])
        job.wait()
        self.assertEqual(client.publish(job.result()["plan"], 0).wait(), "succeeded")
        monitor = Monitor(self.bus)
        shown = self.ctl("agenda", PROFESSIONAL.format(0), "--week", document["horizon"]["from"])
        self.assertIn("Canari", shown.stdout)
        self.search("the bus", monitor.end(), document)


if __name__ == "__main__":
    tap.main()
