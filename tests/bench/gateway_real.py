# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-gateway before a comodald of many families: people's own pages beside comodald's answers that they are made of, a storm of joins,
twice the load that it bears. All processes share the machine's processors. Part of gateway.py."""
import asyncio
import os
import pathlib
import re
import resource
import statistics
import subprocess
import time
import urllib.request

import gateway_people
from gateway_load import Process, Waiting, Wrk, cpu_of, handshake, step_back, waits_of
from gateway_people import cases
from ports import free_port

BUILD = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"])
IN_FLIGHT = 32              # what the gateway asks comodald for at a time (CM_HTTP_SETTINGS_HANDLERS)
BUSY = 64                   # connections that keep it busy
PING, PONG, MASKED = 0x89, 0x8a, 0x80
PROBES, PAUSE = 600, 0.01   # of those who join while others look


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def say_times(times):
    return f"p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms, worst {max(times):.0f} ms"


class Crowd:
    """Browsers: each request on a connection of its own."""

    def __init__(self, server):
        self.server = server
        self.times = []
        self.statuses = []
        self.kept = []

    async def ask(self, path, keep=False):
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        plain = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nConnection: close\r\n\r\n"
        writer.write(handshake(self.server.port, path) if keep else plain.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if keep:
            self.kept.append(asyncio.create_task(self.wait_there(reader, writer)))
        else:
            await reader.read()
            writer.close()
            self.times.append((time.monotonic() - begun) * 1000)
        return int(head.split()[1])

    @staticmethod
    async def wait_there(reader, writer):
        """As a browser does: a ping is answered, a text heard."""
        try:
            while True:
                kind, length = await reader.readexactly(2)
                payload = await reader.readexactly(length)
                if kind == PING:
                    writer.write(bytes((PONG, MASKED | length, 0, 0, 0, 0)) + payload)
        finally:
            writer.close()

    async def join(self, person, at):
        """The page, the door, and its web socket, on which they wait."""
        await asyncio.sleep(at)
        try:
            self.statuses.append((await self.ask(person.page), await self.ask(person.door), await self.ask(person.events, keep=True)))
        except (OSError, asyncio.IncompleteReadError):
            self.statuses.append(())

    async def storm(self, people, seconds, done):
        """`done` is called while those who came wait."""
        await asyncio.gather(*(self.join(person, i * seconds / len(people)) for i, person in enumerate(people)))
        done(sum(not task.done() for task in self.kept))
        for task in self.kept:
            task.cancel()
        await asyncio.gather(*self.kept, return_exceptions=True)

    async def probe(self, paths, count, pause):
        """As fast as they come: nobody waits for somebody else's answer."""
        async def look(path, at):
            await asyncio.sleep(at)
            self.statuses.append(await self.ask(path))
        await asyncio.gather(*(look(paths[i % len(paths)], i * pause) for i in range(count)))


class Real(gateway_people.Case):
    """Half past nine and a bit: those of the first two slots join within a quarter of an hour, the others look."""
    SLOTS = ("10:00", "10:15", "13:00")
    KIN = 2

    def __init__(self, parts, arguments):
        super().__init__()
        self.parts, self.arguments = parts, arguments
        self.SESSIONS = arguments.waiting // self.KIN // 2 * 3

    def start(self):
        self.set_clock(cases.instant(f"{cases.DATE} 09:46"))
        port = free_port()
        configuration = self.folder / "gateway.conf"
        configuration.write_text(f"[Gateway]\nSocket={self.socket}\n[Http]\nListen=127.0.0.1:{port}\nOrigin=http://127.0.0.1:{port}\n"
                                 f"Connections=8192\nSockets={self.arguments.waiting + 100}\nPerAddress=30000\n")
        self.server = Process("comodal-gateway", [os.environ["COMODAL_GATEWAY"], "--session", "--config", configuration], port, "/health",
                              pinned=False).wait()
        self.addCleanup(self.server.end)
        crowd = Crowd(self.server)
        while asyncio.run(crowd.ask("/health")) != 200:
            time.sleep(0.05)  # until it found comodald

    def runTest(self):
        last = self.arguments.waiting // self.KIN // 2 * 2 * self.KIN
        self.joining, self.looking = self.people[:last], self.people[last:]
        print(f"{len(self.people):,} people, {len(self.joining):,} of whom join soon, {self.SESSIONS:,} sessions", flush=True)
        self.start()
        for part in self.parts:
            print(f"\n## {part} (load {os.getloadavg()[0]:.1f})", flush=True)
            {"pages": self.pages, "storm": self.storm, "overload": self.overload}[part]()

    # ---- pages

    def views_alone(self, *together):
        """Views a second by comodald alone, each in a message of its own unless "together"; the CPU of one, µs: comodald's, and of who asks."""
        tokens = self.folder / "tokens"
        tokens.write_text("".join(f"{person.token}\n" for person in self.asked))
        command = [BUILD / "tests" / "bench" / "view-alone", self.socket, tokens, IN_FLIGHT, self.arguments.seconds, *together]
        before, children = cpu_of(self.daemon.process.pid), resource.getrusage(resource.RUSAGE_CHILDREN)
        answered, _, seconds = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout.split()
        spent, after = cpu_of(self.daemon.process.pid) - before, resource.getrusage(resource.RUSAGE_CHILDREN)
        own = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
        return int(answered) / float(seconds), spent / int(answered) * 1e6, own / int(answered) * 1e6

    def pages_of_all(self):
        """Pages a second; p99; the CPU of one, µs: comodald's, the gateway's."""
        before = cpu_of(self.daemon.process.pid), self.server.cpu()
        rate, slow, count, refused = Wrk(self.server, BUSY, self.arguments.seconds, [person.page for person in self.asked]).wait()
        self.assertEqual(refused, 0)
        return rate, slow, (cpu_of(self.daemon.process.pid) - before[0]) / count * 1e6, (self.server.cpu() - before[1]) / count * 1e6

    def pages(self):
        """In turn, so that what else the machine does befalls both."""
        self.asked = self.joining[:1000] + self.looking[:1000]
        ratios, costs = [], []
        # what comodald finds out of somebody the first time, it keeps
        asked = 0
        while asked < 2 * len(self.asked):
            asked += self.views_alone()[0] * self.arguments.seconds
        for waiting in (0, self.arguments.waiting):
            wait = Waiting(self.server, waiting, self.joining[0].events)
            for _ in range(self.arguments.rounds):
                views, daemon, asker = self.views_alone()
                pages, slow, daemon_too, gateway = self.pages_of_all()
                several, daemon_several, asker_several = self.views_alone("together")
                ratios.append((pages / views, (daemon + asker) / (daemon_too + gateway), pages / several,
                               (daemon_several + asker_several) / (daemon_too + gateway)))
                costs.append(gateway)
                print(f"{waiting:,} waiting: {views:,.0f} views a second by comodald alone (CPU of one: comodald {daemon:.0f} µs, who asks {asker:.0f}), "
                      f"{several:,.0f} several in a message ({daemon_several:.0f}, {asker_several:.0f}); "
                      f"{pages:,.0f} pages ({pages / views:.0%}), p99 {slow:.0f} ms (CPU of one: comodald {daemon_too:.0f} µs, the gateway {gateway:.0f})",
                      flush=True)
            wait.end()
        clock, cpu, clock_several, cpu_several = (statistics.median(column) for column in zip(*ratios))
        print(f"pages: {clock:.0%} of what comodald answers by the clock, {cpu:.0%} by the CPU of both ({clock_several:.0%} and {cpu_several:.0%} of what it "
              f"answers when asked for several in a message); {statistics.median(costs):.0f} µs of the gateway's CPU each")

    # ---- a storm

    def storm(self):
        """Everybody who joins opens their page within so long, then goes to the door and waits."""
        crowd = Crowd(self.server)
        memory, gateway, daemon = self.server.memory(), self.server.cpu(), cpu_of(self.daemon.process.pid)
        count = len(self.joining)

        def done(waiting):
            fine = crowd.statuses.count((200, 200, 101))
            print(f"{count:,} joined within {self.arguments.within:.0f} s, {fine:,} of them with page, door and web socket, {count - fine} refused; "
                  f"{waiting:,} wait; a page {say_times(crowd.times)}")
            print(f"memory of one who waits {(self.server.memory() - memory) / count:.2f} KiB; CPU of one: the gateway "
                  f"{(self.server.cpu() - gateway) / count * 1e6:.0f} µs, comodald {(cpu_of(self.daemon.process.pid) - daemon) / count * 1e6:.0f}", flush=True)
            self.assertEqual((fine, waiting), (count, count))
        asyncio.run(crowd.storm(self.joining, self.arguments.within, done))

    # ---- overload

    def probe(self):
        """Who joins; and beside them what needs no comodald (/health: the gateway's two threads, the most urgent queue), or no more than its first
        thread (a file): what those wait for is processors. Then how long a thread waited for one each time that it was ready."""
        crowds = {name: Crowd(self.server) for name in ("who joins", "/health", "a file")}
        pids = {"comodald": self.daemon.process.pid, "the gateway": self.server.process.pid, "who measures": os.getpid()}
        before = {name: waits_of(pid) for name, pid in pids.items()}
        asyncio.run(self.probe_all(crowds))
        waited = {name: waits_of(pid) for name, pid in pids.items()}
        joins = crowds["who joins"]
        others = "; ".join(f"{name} {say_times(crowd.times)}" for name, crowd in list(crowds.items())[1:])
        waits = ", ".join(f"{name} {(waited[name][0] - ms) / max(1, waited[name][1] - times):.2f}" for name, (ms, times) in before.items())
        return (f"{say_times(joins.times)}, {joins.statuses.count(200)} of {len(joins.statuses)} served\n"
                f"  beside them {others}\n  ms that a thread waited for a processor each time: {waits}")

    async def probe_all(self, crowds):
        rare = 4
        paths = {"who joins": [person.page for person in self.joining], "/health": ["/health"], "a file": [self.file]}
        await asyncio.gather(*(crowd.probe(paths[name], PROBES // (1 if name == "who joins" else rare), PAUSE * (1 if name == "who joins" else rare))
                               for name, crowd in crowds.items()))

    def find_file(self):
        """One of those that a page has."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}{self.joining[0].page}") as answer:
            return re.search(r'/static/[^"]+', answer.read().decode())[0]

    def overload(self):
        """While those who look ask for once, then twice what it bears, do those who join notice? Who looks leaves the processors to the servers, and
        these to who measures: both are other machines."""
        for server in (self.daemon, self.server):
            step_back(server.process.pid)
        seconds = int(PROBES * PAUSE) + 3
        paths = [person.page for person in self.looking]
        self.file = self.find_file()
        self.probe()
        print(f"who joins, {1 / PAUSE:.0f} a second, while nobody looks: {self.probe()}", flush=True)
        Wrk(self.server, BUSY, self.arguments.seconds, paths).wait()  # everybody's page once
        bears = Wrk(self.server, BUSY, self.arguments.seconds, paths, humble=True).wait()[0]
        print(f"it bears {bears:,.0f} pages a second", flush=True)
        for times in (1, 2):
            pause = 200
            # who is served waits, besides
            connections = max(BUSY, int(times * bears * (pause / 1000 + 0.15)))
            looking = Wrk(self.server, connections, seconds, paths, pause, humble=True)
            time.sleep(1.5)  # until they all look
            said = self.probe()
            _, slow, answered, refused = looking.wait()
            print(f"{connections:,} look, {answered / seconds / bears:.1f} times what it bears: {(answered - refused) / seconds:,.0f} a second served "
                  f"(p99 {slow:.0f} ms), {refused / seconds:,.0f} asked to come back; who joins: {said}", flush=True)


def run(parts, arguments):
    result = Real(parts, arguments).run()
    for _, text in result.failures + result.errors:
        raise SystemExit(text)
