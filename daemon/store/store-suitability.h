// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/suitability.h"
#include "daemon/store/store.h"

/* Answers to the order's questions before a first video session, by follow-up; the last one counts. */

#define CM_STORE_SUITABILITY_MAX 100 /* of a follow-up */
#define CM_STORE_SUITABILITY_ITEMS_MAX 64
#define CM_STORE_SUITABILITY_NOTE_MAX 1000 /* octets, of one answer */

typedef struct {
	gchar *item; /* the question's id in the policy */
	gboolean yes;
	gchar *note; /* or NULL */
} CmStoreSuitabilityItem;

typedef struct {
	gint64 number;
	gint64 followup;
	CmDay answered_on;
	gboolean suitable;
	GPtrArray *items; /* CmStoreSuitabilityItem */
	gchar **ids;      /* of the items */
	gint64 recorded_by;
	gint64 recorded_at;
} CmStoreSuitability;

/* An empty one, to be filled. */
CmStoreSuitability *
cm_store_suitability_new(void);
void
cm_store_suitability_free(CmStoreSuitability *suitability);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreSuitability, cm_store_suitability_free)

/* Add an answer; strings are copied. */
void
cm_store_suitability_add_item(CmStoreSuitability *suitability,
			      const gchar *item,
			      gboolean yes,
			      const gchar *note);

/* The last answers for a follow-up, NULL in `out_suitability` when it was never answered. CM_ERROR_NOT_FOUND: no such follow-up. */
gboolean
cm_store_suitability_get(CmStore *store,
			 gint64 followup,
			 CmStoreSuitability **out_suitability,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last answers of every follow-up that has any: number → CmStoreSuitability, which the table owns; keys are gint64. Returns:
 * (transfer full) */
GHashTable *
cm_store_suitability_load_all(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep an answer: `followup`, `answered_on` and the items, of which all must be yes to be suitable. Its number is given. */
gboolean
cm_store_suitability_record(CmStore *store,
			    CmStoreSuitability *suitability,
			    gint64 actor,
			    gint64 now,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As suitability.h judges it. */
CmSuitabilityAnswer
cm_store_suitability_to_answer(const CmStoreSuitability *suitability);
