// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The a{sv} of a method's options, read strictly. */

typedef struct {
	const gchar *name;
	const gchar *type; /* "b", "d", "s", "t", "u", "h", or an array as "as" */
	gpointer
	    out; /* gboolean, gdouble, const gchar * (the dictionary's own), guint64, guint32, of a descriptor gint32; of an array GVariant *
			      (transfer full), NULL before */
} CmOption;

/* Up to 64 are known. Put each option that is given where `known` says; the others keep what was there. Fails with CM_ERROR_INVALID_INPUT, naming
 * it, for an option that is not known, of another type, or given twice. */
gboolean
cm_option_dictionary_read(GVariant *options, const CmOption *known, gsize count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
