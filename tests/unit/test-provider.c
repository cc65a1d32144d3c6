// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider.h"

#include "daemon/visio/bbb-url.h"
#include "daemon/visio/jwt-signer.h"
#include "daemon/visio/turn-credential.h"
#include "include/cm-error.h"

#include <string.h>

/* the documentation's example (its SHA-1 is published), and the same in the other algorithms */
static void
test_bbb_sums(void)
{
	static const struct {
		GChecksumType algorithm;
		const gchar *sum;
	} vectors[] = {
	    {G_CHECKSUM_SHA1, "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"},
	    {G_CHECKSUM_SHA256, "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"},
	    {G_CHECKSUM_SHA384, "891ac633df39d0a1b4f8d597f3e190833216c4b29c4fb51ea3ca72757eeb958d6e"
				"7b49a845cf29f5c6019c7d"
				"29d029d1"},
	    {G_CHECKSUM_SHA512, "de73ad61d11a5c801b68d4bd6ec5248546085cefb0b25c85f3c46249ea93a3a4b1"
				"20f92c0a8a58d7512cb778"
				"21884951a3b01245f3435dbbef49fff3cc3988b4"},
	};
	const gchar *const parameters[] = {"name", "A & B", "meetingID", "é", NULL};

	for (guint i = 0; i < G_N_ELEMENTS(vectors); i++) {
		g_autofree gchar *sum = cm_bbb_url_sum(
		    "create",
		    "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444",
		    vectors[i].algorithm, "639259d4-9dd8-4b25-bf01-95f9567eaf4b");
		g_autofree gchar *url =
		    cm_bbb_url_make("https://b.example/bigbluebutton/api", "create", parameters,
				    vectors[i].algorithm, "s");
		g_autofree gchar *query = cm_bbb_url_sum(
		    "create", "name=A%20%26%20B&meetingID=%C3%A9", vectors[i].algorithm, "s");
		g_autofree gchar *wanted =
		    g_strconcat("https://b.example/bigbluebutton/api/create?"
				"name=A%20%26%20B&meetingID=%C3%A9&checksum=",
				query, NULL);

		g_assert_cmpstr(sum, ==, vectors[i].sum);
		g_assert_cmpstr(url, ==, wanted);
	}
}

/* made with openssl dgst -sha1 -hmac */
static void
test_turn(void)
{
	g_autoptr(CmTurnCredential) credential =
	    cm_turn_credential_new("north", "abc-123", 1800000000);

	g_assert_cmpstr(credential->username, ==, "1800000000:abc-123");
	g_assert_cmpstr(credential->credential, ==, "rhiX1/RXF83Z08dWPN5woIiSudw=");
}

static void
test_jwt(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *token = cm_jwt_signer_sign(CM_JWT_HS256, "k", NULL, "{\"a\":1}", &error);
	g_autofree gchar *none = NULL;

	g_assert_no_error(error);
	/* as prosody's own library writes it */
	g_assert_cmpstr(token, ==,
			"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ."
			"HYfzqBpLbCOo950TeHdytWxg8UHtAmEQCW7ITVky6Gc");
	none = cm_jwt_signer_sign(CM_JWT_RS256, "no key", "kid", "{\"a\":1}", &error);
	g_assert_null(none);
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
}

static CmProviderOutcome
read_open(CmProviderKind kind,
	  JsonObject *facts,
	  const gchar *const *pairs,
	  const gchar **out_cause)
{
	const CmProviderSettings settings = {.name = (gchar *)"x", .kind = kind};
	g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
	const CmProviderAnswer answer = {.status = 200, .values = values};

	for (guint i = 0; pairs[i] != NULL; i += 2)
		g_hash_table_insert(values, (gchar *)pairs[i], (gchar *)pairs[i + 1]);
	return cm_provider_read_open(&settings, &answer, facts, out_cause);
}

