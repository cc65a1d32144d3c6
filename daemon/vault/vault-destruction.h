// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-case.h"

/* The end of a case, signed by two (docs/vault-format.md, “Destruction”). cm_vault_case_add() takes one that is whole; here is what comes
 * before, and what is left behind. */

/* Whether a destruction whose signatures hold fits the case, with all its notes, and its two may. */
CmVaultClass
cm_vault_destruction_judge(const CmVaultPeople *people,
			   const CmVaultCase *about,
			   const CmVaultRecord *record) G_GNUC_WARN_UNUSED_RESULT;

/* What cm_vault_case_add() will say of one that the first has signed, and the second not yet, once both have. */
CmVaultClass
cm_vault_destruction_check_asked(const CmVaultPeople *people,
				 const CmVaultCase *about,
				 GBytes *octets,
				 CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* Whether one holds of a case whose epochs alone are left: they say who was entitled. How many notes there were is the two's word. */
CmVaultClass
cm_vault_destruction_check_done(const CmVaultPeople *people,
				const CmVaultCase *about,
				GBytes *octets,
				CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* The record of these fields as the first signs it: the second signature is octets 0. `seed`: the first's. NULL when no memory can be
 * locked. Returns: (transfer full) (nullable) */
GBytes *
cm_vault_destruction_ask(const CmVaultDestruction *fields,
			 const guint8 *seed) G_GNUC_WARN_UNUSED_RESULT;

/* The same record, whole: what was asked with the second's signature. NULL as above. Returns: (transfer full) (nullable) */
GBytes *
cm_vault_destruction_agree(const CmVaultRecord *asked,
			   const guint8 *seed) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `whole` is what was asked, and nothing else of it than the second signature. */
gboolean
cm_vault_destruction_is_same(GBytes *asked, GBytes *whole);
