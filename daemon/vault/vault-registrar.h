// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* The organisation's own key, and the directories that it signs (docs/vault-format.md, “People”). For a computer that is on no network. */

#define CM_VAULT_REGISTRAR_CUSTODIANS_MIN 3 /* or none */
#define CM_VAULT_REGISTRAR_CUSTODIANS_MAX 9

/* The key of a new organisation, in guarded memory: a bundle whose person is the first CM_VAULT_ID_BYTES octets of its organisation, and
 * whose sign_seed alone counts. Returns: (transfer full) (nullable): no locked memory */
CmVaultRecord *
cm_vault_registrar_generate(guint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* The next key of an organisation, in a bundle like that. Returns: (transfer full) (nullable): no locked memory */
CmVaultRecord *
cm_vault_registrar_generate_next(const guint8 *organisation, guint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* What changes from one directory to the next: somebody's keys are taken in, or one generation of them has another state or other roles. */
typedef struct {
	const CmVaultRecord
	    *enrolment;       /* that was checked, and compared in person; NULL: an entry changes */
	const guint8 *person; /* whose */
	guint32 generation;
	guint8
	    state; /* CM_VAULT_STATE_RETIRED or _REVOKED; CM_VAULT_STATE_CURRENT: its roles change */
	guint8 roles; /* CM_VAULT_ROLE_… */
} CmVaultRegistrarChange;

/* Sign the directory that follows `people`, or with NULL the first. Keys that somebody had before are retired by new ones.
 * CM_VAULT_CLASS_MISSING: there is no such entry; CM_VAULT_CLASS_REPLACED: these keys are in it already, or the entry is not current any
 * more; CM_VAULT_CLASS_MALFORMED: what comes out is no directory, as by one custodian or two. */
CmVaultClass
cm_vault_registrar_sign(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultRegistrarChange *changes,
			gsize count,
			guint64 now,
			GBytes **out_directory) G_GNUC_WARN_UNUSED_RESULT;

/* Give the organisation another key, for the directories that follow `people`. */
CmVaultClass
cm_vault_registrar_succeed(const CmVaultPeople *people,
			   const CmVaultRecord *bundle,
			   const CmVaultRecord *next,
			   guint64 now,
			   GBytes **out_succession) G_GNUC_WARN_UNUSED_RESULT;
