#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm morning: thousands of letters through a slow mail server, beside libcurl alone sending the same messages.

usage: meson devenv -C BUILD ../tests/bench/storm.py [--messages N] [--delay MILLISECONDS] [--connections N]

A plan of a centre is published, which promises every family a letter for each session; comodald and comodal-courier tell them through a
server (tests/lib/odd_smtp.py) that takes so long for each verb. Then libcurl alone (curl-alone.c) gives the same octets to the same
server over as many connections. Printed: letters a second of both and the ratio; peak memory of both processes after a fifth of the letters
and after all; whether each family's letters came in order; what the processes cost.
"""
import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "integration")]
from gi.repository import GLib  # noqa: E402
from comodal_test import generate  # noqa: E402
from mail_case import Correspondence, local  # noqa: E402
from mail_server import PASSWORD, USER, await_true, make_certificate  # noqa: E402
from odd_smtp import OddSmtp  # noqa: E402

ARGUMENTS = argparse.Namespace(messages=5000, delay=5.0, connections=4, size="centre")
ALONE = pathlib.Path(os.environ.get("COMODAL_BUILD_ROOT", ROOT / "build")) / "tests" / "bench" / "curl-alone"


def cpu(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(process):
    """VmHWM in KiB."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError("no VmHWM")


class Storm(Correspondence):
    undo = 0

    def fill(self):
        """A published plan that owes everybody their letters; nobody is there to send them yet."""
        caseload = generate(ARGUMENTS.size, "--seed", 1)
        for student in caseload["students"]:
            student["birth_date"] = "2018-03-02"
        for followup in caseload["followups"]:
            for session in followup["sessions"]:
                session["participants"] = []
        # a guardian of each child's own
        caseload["contacts"] = [{"id": f"m-{student['id']}", "kind": "guardian", "hours": {}, "preferred": {}} for student in caseload["students"]]
        self.set_clock(local(f"{caseload['horizon']['from']} 10:00") - 7 * 86400)
        self.assertEqual(self.client.import_caseload(caseload).wait(600), "succeeded")
        contacts = {thing["id"]: thing["number"] for thing in self.client.json("Roster", "List", "(s)", "contact")}
        for student in self.client.json("Roster", "List", "(s)", "student"):
            mother = contacts[f"m-{student['id']}"]
            self.client.call("Consent", "SetGuardian", "(ttub)", student["number"], mother, 1, True)
            self.reach("contact", mother, email=f"m{student['number']}@example.org", delivery="invitations", quiet="00:00-00:00")
        job = self.client.plan(effort=1, seed=1, threads=GLib.Variant("u", 1), replan_from=caseload["horizon"]["from"])
        job.wait(600)
        return job.result()["plan"]

    def wait_for(self, count):
        self.server.wait(lambda: len(self.server.accepted) >= count, f"{count} letters", 1800)
        return {"comodald": peak(self.daemon.process), "comodal-courier": peak(self.courier.process)}

    def check_order(self, messages):
        """Letters are numbered in the order in which they are made: so each family's came."""
        numbers = dict(self.look("SELECT '<' || message_id || '>', id FROM letter"))
        last = collections.defaultdict(int)
        for message in messages:
            (recipient,) = message.recipients
            self.assertGreater(numbers[message.message_id], last[recipient], "a family's letters are out of order")
            last[recipient] = numbers[message.message_id]
        return len(last)

    def measure_alone(self, messages, authority):
        feed = b"".join(b"%s %s %d\n" % (message.sender.encode(), message.recipients[0].encode(), message.size) + message.content
                        for message in messages)
        with OddSmtp(authority, delay=ARGUMENTS.delay / 1000, keep=False) as server:
            said = subprocess.run([ALONE, f"{server.url}/comodal.test", server.ca_file, USER, PASSWORD, str(ARGUMENTS.connections)],
                                  input=feed, stdout=subprocess.PIPE, check=True).stdout.split()
            self.assertEqual((int(said[0]), server.most_connections), (len(messages), ARGUMENTS.connections))
        return float(said[1])

    def runTest(self):
        authority = self.folder / "authority"
        authority.mkdir()
        make_certificate(authority)
        self.server = OddSmtp(authority, delay=ARGUMENTS.delay / 1000)
        self.addCleanup(self.server.end)
        plan = self.fill()
        self.assertEqual(self.client.publish(plan, 0).wait(600), "succeeded")
        before = cpu(self.daemon.process)
        begun = time.monotonic()
        self.start_courier(self.server.url, self.server.ca_file, connections=ARGUMENTS.connections)
        first = self.wait_for(ARGUMENTS.messages // 5)
        last = self.wait_for(ARGUMENTS.messages)
        messages = self.server.accepted[:ARGUMENTS.messages]
        seconds = messages[-1].moment - begun
        spent = cpu(self.daemon.process) - before, cpu(self.courier.process)
        self.assertEqual(max(self.server.copies().values()), 1)
        families = self.check_order(messages)
        self.assertLessEqual(self.server.most_connections, ARGUMENTS.connections)
        self.courier.stop()
        alone = self.measure_alone(messages, authority)
        count = len(messages)
        print(f"{count} letters to {families} families, {sum(message.size for message in messages) / count / 1024:.1f} KiB each, "
              f"{ARGUMENTS.delay:g} ms a verb, {ARGUMENTS.connections} connections; load {os.getloadavg()[0]:.1f}")
        print(f"comodal: {seconds:.1f} s, {count / seconds:.1f} a second; libcurl alone: {alone:.1f} s, {count / alone:.1f} a second; "
              f"ratio {alone / seconds:.2f}")
        print(f"CPU a letter: comodald {1000 * spent[0] / count:.2f} ms, comodal-courier {1000 * spent[1] / count:.2f} ms")
        for name in first:
            print(f"{name}: {first[name] / 1024:.1f} MiB at most after {count // 5} letters, {last[name] / 1024:.1f} MiB after {count}: "
                  f"×{last[name] / first[name]:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--delay", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--size", default="centre")
    parser.parse_args(namespace=ARGUMENTS)
    case = Storm()
    result = case.run()
    for _, text in result.failures + result.errors:
        sys.exit(text)
