// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-identity.h"

/* Somebody gets keys: made, shown the recovery code once, and kept only when it was typed back. */
typedef struct _CmAgentEnrolment CmAgentEnrolment;

/* New keys and a new recovery code, in guarded memory and nowhere else. `organisation` and `person` are copied.
 * CM_ERROR_KEY: no locked memory. Returns: (transfer full) */
CmAgentEnrolment *
cm_agent_enrolment_new(const guint8 *organisation,
		       const guint8 *person,
		       guint32 generation,
		       guint64 now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_enrolment_free(CmAgentEnrolment *enrolment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentEnrolment, cm_agent_enrolment_free)

/* The code's rows, each with a line feed, to be shown once. (transfer none) */
const CmVaultSecret *
cm_agent_enrolment_get_rows(const CmAgentEnrolment *enrolment);

/* The fingerprint that is compared in person. Returns: (transfer full) (nullable): no locked memory */
gchar *
cm_agent_enrolment_dup_fingerprint(const CmAgentEnrolment *enrolment);

/* Keep the keys: `typed` is the code as it was typed back. What is given has to be handed to comodald before the person is told that it is
 * done: `out_enrolment`, for the directory, and `out_recovery`, which the code opens. Nothing is written when it fails:
 * CM_ERROR_INVALID_INPUT when the code, the passphrase or the label (1 to 200 octets) is not right, CM_ERROR_EXISTS when there is a keyring
 * already, unless `place` lets it be replaced. */
gboolean
cm_agent_enrolment_finish(CmAgentEnrolment *enrolment,
			  const CmAgentIdentityPlace *place,
			  const CmVaultSecret *typed,
			  const CmVaultSecret *passphrase,
			  const gchar *label,
			  GBytes **out_enrolment,
			  GBytes **out_recovery,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The public part of keys, under a name and title, as it is handed to comodald for the directory, or to whoever locks something for them. */
CmVaultClass
cm_agent_enrolment_sign(const CmVaultRecord *bundle,
			const gchar *label,
			guint64 now,
			GBytes **out_enrolment) G_GNUC_WARN_UNUSED_RESULT;
