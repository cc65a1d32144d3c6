// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/calendar-words.h"

static void
test_understood(void)
{
	static const struct {
		const gchar *text;
		CmDayKind kind;
		gint cycle_day;
	} cases[] = {
	    {"Jour 3", CM_DAY_KIND_CLASS, 3},
	    {"Jour 10", CM_DAY_KIND_CLASS, 10},
	    {"JOUR 03", CM_DAY_KIND_CLASS, 3},
	    {"J3", CM_DAY_KIND_CLASS, 3},
	    {"j-7", CM_DAY_KIND_CLASS, 7},
	    {"Day 5", CM_DAY_KIND_CLASS, 5},
	    {"Day #5", CM_DAY_KIND_CLASS, 5},
	    {"D5", CM_DAY_KIND_CLASS, 5},
	    {"Jour-cycle 4", CM_DAY_KIND_CLASS, 4},
	    {"Jour du cycle : 4", CM_DAY_KIND_CLASS, 4},
	    {"Cycle Day 2", CM_DAY_KIND_CLASS, 2},
	    {"Lundi - Jour 6", CM_DAY_KIND_CLASS, 6},
	    {"Jour 3 de 10", CM_DAY_KIND_CLASS, 3},
	    {"Jour 3 – Sortie au musée", CM_DAY_KIND_CLASS, 3},
	    {"Journée pédagogique", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"JOURNEE PEDAGOGIQUE", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"Journe\xcc\x81"
	     "e pe\xcc\x81"
	     "dagogique",
	     CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"Pédago", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"PD Day", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"Ped. day", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"Congé pour les élèves (journée pédagogique)", CM_DAY_KIND_PEDAGOGICAL, 0},
	    {"Journée pédagogique (jour 5)", CM_DAY_KIND_PEDAGOGICAL, 5},
	    {"Congé", CM_DAY_KIND_CLOSED, 0},
	    {"Jour férié", CM_DAY_KIND_CLOSED, 0},
	    {"Semaine de relâche", CM_DAY_KIND_CLOSED, 0},
	    {"École fermée", CM_DAY_KIND_CLOSED, 0},
	    {"Fermé", CM_DAY_KIND_CLOSED, 0},
	    {"Holiday", CM_DAY_KIND_CLOSED, 0},
	    {"NO SCHOOL", CM_DAY_KIND_CLOSED, 0},
	    {"Jour de l’An", CM_DAY_KIND_CLOSED, 0},
	    {"Action de grâce", CM_DAY_KIND_CLOSED, 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CmCalendarWords words = {CM_DAY_KIND_CLOSED, -1};

		g_test_message("%s", cases[i].text);
		g_assert_true(cm_calendar_words_read(cases[i].text, &words));
		g_assert_cmpint(words.kind, ==, cases[i].kind);
		g_assert_cmpint(words.cycle_day, ==, cases[i].cycle_day);
	}
}

static void
test_not_understood(void)
{
	static const gchar *const texts[] = {"",
					     "Photo scolaire",
					     "Retour du congé",
					     "Dernier jour avant la relâche",
					     "Last day before holidays",
					     "Holiday concert",
					     "Congé annulé",
					     "Spectacle de Noël",
					     "Fête de Noël",
					     "Day 5 of summer camp",
					     "Jours 1 à 5",
					     "Jour J",
					     "Jour 0",
					     "Jour 100",
					     "Réunion, jour 3",
					     "Rencontre de parents",
					     "Fermez la porte",
					     "\xff\xfe"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		CmCalendarWords words = {CM_DAY_KIND_CLOSED, -1};

		g_test_message("%s", texts[i]);
		g_assert_false(cm_calendar_words_read(texts[i], &words));
		g_assert_cmpint(words.cycle_day, ==, -1);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/calendar-words/understood", test_understood);
	g_test_add_func("/calendar-words/not-understood", test_not_understood);
	return g_test_run();
}
