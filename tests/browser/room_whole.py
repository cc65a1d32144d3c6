#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a mailed link to seeing and hearing one another: comodal-gateway itself, two Chromiums, and a comodald of the test's that knows a
door with a host and a guest. The browsers are room-whole.mjs, whose cases are these; it is told where all is by its environment."""
import os
import pathlib
import subprocess
import sys
import tempfile

from gi.repository import GLib

import gateway_process
from fake_comodald import FakeDoors, find_item
from gateway_process import view

GUEST, HOST, ONCE = "Q7Wm3TzK9fLs0VbX2NcYhg", "hostHOSThostHOSThostHO", "onceONCEonceONCEonceON"
ROOM = {"format": "comodal-room/1", "subject": 1, "turn": 1, "kind": "builtin", "peers_max": 4, "ice": [], "ice_policy": "all"}


class Meeting(FakeDoors):
    """One session: who comes is told to the host, who is let in has a room."""

    def _item(self, token):
        return find_item(self.views[token], 1)

    def _announce(self):
        self.emit("Changed", GLib.Variant("(at)", ([1],)))

    def _Arrive(self, arguments, invocation):
        super()._Arrive(arguments, invocation)
        door = self._item(GUEST)["door"]
        if door["visit"] and door["visit"]["state"] == "waiting":
            self.views[HOST]["waiting"] = [{"visit": 7, "subject": 1, "name": "Julie Tremblay", "role": "guest", "state": "waiting",
                                            "since": self.views[GUEST]["now"], "answers": {"place": "à la maison"}, "help": None}]
        self._announce()

    def _LetIn(self, arguments, invocation):
        super()._LetIn(arguments, invocation)
        door = self._item(GUEST)["door"]
        door["visit"]["state"] = "inside"
        door["room"] = {"turn": 1, "kind": "builtin"}
        self.rooms[GUEST] = {**ROOM, "role": "guest", "name": "Julie Tremblay", "seat": "guest", "visit": 7}
        self._announce()

    def _End(self, arguments, invocation):
        super()._End(arguments, invocation)
        for token in (HOST, GUEST):
            self._item(token)["door"].update(state="over", room=None)
            self._item(token)["door"]["visit"]["state"] = "left"
        # nobody enters any more
        self.refusals["Enter"] = ["Conflict"] * 20
        self._announce()


def main():
    gateway_process.FakeDoors = Meeting
    with tempfile.TemporaryDirectory(prefix="comodal-test-") as folder, gateway_process.Gateway(pathlib.Path(folder)) as gateway:
        gateway.doors.views = {GUEST: view("door-open"), HOST: view("host-waiting", waiting=[])}
        host = {**ROOM, "role": "host", "name": "Sophie Gagnon", "seat": "host", "visit": 6}
        gateway.doors.rooms = {HOST: host}
        gateway.doors.entries = {("link", ONCE): HOST}
        script = pathlib.Path(__file__).with_name("room-whole.mjs")
        code = subprocess.run(["node", str(script), *sys.argv[1:]], check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "ROOM_ORIGIN": gateway.origin, "ROOM_GUEST": GUEST, "ROOM_HOST": ONCE}).returncode
        reports = [call for call in gateway.doors.calls if call[0] == "ReportRoom"]
        print(f"# reports of the room: {[(call[1] == HOST, call[2]) for call in reports]}")
        log = gateway.log.read_text()
        for secret in (GUEST, HOST, ONCE, "Tremblay", "Gagnon"):
            assert secret not in log, f"{secret} stands in the gateway's log"
    sys.exit(code)


if __name__ == "__main__":
    main()
