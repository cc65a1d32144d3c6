// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-people.h"

#include "daemon/consent/audience.h"
#include "daemon/consent/consent-status.h"
#include "daemon/store/booking-checks.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/pack.h"

struct _CmOutboxPeople {
	CmStore *store;
	const CmPolicySet *policies;
	CmDay today;
	gchar *organisation;
	GHashTable *texts; /* "table:number" → text, "" for none */
	GHashTable *older; /* those before them, likewise: whoever was given one still has it */
	GHashTable *files; /* student (gint64) → CmConsentFile */
};

static GHashTable *
make_texts(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
read_organisation(CmOutboxPeople *people, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(people->store->database, "SELECT name FROM organisation", error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(people->store->database, statement, &row, error))
		return FALSE;
	people->organisation =
	    g_strdup(row ? (const gchar *)sqlite3_column_text(statement, 0) : "");
	return TRUE;
}

static CmDay
get_today(GTimeZone *zone, gint64 now)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);
	gint64 local = now + g_time_zone_get_offset(zone, interval);

	return (CmDay)(local / 86400);
}

CmOutboxPeople *
cm_outbox_people_new(CmStore *store, const CmPolicySet *policies, gint64 now, GError **error)
{
	g_autoptr(CmOutboxPeople) people = g_new0(CmOutboxPeople, 1);
	GTimeZone *zone = NULL;

	people->store = store;
	people->policies = policies;
	people->texts = make_texts();
	people->older = make_texts();
	people->files = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					      (GDestroyNotify)cm_consent_file_free);
	if (!read_organisation(people, error))
		return NULL;
	zone = cm_booking_checks_get_zone(store, error);
	if (zone == NULL)
		return NULL;
	people->today = get_today(zone, now);
	return g_steal_pointer(&people);
}

void
cm_outbox_people_free(CmOutboxPeople *people)
{
	if (people == NULL)
		return;
	g_free(people->organisation);
	g_hash_table_unref(people->texts);
	g_hash_table_unref(people->older);
	g_hash_table_unref(people->files);
	g_free(people);
}

const gchar *
cm_outbox_people_get_organisation(const CmOutboxPeople *people)
{
	return people->organisation;
}

/* ---- texts */

/* takes both. The older half is forgotten, and never what was given since. */
static const gchar *
keep(CmOutboxPeople *people, gchar *name, gchar *text)
{
	if (g_hash_table_size(people->texts) >= CM_OUTBOX_PEOPLE_KEPT_MAX) {
		g_hash_table_unref(people->older);
		people->older = people->texts;
		people->texts = make_texts();
	}
	g_hash_table_insert(people->texts, name, text);
	return text;
}

/* NULL in `out_text`: it is not kept */
static gchar *
look_up(CmOutboxPeople *people, const gchar *table, gint64 number, const gchar **out_text)
{
	g_autofree gchar *name = g_strdup_printf("%s:%" G_GINT64_FORMAT, table, number);
	gpointer old_name = NULL;
	gpointer text = g_hash_table_lookup(people->texts, name);

	/* what is given is among the newer ones */
	if (text == NULL && g_hash_table_steal_extended(people->older, name, &old_name, &text))
		(void)keep(people, old_name, text);
	*out_text = text;
	return g_steal_pointer(&name);
}

static const gchar *
or_null(const gchar *text)
{
	return *text != '\0' ? text : NULL;
}

static gboolean
read_identity_name(CmOutboxPeople *people,
		   const gchar *table,
		   CmStatement *statement,
		   gint64 number,
		   gchar **out_name,
		   GError **error)
{
	const CmSealPlace place = {.table = table, .column = "identity", .row = number};
	g_autoptr(CmCaseload) scratch = cm_caseload_new();
	g_autoptr(GByteArray) plain = g_byte_array_new();
	const gchar *texts[CM_PACK_LAST] = {NULL};

	if (!cm_seal_open(people->store->seal, &place, sqlite3_column_blob(statement, 0),
			  (gsize)sqlite3_column_bytes(statement, 0), CM_STORE_IDENTITY_BLOCK, plain,
			  error) ||
	    !cm_pack_read_identity(scratch, plain->data, plain->len, texts, error))
		return FALSE;
	*out_name = g_strdup(texts[CM_PACK_NAME] != NULL ? texts[CM_PACK_NAME] : "");
	return TRUE;
}

