#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a mailed link to seeing and hearing one another, with nothing of the test's between: comodald, comodal-gateway, comodalctl and two
Chromiums (room-whole.mjs, whose cases are shown when one fails)."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
import tap  # noqa: E402
from door_case import CASELOAD  # noqa: E402
import join_gateway  # noqa: E402

# the example's parents have no names: they are said by whose they are
GUEST_NAME = "Un parent ({0})"


class Real(join_gateway.JoinByGateway):
    language = "fr"
    # its own tests run elsewhere
    test_once = test_two_minutes = None

    def test_link_to_meeting(self):
        guest = self.verb_json("link", "show", self.parent)["url"].rpartition("/")[2]
        script = ["node", str(HERE / "room-whole.mjs")]
        student = next(one for one in CASELOAD["students"] if one["id"] == self.followup["student"])["name"].split()[0]
        host = next(one for one in CASELOAD["professionals"] if one["id"] == self.followup["professional"])["name"]
        result = subprocess.run(script, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                env={**os.environ, "ROOM_ORIGIN": self.origin, "ROOM_GUEST": guest, "ROOM_HOST": self.link().rpartition("/")[2],
                                     "ROOM_SUBJECT": str(self.subject), "ROOM_GUEST_NAME": GUEST_NAME.replace("{0}", student), "ROOM_HOST_NAME": host,
                                     "ROOM_FROM_INSIDE": "1"})
        print("".join(f"# {line}\n" for line in result.stdout.splitlines()), end="")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        # who answered what at the door, and that both were there, is on record; the token is not
        actions = {entry["action"] for entry in self.verb_json("audit", "show")}
        for action in ("visit.arrive", "visit.admit", "session.end"):
            self.assertIn(action, actions)
        self.assertNotIn(guest, (self.folder / "gateway.log").read_text() + self.daemon.text())


if __name__ == "__main__":
    tap.main()
