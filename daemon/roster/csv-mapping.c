// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/csv-mapping.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

/* Headings that are recognised, folded. A heading means the member of the first kind's row that has it: "nom" is a family name where
 * people are listed, and a name where schools are. */
typedef struct {
	const gchar *member;
	const gchar *headings[14];
} Known;

static const Known student_known[] = {
    {"id",
     {"id", "fiche", "no fiche", "no de fiche", "numero de fiche", "code permanent",
      "numero de dossier", "no dossier", "student id", "student number", "permanent code",
      "file number"}},
    {"name",
     {"nom complet", "nom de l eleve", "eleve", "nom prenom", "name", "full name", "student",
      "student name"}},
    {"last_name", {"nom", "nom de famille", "last name", "family name", "surname"}},
    {"first_name", {"prenom", "first name", "given name"}},
    {"birth_date",
     {"date de naissance", "naissance", "date naissance", "ddn", "birth date", "date of birth",
      "birthdate", "dob"}},
    {"site",
     {"ecole", "nom de l ecole", "code ecole", "code de l ecole", "no ecole", "batiment",
      "code batiment", "school", "school name", "school code"}},
    {"email",
     {"courriel de l eleve", "courriel eleve", "student email", "courriel", "adresse courriel",
      "adresse de courriel", "adresse electronique", "e mail", "email", "email address",
      "e mail address", "mail"}},
    {"phone",
     {"telephone de l eleve", "telephone eleve", "telephone", "no telephone", "no de telephone",
      "numero de telephone", "tel", "cellulaire", "phone", "phone number", "telephone number",
      "mobile"}},
    {"language",
     {"langue", "langue de communication", "langue de correspondance", "langue d usage", "language",
      "preferred language"}},
    {NULL},
};
static const Known contact_known[] = {
    {"id",
     {"id", "no repondant", "numero", "id repondant", "no parent", "contact id", "guardian id"}},
    {"name",
     {"nom complet", "nom du repondant", "repondant", "parent", "name", "full name", "contact",
      "guardian"}},
    {"last_name", {"nom", "nom de famille", "last name", "family name", "surname"}},
    {"first_name", {"prenom", "first name", "given name"}},
    {"kind", {"lien", "lien de parente", "role", "type", "relation", "relationship", "kind"}},
    {"email",
     {"courriel du repondant", "courriel du parent", "parent email", "courriel", "adresse courriel",
      "adresse de courriel", "adresse electronique", "e mail", "email", "email address",
      "e mail address", "mail"}},
    {"phone",
     {"telephone du repondant", "telephone du parent", "telephone", "no telephone",
      "no de telephone", "numero de telephone", "tel", "cellulaire", "phone", "phone number",
      "telephone number", "mobile"}},
    {"language",
     {"langue", "langue de communication", "langue de correspondance", "langue d usage", "language",
      "preferred language"}},
    {NULL},
};
static const Known professional_known[] = {
    {"id", {"id", "matricule", "no employe", "numero d employe", "employee id", "employee number"}},
    {"name",
     {"nom complet", "nom de l employe", "professionnel", "name", "full name", "professional"}},
    {"last_name", {"nom", "nom de famille", "last name", "family name", "surname"}},
    {"first_name", {"prenom", "first name", "given name"}},
    {"profession",
     {"profession", "corps d emploi", "titre d emploi", "fonction", "emploi", "job title",
      "position"}},
    {"base", {"port d attache", "lieu d attache", "base", "lieu principal", "home office"}},
    {"sites", {"ecoles", "ecoles desservies", "lieux", "schools", "sites"}},
    {"email",
     {"courriel", "adresse courriel", "adresse de courriel", "adresse electronique", "e mail",
      "email", "email address", "e mail address", "mail"}},
    {"phone",
     {"telephone", "no telephone", "no de telephone", "numero de telephone", "tel", "cellulaire",
      "phone", "phone number", "telephone number", "mobile"}},
    {"language",
     {"langue", "langue de communication", "langue de correspondance", "langue d usage", "language",
      "preferred language"}},
    {NULL},
};
static const Known room_known[] = {
    {"id", {"id", "local", "no local", "numero de local", "room", "room number"}},
    {"site",
     {"ecole", "nom de l ecole", "code ecole", "code de l ecole", "no ecole", "batiment",
      "code batiment", "school", "school name", "school code"}},
    {"uses", {"usage", "usages", "utilisation", "uses", "use"}},
    {NULL},
};
static const Known school_known[] = {
    {"id",
     {"id", "code", "code ecole", "code de l ecole", "no ecole", "batiment", "code batiment",
      "school code"}},
    {"name", {"nom", "ecole", "nom de l ecole", "nom officiel", "name", "school", "school name"}},
    {"lat", {"latitude", "lat"}},
    {"lon", {"longitude", "lon", "long"}},
    {"calendar", {"calendrier", "calendar"}},
    {"kind", {"type", "kind"}},
    {NULL},
};

