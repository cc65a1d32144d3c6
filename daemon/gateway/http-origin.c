// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-origin.h"

static gboolean
is_own(const CmHttpOriginFacts *facts)
{
	/* browsers write schemes and hosts in small letters */
	return facts->origin != NULL && g_str_equal(facts->origin, facts->own);
}

gboolean
cm_http_origin_allows_form(const CmHttpOriginFacts *facts)
{
	gboolean silent = facts->origin == NULL || g_str_equal(facts->origin, "null");

	if (!silent && !is_own(facts))
		return FALSE;
	if (facts->site != NULL)
		return g_str_equal(facts->site, "same-origin");
	return !silent || facts->token;
}

gboolean
cm_http_origin_allows_socket(const CmHttpOriginFacts *facts)
{
	return is_own(facts) && (facts->site == NULL || g_str_equal(facts->site, "same-origin"));
}
