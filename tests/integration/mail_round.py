#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided reaches people's calendars and comes back: comodald and comodal-courier with Postfix and Dovecot."""
import datetime

import tap
from mail_case import DAY, UNDO, ZONE, MailCase, local
from mail_clients import answer, automatic
from mail_server import FORGED, FUNCTIONAL, await_true

MOTHER, FATHER = "parent@example.org", "parent2@example.org"


class Out(MailCase):
    def test_booked_moved_cancelled(self):
        session, version, start = self.book()
        self.pass_time(UNDO + 1)
        (booked,) = self.letters(MOTHER, 1)
        (other,) = self.letters(FATHER, 1)
        self.assertEqual((booked.method, booked.sequence, booked.start), ("REQUEST", 0, start))
        self.assertEqual((other.method, other.uid, other.start), ("REQUEST", booked.uid, start))
        # each has an address of their own to answer to, and a mail of their own
        self.assertNotEqual(booked.token, other.token)
        self.assertNotEqual(booked.message_id, other.message_id)
        self.assertRegex(booked.envelope, r"^suivis\+b[a-z0-9]+@css\.example$")
        self.assertEqual((booked.language[:2], other.language[:2]), ("fr", "en"))
        self.assertIn("Rencontre", booked.summary)
        self.assertIn("Meeting", other.summary)
        for letter in (booked, other):
            for name in self.names[0].split():
                self.assertNotIn(name, letter.summary + letter.text + letter.html + letter.calendar)
        # in their zone, and in their language
        when = datetime.datetime.fromtimestamp(start, ZONE)
        self.assertRegex(booked.text, rf"{when.hour}\s?h\s?{when.minute:02}" if when.minute else rf"{when.hour}\s?h")
        version, moved = self.move(session, version)
        self.pass_time(UNDO + 1)
        _, update = self.letters(MOTHER, 2)
        self.assertEqual((update.method, update.uid, update.sequence, update.start), ("REQUEST", booked.uid, 1, moved))
        self.assertEqual(update.token, booked.token)
        self.cancel(session, version)
        self.pass_time(UNDO + 1)
        *_, gone = self.letters(MOTHER, 3)
        self.assertEqual((gone.method, gone.uid, gone.sequence, gone.start), ("CANCEL", booked.uid, 2, moved))
        self.assertEqual(len({letter.message_id for letter in (booked, update, gone)}), 3)
        self.letters(FATHER, 3)

    def test_an_undo_sends_nothing(self):
        session, version, _ = self.book()
        self.cancel(session, version)
        # there and back is nothing either, once told
        second, version, start = self.book(1)
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.assertEqual(letter.start, start)
        place = self.places[1][0]
        version, _ = self.move(second, version)
        self.call_booking("Move", "ttss", second, version, place[1], place[2])
        self.reach_of_child(2)
        _, _, start = self.book(2)
        self.pass_time(UNDO + 1)
        # the third child's comes, and the others' would have come before it
        (*_, last) = self.letters(MOTHER, 2)
        self.assertEqual((last.sequence, last.start), (0, start))
        self.assertEqual(self.mail.read(FATHER), [])

    def reach_of_child(self, child):
        self.client.call("Consent", "SetGuardian", "(ttub)", self.children[child], self.mother, 1, True)

    def test_booked_then_moved_is_one_letter(self):
        session, version, _ = self.book()
        self.pass_time(UNDO // 2)
        _, moved = self.move(session, version)
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        # a letter that was made and replaced before it left may have had a number
        self.assertIn(letter.sequence, (0, 1))
        self.assertEqual((letter.method, letter.start), ("REQUEST", moved))


class Back(MailCase):
    def await_answer(self, session, contact, answer):
        try:
            await_true(lambda: self.answer_of(session, contact) == answer, f"the answer {answer}")
        except AssertionError as error:
            raise AssertionError(f"{error}, but {self.answer_of(session, contact)}\n{self.inbox(True)}\n{self.said()}") from None

    def await_mails(self, count):
        """So many mails of other people's, and no more, were read."""
        return self.await_many(lambda: self.inbox(everything=True), count, "mails")

    def test_answers_of_the_programs_of_the_world(self):
        session, _, _ = self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        for program, partstat in (("outlook", "ACCEPTED"), ("gmail", "DECLINED"), ("apple", "TENTATIVE"), ("exchange", "DECLINED"),
                                  ("thunderbird", "ACCEPTED"), ("ios", "TENTATIVE")):
            with self.subTest(program=program):
                self.pass_time(60)
                self.mail.send(*answer(letter, program, partstat, self.now))
                self.await_answer(session, self.mother, partstat.lower())
        self.assertEqual(self.inbox(), [])

    def test_a_moved_session_forgets_answers(self):
        session, version, _ = self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.mail.send(*answer(letter, "gmail", "ACCEPTED", self.now))
        self.await_answer(session, self.mother, "accepted")
        self.move(session, version)
        self.pass_time(UNDO + 1)
        _, update = self.letters(MOTHER, 2)
        self.assertEqual(self.answer_of(session, self.mother), "needs-action")
        # to the hour before: not to this one
        self.mail.send(*answer(letter, "gmail", "DECLINED", self.now + 60))
        self.mail.send(*answer(update, "apple", "ACCEPTED", self.now + 120))
        self.await_answer(session, self.mother, "accepted")

    def test_another_time_is_asked_for(self):
        session, _, start = self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.mail.send(*answer(letter, "outlook", "TENTATIVE", self.now, method="COUNTER", start=start + DAY, end=letter.end + DAY,
                               comment="Plutôt le lendemain"))
        (request,) = self.await_many(self.requests, 1, "requests")
        self.assertEqual((request["subject"], local(f"{request['date']} {request['start']}")), (session, start + DAY))
        self.assertEqual((request["asker"], request["remark"]), ({"kind": "contact", "number": self.mother}, "Plutôt le lendemain"))

    def test_refresh(self):
        self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.mail.send(*answer(letter, "thunderbird", "", self.now, method="REFRESH"))
        self.await_mails(1)
        self.pass_time(UNDO + 1)
        _, again = self.letters(MOTHER, 2)
        self.assertGreaterEqual(again.sequence, letter.sequence)
        self.assertEqual((again.method, again.uid, again.start), ("REQUEST", letter.uid, letter.start))

    def test_a_bounce(self):
        self.reach("contact", self.mother, email="nobody@example.org")
        self.book()
        self.pass_time(UNDO + 1)
        self.letters(FATHER, 1)
        (dead,) = self.await_many(lambda: self.outbox("dead"), 1, "dead letters")
        self.assertEqual(dead["cause"], "bounced")
        # the next one isn't tried
        self.book(1)
        self.pass_time(UNDO + 1)
        (unreachable,) = self.await_many(lambda: self.outbox("unreachable"), 1, "who can't be reached")
        self.assertEqual(unreachable["recipient"]["number"], self.mother)

    def test_who_is_refused_at_once(self):
        self.reach("contact", self.mother, email="refused@example.org")
        self.book()
        self.pass_time(UNDO + 1)
        (dead,) = self.await_many(lambda: self.outbox("dead"), 1, "dead letters")
        self.assertEqual((dead["cause"], dead["code"]), ("permanent", 550))

    def test_an_automatic_answer_is_none(self):
        session, _, _ = self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.mail.send(*automatic(letter, self.now))
        self.await_mails(1)
        self.assertEqual(self.answer_of(session, self.mother), "needs-action")
        self.assertEqual(self.inbox(), [])

    def test_a_stranger_does_not_answer(self):
        session, _, _ = self.book()
        self.pass_time(UNDO + 1)
        (letter,) = self.letters(MOTHER, 1)
        self.mail.send(*answer(letter, "gmail", "DECLINED", self.now, sender="stranger@example.org", attendee="stranger@example.org"))
        self.await_mails(1)
        self.assertEqual(len(self.inbox()), 1)
        self.assertEqual(self.answer_of(session, self.mother), "needs-action")
        # in the mother's name, by a server that cannot have been hers
        self.mail.send(answer(letter, "gmail", "DECLINED", self.now)[0], f"parent@{FORGED}", [letter.organizer])
        self.await_mails(2)
        self.assertEqual(self.answer_of(session, self.mother), "needs-action")
        self.assertEqual(len(self.inbox()), 2)
        # nobody's address: no token, or one that is not ours
        for to in (FUNCTIONAL, f"suivis+{letter.token[:-1]}{'a' if letter.token[-1] != 'a' else 'b'}@css.example"):
            self.mail.send(*answer(letter, "apple", "DECLINED", self.now, sender="stranger@example.org", to=to))
        self.await_mails(4)
        self.assertEqual(self.answer_of(session, self.mother), "needs-action")


class Digest(MailCase):
    def test_two_children_in_one_letter_at_their_hour(self):
        self.reach("contact", self.mother, delivery="digest", digest="18:30")
        first, _, first_start = self.book(0)
        second, version, second_start = self.book(1)
        self.pass_time(UNDO + 1)
        # the father, who wants each at once, has his: the mother's would have come with it
        self.letters(FATHER, 1)
        self.assertEqual(self.mail.read(MOTHER), [])
        self.set_clock(local("2026-08-24 18:29"))
        self.book(2)
        self.set_clock(local("2026-08-24 18:31"))
        (digest,) = self.letters(MOTHER, 1)
        self.assertFalse(digest.invitation)
        self.assertEqual(digest.method, "PUBLISH")
        self.assertEqual(sorted(event["start"] for event in digest.events), sorted([first_start, second_start]))
        self.assertEqual(digest.language[:2], "fr")
        self.cancel(second, version)
        self.set_clock(local("2026-08-25 18:31"))
        _, cancelled = self.letters(MOTHER, 2)
        self.assertEqual((cancelled.method, cancelled.start), ("CANCEL", second_start))


if __name__ == "__main__":
    tap.main()
