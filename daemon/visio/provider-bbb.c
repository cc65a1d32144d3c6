// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/bbb-url.h"
#include "daemon/visio/provider-private.h"

#include <string.h>

/* a meeting nobody is in ends after so many minutes; it is made again when somebody comes */
#define EMPTY_MINUTES "5"
#define CREATED_DIGITS_MAX 20

static void
name_meeting(JsonObject *facts)
{
	g_autofree gchar *meeting = cm_provider_make_random();

	json_object_set_string_member(facts, "meeting", meeting);
	json_object_remove_member(facts, "created");
}

static void
bbb_invent(const CmProviderSettings *settings, const CmProviderSession *session, JsonObject *facts)
{
	g_autofree gchar *attendee = cm_provider_make_random();
	g_autofree gchar *moderator = cm_provider_make_random();

	name_meeting(facts);
	/* a meeting is known for ours by these: made again with others, it would be somebody else's */
	json_object_set_string_member(facts, "attendee", attendee);
	json_object_set_string_member(facts, "moderator", moderator);
}

static CmProviderCall *
make_call(const CmProviderSettings *settings, const gchar *call, const gchar *const *parameters)
{
	CmProviderCall *made = g_new0(CmProviderCall, 1);

	made->url = cm_bbb_url_make(settings->url, call, parameters, settings->checksum,
				    cm_secret_get(settings->secret));
	return made;
}

static CmProviderCall *
bbb_make_open(const CmProviderSettings *settings, JsonObject *facts)
{
	const gchar *const parameters[] = {
	    "name", settings->title, "meetingID", cm_provider_get_fact(facts, "meeting"),
	    "attendeePW", cm_provider_get_fact(facts, "attendee"), "moderatorPW",
	    cm_provider_get_fact(facts, "moderator"), "record", "false", "autoStartRecording",
	    "false", "allowStartStopRecording", "false",
	    /* our own door decides who comes in */
	    "guestPolicy", "ALWAYS_ACCEPT", "meetingExpireWhenLastUserLeftInMinutes", EMPTY_MINUTES,
	    NULL};

	return make_call(settings, "create", parameters);
}

static const gchar *
get_value(GHashTable *values, const gchar *name)
{
	const gchar *value = g_hash_table_lookup(values, name);

	return value != NULL ? value : "";
}

static CmProviderOutcome
read_refusal(GHashTable *values, JsonObject *facts, const gchar **out_cause)
{
	const gchar *key = get_value(values, "messageKey");

	/* somebody has made one of this name: ours gets another */
	if (g_str_equal(key, "idNotUnique")) {
		name_meeting(facts);
		return CM_PROVIDER_AGAIN;
	}
	*out_cause = g_str_equal(key, "checksumError") ? "keys" : "refused";
	return CM_PROVIDER_FAILED;
}

static CmProviderOutcome
bbb_read_open(GHashTable *values, JsonObject *facts, const gchar **out_cause)
{
	const gchar *code = get_value(values, "returncode");
	const gchar *created = get_value(values, "createTime");

	if (g_str_equal(code, "FAILED"))
		return read_refusal(values, facts, out_cause);
	if (!g_str_equal(code, "SUCCESS")) {
		*out_cause = "garbage";
		return CM_PROVIDER_RETRY;
	}
	/* one that was ended is still known for a while, and lets nobody in */
	if (g_str_equal(get_value(values, "hasBeenForciblyEnded"), "true")) {
		name_meeting(facts);
		return CM_PROVIDER_AGAIN;
	}
	if (*created != '\0' && strlen(created) <= CREATED_DIGITS_MAX &&
	    strspn(created, "0123456789") == strlen(created))
		json_object_set_string_member(facts, "created", created);
	else
		json_object_remove_member(facts, "created");
	return g_str_equal(get_value(values, "messageKey"), "duplicateWarning")
		   ? CM_PROVIDER_READY
		   : CM_PROVIDER_RENEWED;
}

static CmProviderCall *
bbb_make_close(const CmProviderSettings *settings, JsonObject *facts)
{
	const gchar *const parameters[] = {"meetingID", cm_provider_get_fact(facts, "meeting"),
					   "password", cm_provider_get_fact(facts, "moderator"),
					   NULL};

	return make_call(settings, "end", parameters);
}

/* ended, or not there any more, or not ours to end: in each case asking again is of no use */
static gboolean
bbb_read_close(GHashTable *values)
{
	const gchar *code = get_value(values, "returncode");

	return g_str_equal(code, "SUCCESS") || g_str_equal(code, "FAILED");
}

static gboolean
bbb_add_entry(const CmProviderSettings *settings,
	      const CmProviderSession *session,
	      JsonObject *facts,
	      const CmProviderPerson *person,
	      gint64 now,
	      JsonObject *entry,
	      GError **error)
{
	g_autofree gchar *seat = cm_provider_derive_alias(facts, "seat", person->visit);
	const gchar *created = cm_provider_get_fact(facts, "created");
	const gchar *const parameters[] = {
	    "fullName", person->name, "meetingID", cm_provider_get_fact(facts, "meeting"),
	    /* those before 2.4 know the role by it */
	    "password", cm_provider_get_fact(facts, person->host ? "moderator" : "attendee"),
	    "role", person->host ? "MODERATOR" : "VIEWER", "userID", seat,
	    *created != '\0' ? "createTime" : NULL, created, NULL};
	g_autofree gchar *url = cm_bbb_url_make(
	    settings->url, "join", parameters, settings->checksum, cm_secret_get(settings->secret));

	json_object_set_string_member(entry, "url", url);
	cm_provider_add_no_recording(entry);
	return TRUE;
}

const CmProviderClass cm_provider_bbb_class = {
    .invent = bbb_invent,
    .make_open = bbb_make_open,
    .read_open = bbb_read_open,
    .make_close = bbb_make_close,
    .read_close = bbb_read_close,
    .add_entry = bbb_add_entry,
};
