// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* Writes JSON to a descriptor as it is made, in constant memory. `name` is the member's name inside an object and NULL inside a
 * list or at the top. Texts are valid UTF-8. The first failure of the descriptor is kept, what follows is dropped, and
 * cm_json_sink_finish() tells. */

typedef struct _CmJsonSink CmJsonSink;

/* The descriptor stays the caller's. */
CmJsonSink *
cm_json_sink_new(int fd);
void
cm_json_sink_free(CmJsonSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmJsonSink, cm_json_sink_free)

/* Open what has several values, and close it. */
void
cm_json_sink_begin_object(CmJsonSink *sink, const gchar *name);
void
cm_json_sink_end_object(CmJsonSink *sink);
void
cm_json_sink_begin_list(CmJsonSink *sink, const gchar *name);
void
cm_json_sink_end_list(CmJsonSink *sink);

/* One value; a NULL text is null. */
void
cm_json_sink_add_text(CmJsonSink *sink, const gchar *name, const gchar *text);
void
cm_json_sink_add_integer(CmJsonSink *sink, const gchar *name, gint64 value);
void
cm_json_sink_add_boolean(CmJsonSink *sink, const gchar *name, gboolean value);

/* The shortest decimal that is read back as the same number. */
void
cm_json_sink_add_number(CmJsonSink *sink, const gchar *name, gdouble value);

/* "YYYY-MM-DD" and "HH:MM". */
void
cm_json_sink_add_day(CmJsonSink *sink, const gchar *name, CmDay day);
void
cm_json_sink_add_minute(CmJsonSink *sink, const gchar *name, CmMinute minute);

/* End the document with a new line and write out what is left. Fails with CM_ERROR_FAILED when something could not be
 * written: no space, a closed pipe. */
gboolean
cm_json_sink_finish(CmJsonSink *sink, GError **error) G_GNUC_WARN_UNUSED_RESULT;