gboolean
cm_outbox_people_get_name(CmOutboxPeople *people,
			  CmResource kind,
			  gint64 number,
			  const gchar **out_name,
			  GError **error)
{
	static const struct {
		const gchar *table;
		const gchar *sql;
	} tables[] = {
	    [CM_RESOURCE_PROFESSIONAL] = {"professional",
					  "SELECT identity FROM professional WHERE id = ?1"},
	    [CM_RESOURCE_STUDENT] = {"student", "SELECT identity FROM student WHERE id = ?1"},
	    [CM_RESOURCE_CONTACT] = {"contact", "SELECT identity FROM contact WHERE id = ?1"},
	};
	g_autoptr(CmStatement) statement = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *text = NULL;
	const gchar *kept = NULL;
	gboolean row = FALSE;

	*out_name = NULL;
	if ((guint)kind >= G_N_ELEMENTS(tables))
		return TRUE;
	name = look_up(people, tables[kind].table, number, &kept);
	if (kept != NULL) {
		*out_name = or_null(kept);
		return TRUE;
	}
	statement = cm_database_prepare(people->store->database, tables[kind].sql, error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(people->store->database, statement, &row, error) ||
	    (row &&
	     !read_identity_name(people, tables[kind].table, statement, number, &text, error)))
		return FALSE;
	if (text == NULL)
		text = g_strdup("");
	*out_name = or_null(keep(people, g_steal_pointer(&name), g_steal_pointer(&text)));
	return TRUE;
}

/* a text of a row that is not sealed */
static gboolean
get_plain(CmOutboxPeople *people,
	  const gchar *table,
	  const gchar *sql,
	  gint64 number,
	  const gchar **out_text,
	  GError **error)
{
	const gchar *kept = NULL;
	g_autofree gchar *name = look_up(people, table, number, &kept);
	g_autoptr(CmStatement) statement = NULL;
	const gchar *text = "";
	gboolean row = FALSE;

	if (kept == NULL) {
		statement = cm_database_prepare(people->store->database, sql, error);
		if (statement == NULL)
			return FALSE;
		sqlite3_bind_int64(statement, 1, number);
		if (!cm_database_step(people->store->database, statement, &row, error))
			return FALSE;
		if (row)
			text = (const gchar *)sqlite3_column_text(statement, 0);
		kept = keep(people, g_steal_pointer(&name), g_strdup(text));
	}
	*out_text = or_null(kept);
	return TRUE;
}

gboolean
cm_outbox_people_get_profession(CmOutboxPeople *people,
				gint64 professional,
				const gchar **out_profession,
				GError **error)
{
	return get_plain(people, "profession", "SELECT profession FROM professional WHERE id = ?1",
			 professional, out_profession, error);
}

gboolean
cm_outbox_people_get_site(CmOutboxPeople *people,
			  gint64 site,
			  const gchar **out_name,
			  GError **error)
{
	return get_plain(people, "site", "SELECT name FROM site WHERE id = ?1", site, out_name,
			 error);
}

gboolean
cm_outbox_people_get_room(CmOutboxPeople *people,
			  gint64 room,
			  const gchar **out_name,
			  GError **error)
{
	return get_plain(people, "room", "SELECT external_id FROM room WHERE id = ?1", room,
			 out_name, error);
}

const gchar *
cm_outbox_people_get_title(const CmOutboxPeople *people,
			   const gchar *profession,
			   const gchar *language)
{
	const CmPolicy *policy =
	    profession != NULL ? cm_policy_set_lookup(people->policies, profession) : NULL;

	if (policy == NULL)
		return profession;
	return cm_policy_get_title(policy, g_str_equal(language, "fr") ? CM_LANGUAGE_FRENCH
								       : CM_LANGUAGE_ENGLISH);
}

/* ---- audiences */

