#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/pictures/letters-*.png anew, from the sample letters of a build folder, with Chromium:

    tests/letters/pictures.py build
"""
import email
import email.policy
import html
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
# a telephone's width, and the space between two of them
WIDTH, GAP = 340, 16
# name, how high a telephone is, whether it is dark, what stands on each
PICTURES = [
    ("letters-fr", 1180, False, ("invitation-video.fr", "digest.fr", "first-video.fr")),
    ("letters-en", 1000, True, ("update.en", "cancellation.en", "counter-declined.en")),
]


def read_page(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return message.get_body(("html",)).get_content()


def make_sheet(folder, height, samples):
    frames = "".join(f'<iframe srcdoc="{html.escape(read_page(folder / f"{sample}.eml"))}" scrolling="no"></iframe>' for sample in samples)
    return (f"<!DOCTYPE html><meta charset='utf-8'><meta name='color-scheme' content='light dark'><style>body {{ margin: 0; "
            f"padding: {GAP}px; display: flex; gap: {GAP}px; background: #9aa }} iframe {{ border: 0; width: {WIDTH}px; "
            f"height: {height}px; background: Canvas }}</style>{frames}")


def photograph(folder, name, height, dark, samples):
    sheet, picture = folder / f"{name}.html", SOURCE / "docs" / "pictures" / f"{name}.png"
    sheet.write_text(make_sheet(folder, height, samples))
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}",
                    f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--screenshot={picture}",
                    f"--window-size={len(samples) * (WIDTH + GAP) + GAP},{height + 2 * GAP}", sheet.as_uri()],
                   check=True, stdin=subprocess.DEVNULL, capture_output=True)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([pathlib.Path(sys.argv[1]) / "tests" / "letters" / "render-letters", folder], check=True, stdout=subprocess.DEVNULL)
        for picture in PICTURES:
            photograph(folder, *picture)


if __name__ == "__main__":
    main()
