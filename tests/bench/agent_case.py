#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs a person's agent, and comodald, to list, show and search the notes of a case: CPU time of both processes for each verb of
comodalctl, comodalctl's own left out. Root alone; the environment is that of `meson devenv -C build`.

usage: agent_case.py [NOTES] [TIMES]
"""
import os
import pathlib
import sys
import unittest

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
sys.path[:0] = [str(SOURCE / "tests" / "integration"), str(SOURCE / "tests" / "lib")]

import vault_house
from vault_case_maker import Case

NOTES, TIMES = (int(number) for number in (sys.argv[1:] + ["500", "5"][len(sys.argv) - 1:]))
BATCH = 50


def measure(process):
    """Seconds of CPU time of a process so far."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class AgentCase(vault_house.House):
    PEOPLE = 1

    def write(self):
        anne, = self.people
        case = Case(self.organisation, anne.keys, self.students[0], self.now)
        number = self.client.number("student", self.students[0])
        anne.caller.call("Vault", "Append", "(ha{sv})", 0, {"student": ("t", number)}, documents=[case.open()])
        for first in range(0, NOTES, BATCH):
            notes = [record for place in range(first, min(first + BATCH, NOTES)) for record in case.note(f"Rencontre {place}. " + "x" * 600)]
            anne.caller.call("Vault", "Append", "(ha{sv})", 0, {}, documents=[b"".join(notes)])

    def test_verbs(self):
        self.write()
        anne, who = self.people[0], self.students[0]
        anne.ctl("note", "list", who)
        print(f"{NOTES} notes; milliseconds of CPU time a verb: agent, comodald")
        for verb, more, lines in (("list", (), ()), ("show", (str(NOTES // 2),), ()), ("search", (), ("rencontre 7",)),
                                  ("write", (), ("une note",)), ("sign", (), ())):
            times = 1 if verb in ("write", "sign") else TIMES
            processes = (anne.find_agent(), self.daemon.process.pid)
            before = [measure(process) for process in processes]
            for _ in range(times):
                anne.ctl("note", verb, who, *more, lines=lines)
            agent, comodald = ((measure(process) - start) / times for process, start in zip(processes, before))
            print(f"  {verb:7} {agent * 1000:7.0f} {comodald * 1000:7.0f}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