static gboolean
get_file(CmOutboxPeople *people, gint64 student, CmConsentFile **out_file, GError **error)
{
	g_autoptr(GHashTable) loaded = NULL;
	gpointer key = NULL;
	gpointer file = g_hash_table_lookup(people->files, &student);

	if (file == NULL) {
		loaded = cm_consent_rows_load(people->store, student, error);
		if (loaded == NULL)
			return FALSE;
		if (g_hash_table_steal_extended(loaded, &student, &key, &file)) {
			if (g_hash_table_size(people->files) >= CM_OUTBOX_PEOPLE_KEPT_MAX)
				g_hash_table_remove_all(people->files);
			g_hash_table_insert(people->files, key, file);
		}
	}
	*out_file = file;
	return TRUE;
}

/* the profession's, that of whoever follows the student, or any: all have the same law of ages */
static gboolean
find_policy(CmOutboxPeople *people,
	    gint64 student,
	    const gchar *profession,
	    const CmPolicy **out_policy,
	    GError **error)
{
	const CmPolicy *policy =
	    profession != NULL ? cm_policy_set_lookup(people->policies, profession) : NULL;
	g_autoptr(GArray) followers = NULL;

	if (policy == NULL) {
		followers = cm_consent_rows_list_followers(people->store, student, error);
		if (followers == NULL)
			return FALSE;
		for (guint i = 0; policy == NULL && i < followers->len; i++)
			policy = cm_policy_set_lookup(
			    people->policies,
			    g_array_index(followers, CmConsentFollower, i).profession);
	}
	if (policy == NULL && cm_policy_set_get_count(people->policies) > 0)
		policy = cm_policy_set_get(people->policies, 0);
	*out_policy = policy;
	return TRUE;
}

gboolean
cm_outbox_people_find_audience(CmOutboxPeople *people,
			       gint64 student,
			       const gchar *profession,
			       GArray **out_audience,
			       GError **error)
{
	CmConsentFile *file = NULL;
	const CmPolicy *policy = NULL;

	if (!get_file(people, student, &file, error) ||
	    !find_policy(people, student, profession, &policy, error))
		return FALSE;
	*out_audience = file != NULL && policy != NULL
			    ? cm_audience_find(file, policy, people->today)
			    : g_array_new(FALSE, FALSE, sizeof(CmAudienceMember));
	return TRUE;
}

/* ---- consent */

static gboolean
is_given(CmConsentState state)
{
	return state == CM_CONSENT_STATE_PRESUMED || state == CM_CONSENT_STATE_BOTH ||
	       state == CM_CONSENT_STATE_ATTESTED || state == CM_CONSENT_STATE_OWN;
}

gboolean
cm_outbox_people_has_consented(CmOutboxPeople *people,
			       gint64 student,
			       const gchar *profession,
			       CmMode mode,
			       gboolean *out_consented,
			       GError **error)
{
	CmConsentFile *file = NULL;
	const CmPolicy *policy = NULL;
	const CmConsentVerdict *verdict = NULL;
	g_autoptr(CmConsentStatus) status = NULL;

	if (!get_file(people, student, &file, error) ||
	    !find_policy(people, student, profession, &policy, error))
		return FALSE;
	if (file == NULL || policy == NULL) {
		*out_consented = TRUE;
		return TRUE;
	}
	status = cm_consent_status_new(file, policy, people->today);
	verdict = cm_consent_status_get_verdict(status, CM_CONSENT_KIND_TELEPRACTICE, mode);
	*out_consented = verdict != NULL && is_given(verdict->state);
	return TRUE;
}

const CmPolicy *
cm_outbox_people_get_policy(const CmOutboxPeople *people, const gchar *profession)
{
	return profession != NULL ? cm_policy_set_lookup(people->policies, profession) : NULL;
}

gboolean
cm_outbox_people_is_below_age(CmOutboxPeople *people,
			      gint64 student,
			      gint age,
			      CmDay date,
			      gboolean *out_below,
			      GError **error)
{
	CmConsentFile *file = NULL;

	if (!get_file(people, student, &file, error))
		return FALSE;
	*out_below = file != NULL && date < cm_consent_file_get_birthday(file, age);
	return TRUE;
}
