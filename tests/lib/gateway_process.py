# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-gateway itself, before a comodald of the test's.

    with Gateway(folder) as gateway:
        gateway.doors.views[TOKEN] = view("person-next")
        status, headers, body = gateway.get("/v/" + TOKEN)
"""
import http.client
import json
import os
import pathlib
import subprocess
import time
import urllib.parse

from fake_comodald import FakeDoors
from ports import free_port

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
PROGRAM = os.environ.get("COMODAL_GATEWAY") or str(pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "daemon" / "comodal-gateway")
VIEWS = SOURCE / "tests" / "fixtures" / "views"
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))
# of pages that know nobody; the views of the tests have another one
PHONE = "418 555-0177, poste 3"
HOURS = {"fr": "lundi au jeudi, de 7 h à 15 h", "en": "Monday to Thursday, 7 to 3"}
TOKEN = "Q7Wm3TzK9fLs0VbX2NcYhg"


def view(name, **changes):
    return {**json.loads((VIEWS / f"{name}.json").read_text()), **changes}


class Gateway:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.doors = FakeDoors(self.folder / "run")
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        configuration = self.folder / "gateway.conf"
        configuration.write_text(f"[Gateway]\nSocket={self.doors.socket}\n[Http]\nListen=127.0.0.1:{self.port}\n"
                                 f"Origin={self.origin}\n[Help]\nPhone={PHONE}\nHours[fr]={HOURS['fr']}\nHours[en]={HOURS['en']}\n")
        self.log = self.folder / "gateway.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([PROGRAM, "--config", str(configuration)], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        self._await()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def _await(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                if self.get("/health")[0] == 200:
                    return
            except OSError:
                pass
            with self.doors.changed:
                self.doors.changed.wait(0.05)
        raise AssertionError(f"it does not answer: {self.log.read_text()}")

    def end(self):
        """It must be alive: one that has crashed is found out here."""
        if self.process is not None:
            process, self.process = self.process, None
            alive = process.poll() is None
            process.terminate()
            code = process.wait(DEADLINE)
            self.doors.__exit__()
            assert alive and code == 0, f"it ended by {code}: {self.log.read_text()}"

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, fields, **headers):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin, **headers})
