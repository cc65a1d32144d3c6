// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/visio-configuration.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	gchar *folder;
	gchar *secret; /* a file, 0600 */
	gchar *open;   /* one that others can read */
} Place;

static Place *
place_new(void)
{
	Place *place = g_new0(Place, 1);

	place->folder = g_dir_make_tmp("comodal-test-XXXXXX", NULL);
	place->secret = g_build_filename(place->folder, "secret", NULL);
	place->open = g_build_filename(place->folder, "open", NULL);
	g_assert_true(g_file_set_contents_full(place->secret, "s3cret\n", -1,
					       G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	g_assert_true(g_file_set_contents_full(place->open, "s3cret\n", -1,
					       G_FILE_SET_CONTENTS_NONE, 0644, NULL));
	g_assert_cmpint(g_chmod(place->open, 0644), ==, 0);
	return place;
}

static void
place_free(Place *place)
{
	g_unlink(place->secret);
	g_unlink(place->open);
	g_rmdir(place->folder);
	g_free(place->folder);
	g_free(place->secret);
	g_free(place->open);
	g_free(place);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Place, place_free)

/* "@" is the secret's file, "~" the open one */
static CmVisioConfiguration *
take(const Place *place, const gchar *text, CmFaults *faults)
{
	g_autoptr(GString) whole = g_string_new(text);
	CmPolicyFile *file = NULL;
	CmVisioConfiguration *visio = NULL;

	g_string_replace(whole, "@", place->secret, 0);
	g_string_replace(whole, "~", place->open, 0);
	file = cm_policy_file_new("comodald.conf", whole->str, whole->len, faults);
	g_assert_nonnull(file);
	visio = cm_visio_configuration_take(file, "418 555-0100");
	if (strstr(text, "[Visio]") != NULL)
		cm_policy_file_reject_rest(file, "Visio");
	cm_policy_file_free(file);
	return visio;
}

static void
test_default(void)
{
	g_autoptr(Place) place = place_new();
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmVisioConfiguration) visio = take(place, "", faults);

	g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
	g_assert_cmpstr(visio->order[0], ==, "builtin");
	g_assert_null(visio->order[1]);
	g_assert_cmpstr(cm_visio_configuration_find(visio, "phone")->phone, ==, "418 555-0100");
	g_assert_null(cm_visio_configuration_find(visio, "bbb"));
}

static void
test_whole(void)
{
	g_autoptr(Place) place = place_new();
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmVisioConfiguration) visio = take(
	    place,
	    "[Visio]\nProviders=builtin;bbb;teams\nPhone=1 800\n"
	    "[Provider builtin]\nStun=stun:s.example:3478\nTurn=turn:t.example;turns:t.example\n"
	    "TurnSecretFile=@\nRelayOnly=true\n"
	    "[Provider bbb]\nUrl=https://b.example/bigbluebutton/\nSecretFile=@\nChecksum=sha512\n"
	    "[Provider "
	    "inside]\nType=bbb\nPrivateNetwork=true\nUrl=http://10.0.0.2/bigbluebutton/api\n"
	    "SecretFile=@\nTitle=Rencontre\n"
	    "[Provider meet]\nType=jitsi\nUrl=https://meet.example\nAppId=a\nSecretFile=@\n"
	    "[Provider group]\nType=janus\nUrl=https://j.example/admin\nSocket=wss://j.example/ws\n"
	    "SecretFile=@\nRoomKeyFile=@\nTokenKeyFile=@\n"
	    "[Provider teams]\nType=fixed\nRoom[psy-1]=https://teams.example/l?a=b\n",
	    faults);
	const CmProviderSettings *builtin = cm_visio_configuration_find(visio, "builtin");
	const CmProviderSettings *bbb = cm_visio_configuration_find(visio, "bbb");
	const CmProviderSettings *meet = cm_visio_configuration_find(visio, "meet");
	const CmProviderSettings *teams = cm_visio_configuration_find(visio, "teams");

	g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
	g_assert_cmpuint(g_strv_length(visio->order), ==, 3);
	g_assert_cmpstr(cm_visio_configuration_find(visio, "phone")->phone, ==, "1 800");
	g_assert_cmpuint(g_strv_length(builtin->turn), ==, 2);
	g_assert_cmpstr(cm_secret_get(builtin->turn_secret), ==, "s3cret");
	g_assert_cmpstr(bbb->url, ==, "https://b.example/bigbluebutton/api");
	g_assert_cmpint(bbb->checksum, ==, G_CHECKSUM_SHA512);
	g_assert_cmpstr(bbb->title, ==, "comodal");
	g_assert_cmpstr(cm_visio_configuration_find(visio, "inside")->url, ==,
			"http://10.0.0.2/bigbluebutton/api");
	g_assert_cmpstr(meet->domain, ==, "meet.example");
	g_assert_cmpstr(meet->audience, ==, "jitsi");
	g_assert_cmpstr(g_hash_table_lookup(teams->rooms, "psy-1"), ==,
			"https://teams.example/l?a=b");
}

