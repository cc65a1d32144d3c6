// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/calendar-words.h"

#include <string.h>

#define MAX_TEXT 300 /* bytes that are looked at */

/* all lists are in lower case without accents, words between single spaces */

static const gchar *const pedagogical_words[] = {
    " pedagogique ",
    " pedagogiques ",
    " pedago ",
    " pedagogie ",
    " jp ",
    " pedagogical ",
    " ped day ",
    " ped days ",
    " pd day ",
    " pd days ",
    " pa day ",
    " pa days ",
    " professional day ",
    " professional days ",
    " professional development ",
    " professional activity ",
    " teacher work day ",
    " teachers work day ",
    " journee de planification ",
};

static const gchar *const closed_words[] = {
    " conge ",
    " conges ",
    " ferie ",
    " feries ",
    " feriee ",
    " relache ",
    " ferme ",
    " fermee ",
    " fermes ",
    " fermees ",
    " fermeture ",
    " fermetures ",
    " vacances ",
    " pas d ecole ",
    " pas de classe ",
    " pas de classes ",
    " pas de cours ",
    " ecole fermee ",
    " holiday ",
    " holidays ",
    " vacation ",
    " no school ",
    " no class ",
    " no classes ",
    " school closed ",
    " closed ",
    " closure ",
    " closures ",
    " march break ",
    " spring break ",
    " winter break ",
    " christmas break ",
    " noel ",
    " christmas ",
    " jour de l an ",
    " new year ",
    " new years day ",
    " action de grace ",
    " action de graces ",
    " thanksgiving ",
    " fete du travail ",
    " labour day ",
    " labor day ",
    " vendredi saint ",
    " good friday ",
    " lundi de paques ",
    " easter monday ",
    " paques ",
    " easter ",
    " patriotes ",
    " victoria day ",
    " saint jean baptiste ",
    " st jean baptiste ",
    " fete nationale ",
    " fete du canada ",
    " canada day ",
    " tempete ",
    " snow day ",
};

/* the title is about something near such a day, or about one that is not held */
static const gchar *const other_words[] = {
    " avant ",
    " apres ",
    " retour ",
    " reprise ",
    " before ",
    " after ",
    " back ",
    " return ",
    " returns ",
    " annule ",
    " annulee ",
    " annules ",
    " annulees ",
    " cancelled ",
    " canceled ",
    " reporte ",
    " reportee ",
    " postponed ",
    " concert ",
    " party ",
    " spectacle ",
    " diner ",
    " dinner ",
    " lunch ",
    " market ",
    " marche ",
    " bazar ",
    " photo ",
    " photos ",
    " rappel ",
    " reminder ",
    " inscription ",
    " inscriptions ",
    " date limite ",
    " last day ",
    " dernier jour ",
    " derniere journee ",
    " first day ",
    " premier jour ",
    " premiere journee ",
    " fete de noel ",
    " demande de conge ",
};

/* what may stand before "jour 3" */
static const gchar *const leading_words[] = {
    "ecole",      "school",    "cycle",    "horaire",  "classe",   "class",    "primaire",
    "secondaire", "lundi",     "mardi",    "mercredi", "jeudi",    "vendredi", "monday",
    "tuesday",    "wednesday", "thursday", "friday",   "schedule",
};

static gboolean
has_any(const gchar *text, const gchar *const *words, guint count)
{
	for (guint i = 0; i < count; i++) {
		if (strstr(text, words[i]) != NULL)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_any(const gchar *word, const gchar *const *words, guint count)
{
	for (guint i = 0; i < count; i++) {
		if (g_str_equal(word, words[i]))
			return TRUE;
	}
	return FALSE;
}

/* " journee pedagogique " of "Journée pédagogique!" */
static gchar *
simplify(const gchar *text)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, (gssize)MIN(strlen(text), MAX_TEXT));
	g_autofree gchar *folded = g_utf8_casefold(valid, -1);
	g_autofree gchar *apart = g_utf8_normalize(folded, -1, G_NORMALIZE_NFD);
	g_autoptr(GString) simple = g_string_new(" ");

	for (const gchar *p = apart; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_ismark(c))
			continue;
		if (c < 0x80 && g_ascii_isalnum((gchar)c))
			g_string_append_c(simple, (gchar)c);
		else if (simple->str[simple->len - 1] != ' ')
			g_string_append_c(simple, ' ');
	}
	if (simple->str[simple->len - 1] != ' ')
		g_string_append_c(simple, ' ');
	return g_string_free(g_steal_pointer(&simple), FALSE);
}

