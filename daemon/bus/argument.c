// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/argument.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

gboolean
cm_argument_parse_day(const gchar *text, CmDay *out_day, GError **error)
{
	if (cm_day_parse(text, out_day))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is not a date; write it as 2026-09-01."), text, NULL);
	return FALSE;
}

gboolean
cm_argument_parse_mode(const gchar *text, CmMode *out_mode, GError **error)
{
	if (cm_mode_from_string(text, out_mode))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is not a mode: in-person, video-school or video-remote."), text,
		     NULL);
	return FALSE;
}

gint64
cm_argument_to_number(guint64 number)
{
	return number > G_MAXINT64 ? -1 : (gint64)number;
}

GBytes *
cm_argument_read_octets(GVariant *argument, gsize unit, gsize least, gsize most, GError **error)
{
	g_autoptr(GBytes) octets = g_variant_get_data_as_bytes(argument);
	gsize count = g_bytes_get_size(octets) / unit;

	if (g_bytes_get_size(octets) % unit == 0 && count >= least && count <= most)
		return g_steal_pointer(&octets);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An id of the vault has 16 octets, a hash 32."), NULL);
	return NULL;
}