/* each says its line */
static void
test_faults(void)
{
	static const struct {
		const gchar *text;
		guint line;
	} wrong[] = {
	    {"[Visio]\nProviders=builtin;bbb\n", 2},
	    {"[Visio]\nProviders=phone\n", 2},
	    {"[Visio]\nPhon=1\n", 2},
	    {"[Provider Upper]\nType=builtin\n", 1},
	    {"[Provider phone]\nType=builtin\n", 1},
	    {"[Provider x]\nType=skype\n", 2},
	    {"[Provider x]\nType=phone\n", 2},
	    {"[Provider bbb]\nSecretFile=@\n", 1},
	    {"[Provider bbb]\nUrl=http://b.example\nSecretFile=@\n", 2},
	    {"[Provider bbb]\nUrl=https://u:p@b.example\nTitle=ab\n", 2},
	    {"[Provider bbb]\nUrl=https://b.example/?x=1\nSecretFile=@\n", 2},
	    {"[Provider bbb]\nUrl=https://b.example\n", 1},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=~\n", 3},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=secret\n", 3},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=/nowhere\n", 3},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=@\nChecksum=md5\n", 4},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=@\nTitle=x\n", 4},
	    {"[Provider bbb]\nUrl=https://b.example\nSecretFile=@\nStun=stun:x\n", 4},
	    {"[Provider jitsi]\nUrl=https://b.example\nSecretFile=@\n", 1},
	    {"[Provider jitsi]\nPrivateNetwork=true\nUrl=http://b.example\nAppId=a\nSecretFile=@\n",
	     3},
	    {"[Provider jitsi]\nUrl=https://b.example\nAppId=a\nKeyId=k\nSecretFile=@\n", 5},
	    {"[Provider janus]\nUrl=https://b.example\nSocket=https://b.example\n"
	     "SecretFile=@\nTokenKeyFile=@\n",
	     3},
	    {"[Provider janus]\nUrl=https://b.example\nSocket=wss://b.example\nSecretFile=@\n", 1},
	    {"[Provider builtin]\nTurn=turn:t.example\n", 1},
	    {"[Provider builtin]\nTurn=https://t.example\nTurnSecretFile=@\n", 2},
	    {"[Provider builtin]\nRelayOnly=true\n", 2},
	    {"[Provider fixed]\n", 1},
	    {"[Provider fixed]\nRoom=http://teams.example\n", 2},
	    {"[Provider fixed]\nRoom=https://teams.example\nRoom[a]=ftp://x\n", 3},
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(Place) place = place_new();
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(CmVisioConfiguration) visio = take(place, wrong[i].text, faults);

		g_test_message("%s", wrong[i].text);
		g_assert_cmpuint(cm_faults_get_total(faults), >=, 1);
		g_assert_cmpuint(cm_faults_get(faults, 0)->line, ==, wrong[i].line);
		/* no secret in what is said */
		for (guint n = 0; n < cm_faults_get_kept(faults); n++)
			g_assert_null(strstr(cm_faults_get(faults, n)->message, "s3cret"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/visio-configuration/default", test_default);
	g_test_add_func("/visio-configuration/whole", test_whole);
	g_test_add_func("/visio-configuration/faults", test_faults);
	return g_test_run();
}
