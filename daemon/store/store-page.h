// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-help.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-time-request.h"
#include "daemon/store/store-visit.h"

/* What one person may see by what they came with: the facts of a comodal-view/1 document (daemon/bus/view-document.h). */

#define CM_STORE_PAGE_ITEMS_MAX 40
#define CM_STORE_PAGE_PAST_SECONDS 86400 /* what is over stays as long */

typedef enum {
	CM_STORE_PAGE_RESPOND = 1 << 0,
	CM_STORE_PAGE_ASK_TIME = 1 << 1,
	CM_STORE_PAGE_HELP = 1 << 2,
} CmStorePageMay; /* flags */

typedef struct {
	CmStoreDoor door; /* with the session's hour */
	CmMode mode;
	gint64 moved_from;  /* instant that they were told before; 0: that is when it is */
	const gchar *place; /* texts: the page's; NULL: none */
	const gchar *room;
	const gchar *host;
	const gchar *profession; /* its title in their language */
	const gchar *about;      /* the student's first name */
	CmAnswer answer;
	CmStoreTimeRequest *request; /* the last, or NULL */
	guint may;                   /* CmStorePageMay */
	guint ask;                   /* as gathered: what the door asks of who has not come yet */
	gboolean near; /* within about an hour of its door: who is there was looked up */
	gboolean host_present;
	gboolean host_busy; /* with another session */
	guint ahead;        /* who wait for the same host and have come before them */
	guint turn;         /* of the room, 0: there is none yet */
	const gchar *provider;
	CmStoreHelp *help; /* not closed, or NULL; its report is not for them */
	guint prepare;     /* flags of cm_store_page_get_preparation() */
} CmStorePageItem;

/* Who is at a host's door. */
typedef struct {
	CmStoreVisit *visit; /* with answers; NULL: they ask for help, and are not there */
	gint64 subject;
	CmVisitRole role;
	const gchar *name;     /* NULL: nothing on record, but for a contact: */
	const gchar *relation; /* "guardian", "teacher"; or NULL */
	CmStoreHelp *help;     /* or NULL */
} CmStorePageWaiting;

typedef struct {
	CmStoreVisitor visitor;
	gint64 now;
	const gchar *language; /* "fr", "en" */
	const gchar *zone;
	const gchar *name;     /* NULL: nothing on record, but for a contact: */
	const gchar *relation; /* "guardian", "teacher"; or NULL */
	const gchar *organisation;
	GPtrArray *items;   /* CmStorePageItem, by start */
	guint more;         /* that are left out */
	GPtrArray *waiting; /* CmStorePageWaiting, of a host or helper, by arrival; else empty */
	GStringChunk *strings;
} CmStorePage;

void
cm_store_page_free(CmStorePage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStorePage, cm_store_page_free)

/* "quiet-place", "adult-near", "headset", "charger", "documents": a flag's name, by its place from 0; NULL after the last */
const gchar *
cm_store_page_get_preparation(guint index);

/* Everything that a visitor may see now, read as of one moment. Changes nothing. Returns: (transfer none): the store's, until it is called
 * again; what only the caller knows (`turn`, `provider`) is the caller's to fill in */
CmStorePage *
cm_store_page_load(CmStore *store,
		   const CmPolicySet *policies,
		   const CmStoreVisitor *visitor,
		   gint64 now,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
