#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sixty-four clients fighting for the same times. The whole of it, 100,000 requests: tests/bench/contention.py."""
import tap
from comodal_test import TestCase
from contest import CLIENTS, Contest


class Contention(TestCase):
    def test_one_success_a_slot(self):
        contest = Contest(self)
        contest.start()
        result = contest.run(slots=25)
        self.assertEqual(result["asked"], 25 * CLIENTS)
        self.assertEqual(result["again"], 0)
        contest.judge(result)

    def test_killed_in_the_middle(self):
        contest = Contest(self)
        contest.start()
        result = contest.run(slots=25, kills=(2, 5))
        self.assertGreater(result["again"], 0, "nobody has noticed")
        contest.judge(result)


if __name__ == "__main__":
    tap.main()
