// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* Several records one after the other, as they cross from one program to another: each says its own length. */

#define CM_VAULT_FRAMES_MAX 200000 /* records */

/* A record that stands among others: a view of their octets, and what its head says that it is. */
typedef struct {
	CmVaultKind kind;
	GBytes *octets;
} CmVaultFrame;

/* Take them apart; none of them is read but its head. Only `kinds` (CM_VAULT_RECORD_OF()) are taken. CM_VAULT_CLASS_LIMIT: more than
 * CM_VAULT_FRAMES_MAX. `out_frames`: (transfer full) (element-type CmVaultFrame), perhaps empty. */
CmVaultClass
cm_vault_frames_split(GBytes *octets, guint64 kinds, GArray **out_frames) G_GNUC_WARN_UNUSED_RESULT;