/* 1 to 99, or 0 */
static gint
read_number(const gchar *word)
{
	gint64 number = 0;

	if (word == NULL || !g_ascii_string_to_signed(word, 10, 1, 99, &number, NULL))
		return 0;
	return (gint)number;
}

/* "j3", "jour3", "d5" */
static gint
read_glued(const gchar *word)
{
	static const gchar *const heads[] = {"jourcycle", "jour", "day", "j", "d"};

	for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
		gsize length = strlen(heads[i]);

		if (g_str_has_prefix(word, heads[i]) && g_ascii_isdigit(word[length]))
			return read_number(word + length);
	}
	return 0;
}

/* the number after words[index], or 0; "jour", "cycle" and the like may stand between */
static gint
read_after(gchar **words, guint index, guint *out_next)
{
	static const gchar *const between[] = {"cycle",  "du", "de",   "no",
					       "numero", "n",  "jour", "day"};
	guint next = index + 1;

	while (words[next] != NULL && is_any(words[next], between, G_N_ELEMENTS(between)))
		next++;
	*out_next = next + 1;
	return words[next] != NULL ? read_number(words[next]) : 0;
}

/* "day 5 of summer camp" is no cycle day, "jour 3 de 10" is one */
static gboolean
goes_on_otherwise(gchar **words, guint next)
{
	static const gchar *const links[] = {"of", "de", "du", "des", "to", "a", "au", "et", "and"};
	static const gchar *const fine[] = {"cycle", "horaire", "l", "the"};

	if (words[next] == NULL || !is_any(words[next], links, G_N_ELEMENTS(links)))
		return FALSE;
	next++;
	return words[next] == NULL ||
	       (read_number(words[next]) == 0 && !is_any(words[next], fine, G_N_ELEMENTS(fine))) ||
	       is_any(words[next - 1], links + 4, G_N_ELEMENTS(links) - 4);
}

static gint
find_cycle_day(const gchar *simple, gboolean anywhere)
{
	static const gchar *const heads[] = {"jour", "journee", "day", "j", "d"};
	g_autofree gchar *stripped = g_strstrip(g_strdup(simple));
	g_auto(GStrv) words = g_strsplit(stripped, " ", -1);

	for (guint i = 0; words[i] != NULL; i++) {
		guint next = i + 1;
		gint number = read_glued(words[i]);

		if (number == 0 && is_any(words[i], heads, G_N_ELEMENTS(heads)))
			number = read_after(words, i, &next);
		if (number > 0)
			return goes_on_otherwise(words, next) ? 0 : number;
		if (!anywhere && !is_any(words[i], leading_words, G_N_ELEMENTS(leading_words)))
			return 0;
	}
	return 0;
}

gboolean
cm_calendar_words_read(const gchar *text, CmCalendarWords *out_words)
{
	g_autofree gchar *simple = simplify(text);
	gboolean other = has_any(simple, other_words, G_N_ELEMENTS(other_words));
	CmCalendarWords words = {.kind = CM_DAY_KIND_CLASS};

	if (!other && has_any(simple, pedagogical_words, G_N_ELEMENTS(pedagogical_words)))
		words.kind = CM_DAY_KIND_PEDAGOGICAL;
	else if (!other && has_any(simple, closed_words, G_N_ELEMENTS(closed_words)))
		words.kind = CM_DAY_KIND_CLOSED;
	words.cycle_day = find_cycle_day(simple, words.kind != CM_DAY_KIND_CLASS);
	if (words.kind == CM_DAY_KIND_CLASS && words.cycle_day == 0)
		return FALSE;
	*out_words = words;
	return TRUE;
}
