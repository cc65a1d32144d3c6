#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway: files beside nginx, with and without 10,000 people waiting; and with comodald people's own pages, a storm of joins, twice the
load it bears (gateway_real.py).

usage: meson devenv -C BUILD ../tests/bench/gateway.py [files] [choice] [pages] [storm] [overload] [--waiting N] [--seconds S] [--rounds N]

Needs Debian's wrk, for files also nginx-light, for choice also libwebsockets-dev when the build was configured. For files the server has one
processor and the load another; for the rest comodald, the gateway and the load share all. On a machine that others use, read the CPU of a
request and what is compared in the same round, not requests a second.
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import tempfile

from gateway_load import ROOT, Process, Waiting, load
from http_tool import TOOL
from ports import free_port

BUILD = pathlib.Path(os.environ.setdefault("COMODAL_BUILD_ROOT", str(ROOT / "build")))
PAGE = ROOT / "tests" / "integration" / "http-files" / "page.txt"


def start_tool(**settings):
    port = free_port()
    # the load comes from one address; nginx has one worker
    settings = {"connections": 2048, "sockets": 12288, "address": 16000, "threads": 1, **settings}
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    real = ("pages", "storm", "overload")
    parser.add_argument("what", nargs="*", choices=["files", "choice", *real, []], default=["files", *real])
    parser.add_argument("--waiting", type=int, default=10000, help="who wait, and who come in the storm")
    parser.add_argument("--within", type=float, default=60, help="seconds of the storm")
    parser.add_argument("--seconds", type=int, default=3, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for what in [what for what in arguments.what if what not in real]:
        print(f"\n## {what} (load {os.getloadavg()[0]:.1f})", flush=True)
        {"files": files, "choice": choice}[what](arguments)
    parts = [what for what in arguments.what if what in real]
    if parts:
        # it needs PyGObject, and comodald
        import gateway_real
        # in this order: for the last the servers step back, and do not come forward again
        gateway_real.run([part for part in real if part in parts], arguments)


if __name__ == "__main__":
    main()
