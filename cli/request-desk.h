// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/bookings.h"

/* What verbs about numbered requests share (another-time, help-request): one run's connection, the document with "requests" that the bus
 * answers, one of them by its number, and a change of it. */

typedef struct _CmRequestDesk CmRequestDesk;

/* Which requests these are. Texts are marked by N_(). */
typedef struct {
	/* what they are asked of. Returns: (transfer full): a proxy */
	gpointer (*get)(GDBusConnection *bus, GError **error);
	/* Returns: (transfer full): the document, or NULL */
	JsonNode *(*list)(gpointer proxy, GVariant *options, GError **error);
	CmExit (*show)(const CmRequestDesk *desk, JsonNode *document);
	/* whose it is. Returns: (transfer full) */
	gchar *(*name)(const CmBookings *bookings, JsonObject *request);
	const gchar *all;     /* of --all */
	const gchar *unknown; /* there is none by this number */
	const gchar *none;    /* without a number: nobody asks; NULL: a number has to be given */
	const gchar *several; /* without a number: say which */
} CmRequestKind;

struct _CmRequestDesk {
	const CmRequestKind *kind;
	CmBookings bookings;
	gpointer proxy;
};

/* Connect, and read who is who. */
gboolean
cm_request_desk_open(CmRequestDesk *desk,
		     const CmRequestKind *kind,
		     const CmComodalctl *cli,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_request_desk_clear(CmRequestDesk *desk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmRequestDesk, cm_request_desk_clear)

/* `number` 0: each of them; `all`: those that are over too. Returns: (transfer full) */
JsonNode *
cm_request_desk_fetch(const CmRequestDesk *desk, guint64 number, gboolean all, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Of what was fetched. (transfer none) */
JsonArray *
cm_request_desk_get_requests(JsonNode *document);

/* The one by a number that was typed, or without one (NULL) the only one, in `document`, which is set and holds it. (transfer none) */
JsonObject *
cm_request_desk_find(const CmRequestDesk *desk,
		     const gchar *text,
		     JsonNode **document,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The verb that lists them. */
CmExit
cm_request_desk_run_list(const CmRequestKind *kind, CmComodalctl *cli);

/* A verb that changes one: `said`, marked by N_(), says so of whose it is; with --json the request as it is then. */
CmExit
cm_request_desk_run_change(const CmRequestKind *kind,
			   CmComodalctl *cli,
			   gboolean (*change)(gpointer proxy, JsonObject *request, GError **error),
			   const gchar *said);
