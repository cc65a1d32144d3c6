// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* A person's escrow key, left with three custodians, any two of whom release it to somebody; none of them sees it. */

#define CM_VAULT_ESCROW_CUSTODIANS 3

/* Make a person's deposit with three current custodians of the directory, ascending by id; its escrow key is made here and forgotten.
 * CM_VAULT_CLASS_NOT_ENTITLED: not three such custodians, or the person among them. */
CmVaultClass
cm_vault_escrow_deposit(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultDirectoryEntry *const custodians[CM_VAULT_ESCROW_CUSTODIANS],
			guint32 number,
			guint64 now,
			GBytes **out_deposit) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a deposit that was checked is with three current custodians: else CM_VAULT_CLASS_NOT_ENTITLED. Asked when it is new. */
CmVaultClass
cm_vault_escrow_check_custodians(const CmVaultPeople *people,
				 const CmVaultRecord *deposit) G_GNUC_WARN_UNUSED_RESULT;

/* Which of a deposit's custodians somebody is, 0 to 2; -1: none. */
gint
cm_vault_escrow_find_custodian(const CmVaultRecord *deposit,
			       const guint8 *person,
			       guint32 generation);

/* A custodian's half. */
CmVaultClass
cm_vault_escrow_open_half(const CmVaultRecord *deposit,
			  const guint8 *person,
			  guint32 generation,
			  const guint8 *box_secret,
			  CmVaultSecret **out_half) G_GNUC_WARN_UNUSED_RESULT;

/* A custodian's release of a request: whether it may be is for cm_vault_case_add() and for the delay's keeper to say. */
CmVaultClass
cm_vault_escrow_release(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultRecord *deposit,
			const CmVaultRecord *request,
			guint64 now,
			GBytes **out_release) G_GNUC_WARN_UNUSED_RESULT;

/* The half in a release that was checked, for its recipient. */
CmVaultClass
cm_vault_escrow_open_release(const CmVaultRecord *release,
			     const guint8 *person,
			     guint32 generation,
			     const guint8 *box_secret,
			     CmVaultSecret **out_half) G_GNUC_WARN_UNUSED_RESULT;

/* The escrow secret key, by the halves of the custodians `first` < `second` (0 to 2). */
CmVaultClass
cm_vault_escrow_combine(const CmVaultRecord *deposit,
			guint first,
			const guint8 *first_half,
			guint second,
			const guint8 *second_half,
			CmVaultSecret **out_secret) G_GNUC_WARN_UNUSED_RESULT;
