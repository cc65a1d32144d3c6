// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store-private.h"

/* Students whom the roster has no more, of whom there are files or open requests for them: who comes back has another number, and what is
 * theirs follows. The same person has the same identifier, for a file is about it (docs/vault-format.md, “Cases”), and the same birth date: a
 * school that gives an identifier to another child hands nobody's file over. A keyed hash of both alone is kept, as long as there is a file. The caller holds the transaction. Private to daemon/store. */

/* Before the row of a student goes. */
gboolean
cm_student_left_keep(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Once there is a row of one who was not there. Their files, holds and requests are theirs by their new number, with
 * an entry in the audit log for each number that they had. */
gboolean
cm_student_left_return(CmStore *store,
		       const CmStudent *student,
		       gint64 number,
		       gint64 actor,
		       gint64 now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of whom there is nothing left: after a file was destroyed, or a request was closed. */
gboolean
cm_student_left_forget(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
