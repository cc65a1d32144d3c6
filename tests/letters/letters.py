#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample letters, read by libraries that are not ours (Python's email, html.parser and icalendar, ical.js).

What each says stands in tests/fixtures/letters/NAME.LANGUAGE.txt; COMODAL_WRITE_EXPECTED=1 writes them anew: read the difference.
"""
import email
import email.policy
import html.parser
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import mail_clients
import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
PROGRAM = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "letters" / "render-letters"
EXPECTED = SOURCE / "tests" / "fixtures" / "letters"
LINK = "https://rencontres.css.example/v/q7Wm3TzK9fLs0VbX2NcYhg"
OWN_LINK = "https://rencontres.css.example/v/Hn4rJxC1dUwP8sKe5GtZ{:02d}"
OWN_LINKS = {"digest-own-links": (6, 7, 8), "reminder-own-links": (0, 1)}
BULK = ("digest", "digest-long", "digest-own-links", "reminder", "reminder-two", "reminder-own-links", "staff-news")
# HTML's own; everything else that could fetch or run something is none of ours
ELEMENTS = {"html", "head", "meta", "title", "body", "div", "h1", "h2", "p", "table", "tr", "th", "td", "ul", "li", "a", "strong", "br"}
ATTRIBUTES = {"style", "lang", "charset", "name", "content", "scope", "href"}
VOID = {"meta", "br"}


def render(folder, **more):
    environment = {**os.environ, **more}
    subprocess.run([PROGRAM, folder], env=environment, check=True)


class Page(html.parser.HTMLParser):
    """Its visible words, its elements, its styles; that every element is closed where it was opened."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.words, self.tags, self.styles, self.links, self.open, self.faults = [], [], [], [], [], []
        self.languages = set()
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.faults.append(f"<{tag} {name}>")
            if name == "style":
                self.styles.append(value)
            if name == "href":
                self.links.append(value)
            if name == "lang":
                self.languages.add((tag, value))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.faults.append(f"<{tag}/> is none of HTML's")

    def handle_data(self, data):
        if "head" not in self.open and "body" in self.open:
            self.words.append(data + " ")


def unflow(text):
    """RFC 3676: the lines as they were before they were broken, and the paragraphs of one."""
    lines, going = [], False
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") else line
        if going:
            lines[-1] += line
        else:
            lines.append(line)
        going = line.endswith(" ")
    return lines


