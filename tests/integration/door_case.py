# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of doors share: a comodald with a gateway's address, one session by video that is near, and a clock."""
import datetime
import json
import os
import subprocess
import zoneinfo

from comodal_test import COMODALCTL, SOURCE, TestCase, generate

BASE = "https://rencontres.css.example"
PHONE = "418 555-0100"
CASELOAD = generate("pair", "--seed", 1)
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])

CONFIGURATION = f"""[Mail]
Address=suivis@css.example
[Links]
Base={BASE}
[Help]
Phone={PHONE}
Hours[fr]=lundi au vendredi, de 8 h à 16 h
Hours[en]=Monday to Friday, 8 a.m. to 4 p.m.
"""


class DoorCase(TestCase):
    language = "en"

    def start(self, configuration=CONFIGURATION, policies=(SOURCE / "policies",), **more):
        """A daemon, the evening before the term: a session by video is booked on its first days."""
        self.clock = self.folder / "clock"
        first = datetime.date.fromisoformat(CASELOAD["horizon"]["from"])
        self.set_clock(int(datetime.datetime.combine(first, datetime.time(7), ZONE).timestamp()) - 86400)
        runtime = self.folder / "runtime"
        runtime.mkdir(exist_ok=True)
        self.here = {"COMODAL_CLOCK": str(self.clock), "XDG_RUNTIME_DIR": str(runtime), "COLUMNS": "100",
                     "TZ": "Asia/Tokyo"}  # a machine's clocks are not the organisation's
        file = self.folder / "comodald.conf"
        file.write_text(configuration)
        self.daemon = self.start_daemon("--config", str(file), policies=policies,
                                        environment={"COMODAL_CLOCK": str(self.clock)}, **more)
        self.client = self.connect()

    def book_video(self):
        """One session of a student by video, from home; also its booking's document."""
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        for followup in CASELOAD["followups"]:
            # the student sits in it, and a parent of theirs
            first = followup["sessions"][0]
            if first["act"] != "suivi" or not first.get("participants"):
                continue
            result = self.verb("--json", "slots", followup["id"], "--from", CASELOAD["horizon"]["from"], "--to",
                               CASELOAD["horizon"]["to"], "--mode", "video-remote", status=None)
            slots = json.loads(result.stdout)["slots"] if result.returncode == 0 else []
            if slots:
                break
        self.followup = followup
        self.parent = first["participants"][0]
        self.student = next(one for one in CASELOAD["students"] if one["id"] == followup["student"])
        self.verb("book", followup["id"], slots[0]["date"], slots[0]["start"], "--mode", "video-remote")
        [self.booking] = [one for one in self.client.json("Booking", "List", "(ssa{sv})", "2000-01-01", "2100-01-01", {})["bookings"]
                          if one["state"] == "planned"]
        self.subject = self.booking["number"]
        self.starts = self.instant(self.booking["date"], self.booking["start"])
        self.ends = self.instant(self.booking["date"], self.booking["end"])

    @staticmethod
    def instant(date, time):
        return int(datetime.datetime.fromisoformat(f"{date} {time}").replace(tzinfo=ZONE).timestamp())

    def set_clock(self, instant):
        temporary = self.folder / "clock.new"
        temporary.write_text(f"{instant}\n")
        temporary.rename(self.clock)

    def verb(self, *words, **more):
        return self.ctl("--lang", self.language, *words, **{**self.here, **more})

    def verb_json(self, *words, **more):
        return json.loads(self.verb("--json", *words, **more).stdout)

    def verb_as(self, uid, *words, status=0, text=None):
        """comodalctl as another user of the system."""
        result = subprocess.run(["setpriv", f"--reuid={uid}", "--clear-groups", COMODALCTL, "--session", "--lang",
                                 self.language, *map(str, words)], capture_output=True, text=True, input=text or "",
                                env=self.bus.environment(**self.here))
        if status is not None:
            self.assertEqual(result.returncode, status, f"{words}: {result.stdout}{result.stderr}")
        return result

    def read(self, interface, method, signature, *values):
        """The members of a JSON document that comes beside other answers: (answers, document)."""
        answers = self.client.call(interface, method, signature, *values)
        descriptor = self.client.handles.get(answers[-1])
        try:
            return answers, json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        finally:
            os.close(descriptor)

    def audit(self):
        """Actions and details of all that was done."""
        lines = self.client.json("Audit", "List", "(a{sv})", {})["entries"]
        return [(line["action"], json.dumps(line.get("detail"))) for line in lines]
