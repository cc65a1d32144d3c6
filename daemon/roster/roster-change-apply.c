// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/roster/roster-change.h"

#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/caseload-writer.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* the caseload's arrays by the names of the document's lists */
static const gchar *const list_names[CM_NUMBER_LAST] = {
    [CM_NUMBER_PROFESSIONAL] = "professionals", [CM_NUMBER_STUDENT] = "students",
    [CM_NUMBER_CONTACT] = "contacts",           [CM_NUMBER_ROOM] = "rooms",
    [CM_NUMBER_COMPANION] = "companions",       [CM_NUMBER_SITE] = "sites",
    [CM_NUMBER_FOLLOWUP] = "followups",         [CM_NUMBER_SESSION] = "sessions",
    [CM_NUMBER_CALENDAR] = "calendars",
};

typedef struct {
	const CmCaseload *caseload;
	const GPtrArray *changes;
	GPtrArray *problems;
	CmCaseloadPatch *patch;
	GHashTable *index[CM_NUMBER_LAST]; /* id → index + 1 of what is in the caseload */
	GHashTable *now[CM_NUMBER_LAST];   /* id → JsonObject: what is changed, as it was */
	guint8 *wanted[CM_NUMBER_LAST];    /* of each thing: whether it is one of them */
} Apply;

static void
apply_clear(Apply *apply)
{
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		g_hash_table_unref(apply->index[kind]);
		g_hash_table_unref(apply->now[kind]);
		g_free(apply->wanted[kind]);
	}
	cm_caseload_patch_free(apply->patch);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Apply, apply_clear)

/* ---- what is there */

static void
apply_index(Apply *apply, CmNumberKind kind)
{
	guint count = cm_roster_numbers_count_things(apply->caseload, kind);

	apply->index[kind] = g_hash_table_new(g_str_hash, g_str_equal);
	apply->now[kind] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						 (GDestroyNotify)json_object_unref);
	apply->wanted[kind] = g_new0(guint8, count + 1);
	for (guint i = 0; i < count; i++)
		g_hash_table_insert(apply->index[kind],
				    (gpointer)cm_roster_numbers_get_id(apply->caseload, kind, i),
				    GUINT_TO_POINTER(i + 1));
}

static guint32
find_index(const Apply *apply, CmNumberKind kind, const gchar *id)
{
	guint found = GPOINTER_TO_UINT(g_hash_table_lookup(apply->index[kind], id));

	return found > 0 ? found - 1 : CM_NONE;
}

/* the follow-up whose sessions a change is about */
static const gchar *
get_followup_id(const Apply *apply, const CmRosterChange *change)
{
	guint32 session = CM_NONE;

	if (change->followup != NULL)
		return change->followup;
	session = find_index(apply, CM_NUMBER_SESSION, change->id);
	if (session == CM_NONE)
		return NULL;
	return CM_ELEMENT(apply->caseload->followups, CmFollowup,
			  CM_ELEMENT(apply->caseload->sessions, CmSession, session)->followup)
	    ->id;
}

static void
mark_wanted(Apply *apply, CmNumberKind kind, const gchar *id)
{
	guint32 index = id != NULL ? find_index(apply, kind, id) : CM_NONE;

	if (index != CM_NONE)
		apply->wanted[kind][index] = 1;
}

static CmCaseloadWriting
is_wanted(CmNumberKind kind, guint32 index, gpointer data)
{
	const Apply *apply = data;

	return apply->wanted[kind][index] != 0 ? CM_CASELOAD_WRITE_WHOLE
					       : CM_CASELOAD_WRITE_NOTHING;
}

static gint
open_memory(GError **error)
{
	gint fd = memfd_create("comodal-change", MFD_CLOEXEC);

	if (fd < 0)
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for a document: {0}."),
			     g_strerror(errno), NULL);
	return fd;
}

/* those of one kind that are changed, as JSON */
static gboolean
load_kind(Apply *apply, CmNumberKind kind, gint fd, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GMappedFile) file = NULL;
	JsonArray *array = NULL;

	if (!cm_caseload_writer_write_some_fd(apply->caseload, NULL,
					      cm_roster_change_kind_to_string(kind), is_wanted,
					      apply, fd, error))
		return FALSE;
	file = g_mapped_file_new_from_fd(fd, FALSE, error);
	if (file == NULL ||
	    !json_parser_load_from_data(parser, g_mapped_file_get_contents(file),
					(gssize)g_mapped_file_get_length(file), error))
		return FALSE;
	array = json_node_get_array(json_parser_get_root(parser));
	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonObject *thing = json_array_get_object_element(array, i);

		g_hash_table_insert(apply->now[kind],
				    g_strdup(json_object_get_string_member(thing, "id")),
				    json_object_ref(thing));
	}
	return TRUE;
}

