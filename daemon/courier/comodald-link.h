// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Our end of comodald's private socket (include/org.comodal.Courier1.xml): connected, and again when it was lost, later and later. A
 * call that comodald does not answer in time ends the connection, so that nothing stays leased to nobody. Main loop only. */

#define CM_COMODALD_LINK_CALL_SECONDS 120

typedef struct _CmComodaldLink CmComodaldLink;

/* What happens to it. None is called after it is freed. */
typedef struct {
	void (*up)(gpointer user_data);
	void (*down)(gpointer user_data);
	void (*due)(gpointer user_data);       /* there is something to lease */
	void (*rooms_due)(gpointer user_data); /* the same of rooms; may be NULL */
} CmComodaldLinkEvents;

/* A job that was leased. The descriptors are the taker's to close; of what was not taken (set to -1) they are closed with it. */
typedef struct {
	gint64 number;
	gchar *kind;
	gint order;   /* descriptor of its JSON */
	gint content; /* descriptor of what is to be sent */
} CmComodaldJob;

/* `socket`: a path; `events` is copied. Begins to connect. Returns: (transfer full) */
CmComodaldLink *
cm_comodald_link_new(const gchar *socket, const CmComodaldLinkEvents *events, gpointer user_data);

/* Calls under way are forgotten: their callbacks are not called. */
void
cm_comodald_link_free(CmComodaldLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmComodaldLink, cm_comodald_link_free)

gboolean
cm_comodald_link_is_up(const CmComodaldLink *link);

/* Calls. Each `done` is called once, with `error` or without; down, it is called at once with CM_ERROR_FAILED. */

/* `jobs`: (element-type CmComodaldJob), NULL with an error. */
typedef void (*CmComodaldLeased)(GPtrArray *jobs, const GError *error, gpointer user_data);

/* Take jobs, `max` at most. */
void
cm_comodald_link_lease(CmComodaldLink *link, guint max, CmComodaldLeased done, gpointer user_data);

/* The same of calls of video providers. */
void
cm_comodald_link_lease_rooms(CmComodaldLink *link,
			     guint max,
			     CmComodaldLeased done,
			     gpointer user_data);

typedef void (*CmComodaldReported)(const GError *error, gpointer user_data);

/* Say what became of a job: `result` is JSON. */
void
cm_comodald_link_report(CmComodaldLink *link,
			gint64 number,
			const gchar *kind,
			GBytes *result,
			CmComodaldReported done,
			gpointer user_data);

typedef void (*CmComodaldMailbox)(guint64 uidvalidity,
				  guint64 uid,
				  const GError *error,
				  gpointer user_data);

/* Ask how far a mailbox was read. */
void
cm_comodald_link_get_mailbox(CmComodaldLink *link,
			     const gchar *name,
			     CmComodaldMailbox done,
			     gpointer user_data);

/* `taken` means something without an error. */
typedef void (*CmComodaldDelivered)(gboolean taken, const GError *error, gpointer user_data);

/* Hand over what a message says. */
void
cm_comodald_link_deliver(CmComodaldLink *link,
			 const gchar *mailbox,
			 guint64 uidvalidity,
			 guint64 uid,
			 GBytes *document,
			 CmComodaldDelivered done,
			 gpointer user_data);
