// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* The organisation's directory, as an agent believes it: followed from the first one on, and held against what was remembered. */

/* Check all directories of an organisation, `records` (successions and directories, one after the other), whose first key is `key`.
 * `out_people`: the newest; NULL when there is none yet. */
CmVaultClass
cm_agent_directory_read(GBytes *key,
			GBytes *records,
			CmVaultPeople **out_people) G_GNUC_WARN_UNUSED_RESULT;

/* Whose directory it is to be. */
typedef struct {
	const gchar *folder;         /* where the memory is */
	const CmVaultRecord *bundle; /* the person's keys */
	GBytes *key;                 /* the organisation's first key, as comodald names it */
} CmAgentDirectoryPlace;

/* The same for a person: it is their organisation, their public keys are the directory's where it has them, and it is not older than, or
 * another one than, what stands in the memory; that is written when there is a newer one. CM_ERROR_STORE: it does not hold, or the memory
 * does not; CM_ERROR_KEY: the memory can't be read or written. `out_people` as above. */
gboolean
cm_agent_directory_check(const CmAgentDirectoryPlace *place,
			 GBytes *records,
			 CmVaultPeople **out_people,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with a directory that was checked before: `records` are all successions, that directory, and those behind it. */
gboolean
cm_agent_directory_continue(const CmAgentDirectoryPlace *place,
			    CmVaultPeople *kept,
			    GBytes *records,
			    CmVaultPeople **out_people,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `typed` is the fingerprint of that organisation's key, whatever its case and spaces. */
gboolean
cm_agent_directory_match_fingerprint(GBytes *key, const gchar *typed);
