#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a caseload: some of its professionals and what they work with, to see how a figure grows with their number.

usage: cut.py CASELOAD.json --professionals N --out OUT.json

Keeps the first N (generate.py gives the schools their professionals in turn: the first ones are spread over the centres). Students,
contacts and busy times of the others go, and the sites, rooms and companions that nobody left uses.
"""
import argparse
import json
import pathlib
import sys


def cut(document, count):
    kept = document["professionals"][:count]
    ids = {p["id"] for p in kept}
    followups = [f for f in document["followups"] if f["professional"] in ids]
    sessions = [s for f in followups for s in f["sessions"]]
    students = {f["student"] for f in followups}
    people = {c for s in sessions for c in s["participants"]}
    left = [s for s in document["students"] if s["id"] in students]
    sites = {s["site"] for s in left} | {site for p in kept for site in (p["base"], *p["sites"])}
    wanted = {s["id"] for s in sessions}
    part = {**document, "professionals": kept, "followups": followups, "students": left,
            "contacts": [c for c in document["contacts"] if c["id"] in people],
            "sites": [s for s in document["sites"] if s["id"] in sites],
            "rooms": [r for r in document["rooms"] if r["site"] in sites],
            "companions": [c for c in document["companions"] if c["site"] in sites],
            "travel_minutes": {a: {b: m for b, m in row.items() if b in sites}
                               for a, row in document["travel_minutes"].items() if a in sites},
            "previous": [p for p in document.get("previous", ()) if p["id"] in wanted],
            "organisation": {**document["organisation"], "id": f"{document['organisation']['id']}-{count}"}}
    if "busy" in document:
        there = {(kind, x["id"]) for kind, list_ in (("professional", kept), ("student", left), ("contact", part["contacts"]),
                                                     ("room", part["rooms"]), ("companion", part["companions"])) for x in list_}
        part["busy"] = [b for b in document["busy"] if (b["kind"], b["id"]) in there]
    return part


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("caseload", type=pathlib.Path)
    parser.add_argument("--professionals", type=int, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    asked = parser.parse_args()
    document = json.loads(asked.caseload.read_text(encoding="utf-8"))
    if not 1 <= asked.professionals <= len(document["professionals"]):
        sys.exit(f"cut.py: there are {len(document['professionals'])} professionals")
    part = cut(document, asked.professionals)
    asked.out.write_text(json.dumps(part, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
