# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody in comodald's place on a bus, who answers what a test gives them, and keeps what is handed over."""
import os
import pathlib
import threading

from gi.repository import Gio, GLib

from comodal_test import BUS_NAME, OBJECT, Client

XML = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"], "include", "org.comodal.Comodal1.xml")


class Dishonest:
    """`answers`: "Directory.List" → the reply's values, the bytes among them as documents."""

    def __init__(self, bus, answers):
        self.answers, self.asked = answers, []
        node = Gio.DBusNodeInfo.new_for_xml(XML.read_text())
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        ready = threading.Event()

        def serve():
            self.context.push_thread_default()
            self.client = Client(bus.address)
            for interface in node.interfaces:
                self.client.bus.register_object(OBJECT, interface, self.on_call, None, None)
            self.client.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                      GLib.Variant("(su)", (BUS_NAME, 0)), None, 0, -1, None)
            ready.set()
            self.loop.run()
            self.client.close()
        self.thread = threading.Thread(target=serve)
        self.thread.start()
        ready.wait()

    def on_call(self, _bus, _sender, _path, interface, method, _arguments, invocation):
        name = f"{interface.rsplit('.', 1)[1]}.{method}"
        self.asked.append(name)
        if name not in self.answers:
            invocation.return_dbus_error(BUS_NAME + ".Error.NotFound", name)
            return
        signature, *values = self.answers[name]
        handles = Gio.UnixFDList.new()
        for index, value in enumerate(values):
            if isinstance(value, bytes) and signature[1 + index] == "h":
                fd = os.memfd_create("document")
                os.write(fd, value)
                os.lseek(fd, 0, os.SEEK_SET)
                values[index] = handles.append(fd)
                os.close(fd)
        invocation.return_value_with_unix_fd_list(GLib.Variant(signature, tuple(values)), handles)

    def end(self):
        self.loop.quit()
        self.thread.join()
