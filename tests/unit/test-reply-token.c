// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/reply-token.h"

#include <string.h>

#define MAILBOX "suivis@css.example"

/* The vectors were made by Python's hashlib and base64. */
static const struct {
	CmReplyTokenKind kind;
	gint64 number;
	const gchar *token;
} vectors[] = {
    {CM_REPLY_TOKEN_INVITATION, 1, "aenmx56hq6e5vy5sf4"},
    {CM_REPLY_TOKEN_INVITATION, 255, "74gmltxdwg7k67rsrq"},
    {CM_REPLY_TOKEN_INVITATION, 256, "aeacyloksboajnkvimrq"},
    {CM_REPLY_TOKEN_INVITATION, 65536, "aeaaa5ow6swod7jssaukm"},
    {CM_REPLY_TOKEN_INVITATION, 123456789, "a5n42fmgccfyukyr4newz4i"},
    {CM_REPLY_TOKEN_INVITATION, G_MAXINT64, "p777777777777naqy2e6gf4anppkc"},
    {CM_REPLY_TOKEN_LETTER, 1, "agyf4vuuapiwdccowu"},
    {CM_REPLY_TOKEN_LETTER, 123456789, "a5n42figtxablofhgouobyy"},
    {CM_REPLY_TOKEN_LETTER, G_MAXINT64, "p777777777777ojch6oe2mj4hersy"},
};

static void
fill_key(guint8 *key, guint8 first)
{
	for (guint i = 0; i < CM_REPLY_TOKEN_KEY_BYTES; i++)
		key[i] = (guint8)(first + i);
}

static CmReplyTokenKind
get_other(CmReplyTokenKind kind)
{
	return kind == CM_REPLY_TOKEN_LETTER ? CM_REPLY_TOKEN_INVITATION : CM_REPLY_TOKEN_LETTER;
}

static void
test_vectors(void)
{
	guint8 key[CM_REPLY_TOKEN_KEY_BYTES];
	guint8 another[CM_REPLY_TOKEN_KEY_BYTES];

	fill_key(key, 0);
	fill_key(another, 1);
	for (guint i = 0; i < G_N_ELEMENTS(vectors); i++) {
		CmReplyTokenKind kind = vectors[i].kind;
		g_autofree gchar *token = cm_reply_token_make(key, kind, vectors[i].number);
		g_autofree gchar *upper = g_ascii_strup(token, -1);

		g_assert_cmpstr(token, ==, vectors[i].token);
		g_assert_cmpuint(strlen(token), <=, CM_REPLY_TOKEN_LENGTH_MAX);
		g_assert_cmpint(cm_reply_token_check(key, kind, token), ==, vectors[i].number);
		g_assert_cmpint(cm_reply_token_check(key, kind, upper), ==, vectors[i].number);
		g_assert_cmpint(cm_reply_token_check(another, kind, token), ==, 0);
		g_assert_cmpint(cm_reply_token_check(key, get_other(kind), token), ==, 0);
	}
}

/* no character can be another one, none can be left out or put in, and a cut token is none */
static void
test_forged(void)
{
	static const gchar letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	guint8 key[CM_REPLY_TOKEN_KEY_BYTES];
	g_autofree gchar *token = NULL;
	gsize length = 0;

	fill_key(key, 0);
	token = cm_reply_token_make(key, CM_REPLY_TOKEN_INVITATION, 4711);
	length = strlen(token);
	for (gsize i = 0; i < length; i++) {
		g_autofree gchar *cut = g_strndup(token, i);
		g_autofree gchar *without = g_strdup_printf("%s%s", cut, token + i + 1);
		g_autofree gchar *with = g_strdup_printf("%sa%s", cut, token + i);

		g_assert_cmpint(cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, cut), ==, 0);
		g_assert_cmpint(cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, without), ==,
				0);
		g_assert_cmpint(cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, with), ==, 0);
		for (const gchar *letter = letters; *letter != '\0'; letter++) {
			g_autofree gchar *forged = g_strdup(token);

			if (*letter == token[i])
				continue;
			forged[i] = *letter;
			g_assert_cmpint(
			    cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, forged), ==, 0);
		}
	}
}

static void
test_rubbish(void)
{
	static const gchar *const texts[] = {"",
					     "=",
					     "a",
					     "1890",
					     "aenmx56hq6e5vy5sf4=",
					     " aenmx56hq6e5vy5sf4",
					     "aenmx56hq6e5vy5sf4\n",
					     "aaaenmx56hq6e5vy5sf4",
					     "777777777777777777777777777777",
					     "77777777777777777777777777777",
					     "\303\251\303\251\303\251\303\251\303\251\303\251",
					     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	g_autofree gchar *huge = g_strnfill(1000000, 'a');
	guint8 key[CM_REPLY_TOKEN_KEY_BYTES];

	fill_key(key, 0);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_cmpint(cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, texts[i]), ==,
				0);
	g_assert_cmpint(cm_reply_token_check(key, CM_REPLY_TOKEN_INVITATION, huge), ==, 0);
}

static void
check_address(const guint8 *key, CmReplyTokenKind kind, gint64 number, const gchar *expected)
{
	g_autofree gchar *address = cm_reply_token_make_address(key, MAILBOX, kind, number);
	g_autofree gchar *upper = g_ascii_strup(address, -1);
	const gchar *const spellings[] = {address, upper};

	g_assert_cmpstr(address, ==, expected);
	for (guint i = 0; i < G_N_ELEMENTS(spellings); i++) {
		CmReplyTokenKind found = CM_REPLY_TOKEN_LAST;
		gint64 read = 0;

		g_assert_true(
		    cm_reply_token_check_address(key, MAILBOX, spellings[i], &found, &read));
		g_assert_cmpint(found, ==, kind);
		g_assert_cmpint(read, ==, number);
	}
}

static void
test_address(void)
{
	static const gchar *const others[] = {
	    "suivis@css.example",
	    "suivis+@css.example",
	    "suivis+b@css.example",
	    "suivis+baenmx56hq6e5vy5sf4@css.example",
	    "suivis+agyf4vuuapiwdccowu@css.example",
	    "suivis+aenmx56hq6e5vy5sf4@css.example.org",
	    "suivis+aenmx56hq6e5vy5sf4@example",
	    "xsuivis+aenmx56hq6e5vy5sf4@css.example",
	    "suivi+aenmx56hq6e5vy5sf4@css.example",
	    "suivis-aenmx56hq6e5vy5sf4@css.example",
	    "suivis+aenmx56hq6e5vy5sf4",
	    "suivis+aenmx56hq6e5vy5sf4@x@css.example",
	    "",
	};
	guint8 key[CM_REPLY_TOKEN_KEY_BYTES];

	fill_key(key, 0);
	check_address(key, CM_REPLY_TOKEN_INVITATION, 1, "suivis+aenmx56hq6e5vy5sf4@css.example");
	check_address(key, CM_REPLY_TOKEN_LETTER, 1, "suivis+bagyf4vuuapiwdccowu@css.example");
	for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
		CmReplyTokenKind kind = CM_REPLY_TOKEN_LAST;
		gint64 number = 0;

		g_assert_false(
		    cm_reply_token_check_address(key, MAILBOX, others[i], &kind, &number));
		g_assert_cmpint(number, ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reply-token/vectors", test_vectors);
	g_test_add_func("/reply-token/forged", test_forged);
	g_test_add_func("/reply-token/rubbish", test_rubbish);
	g_test_add_func("/reply-token/address", test_address);
	return g_test_run();
}