typedef struct {
	const gchar *word;
	CmNumberKind kind;
	const Known *known;
} Kind;

static const Kind kinds[] = {
    {"students", CM_NUMBER_STUDENT, student_known},
    {"contacts", CM_NUMBER_CONTACT, contact_known},
    {"professionals", CM_NUMBER_PROFESSIONAL, professional_known},
    {"rooms", CM_NUMBER_ROOM, room_known},
    {"schools", CM_NUMBER_SITE, school_known},
};

typedef struct {
	const CmCsvTable *table;
	const GPtrArray *columns;
	const CmCsvRules *rules;
	const CmCsvIndex *index;
	const CmCsvRow *row;
	GPtrArray *bad;
	JsonObject *thing;
	JsonObject *reach; /* what is no part of the thing */
} Making;

void
cm_csv_mapping_free_bad_cell(gpointer data)
{
	CmCsvBadCell *bad = data;

	g_free(bad->heading);
	g_free(bad->message);
	g_free(bad);
}

static const Known *
find_known(CmNumberKind kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].kind == kind)
			return kinds[i].known;
	}
	g_return_val_if_reached(student_known);
}

const gchar *const *
cm_csv_mapping_get_members(CmNumberKind kind)
{
	static const gchar *const members[CM_NUMBER_LAST][11] = {
	    [CM_NUMBER_STUDENT] = {"id", "name", "last_name", "first_name", "birth_date", "site",
				   "email", "phone", "language", NULL},
	    [CM_NUMBER_CONTACT] = {"id", "name", "last_name", "first_name", "kind", "email",
				   "phone", "language", NULL},
	    [CM_NUMBER_PROFESSIONAL] = {"id", "name", "last_name", "first_name", "profession",
					"base", "sites", "email", "phone", "language", NULL},
	    [CM_NUMBER_ROOM] = {"id", "site", "uses", NULL},
	    [CM_NUMBER_SITE] = {"id", "name", "lat", "lon", "calendar", "kind", NULL},
	};

	return members[kind];
}

gboolean
cm_csv_mapping_kind_from_string(const gchar *text, CmNumberKind *out_kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(kinds[i].word, text)) {
			*out_kind = kinds[i].kind;
			return TRUE;
		}
	}
	return FALSE;
}

/* ---- columns */

static const gchar *
recognise(const Known *known, const gchar *folded)
{
	for (guint i = 0; known[i].member != NULL; i++) {
		if (g_strv_contains(known[i].headings, folded))
			return known[i].member;
	}
	return NULL;
}

/* the kind's own name of a member, or NULL */
static const gchar *
find_member(CmNumberKind kind, const gchar *text)
{
	const gchar *const *members = cm_csv_mapping_get_members(kind);

	for (guint i = 0; members[i] != NULL; i++) {
		if (g_str_equal(members[i], text))
			return members[i];
	}
	return NULL;
}

static gboolean
check_said(const CmCsvTable *table, const CmCsvRules *rules, GError **error)
{
	g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree gchar *members =
	    g_strjoinv(", ", (gchar **)cm_csv_mapping_get_members(rules->kind));
	GHashTableIter iter;
	gpointer heading = NULL;
	gpointer member = NULL;

	if (rules->said == NULL)
		return TRUE;
	for (guint i = 0; table->headings[i] != NULL; i++)
		g_hash_table_add(there, cm_csv_values_fold(table->headings[i]));
	g_hash_table_iter_init(&iter, rules->said);
	while (g_hash_table_iter_next(&iter, &heading, &member)) {
		if (*(const gchar *)member != '\0' && find_member(rules->kind, member) == NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is nothing that a column can be here: {1}."), member,
				     members, NULL);
			return FALSE;
		}
		if (!g_hash_table_contains(there, heading)) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The file has no column “{0}”."), heading, NULL);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
has_member(const GPtrArray *columns, const gchar *member)
{
	for (guint i = 0; i < columns->len; i++) {
		if (g_strcmp0(g_ptr_array_index(columns, i), member) == 0)
			return TRUE;
	}
	return FALSE;
}

GPtrArray *
cm_csv_mapping_find_columns(const CmCsvTable *table, const CmCsvRules *rules, GError **error)
{
	const Known *known = find_known(rules->kind);
	g_autoptr(GPtrArray) columns = g_ptr_array_new();

	if (!check_said(table, rules, error))
		return NULL;
	for (guint i = 0; table->headings[i] != NULL; i++) {
		g_autofree gchar *folded = cm_csv_values_fold(table->headings[i]);
		const gchar *said =
		    rules->said != NULL ? g_hash_table_lookup(rules->said, folded) : NULL;
		const gchar *member =
		    said != NULL ? find_member(rules->kind, said) : recognise(known, folded);

		if (member != NULL && has_member(columns, member)) {
			g_autofree gchar *number = g_strdup_printf("%u", i + 1);

			/* not its heading: a file without headings has a child there */
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Two columns are “{0}”; the second is column {1}. Say what "
					"each is."),
				     member, number, NULL);
			return NULL;
		}
		g_ptr_array_add(columns, (gpointer)member);
	}
	return g_steal_pointer(&columns);
}

