// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload-patch.h"
#include "daemon/roster/roster-numbers.h"

/* Writes a caseload as a comodal-caseload/1 document (tests/planning/FORMAT.md), in constant memory. What
 * cm_caseload_reader_read_fd() makes of it is equal to it (caseload-equal.h). Fails with CM_ERROR_FAILED when the descriptor
 * can't be written. */
gboolean
cm_caseload_writer_write_fd(const CmCaseload *caseload,
			    int fd,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes one of its lists alone, as a JSON array: "calendar", "site", "room", "companion", "professional", "student", "contact"
 * or "followup"; another kind is CM_ERROR_INVALID_INPUT. Each thing, and each session, has its "number" where `numbers` is not NULL. */
gboolean
cm_caseload_writer_write_list_fd(const CmCaseload *caseload,
				 const CmRosterNumbers *numbers,
				 const gchar *kind,
				 int fd,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_CASELOAD_WRITE_NOTHING,
	CM_CASELOAD_WRITE_WHOLE,
	CM_CASELOAD_WRITE_NAME, /* of a professional: their number and their name alone */
} CmCaseloadWriting;

/* What of thing `index` of a kind is written. */
typedef CmCaseloadWriting (*CmCaseloadWriterFilter)(CmNumberKind kind,
						    guint32 index,
						    gpointer user_data);

/* The same of those that `filter` lets through; NULL: all. */
gboolean
cm_caseload_writer_write_some_fd(const CmCaseload *caseload,
				 const CmRosterNumbers *numbers,
				 const gchar *kind,
				 CmCaseloadWriterFilter filter,
				 gpointer filter_data,
				 int fd,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a whole document with the changes of a patch, without `previous`: what is published does not change by it. */
gboolean
cm_caseload_writer_write_patched_fd(const CmCaseload *caseload,
				    CmCaseloadPatch *patch,
				    int fd,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