def words_of_text(text):
    found = []
    for line in unflow(text):
        if not re.fullmatch(r"-{3,}", line):
            found += re.sub(r"^- ", "", line).split()
    return found


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Letters(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        render(cls.folder.name)
        cls.octets = {path.name[:-4]: path.read_bytes() for path in sorted(pathlib.Path(cls.folder.name).glob("*.eml"))}
        cls.messages = {name: email.message_from_bytes(octets, policy=email.policy.default)
                        for name, octets in cls.octets.items()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each(self):
        self.assertGreaterEqual(len(self.messages), 40)
        for name, message in self.messages.items():
            sample, _, language = name.rpartition(".")
            yield name, sample, language, message

    @staticmethod
    def text(message, kind="plain"):
        return message.get_body((kind,)).get_content().replace("\r\n", "\n")

    @staticmethod
    def calendar(message):
        parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        return parts[0].get_payload(decode=True).decode() if parts else ""

    def test_every_kind_in_both_languages(self):
        samples = {name.rpartition(".")[0] for name in self.messages}
        self.assertEqual(set(self.messages), {f"{sample}.{language}" for sample in samples for language in ("fr", "en")})

    def test_a_client_reads_it(self):
        """structure, method, charset, addresses, the same event by two libraries"""
        for name, sample, _, message in self.each():
            letter = mail_clients.Letter(message)
            family = sample.partition("-")[0]
            method = {"invitation": "REQUEST", "student": "REQUEST", "update": "REQUEST", "hostile": "REQUEST",
                      "cancellation": "CANCEL", "counter": "DECLINECOUNTER", "digest": "PUBLISH"}.get(family)
            if sample in ("staff-invitation", "staff-update"):
                method = "REQUEST"
            self.assertEqual(letter.method if letter.calendar else None, method, name)
            self.assertEqual(letter.sender, "suivis@css.example")

    def test_headers(self):
        for _, sample, language, message in self.each():
            self.assertEqual(message["Content-Language"], f"{language}-CA")
            self.assertEqual(message["Auto-Submitted"], "auto-generated")
            self.assertEqual(message["X-Auto-Response-Suppress"], "OOF, AutoReply")
            self.assertEqual(message["Date"], "Thu, 03 Sep 2026 20:30:00 +0000")
            self.assertRegex(message["Message-ID"], rf"^<\d+\.{language}\.h2xk5wq@css\.example>$")
            linked = LINK in self.text(message)
            self.assertEqual(message["List-Unsubscribe"], f"<{LINK}>" if sample in BULK and linked else None)
            self.assertIsNone(message["List-Unsubscribe-Post"])
            known = {"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Content-Language", "Auto-Submitted",
                     "X-Auto-Response-Suppress", "List-Unsubscribe", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
            self.assertLessEqual(set(message.keys()), known)
            self.assertEqual(len(set(message.keys())), len(message.keys()))

    def test_octets(self):
        for name, _, _, _ in self.each():
            octets = self.octets[name]
            self.assertNotRegex(octets, rb"(?<!\r)\n|\r(?!\n)")
            self.assertNotRegex(octets, rb"[^\r\n\t\x20-\x7e]")
            self.assertLessEqual(max(map(len, octets.split(b"\r\n"))), 78)

    def test_text_is_what_html_says(self):
        for name, _, _, message in self.each():
            text = self.text(message)
            page = Page(self.text(message, "html"))
            self.assertEqual(words_of_text(text), " ".join(page.words).split(), name)

    def test_text_flows(self):
        """lines fit, and none reads as a quotation or the end of the letter"""
        for _, _, _, message in self.each():
            part = message.get_body(("plain",))
            self.assertEqual(part.get_param("format"), "flowed")
            for line in self.text(message).split("\n"):
                self.assertTrue(len(line) <= 72 or LINK in line, line)
                self.assertNotRegex(line, r"^(>|From|-- $)")

    def test_html_is_ours(self):
        for name, sample, language, message in self.each():
            source = self.text(message, "html")
            page = Page(source)
            self.assertTrue(source.startswith("<!DOCTYPE html>"), name)
            self.assertEqual(page.faults, [])
            self.assertLessEqual(set(page.tags), ELEMENTS)
            self.assertEqual(set(page.links) - {LINK}, {OWN_LINK.format(place) for place in OWN_LINKS.get(sample, ())}, name)
            self.assertEqual(page.languages, {("html", f"{language}-CA"), ("div", f"{language}-CA")})
            self.assertNotRegex(source, r"url\(|@import|\bsrc=|javascript:")

    def test_colours(self):
        """what has a colour has its ground, at WCAG's 4.5 to 1; lines are seen on white and on black at 3 to 1"""
        for _, _, _, message in self.each():
            for style in Page(self.text(message, "html")).styles:
                rules = dict(rule.split(":", 1) for rule in style.split(";"))
                self.assertEqual("color" in rules, "background-color" in rules, style)
                if "color" in rules:
                    self.assertGreaterEqual(contrast(rules["color"], rules["background-color"]), 4.5)
                elif "border-bottom" in rules:
                    colour = rules["border-bottom"].split()[-1]
                    self.assertGreaterEqual(min(contrast(colour, "#ffffff"), contrast(colour, "#121212")), 3)

    def test_nothing_clinical_in_titles(self):
        for name, sample, _, message in self.each():
            calendar = re.sub(r"\r\n[ \t]", "", self.calendar(message))
            if sample == "hostile":
                continue
            for text in (str(message["Subject"]), calendar):
                self.assertNotRegex(text, r"(?i)orthophon|psycholog|patholog|consent|derogation", name)
            self.assertNotRegex(str(message["Subject"]), r"A\. B\.|Julie|Roy|Tremblay")
            if sample.startswith("staff"):
                continue
            self.assertNotRegex(calendar, r"A\. B\.|C\. B\.", name)
            if calendar:
                self.assertRegex(calendar, r"SUMMARY[^\n]*:(Rencontre|Meeting)")
                self.assertIn("CLASS:PRIVATE", calendar)

    def test_a_student_is_never_named(self):
        for language in ("fr", "en"):
            message = self.messages[f"student.{language}"]
            whole = str(message["To"]) + self.text(message) + self.text(message, "html") + self.calendar(message)
            for name in ("Léa", "Tremblay", "Nguyen"):
                self.assertNotIn(name, whole)

    def test_link(self):
        """where programs look for it, and nowhere when the person has none, or nothing takes place"""
        for name, sample, _, message in self.each():
            calendar = re.sub(r"\r\n[ \t]", "", self.calendar(message))
            body = self.text(message)
            if sample in ("invitation-nolink", "invitation-bare", "first-video-nolink", "digest-long") or sample.startswith("staff"):
                self.assertNotIn(LINK, self.octets[name].decode() + body + calendar)
            elif sample == "cancellation":
                self.assertNotIn(LINK, calendar + body)
            else:
                self.assertEqual(body.count(LINK), 1)
            if sample == "invitation-video":
                self.assertRegex(calendar, rf"\r\nLOCATION[^\r:]*:{LINK}\r\n")
                self.assertIn(f"\r\nURL:{LINK}\r\n", calendar)
                self.assertRegex(calendar, rf"\r\nCONFERENCE;[^\r]*:{LINK}\r\n")
                self.assertRegex(calendar, rf"\r\nDESCRIPTION[^\r:]*:{LINK}\\n")
            if sample == "invitation":
                self.assertNotIn("CONFERENCE", calendar)
                self.assertRegex(calendar, r"\r\nLOCATION[^\r:]*:École des Pins\\, local 204\r\n")

    def test_own_links(self):
        """what is entered by a link of its own has that one in the text, in HTML and in the calendar part, and no other"""
        for language in ("fr", "en"):
            for sample, places in OWN_LINKS.items():
                message = self.messages[f"{sample}.{language}"]
                body, page = self.text(message), Page(self.text(message, "html"))
                for place in places:
                    self.assertEqual(body.count(OWN_LINK.format(place)), 1)
                    self.assertEqual(page.links.count(OWN_LINK.format(place)), 1)
                self.assertEqual(body.count("/v/"), 1 + len(places))
            calendar = re.sub(r"\r\n[ \t]", "", self.calendar(self.messages[f"digest-own-links.{language}"]))
            events = re.findall(r"BEGIN:VEVENT.*?END:VEVENT", calendar, re.S)
            self.assertEqual(len(events), 6)
            for place, event in enumerate(events, 3):
                own = OWN_LINK.format(place)
                links = set(re.findall(r"https://[^\s\\;]+", event))
                self.assertEqual(links, {own} if place >= 6 else {LINK})
                if place >= 6:
                    self.assertIn(f"\r\nURL:{own}\r\n", event)
                    self.assertRegex(event, rf"\r\nCONFERENCE;[^\r]*:{own}\r\n")
                    self.assertRegex(event, rf"\r\nLOCATION[^\r:]*:([^\r]* )?{own}\r\n")
                    self.assertRegex(event, rf"\r\nDESCRIPTION[^\r:]*:{own}\\n")

    def test_hostile_names(self):
        for language in ("fr", "en"):
            message = self.messages[f"hostile.{language}"]
            self.assertEqual([str(message[name]) for name in ("Bcc", "Cc", "Sender")], ["None"] * 3)
            self.assertEqual([one.addr_spec for one in message["To"].addresses], ["andree.agren@courriel.example"])
            self.assertEqual([one.addr_spec for one in message["From"].addresses], ["suivis@css.example"])
            page = Page(self.text(message, "html"))
            self.assertNotIn("script", page.tags)
            self.assertIn("<script>alert(1)</script>", " ".join(page.words))
            self.assertNotRegex(self.text(message), r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
            self.assertNotRegex(self.calendar(message), r"\r\n(Bcc|ATTENDEE[^\r]*evil)")

    def test_long_digest(self):
        for language, more in (("fr", "Et 12 autres."), ("en", "And 12 more.")):
            message = self.messages[f"digest-long.{language}"]
            self.assertEqual(len(re.findall(r"A\. B\.", self.text(message))), 40)
            self.assertIn(more, unflow(self.text(message)))
            self.assertEqual(self.calendar(message).count("BEGIN:VEVENT"), 45)

    def test_digest_keeps_what_stands(self):
        """what was cancelled is said, and is not in the file"""
        (read,) = mail_clients.read_by_ical_js([self.calendar(self.messages["digest.fr"])])
        self.assertEqual(len(read["events"]), 3)
        self.assertEqual([event["attendees"] for event in read["events"]], [[], [], []])
        self.assertIn("Rencontre annulée", self.text(self.messages["digest.fr"]))

    def test_same_octets_anywhere(self):
        for more in ({"LC_ALL": "C", "LANGUAGE": "en", "TZ": "Asia/Tokyo"}, {"LC_ALL": "C.UTF-8", "LANGUAGE": "fr_CA:fr", "TZ": "UTC"}):
            with tempfile.TemporaryDirectory() as folder:
                render(folder, **more)
                again = {path.name[:-4]: path.read_bytes() for path in pathlib.Path(folder).glob("*.eml")}
            self.assertEqual(again, self.octets)

    def test_words(self):
        """each letter says what is expected of it"""
        for name, _, _, message in self.each():
            said = f"{message['Subject']}\n\n{self.text(message)}"
            path = EXPECTED / f"{name}.txt"
            if os.environ.get("COMODAL_WRITE_EXPECTED"):
                path.parent.mkdir(parents=True, exist_ok=True)
                # an editor takes blanks away from ends of lines: they are shown as a mark
                path.write_text(re.sub(r" $", "␠", said, flags=re.M), encoding="utf-8")
            self.assertEqual(re.sub(r" $", "␠", said, flags=re.M), path.read_text(encoding="utf-8"))
        self.assertEqual({path.stem for path in EXPECTED.glob("*.txt")}, set(self.messages))


if __name__ == "__main__":
    tap.main()
