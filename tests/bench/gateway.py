#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway's web server: files beside nginx, pages with and without 10,000 people waiting, a storm of joins, twice the load it bears.

usage: meson devenv -C BUILD ../tests/bench/gateway.py [files] [choice] [storm] [overload] [pages] [--waiting N] [--seconds S] [--rounds N]

Needs Debian's wrk, for files also nginx-light, for choice also libwebsockets-dev when the build was configured. The server has one processor
and the load another. On a machine that others use, read the CPU of a request and what is compared in the same round, not requests a second.
"""
import argparse
import asyncio
import multiprocessing
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.setdefault("COMODAL_BUILD_ROOT", str(ROOT / "build")))
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from http_tool import KEY, TOOL, free_port  # noqa: E402

PAGE = ROOT / "tests" / "integration" / "http-files" / "page.txt"
SERVER_CPU, LOAD_CPU = "0", "1"


def pin(command, cpu):
    return ["taskset", "-c", cpu, *map(str, command)] if shutil.which("taskset") and os.cpu_count() > 1 else list(map(str, command))


class Process:
    """A server on its own processor, with its children."""

    def __init__(self, name, command, port, path, cwd=None):
        self.name, self.port, self.path = name, port, path
        self.process = subprocess.Popen(pin(command, SERVER_CPU), stdout=subprocess.PIPE, text=True, cwd=cwd)

    def wait(self):
        import socket
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)  # until it listens
        raise RuntimeError(f"{self.name} does not listen")

    def family(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [str(self.process.pid), *children]

    def cpu(self):
        ticks = 0
        for pid in self.family():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """KiB."""
        return sum(int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) for pid in self.family())

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            # libwebsockets on libuv does not end by a signal
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def start_tool(**settings):
    port = free_port()
    # the load comes from one address
    settings = {"connections": 2048, "sockets": 12288, "address": 16000, **settings}
    server = Process("comodal", [TOOL, f"listen=127.0.0.1:{port}", f"origin=http://127.0.0.1:{port}", *(f"{k}={v}" for k, v in settings.items())], port, None)
    server.path = server.process.stdout.readline().split()[1]
    return server


def start_nginx(folder):
    port = free_port()
    (folder / "files").mkdir(exist_ok=True)
    shutil.copy(PAGE, folder / "files" / "page.txt")
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; error_log stderr crit; pid {folder}/pid; worker_rlimit_nofile 16000;
events {{ worker_connections 15000; }}
http {{
  types {{ text/plain txt; }} access_log off; keepalive_requests 1000000000; open_file_cache max=16; client_header_timeout 600; sendfile on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}/files; {"".join(f'add_header X-Policy-{i} "as many headers as ours has";' for i in range(8))} }}
}}""")
    return Process("nginx", ["nginx", "-c", folder / "nginx.conf", "-p", folder], port, "/page.txt").wait()


def start_choice(name):
    port = free_port()
    return Process(name, [BUILD / "tests" / "bench" / "libwebsockets-alone", port, name.split("-")[1]], port, "/page").wait()


def load(server, connections, seconds, path=None):
    """wrk for so long. Returns: requests a second, 99th percentile in ms, the server's CPU of one in µs, and how many were refused."""
    before = server.cpu()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency", f"http://127.0.0.1:{server.port}{path or server.path}"]
    said = subprocess.run(pin(command, LOAD_CPU), capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    count = int(re.search(r"(\d+) requests in", said)[1])
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(slow[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slow[2]],
            spent / max(count, 1) * 1e6, int(refused[1]) if refused else 0)


def handshake(port, path):
    return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").encode()


def wait_there(pipe, name, port, count, path):
    """In a process of its own, for the descriptors of one are few."""
    import socket
    kept = []
    for i in range(count):
        one = socket.create_connection(("127.0.0.1", port))
        kept.append(one)
        if name == "nginx":
            one.sendall(b"GET /p")
            continue
        one.sendall(handshake(port, path.format(i)))
        if b" 101 " not in one.recv(4096).split(b"\r\n")[0]:
            pipe.send(f"{name} refused the {i}th who would wait")
            return
    pipe.send("")
    pipe.recv()


class Waiting:
    """So many who wait: a web socket each, that says nothing; to what knows none, a head that does not end."""

    def __init__(self, server, count, path="/v/h{}/socket"):
        before = server.memory()
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=wait_there, args=(other, server.name, server.port, count, path))
        self.process.start()
        fault = self.pipe.recv()
        if fault:
            raise RuntimeError(fault)
        self.each = (server.memory() - before) / max(count, 1)

    def end(self):
        self.pipe.send("")
        self.process.join()


