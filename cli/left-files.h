// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/case-desk.h"

/* How it went with many files at once: those that were done, and those that the agent left as they were, each with why (`left`, as
 * org.comodal.Agent1.TakeOver has it). */

/* Why one was left, in the person's language. Returns: (transfer full) */
gchar *
cm_left_files_describe(GVariant *row);

/* For a person, who was told of those that were done; nothing when all were. `title` has {0} how many; `deposit`: under which the files were,
 * as cm_case_desk_read_names(). */
void
cm_left_files_tell(const CmComodalctl *cli, const gchar *title, GVariant *left, GVariant *deposit);

/* And with drafts. */
typedef struct {
	guint done;
	guint left;
} CmLeftDrafts;

/* "done": how many, "left": an array of "student", "file", "error", "reason"; with `drafts` "drafts" and "drafts_left", how many (NULL: none
 * were to be done). */
void
cm_left_files_print_json(const CmComodalctl *cli,
			 guint done,
			 GVariant *left,
			 GVariant *deposit,
			 const CmLeftDrafts *drafts);
