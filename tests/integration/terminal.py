# SPDX-License-Identifier: GPL-3.0-or-later
"""A program at a terminal of its own."""
import os
import pty
import select
import time

from comodal_test import DEADLINE


def run(arguments, environment, answers):
    """Each of `answers` is typed when the words before it have come, as (words, function of what was said so far, giving what is typed). All
    that stood on the terminal, and the exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(arguments[0], arguments, environment)
    said, seen = "", 0
    end = time.monotonic() + DEADLINE
    try:
        for words, answer in answers:
            while words not in said[seen:]:
                ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
                assert ready, f"“{words}” does not come: {said!r}"
                said += os.read(terminal, 65536).decode()
            seen = said.index(words, seen) + len(words)
            os.write(terminal, answer(said).encode())
        while True:
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            assert ready, f"it does not end: {said!r}"
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                break
            if not chunk:
                break
            said += chunk.decode(errors="replace")
    finally:
        # whoever still waits has nobody to wait for
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    return said, os.waitstatus_to_exitcode(status)
