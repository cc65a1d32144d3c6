// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store.h"
#include "daemon/vault/vault-fields.h"

/* That somebody asked for a student's file (an access request), or signed that it may go to another institution (a transfer); and what the
 * policies say of the time: until when the one is answered, from when on the other may be done. No number comes from here. */

#define CM_STORE_DISCLOSURE_BASIS_MAX 1000 /* octets, of an export's manifest */

typedef enum {
	CM_DISCLOSURE_ACCESS,   /* "access" */
	CM_DISCLOSURE_TRANSFER, /* "transfer" */
	CM_DISCLOSURE_LAST
} CmDisclosurePurpose;

const gchar *
cm_disclosure_purpose_to_string(CmDisclosurePurpose purpose);
gboolean
cm_disclosure_purpose_from_string(const gchar *text,
				  CmDisclosurePurpose *out_purpose) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	gint64 number;
	gint64 student;
	CmDisclosurePurpose purpose;
	CmDay since; /* asked for; the authorization was signed */
	gchar *basis;
	gboolean waived; /* whoever signed renounced the waiting time, in an emergency */
	gint64 recorded_by;
	gint64 recorded_at;
	gint64 extended_at; /* 0: it was not */
	gchar *outcome;     /* "answered", "withdrawn", "refused"; NULL: it is open */
	gint64 closed_at;   /* 0: the same */
	const CmRule
	    *rule; /* which gives the day; NULL: no policy does. Lives as long as the policies */
	CmDay day; /* access: the last one; transfer: the first; CM_DAY_NONE: nothing is given */
} CmStoreDisclosure;

void
cm_store_disclosure_free(CmStoreDisclosure *disclosure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreDisclosure, cm_store_disclosure_free)

/* Who does something, when, by which policies. */
typedef struct {
	const CmPolicySet *policies;
	guint32 uid;
	gboolean all; /* they answer for the whole centre */
	gint64 now;
} CmStoreDisclosureCaller;

/* By number: all, or what the caller recorded, and what is about students of whom they can open a file. Returns: (transfer full)
 * (element-type CmStoreDisclosure) */
GPtrArray *
cm_store_disclosure_list(CmStore *store,
			 const CmStoreDisclosureCaller *caller,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without those that are closed. */
GPtrArray *
cm_store_disclosure_list_open(CmStore *store,
			      const CmStoreDisclosureCaller *caller,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Put one on record, of which student, purpose, since, basis and waived are given; its number is set. CM_ERROR_INVALID_INPUT: a day to come, no
 * basis or too long a one; CM_ERROR_NOT_FOUND: no such student. In one transaction with its audit entry, as the two below. */
gboolean
cm_store_disclosure_record(CmStore *store,
			   const CmStoreDisclosureCaller *caller,
			   CmStoreDisclosure *disclosure,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* More time for an access request, of whose extension notice was given. CM_ERROR_POLICY: no policy gives any, or the time is over;
 * CM_ERROR_CONFLICT: it has it, or is closed. */
gboolean
cm_store_disclosure_extend(CmStore *store,
			   const CmStoreDisclosureCaller *caller,
			   gint64 number,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "answered", "withdrawn" or "refused". CM_ERROR_CONFLICT: it is closed; CM_ERROR_NOT_FOUND. */
gboolean
cm_store_disclosure_close(CmStore *store,
			  const CmStoreDisclosureCaller *caller,
			  gint64 number,
			  const gchar *outcome,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The open one that a case, which is the caller's to read, is written for now: by its number, 0: the only one. `out_disclosure`: (transfer full),
 * NULL: nobody recorded an access request. CM_ERROR_POLICY: a transfer that nobody authorized, or whose waiting time is not over;
 * CM_ERROR_CONFLICT: several are open. */
gboolean
cm_store_disclosure_find(CmStore *store,
			 const CmStoreDisclosureCaller *caller,
			 const guint8 *name,
			 CmDisclosurePurpose purpose,
			 gint64 number,
			 CmStoreDisclosure **out_disclosure,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Delete the closed ones about students of whom files were destroyed and none is left; the audit log keeps that there were some. In the
 * transaction that the caller holds. */
gboolean
cm_store_disclosure_forget(CmStore *store,
			   guint *out_count,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
