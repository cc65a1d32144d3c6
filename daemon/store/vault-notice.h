// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "daemon/vault/vault-record.h"

/* Promise a person of the vault's records a letter (cm_notice_queue()): as the professional whom letters reach, or by their account. Whose
 * account is gone is told nothing. In the transaction that the caller holds. Private to daemon/store. */
gboolean
cm_vault_notice_queue(CmStore *store,
		      CmNoticeKind kind,
		      const guint8 *person,
		      gint64 subject,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