static gboolean
apply_load(Apply *apply, GError **error)
{
	for (guint i = 0; i < apply->changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(apply->changes, i);

		if (change->kind == CM_NUMBER_SESSION)
			mark_wanted(apply, CM_NUMBER_FOLLOWUP, get_followup_id(apply, change));
		else
			mark_wanted(apply, change->kind, change->id);
	}
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		gint fd = -1;
		gboolean ok = FALSE;

		if (kind == CM_NUMBER_SESSION)
			continue;
		fd = open_memory(error);
		if (fd < 0)
			return FALSE;
		ok = load_kind(apply, (CmNumberKind)kind, fd, error);
		close(fd);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* as it is after the changes so far, or NULL */
static JsonObject *
get_now(const Apply *apply, CmNumberKind kind, const gchar *id)
{
	JsonObject *thing = NULL;

	if (cm_caseload_patch_look_up(apply->patch, kind, id, &thing))
		return thing;
	return g_hash_table_lookup(apply->now[kind], id);
}

/* ---- one change */

/* its members by reference: none is changed in place */
static JsonObject *
copy_object(JsonObject *object)
{
	JsonObject *copy = json_object_new();
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &member, &value))
		json_object_set_member(copy, member, json_node_copy(value));
	return copy;
}

/* null takes a member away, but where null is what it says */
static JsonObject *
set_members(JsonObject *now, JsonObject *set)
{
	JsonObject *thing = copy_object(now);
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	json_object_iter_init_ordered(&iter, set);
	while (json_object_iter_next_ordered(&iter, &member, &value)) {
		if (JSON_NODE_HOLDS_NULL(value) && !g_str_equal(member, "prefer"))
			json_object_remove_member(thing, member);
		else
			json_object_set_member(thing, member, json_node_copy(value));
	}
	return thing;
}

