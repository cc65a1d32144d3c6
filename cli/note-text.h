// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* A note's text on standard output, straight from guarded memory: no buffer of the program keeps any of it. */

/* A content record, its lines broken between words and indented by `indent`. FALSE: it can't be written. */
gboolean
cm_note_text_print(const CmVaultRecord *content, guint indent);

/* The same of its beginning alone: its title, and of each section the heading and the first line that is not empty. */
gboolean
cm_note_text_print_start(const CmVaultRecord *content, guint indent);
