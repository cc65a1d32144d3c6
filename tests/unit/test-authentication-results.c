// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/authentication-results.h"

#include <string.h>

/* "server hops: method=result@domain …", or "-" when nothing was added */
static gchar *
read_all(const gchar *value)
{
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	const CmInboundAuthentication *authentication = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!cm_authentication_results_read(mail, value, 2)) {
		g_assert_cmpuint(mail->authentications->len, ==, 0);
		return g_strdup("-");
	}
	authentication = g_ptr_array_index(mail->authentications, 0);
	g_assert_cmpuint(authentication->hops, ==, 2);
	g_string_append_printf(text, "%s:", authentication->server);
	for (guint i = 0; i < authentication->results->len; i++) {
		const CmInboundResult *result = g_ptr_array_index(authentication->results, i);

		g_string_append_printf(text, " %s=%s", result->method, result->result);
		if (result->domain != NULL)
			g_string_append_printf(text, "@%s", result->domain);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static const struct {
	const gchar *value;
	const gchar *expected;
} cases[] = {
    /* RFC 8601, appendix B.2 to B.6 */
    {"example.org 1; none", "example.org:"},
    {"example.com;\r\n\tspf=pass smtp.mailfrom=example.net", "example.com: spf=pass@example.net"},
    {"example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass "
     "smtp.mailfrom=example.net",
     "example.com: auth=pass spf=pass@example.net"},
    {"example.com; iprev=pass\r\n  policy.iprev=192.0.2.200", "example.com: iprev=pass"},
    {"example.com;\r\n  dkim=pass (good signature) header.d=example.com",
     "example.com: dkim=pass@example.com"},
    {"example.com; dkim=pass reason=\"good signature\"\r\n header.i=@mail-router.example.net;\r\n "
     "dkim=fail reason=\"bad signature\" header.i=@newyork.example.com",
     "example.com: dkim=pass@mail-router.example.net dkim=fail@newyork.example.com"},
    /* appendix B.7: comments everywhere, a version of the method */
    {"foo.example.net (foobar) 1 (baz);\r\n    dkim (Because I like it) / 1 (One yay) = (wait for "
     "it) fail\r\n      policy (A dot can go here) . (like that) expired\r\n      (this surprised "
     "me) = (as I wasn't expecting it) 1362471462",
     "foo.example.net:"},
    {"foo.example.net (foobar) 1 (ba(z)) ; dkim (Because) / 1 (One yay) = (wait for it) fail",
     "foo.example.net: dkim=fail"},
    /* as Postfix' milters, Gmail and Exchange write it */
    {"mx.css.example; dkim=pass (2048-bit key; unprotected) header.d=gmail.com "
     "header.i=@gmail.com header.a=rsa-sha256 header.s=20230601 header.b=AbC/d=; "
     "dkim-atps=neutral",
     "mx.css.example: dkim=pass@gmail.com dkim-atps=neutral"},
    {"MX.css.example; dmarc=pass (p=none dis=none) header.from=Famille.example",
     "mx.css.example: dmarc=pass@famille.example"},
    {"mx.google.com;\r\n       spf=pass (google.com: domain of a@b.ca designates 192.0.2.1 as "
     "permitted sender) smtp.mailfrom=a@b.ca;\r\n       dmarc=pass (p=REJECT sp=REJECT "
     "dis=NONE) header.from=b.ca",
     "mx.google.com: spf=pass@b.ca dmarc=pass@b.ca"},
    {"spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=b.ca; dkim=none", "-"},
    {"\"a b\"; spf=pass", "-"},
    {"\"mx.css.example\"; spf=pass", "mx.css.example: spf=pass"},
    {"mx.css.example; spf=pass smtp.mailfrom=\"a;dmarc=pass\"@b.ca", "mx.css.example:"},
    /* what stands in quotes or comments is no result */
    {"mx.css.example; dkim=fail reason=\"; dmarc=pass header.from=b.ca\"",
     "mx.css.example: dkim=fail"},
    {"mx.css.example; dkim=fail (; dmarc=pass header.from=b.ca)", "mx.css.example: dkim=fail"},
    /* cut, wrong, hostile */
    {"", "-"},
    {"mx.css.example", "-"},
    {"mx.css.example 2; spf=pass", "-"},
    {"mx.css.example (; spf=pass", "-"},
    {"((((((((((((x))))))))))))mx.css.example; spf=pass", "-"},
    {"mx.css.example; spf=pass; dmarc=pa(ss", "mx.css.example: spf=pass"},
    {"mx.css.example; spf=pass smtp.mailfrom", "mx.css.example:"},
    {"mx.css.example; spf=pass; dkim", "mx.css.example: spf=pass"},
    {"mx.css.example; =pass", "mx.css.example:"},
    {"mx.css.example; spf=\"unended", "mx.css.example:"},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *text = read_all(cases[i].value);

		g_test_message("%s", cases[i].value);
		g_assert_cmpstr(text, ==, cases[i].expected);
	}
}

/* as many as are kept, and not more; a value that is too long says nothing */
static void
test_bounds(void)
{
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	g_autoptr(GString) value = g_string_new("mx.css.example");
	const CmInboundAuthentication *authentication = NULL;

	for (guint i = 0; i < 100; i++)
		g_string_append(value, "; spf=pass");
	for (guint i = 0; i < 100; i++)
		(void)cm_authentication_results_read(mail, value->str, i);
	g_assert_cmpuint(mail->authentications->len, ==, CM_INBOUND_AUTHENTICATIONS_MAX);
	authentication = g_ptr_array_index(mail->authentications, 0);
	g_assert_cmpuint(authentication->results->len, ==, CM_INBOUND_RESULTS_MAX);
	g_ptr_array_set_size(mail->authentications, 0);
	for (guint i = 0; i < 1000; i++)
		g_string_append(value, "; spf=pass");
	g_assert_false(cm_authentication_results_read(mail, value->str, 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/authentication-results/cases", test_cases);
	g_test_add_func("/authentication-results/bounds", test_bounds);
	return g_test_run();
}
