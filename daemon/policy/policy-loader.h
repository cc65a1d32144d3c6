// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "include/cm-faults.h"

/* Reads directories of policies: PROFESSION.policy, and drop-ins PROFESSION.policy.d/NAME.conf in systemd's order (by NAME over
 * all directories; of two with one NAME the one in the later directory masks the other). policies/SCHEMA.md is the whole story. */

#define CM_POLICY_FILES_MAX 256

/* `directories` goes from the vendor's to the organisation's, ended by NULL. The first one exists, others need not. Everything
 * wrong goes to `faults`, which may be NULL; with any fault there is no set. Fails with CM_ERROR_NOT_FOUND when there is no
 * directory or no policy, CM_ERROR_INVALID_INPUT when there are faults. Returns: (transfer full) */
CmPolicySet *
cm_policy_loader_load(const gchar *const *directories,
		      CmFaults *faults,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of texts in memory: one profession's policy and its drop-ins, in the order given, ended by NULL; `drop_ins` may be
 * NULL. For tests and tools. */
CmPolicySet *
cm_policy_loader_load_text(const gchar *profession,
			   const gchar *text,
			   const gchar *const *drop_ins,
			   CmFaults *faults,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
