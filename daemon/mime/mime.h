// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* GMime, begun. Call before any other call of it, from any thread, any number of times: g_mime_init() itself counts without a lock, so
 * that a second caller would go on while the first still begins. */
void
cm_mime_begin(void);
