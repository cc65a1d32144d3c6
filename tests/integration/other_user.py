#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller of the bus who is another user of the system. Tests that use it run as root.

    other = other_user.Caller(bus, 4242)
    values, documents = other.call("Vault", "GetRecords", "(ay)", case)

As a program (which Caller starts under setpriv): one JSON object a line in, one out.
"""
import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading

from gi.repository import Gio, GLib

BUS_NAME = "org.comodal.Comodal1"
OBJECT = "/org/comodal/Comodal1"


class Refused(Exception):
    """An error that the daemon answered: .name, as "Conflict"."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


class Caller:
    def __init__(self, bus, uid):
        self.uid = uid
        self.process = subprocess.Popen(
            # that user may not be allowed to read this file
            ["setpriv", f"--reuid={uid}", "--clear-groups", sys.executable, "-c", pathlib.Path(__file__).read_text(), bus.address],
            cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, interface, method, signature="()", *values, documents=(), streams=()):
        """What it answers, and the documents that came with it. Octets among the values are given as bytes. Streams are handed over by
        sockets, to their end; their handles come behind those of the documents."""
        def pack(value):
            return {"octets": value.hex()} if isinstance(value, bytes) else value
        request = {"interface": interface, "method": method, "signature": signature, "values": [pack(value) for value in values],
                   "documents": [base64.b64encode(document).decode() for document in documents],
                   "streams": [base64.b64encode(stream).decode() for stream in streams]}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(*answer["error"])
        return answer["values"], [base64.b64decode(document) for document in answer["documents"]]

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def read_document(handles, index):
    descriptor = handles.get(index)
    try:
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)


def send(end, octets):
    with end:
        try:
            end.sendall(octets)
        except OSError:
            pass  # whoever reads has had enough


def answer(bus, request):
    handles = Gio.UnixFDList.new()
    for document in request["documents"]:
        descriptor = os.memfd_create("document", os.MFD_ALLOW_SEALING)
        os.write(descriptor, base64.b64decode(document))
        os.lseek(descriptor, 0, os.SEEK_SET)
        handles.append(descriptor)
        os.close(descriptor)
    for stream in request["streams"]:
        near, far = socket.socketpair()
        handles.append(far.fileno())
        far.close()
        threading.Thread(target=send, args=(near, base64.b64decode(stream))).start()
    values = [bytes.fromhex(value["octets"]) if isinstance(value, dict) and "octets" in value
              else {name: GLib.Variant(*given) for name, given in value.items()} if isinstance(value, dict)
              else value for value in request["values"]]
    try:
        reply, came = bus.call_with_unix_fd_list_sync(
            BUS_NAME, OBJECT, f"{BUS_NAME}.{request['interface']}", request["method"],
            GLib.Variant(request["signature"], values), None, Gio.DBusCallFlags.NO_AUTO_START, 60000, handles, None)
    except GLib.Error as error:
        name = (Gio.DBusError.get_remote_error(error) or "").removeprefix(BUS_NAME + ".Error.")
        Gio.DBusError.strip_remote_error(error)
        return {"error": [name, error.message.split("\x1f", 1)[0]]}
    count = came.get_length() if came is not None else 0
    return {"values": reply.unpack(),
            "documents": [base64.b64encode(read_document(came, index)).decode() for index in range(count)]}


def main(address):
    bus = Gio.DBusConnection.new_for_address_sync(
        address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    for line in sys.stdin:
        print(json.dumps(answer(bus, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
