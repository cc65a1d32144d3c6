// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/bbb-url.h"

#include <string.h>

gchar *
cm_bbb_url_sum(const gchar *call, const gchar *query, GChecksumType algorithm, const gchar *secret)
{
	GChecksum *sum = g_checksum_new(algorithm);
	gchar *text = NULL;

	g_checksum_update(sum, (const guchar *)call, (gssize)strlen(call));
	g_checksum_update(sum, (const guchar *)query, (gssize)strlen(query));
	g_checksum_update(sum, (const guchar *)secret, (gssize)strlen(secret));
	text = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return text;
}

gchar *
cm_bbb_url_make(const gchar *base,
		const gchar *call,
		const gchar *const *parameters,
		GChecksumType algorithm,
		const gchar *secret)
{
	g_autoptr(GString) query = g_string_new(NULL);
	g_autofree gchar *sum = NULL;

	for (guint i = 0; parameters[i] != NULL; i += 2) {
		g_autofree gchar *value = g_uri_escape_string(parameters[i + 1], NULL, FALSE);

		g_string_append_printf(query, "%s%s=%s", i == 0 ? "" : "&", parameters[i], value);
	}
	sum = cm_bbb_url_sum(call, query->str, algorithm, secret);
	return g_strconcat(base, "/", call, "?", query->str, "&checksum=", sum, NULL);
}
