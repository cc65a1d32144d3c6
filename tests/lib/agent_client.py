#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of comodal-agent, as the user who runs this: agent_client.py SOCKET METHOD, with a JSON list of what is handed over by pipes
on standard input. Prints {"reply": …, "pipes": …} or {"error": …, "message": …}."""
import json
import os
import sys

from gi.repository import Gio, GLib

OBJECT = "/org/comodal/Agent1"
INTERFACE = "org.comodal.Agent1"
ERROR = "org.comodal.Comodal1.Error."
FLAGS = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT


def pipe_of(text):
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return reader


def call(socket, method, texts):
    bus = Gio.DBusConnection.new_for_address_sync(f"unix:path={socket}", FLAGS, None, None)
    handles = Gio.UnixFDList.new()
    for text in texts:
        descriptor = pipe_of(text)
        handles.append(descriptor)
        os.close(descriptor)
    arguments = GLib.Variant("(" + "h" * len(texts) + ")", tuple(range(len(texts)))) if texts else None
    reply, answered = bus.call_with_unix_fd_list_sync(None, OBJECT, INTERFACE, method, arguments, None,
                                                      Gio.DBusCallFlags.NONE, 60000, handles, None)
    pipes = [os.read(answered.get(index), 65536).decode() for index in range(answered.get_length())] if answered else []
    return {"reply": reply.unpack(), "pipes": pipes}


def main():
    try:
        result = call(sys.argv[1], sys.argv[2], json.load(sys.stdin))
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error) or error.domain
        Gio.DBusError.strip_remote_error(error)
        result = {"error": name.removeprefix(ERROR), "message": error.message.split("\x1f", 1)[0]}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