gboolean
cm_csv_mapping_has_id(const GPtrArray *columns)
{
	return has_member(columns, "id");
}

guint
cm_csv_mapping_find_column(const GPtrArray *columns, const gchar *path)
{
	const gchar *name = g_str_has_prefix(path, "$.") ? path + 2 : path;
	gsize length = strcspn(name, ".[");
	g_autofree gchar *member = g_strndup(name, length);

	for (guint i = 0; i < columns->len; i++) {
		const gchar *column = g_ptr_array_index(columns, i);

		if (g_strcmp0(column, member) == 0 ||
		    (g_str_equal(member, "name") && g_strcmp0(column, "last_name") == 0))
			return i + 1;
	}
	return 0;
}

/* ---- cells */

static void
add_bad(Making *making, guint column, const gchar *format, const gchar *cell)
{
	CmCsvBadCell *bad = g_new0(CmCsvBadCell, 1);

	bad->line = making->row->line;
	bad->column = column + 1;
	bad->heading = g_strdup(making->table->headings[column]);
	bad->message = cm_message_new(format, cell, NULL);
	g_ptr_array_add(making->bad, bad);
}

/* the id of the site that a cell means, by its id or its name; NULL for none or several. (transfer none) */
static const gchar *
find_site(const CmCsvIndex *index, const gchar *cell)
{
	const gchar *found = g_hash_table_lookup(index->sites, cell);

	if (found == NULL) {
		g_autofree gchar *folded = cm_csv_values_fold(cell);

		found = g_hash_table_lookup(index->sites, folded);
	}
	return found != NULL && *found != '\0' ? found : NULL;
}

static void
take_site(Making *making, guint column, const gchar *member, const gchar *cell)
{
	const gchar *id = find_site(making->index, cell);

	if (id == NULL)
		add_bad(making, column,
			N_("No school, or more than one, has the code or the name “{0}”."), cell);
	else
		json_object_set_string_member(making->thing, member, id);
}

/* names between "|", "/" or ";" */
static void
take_sites(Making *making, guint column, const gchar *cell)
{
	g_autofree gchar *plain = g_strdelimit(g_strdup(cell), "/;", '|');
	g_auto(GStrv) names = g_strsplit(plain, "|", -1);
	JsonArray *ids = json_array_new();

	for (guint i = 0; names[i] != NULL; i++) {
		const gchar *id = find_site(making->index, g_strstrip(names[i]));

		if (id != NULL)
			json_array_add_string_element(ids, id);
		else if (*names[i] != '\0')
			add_bad(making, column,
				N_("No school, or more than one, has the code or the name “{0}”."),
				names[i]);
	}
	json_object_set_array_member(making->thing, "sites", ids);
}

static void
take_date(Making *making, guint column, const gchar *cell)
{
	gchar text[CM_DAY_TEXT_SIZE];
	CmDay day = 0;

	switch (cm_csv_values_parse_date(cell, making->rules->dates, &day)) {
	case CM_CSV_DATE_RIGHT:
		json_object_set_string_member(making->thing, "birth_date",
					      cm_day_format(day, text));
		break;
	case CM_CSV_DATE_AMBIGUOUS:
		add_bad(making, column,
			N_("“{0}” may be two dates: say whether the day or the month is first."),
			cell);
		break;
	case CM_CSV_DATE_WRONG:
	default:
		add_bad(making, column,
			N_("“{0}” is not a date, as 2026-09-04, 04/09/2026 or 4 sept. 2026."),
			cell);
		break;
	}
}

