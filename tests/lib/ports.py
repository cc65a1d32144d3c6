# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of loopback that a program may be told to listen on later.

They are below those that the system itself hands out, where anybody who connects somewhere could take one between our look and the
program's start; and a port that a test's process has been given is no other's for as long as that process lives.
"""
import random
import socket

FIRST, END = 20000, 28000
# sockets of Linux's abstract names, which end with the process: port → its claim
_claims = {}


def _claim(port):
    """False: another test has it, or somebody listens there."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0comodal-test-port-{port}")
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    _claims[port] = claim
    return True


def free_ports(count):
    found = []
    while len(found) < count:
        port = random.randrange(FIRST, END)
        if _claim(port):
            found.append(port)
    return found


def free_port():
    return free_ports(1)[0]
