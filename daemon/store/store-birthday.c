// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-birthday.h"

#include "daemon/consent/consent-status.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"

#define ACTION_AHEAD "birthday.ahead"
#define ACTION_TURNED "birthday.turned"

static gint
compare_birthdays(gconstpointer a, gconstpointer b)
{
	const CmStoreBirthday *first = a;
	const CmStoreBirthday *second = b;

	if (first->birthday != second->birthday)
		return first->birthday < second->birthday ? -1 : 1;
	return first->student < second->student ? -1 : first->student > second->student;
}

/* the policy of the first profession that has one */
static const CmPolicy *
find_policy(const CmPolicySet *policies, const GArray *followers, gint64 professional)
{
	for (guint i = 0; i < followers->len; i++) {
		const CmConsentFollower *follower = &g_array_index(followers, CmConsentFollower, i);
		const CmPolicy *policy = cm_policy_set_lookup(policies, follower->profession);

		if (policy != NULL && (professional == 0 || follower->professional == professional))
			return policy;
	}
	return NULL;
}

/* whether the student has spoken since they may */
static gboolean
was_asked(const CmConsentFile *file, CmDay birthday)
{
	for (guint i = 0; i < file->statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(file->statements, CmConsentStatement, i);

		if (statement->kind == CM_CONSENT_KIND_SERVICE &&
		    statement->contact == CM_CONSENT_STUDENT && statement->given_on >= birthday)
			return TRUE;
	}
	return FALSE;
}

/* no rule has another age: what is far from a birthday is passed over before anybody is looked up */
#define AGE_LEAST 10
#define AGE_MOST 25

static gboolean
may_be_near(const CmConsentFile *file, CmDay from, CmDay to)
{
	return cm_day_get_age(file->birth_date, to) >= AGE_LEAST &&
	       cm_day_get_age(file->birth_date, from) <= AGE_MOST;
}

static gboolean
add_if_near(CmStore *store,
	    const CmPolicySet *policies,
	    const CmConsentFile *file,
	    const CmStoreBirthday *window,
	    gint64 professional,
	    GArray *found,
	    GError **error)
{
	g_autoptr(GArray) followers = NULL;
	const CmPolicy *policy = NULL;
	g_autoptr(CmConsentStatus) status = NULL;
	CmStoreBirthday birthday = {.student = file->student};

	if (!may_be_near(file, window[0].birthday, window[1].birthday))
		return TRUE;
	followers = cm_consent_rows_list_followers(store, file->student, error);
	if (followers == NULL)
		return FALSE;
	policy = find_policy(policies, followers, professional);
	if (policy == NULL)
		return TRUE;
	status = cm_consent_status_new(file, policy, window[1].birthday);
	birthday.birthday = status->alone_from;
	if (birthday.birthday == CM_DAY_NONE || birthday.birthday < window[0].birthday ||
	    birthday.birthday > window[1].birthday)
		return TRUE;
	birthday.age = cm_day_get_age(file->birth_date, birthday.birthday);
	birthday.asked = was_asked(file, birthday.birthday);
	g_array_append_val(found, birthday);
	return TRUE;
}

/* in the caller's transaction */
static GArray *
list(CmStore *store,
     const CmPolicySet *policies,
     CmDay from,
     CmDay to,
     gint64 professional,
     GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(CmStoreBirthday));
	g_autoptr(GHashTable) files = cm_consent_rows_load(store, 0, error);
	CmStoreBirthday window[] = {{.birthday = from}, {.birthday = to}};
	gpointer file = NULL;
	GHashTableIter iter;

	if (files == NULL)
		return NULL;
	g_hash_table_iter_init(&iter, files);
	while (g_hash_table_iter_next(&iter, NULL, &file)) {
		if (!add_if_near(store, policies, file, window, professional, found, error))
			return NULL;
	}
	g_array_sort(found, compare_birthdays);
	return g_steal_pointer(&found);
}

GArray *
cm_store_birthday_list(CmStore *store,
		       const CmPolicySet *policies,
		       CmDay from,
		       CmDay to,
		       gint64 professional,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	return transaction != NULL ? list(store, policies, from, to, professional, error) : NULL;
}

/* the audit log remembers; what it says of a time to come was said by a clock that was wrong */
static gboolean
is_told(CmStore *store,
	gint64 student,
	const gchar *action,
	gint64 now,
	gboolean *out_told,
	GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM audit WHERE subject = ?1 AND action = ?2 AND at <= ?3 LIMIT 1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	sqlite3_bind_text(statement, 2, action, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, now + 86400);
	return cm_database_step(store->database, statement, out_told, error);
}

static gboolean
tell(CmStore *store,
     const CmStoreBirthday *birthday,
     const gchar *action,
     CmNoticeKind notice,
     gint64 now,
     GError **error)
{
	g_autoptr(GArray) followers =
	    cm_consent_rows_list_followers(store, birthday->student, error);
	CmAuditEntry entry = {
	    .uid = CM_AUDIT_DAEMON, .action = action, .subject = birthday->student, .at = now};

	if (followers == NULL)
		return FALSE;
	for (guint i = 0; i < followers->len; i++) {
		if (!cm_notice_queue(store, notice, CM_RESOURCE_PROFESSIONAL,
				     g_array_index(followers, CmConsentFollower, i).professional,
				     birthday->student, error))
			return FALSE;
	}
	if (notice == CM_NOTICE_BIRTHDAY &&
	    !cm_notice_queue(store, notice, CM_RESOURCE_STUDENT, birthday->student,
			     birthday->student, error))
		return FALSE;
	return cm_audit_append(store, &entry, error);
}

gboolean
cm_store_birthday_look(CmStore *store,
		       const CmPolicySet *policies,
		       CmDay today,
		       guint days,
		       gint64 now,
		       CmStoreBirthdayReport *out_report,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmStoreBirthdayReport report = {0};
	g_autoptr(GArray) found = NULL;

	if (transaction == NULL)
		return FALSE;
	found = list(store, policies, today - CM_STORE_BIRTHDAY_LATE_DAYS, today + (CmDay)days, 0,
		     error);
	if (found == NULL)
		return FALSE;
	for (guint i = 0; i < found->len; i++) {
		const CmStoreBirthday *birthday = &g_array_index(found, CmStoreBirthday, i);
		gboolean turned = birthday->birthday <= today;
		const gchar *action = turned ? ACTION_TURNED : ACTION_AHEAD;
		gboolean told = FALSE;

		if (!is_told(store, birthday->student, action, now, &told, error))
			return FALSE;
		if (told)
			continue;
		if (!tell(store, birthday, action,
			  turned ? CM_NOTICE_BIRTHDAY : CM_NOTICE_CONSENT_NEEDED, now, error))
			return FALSE;
		report.turned += turned ? 1 : 0;
		report.ahead += turned ? 0 : 1;
	}
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_report = report;
	return TRUE;
}