/* whatever the plugin says, Janus calls it a success */
static void
test_janus_answers(void)
{
	static const struct {
		const gchar *pairs[5];
		CmProviderOutcome outcome;
		const gchar *cause;
	} answers[] = {
	    {{"janus", "success", "response.videoroom", "created"}, CM_PROVIDER_RENEWED, NULL},
	    {{"janus", "success", "response.error_code", "427"}, CM_PROVIDER_READY, NULL},
	    {{"janus", "success", "response.error_code", "429"}, CM_PROVIDER_FAILED, "keys"},
	    {{"janus", "success", "response.error_code", "433"}, CM_PROVIDER_FAILED, "keys"},
	    {{"janus", "error", "error.code", "403"}, CM_PROVIDER_FAILED, "keys"},
	    {{"janus", "error", "error.code", "490"}, CM_PROVIDER_FAILED, "refused"},
	    {{"returncode", "SUCCESS"}, CM_PROVIDER_RETRY, "garbage"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(JsonObject) facts = json_object_new();
		const gchar *cause = NULL;

		g_assert_cmpint(read_open(CM_PROVIDER_JANUS, facts, answers[i].pairs, &cause), ==,
				answers[i].outcome);
		g_assert_cmpstr(cause, ==, answers[i].cause);
	}
}

static void
test_bbb_answers(void)
{
	static const gchar *const strange[] = {"returncode", "SUCCESS", "createTime",
					       "1&role=MODERATOR", NULL};
	static const gchar *const refused[] = {"returncode", "FAILED", "messageKey", "x", NULL};
	g_autoptr(JsonObject) facts = json_object_new();
	const gchar *cause = NULL;

	/* what is no number does not get into an address */
	g_assert_cmpint(read_open(CM_PROVIDER_BBB, facts, strange, &cause), ==,
			CM_PROVIDER_RENEWED);
	g_assert_false(json_object_has_member(facts, "created"));
	g_assert_cmpint(read_open(CM_PROVIDER_BBB, facts, refused, &cause), ==, CM_PROVIDER_FAILED);
	g_assert_cmpstr(cause, ==, "refused");
}

static void
test_answers(void)
{
	static const struct {
		CmProviderAnswer answer;
		CmProviderOutcome outcome;
	} answers[] = {
	    {{.failure = "unreachable"}, CM_PROVIDER_RETRY},
	    {{.failure = "slow"}, CM_PROVIDER_RETRY},
	    {{.failure = "too-large"}, CM_PROVIDER_RETRY},
	    {{.failure = "certificate"}, CM_PROVIDER_FAILED},
	    {{.status = 200}, CM_PROVIDER_RETRY},
	    {{.status = 302}, CM_PROVIDER_FAILED},
	    {{.status = 401}, CM_PROVIDER_FAILED},
	    {{.status = 429}, CM_PROVIDER_RETRY},
	    {{.status = 500}, CM_PROVIDER_RETRY},
	};
	const CmProviderSettings settings = {.name = (gchar *)"x", .kind = CM_PROVIDER_BBB};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(JsonObject) facts = json_object_new();
		const gchar *cause = NULL;

		g_assert_cmpint(cm_provider_read_open(&settings, &answers[i].answer, facts, &cause),
				==, answers[i].outcome);
		g_assert_nonnull(cause);
	}
}

static void
test_fits(void)
{
	g_autoptr(GHashTable) rooms = g_hash_table_new(g_str_hash, g_str_equal);
	CmProviderSettings fixed = {.name = (gchar *)"teams", .kind = CM_PROVIDER_FIXED};
	const CmProviderSettings builtin = {.name = (gchar *)"b", .kind = CM_PROVIDER_BUILTIN};
	CmProviderSession session = {.people = 4, .professional = "psy-1"};
	g_autoptr(JsonObject) own = NULL;
	g_autoptr(JsonObject) common = NULL;

	g_assert_true(cm_provider_fits(&builtin, &session));
	session.people = 5;
	g_assert_false(cm_provider_fits(&builtin, &session));
	g_assert_false(cm_provider_fits(&fixed, &session));
	g_hash_table_insert(rooms, (gchar *)"psy-1", (gchar *)"https://teams.example/1");
	fixed.rooms = rooms;
	g_assert_true(cm_provider_fits(&fixed, &session));
	own = cm_provider_invent(&fixed, &session);
	g_assert_cmpstr(json_object_get_string_member(own, "url"), ==, "https://teams.example/1");
	session.professional = "psy-2";
	g_assert_false(cm_provider_fits(&fixed, &session));
	fixed.room = (gchar *)"https://teams.example/all";
	common = cm_provider_invent(&fixed, &session);
	g_assert_cmpstr(json_object_get_string_member(common, "url"), ==,
			"https://teams.example/all");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/bbb-sums", test_bbb_sums);
	g_test_add_func("/provider/turn", test_turn);
	g_test_add_func("/provider/jwt", test_jwt);
	g_test_add_func("/provider/janus-answers", test_janus_answers);
	g_test_add_func("/provider/bbb-answers", test_bbb_answers);
	g_test_add_func("/provider/answers", test_answers);
	g_test_add_func("/provider/fits", test_fits);
	return g_test_run();
}
