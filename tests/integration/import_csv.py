#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables from spreadsheets: separators, encodings, headings, dates, what is wrong where, and what is kept of a source."""
import json
import pathlib

import tap
from gi.repository import GLib
from comodal_test import SOURCE, Monitor, TestCase, english, generate

FIXTURES = SOURCE / "tests" / "fixtures" / "csv"
CASELOAD = generate("pair", "--seed", 4)


class CsvCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        document = json.loads(json.dumps(CASELOAD))
        self.site = next(site for site in document["sites"] if site["kind"] == "school")
        self.site["name"] = "École A"
        self.assertEqual(self.client.import_caseload(document).wait(), "succeeded")

    def things(self, kind):
        return {thing["id"]: thing for thing in self.client.json("Roster", "List", "(s)", kind)}

    def version(self):
        return self.client.call("Manager", "GetStatus")[2]

    def table(self, text, kind="students", **more):
        """The result of Roster.ImportTable."""
        types = {"mapping": "a{ss}", "dates": "s", "source": "s"}
        options = {name.replace("_", "-"): GLib.Variant(types.get(name, "b"), value) for name, value in more.items()}
        return self.client.exchange("Roster", "ImportTable", text if isinstance(text, bytes) else text.encode(), kind, options,
                                    signature="(hsa{sv})")

    def bad(self, result):
        return [(cell["line"], cell["column"], cell["heading"]) for cell in result["bad"]]

    def file(self, name):
        """A fixture with this caseload's own school where it says s1."""
        return (FIXTURES / name).read_bytes().replace(b"s1", self.site["id"].encode())