static void
take_contact_kind(Making *making, guint column, const gchar *cell)
{
	static const gchar *const guardians[] = {"guardian", "pere",   "mere",   "parent", "tuteur",
						 "tutrice",  "father", "mother", NULL};
	static const gchar *const teachers[] = {
	    "teacher", "enseignant", "enseignante", "titulaire", "professeur", "professeure", NULL};
	g_autofree gchar *folded = cm_csv_values_fold(cell);

	if (g_strv_contains(guardians, folded))
		json_object_set_string_member(making->thing, "kind", "guardian");
	else if (g_strv_contains(teachers, folded))
		json_object_set_string_member(making->thing, "kind", "teacher");
	else
		add_bad(making, column,
			N_("“{0}” is not a parent (père, mère, tuteur) nor a teacher."), cell);
}

static void
take_site_kind(Making *making, guint column, const gchar *cell)
{
	g_autofree gchar *folded = cm_csv_values_fold(cell);

	if (g_str_equal(folded, "school") || g_str_has_prefix(folded, "ecole"))
		json_object_set_string_member(making->thing, "kind", "school");
	else if (g_str_equal(folded, "office") || g_str_has_prefix(folded, "bureau"))
		json_object_set_string_member(making->thing, "kind", "office");
	else
		add_bad(making, column, N_("“{0}” is not a school nor an office."), cell);
}

static void
take_uses(Making *making, guint column, const gchar *cell)
{
	g_autofree gchar *folded = cm_csv_values_fold(cell);
	JsonArray *uses = json_array_new();

	if (strstr(folded, "presence") != NULL || strstr(folded, "person") != NULL)
		json_array_add_string_element(uses, "in-person");
	if (strstr(folded, "visio") != NULL || strstr(folded, "video") != NULL)
		json_array_add_string_element(uses, "video");
	if (json_array_get_length(uses) == 0)
		add_bad(making, column, N_("“{0}” is not a use: in person, video."), cell);
	json_object_set_array_member(making->thing, "uses", uses);
}

/* with a point or, as French Excel writes it, a comma */
static void
take_number(Making *making, guint column, const gchar *member, const gchar *cell)
{
	g_autofree gchar *plain = g_strdelimit(g_strdup(cell), ",", '.');
	gchar *end = NULL;
	gdouble value = g_ascii_strtod(plain, &end);

	if (end == plain || *end != '\0')
		add_bad(making, column, N_("“{0}” is not a number."), cell);
	else
		json_object_set_double_member(making->thing, member, value);
}

/* "Conseillère d'orientation" → "conseiller-orientation": as policies are called, where the word is theirs */
static void
take_profession(Making *making, const gchar *cell)
{
	static const gchar *const known[][2] = {
	    {"psychologue", "psychologue"},
	    {"psychologist", "psychologue"},
	    {"orthophonist", "orthophoniste"},
	    {"speech", "orthophoniste"},
	    {"psychoeducat", "psychoeducateur"},
	    {"orientation", "conseiller-orientation"},
	    {"guidance", "conseiller-orientation"},
	    {"travail", "travailleur-social"},
	    {"social worker", "travailleur-social"},
	    {"ergotherap", "ergotherapeute"},
	    {"occupational", "ergotherapeute"},
	    {"technicien", "technicien-education-specialisee"},
	};
	g_autofree gchar *folded = cm_csv_values_fold(cell);

	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (strstr(folded, known[i][0]) != NULL) {
			json_object_set_string_member(making->thing, "profession", known[i][1]);
			return;
		}
	}
	json_object_set_string_member(making->thing, "profession", g_strdelimit(folded, " ", '-'));
}

/* mail is written in French or English: another language says nothing */
static void
take_language(Making *making, const gchar *cell)
{
	g_autofree gchar *folded = cm_csv_values_fold(cell);

	if (g_str_has_prefix(folded, "fr"))
		json_object_set_string_member(making->reach, "language", "fr");
	else if (g_str_has_prefix(folded, "an") || g_str_has_prefix(folded, "en"))
		json_object_set_string_member(making->reach, "language", "en");
}

