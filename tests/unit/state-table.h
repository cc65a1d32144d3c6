// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-error.h"

#include <string.h>

/* What the tests of states share: a table of what can happen in which state, tried pair by pair and drawn as docs/states.md has it. */

typedef struct {
	guint from;
	guint event;
	guint to;
} StateEdge;

typedef struct {
	guint states;
	guint events;
	gboolean (*apply)(guint from, guint event, guint *out_to, GError **error);
	gsize (*get_edge)(gsize index, StateEdge *out_edge); /* returns how many there are */
	const gchar *(*get_state)(guint state);
	const gchar *(*get_event)(guint event);
	gboolean (*find_state)(const gchar *text, guint *out_state);
} StateTable;

/* NAME_table, of functions cm_STEM_apply(), …: enumerations are no guints to the compiler. */
#define STATE_TABLE(name, stem, Type, STATES, EVENTS)                                              \
	static gboolean name##_apply(guint from, guint event, guint *out_to, GError **error)       \
	{                                                                                          \
		Type##State to = (Type##State) * out_to;                                           \
		gboolean can =                                                                     \
		    cm_##stem##_apply((Type##State)from, (Type##Event)event, &to, error);          \
                                                                                                   \
		*out_to = to;                                                                      \
		return can;                                                                        \
	}                                                                                          \
	static gsize name##_get_edge(gsize index, StateEdge *out_edge)                             \
	{                                                                                          \
		gsize count = 0;                                                                   \
		const Type##Edge *edges = cm_##stem##_get_edges(&count);                           \
                                                                                                   \
		if (index < count)                                                                 \
			*out_edge =                                                                \
			    (StateEdge){edges[index].from, edges[index].event, edges[index].to};   \
		return count;                                                                      \
	}                                                                                          \
	static const gchar *name##_get_state(guint state)                                          \
	{                                                                                          \
		return cm_##stem##_to_string((Type##State)state);                                  \
	}                                                                                          \
	static const gchar *name##_get_event(guint event)                                          \
	{                                                                                          \
		return cm_##stem##_event_to_string((Type##Event)event);                            \
	}                                                                                          \
	static gboolean name##_find_state(const gchar *text, guint *out_state)                     \
	{                                                                                          \
		Type##State state = (Type##State) * out_state;                                     \
		gboolean found = cm_##stem##_from_string(text, &state);                            \
                                                                                                   \
		*out_state = state;                                                                \
		return found;                                                                      \
	}                                                                                          \
	static const StateTable name##_table = {                                                   \
	    STATES,           EVENTS,           name##_apply,     name##_get_edge,                 \
	    name##_get_state, name##_get_event, name##_find_state}

/* every pair of a state and an event is in the table once, or refused */
static inline void
state_table_assert_edges(const StateTable *table)
{
	guint allowed = 0;
	StateEdge edge = {0};
	gsize count = table->get_edge(G_MAXSIZE, &edge);

	for (guint pair = 0; pair < table->states * table->events; pair++) {
		guint from = pair / table->events;
		guint event = pair % table->events;
		guint to = table->states;
		guint found = 0;
		guint leads = 0;
		g_autoptr(GError) error = NULL;

		for (gsize i = 0; i < count; i++) {
			(void)table->get_edge(i, &edge);
			if (edge.from != from || edge.event != event)
				continue;
			found++;
			leads = edge.to;
		}
		g_assert_cmpuint(found, <=, 1);
		if (table->apply(from, event, &to, &error)) {
			g_assert_cmpuint(found, ==, 1);
			g_assert_cmpuint(to, ==, leads);
			allowed++;
			continue;
		}
		g_assert_cmpuint(found, ==, 0);
		g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
		/* untouched on failure */
		g_assert_cmpuint(to, ==, table->states);
	}
	g_assert_cmpuint(allowed, ==, count);
}

static inline void
state_table_assert_strings(const StateTable *table)
{
	for (guint i = 0; i < table->states; i++) {
		guint state = table->states;

		g_assert_true(table->find_state(table->get_state(i), &state));
		g_assert_cmpuint(state, ==, i);
	}
}

/* a row a state, a column an event */
static inline gchar *
state_table_draw(const StateTable *table)
{
	GString *text = g_string_new("| from |");

	for (guint i = 0; i < table->events; i++)
		g_string_append_printf(text, " `%s` |", table->get_event(i));
	g_string_append(text, "\n| --- |");
	for (guint i = 0; i < table->events; i++)
		g_string_append(text, " --- |");
	g_string_append_c(text, '\n');
	for (guint from = 0; from < table->states; from++) {
		g_string_append_printf(text, "| `%s` |", table->get_state(from));
		for (guint event = 0; event < table->events; event++) {
			guint to = 0;

			if (table->apply(from, event, &to, NULL))
				g_string_append_printf(text, " %s |", table->get_state(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

/* docs/states.md has it, between the marks of `name` */
static inline void
state_table_assert_drawn(const StateTable *table, const gchar *name)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "states.md", NULL);
	g_autofree gchar *expected = state_table_draw(table);
	g_autofree gchar *mark = g_strdup_printf("<!-- states: %s -->\n", name);
	g_autofree gchar *document = NULL;
	g_autofree gchar *found = NULL;
	const gchar *begin = NULL;
	const gchar *end = NULL;
	g_autoptr(GError) error = NULL;

	(void)g_file_get_contents(path, &document, NULL, &error);
	g_assert_no_error(error);
	begin = strstr(document, mark);
	g_assert_nonnull(begin);
	begin += strlen(mark);
	end = strstr(begin, "<!-- end -->");
	g_assert_nonnull(end);
	found = g_strndup(begin, (gsize)(end - begin));
	/* what to paste there */
	if (!g_str_equal(found, expected))
		g_test_message("docs/states.md, %s:\n%s", name, expected);
	g_assert_cmpstr(found, ==, expected);
}