class Tables(CsvCase):
    def test_students_from_excel(self):
        result = self.table(self.file("eleves-cp1252.csv"))
        self.assertEqual(result["bad"], [])
        self.assertEqual((result["done"], result["encoding"], result["separator"]), (True, "Windows-1252", ";"))
        self.assertEqual([column["member"] for column in result["columns"]],
                         ["id", "last_name", "first_name", "birth_date", "site", None])
        self.assertEqual((result["rows"], result["added"], result["changed"], result["left"]), (4, 4, 0, 0))
        students = self.things("student")
        self.assertEqual([(students[key]["name"], students[key]["birth_date"], students[key]["site"])
                          for key in ("1001", "1002", "1003")],
                         [("Zoé Tremblay-Côté", "2015-09-04", self.site["id"]), ("Léa Lam", "2014-12-31", self.site["id"]),
                          ("Émile O'Neil", "2016-02-01", self.site["id"])])
        # what looks like a formula is only text
        self.assertEqual(students["1004"]["name"], "@cmd =1+1")

    def test_the_same_again_changes_nothing(self):
        self.table(self.file("eleves-cp1252.csv"))
        version, before = self.version(), self.client.roster()
        result = self.table(self.file("eleves-cp1252.csv"))
        self.assertEqual((result["added"], result["changed"], result["left"]), (0, 0, 4))
        self.assertEqual((self.version(), self.client.roster()), (version, before))
        result = self.table(self.file("students-utf8.csv"))
        self.assertEqual((result["encoding"], result["separator"], result["rows"]), ("UTF-8", ",", 2))
        self.assertEqual((result["added"], result["changed"], result["left"]), (0, 2, 0))
        self.assertEqual(self.things("student")["1002"]["name"], "Lam, Léa")
        self.assertEqual(self.things("student")["1001"]["birth_date"], "2015-09-04")

    def test_utf16_with_tabs(self):
        result = self.table((FIXTURES / "professionnels-utf16.csv").read_bytes(), "professionals")
        self.assertEqual(result["bad"], [])
        self.assertEqual((result["encoding"], result["separator"]), ("UTF-16", "\t"))
        person = self.things("professional")["P9"]
        self.assertEqual((person["name"], person["profession"], person["base"], person["sites"]),
                         ("Ana Roy", "psychologue", self.site["id"], [self.site["id"]]))

    def reach(self, kind, thing):
        (person,) = self.client.json("Reach", "Get", "(st)", kind, self.things(kind)[thing]["number"])["people"]
        return person["version"], person["email"], person["phone"], person["language"]

    def test_how_people_are_reached(self):
        heads = "No répondant;Nom du répondant;Lien;Courriel;Téléphone;Langue\n"
        text = (heads + "r1;Marie Roy;Mère;Marie.Roy@CSS.example;418 555-0100 poste 3;Anglais\n"
                "r2;Luc Lam;Père;;418-555-0101;Espagnol\n")
        monitor = Monitor(self.bus)
        result = self.table(text, "contacts")
        self.assertEqual((result["bad"], result["added"]), ([], 2))
        self.assertEqual([column["member"] for column in result["columns"]],
                         ["id", "name", "kind", "email", "phone", "language"])
        self.assertNotIn(b"Marie.Roy@", monitor.end())
        self.assertEqual(self.reach("contact", "r1"), (1, "Marie.Roy@css.example", "418 555-0100 poste 3", "en"))
        # an empty cell says nothing; mail is in French or English
        self.assertEqual(self.reach("contact", "r2"), (1, "", "418-555-0101", "fr"))
        # the same again changes nothing; a row that is otherwise the same is taken all the same
        self.table(text, "contacts")
        self.assertEqual(self.reach("contact", "r1")[0], 1)
        result = self.table(heads + "r1;Marie Roy;Mère;autre@css.example;;\n", "contacts")
        self.assertEqual((result["done"], result["bad"]), (True, []))
        self.assertEqual(self.reach("contact", "r1"), (2, "autre@css.example", "418 555-0100 poste 3", "en"))
        # what is none is named, and nothing at all is changed
        version = self.version()
        result = self.table(heads + "r3;Ana Lam;Mère;a@css.example, b@css.example;12;fr\n"
                            "r1;Marie Roy-Lam;Mère;marie@css.example;;\n", "contacts")
        self.assertEqual(self.bad(result), [(2, 4, "Courriel"), (2, 5, "Téléphone")])
        self.assertFalse(result["done"])
        self.assertEqual((self.version(), "r3" in self.things("contact"), self.reach("contact", "r1")[1]),
                         (version, False, "autre@css.example"))
        # looked at only
        self.table(heads + "r1;Marie Roy;Mère;vu@css.example;;\n", "contacts", dry_run=True)
        self.assertEqual(self.reach("contact", "r1")[1], "autre@css.example")
        # bad rows left out
        result = self.table(heads + "r3;Ana Lam;Mère;rien;;\nr4;Eva Lam;Mère;eva@css.example;;\n", "contacts", skip_bad=True)
        self.assertEqual((result["done"], self.bad(result)), (True, [(2, 4, "Courriel")]))
        self.assertEqual(self.reach("contact", "r4")[1], "eva@css.example")
        student = next(iter(self.things("student").values()))
        self.table(f"Fiche;Courriel de l'élève\n{student['id']};eleve@css.example\n")
        self.assertEqual(self.reach("student", student["id"])[1], "eleve@css.example")

    def test_other_kinds(self):
        rooms = self.table("Local;École;Usage\nB-12;École A;présence et visio\nB-13;École A;visio\n", "rooms")
        self.assertEqual((rooms["bad"], rooms["added"]), ([], 2))
        self.assertEqual(self.things("room")["B-13"]["uses"], ["video"])
        contacts = self.table("No répondant,Nom du répondant,Lien\nr1,Marie Roy,Mère\nr2,Luc Lam,Titulaire\n", "contacts")
        self.assertEqual((contacts["bad"], contacts["added"]), ([], 2))
        self.assertEqual({key: self.things("contact")[key]["kind"] for key in ("r1", "r2")}, {"r1": "guardian", "r2": "teacher"})
        self.assertEqual(self.things("contact")["r1"]["name"], "Marie Roy")
        calendar = CASELOAD["calendars"][0]["id"]
        schools = self.table(f"Code;Nom;Latitude;Longitude;Calendrier\nz1;École Z;45,5;-73,6;{calendar}\n", "schools")
        self.assertEqual((schools["bad"], schools["added"]), ([], 1))
        self.assertEqual((self.things("site")["z1"]["lat"], self.things("site")["z1"]["lon"]), (45.5, -73.6))

    def test_every_bad_cell_is_named_and_nothing_is_written(self):
        text = ("Fiche;Nom complet;Naissance;École\n"
                "1;A;2015-02-30;École A\n"
                "2;B;04/09/2015;École A\n"
                "3;C;2015-01-01;Ailleurs\n"
                ";D;2015-01-01;École A\n"
                "5;E;15/09/2015;École A\n"
                "5;F;2015-01-01;École A\n"
                "6;G;;École A\n")
        version = self.version()
        result = self.table(text)
        self.assertEqual(self.bad(result), [(2, 3, "Naissance"), (3, 3, "Naissance"), (4, 4, "École"), (5, 1, "Fiche"),
                                            (7, 1, "Fiche"), (8, 3, "Naissance")])
        self.assertIn("04/09/2015", english(result["bad"][1]["message"]))
        self.assertEqual((result["done"], self.version()), (False, version))
        tried = self.table(text, skip_bad=True, dry_run=True)
        self.assertEqual((tried["done"], tried["added"], tried["skipped"], self.version()), (False, 1, 6, version))
        result = self.table(text, skip_bad=True)
        self.assertEqual((result["done"], result["added"], result["skipped"]), (True, 1, 6))
        self.assertIn("5", self.things("student"))
        self.assertEqual(self.table(text, dates="day-first", dry_run=True)["bad"][1]["line"], 4)

    def test_a_source_is_kept(self):
        text = "Code maison;Qui;Né le;Où\nk1;Zoé Essai;04/09/2015;École A\n"
        self.assertEqual(self.bad(self.table(text)), [(1, 0, "")])
        mapping = {"Code maison": "id", "QUI": "name", "ne le": "birth_date", "Où": "site"}
        self.assertTrue(self.table(text, mapping=mapping, dates="day-first", source="maison")["done"])
        self.assertEqual(self.things("student")["k1"]["birth_date"], "2015-09-04")
        self.restart_daemon()
        self.client = self.connect()
        result = self.table(text.replace("k1", "k2"), source="maison")
        self.assertEqual((result["done"], result["added"]), (True, 1))
        self.assertFalse(self.table(text, source="other", skip_bad=True)["done"])
        for wrong in ({"Qui": "king"}, {"Not there": "name"}):
            self.assert_call_fails("InvalidInput", self.table, text, mapping={**mapping, **wrong})
        # a column that is said to be nothing is left out
        columns = self.table(text, source="maison", mapping={"Où": ""}, dry_run=True)["columns"]
        self.assertEqual(columns[3]["member"], None)

    def test_what_is_no_table(self):
        for data in (b"", b"\n\n", b"a;b\n\"1;2\n", b"a;b\n1;2;3\n", b"a\0b", b"id;id\n1;2\n", b"\x81\x8d\xff\n",
                     ("id" + ";x" * 300 + "\n").encode(), b"id;nom complet\n1;" + b"a" * 5000 + b"\n"):
            self.assert_call_fails("InvalidInput", self.table, data)
        self.assert_call_fails("InvalidInput", self.table, "id\n1\n", "kings")
        self.assert_call_fails("InvalidInput", self.table, "id\n1\n", dates="sometimes")
        self.assert_call_fails("InvalidInput", self.table, b"id;name\n" + b"1;x\n" * 60000)


