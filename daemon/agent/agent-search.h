// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* Words in a text, without regard to accents and case, where both stand: in guarded memory, of which no copy is made. */

/* Whether each of the words, UTF-8 with blanks between, stands somewhere in a content record. */
gboolean
cm_agent_search_match(const CmVaultRecord *content, const CmVaultSecret *words);
