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

/* One file by itself, as it will stand in its place: PROFESSION.policy, or a drop-in in PROFESSION.policy.d. What only shows when
 * the layers meet is not seen. */
void
cm_policy_loader_check_file(const gchar *path, CmFaults *faults);

/* Where policies stand when nobody says: those of CM_ENV_POLICY_DIR (several separated by a colon) or else the installed ones,
 * then the organisation's, which in a session are the person's own. Returns: (transfer full) */
gchar **
cm_policy_loader_list_default_directories(gboolean session) G_GNUC_WARN_UNUSED_RESULT;
