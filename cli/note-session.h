// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/note-desk.h"

/* Which booked session a note tells of. */

/* The one at the hour of --at; without that option the only one of the day about the student; several are named on standard error.
 * `out_number`: 0: none; `out_start`: its hour, as "10:30". CM_ERROR_NOT_FOUND: none at that hour. */
gboolean
cm_note_session_find(const CmComodalctl *cli,
		     const CmNoteDesk *desk,
		     guint64 *out_number,
		     gchar **out_start,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
