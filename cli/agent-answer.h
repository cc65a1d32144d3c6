// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "daemon/vault/vault-record.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* What one's own comodal-agent answers, as a person reads it. */

/* What an agent says went wrong, as cm_report_error(). */
CmExit
cm_agent_answer_report(GError *error);

/* A line with its {0}, {1}, {2} filled in, broken between words. */
void
cm_agent_answer_print(const gchar *format,
		      const gchar *first,
		      const gchar *second,
		      const gchar *third);

/* The day of a record (year × 10000 + month × 100 + day) as in 2026-11-22. Returns: (transfer full) */
gchar *
cm_agent_answer_format_date(guint32 date);

/* A day, and a number, of a row (a{sv}); 0: there is none. */
guint32
cm_agent_answer_get_date(GVariant *row, const gchar *name);
guint64
cm_agent_answer_get_number(GVariant *row, const gchar *name);

/* A number that somebody typed, from 1. CM_ERROR_INVALID_INPUT. */
gboolean
cm_agent_answer_read_number(const gchar *text,
			    guint64 *out_number,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What language a text is written in when nobody says: this process's, as in fr_CA. Returns: (transfer full) */
gchar *
cm_agent_answer_guess_language(void);

/* A content record that came by a pipe, in guarded memory; `what`: as cm_vault_class_set_error(). Returns: (transfer full) */
CmVaultRecord *
cm_agent_answer_read_content(GUnixFDList *list, GVariant *handle, const gchar *what, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Show a content record that came by a pipe, taken apart in guarded memory; `what`: as cm_vault_class_set_error(). */
gboolean
cm_agent_answer_show_content(GUnixFDList *list,
			     GVariant *handle,
			     const gchar *what,
			     guint indent,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
