// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/itip-reader.h"
#include "include/cm-message.h"

/* Any bytes: an error, or a message whose texts are UTF-8 without controls, whose numbers are within the limits, and whose addresses can
 * be written into a calendar again. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define HORIZON G_GINT64_CONSTANT(1830297600) /* 2028-01-01 */

/* GLib reads a zone's file again each time when nobody has it any more, which is most of what an input takes: those that were met are
 * kept for the next one. */
static void
keep_zone(const gchar *name)
{
	static GHashTable *kept = NULL; /* nocheck:global: what outlasts an input */

	if (kept == NULL)
		kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     (GDestroyNotify)g_time_zone_unref);
	if (!g_hash_table_contains(kept, name)) {
		GTimeZone *zone = g_time_zone_new_identifier(name);

		if (zone != NULL)
			g_hash_table_insert(kept, g_strdup(name), zone);
	}
}

static void
check_text(const gchar *text)
{
	if (text == NULL)
		return;
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_cmpuint(*text, !=, '\0');
	for (const gchar *p = text; *p != '\0'; p++)
		g_assert_true(*p == '\n' || !g_ascii_iscntrl(*p));
}

static void
check_person(const CmItipPerson *person, const CmItipEvent *event)
{
	CmInvitation invitation = {.uid = "u",
				   .stamp = 1,
				   .start = 1,
				   .end = 1,
				   .organizer_address = person->address,
				   .organizer_name = person->cn,
				   .attendee_address = person->address,
				   .attendee_name = person->cn,
				   .summary = event->summary,
				   .comment = event->comment,
				   .partstat = person->partstat};
	const CmInvitation *events = &invitation;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	check_text(person->address);
	check_text(person->cn);
	check_text(person->sent_by);
	if (person->address == NULL)
		return;
	text = cm_invitation_write(CM_ITIP_REPLY, &events, 1, "fr_CA", &error);
	g_assert_no_error(error);
}

static void
check_event(const CmItipEvent *event)
{
	g_autofree gchar *problem = NULL;

	if (*event->uid != '\0')
		check_text(event->uid);
	check_text(event->summary);
	check_text(event->location);
	check_text(event->comment);
	check_text(event->zone);
	if (event->zone != NULL)
		keep_zone(event->zone);
	if (event->problem != NULL)
		problem = cm_message_localize(event->problem);
	g_assert_cmpuint(event->starts->len, <=, CM_ITIP_MAX_OCCURRENCES);
	g_assert_true(event->end == CM_ITIP_NONE || event->end >= event->start);
	g_assert_cmpuint(event->attendees->len, <=, CM_ITIP_MAX_ATTENDEES);
	if (event->organizer != NULL)
		check_person(event->organizer, event);
	for (guint i = 0; i < event->attendees->len; i++)
		check_person(g_ptr_array_index(event->attendees, i), event);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip =
	    cm_itip_reader_read((const gchar *)data, size, NULL, zone, HORIZON, &error);

	keep_zone("America/Toronto");
	g_assert_true((itip == NULL) == (error != NULL));
	if (itip == NULL)
		return 0;
	g_assert_cmpuint(itip->events->len, >, 0);
	g_assert_cmpuint(itip->events->len, <=, CM_ITIP_MAX_EVENTS);
	check_text(itip->product);
	for (guint i = 0; i < itip->events->len; i++)
		check_event(g_ptr_array_index(itip->events, i));
	return 0;
}
