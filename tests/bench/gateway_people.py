# SPDX-License-Identifier: GPL-3.0-or-later
"""A comodald of many families, for what is measured of the gateway: each child has a session by video, each guardian a link."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "integration"), str(ROOT / "tests" / "lib")]
import gateway_bus as cases  # noqa: E402


class Person:
    def __init__(self, subject, start, token):
        self.subject, self.start, self.token = subject, start, token
        self.page = f"/v/{token}"
        self.door = f"/v/{token}/door/{subject}"
        self.events = f"{self.door}/events"


class Case(cases.Case):
    SESSIONS = 500
    KIN = 1                     # guardians of a child
    SLOTS = ("10:00",)          # of a host's day; sessions take a slot of every host, then the next

    def caseload(self):
        base = dict(cases.CASELOAD)
        base["professionals"] = [{**base["professionals"][0], "id": f"P{n}", "name": f"Pro {n}"} for n in range(self.hosts)]
        base["students"] = [{**base["students"][0], "id": f"S{n}", "name": f"Élève {n}"} for n in range(self.SESSIONS)]
        base["contacts"] = [{**base["contacts"][0], "id": f"C{n}", "name": f"Parent {n}"} for n in range(self.SESSIONS * self.KIN)]
        base["followups"] = [{"id": f"F{n}", "professional": f"P{n % self.hosts}", "student": f"S{n}", "priority": 1, "not_before": "2026-09-07",
                              "sessions": [{"id": f"F{n}-1", "act": "suivi", "minutes": 15, "target_date": cases.DATE, "participants": [],
                                            "prefer": "video"}]} for n in range(self.SESSIONS)]
        return base

    def setUp(self):
        cases.TestCase.setUp(self)
        self.hosts = -(-self.SESSIONS // len(self.SLOTS))
        self.clock = self.folder / "clock"
        self.set_clock(cases.NOW)
        self.serve()
        self.assertEqual(self.client.import_caseload(self.caseload()).wait(600), "succeeded")
        self.rest()
        self.people = self.make_people()
        self.serve()

    def make_people(self):
        """In the order in which their sessions are."""
        lines = []
        for n in range(self.SESSIONS):
            kin = range(n * self.KIN, (n + 1) * self.KIN)
            lines += [f"guardian {n} {contact}" for contact in kin]
            lines += [f"book {n} {cases.DATE} {self.SLOTS[n // self.hosts]} video-remote"]
            lines += [f"link contact {contact} guest 0" for contact in kin]
        said = iter(self.tool(*lines).split("\n"))
        people = []
        for _ in range(self.SESSIONS):
            subject, start, _end = map(int, next(said).split())
            people += [Person(subject, start, next(said)) for _ in range(self.KIN)]
        return people
