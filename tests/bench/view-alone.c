// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-views.h"

#include <stdio.h>

/* What gateway.py measures pages against: comodald's answers over its private socket, and nothing made of them.
 *
 *   view-alone SOCKET TOKENS IN-FLIGHT SECONDS [together]
 *
 * TOKENS is a file, a token a line; they are asked for in turn, as by who opens a page: each by a message of its own, or "together", several in one
 * as the gateway asks. It prints how many were answered, how many refused, and the seconds. */

typedef struct {
	GMainLoop *loop;
	CmGatewayLink *link;
	CmGatewayViews *views; /* NULL: each by itself */
	GStrv tokens;
	guint token_count;
	guint next;
	guint in_flight;
	guint under_way;
	gint64 until;
	gint64 begun;
	guint answered;
	guint refused;
} Run;

static void
ask(Run *run);

static void
on_answer(Run *run, const GError *error)
{
	run->under_way--;
	if (error != NULL)
		run->refused++;
	else
		run->answered++;
	if (g_get_monotonic_time() < run->until)
		ask(run);
	else if (run->under_way == 0)
		g_main_loop_quit(run->loop);
}

static void
on_view(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	on_answer(user_data, error);
}

static void
on_one_of_several(guint class, GBytes *document, const GError *error, gpointer user_data)
{
	on_answer(user_data, error);
}

static void
ask(Run *run)
{
	const gchar *token = run->tokens[run->next];

	run->next = (run->next + 1) % run->token_count;
	run->under_way++;
	if (run->views != NULL) {
		cm_gateway_views_ask(run->views, token, CM_GATEWAY_VIEW_OPENED, on_one_of_several,
				     run);
		return;
	}
	cm_gateway_link_look(run->link, "View",
			     g_variant_new("(@ayb)", cm_gateway_link_make_key(token), TRUE),
			     on_view, run);
}

static void
on_up(gpointer user_data)
{
	Run *run = user_data;

	run->begun = g_get_monotonic_time();
	run->until += run->begun;
	for (guint i = 0; i < run->in_flight; i++)
		ask(run);
}

static void
on_down(gpointer user_data)
{
}

static void
on_changed(const guint64 *subjects, gsize count, gpointer user_data)
{
}

static gboolean
read_tokens(Run *run, const gchar *path)
{
	g_autofree gchar *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return FALSE;
	run->tokens = g_strsplit(g_strchomp(text), "\n", -1);
	run->token_count = g_strv_length(run->tokens);
	return run->token_count > 0;
}

int
main(int argc, char **argv)
{
	const CmGatewayLinkEvents events = {on_up, on_down, on_changed, NULL};
	Run run = {0};

	if (argc < 5 || !read_tokens(&run, argv[2]))
		return 2;
	run.in_flight = (guint)g_ascii_strtoull(argv[3], NULL, 10);
	run.until = (gint64)g_ascii_strtoull(argv[4], NULL, 10) * G_USEC_PER_SEC;
	run.loop = g_main_loop_new(NULL, FALSE);
	run.link = cm_gateway_link_new(argv[1], &events, &run);
	if (argc > 5)
		run.views = cm_gateway_views_new(run.link);
	g_main_loop_run(run.loop);
	printf("%u %u %.3f\n", run.answered, run.refused,
	       (gdouble)(g_get_monotonic_time() - run.begun) / G_USEC_PER_SEC);
	cm_gateway_link_free(run.link);
	g_clear_pointer(&run.views, cm_gateway_views_free);
	g_main_loop_unref(run.loop);
	g_strfreev(run.tokens);
	return run.refused > 0 ? 1 : 0;
}
