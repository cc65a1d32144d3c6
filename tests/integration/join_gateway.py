#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's link from comodalctl join to the door, through the real comodal-gateway: a program that asks as a browser does."""
import http.cookies
import os
import re
import subprocess
import urllib.error
import urllib.request

import tap
from comodal_test import DEADLINE, await_event
from door_case import PHONE, DoorCase
from gi.repository import GLib
from ports import free_port

GATEWAY = os.environ["COMODAL_GATEWAY"]


class Plain(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer."""

    def redirect_request(self, *arguments):
        return None


class JoinByGateway(DoorCase):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.start(configuration=f"[Mail]\nAddress=suivis@css.example\n[Links]\nBase={self.origin}\n[Help]\nPhone={PHONE}\n")
        self.book_video()
        file = self.folder / "gateway.conf"
        file.write_text(f"[Gateway]\nSocket={self.folder}/comodal/gateway.socket\n[Http]\nOrigin={self.origin}\n"
                        f"Listen=127.0.0.1:{self.port}\n")
        log = open(self.folder / "gateway.log", "wb")
        self.addCleanup(log.close)
        self.process = subprocess.Popen([GATEWAY, "--session", f"--config={file}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(lambda: (self.process.terminate(), self.process.wait(DEADLINE)))
        self.opener = urllib.request.build_opener(Plain)
        # what is not ready yet is asked again
        timer = GLib.timeout_add(50, lambda: True)
        await_event(self.answers, "the gateway")
        GLib.source_remove(timer)
        self.set_clock(self.starts - 300)

    def answers(self):
        try:
            return self.ask("/health")[0] == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def ask(self, path, data=None, cookie=None):
        """Status, headers and text of an answer."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if data is not None else {}
        if cookie is not None:
            headers["Cookie"] = cookie
        request = urllib.request.Request(self.origin + path, data=data, headers=headers)
        try:
            answer = self.opener.open(request, timeout=DEADLINE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def link(self):
        url = self.verb("join", "--print").stdout.strip()
        self.assertTrue(url.startswith(self.origin + "/h/"), url)
        return url.removeprefix(self.origin)

    def test_once(self):
        path = self.link()
        # looking changes nothing, however often somebody does
        for _ in range(3):
            status, _, page = self.ask(path)
            self.assertEqual(status, 200)
        self.assertIn("<form", page)
        status, headers, _ = self.ask(path, b"")
        self.assertEqual(status, 303, headers)
        self.assertEqual(headers["Location"], f"/p/host/{self.subject}")
        jar = http.cookies.SimpleCookie(headers["Set-Cookie"])
        [(name, morsel)] = jar.items()
        self.assertTrue(morsel["httponly"])
        self.assertEqual(morsel["samesite"].lower(), "strict")
        status, _, page = self.ask(headers["Location"], cookie=f"{name}={morsel.value}")
        self.assertEqual(status, 200, page)
        # a second time it opens nothing, and says what any dead link says
        again = self.ask(path, b"")
        never = self.ask("/h/" + "A" * 22, b"")
        self.assertEqual((again[0], never[0]), (404, 404))
        plain = lambda text: re.sub(r"/h/[A-Za-z0-9_-]{22}", "", text)
        self.assertEqual(plain(again[2]), plain(never[2]))
        self.assertNotIn("Set-Cookie", again[1])
        self.assertNotIn(path.rsplit("/", 1)[1], (self.folder / "gateway.log").read_text() + self.daemon.text())

    def test_two_minutes(self):
        path = self.link()
        self.set_clock(int(self.clock.read_text()) + 121)
        self.assertEqual(self.ask(path, b"")[0], 404)


if __name__ == "__main__":
    tap.main()
