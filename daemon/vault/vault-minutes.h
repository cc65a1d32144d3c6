// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* Minutes: what was said in a meeting, locked for those who took part (docs/vault-format.md, “Minutes”). */

#define CM_VAULT_MINUTES_PARTICIPANTS_MAX 64

/* Write minutes of the bundle's owner. `minutes` says their id, held_on, entered_at, session, about, and of each participant person and
 * generation, in any order; the rest is made here. `content`: octets of a content record. CM_VAULT_CLASS_NOT_ENTITLED: a participant who
 * is not in force in the newest directory; CM_VAULT_CLASS_MALFORMED: none, too many, one twice, no such day, a content with attachments. */
CmVaultClass
cm_vault_minutes_write(const CmVaultPeople *people,
		       const CmVaultRecord *bundle,
		       const CmVaultMinutes *minutes,
		       const CmVaultPart *content,
		       GBytes **out_minutes) G_GNUC_WARN_UNUSED_RESULT;

/* Open minutes that were checked (cm_vault_people_check()), for a reader. `out_content` (kind content) stands in guarded memory. */
CmVaultClass
cm_vault_minutes_open(const CmVaultRecord *minutes,
		      const guint8 *reader,
		      guint32 generation,
		      const guint8 *box_secret,
		      CmVaultRecord **out_content) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a record of kind opened, for an export, in guarded memory. */
CmVaultClass
cm_vault_minutes_open_for_export(const CmVaultRecord *minutes,
				 const guint8 *reader,
				 guint32 generation,
				 const guint8 *box_secret,
				 GBytes **out_opened) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a content (kind content) is what they committed to. */
CmVaultClass
cm_vault_minutes_check_content(const CmVaultMinutes *minutes,
			       const guint8 *salt,
			       const CmVaultRecord *content) G_GNUC_WARN_UNUSED_RESULT;