def compare(starts, arguments, kinds):
    """All are there at once and are asked in turn, round by round, so that what else the machine does befalls each."""
    print("| server | waiting | connections | requests a second | p99 ms | CPU of one, µs | memory of one who waits, KiB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    figures = {}
    for waiting in (0, arguments.waiting):
        servers = [start() for start in starts]
        waits = [Waiting(server, waiting) for server in servers]
        asked = [(server, path, connections) for server in servers for path, connections in kinds(server)]
        runs = {case: [] for case in asked}
        for _ in range(arguments.rounds):
            for server, path, connections in asked:
                runs[server, path, connections].append(load(server, connections, arguments.seconds, path))
        for server, path, connections in asked:
            middle = [statistics.median(column) for column in zip(*runs[server, path, connections])]
            figures[server.name, waiting, path != server.path, connections] = runs[server, path, connections]
            print(f"| {server.name}{', a page' if path != server.path else ''} | {waiting:,} | {connections} | {middle[0]:,.0f} | {middle[1]:.1f} | {middle[2]:.1f} | "
                  f"{f'{waits[servers.index(server)].each:.1f}' if waiting else ''} |", flush=True)
        for wait, server in zip(waits, servers):
            wait.end()
            server.end()
    return figures


def files(arguments):
    with tempfile.TemporaryDirectory(prefix="comodal-bench-") as name:
        folder = pathlib.Path(name)
        figures = compare([lambda: start_tool().wait(), lambda: start_nginx(folder)], arguments,
                          lambda server: [(server.path, 64), (server.path, 8)] + ([("/v/low", 64)] if server.name == "comodal" else []))
    for waiting in (0, arguments.waiting):
        rounds = list(zip(figures["comodal", waiting, False, 64], figures["nginx", waiting, False, 64]))
        print(f"files with {waiting:,} waiting, median of {len(rounds)} rounds: {statistics.median(ours[0] / theirs[0] for ours, theirs in rounds):.0%} of nginx's "
              f"requests a second, {statistics.median(theirs[2] / ours[2] for ours, theirs in rounds):.0%} by their CPU")


def choice(arguments):
    if not (BUILD / "tests" / "bench" / "libwebsockets-alone").exists():
        raise SystemExit("configure the build again with libwebsockets-dev")
    compare([lambda: start_tool().wait(), lambda: start_choice("libwebsockets-uv"), lambda: start_choice("libwebsockets-ev")], arguments,
            lambda server: [(server.path, 64)])


# ---- people


class Crowd:
    def __init__(self, server):
        self.server = server
        self.times = []
        self.refused = 0
        self.kept = []

    async def ask(self, path, keep=False):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        request = handshake(self.server.port, path) if keep else f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nConnection: close\r\n\r\n".encode()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if keep:
            self.kept.append(writer)
        else:
            await reader.read()
            writer.close()
        return int(head.split()[1])

    async def join(self, number, at):
        await asyncio.sleep(at)
        begun = time.monotonic()
        try:
            page = await self.ask(f"/v/h{number}")
            self.times.append((time.monotonic() - begun) * 1000)
            socket = await self.ask(f"/v/h{number}/socket", keep=True)
            self.refused += page != 200 or socket != 101
        except (OSError, asyncio.IncompleteReadError):
            self.refused += 1

    async def storm(self, people, seconds):
        await asyncio.gather(*(self.join(i, i * seconds / people) for i in range(people)))


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def storm(arguments):
    """Everybody opens their page within so long, then waits; a page costs its handler what comodald's answer would."""
    server = start_tool(work=arguments.work).wait()
    before, cpu = server.memory(), server.cpu()
    crowd = Crowd(server)
    asyncio.run(crowd.storm(arguments.waiting, arguments.within))
    print(f"{arguments.waiting} joined within {arguments.within} s: {crowd.refused} refused; page p50 {percentile(crowd.times, 0.5):.1f} ms, "
          f"p99 {percentile(crowd.times, 0.99):.1f} ms, worst {max(crowd.times):.0f} ms; {(server.memory() - before) / arguments.waiting:.2f} KiB for one who waits; "
          f"{(server.cpu() - cpu) / arguments.waiting * 1e6:.0f} µs of CPU for one, {arguments.work} of them a page's work")
    server.end()


async def probe(server, count, pause):
    crowd = Crowd(server)
    statuses = []
    for i in range(count):
        begun = time.monotonic()
        statuses.append(await crowd.ask(f"/v/h{i % 50}"))
        crowd.times.append((time.monotonic() - begun) * 1000)
        await asyncio.sleep(pause)
    return crowd.times, statuses


def overload(arguments):
    """What handlers can do is known: 1 second / work. While twice that many look, do those who join notice?"""
    server = start_tool(work=2000, handlers=4).wait()
    asyncio.run(probe(server, 50, 0))
    quiet, _ = asyncio.run(probe(server, 300, 0.01))
    print(f"who joins, while nobody looks: p50 {percentile(quiet, 0.5):.1f} ms, p99 {percentile(quiet, 0.99):.1f} ms")
    for connections in (32, 128, 512):
        command = ["wrk", "-t1", f"-c{connections}", "-d8s", "--timeout", "20s", f"http://127.0.0.1:{server.port}/v/low"]
        looking = subprocess.Popen(pin(command, LOAD_CPU), stdout=subprocess.PIPE, text=True)
        time.sleep(1)  # until they all look
        busy, statuses = asyncio.run(probe(server, 300, 0.01))
        said = looking.communicate()[0]
        done, refused = int(re.search(r"(\d+) requests in", said)[1]), re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        refused = int(refused[1]) if refused else 0
        print(f"while {connections} look: p50 {percentile(busy, 0.5):.1f} ms, p99 {percentile(busy, 0.99):.1f} ms, {statuses.count(200)} of {len(statuses)} served; "
              f"of those who look {(done - refused) / 8:.0f} a second served, {refused / 8:.0f} asked to come back")
    server.end()


# ---- the real programs


def pages(arguments):
    """A person's own page through comodal-gateway, beside comodald's answers that it is made of."""
    sys.path.insert(0, str(ROOT / "tests" / "integration"))
    import gateway_bus

    class Pages(gateway_bus.Case):
        def runTest(self):
            self.serve()
            port = free_port()
            configuration = self.folder / "gateway.conf"
            configuration.write_text(f"[Gateway]\nSocket={self.socket}\n[Http]\nListen=127.0.0.1:{port}\nOrigin=http://127.0.0.1:{port}\n"
                                     f"Connections=2048\nSockets={arguments.waiting + 100}\nPerAddress=16000\n")
            server = Process("comodal-gateway", [os.environ["COMODAL_GATEWAY"], "--session", "--config", configuration], port, f"/v/{self.julie}").wait()
            alone = [BUILD / "tests" / "bench" / "view-alone", self.socket, self.julie, 32, arguments.seconds]
            time.sleep(2)  # it finds comodald
            ratios = []
            for waiting in (0, arguments.waiting):
                wait = Waiting(server, waiting, f"/v/{self.julie}/door/{self.first}/events")
                for _ in range(arguments.rounds):
                    answered, refused, seconds = subprocess.run(list(map(str, alone)), capture_output=True, text=True, check=True).stdout.split()
                    views = int(answered) / float(seconds)
                    asked, slow, cpu, sent_back = load(server, 64, arguments.seconds)
                    ratios.append(asked / views)
                    print(f"{waiting:,} waiting: {views:,.0f} views a second by comodald alone; {asked:,.0f} pages ({asked / views:.0%}), p99 {slow:.0f} ms, "
                          f"{cpu:.0f} µs of the gateway's CPU each, {sent_back} refused; {wait.each:.1f} KiB for one who waits", flush=True)
                wait.end()
            print(f"pages: {statistics.median(ratios):.0%} of what comodald answers")
            server.end()

    result = unittest.TextTestRunner(verbosity=0).run(Pages())
    if not result.wasSuccessful():
        raise SystemExit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=["files", "choice", "storm", "overload", "pages", []], default=["files", "storm", "overload"])
    parser.add_argument("--waiting", type=int, default=10000)
    parser.add_argument("--within", type=float, default=60, help="seconds of the storm")
    parser.add_argument("--work", type=int, default=300, help="µs that a page costs its handler")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for what in arguments.what:
        print(f"\n## {what} (load {os.getloadavg()[0]:.1f})", flush=True)
        {"files": files, "choice": choice, "storm": storm, "overload": overload, "pages": pages}[what](arguments)


if __name__ == "__main__":
    main()
