// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/json-sink.h"
#include "daemon/roster/roster-numbers.h"

#include <json-glib/json-glib.h>

/* Things of a caseload that are added, put in the place of others, or left out, when it is written as a document
 * (cm_caseload_writer_write_patched_fd()); and what stood where in it. */

typedef struct _CmCaseloadPatch CmCaseloadPatch;

CmCaseloadPatch *
cm_caseload_patch_new(void);
void
cm_caseload_patch_free(CmCaseloadPatch *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCaseloadPatch, cm_caseload_patch_free)

/* Put `thing` in the place of what has this id, or at the end where nothing has; NULL: leave out what has it. Takes a reference. */
void
cm_caseload_patch_set(CmCaseloadPatch *patch,
		      CmNumberKind kind,
		      const gchar *id,
		      JsonObject *thing);

/* What was set for an id: FALSE where nothing was. `out_thing` is NULL for what is left out. (transfer none) */
gboolean
cm_caseload_patch_look_up(const CmCaseloadPatch *patch,
			  CmNumberKind kind,
			  const gchar *id,
			  JsonObject **out_thing);

/* So many minutes between two sites, both ways. */
void
cm_caseload_patch_set_travel(CmCaseloadPatch *patch,
			     const gchar *from,
			     const gchar *to,
			     gint minutes);

/* The id of the thing that stands at `index` of a kind in the document that was written; NULL where there is none. (transfer
 * none) */
const gchar *
cm_caseload_patch_get_written(const CmCaseloadPatch *patch, CmNumberKind kind, guint32 index);

/* For the writer. */

/* Write what was set in place of the thing with this id. FALSE: nothing was, the thing itself is to be written. */
gboolean
cm_caseload_patch_write_instead(CmCaseloadPatch *patch,
				CmJsonSink *sink,
				CmNumberKind kind,
				const gchar *id);

/* Write what was set under ids that nothing has. */
void
cm_caseload_patch_write_rest(CmCaseloadPatch *patch, CmJsonSink *sink, CmNumberKind kind);

/* Write the caseload's travel times, as they become. */
void
cm_caseload_patch_write_travel(const CmCaseloadPatch *patch,
			       CmJsonSink *sink,
			       const CmCaseload *caseload);