class CommandLine(CsvCase):
    def csv(self, *arguments, **more):
        return self.ctl("import", "csv", *arguments, **more)

    def test_look_first_then_bring_in(self):
        path = self.folder / "eleves.csv"
        path.write_bytes(self.file("eleves-cp1252.csv"))
        monitor = Monitor(self.bus)
        tried = self.csv(path, "--kind", "students", "--dry-run").stdout
        self.assertIn("Prénom → first_name", tried)
        self.assertIn("Foyer → left out", tried)
        self.assertIn("Tremblay-Côté", tried)
        self.assertIn("added: 4", tried)
        self.assertNotIn("1001", self.things("student"))
        self.assertIn("ajoutés : 4", self.csv(path, "--kind", "students", "--lang", "fr").stdout)
        self.assertIn("1001", self.things("student"))
        wire = monitor.end()
        for name in ("Tremblay-Côté", "Prénom", "2015-09-04"):
            self.assertNotIn(name.encode(), wire)

    def test_a_file_without_headings_names_nobody(self):
        path = self.folder / "x.csv"
        monitor = Monitor(self.bus)
        for text in ("Zoé Canari;2015-01-01\nLéa Canari;2015-01-02\n", "nom;nom;Canari\n1;2;3\n", "Canari;x\n1;2;3;4\n"):
            path.write_text(text)
            self.csv(path, "--kind", "students", "--dry-run", status=1)
        self.assertNotIn(b"Canari", monitor.end())
        self.assertNotIn("Canari", self.daemon.text())

    def test_bad_rows_by_file_line_and_column(self):
        path = self.folder / "eleves.csv"
        path.write_text("Fiche;Nom complet;Naissance;École\n1;A;hier;École A\n2;B;2015-01-01;École A\n")
        said = self.csv(path, "--kind", "students", status=1)
        self.assertIn(f"{path}:2:3  Naissance  “hier” is not a date", said.stderr)
        self.assertIn("--skip-bad", said.stderr)
        self.csv(path, "--kind", "students", "--skip-bad", "--source", "x", "--map", "Naissance=birth_date")
        self.assertEqual(set(self.things("student")) & {"1", "2"}, {"2"})
        self.csv(path, status=2)
        self.csv(path, "--kind", "kings", status=2)
        self.csv(path, "--kind", "students", "--map", "nothing", status=2)
        self.csv(self.folder / "none.csv", "--kind", "students", status=1)


if __name__ == "__main__":
    tap.main()
