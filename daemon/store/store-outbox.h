// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store-reach.h"

/* The outbox: notices that wait become letters. What a letter says follows from what stands when it is made, compared with what the
 * person was last told; where there is no difference nothing is sent. docs/correspondence.md says what that guarantees. */

/* What letters are made with. */
typedef struct {
	const gchar *address;   /* the functional mailbox */
	const gchar *name;      /* or NULL: the organisation's */
	const gchar *link_base; /* or NULL: letters carry no link */
	const gchar *help_phone;
	const gchar *help_hours_fr;
	const gchar *help_hours_en;
	guint undo_seconds; /* nothing is told earlier */
} CmOutboxSettings;

/* Keep a copy. Until then "comodal@localhost" and 120 seconds. */
void
cm_store_outbox_set_settings(CmStore *store, const CmOutboxSettings *settings);

/* (transfer none) */
const CmOutboxSettings *
cm_store_outbox_get_settings(CmStore *store);

/* For cm_store_close(). */
void
cm_store_outbox_clear_settings(CmStore *store);

/* Those for whom something waits that is in no letter yet, in order of kind and number, after `after` (NULL: from the first), at most
 * `max`. Returns: (transfer full) (element-type CmStoreRecipient) */
GArray *
cm_store_outbox_list_recipients(CmStore *store,
				const CmStoreRecipient *after,
				guint max,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of notices that are newer than `after`, by their numbers, of at most `max` notices, each recipient once; `out_last` is the
 * last notice that was looked at, waiting or not, so that each is looked at once. */
GArray *
cm_store_outbox_list_newer(CmStore *store,
			   gint64 after,
			   guint max,
			   gint64 *out_last,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When somebody is to be looked at again. */
typedef struct {
	CmStoreRecipient who;
	gint64 at; /* 0: not before something new is queued or their letter is settled */
} CmOutboxNext;

#define CM_STORE_OUTBOX_BATCH 100 /* recipients in one transaction */

typedef struct {
	guint letters;     /* made */
	guint replaced;    /* of earlier ones that still waited */
	guint void_count;  /* notices that nothing was left to tell of */
	guint expanded;    /* notices to students */
	guint unreachable; /* notices to people who can't be reached */
} CmOutboxReport;

/* Look at some recipients (at most CM_STORE_OUTBOX_BATCH) at `now`, in one transaction: what is due becomes a letter, what is void is
 * settled. A student's notices go to those who are told for them, who are added to `out_next` to be looked at. `out_next`
 * (element-type CmOutboxNext) has everybody who was looked at; `report` is added to. */
gboolean
cm_store_outbox_gather(CmStore *store,
		       const CmPolicySet *policies,
		       const CmStoreRecipient *recipients,
		       guint count,
		       gint64 now,
		       GArray *out_next,
		       CmOutboxReport *report,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for everybody, in batches. `out_next` may be NULL. */
gboolean
cm_store_outbox_gather_all(CmStore *store,
			   const CmPolicySet *policies,
			   gint64 now,
			   GArray *out_next,
			   CmOutboxReport *report,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
