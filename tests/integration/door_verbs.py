#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""door and help-request: families come by the gateway's private socket, staff see them by the command, each as much as is theirs."""
import json
import os
import pwd
import shutil
import signal
import subprocess
import unittest

import tap
from comodal_test import BUS_NAME, COMODALCTL, DEADLINE, OBJECT, Monitor, await_event
from door_case import CASELOAD, DoorCase
from gateway_bus import Gateway, Refusal
from gi.repository import GLib

TEL = "418 555-0177"
PLACE = "Zqxw, à la maison"
WORDS = "Zqxw : aucun son"
ANSWER = "Zqxw : touchez l’écran"


class Doors(DoorCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.book_video()
        self.gateway = Gateway(self.folder / "comodal" / "gateway.socket")
        self.addCleanup(lambda: self.gateway.bus.is_closed() or self.gateway.close())
        self.token = self.verb_json("link", "show", self.parent)["url"].rsplit("/", 1)[1]
        self.heard = []
        for interface in ("Door", "Help"):
            self.client.bus.signal_subscribe(BUS_NAME, f"{BUS_NAME}.{interface}", "Changed", OBJECT, None, 0,
                                             lambda *event: self.heard.append((event[3].rsplit(".", 1)[1], event[5].unpack())))
        self.set_clock(self.starts - 300)

    def arrive(self):
        """The parent comes to the door, and answers what is asked there."""
        ask = self.gateway.item(self.token, self.subject)["door"]["ask"]
        every = {"place": PLACE, "companion": "Zqxw mère", "phone": TEL, "consent": True}
        return self.gateway.arrive(self.token, self.subject, {name: every[name] for name in ask})

    def door(self, *words):
        [door] = self.verb_json("door", *words)["doors"]
        return door

    def test_who_waits_is_let_in(self):
        self.assertEqual(self.door()["visits"], [])
        monitor = Monitor(self.bus)
        visit = self.arrive()
        await_event(lambda: ("Door", (self.subject,)) in self.heard, "Door.Changed")
        door = self.door()
        self.assertEqual((door["subject"], door["state"], door["as"], door["host"], door["start"], door["end"]),
                         (self.subject, "open", "host", "absent", self.starts, self.ends))
        [who] = door["visits"]
        self.assertEqual((who["number"], who["role"], who["state"], who["kind"], who["since"]),
                         (visit, "guest", "waiting", "contact", self.starts - 300))
        self.assertEqual(who["answers"]["phone"], TEL)
        said = self.verb("door").stdout
        self.assertIn(f"comodalctl door let-in {visit}", said)
        self.assertIn(f"comodalctl join {self.subject}", said)
        self.assertIn(f"tel. {TEL}", said)
        self.assertIn("waits since", said)
        self.assertIn("is let in", self.verb("door", "let-in").stdout)
        self.assertEqual(self.gateway.item(self.token, self.subject)["door"]["visit"]["state"], "inside")
        self.assertEqual(self.door()["visits"][0]["state"], "inside")
        self.assertIn("is inside", self.verb("door").stdout)
        # sent out again, and let in after all
        self.assertIn("is not let in", self.verb("door", "refuse", visit).stdout)
        self.assertEqual(self.gateway.item(self.token, self.subject)["door"]["visit"]["state"], "refused")
        self.assertIn("Nobody waits at a door of yours.", self.verb("door", "let-in", status=1).stderr)
        crossed = monitor.end()
        for secret in (TEL, PLACE, self.token, "Zqxw"):
            self.assertNotIn(secret.encode(), crossed)
            self.assertNotIn(secret, self.daemon.text())
        actions = [action for action, _ in self.audit()]
        for action in ("visit.arrive", "visit.admit", "visit.refuse"):
            self.assertIn(action, actions)

    def test_by_name(self):
        self.arrive()
        self.assertIn("Nobody like “Zorglub” waits", self.verb("door", "let-in", "Zorglub", status=1).stderr)
        name = self.door()["visits"][0]["name"] or str(self.door()["visits"][0]["number"])
        self.verb("door", "let-in", name)

    def test_the_end(self):
        self.arrive()
        self.verb("door", "let-in")
        self.assertNotIn("ended", self.door())
        self.assertIn("everybody has left", self.verb("door", "end", str(self.subject)).stdout)
        self.assertEqual(self.door()["visits"], [])
        # they may come back, but nothing says that they are awaited
        self.assertEqual((self.door()["state"], self.door()["ended"]), ("open", self.starts - 300))
        said = self.verb("door").stdout
        self.assertIn("ended at ", said)
        self.assertIn("you may come back until ", said)
        self.assertNotIn("comodalctl join", said)
        self.assertEqual(self.gateway.item(self.token, self.subject)["door"]["state"], "over")
        await_event(lambda: self.heard.count(("Door", (self.subject,))) >= 2, "Door.Changed")

    def test_what_has_not_begun_does_not_end(self):
        self.set_clock(self.starts - 86400)
        for words in ([], [str(self.subject)]):
            self.assertIn("has not opened yet", self.verb("door", "end", *words, status=1).stderr)
        self.assertNotIn("session.end", [action for action, _ in self.audit()])

    def test_nothing_of_that_number(self):
        for words in (["door", "999999"], ["door", "end", "999999"]):
            self.assertIn("nothing of yours by this number", self.verb(*words, status=1).stderr)
        self.assert_call_fails("NotFound", self.client.call, "Door", "LetIn", "(tb)", 999999, True)
        self.assert_call_fails("NotFound", self.client.call, "Door", "LetIn", "(tb)", 0, True)
        self.assert_call_fails("InvalidInput", self.client.call, "Door", "List", "(a{sv})", {"subjects": GLib.Variant("t", 1)})

    # ---- by a one-time link, by a code

    def refused(self, means, secret):
        with self.assertRaises(Refusal) as caught:
            self.gateway.exchange(means, secret)
        self.assertEqual((caught.exception.name, caught.exception.message), ("NotFound", "This link opens nothing."))

    def test_a_hosts_link_works_once_for_two_minutes(self):
        link = lambda: self.verb("join", "--print").stdout.strip().rsplit("/", 1)[1]
        token = link()
        host = self.gateway.exchange("link", token)
        self.assertEqual(self.gateway.view(host)["role"], "host")
        self.refused("link", token)
        late = link()
        now = int(self.clock.read_text())
        self.set_clock(now + 121)
        self.refused("link", late)
        self.gateway.arrive(host, self.subject)
        self.assertEqual(self.door()["host"], "present")
        self.assertIn("open, you are in", self.verb("door").stdout)

    def test_a_code_leads_to_the_door(self):
        code = self.verb_json("code", str(self.subject))["code"]
        came = self.gateway.exchange("code", code.replace("-", ""))
        self.assertEqual([item["subject"] for item in self.gateway.view(came)["items"]], [self.subject])
        self.verb("code", str(self.subject))
        self.refused("code", code.replace("-", ""))

    # ---- help

    def test_help(self):
        self.assertIn("Nobody asks for help.", self.verb("help-request", "list").stdout)
        self.assertIn("Nobody asks for help.", self.verb("help-request", "answer", status=1, text="x\n").stderr)
        self.arrive()
        number = self.gateway.ask_help(self.token, self.subject, {"text": WORDS, "camera": "denied"})
        await_event(lambda: ("Help", (number, "waiting")) in self.heard, "Help.Changed")
        [request] = self.verb_json("help-request", "list")["requests"]
        self.assertEqual((request["number"], request["state"], request["subject"], request["as"], request["phone"]),
                         (number, "waiting", self.subject, "host", TEL))
        self.assertEqual(request["report"], {"text": WORDS, "camera": "denied"})
        said = self.verb("help-request", "list").stdout
        self.assertIn(f"“{WORDS}”", said)
        self.assertIn("camera: denied", said)
        self.gateway.ask_help(self.token, self.subject, {"text": WORDS, "camera": "0", "microphone": "2", "network": "off"})
        said = self.verb("help-request", "list").stdout
        for line in ("camera: none found", "microphone: 2", "network: none, says the browser"):
            self.assertIn(line, said)
        self.assertEqual(self.door()["help"], [number])
        self.assertIn(f"help-request answer {number}", self.verb("door").stdout)
        self.assertIn("nothing is told", self.verb("help-request", "answer", text="\n", status=1).stderr)
        self.assertIn("reads it on their page now", self.verb("help-request", "answer", text=ANSWER + "\n").stdout)
        self.assertEqual(self.gateway.item(self.token, self.subject)["help"]["answer"], ANSWER)
        self.assertEqual(self.door()["help"], [])
        [request] = self.verb_json("help-request", "list")["requests"]
        self.assert_call_fails("Conflict", self.client.call, "Help", "Close", "(tt)", number, request["version"] - 1)
        self.assert_call_fails("Conflict", self.client.call, "Help", "Close", "(tt)", number, 0)
        self.verb("help-request", "close", str(number))
        self.assertIn("Nobody asks for help.", self.verb("help-request", "list").stdout)
        [request] = self.verb_json("help-request", "list", "--all")["requests"]
        self.assertEqual((request["state"], request["answer"]), ("closed", ANSWER))
        await_event(lambda: ("Help", (number, "closed")) in self.heard, "Help.Changed")
        actions = [action for action, _ in self.audit()]
        for action in ("help.ask", "help.answer", "help.close"):
            self.assertIn(action, actions)
        self.assertNotIn("Zqxw", self.daemon.text())

    # ---- live

    def test_watch(self):
        process = subprocess.Popen([COMODALCTL, "--session", "--lang", "en", "door", "--watch"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.bus.environment(**self.here))
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.assertIn("open, you are not there yet", process.stdout.readline())
        self.assertIn("comodalctl join", process.stdout.readline())
        self.arrive()
        lines = [process.stdout.readline() for _ in range(2)]
        self.assertIn("waits since", "".join(lines))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, 0)


@unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class Roles(Doors):
    """Each with an account of their own: what is theirs, and no more."""

    USERS = {name: pwd.getpwnam(user).pw_uid for name, user in
             zip(("host", "colleague", "helper", "elsewhere", "coordinator", "referent"), ("daemon", "bin", "sys", "games", "man", "lp"))}

    def setUp(self):
        super().setUp()
        school = next(one["site"] for one in CASELOAD["students"] if one["id"] == self.student["id"])
        others = [one["id"] for one in CASELOAD["sites"] if one["id"] != school]
        own = self.booking["professional"]
        colleague = next(one["number"] for one in self.client.json("Roster", "List", "(s)", "professional") if one["number"] != own)
        self.account("host", ["professional"], professional=own)
        self.account("colleague", ["professional"], professional=colleague)
        self.account("helper", ["helper"], sites=[school])
        self.account("elsewhere", ["helper"], sites=others)
        self.account("coordinator", ["coordinator"])
        self.account("referent", ["referent"], sites=[school])

    def account(self, name, roles, professional=0, sites=()):
        numbers = [self.client.number("site", site) for site in sites]
        self.client.call("Accounts", "Set", "(ua{sv})", self.USERS[name],
                         {"roles": GLib.Variant("as", roles), "professional": GLib.Variant("t", professional),
                          "sites": GLib.Variant("at", numbers)})

    def by(self, name, *words, **more):
        return self.verb_as(self.USERS[name], *words, **more)

    def doors(self, name):
        return json.loads(self.by(name, "--json", "door").stdout)["doors"]

    def test_what_each_sees(self):
        visit = self.arrive()
        [own] = self.doors("host")
        self.assertEqual((own["as"], own["visits"][0]["answers"]["phone"]), ("host", TEL))
        [helped] = self.doors("helper")
        self.assertEqual((helped["as"], helped["visits"][0]["number"]), ("helper", visit))
        self.assertNotIn("answers", helped["visits"][0], "nobody has asked for help")
        [planned] = self.doors("coordinator")
        self.assertEqual((planned["as"], planned["visits"]),
                         ("planner", [{"number": visit, "role": "guest", "state": "waiting", "since": self.starts - 300}]))
        self.assertEqual(self.doors("colleague"), [])
        self.assertEqual(self.doors("elsewhere"), [])
        self.assertIn("may not use", self.by("referent", "door", status=1).stderr)

    def test_what_each_sees_of_help(self):
        self.arrive()
        number = self.gateway.ask_help(self.token, self.subject, {"text": WORDS})
        requests = lambda name: json.loads(self.by(name, "--json", "help-request", "list").stdout)["requests"]
        for name in ("host", "helper"):
            [request] = requests(name)
            self.assertEqual((request["report"], request["phone"]), ({"text": WORDS}, TEL), name)
        [request] = requests("coordinator")
        self.assertEqual(set(request), {"number", "version", "state", "subject", "start", "end", "professional", "student", "as",
                                        "asked_at", "changed_at"})
        for name in ("colleague", "elsewhere"):
            self.assertEqual(requests(name), [])
        # the helper may have to call them
        [door] = self.doors("helper")
        self.assertEqual(door["visits"][0]["answers"], {"phone": TEL})
        # who may answer
        for name in ("colleague", "elsewhere"):
            self.assertIn("by this number", self.by(name, "help-request", "answer", str(number), text="x\n", status=1).stderr)
        self.assertIn("may not use", self.by("coordinator", "help-request", "answer", str(number), text="x\n", status=1).stderr)
        self.by("helper", "help-request", "answer", str(number), text=ANSWER + "\n")
        self.assertEqual(self.gateway.item(self.token, self.subject)["help"]["answer"], ANSWER)
        self.by("host", "help-request", "close", str(number))

    def test_who_opens(self):
        visit = str(self.arrive())
        for name in ("colleague", "elsewhere"):
            self.by(name, "door", "let-in", visit, status=1)
        self.assertIn("may not use", self.by("coordinator", "door", "let-in", visit, status=1).stderr)
        self.assertEqual(self.gateway.item(self.token, self.subject)["door"]["visit"]["state"], "waiting")
        self.by("helper", "door", "let-in", visit)
        self.by("host", "door", "refuse", visit)
        self.assertIn("may not use", self.by("helper", "door", "end", str(self.subject), status=1).stderr)
        self.assertIn("by this number", self.by("colleague", "door", "end", str(self.subject), status=1).stderr)
        self.by("host", "door", "end", str(self.subject))

    def test_who_joins_and_makes_codes(self):
        token = lambda name: json.loads(self.by(name, "--json", "join", "--print", str(self.subject)).stdout)["url"].rsplit("/", 1)[1]
        self.assertEqual(self.gateway.view(self.gateway.exchange("link", token("host")))["role"], "host")
        self.assertEqual(self.gateway.view(self.gateway.exchange("link", token("helper")))["role"], "helper")
        for name in ("colleague", "elsewhere"):
            self.assertIn("by this number", self.by(name, "join", "--print", str(self.subject), status=1).stderr)
        self.assertIn("may not use", self.by("coordinator", "join", "--print", str(self.subject), status=1).stderr)
        contact = f"contact {self.client.number('contact', self.parent)}"
        for name in ("host", "helper", "coordinator"):
            self.by(name, "code", str(self.subject), "--for", contact)
        for name in ("colleague", "elsewhere"):
            self.assertIn("by this number", self.by(name, "code", str(self.subject), "--for", contact, status=1).stderr)

    def test_whose_links_they_see(self):
        for name in ("host", "coordinator"):
            self.by(name, "link", "show", self.parent)
        for name in ("colleague", "elsewhere", "helper", "referent"):
            result = self.by(name, "link", "show", self.parent, status=1)
            self.assertNotIn("/v/", result.stdout)
        number = self.client.number("contact", self.parent)
        call = lambda name: subprocess.run(
            ["setpriv", f"--reuid={self.USERS[name]}", "--clear-groups", "gdbus", "call", "--address", self.bus.address, "--dest", BUS_NAME,
             "--object-path", OBJECT, "--method", BUS_NAME + ".Link.Show", "contact", str(number), "guest", "0"],
            capture_output=True, text=True).stderr
        self.assertIn("Error.NotFound", call("colleague"))
        self.assertIn("Error.AccessDenied", call("helper"))


for name in list(vars(Doors)):
    if name.startswith("test_") and name not in vars(Roles):
        setattr(Roles, name, None)


if __name__ == "__main__":
    tap.main()
