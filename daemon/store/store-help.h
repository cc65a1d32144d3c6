// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store.h"
#include "daemon/visio/help-state.h"

/* "I can't get in" (docs/visio.md): asked on a person's page, answered by the host or by whoever helps at that school. A change is one
 * transaction with its audit entry ("help.ask", "help.answer", "help.close"); what can happen is daemon/visio/help-state.h's. */

#define CM_STORE_HELP_REPORT_MAX 4096 /* octets of JSON */
#define CM_STORE_HELP_TEXT_MAX 500    /* octets of an answer */
#define CM_STORE_HELPS_MAX 20         /* of one person, for one session */

typedef struct {
	gint64 number;
	gint64 version;
	CmHelpState state;
	gint64 subject;
	CmResource kind; /* who asks: professional, student, contact, or CM_NOTICE_TO_ACCOUNT */
	gint64 person;
	gchar *report; /* JSON, an object; "{}": they said nothing */
	gchar *answer; /* or NULL */
	gint64 asked_at;
	gint64 changed_by; /* uid, -1: nobody has */
	gint64 changed_at;
} CmStoreHelp;

void
cm_store_help_free(CmStoreHelp *help);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreHelp, cm_store_help_free)

/* Ask, whoever may is for the caller to see to. While one waits its number is given and its report replaced. The host and the helpers of
 * that school are told (CM_NOTICE_HELP_ASKED). CM_ERROR_INVALID_INPUT: too long; CM_ERROR_CONFLICT: CM_STORE_HELPS_MAX. */
gboolean
cm_store_help_ask(CmStore *store,
		  gint64 subject,
		  CmResource kind,
		  gint64 person,
		  const gchar *report,
		  gint64 now,
		  gint64 *out_number,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answer with a text that they read at once on their page; again: another text. `expected`: its version, 0: as it stands.
 * CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT: closed, another version; CM_ERROR_INVALID_INPUT: too long, or nothing. `out_subject`: may be
 * NULL. */
gboolean
cm_store_help_answer(CmStore *store,
		     gint64 number,
		     gint64 expected,
		     const gchar *answer,
		     gint64 actor,
		     gint64 now,
		     gint64 *out_version,
		     gint64 *out_subject,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It is done with. Errors as above. */
gboolean
cm_store_help_close(CmStore *store,
		    gint64 number,
		    gint64 expected,
		    gint64 actor,
		    gint64 now,
		    gint64 *out_version,
		    gint64 *out_subject,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a list is kept to; 0 for all. */
typedef struct {
	gint64 number;
	gint64 subject;
	gint64 professional; /* whose session it is */
	const GArray
	    *sites;    /* gint64: sessions at these schools, or of their students; NULL: anywhere */
	gboolean open; /* those that are not closed only */
	guint limit;   /* 0: CM_STORE_HELPS_LISTED_MAX */
} CmStoreHelpFilter;
#define CM_STORE_HELPS_LISTED_MAX 1000

/* Oldest first. Returns: (transfer full) (element-type CmStoreHelp) */
GPtrArray *
cm_store_help_list(CmStore *store,
		   const CmStoreHelpFilter *filter,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
