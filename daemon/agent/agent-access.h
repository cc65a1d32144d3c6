// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"

/* Who reads a case and who writes in it: given by its responsible, ended by a new key for what comes (docs/vault-format.md, “Cases”). What is
 * made here is checked as anybody would, and added to `records`, to be handed over in one call. */

/* What somebody may do. `entry` is the directory's, as long as the case. */
typedef struct {
	const CmVaultDirectoryEntry *entry;
	guint8 rights;  /* in the newest epoch, CM_VAULT_RIGHT_…; 0: ended, or never given */
	guint64 notes;  /* that they can read, whoever wrote them */
	gboolean first; /* whether they can read the first one */
} CmAgentAccessReader;

/* Everybody who was ever given the case, by person and generation in the order in which they were. (transfer full) (element-type
 * CmAgentAccessReader) */
GArray *
cm_agent_access_list(const CmAgentCase *about);

/* Those who read it now, but `person` (NULL: nobody is left out); keys that are not in force get nothing.
 * (transfer full) (element-type CmAgentAccessReader) */
GArray *
cm_agent_access_list_readers(const CmAgentCase *about, const guint8 *person);

/* Whoever answers for it, as the newest epoch has them; NULL: the directory does not know them. (transfer none) (nullable) */
const CmVaultDirectoryEntry *
cm_agent_access_get_responsible(const CmAgentCase *about);

/* Whether that is the person whose keys these are. */
gboolean
cm_agent_access_is_own(const CmAgentCase *about);

/* The keys in the directory that have a fingerprint, however it was typed. CM_ERROR_NOT_FOUND: none has it. (transfer none) */
const CmVaultDirectoryEntry *
cm_agent_access_find_keys(const CmVaultPeople *people,
			  const gchar *fingerprint,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same if they are in force. CM_ERROR_ACCESS_DENIED: they were retired or revoked. (transfer none) */
const CmVaultDirectoryEntry *
cm_agent_access_find_colleague(const CmVaultPeople *people,
			       const gchar *fingerprint,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is given to somebody. */
typedef struct {
	const CmVaultDirectoryEntry *entry;
	guint8 rights;    /* CM_VAULT_RIGHT_READ and others */
	gboolean earlier; /* what was written under earlier keys as well */
} CmAgentAccessGift;

/* Let somebody read, or write. Nothing is added to `records` when they have it all. CM_ERROR_ACCESS_DENIED: the person is not responsible;
 * CM_ERROR_CONFLICT: they have more than this already, which is ended first. */
gboolean
cm_agent_access_share(CmAgentCase *about,
		      const CmAgentAccessGift *gift,
		      guint64 now,
		      GByteArray *records,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new epoch names the deposit of its responsible: `deposit`, which is one's own of cm_agent_deposit_need(), or of cm_agent_deposit_find()
 * when somebody else is to be responsible; NULL where there are no custodians. */

/* End somebody's access: a new key, for everybody else. CM_ERROR_NOT_FOUND: they have none. */
gboolean
cm_agent_access_end(CmAgentCase *about,
		    const guint8 *person,
		    const CmVaultRecord *deposit,
		    guint64 now,
		    GByteArray *records,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make somebody else responsible, with all that was written; `keep_reading`: the person goes on to read what comes. */
gboolean
cm_agent_access_hand_over(CmAgentCase *about,
			  const CmVaultDirectoryEntry *to,
			  gboolean keep_reading,
			  const CmVaultRecord *deposit,
			  guint64 now,
			  GByteArray *records,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take a case that somebody gave. One that was handed over gets a new key at once, which whoever handed it over did not make; else nothing is
 * added to `records`. CM_ERROR_ACCESS_DENIED: access has ended. */
gboolean
cm_agent_access_accept(CmAgentCase *about,
		       const CmVaultRecord *deposit,
		       guint64 now,
		       GByteArray *records,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
