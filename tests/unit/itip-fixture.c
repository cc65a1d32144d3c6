// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/itip-fixture.h"

#include "include/cm-message.h"

#define SHOWN_STARTS 6

static void
add(GString *text, const gchar *name, const gchar *value)
{
	g_autofree gchar *plain = g_strdup(value);

	if (value == NULL)
		return;
	g_strdelimit(plain, "\n", '|');
	g_string_append_printf(text, "%s: %s\n", name, plain);
}

static void
add_instant(GString *text, const gchar *name, gint64 instant)
{
	g_autoptr(GDateTime) time = NULL;
	g_autofree gchar *formatted = NULL;

	if (instant == CM_ITIP_NONE)
		return;
	time = g_date_time_new_from_unix_utc(instant);
	formatted = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
	add(text, name, formatted);
}

static void
add_person(GString *text, const gchar *name, const CmItipPerson *person, const gchar *answer)
{
	g_string_append_printf(text, "  %s: %s", name,
			       person->address != NULL ? person->address : "(no address)");
	if (person->cn != NULL)
		g_string_append_printf(text, " “%s”", person->cn);
	if (person->sent_by != NULL)
		g_string_append_printf(text, " by %s", person->sent_by);
	g_string_append_printf(text, "%s%s\n", *answer != '\0' ? " " : "", answer);
}

static void
add_times(GString *text, const CmItipEvent *event)
{
	add_instant(text, "  stamp", event->stamp);
	add_instant(text, event->following ? "  recurrence and following" : "  recurrence",
		    event->recurrence_id);
	add_instant(text, event->all_day ? "  first day" : "  start", event->start);
	add_instant(text, event->all_day ? "  day after" : "  end", event->end);
	add(text, "  zone", event->zone);
	if (!event->recurs)
		return;
	g_string_append_printf(text, "  starts: %u\n", event->starts->len);
	for (guint i = 0; i < MIN(event->starts->len, SHOWN_STARTS); i++)
		add_instant(text, "   ", g_array_index(event->starts, gint64, i));
}

static void
add_event(GString *text, const CmItipEvent *event)
{
	g_autofree gchar *problem =
	    event->problem != NULL ? cm_message_to_english(event->problem) : NULL;

	g_string_append_printf(text, "event at line %u: %s\n  sequence: %u\n", event->line,
			       event->uid, event->sequence);
	add_times(text, event);
	if (event->cancelled)
		g_string_append(text, "  cancelled\n");
	if (event->organizer != NULL)
		add_person(text, "organizer", event->organizer, "");
	for (guint i = 0; i < event->attendees->len; i++) {
		const CmItipPerson *attendee = g_ptr_array_index(event->attendees, i);

		add_person(text, "attendee", attendee, attendee->partstat);
	}
	add(text, "  summary", event->summary);
	add(text, "  location", event->location);
	add(text, "  comment", event->comment);
	add(text, "  problem", problem);
}

gchar *
cm_itip_fixture_describe(const CmItip *itip)
{
	GString *text = g_string_new(NULL);

	add(text, "method", cm_invitation_method_to_string(itip->method));
	add(text, "product", itip->product);
	for (guint i = 0; i < itip->events->len; i++)
		add_event(text, g_ptr_array_index(itip->events, i));
	return g_string_free(text, FALSE);
}
