// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-class.h"

/* The vectors of tests/fixtures/vault/, and what daemon/vault/ answers to them. */

typedef struct {
	GKeyFile *file;
	const gchar *folder;
	const gchar *name;
	/* what the operation needs, made ready once */
	CmVaultPeople *people;
	CmVaultCase *held;
	CmVaultRecord *first;
	CmVaultRecord *second;
} CmVaultVectors;

/* The octets of a field, the group “shared” looked up; none: of no length. Returns: (transfer full) */
GBytes *
cm_vault_vectors_dup_octets(const CmVaultVectors *vectors, const gchar *field);

/* The octets in question. Returns: (transfer full) */
GBytes *
cm_vault_vectors_dup_question(const CmVaultVectors *vectors);

/* Make ready what the vector's operation needs. */
void
cm_vault_vectors_prepare(CmVaultVectors *vectors,
			 GKeyFile *file,
			 const gchar *folder,
			 const gchar *name);
void
cm_vault_vectors_clear(CmVaultVectors *vectors);

/* What is answered to `octets`; `out_plain` is what they open to, or NULL. */
CmVaultClass
cm_vault_vectors_answer(CmVaultVectors *vectors,
			GBytes *octets,
			GBytes **out_plain) G_GNUC_WARN_UNUSED_RESULT;
