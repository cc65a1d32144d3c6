// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/derogation.h"
#include "daemon/store/store.h"

/* Exceptions: asked with a reason, decided by a coordinator or an administrator who is not the one who asked, ended on a day. Who may
 * decide at all is the caller's affair; that nobody decides on what they asked is also the database's own. */

#define CM_STORE_DEROGATIONS_MAX 100 /* of a follow-up and its sessions, whatever became of them */
#define CM_STORE_DEROGATION_REASON_MAX 4000 /* octets */
#define CM_STORE_DEROGATION_DAYS_MAX 366    /* from the day it is asked to its last day */

typedef struct {
	CmDerogation derogation; /* its strings are the row's */
	gint64 version;
	gint64 student;      /* of the case */
	gint64 professional; /* of the case */
	gint64 asked_by;     /* uid */
	gint64 asked_at;     /* instant */
	gint64 decided_by;   /* uid, -1: not decided */
	gint64 decided_at;   /* 0: not decided */
	gchar *profession;
	gchar *rule;
	gchar *reason;
	gchar *decision; /* what the approver said, or NULL */
} CmStoreDerogation;

void
cm_store_derogation_free(CmStoreDerogation *derogation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreDerogation, cm_store_derogation_free)

/* What a list is kept to; 0 for all. */
typedef struct {
	gint64 number;
	gint64 followup; /* of it, or of one of its sessions */
	gint64 session;  /* of it, or of its follow-up */
	gint64 professional;
	gboolean only_open; /* asked, or approved and not over on `today` */
	CmDay today;
} CmStoreDerogationFilter;

/* By number. Returns: (transfer full) (element-type CmStoreDerogation) */
GPtrArray *
cm_store_derogation_list(CmStore *store,
			 const CmStoreDerogationFilter *filter,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreDerogation *
cm_store_derogation_get(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whose case it is. */
typedef struct {
	gint64 student;
	gint64 professional;
	gchar profession[64];
} CmStoreDerogationCase;

/* Of a follow-up or a session, the other 0. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_derogation_find_case(CmStore *store,
			      gint64 followup,
			      gint64 session,
			      CmStoreDerogationCase *out_case,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is asked. */
typedef struct {
	gint64 followup; /* one of these two */
	gint64 session;
	const gchar *rule;
	gint64 value; /* CM_DEROGATION_NO_VALUE */
	CmDay until;
	const gchar *reason;
} CmStoreDerogationOrder;

/* Ask. Coordinators and administrators other than the one who asks are told. CM_ERROR_NOT_FOUND: the case, or the rule is none of
 * its profession's; CM_ERROR_INVALID_INPUT: a value where there is none or none where there is one, no reason, a last day that is
 * past or too far, CM_STORE_DEROGATIONS_MAX. */
gboolean
cm_store_derogation_ask(CmStore *store,
			const CmStoreDerogationOrder *order,
			const CmPolicySet *policies,
			gint64 actor,
			gint64 now,
			CmDay today,
			gint64 *out_number,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Approve, refuse, withdraw. Who asked and the professional of the case are told. CM_ERROR_ACCESS_DENIED: to approve or refuse one's
 * own; CM_ERROR_CONFLICT: another version, or a state that does not lead there (cm_derogation_state_allows()). */
gboolean
cm_store_derogation_decide(CmStore *store,
			   gint64 number,
			   gint64 expected,
			   CmDerogationState state,
			   const gchar *decision,
			   gint64 actor,
			   gint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
