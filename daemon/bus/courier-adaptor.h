// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/store/store-inbox.h"
#include "daemon/store/store-letter.h"

/* comodald's end of the courier's private socket (include/org.comodal.Courier1.xml): letters are rendered as they are leased, into sealed
 * memfds, and what was leased by a connection that closes is taken back at once, as uncertain. Main loop only. */

typedef struct _CmCourierAdaptor CmCourierAdaptor;

/* Called on the main loop when a letter of theirs was settled: something may have waited behind it. */
typedef void (*CmCourierSettled)(const CmStoreRecipient *recipient, gpointer user_data);

typedef struct {
	const gchar *socket;        /* a path */
	guint32 uid;                /* of the courier */
	CmStoreInboxSettings inbox; /* by what mails are judged; copied */
	CmCourierSettled settled;   /* may be NULL */
	void (*taken)(const CmStoreInboxTaken *taken, gpointer user_data); /* a mail; may be NULL */
	gpointer user_data;
} CmCourierAdaptorSettings;

/* Listen. What an earlier process had leased is taken back first. The service is not taken, and must outlive it. Errors:
 * cm_peer_door_new()'s. Returns: (transfer full) */
CmCourierAdaptor *
cm_courier_adaptor_new(CmService *service,
		       const CmCourierAdaptorSettings *settings,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Closes the socket and every connection; what is under way is answered to nobody. */
void
cm_courier_adaptor_close(CmCourierAdaptor *adaptor);

/* To be called once the service's worker has ended. */
void
cm_courier_adaptor_free(CmCourierAdaptor *adaptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCourierAdaptor, cm_courier_adaptor_free)

/* There is something to lease: tell whoever is connected. */
void
cm_courier_adaptor_announce_due(CmCourierAdaptor *adaptor);

/* The same of calls of video providers. */
void
cm_courier_adaptor_announce_rooms(CmCourierAdaptor *adaptor);

/* How many couriers are connected. */
guint
cm_courier_adaptor_count(const CmCourierAdaptor *adaptor);

/* The methods that may be called, ended by NULL; for its test. */
const gchar *const *
cm_courier_adaptor_get_methods(void);
