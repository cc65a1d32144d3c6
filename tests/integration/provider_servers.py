#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comodal asks of video providers' servers and hands to people, held against the servers themselves: Debian's Janus and coturn. Of
BigBlueButton, which is not in Debian, a server of the test's keeps the documented contract."""
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import xml.sax.saxutils

import tap
from ports import free_port, free_ports
from provider_tool import ProviderCase

PLUGIN = "janus.plugin.videoroom"


class Janus(ProviderCase):
    def setUp(self):
        super().setUp()
        if shutil.which("janus") is None:
            self.skipTest("janus is not there")
        self.http, self.admin = free_ports(2)
        (folder,) = pathlib.Path("/usr/lib").glob("*/janus/plugins")
        files = {
            "janus.jcfg": f'general: {{ configs_folder = "{self.folder}" plugins_folder = "{folder}" '
                          f'transports_folder = "{folder.parent / "transports"}" admin_secret = "adminpw" token_auth = true '
                          'token_auth_secret = "comodal-token-secret" session_timeout = 60 }\n'
                          'nat: { ice_enforce_list = "lo" }\n'
                          'plugins: { disable = "' + ",".join(
                              sorted(path.name for path in folder.glob("*.so") if "videoroom" not in path.name)) + '" }\n'
                          'transports: { disable = "' + ",".join(
                              sorted(path.name for path in (folder.parent / "transports").glob("*.so") if "http" not in path.name)) + '" }\n',
            "janus.transport.http.jcfg": f'general: {{ http = true port = {self.http} ip = "127.0.0.1" base_path = "/janus" }}\n'
                                         f'admin: {{ admin_http = true admin_port = {self.admin} admin_ip = "127.0.0.1" '
                                         'admin_base_path = "/admin" }\n',
            f"{PLUGIN}.jcfg": 'general: { admin_key = "room-admin-key" string_ids = true }\n',
        }
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self.start(["janus", "-F", self.folder, "-C", self.folder / "janus.jcfg"], self.admin)
        self.configure("[Provider group]", "Type=janus", "PrivateNetwork=true", f"Url=http://127.0.0.1:{self.admin}/admin",
                       "Socket=ws://127.0.0.1:1", f"SecretFile={self.secret('admin', 'adminpw')}",
                       f"RoomKeyFile={self.secret('room', 'room-admin-key')}",
                       f"TokenKeyFile={self.secret('token', 'comodal-token-secret')}")

    def post(self, port, path, message):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(message).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def make(self, call):
        request = urllib.request.Request(call["url"], call["body"].encode(), {"Content-Type": call["type"]})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def join(self, janus, token=None, room_token=None):
        """As a browser does it; what the plugin says."""
        token = token or janus["token"]
        session = self.post(self.http, "/janus", {"janus": "create", "transaction": "a", "token": token})
        if session["janus"] != "success":
            return session["error"]["code"]
        path = f"/janus/{session['data']['id']}"
        handle = self.post(self.http, path, {"janus": "attach", "plugin": PLUGIN, "transaction": "b", "token": token})
        if handle["janus"] != "success":
            return handle["error"]["code"]
        self.post(self.http, f"{path}/{handle['data']['id']}", {
            "janus": "message", "transaction": "c", "token": token,
            "body": {"request": "join", "ptype": "publisher", "room": janus["room"], "token": room_token or janus["room_token"]}})
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}?maxev=1&token={urllib.parse.quote(token)}",
                                        timeout=60) as answer:
                event = json.load(answer)
            if event["janus"] == "event":
                data = event["plugindata"]["data"]
                return data.get("error_code", data["videoroom"])

    def sign(self, text):
        mac = hmac.new(b"comodal-token-secret", text.encode(), hashlib.sha1)
        return text + ":" + base64.b64encode(mac.digest()).decode()

    def test_room(self):
        everything = self.ask("group")
        host, guest = everything["host"]["janus"], everything["guest"]["janus"]
        self.assertEqual(self.make(everything["open"])["response"]["videoroom"], "created")
        # a second time: it is there
        self.assertEqual(self.make(everything["open"])["response"]["error_code"], 427)
        self.assertEqual(self.join(host), "joined")
        self.assertEqual(self.join(guest), "joined")
        # nobody sees it who does not know it
        listed = self.post(self.admin, "/admin", {"janus": "message_plugin", "transaction": "l", "admin_secret": "adminpw", "plugin": PLUGIN,
                                                  "request": {"request": "list"}})
        self.assertEqual([room["room"] for room in listed["response"]["list"] if room["room"] == host["room"]], [])
        soon, past = self.closes, int(time.time()) - 1
        for token, room_token, code in (
                ("garbage", None, 403), (host["token"][:-3] + "AA=", None, 403), (self.sign(f"{past},janus,{PLUGIN}"), None, 403),
                (self.sign(f"{soon},janus,janus.plugin.echotest"), None, 405),
                (None, "garbage", 433), (None, self.sign(f"{soon},{PLUGIN},room=another"), 433),
                (None, self.sign(f"{past},{PLUGIN},room={host['room']}"), 433)):
            self.assertEqual(self.join(host, token, room_token), code, (token, room_token))
        # ours are as one would make them by hand
        self.assertEqual(host["token"], self.sign(f"{self.closes},janus,{PLUGIN}"))
        self.assertEqual(host["room_token"], self.sign(f"{self.closes},{PLUGIN},room={host['room']}"))
        self.assertEqual(self.make(everything["close"])["response"]["videoroom"], "destroyed")
        self.assertEqual(self.make(everything["close"])["response"]["error_code"], 426)
        self.assertEqual(self.join(guest), 426)

    def test_keys(self):
        self.secret("room", "another key")
        self.assertEqual(self.make(self.ask("group")["open"])["response"]["error_code"], 433)
        self.secret("admin", "another secret")
        self.assertEqual(self.make(self.ask("group")["open"])["error"]["code"], 403)