/* the members that are not as the caller saw them, with commas; "" for none */
static gchar *
compare_members(JsonObject *was, JsonObject *now)
{
	g_autoptr(GString) names = g_string_new(NULL);
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	json_object_iter_init_ordered(&iter, was);
	while (json_object_iter_next_ordered(&iter, &member, &value)) {
		JsonNode *other = json_object_get_member(now, member);

		if (g_str_equal(member, "number") || g_str_equal(member, "travel_minutes"))
			continue;
		if (other == NULL || !json_node_equal(value, other))
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", member);
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

/* whether what there is, is what the caller saw */
static gboolean
check_stale(Apply *apply, guint index, JsonObject *now)
{
	const CmRosterChange *change = g_ptr_array_index(apply->changes, index);
	g_autofree gchar *names = NULL;

	if (now == NULL) {
		cm_roster_change_add_problem(apply->problems, index, "not-found", "",
					     N_("It is not there, or not any more."), NULL);
		return FALSE;
	}
	if (change->was == NULL)
		return TRUE;
	names = compare_members(change->was, now);
	if (*names == '\0')
		return TRUE;
	cm_roster_change_add_problem(apply->problems, index, "stale", "",
				     N_("Somebody changed it meanwhile: {0}. Look at it again."),
				     names, NULL);
	return FALSE;
}

static void
take_travel(Apply *apply, const CmRosterChange *change)
{
	JsonNode *node = NULL;
	JsonObjectIter iter;
	const gchar *other = NULL;
	JsonNode *minutes = NULL;

	if (change->thing == NULL || change->kind != CM_NUMBER_SITE)
		return;
	node = json_object_get_member(change->thing, "travel_minutes");
	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
		return;
	json_object_iter_init_ordered(&iter, json_node_get_object(node));
	while (json_object_iter_next_ordered(&iter, &other, &minutes)) {
		if (json_node_get_value_type(minutes) == G_TYPE_INT64)
			cm_caseload_patch_set_travel(
			    apply->patch, change->id, other,
			    (gint)CLAMP(json_node_get_int(minutes), G_MININT, G_MAXINT));
	}
}

static gboolean
says_travel(const CmRosterChange *change)
{
	return json_object_has_member(change->thing, "travel_minutes");
}

static void
apply_thing(Apply *apply, guint index)
{
	CmRosterChange *change = g_ptr_array_index(apply->changes, index);
	JsonObject *now = get_now(apply, change->kind, change->id);
	g_autoptr(JsonObject) thing = NULL;
	gchar first_day[CM_DAY_TEXT_SIZE];

	if (change->verb == CM_CHANGE_ADD) {
		if (now != NULL) {
			cm_roster_change_add_problem(apply->problems, index, "exists", "$.id",
						     N_("There is one with this id already."),
						     NULL);
			return;
		}
		if (change->kind == CM_NUMBER_FOLLOWUP &&
		    !json_object_has_member(change->thing, "not_before"))
			json_object_set_string_member(
			    change->thing, "not_before",
			    cm_day_format(apply->caseload->from, first_day));
		thing = json_object_ref(change->thing);
	} else {
		if (!check_stale(apply, index, now))
			return;
		if (change->verb == CM_CHANGE_EDIT) {
			g_autofree gchar *differences = compare_members(change->thing, now);

			change->idle = *differences == '\0' && !says_travel(change);
			thing = set_members(now, change->thing);
			json_object_set_string_member(thing, "id", change->id);
		}
	}
	cm_caseload_patch_set(apply->patch, change->kind, change->id, thing);
	take_travel(apply, change);
}

/* ---- a session: its follow-up is what changes */

static JsonArray *
get_sessions(JsonObject *followup)
{
	JsonNode *node = json_object_get_member(followup, "sessions");

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *
find_session(JsonObject *followup, const gchar *id)
{
	JsonArray *sessions = get_sessions(followup);

	for (guint i = 0; sessions != NULL && i < json_array_get_length(sessions); i++) {
		JsonNode *node = json_array_get_element(sessions, i);

		if (JSON_NODE_HOLDS_OBJECT(node) &&
		    g_strcmp0(json_object_get_string_member_with_default(json_node_get_object(node),
									 "id", NULL),
			      id) == 0)
			return json_node_get_object(node);
	}
	return NULL;
}

static JsonArray *
replace_session(JsonObject *followup, JsonObject *old, JsonObject *replacement)
{
	JsonArray *sessions = get_sessions(followup);
	JsonArray *made = json_array_new();

	for (guint i = 0; sessions != NULL && i < json_array_get_length(sessions); i++) {
		JsonNode *node = json_array_get_element(sessions, i);

		if (old == NULL || !JSON_NODE_HOLDS_OBJECT(node) ||
		    json_node_get_object(node) != old)
			json_array_add_element(made, json_node_copy(node));
		else if (replacement != NULL)
			json_array_add_object_element(made, json_object_ref(replacement));
	}
	if (old == NULL)
		json_array_add_object_element(made, json_object_ref(replacement));
	return made;
}

static void
apply_session(Apply *apply, guint index)
{
	const CmRosterChange *change = g_ptr_array_index(apply->changes, index);
	const gchar *id = get_followup_id(apply, change);
	JsonObject *followup = id != NULL ? get_now(apply, CM_NUMBER_FOLLOWUP, id) : NULL;
	JsonObject *old = followup != NULL ? find_session(followup, change->id) : NULL;
	g_autoptr(JsonObject) session = NULL;
	g_autoptr(JsonObject) thing = NULL;

	if (followup == NULL) {
		cm_roster_change_add_problem(apply->problems, index, "not-found", "",
					     N_("The follow-up is not there, or not any more."),
					     NULL);
		return;
	}
	if (change->verb != CM_CHANGE_ADD && !check_stale(apply, index, old))
		return;
	if (change->verb == CM_CHANGE_ADD)
		session = json_object_ref(change->thing);
	else if (change->verb == CM_CHANGE_EDIT)
		session = set_members(old, change->thing);
	thing = copy_object(followup);
	json_object_set_array_member(
	    thing, "sessions",
	    replace_session(followup, change->verb == CM_CHANGE_ADD ? NULL : old, session));
	cm_caseload_patch_set(apply->patch, CM_NUMBER_FOLLOWUP, id, thing);
}

/* ---- what the reader says of the whole */

/* "$.students[12].name": the kind and the index, and where the rest begins */
static const gchar *
split_path(const gchar *path, CmNumberKind *out_kind, guint32 *out_index)
{
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		gsize length = strlen(list_names[kind]);
		gchar *end = NULL;

		if (!g_str_has_prefix(path, "$.") ||
		    strncmp(path + 2, list_names[kind], length) != 0 || path[2 + length] != '[')
			continue;
		*out_index = (guint32)g_ascii_strtoull(path + 3 + length, &end, 10);
		*out_kind = (CmNumberKind)kind;
		return *end == ']' ? end + 1 : NULL;
	}
	return NULL;
}

/* the last change that touches a thing; CM_NONE for none */
static guint
find_change(const Apply *apply, CmNumberKind kind, const gchar *id)
{
	for (guint i = apply->changes->len; i-- > 0;) {
		const CmRosterChange *change = g_ptr_array_index(apply->changes, i);

		if (change->kind == kind && g_str_equal(change->id, id))
			return i;
		if (kind == CM_NUMBER_FOLLOWUP && change->kind == CM_NUMBER_SESSION &&
		    g_strcmp0(get_followup_id(apply, change), id) == 0)
			return i;
	}
	return CM_NONE;
}

/* the removal that a message about something else names, else the first change */
static guint
find_cause(const Apply *apply, const gchar *message)
{
	for (guint i = 0; i < apply->changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(apply->changes, i);
		g_autofree gchar *quoted = g_strdup_printf("\"%s\"", change->id);

		if (change->verb == CM_CHANGE_REMOVE && strstr(message, quoted) != NULL)
			return i;
	}
	for (guint i = 0; i < apply->changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(apply->changes, i);

		if (change->verb == CM_CHANGE_REMOVE)
			return i;
	}
	return 0;
}

static void
add_message(Apply *apply, guint change, const gchar *path, const gchar *message)
{
	cm_roster_change_add_problem(apply->problems, change, "invalid", path, "", NULL);
	{
		CmRosterProblem *problem =
		    g_ptr_array_index(apply->problems, apply->problems->len - 1);

		g_free(problem->message);
		problem->message = g_strdup(message);
	}
}

/* what something is called in a sentence. Returns: (transfer full) */
static gchar *
make_term(CmNumberKind kind)
{
	static const gchar *const terms[CM_NUMBER_LAST] = {
	    [CM_NUMBER_PROFESSIONAL] = N_("the professional"),
	    [CM_NUMBER_STUDENT] = N_("the student"),
	    [CM_NUMBER_CONTACT] = N_("the contact"),
	    [CM_NUMBER_ROOM] = N_("the room"),
	    [CM_NUMBER_COMPANION] = N_("the accompanying adult"),
	    [CM_NUMBER_SITE] = N_("the school"),
	    [CM_NUMBER_FOLLOWUP] = N_("the follow-up"),
	    [CM_NUMBER_SESSION] = N_("the session"),
	    [CM_NUMBER_CALENDAR] = N_("the calendar"),
	};

	return cm_message_term(terms[kind]);
}

static void
take_fault(Apply *apply, const CmFault *fault)
{
	CmNumberKind kind = CM_NUMBER_LAST;
	guint32 index = 0;
	const gchar *rest = split_path(fault->path, &kind, &index);
	const gchar *id = NULL;
	g_autofree gchar *path = NULL;
	g_autofree gchar *term = NULL;
	guint change = CM_NONE;

	if (rest != NULL)
		id = cm_caseload_patch_get_written(apply->patch, kind, index);
	if (id == NULL) {
		add_message(apply, find_cause(apply, fault->message), fault->path, fault->message);
		return;
	}
	change = find_change(apply, kind, id);
	term = make_term(kind);
	path = g_strconcat("$", rest, NULL);
	if (change != CM_NONE)
		add_message(apply, change, path, fault->message);
	else
		cm_roster_change_add_problem(apply->problems, find_cause(apply, fault->message),
					     "in-use", path, N_("It is still needed by {0} “{1}”."),
					     term, id, NULL);
}

static CmCaseload *
read_patched(Apply *apply, gint fd, GError **error)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) local = NULL;
	CmCaseload *caseload = NULL;

	if (!cm_caseload_writer_write_patched_fd(apply->caseload, apply->patch, fd, error))
		return NULL;
	if (lseek(fd, 0, SEEK_SET) != 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for a document: {0}."),
			     g_strerror(errno), NULL);
		return NULL;
	}
	caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &local);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		take_fault(apply, cm_faults_get(faults, i));
	if (caseload == NULL)
		g_propagate_error(error, g_steal_pointer(&local));
	return caseload;
}

static gboolean
set_refused(GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Nothing was changed: see what is wrong."),
		     NULL);
	return FALSE;
}

CmCaseload *
cm_roster_change_apply(const CmCaseload *caseload,
		       const GPtrArray *changes,
		       GPtrArray *problems,
		       GError **error)
{
	g_auto(Apply) apply = {.caseload = caseload,
			       .changes = changes,
			       .problems = problems,
			       .patch = cm_caseload_patch_new()};
	guint before = problems->len;
	CmCaseload *made = NULL;
	gint fd = -1;

	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++)
		apply_index(&apply, (CmNumberKind)kind);
	if (!apply_load(&apply, error))
		return NULL;
	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(changes, i);

		if (change->kind == CM_NUMBER_SESSION)
			apply_session(&apply, i);
		else
			apply_thing(&apply, i);
	}
	if (problems->len > before) {
		(void)set_refused(error);
		return NULL;
	}
	fd = open_memory(error);
	if (fd < 0)
		return NULL;
	made = read_patched(&apply, fd, error);
	close(fd);
	return made;
}
