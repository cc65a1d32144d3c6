#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-gateway's pages and forms, against a comodald of the test's: what each form asks for, what comes of a refusal, and that
looking changes nothing. tests/browser/ does the same with a browser."""
import html.parser
import http.client
import pathlib
import shutil
import tempfile
import threading
import unittest

import tap
from gateway_process import HOURS, PHONE, TOKEN, Gateway, view

OTHER = "zzzzzzzzzzzzzzzzzzzzzz"
ONCE = "once-1"
SUBJECT = 1


class Links(html.parser.HTMLParser):
    """Where a page leads: what a scanner would follow."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.fields = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for name in ("href", "src"):
            if name in attrs:
                self.links.append(attrs[name])
        if tag == "form":
            self.forms.append(attrs["action"])
        if tag == "input" and attrs.get("type") == "hidden":
            self.fields[attrs["name"]] = attrs["value"]


FORMS = [f"/v/{TOKEN}/{tail}" for tail in ("answer", "times/1", "times/1/withdraw", "door/1", "room/1", "room/1/report", "leave", "help/1", "let-in", "end/1")] + [
    "/c", f"/h/{TOKEN}"]
CLOSED = 0  # the connection, without an answer
SCRIPT = '"><script>alert(1)</script>'
# what is wrong with a form: what stands behind its path, its body, its headers; and the answers that it may have
HOSTILE = (
    ("a way up", "/../../etc/passwd", b"once=a", {}, {404}),
    ("an escaped way up", "/%2e%2e/%2e%2e", b"once=a", {}, {404}),
    ("an escaped NUL", "%00", b"once=a", {}, {404}),
    ("an overlong slash", "/%C0%AF", b"once=a", {}, {404}),
    ("two slashes", "//", b"once=a", {}, {404}),
    ("a script as a path", "/<script>", b"once=a", {}, {404}),
    ("a path of 3,000 octets", "/" + "a" * 3000, b"once=a", {}, {404}),
    ("overlong UTF-8", "", b"once=%C0%AF", {}, {400}),
    ("half a surrogate", "", b"once=%ED%A0%80", {}, {400}),
    ("a NUL in a field", "", b"once=a%00b", {}, {400}),
    ("an escape sequence in a field", "", b"once=%1B%5B2J", {}, {400}),
    ("a name twice", "", b"once=a&once=b", {}, {400}),
    ("eighty fields", "", b"&".join(b"f%d=1" % i for i in range(80)), {}, {400}),
    ("17,000 octets", "", b"once=" + b"a" * 17000, {}, {413, CLOSED}),
    ("several parts", "", b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, {415}),
    ("JSON", "", b'{"once": "a"}', {"Content-Type": "application/json"}, {415}),
    ("another page's", "", b"once=a", {"Origin": "https://evil.example"}, {403}),
    ("a page of another site", "", b"once=a", {"Sec-Fetch-Site": "cross-site"}, {403}),
    ("5,000 octets of cookies", "", b"once=a", {"Cookie": "a=" + "b" * 5000}, {400, 431}),
    ("40,000 octets of a header", "", b"once=a", {"X-Much": "b" * 40000}, {400, 413, 431, CLOSED}),
    ("a length that is signed", "", b"once=a", {"Content-Length": "+6"}, {400, CLOSED}),
    ("for another host", "", b"once=a", {"Host": "evil.example"}, {400}),
)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        cls.gateway = Gateway(cls.folder)
        cls.doors = cls.gateway.doors

    @classmethod
    def tearDownClass(cls):
        cls.gateway.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        self.doors.views = {TOKEN: view("person-next")}
        self.doors.feeds, self.doors.rooms, self.doors.entries, self.doors.refusals = {}, {}, {}, {}
        self.doors.times = []
        self.doors.calls.clear()
        self.doors.opened = 0

    def show(self, name, **changes):
        self.doors.views[TOKEN] = view(name, **changes)

    def get(self, path, status=200, **headers):
        found, answered, body = self.gateway.get(path, **headers)
        self.assertEqual(found, status, body[:500])
        return answered, body.decode()

    def post(self, path, fields, status=303, **headers):
        found, answered, body = self.gateway.post(path, fields, **headers)
        self.assertEqual(found, status, body[:500])
        return answered, body.decode()

    def await_opened(self, count):
        self.doors.wait(lambda: self.doors.opened >= count, f"{count} openings")

    # ---- looking

    def test_person(self):
        headers, body = self.get(f"/v/{TOKEN}")
        self.assertIn("Bonjour, Julie Tremblay", body)
        self.assertEqual(headers["content-type"], "text/html; charset=utf-8")
        self.assertEqual(headers["content-language"], "fr")
        self.assertEqual(headers["cache-control"], "no-store")
        self.assertEqual(headers["referrer-policy"], "no-referrer")
        self.assertNotIn("unsafe", headers["content-security-policy"])
        self.assertEqual(self.doors.opened, 1)
        self.assertEqual(self.doors.changes(), [])

    def test_language(self):
        self.doors.views[TOKEN]["language"] = "en"
        self.assertIn("Hello, Julie Tremblay", self.get(f"/v/{TOKEN}")[1])

    def test_head_counts_no_opening(self):
        status, headers, body = self.gateway.ask("HEAD", f"/v/{TOKEN}")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["content-length"]), 1000)
        self.assertEqual(self.doors.opened, 0)

    def test_nobody_is_told_apart(self):
        """What is not valid looks the same, whichever way it is not."""
        self.show("door-open")
        pages = {self.get(path, 404)[1] for path in (
            f"/v/{OTHER}", f"/v/{OTHER}/door/1", f"/v/{TOKEN}/door/2", f"/v/{TOKEN}/door/01", f"/v/{TOKEN}/door/x", "/p", "/p/door/1",
            f"/v/{TOKEN}/nothing", "/nothing")}
        self.assertEqual(len(pages), 1)
        self.assertIn("Ce lien ne fonctionne pas", pages.pop())

    def test_a_scanner_changes_nothing(self):
        """Every link of every page, twice, by GET and HEAD, as a mail program's guard follows them."""
        for name in ("person-next", "person-changed", "door-open", "door-inside", "host-waiting"):
            self.show(name)
            seen, todo = set(), [f"/v/{TOKEN}", f"/v/{TOKEN}/door/1", f"/v/{TOKEN}/times/1"]
            while todo:
                path = todo.pop().partition("#")[0]
                if path in seen or not path.startswith("/"):
                    continue
                seen.add(path)
                for method in ("HEAD", "GET", "GET", "HEAD"):
                    status, headers, body = self.gateway.ask(method, path, headers={"Purpose": "prefetch"})
                    self.assertLess(status, 500, path)
                if headers.get("content-type", "").startswith("text/html") and status == 200:
                    links = Links(self.gateway.get(path)[2].decode())
                    todo += links.links
                    # forms that are looked at say no
                    for form in links.forms:
                        found = self.gateway.get(form)[0]
                        self.assertIn(found, (200, 404, 405), form)
            self.assertGreater(len(seen), 4)
            self.assertEqual(self.doors.changes(), [], name)

    def ask_badly(self, path, body, headers):
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.gateway.origin}
        try:
            return self.gateway.ask("POST", path, body, {**form, **headers})
        except (ConnectionError, http.client.HTTPException):
            return CLOSED, {}, b""

    def test_hostile_forms(self):
        """Each of what is hostile, at each form there is: refused before a handler sees it."""
        self.show("door-inside")
        for path in FORMS:
            for what, tail, body, headers, statuses in HOSTILE:
                with self.subTest(f"{path}: {what}"):
                    self.assertIn(self.ask_badly(path + tail, body, headers)[0], statuses)
        self.assertEqual(self.doors.calls, [])

    def test_hostile_fields(self):
        """Texts are texts: nothing of them is a tag or a header of what is answered."""
        names = ("subject", "version", "answer", "start", "text", "place", "companion", "phone", "consent", "browser", "camera", "turn", "works")
        for value in (SCRIPT, "a\r\nSet-Cookie: x=1", "../../etc/passwd", "' OR 1=1 --", "{{7*7}}${7*7}", "%s%n", "99999999999999999999", "-1"):
            for tail, name in (("answer", "person-next"), ("times/1", "person-next"), ("door/1", "door-open"), ("help/1", "door-open"),
                               ("room/1/report", "door-inside"), ("leave", "door-inside")):
                with self.subTest(f"{tail}: {value}"):
                    self.show(name)
                    status, headers, body = self.gateway.post(f"/v/{TOKEN}/{tail}", {**dict.fromkeys(names, value), "once": ONCE})
                    self.assertIn(status, (200, 303, 400, 404, 409, 422))
                    self.assertNotIn("set-cookie", headers)
                    self.assertNotIn(SCRIPT.encode(), body + headers.get("location", "").encode())

    def test_other_method(self):
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            self.assertEqual(self.gateway.ask(method, f"/v/{TOKEN}")[0], 405, method)
        self.assertEqual(self.doors.calls, [])

    def test_view_that_cannot_be_read(self):
        self.doors.views[TOKEN] = {"format": "comodal-view/9"}
        self.get(f"/v/{TOKEN}", 500)

    def test_door_and_host(self):
        self.show("door-open")
        self.assertIn("Où est l’élève en ce moment?", self.get(f"/v/{TOKEN}/door/1")[1])
        self.show("host-waiting")
        self.assertIn("Faire entrer", self.get(f"/v/{TOKEN}/host/1")[1])
        self.assertIn("Faire entrer", self.get(f"/v/{TOKEN}/door/1")[1])

    def test_a_guest_sees_nobody_else(self):
        guest = view("door-waiting-present")
        guest["waiting"] = view("host-waiting")["waiting"]
        self.doors.views[TOKEN] = guest
        for path in ("", "/door/1", "/host/1"):
            body = self.get(f"/v/{TOKEN}{path}")[1]
            self.assertNotIn("Marc-André", body)
            self.assertNotIn("581 555-0177", body)

    # ---- one's own page

    def test_answer(self):
        headers, _ = self.post(f"/v/{TOKEN}/answer", {"subject": 1, "version": 3, "answer": "accepted", "once": ONCE})
        self.assertEqual(headers["location"], f"/v/{TOKEN}#r1")
        self.assertEqual(self.doors.changes(), [("Respond", TOKEN, [1, 3, "accepted", ONCE], None)])
        self.assertIn("Vous avez dit que vous serez là.", self.get(f"/v/{TOKEN}")[1])

    def test_answer_to_what_changed(self):
        _, body = self.post(f"/v/{TOKEN}/answer", {"subject": 1, "version": 2, "answer": "declined", "once": ONCE}, 409)
        self.assertIn("Cette rencontre a changé juste avant que vous appuyiez.", body)
        self.assertIn("Bonjour, Julie Tremblay", body)

    def test_answer_badly(self):
        good = {"subject": 1, "version": 3, "answer": "accepted", "once": ONCE}
        for name, value in (("subject", "x"), ("version", ""), ("answer", "maybe"), ("once", "a b"), ("once", ""), ("once", "x" * 65)):
            self.post(f"/v/{TOKEN}/answer", {**good, name: value}, 400)
        self.post(f"/v/{TOKEN}/answer", {}, 400)
        self.assertEqual(self.doors.calls, [])

    def test_from_elsewhere(self):
        fields = {"subject": 1, "version": 3, "answer": "declined", "once": ONCE}
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            self.post(f"/v/{TOKEN}/answer", fields, 403, **headers)
        self.assertEqual(self.doors.calls, [])

    def test_times(self):
        start = view("person-next")["items"][0]["start"]
        self.doors.times = [(start + 86400, start + 88000), (start + 3600, start + 5000)]
        _, body = self.get(f"/v/{TOKEN}/times/1")
        self.assertIn(f'value="{start + 86400}"', body)
        headers, _ = self.post(f"/v/{TOKEN}/times/1", {"version": 3, "start": start + 3600, "once": ONCE})
        self.assertEqual(headers["location"], f"/v/{TOKEN}#r1")
        self.assertEqual(self.doors.changes(), [("AskTime", TOKEN, [1, 3, start + 3600, 0, ONCE], {})])
        self.assertIn("Vous avez demandé", self.get(f"/v/{TOKEN}")[1])

    def test_time_taken_back(self):
        start = view("person-next")["items"][0]["start"]
        self.doors.times = [(start + 86400, start + 88000)]
        self.doors.views[TOKEN]["items"][0]["request"] = {"state": "waiting", "start": start + 3600, "answer": None}
        page, other = self.get(f"/v/{TOKEN}")[1], self.get(f"/v/{TOKEN}/times/1")[1]
        self.assertIn("Retirer cette demande", page)
        self.assertIn(f'href="/v/{TOKEN}/times/1"', page)
        self.assertIn("Ce que vous choisissez ici le remplace.", other)
        self.assertIn("Garder ma demande", other)
        for fields in ({"version": "x", "once": ONCE}, {"version": 3, "once": ""}, {"version": 3}, {}):
            self.post(f"/v/{TOKEN}/times/1/withdraw", fields, 400)
        self.get(f"/v/{TOKEN}/times/1/withdraw", 405)
        self.assertEqual(self.doors.changes(), [])
        headers, _ = self.post(f"/v/{TOKEN}/times/1/withdraw", {"version": 3, "once": ONCE})
        self.assertEqual(headers["location"], f"/v/{TOKEN}#r1")
        self.assertEqual(self.doors.changes(), [("WithdrawTime", TOKEN, [1, 3, ONCE], None)])
        page = self.get(f"/v/{TOKEN}")[1]
        self.assertIn("Votre demande d’un autre moment a été retirée.", page)
        self.assertNotIn("Retirer cette demande", page)
        # it was answered meanwhile
        _, body = self.post(f"/v/{TOKEN}/times/1/withdraw", {"version": 3, "once": ONCE + "2"}, 409)
        self.assertIn("Cette rencontre a changé juste avant que vous appuyiez.", body)

    def test_any_other_time(self):
        remark = "  le <b>mardi</b> \"tôt\" \\ é\r\n" + "x" * 3000
        self.post(f"/v/{TOKEN}/times/1", {"version": 3, "start": 0, "once": ONCE, "remark": remark})
        text = self.doors.changes()[0][3]["text"]
        self.assertTrue(text.startswith("le <b>mardi</b> \"tôt\" \\ é\r\nxxx"))
        self.assertLessEqual(len(text.encode()), 2000)

    def test_times_of_who_may_not(self):
        self.doors.views[TOKEN]["items"][0]["may"] = []
        headers, _ = self.get(f"/v/{TOKEN}/times/1", 303)
        self.assertEqual(headers["location"], f"/v/{TOKEN}")

    # ---- the door

    def test_arrive(self):
        self.show("door-open")
        answers = {"place": " chez moi ", "companion": "sa mère", "phone": "418", "consent": "yes", "once": ONCE, "other": "x"}
        headers, _ = self.post(f"/v/{TOKEN}/door/1", answers)
        self.assertEqual(headers["location"], f"/v/{TOKEN}/door/1")
        self.assertEqual(self.doors.changes()[0][3], {"place": "chez moi", "companion": "sa mère", "phone": "418", "consent": True})
        self.assertIn("Vous êtes dans la salle d’attente", self.get(f"/v/{TOKEN}/door/1")[1])

    def test_arrive_without_an_answer(self):
        self.show("door-open")
        _, body = self.post(f"/v/{TOKEN}/door/1", {"place": "ici", "once": ONCE}, 400)
        self.assertIn("Il manque quelque chose.", body)

    def test_arrive_when_it_closed(self):
        self.show("door-open")
        self.doors.refusals = {"Arrive": ["Conflict"]}
        _, body = self.post(f"/v/{TOKEN}/door/1", {"once": ONCE}, 409)
        self.assertIn("C’est l’heure", body)

    def test_leave(self):
        self.show("door-waiting-present")
        fields = Links(self.get(f"/v/{TOKEN}/door/1")[1]).fields
        headers, _ = self.post(f"/v/{TOKEN}/leave", {**fields, "subject": 1, "visit": 7})
        self.assertEqual(headers["location"], f"/v/{TOKEN}/door/1")
        self.assertEqual(self.doors.changes(), [("Leave", TOKEN, [7], None)])

    def test_help_says_only_what_is_agreed_to(self):
        self.show("door-open")
        said = {"text": "rien", "browser": "Firefox", "camera": "0", "once": ONCE}
        self.post(f"/v/{TOKEN}/help/1", said)
        self.assertEqual(self.doors.changes()[-1][3], {"text": "rien"})
        self.post(f"/v/{TOKEN}/help/1", {**said, "agree": "yes"})
        self.assertEqual(self.doors.changes()[-1][3], {"text": "rien", "browser": "Firefox", "camera": "0"})
        self.assertIn("Votre appel à l’aide est envoyé.", self.get(f"/v/{TOKEN}/door/1")[1])

    def test_host(self):
        self.show("host-waiting")
        self.post(f"/v/{TOKEN}/let-in", {"subject": 1, "visit": 7, "in": "yes", "once": ONCE})
        self.post(f"/v/{TOKEN}/let-in", {"subject": 1, "visit": 8, "in": "no", "once": ONCE})
        self.post(f"/v/{TOKEN}/let-in", {"subject": 1, "visit": 8, "in": "maybe", "once": ONCE}, 400)
        self.post(f"/v/{TOKEN}/end/1", {"once": ONCE})
        self.assertEqual([call[2] for call in self.doors.changes()], [[7, True], [8, False], [1]])
        self.assertIn("La rencontre est terminée.", self.get(f"/v/{TOKEN}/host/1")[1])

    # ---- the room

    def test_room_of_who_is_not_inside(self):
        self.show("door-waiting-present")
        headers, _ = self.get(f"/v/{TOKEN}/room/1", 303)
        self.assertEqual(headers["location"], f"/v/{TOKEN}/door/1")

    def test_room(self):
        self.show("door-inside")
        headers, _ = self.get(f"/v/{TOKEN}/room/1")
        self.assertIn("camera=(self)", headers["permissions-policy"])
        headers, _ = self.get(f"/v/{TOKEN}/door/1")
        self.assertNotIn("camera=(self)", headers["permissions-policy"])

    def test_room_elsewhere(self):
        self.show("door-inside")
        self.doors.views[TOKEN]["items"][0]["door"]["room"]["kind"] = "fixed"
        self.assertNotIn("meet.example", self.get(f"/v/{TOKEN}/room/1")[1])
        self.doors.rooms[TOKEN] = {"format": "comodal-room/1", "subject": 1, "turn": 1, "kind": "fixed", "role": "guest", "name": "J",
                                   "seat": "s" * 22, "peers_max": 4, "url": "https://meet.example/x?jwt=1", "privacy": []}
        headers, _ = self.post(f"/v/{TOKEN}/room/1", {"once": ONCE})
        self.assertEqual(headers["location"], "https://meet.example/x?jwt=1")

    def test_room_by_telephone(self):
        self.show("door-phone")
        self.doors.rooms[TOKEN] = {"format": "comodal-room/1", "subject": 1, "turn": 3, "kind": "phone", "role": "guest", "name": "J",
                                   "seat": "s" * 22, "peers_max": 4, "phone": "+1 418 555-0199", "privacy": []}
        _, body = self.post(f"/v/{TOKEN}/room/1", {"once": ONCE}, 200)
        self.assertIn("tel:+14185550199", body)
        # nowhere does it say that it is by video
        self.assertIn("<title>La rencontre se fait par téléphone", body)
        self.assertIn("<title>La rencontre se fait par téléphone", self.get(f"/v/{TOKEN}/room/1")[1])

    def test_room_report(self):
        self.show("door-inside")
        self.post(f"/v/{TOKEN}/room/1/report", {"turn": 1, "works": "no", "once": ONCE})
        self.assertEqual(self.doors.changes(), [("ReportRoom", TOKEN, [1, 1, False], None)])

    # ---- other ways in

    def test_code(self):
        self.doors.views["passpasspasspasspass22"] = view("door-code")
        self.doors.entries = {("code", "ABCD2345"): "passpasspasspasspass22"}
        headers, _ = self.post("/c", {"code": " abcd-23 45"})
        self.assertEqual(headers["location"], "/p/door/1")
        cookie = headers["set-cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        pass_ = cookie.partition(";")[0]
        self.assertIn("C’est l’heure", self.get("/p/door/1", Cookie=pass_)[1])
        # the door, and no page
        headers, _ = self.get("/p", 303, Cookie=pass_)
        self.assertEqual(headers["location"], "/p/door/1")

    def test_code_that_opens_nothing(self):
        _, body = self.post("/c", {"code": "wrong"}, 404)
        self.assertIn("Ce code n’ouvre rien.", body)
        self.doors.refusals = {"Exchange": ["Busy"]}
        _, body = self.post("/c", {"code": "wrong"}, 429)
        self.assertIn("Trop de codes ont été essayés.", body)

    @staticmethod
    def host_outside(name):
        """A host's view of a door where they have not come in yet."""
        found = view(name)
        found["items"][0]["door"]["visit"] = None
        return found

    def test_once(self):
        self.doors.views["hosthosthosthosthost22"] = self.host_outside("host-waiting")
        self.doors.entries = {("link", TOKEN): "hosthosthosthosthost22"}
        for _ in range(2):
            self.assertIn("Entrer comme hôte", self.get(f"/h/{TOKEN}")[1])
        self.assertEqual(self.doors.calls, [])
        headers, _ = self.post(f"/h/{TOKEN}", {})
        self.assertEqual(headers["location"], "/p/host/1")
        # whoever pressed is here, and is not asked to press for it again
        self.assertEqual([call[0] for call in self.doors.changes()], ["Exchange", "Arrive"])
        self.assertEqual(self.doors.views["hosthosthosthosthost22"]["items"][0]["door"]["visit"]["state"], "inside")
        page = self.get("/p/host/1", Cookie=headers["set-cookie"].partition(";")[0])[1]
        self.assertNotIn("Je suis là", page)
        self.post(f"/h/{TOKEN}", {}, 404)

    def test_once_where_nobody_can_come_yet(self):
        """Too early, as who helps, or refused: the press leads to the door all the same."""
        for name, error in (("host-early", None), ("host-helper", None), ("host-waiting", "Conflict")):
            with self.subTest(name=name):
                self.doors.calls.clear()
                self.doors.views["hosthosthosthosthost22"] = self.host_outside(name)
                self.doors.entries = {("link", TOKEN): "hosthosthosthosthost22"}
                self.doors.refusals = {"Arrive": [error]} if error is not None else {}
                headers, _ = self.post(f"/h/{TOKEN}", {})
                self.assertEqual(headers["location"], "/p/host/1")
                self.assertEqual(self.doors.views["hosthosthosthosthost22"], self.host_outside(name))
                self.get("/p/host/1", Cookie=headers["set-cookie"].partition(";")[0])

    def test_feed(self):
        self.doors.feeds = {OTHER: ('"e1"', "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")}
        for path in (f"/v/{OTHER}", f"/v/{OTHER}.ics"):
            headers, body = self.get(path)
            self.assertEqual(headers["content-type"], "text/calendar; charset=utf-8")
            self.assertEqual(headers["etag"], '"e1"')
            self.assertEqual(body, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
            self.get(path, 304, **{"If-None-Match": '"e1"'})
            self.get(path, 200, **{"If-None-Match": '"e0"'})
            self.get(path, 304, **{"If-None-Match": 'W/"x", "e1"'})

    def test_pages_of_nobody(self):
        self.assertIn("Vos rencontres", self.get("/")[1])
        self.assertIn("Your meetings", self.get("/", **{"Accept-Language": "en-CA, fr;q=0.5"})[1])
        self.assertIn("Écrivez votre code", self.get("/c")[1])

    def test_whom_to_call(self):
        """A page that no view of anybody's is behind says whom to call, and when, as the gateway was told."""
        self.doors.entries, self.doors.refusals = {}, {}
        for language, accepted in (("fr", "fr-CA"), ("en", "en-CA")):
            asked = {"Accept-Language": accepted}
            self.doors.refusals = {"View": ["Busy", "Failed"], "Exchange": ["NotFound", "Busy"]}
            pages = [self.get(path, status, **asked)[1] for path, status in (
                ("/", 200), ("/c", 200), (f"/h/{TOKEN}", 200), ("/nothing", 404), (f"/v/{TOKEN}/answer", 405),
                (f"/v/{TOKEN}", 429), (f"/v/{TOKEN}", 503), (f"/v/{OTHER}", 404))]
            pages += [self.post("/c", {"code": "wrong"}, status, **asked)[1] for status in (404, 429)]
            pages.append(self.post("/c", {"code": "wrong"}, 403, **asked, Origin="https://other.example")[1])
            for page in pages:
                self.assertIn('href="tel:4185550177"', page)
                self.assertIn(PHONE, page)
                self.assertIn(HOURS[language], page)

    def test_whom_to_call_is_comodalds_where_it_says_so(self):
        for path in (f"/v/{TOKEN}", f"/v/{TOKEN}/test", f"/v/{TOKEN}/privacy"):
            page = self.get(path)[1]
            self.assertIn("418 555-0142", page)
            self.assertNotIn(PHONE, page)

    # ---- comodald is busy, or away

    def test_refusals(self):
        for error, status in (("Busy", 429), ("Failed", 503)):
            self.doors.refusals = {"View": [error]}
            self.get(f"/v/{TOKEN}", status)
        self.doors.refusals = {"Respond": ["Failed"]}
        self.post(f"/v/{TOKEN}/answer", {"subject": 1, "version": 3, "answer": "accepted", "once": ONCE}, 503)
        self.doors.refusals = {"Respond": ["Busy"]}
        _, body = self.post(f"/v/{TOKEN}/answer", {"subject": 1, "version": 3, "answer": "accepted", "once": ONCE}, 503)
        self.assertIn("Bonjour, Julie Tremblay", body)

    def test_what_failed_is_told_truthfully(self):
        """A disk that is full: nothing was changed, and that is said on their page. comodald that went away in between: nobody knows."""
        forms = (("Respond", "answer", {"subject": 1, "version": 3, "answer": "accepted", "once": ONCE}, "person-next"),
                 ("AskTime", "times/1", {"version": 3, "start": 0, "once": ONCE}, "person-next"),
                 ("Arrive", "door/1", {"once": ONCE}, "door-open"), ("AskHelp", "help/1", {"once": ONCE}, "door-open"))
        for method, path, fields, name in forms:
            with self.subTest(method):
                self.show(name)
                self.doors.refusals = {method: ["Store"]}
                _, body = self.post(f"/v/{TOKEN}/{path}", fields, 500)
                self.assertIn("Cela n’a pas fonctionné et rien n’a été envoyé.", body)
                self.assertIn("Julie Tremblay" if name == "person-next" else "C’est l’heure", body)
                self.doors.refusals = {method: ["Failed"]}
                _, body = self.post(f"/v/{TOKEN}/{path}", fields, 503)
                self.assertIn("rouvrez votre page dans une minute : ce qu’elle ne montre pas ne nous est pas parvenu", body)
                self.assertNotIn("beaucoup de monde", body)
        self.doors.refusals = {"View": ["Failed"], "Exchange": ["Store"]}
        self.assertNotIn("beaucoup de monde", self.get(f"/v/{TOKEN}", 503)[1])
        self.assertNotIn("beaucoup de monde", self.post(f"/h/{TOKEN}", {}, 503)[1])

    def test_no_token_in_the_log(self):
        self.get(f"/v/{TOKEN}")
        self.doors.refusals = {"View": ["Failed"]}
        self.get(f"/v/{TOKEN}", 503)
        log = self.gateway.log.read_text()
        self.assertNotIn(TOKEN, log)
        self.assertNotIn("Julie", log)


class Soon(unittest.TestCase):
    """Whom comodald says that they join soon. While somebody guesses, only those are let through who are known: so they are found out."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.gateway = Gateway(self.folder)
        self.addCleanup(self.gateway.end)
        self.doors = self.gateway.doors
        self.doors.views = {token: view("person-next") for token in (TOKEN, OTHER)}
        # the first time it asks is not taken for one of those below
        self.doors.wait(lambda: self.doors.soon_asked > 0, "ListSoon")

    def say_again(self):
        """It asks whenever it finds comodald."""
        asked = self.doors.soon_asked
        self.doors.vanish()
        self.doors.listen()
        self.doors.wait(lambda: self.doors.soon_asked > asked, "ListSoon")
        # asked after it, answered after it
        self.gateway.post("/c", {"code": "7K3M-9QXW"})
        self.doors.await_call("Exchange")

    def guess(self):
        guesses = [threading.Thread(target=self.gateway.get, args=(f"/v/guess{i}",)) for i in range(90)]
        for guess in guesses:
            guess.start()
        for guess in guesses:
            guess.join()

    def test_soon(self):
        self.doors.soon = (TOKEN,)
        self.say_again()
        self.guess()
        self.assertEqual(self.gateway.get(f"/v/{OTHER}")[0], 429)
        self.assertEqual(self.gateway.get(f"/v/{TOKEN}")[0], 200)

    def test_told_that_it_is_others(self):
        """A session that was moved closer is not a minute late."""
        asked = self.doors.soon_asked
        self.doors.soon = (TOKEN,)
        self.doors.do(lambda: self.doors.emit("SoonChanged"))
        self.doors.wait(lambda: self.doors.soon_asked > asked, "ListSoon", 20)
        self.gateway.post("/c", {"code": "7K3M-9QXW"})
        self.doors.await_call("Exchange")
        self.guess()
        self.assertEqual(self.gateway.get(f"/v/{OTHER}")[0], 429)
        self.assertEqual(self.gateway.get(f"/v/{TOKEN}")[0], 200)

    def test_what_is_not_to_be_had(self):
        """The next list counts, and without one nobody is known."""
        self.doors.soon = (TOKEN, OTHER)
        self.say_again()
        self.doors.refusals = {"ListSoon": ["Failed"]}
        self.say_again()
        self.guess()
        self.assertEqual(self.gateway.get(f"/v/{TOKEN}")[0], 429)
        self.doors.soon = (OTHER,)
        self.say_again()
        self.assertEqual(self.gateway.get(f"/v/{TOKEN}")[0], 429)
        self.assertEqual(self.gateway.get(f"/v/{OTHER}")[0], 200)


if __name__ == "__main__":
    tap.main()
