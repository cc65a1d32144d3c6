// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"
#include "daemon/vault/vault-people.h"

/* The vault's people (docs/vault-format.md, “People”): the directories that the organisation's key signed, and the keys that people
 * enrolled. comodald checks them; it signs none. */

/* Take successions and directories that follow those at hand, in `octets` one after the other; what is at hand already is passed over.
 * The first directory ever says which organisation this is. CM_ERROR_INVALID_INPUT: one does not hold; CM_ERROR_CONFLICT: it does not
 * follow what is at hand; CM_ERROR_ACCESS_DENIED: another key than the organisation's signed it. `out_sequence`: the newest directory's number. */
gboolean
cm_store_directory_add(CmStore *store,
		       GBytes *octets,
		       gint64 actor,
		       gint64 now,
		       guint64 *out_sequence,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest directory, checked. NULL without an error when there is none yet. The store keeps one of them.
 * Returns: (transfer full) (nullable) */
CmVaultPeople *
cm_store_directory_get_people(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same; CM_ERROR_NOT_FOUND says that the organisation has none yet. Returns: (transfer full) */
CmVaultPeople *
cm_store_directory_need_people(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The organisation's first key, 32 octets; NULL without an error when there is none yet. Returns: (transfer full) (nullable) */
GBytes *
cm_store_directory_get_key(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All successions, then the directories whose number is more than `after`, as they came. Returns: (transfer full) */
GBytes *
cm_store_directory_list(CmStore *store, guint64 after, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- enrolling */

/* Who an account's keys are to be of: a person, made at the first call, and the generation after the newest that a directory has.
 * CM_ERROR_NOT_FOUND: there is no directory yet. */
gboolean
cm_store_directory_begin(CmStore *store,
			 guint32 uid,
			 guint8 out_person[CM_VAULT_ID_BYTES],
			 guint32 *out_generation,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep an enrolment, until a directory has it, and the keyring that its recovery code opens; an earlier one of the same generation is
 * replaced. CM_ERROR_INVALID_INPUT: one of them does not hold; CM_ERROR_CONFLICT: it is not of cm_store_directory_begin()'s person and
 * generation. */
gboolean
cm_store_directory_enrol(CmStore *store,
			 guint32 uid,
			 GBytes *enrolment,
			 GBytes *recovery,
			 gint64 now,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Enrolments that no directory has yet, one after the other. Returns: (transfer full) */
GBytes *
cm_store_directory_list_enrolments(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An account's keyrings that a recovery code opens, the newest generation first. CM_ERROR_NOT_FOUND: there is none.
 * Returns: (transfer full) */
GBytes *
cm_store_directory_get_recovery(CmStore *store,
				guint32 uid,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person that an account is. `out_found` FALSE: it never enrolled. */
gboolean
cm_store_directory_find_person(CmStore *store,
			       guint32 uid,
			       guint8 out_person[CM_VAULT_ID_BYTES],
			       gboolean *out_found,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An account goes: nobody who is given its uid later is its person. In the caller's transaction. */
gboolean
cm_store_directory_forget_account(CmStore *store,
				  guint32 uid,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
