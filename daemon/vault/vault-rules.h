// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What docs/vault-format.md marks ⊘: how the fields of one record must fit each other. Each takes the structure of its kind
 * (vault-fields.h), and says whether it holds. */

gboolean
cm_vault_rules_enrolment(gconstpointer fields);
gboolean
cm_vault_rules_directory(gconstpointer fields);
gboolean
cm_vault_rules_succession(gconstpointer fields);
gboolean
cm_vault_rules_epoch(gconstpointer fields);
gboolean
cm_vault_rules_envelope(gconstpointer fields);
gboolean
cm_vault_rules_note(gconstpointer fields);
gboolean
cm_vault_rules_body(gconstpointer fields);
gboolean
cm_vault_rules_content(gconstpointer fields);
gboolean
cm_vault_rules_draft(gconstpointer fields);
gboolean
cm_vault_rules_minutes(gconstpointer fields);
gboolean
cm_vault_rules_deposit(gconstpointer fields);
gboolean
cm_vault_rules_request(gconstpointer fields);
gboolean
cm_vault_rules_export(gconstpointer fields);
gboolean
cm_vault_rules_destruction(gconstpointer fields);
gboolean
cm_vault_rules_remembered(gconstpointer fields);
