// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/authentication-results.h"

#include "daemon/inbox/inbound-text.h"

#include <string.h>

#define COMMENT_DEPTH_MAX 10

/* CFWS of RFC 5322: white space and comments, which may nest. NULL: a comment that does not end */
static const gchar *
skip_space(const gchar *at)
{
	guint depth = 0;

	for (; *at != '\0'; at++) {
		if (depth > 0 && *at == '\\' && at[1] != '\0')
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !g_ascii_isspace(*at))
			return at;
		if (depth > COMMENT_DEPTH_MAX)
			return NULL;
	}
	return depth == 0 ? at : NULL;
}

/* a quoted string, its quotes and backslashes taken away; NULL: it does not end */
static gchar *
read_quoted(const gchar **cursor)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (const gchar *at = *cursor + 1; *at != '\0'; at++) {
		if (*at == '"') {
			*cursor = at + 1;
			return g_string_free(g_steal_pointer(&text), FALSE);
		}
		if (*at == '\\' && at[1] != '\0')
			at++;
		g_string_append_c(text, *at);
	}
	return NULL;
}

/* a token of RFC 2045, or what stands where one may: up to white space, a comment or one of `stops` */
static gchar *
read_word(const gchar **cursor, const gchar *stops)
{
	const gchar *at = *cursor;
	const gchar *begin = at;

	if (*at == '"')
		return read_quoted(cursor);
	while (*at != '\0' && !g_ascii_isspace(*at) && strchr(stops, *at) == NULL && *at != '(')
		at++;
	*cursor = at;
	return at > begin ? g_strndup(begin, (gsize)(at - begin)) : NULL;
}

/* what the result speaks for: whose domain, by property in this order of weight */
static gint
get_weight(const gchar *property)
{
	static const gchar *const names[] = {"smtp.helo", "smtp.mailfrom", "header.i", "header.d",
					     "header.from"};

	for (gint i = 0; i < (gint)G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(property, names[i]) == 0)
			return i + 1;
	return 0;
}

static gchar *
dup_domain(const gchar *value)
{
	const gchar *at = strrchr(value, '@');
	g_autofree gchar *lower = g_ascii_strdown(at != NULL ? at + 1 : value, -1);

	return cm_inbound_text_dup_word(lower);
}

/* `name "=" value`, white space and comments between; FALSE: it is cut. `out_value` may be NULL within a TRUE: nothing after "=" */
static gboolean
read_pair(const gchar **cursor, const gchar *name_stops, gchar **out_name, gchar **out_value)
{
	const gchar *at = skip_space(*cursor);
	g_autofree gchar *name = at != NULL ? read_word(&at, name_stops) : NULL;
	g_autofree gchar *value = NULL;

	if (name == NULL)
		return FALSE;
	at = skip_space(at);
	/* "method/version" */
	if (at != NULL && *at == '/') {
		at = skip_space(at + 1);
		if (at != NULL)
			g_free(read_word(&at, "=;"));
		at = at != NULL ? skip_space(at) : NULL;
	}
	if (at == NULL || *at != '=')
		return FALSE;
	at = skip_space(at + 1);
	if (at == NULL)
		return FALSE;
	value = read_word(&at, ";");
	if (value == NULL)
		return FALSE;
	*cursor = at;
	*out_name = g_steal_pointer(&name);
	*out_value = g_steal_pointer(&value);
	return TRUE;
}

/* the properties of a result, up to its end */
static gboolean
read_properties(const gchar **cursor, gchar **out_domain)
{
	gint weight = 0;
	const gchar *at = skip_space(*cursor);

	while (at != NULL && *at != '\0' && *at != ';') {
		g_autofree gchar *name = NULL;
		g_autofree gchar *value = NULL;

		if (!read_pair(&at, "=;", &name, &value))
			return FALSE;
		if (get_weight(name) > weight) {
			weight = get_weight(name);
			g_free(*out_domain);
			*out_domain = dup_domain(value);
		}
		at = skip_space(at);
	}
	*cursor = at;
	return at != NULL;
}

/* one "method=result ptype.property=value …" */
static gboolean
read_result(CmInboundAuthentication *authentication, const gchar **cursor)
{
	g_autofree gchar *method = NULL;
	g_autofree gchar *value = NULL;
	g_autofree gchar *domain = NULL;
	g_autofree gchar *method_word = NULL;
	g_autofree gchar *value_word = NULL;
	CmInboundResult *result = NULL;

	if (!read_pair(cursor, "=/;", &method, &value) || !read_properties(cursor, &domain))
		return FALSE;
	/* what comodald would not take as a word is none: the rest of such a line is nobody's word */
	method_word = cm_inbound_text_dup_word(method);
	value_word = cm_inbound_text_dup_word(value);
	if (method_word == NULL || value_word == NULL)
		return FALSE;
	result = cm_inbound_mail_add_result(authentication);
	result->method = g_ascii_strdown(method_word, -1);
	result->result = g_ascii_strdown(value_word, -1);
	result->domain = cm_inbound_text_dup_word(domain);
	return TRUE;
}

/* "; result; result", or "; none" */
static void
read_results(CmInboundAuthentication *authentication, const gchar *at)
{
	while (at != NULL && *at == ';' && authentication->results->len < CM_INBOUND_RESULTS_MAX) {
		at = skip_space(at + 1);
		if (at == NULL || *at == '\0' || !read_result(authentication, &at))
			return;
		at = skip_space(at);
	}
}

gboolean
cm_authentication_results_read(CmInboundMail *mail, const gchar *value, guint hops)
{
	const gchar *at = NULL;
	g_autofree gchar *server = NULL;
	g_autofree gchar *lower = NULL;
	g_autofree gchar *word = NULL;
	CmInboundAuthentication *authentication = NULL;

	if (strlen(value) > CM_AUTHENTICATION_RESULTS_LENGTH_MAX ||
	    mail->authentications->len >= CM_INBOUND_AUTHENTICATIONS_MAX)
		return FALSE;
	at = skip_space(value);
	server = at != NULL ? read_word(&at, ";=") : NULL;
	lower = server != NULL ? g_ascii_strdown(server, -1) : NULL;
	word = cm_inbound_text_dup_word(lower);
	at = word != NULL ? skip_space(at) : NULL;
	if (at == NULL)
		return FALSE;
	/* the version of the field: 1 is the only one there is */
	if (*at == '1')
		at = skip_space(at + 1);
	if (at == NULL || *at != ';')
		return FALSE;
	authentication = cm_inbound_mail_add_authentication(mail);
	authentication->server = g_steal_pointer(&word);
	authentication->hops = hops;
	read_results(authentication, at);
	return TRUE;
}