class Coturn(ProviderCase):
    SECRET = "a secret that the relay and we have in common"

    def setUp(self):
        super().setUp()
        if shutil.which("turnserver") is None:
            self.skipTest("coturn is not there")
        self.port = free_port()
        (self.folder / "turnserver.conf").write_text("\n".join((
            "listening-ip=127.0.0.1", "relay-ip=127.0.0.1", f"listening-port={self.port}", "min-port=42800", "max-port=42899", "use-auth-secret",
            f"static-auth-secret={self.SECRET}", "realm=comodal.test", "no-tls", "no-dtls", "no-cli", "fingerprint", "allow-loopback-peers",
            f"userdb={self.folder}/turn.db", f"pidfile={self.folder}/turn.pid", "log-file=stdout", "simple-log")) + "\n")
        self.start(["turnserver", "-c", self.folder / "turnserver.conf"], self.port)
        self.configure("[Provider builtin]", f"Stun=stun:127.0.0.1:{self.port}", f"Turn=turn:127.0.0.1:{self.port};turns:relay.test:443",
                       f"TurnSecretFile={self.secret('turn', self.SECRET)}", "RelayOnly=true")

    def relay(self, username, credential):
        """Whether packets came back through it."""
        result = subprocess.run(["turnutils_uclient", "-y", "-n", "2", "-m", "1", "-u", username, "-w", credential, "-p", str(self.port),
                                 "127.0.0.1"], capture_output=True, text=True, timeout=120)
        return result.returncode == 0 and re.search(r"tot_send_msgs=(\d+), tot_recv_msgs=\1$", result.stdout, re.MULTILINE) is not None

    def test_relays(self):
        everything = self.ask("builtin")
        stun, turn = everything["guest"]["ice"]
        self.assertEqual(stun, {"urls": [f"stun:127.0.0.1:{self.port}"]})
        self.assertEqual(turn["urls"], [f"turn:127.0.0.1:{self.port}", "turns:relay.test:443"])
        self.assertEqual(everything["guest"]["ice_policy"], "relay")
        until, alias = turn["username"].split(":")
        self.assertEqual(int(until), self.closes)
        self.assertRegex(alias, "^[A-Za-z0-9_-]{22}$")
        self.assertNotIn(alias, json.dumps({**everything["guest"], "ice": None}))
        self.assertTrue(self.relay(turn["username"], turn["credential"]))
        other = everything["host"]["ice"][1]
        self.assertNotEqual(other["username"], turn["username"])
        self.assertFalse(self.relay(turn["username"], other["credential"]))
        past = self.ask("builtin", closes=int(time.time()) - 5)["guest"]["ice"][1]
        self.assertFalse(self.relay(past["username"], past["credential"]))


