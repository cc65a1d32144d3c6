#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl killed, or failed by its disk, at each thing it does to the disk while a student's file is written, and while one is kept: what was
asked for is answered only once the file has its name, and no half of one is ever there."""
import pathlib
import re
import shutil
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
import export_requests
import fault
import tap
import vault_export

CODE = re.compile(r"^ +((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", re.M)


class Interrupted(export_requests.Requests):
    test_access = test_transfer = test_whose_they_are = None

    def struck(self, folder, at, mode, *arguments, lines=()):
        """The exit status, what was said, and whether the fault struck."""
        counter = self.folder / "counter"
        counter.write_bytes(bytes(16))
        result = self.try_vault(*arguments, lines=lines, LD_PRELOAD=str(fault.LIBRARY), COMODAL_FAULT_COUNTER=str(counter),
                                COMODAL_FAULT_AT=str(at), COMODAL_FAULT_MODE=mode, COMODAL_FAULT_UNDER=str(folder))
        return result, struct.unpack("=QQ", counter.read_bytes())[1] != 0

    def sweep(self, folder, mode, look, *arguments, lines=()):
        """How it ended when nothing struck, after it was struck at each step and looked at each time."""
        at, strikes = 0, True
        while strikes:
            at += 1
            result, strikes = self.struck(folder, at, mode, *arguments, lines=lines)
            if strikes:
                look(result, f"{mode} at {at}")
        self.assertGreater(at, 2)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_make(self):
        self.make_in_all_ways(lambda path: [path])

    def test_make_with_attachments(self):
        page = self.folder / "page.txt"
        page.write_text("une page")
        self.vault("note", "write", self.who, lines=["Avec une pièce"])
        self.vault("note", "attach", self.who, page)
        self.vault("note", "sign", self.who)
        self.make_in_all_ways(lambda path: path.iterdir())

    def make_in_all_ways(self, list_files):
        folder = self.folder / "out"
        folder.mkdir()
        path = folder / "dossier.comodal-export"
        number = None

        def look(result, where):
            # it may have its name already, and be asked for all the same: never the other way round
            self.assertEqual(self.row(number)["state"], "open", where)
            for hidden in folder.glob(".*"):
                # what a killed process can't remove: it is nobody's file, and in nobody's way
                self.assertTrue(hidden.is_dir() and where.startswith(fault.KILL), where)
                shutil.rmtree(hidden)
            self.assertEqual(list(folder.iterdir()), [path] if path.exists() else [], where)
            self.assertNotEqual(result.returncode, 0)
            if path.exists():
                whole = {file: file.read_bytes() for file in list_files(path)}
                self.assertIn("already: say another", self.say(self.vault(*self.making(path), status=1)))
                self.assertEqual({file: file.read_bytes() for file in list_files(path)}, whole)
                self.assertEqual(self.row(number)["state"], "open")
                self.remove(path)

        for mode in (fault.KILL, fault.EIO):
            number = self.ask("access", 1, "Sa mère")
            done = self.sweep(folder, mode, look, *self.making(path))
            self.assertEqual(self.row(number)["state"], "answered")
            (code,) = CODE.findall(done.stderr)
            export, *streams = sorted(list_files(path), key=lambda file: file.suffix == ".comodal-attachment")
            vault_export.Import(export.read_bytes(), code, self.fingerprint)
            self.assertEqual([file.suffix for file in streams], [".comodal-attachment"] if path.is_dir() else [])
            self.remove(path)

    def remove(self, path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    def making(self, path):
        return "export", "make", self.who, "--output", str(path), "--purpose", "access"

    def test_import(self):
        (code,) = CODE.findall(self.vault(*self.making(self.path), "--asked-on", "2026-11-02").stderr)
        exports = self.keyring.parent / "exports"
        exports.mkdir(mode=0o700)
        whole = self.path.read_bytes()

        def look(_result, where):
            for kept in exports.iterdir():
                self.assertEqual((kept.suffix, kept.read_bytes()), (".comodal-export", whole), where)
                kept.unlink()

        for mode in (fault.KILL, fault.EIO):
            self.sweep(exports, mode, look, "export", "import", str(self.path), "--organisation", self.fingerprint, lines=[code])
            (kept,) = exports.iterdir()
            self.assertEqual(kept.read_bytes(), whole)
            kept.unlink()


if __name__ == "__main__":
    tap.main()
