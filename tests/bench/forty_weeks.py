#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caseload of forty weeks for bench-offer: ten professionals of one centre, by tests/planning/generate.py.

usage: forty_weeks.py generate.py OUT"""
import importlib.util
import json
import pathlib
import sys

spec = importlib.util.spec_from_file_location("generate", sys.argv[1])
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)
# professionals, schools, weeks, grid minutes, follow-ups a professional, centre
generate.SIZES["forty"] = (10, 12, 40, 15, 80, "714000")
document = generate.add_busy(generate.make("forty", 1, None), 1)
pathlib.Path(sys.argv[2]).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