static void
take_cell(Making *making, guint column, const gchar *member, const gchar *cell)
{
	CmNumberKind kind = making->rules->kind;

	if (g_str_equal(member, "birth_date"))
		take_date(making, column, cell);
	else if (g_str_equal(member, "site") || g_str_equal(member, "base"))
		take_site(making, column, member, cell);
	else if (g_str_equal(member, "sites"))
		take_sites(making, column, cell);
	else if (g_str_equal(member, "profession"))
		take_profession(making, cell);
	else if (g_str_equal(member, "email") || g_str_equal(member, "phone"))
		json_object_set_string_member(making->reach, member, cell);
	else if (g_str_equal(member, "language"))
		take_language(making, cell);
	else if (g_str_equal(member, "uses"))
		take_uses(making, column, cell);
	else if (g_str_equal(member, "lat") || g_str_equal(member, "lon"))
		take_number(making, column, member, cell);
	else if (g_str_equal(member, "kind") && kind == CM_NUMBER_CONTACT)
		take_contact_kind(making, column, cell);
	else if (g_str_equal(member, "kind"))
		take_site_kind(making, column, cell);
	else
		json_object_set_string_member(making->thing, member, cell);
}

/* ---- a row */

/* first and last name make the name */
static void
join_names(JsonObject *thing)
{
	const gchar *last = json_object_get_string_member_with_default(thing, "last_name", "");
	const gchar *first = json_object_get_string_member_with_default(thing, "first_name", "");
	g_autofree gchar *name = g_strdup_printf("%s %s", first, last);

	if (!json_object_has_member(thing, "name") && *g_strstrip(name) != '\0')
		json_object_set_string_member(thing, "name", name);
	json_object_remove_member(thing, "last_name");
	json_object_remove_member(thing, "first_name");
}

static void
index_sites(CmCsvIndex *index, const CmCaseload *caseload)
{
	for (guint i = 0; i < caseload->sites->len; i++) {
		const CmSite *site = CM_ELEMENT(caseload->sites, CmSite, i);
		gchar *name = cm_csv_values_fold(site->name);
		gboolean taken = g_hash_table_contains(index->sites, name);

		g_hash_table_insert(index->sites, name, g_strdup(taken ? "" : site->id));
	}
	/* an id beats a name */
	for (guint i = 0; i < caseload->sites->len; i++) {
		const CmSite *site = CM_ELEMENT(caseload->sites, CmSite, i);

		g_hash_table_insert(index->sites, g_strdup(site->id), g_strdup(site->id));
	}
}

CmCsvIndex *
cm_csv_mapping_new_index(const CmCaseload *caseload, CmNumberKind kind)
{
	guint count = cm_roster_numbers_count_things(caseload, kind);
	CmCsvIndex *index = g_new0(CmCsvIndex, 1);

	index->ids = g_hash_table_new(g_str_hash, g_str_equal);
	index->sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < count; i++)
		g_hash_table_add(index->ids, (gpointer)cm_roster_numbers_get_id(caseload, kind, i));
	index_sites(index, caseload);
	return index;
}

void
cm_csv_mapping_free_index(CmCsvIndex *index)
{
	if (index == NULL)
		return;
	g_hash_table_unref(index->ids);
	g_hash_table_unref(index->sites);
	g_free(index);
}

CmRosterChange *
cm_csv_mapping_make_change(const CmCsvTable *table,
			   const GPtrArray *columns,
			   const CmCsvRules *rules,
			   const CmCsvIndex *index,
			   const CmCsvRow *row,
			   GPtrArray *bad)
{
	g_autoptr(JsonObject) thing = json_object_new();
	g_autoptr(JsonObject) reach = json_object_new();
	Making making = {table, columns, rules, index, row, bad, thing, reach};
	CmRosterChange *change = NULL;
	guint before = bad->len;
	const gchar *id = NULL;
	gboolean there = FALSE;

	for (guint i = 0; i < columns->len; i++) {
		const gchar *member = g_ptr_array_index(columns, i);

		if (member == NULL)
			continue;
		/* an empty cell says nothing: what is there stays */
		if (*row->cells[i] != '\0')
			take_cell(&making, i, member, row->cells[i]);
		else if (g_str_equal(member, "id"))
			add_bad(&making, i, N_("This row has no id."), "");
	}
	if (bad->len > before)
		return NULL;
	join_names(thing);
	id = json_object_get_string_member(thing, "id");
	there = g_hash_table_contains(index->ids, id);
	change =
	    cm_roster_change_new(there ? CM_CHANGE_EDIT : CM_CHANGE_ADD, rules->kind, id, thing);
	if (json_object_get_size(reach) > 0)
		change->reach = g_steal_pointer(&reach);
	return change;
}
