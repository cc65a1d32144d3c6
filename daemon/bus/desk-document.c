// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/desk-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/booking-document.h"
#include "daemon/bus/sealed-memfd.h"

#include <unistd.h>

static gint64
number_of(const CmDeskView *view, CmNumberKind kind, guint32 index)
{
	return cm_roster_numbers_get(view->roster->numbers, kind, index);
}

static void
add_place(JsonBuilder *builder, const CmDeskView *view, guint32 room, guint32 companion)
{
	if (room != CM_NONE)
		cm_document_add_int(builder, "room", number_of(view, CM_NUMBER_ROOM, room));
	if (companion != CM_NONE)
		cm_document_add_int(builder, "companion",
				    number_of(view, CM_NUMBER_COMPANION, companion));
}

/* where something stands is no other place for it */
static gboolean
is_there(const CmDeskEntry *entry, const CmSlot *slot)
{
	return entry->number != 0 && slot->date == entry->date && slot->start == entry->start &&
	       slot->mode == entry->mode;
}

static gint
get_minutes(const CmDeskView *view, const CmDeskEntry *entry)
{
	if (entry->kind != CM_DESK_SESSION || entry->minutes != 0)
		return entry->minutes;
	return CM_ELEMENT(view->roster->caseload->sessions, CmSession, entry->session)->minutes;
}

void
cm_desk_document_add_slots(JsonBuilder *builder,
			   const CmDeskView *view,
			   const CmDeskEntry *entry,
			   const CmDeskSearch *search,
			   gint64 now)
{
	CmSlot slots[CM_SLOTS_MAX];
	guint count = cm_desk_find_slots(view->desk, entry, search->modes, search->from, search->to,
					 !search->all, search->count + 1, now, slots);
	gint minutes = get_minutes(view, entry);
	guint added = 0;

	cm_document_begin_array(builder, "slots");
	for (guint i = 0; i < count && added < search->count; i++) {
		if (is_there(entry, &slots[i]))
			continue;
		added++;
		json_builder_begin_object(builder);
		cm_document_add_date(builder, "date", slots[i].date);
		cm_document_add_minute(builder, "start", slots[i].start);
		cm_document_add_minute(builder, "end", slots[i].start + minutes);
		cm_document_add_string(builder, "mode", cm_mode_to_string((CmMode)slots[i].mode));
		add_place(builder, view, slots[i].room, slots[i].companion);
		cm_document_add_int(builder, "points", slots[i].points);
		cm_document_add_boolean(builder, "warned", slots[i].warned);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

void
cm_desk_document_add_verdict(JsonBuilder *builder,
			     const CmDeskView *view,
			     const CmDeskEntry *entry,
			     gint64 now)
{
	g_autoptr(CmVerdict) verdict = cm_desk_judge(view->desk, entry, now);
	JsonArray *objections = cm_booking_document_new_objections();
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);

	cm_booking_document_add_objections(objections, verdict, 0);
	json_node_take_array(node, objections);
	cm_document_add_boolean(builder, "allowed", cm_verdict_is_allowed(verdict));
	cm_document_add_boolean(builder, "offered", cm_verdict_is_offered(verdict));
	add_place(builder, view, verdict->room, verdict->companion);
	json_builder_set_member_name(builder, "objections");
	json_builder_add_value(builder, node);
}

gint
cm_desk_document_write(JsonBuilder *builder, GError **error)
{
	g_autoptr(GBytes) document = cm_document_to_bytes(builder);
	gint fd = cm_sealed_memfd_open(error);

	if (fd < 0)
		return -1;
	if (cm_sealed_memfd_write(fd, g_bytes_get_data(document, NULL), g_bytes_get_size(document),
				  error) &&
	    cm_sealed_memfd_seal(fd, error))
		return fd;
	close(fd);
	return -1;
}
