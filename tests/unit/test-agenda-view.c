// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/agenda-view.h"

#include "cli/agenda-grid.h"
#include "cli/terminal.h"
#include "include/cm-message.h"

#include <string.h>

/* one picture: a document drawn in a language at a width */
typedef struct {
	const gchar *document;
	const gchar *language;
	guint width;
	gboolean grid;
} Picture;

static const Picture pictures[] = {
    {"professional", "fr", 80, FALSE},  {"professional", "en", 80, FALSE},
    {"professional", "fr", 120, TRUE},  {"professional", "en", 120, TRUE},
    {"professional", "fr", 120, FALSE}, {"student", "fr", 80, FALSE},
    {"student", "en", 80, FALSE},       {"site", "fr", 80, FALSE},
    {"everyone", "fr", 80, FALSE},      {"everyone", "en", 120, FALSE},
};

static gchar *
fixture_path(const gchar *name)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "agenda",
				name, NULL);
}

static gchar *
draw(const Picture *picture)
{
	g_autofree gchar *name = g_strconcat(picture->document, ".json", NULL);
	g_autofree gchar *path = fixture_path(name);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;
	CmAgendaViewOptions options = {.width = picture->width};
	JsonObject *agenda = NULL;

	json_parser_load_from_file(parser, path, &error);
	g_assert_no_error(error);
	agenda = json_node_get_object(json_parser_get_root(parser));
	return picture->grid ? cm_agenda_grid_draw(agenda, &options)
			     : cm_agenda_view_draw_list(agenda, &options);
}

static void
assert_no_line_is_wider(const gchar *text, guint width)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		g_assert_cmpuint(cm_terminal_measure(lines[i]), <=, width);
}

static void
test_agenda_view_picture(gconstpointer data)
{
	const Picture *picture = data;
	g_autofree gchar *name =
	    g_strdup_printf("%s-%s-%u%s.txt", picture->document, picture->language, picture->width,
			    picture->grid ? "-grid" : "");
	g_autofree gchar *path = fixture_path(name);
	g_autofree gchar *golden = NULL;
	g_autofree gchar *text = NULL;

	cm_message_init_locale(picture->language);
	text = draw(picture);
	g_assert_nonnull(text);
	assert_no_line_is_wider(text, picture->width);
	if (g_getenv("COMODAL_TEST_WRITE_GOLDEN") != NULL)
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_true(g_file_get_contents(path, &golden, NULL, NULL));
	g_assert_cmpstr(text, ==, golden);
}

/* what was called off counts for nothing, and says so */
static void
test_agenda_view_booked(void)
{
	static const gchar text[] =
	    "{'professional': {'id': 'P1', 'name': 'Ann'}, 'from': '2026-10-05', 'to': "
	    "'2026-10-05', 'days': [{'date': '2026-10-05', 'hours': [['08:00', '12:00']], "
	    "'entries': ["
	    "{'type': 'session', 'start': '08:00', 'end': '09:00', 'minutes': 60, 'mode': "
	    "'in-person', 'state': 'cancelled', 'student': {'name': 'Zoé'}}, "
	    "{'type': 'session', 'start': '09:00', 'end': '09:45', 'minutes': 45, 'mode': "
	    "'in-person', 'state': 'no-show', 'by_hand': true, 'student': {'name': 'Léo'}}, "
	    "{'type': 'appointment', 'kind': 'meeting', 'start': '10:00', 'end': '12:00', 'title': "
	    "'Team', 'professional': {'id': 'P1', 'name': 'Ann'}, 'attendees': [{'student': {'id': "
	    "'E1', 'name': 'Max'}}], 'by_hand': true, 'answers': [{'kind': 'guardian', 'answer': "
	    "'needs-action'}, {'kind': 'guardian', 'answer': 'needs-action'}, {'kind': 'teacher', "
	    "'answer': 'declined'}, {'kind': 'student', 'answer': 'tentative'}]}]}]}";
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GString) json = g_string_new(text);
	CmAgendaViewOptions options = {.width = 200};
	g_autofree gchar *drawn = NULL;

	g_string_replace(json, "'", "\"", 0);
	cm_message_init_locale("en");
	g_assert_true(json_parser_load_from_data(parser, json->str, -1, NULL));
	drawn =
	    cm_agenda_view_draw_list(json_node_get_object(json_parser_get_root(parser)), &options);
	g_test_message("%s", drawn);
	g_assert_nonnull(strstr(drawn, "Zoé · cancelled"));
	g_assert_nonnull(strstr(drawn, "08:00–09:00  free"));
	g_assert_nonnull(strstr(drawn, "Léo · nobody came · booked by hand"));
	g_assert_nonnull(strstr(drawn, "meeting         ✗ declined: a teacher · Team · Max ·"));
	g_assert_nonnull(strstr(drawn, "~ maybe: a student"));
	g_assert_nonnull(strstr(drawn, "? no answer yet: 2 parents\n"));
	g_assert_nonnull(strstr(drawn, "1 session · 45 min · 1 appointment · ✗ 1 declined\n"));
}

static void
test_agenda_view_no_grid(void)
{
	const Picture narrow = {"professional", "en", 60, TRUE};
	const Picture several = {"everyone", "en", 200, TRUE};

	cm_message_init_locale("en");
	g_assert_null(draw(&narrow));
	g_assert_null(draw(&several));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(pictures); i++) {
		g_autofree gchar *path = g_strdup_printf(
		    "/agenda-view/%s-%s-%u%s", pictures[i].document, pictures[i].language,
		    pictures[i].width, pictures[i].grid ? "-grid" : "");

		g_test_add_data_func(path, &pictures[i], test_agenda_view_picture);
	}
	g_test_add_func("/agenda-view/booked", test_agenda_view_booked);
	g_test_add_func("/agenda-view/no-grid", test_agenda_view_no_grid);
	return g_test_run();
}