class Bbb(http.server.BaseHTTPRequestHandler):
    """What the documentation says of BigBlueButton's API: checksums over the raw query, create that may be repeated, end."""
    SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
    meetings = {}
    algorithms = ("sha1", "sha256", "sha384", "sha512")

    def reply(self, **values):
        body = "<response>" + "".join(f"<{name}>{xml.sax.saxutils.escape(value)}</{name}>" for name, value in values.items()) + "</response>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(body.encode())

    def check(self, call, query):
        plain, _, checksum = query.rpartition("&checksum=")
        return any(len(checksum) == 2 * hashlib.new(name).digest_size and
                   hashlib.new(name, (call + plain + self.SECRET).encode()).hexdigest() == checksum.lower() for name in self.algorithms)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        call = path.removeprefix("/bigbluebutton/api/")
        given = dict(urllib.parse.parse_qsl(query))
        meeting = given.get("meetingID", "")
        known = self.meetings.get(meeting)
        words = (given.get("attendeePW"), given.get("moderatorPW"))
        if not self.check(call, query):
            self.reply(returncode="FAILED", messageKey="checksumError", message="Checksums do not match")
        elif call == "create" and not (2 <= len(given.get("name", "")) <= 64 and 2 <= len(meeting) <= 256 and "," not in meeting):
            self.reply(returncode="FAILED", messageKey="validationError")
        elif call == "create" and known is not None and known["words"] != words:
            self.reply(returncode="FAILED", messageKey="idNotUnique")
        elif call == "create":
            created = known or self.meetings.setdefault(meeting, {"words": words, "created": str(time.time_ns() // 1000000), "given": given})
            self.reply(returncode="SUCCESS", meetingID=meeting, createTime=created["created"], hasBeenForciblyEnded="false",
                       messageKey="duplicateWarning" if known else "", message="")
        elif call == "join" and known is None:
            self.reply(returncode="FAILED", messageKey="notFound")
        elif call == "join" and given.get("createTime") not in (None, known["created"]):
            self.reply(returncode="FAILED", messageKey="mismatchCreateTimeParam")
        elif call == "join":
            self.reply(returncode="SUCCESS", role=given.get("role", ""), fullName=given["fullName"])
        elif call == "end":
            self.meetings.pop(meeting, None)
            self.reply(returncode="SUCCESS" if known else "FAILED", messageKey="sentEndMeetingRequest" if known else "notFound")
        else:
            self.reply(returncode="FAILED", messageKey="unsupportedRequest")

    def log_message(self, *_):
        pass


class BigBlueButton(ProviderCase):
    def setUp(self):
        super().setUp()
        Bbb.meetings.clear()
        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bbb)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        self.url = f"http://127.0.0.1:{web.server_port}/bigbluebutton/"

    def set_up(self, *more, secret=Bbb.SECRET):
        self.configure("[Provider bbb]", "PrivateNetwork=true", f"Url={self.url}", f"SecretFile={self.secret('secret', secret)}", *more)

    def get(self, url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            text = answer.read().decode()
        return {part.partition(">")[0].strip("<"): xml.sax.saxutils.unescape(part.partition(">")[2])
                for part in text.removeprefix("<response>").split("</")[:-1] for part in [part[part.find("<"):]] if part}

    def test_meeting(self):
        for name in Bbb.algorithms:
            with self.subTest(name):
                self.set_up(f"Checksum={name}")
                everything = self.ask("bbb")
                first = self.get(everything["open"]["url"])
                self.assertEqual((first["returncode"], first["messageKey"]), ("SUCCESS", ""))
                again = self.get(everything["open"]["url"])
                self.assertEqual((again["returncode"], again["messageKey"]), ("SUCCESS", "duplicateWarning"))
                facts = {**everything["facts"], "created": first["createTime"]}
                with_time = self.ask("bbb", facts)
                joined = self.get(with_time["guest"]["url"])
                self.assertEqual((joined["returncode"], joined["role"], joined["fullName"]), ("SUCCESS", "VIEWER", "Élève & parent"))
                self.assertEqual(self.get(with_time["host"]["url"])["role"], "MODERATOR")
                self.assertEqual(self.get(with_time["host"]["url"].replace("MODERATOR", "VIEWER"))["messageKey"], "checksumError")
                stale = self.ask("bbb", {**facts, "created": "1"})
                self.assertEqual(self.get(stale["guest"]["url"])["messageKey"], "mismatchCreateTimeParam")
                self.assertEqual(self.get(everything["close"]["url"])["returncode"], "SUCCESS")
                self.assertEqual(self.get(with_time["guest"]["url"])["messageKey"], "notFound")
                # forgotten: made again by the same call
                self.assertEqual(self.get(everything["open"]["url"])["messageKey"], "")
        (given,) = {tuple(sorted((name, value) for name, value in meeting["given"].items()
                                 if name in ("record", "guestPolicy", "name"))) for meeting in Bbb.meetings.values()}
        self.assertEqual(given, (("guestPolicy", "ALWAYS_ACCEPT"), ("name", "comodal"), ("record", "false")))

    def test_secret(self):
        self.set_up(secret="another")
        self.assertEqual(self.get(self.ask("bbb")["open"]["url"])["messageKey"], "checksumError")

    def test_words(self):
        """Whose words are others' is not ours."""
        self.set_up()
        facts = self.ask("bbb")["facts"]
        self.assertEqual(self.get(self.ask("bbb", facts)["open"]["url"])["returncode"], "SUCCESS")
        self.assertEqual(self.get(self.ask("bbb", {**facts, "moderator": "x"})["open"]["url"])["messageKey"], "idNotUnique")


if __name__ == "__main__":
    tap.main()
