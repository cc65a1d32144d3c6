#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes of itself: of a session that is over, its ways in, passes and rooms, on the day that the configuration says and the log tells of."""
import tap
from comodal_test import Daemon, SOURCE, await_event
from gateway_bus import ANSWERS, DAY, MINUTE, START, UID, Case, Gateway, instant
from gi.repository import GLib

DAYS = 7
YEARS = 5 * 365 * DAY
LEFT = ("SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM pass), (SELECT count(*) FROM ending), (SELECT count(*) FROM video_room), "
        "(SELECT group_concat(role) FROM (SELECT role FROM visit ORDER BY role))")


class Purge(Case):
    def set_clock(self, now):
        new = self.folder / "clock.new"
        new.write_text(str(now))
        new.rename(self.clock)

    def serve(self):
        configuration = self.folder / "comodald.conf"
        configuration.write_text(f"[Door]\nKeepDays={DAYS}\n")
        self.daemon = Daemon(self.bus, self.folder, "--config", str(configuration), policies=(SOURCE / "policies",),
                             environment={"COMODAL_CLOCK": str(self.clock)})
        self.addCleanup(self.daemon.kill)
        self.client = self.connect()
        self.gateway = Gateway(self.folder / "comodal" / "gateway.socket")
        self.addCleanup(lambda bus=self.gateway.bus: bus.is_closed() or bus.close_sync(None))

    def days(self):
        """How many it was at work on, and the last of them."""
        [(days,)] = self.stored("SELECT value FROM meta WHERE name = 'days-at-work'")
        return len(days) // 4, int.from_bytes(days[-4:], "little", signed=True)

    def come(self, now, count):
        """Another day, which is the `count`-th."""
        self.set_clock(now)
        timer = GLib.timeout_add(10, lambda: True)
        await_event(lambda: self.days() == (count, now // DAY), f"day {count}")
        GLib.source_remove(timer)

    def left(self):
        # what goes on a day goes right after it was noted, before the next call is made
        self.gateway.view(self.marc)
        return self.stored(LEFT)[0]

    def test_purge(self):
        self.set_clock(START - MINUTE)
        later = int(self.tool("book 1 2026-09-18 10:00 video-remote").split()[0])
        code = self.tool(f"entry guest contact 0 {later} {UID}")
        host = self.host()
        self.gateway.arrive(self.julie, self.first, ANSWERS)
        self.gateway.arrive(host, self.first)
        timer = GLib.timeout_add(10, lambda: True)
        await_event(lambda: self.stored("SELECT state FROM video_room") == [("open",)], "a room")
        self.gateway.end(host, self.first)
        await_event(lambda: self.stored("SELECT count(*) FROM video_room WHERE ended_at IS NOT NULL") == [(1,)], "the room's end")
        GLib.source_remove(timer)
        begun = self.days()[0]
        whole, left = (2, 1, 1, 1, "guest,host"), (1, 0, 0, 0, "guest")
        self.assertEqual(self.left(), whole)
        # years ahead, further still, and back: nothing goes that is to come, nor what is over before its day
        for i in (1, 2):
            self.come(START + i * YEARS, begun + i)
            self.assertEqual(self.left(), whole)
        self.come(START + DAY, begun + 1)
        self.assertEqual(self.left(), whole)
        for i in range(2, DAYS):
            self.come(START + i * DAY, begun + i)
            self.assertEqual(self.left(), whole, i)
        self.come(START + DAYS * DAY, begun + DAYS)
        self.assertEqual(self.left(), left)
        self.daemon.await_log("gone for good: 1 ways in, 1 passes, 1 visits, 1 ends, 0 requests for help, 1 rooms, 0 counts of openings")
        # the code that was given for a session that is to come
        self.set_clock(instant("2026-09-18 10:00"))
        self.assertEqual(self.gateway.item(self.gateway.exchange("code", code), later)["door"]["state"], "open")


if __name__ == "__main__":
    tap.main()
