// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/courier-job.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* what a mail server would say (RFC 5321 section 4.2.2) of what happens here */
#define CODE_LOCAL_ERROR 451
#define CODE_NO_ROOM 452
#define CODE_NO_SUCH_NAME 553

struct _CmCourierJob {
	gint64 number;
	gchar *kind;
	gboolean is_mail;
	gboolean is_room;
	JsonObject *order; /* NULL: it could not be read */
	gint content;      /* descriptor */
	gint64 attempt;
	gint64 leased_at; /* by the monotonic clock */

	CmCourierMeans means;
	CmCourierJobDone done;
	gpointer user_data;
	guint idle;
	CmSmtpMail *smtp;
	CmCalendarFetch *fetch;
	CmRoomCall *room;

	CmSmtpResult result; /* of a mail */
	gchar *failure;      /* of a fetch; NULL: none */
	gboolean unchanged;
	GBytes *document; /* of a fetch that was read, of a room */
};

/* ---- the order */

static JsonObject *
read_order(gint fd)
{
	g_autofree gchar *text = NULL;
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	struct stat status;
	JsonNode *root = NULL;

	if (fd < 0 || fstat(fd, &status) != 0 || status.st_size > CM_COURIER_JOB_ORDER_MAX)
		return NULL;
	text = g_malloc0((gsize)status.st_size + 1);
	if (pread(fd, text, (gsize)status.st_size, 0) != status.st_size ||
	    !g_utf8_validate(text, -1, NULL) || !json_parser_load_from_data(parser, text, -1, NULL))
		return NULL;
	root = json_parser_get_root(parser);
	return root != NULL && JSON_NODE_HOLDS_OBJECT(root)
		   ? json_object_ref(json_node_get_object(root))
		   : NULL;
}

static const gchar *
get_text(const CmCourierJob *job, const gchar *name)
{
	return job->order != NULL
		   ? json_object_get_string_member_with_default(job->order, name, NULL)
		   : NULL;
}

static gint64
get_number(const CmCourierJob *job, const gchar *name)
{
	return job->order != NULL ? json_object_get_int_member_with_default(job->order, name, 0)
				  : 0;
}

CmCourierJob *
cm_courier_job_new(CmComodaldJob *handed)
{
	CmCourierJob *job = g_new0(CmCourierJob, 1);

	job->number = handed->number;
	job->kind = g_strdup(handed->kind);
	job->is_mail = g_str_equal(handed->kind, "mail");
	job->is_room = g_str_equal(handed->kind, "room");
	job->order = read_order(handed->order);
	job->content = handed->content;
	handed->content = -1;
	job->attempt = get_number(job, "attempt");
	job->leased_at = g_get_monotonic_time();
	job->result.outcome = CM_ATTEMPT_RETURNED;
	return job;
}

void
cm_courier_job_free(CmCourierJob *job)
{
	if (job == NULL)
		return;
	if (job->idle != 0)
		g_source_remove(job->idle);
	cm_smtp_mail_free(job->smtp);
	cm_calendar_fetch_free(job->fetch);
	cm_room_call_free(job->room);
	if (job->content >= 0)
		close(job->content);
	g_clear_pointer(&job->order, json_object_unref);
	g_clear_pointer(&job->document, g_bytes_unref);
	g_free(job->failure);
	g_free(job->kind);
	g_free(job);
}

gint64
cm_courier_job_get_number(const CmCourierJob *job)
{
	return job->number;
}

const gchar *
cm_courier_job_get_kind(const CmCourierJob *job)
{
	return job->kind;
}

gint64
cm_courier_job_get_attempt(const CmCourierJob *job)
{
	return job->attempt;
}

void
cm_courier_job_renew(CmCourierJob *job, const CmCourierJob *newer)
{
	job->attempt = newer->attempt;
}

/* ---- doing it */

static gboolean
job_tell(gpointer user_data)
{
	CmCourierJob *job = user_data;

	job->idle = 0;
	job->done(job, job->user_data);
	return G_SOURCE_REMOVE;
}

/* it is over before it began: whoever began it is told later all the same */
static void
job_end(CmCourierJob *job)
{
	job->idle = g_idle_add(job_tell, job);
}

static void
mail_end(CmCourierJob *job, CmAttempt outcome, guint code)
{
	job->result.outcome = outcome;
	job->result.code = code;
	job_end(job);
}

static void
mail_sent(const CmSmtpResult *result, gpointer user_data)
{
	CmCourierJob *job = user_data;

	job->result = *result;
	/* it is in the middle of telling us */
	job_end(job);
}

static void
mail_put(CmCourierJob *job)
{
	if (cm_maildir_deliver(job->means.maildir, job->content, job->attempt > 1))
		mail_end(job, CM_ATTEMPT_ACCEPTED, 0);
	else
		mail_end(job, CM_ATTEMPT_TEMPORARY,
			 errno == ENOSPC || errno == EDQUOT ? CODE_NO_ROOM : CODE_LOCAL_ERROR);
}

static void
mail_begin(CmCourierJob *job)
{
	const gchar *sender = get_text(job, "from");
	const gchar *recipient = get_text(job, "to");
	struct stat status;

	if (sender == NULL || recipient == NULL || job->content < 0 ||
	    fstat(job->content, &status) != 0 || status.st_size == 0)
		mail_end(job, CM_ATTEMPT_TEMPORARY, CODE_LOCAL_ERROR);
	else if (!cm_smtp_mail_check_address(sender) || !cm_smtp_mail_check_address(recipient))
		mail_end(job, CM_ATTEMPT_PERMANENT, CODE_NO_SUCH_NAME);
	else if (job->means.maildir != NULL)
		mail_put(job);
	else
		job->smtp = cm_smtp_mail_new(job->means.pool, job->means.smtp, sender, recipient,
					     job->content, mail_sent, job);
}

static void
calendar_read(GBytes *document, gpointer user_data)
{
	CmCourierJob *job = user_data;

	job->document = g_bytes_ref(document);
	job_end(job);
}

static void
calendar_fetched(const CmFetched *fetched, gpointer user_data)
{
	CmCourierJob *job = user_data;
	CmForeignWindow window = {.zone = (gchar *)get_text(job, "zone"),
				  .since = get_number(job, "since"),
				  .until = get_number(job, "until")};

	job->failure = g_strdup(fetched->failure);
	job->unchanged = fetched->unchanged;
	if (fetched->bytes == NULL) {
		job_end(job);
		return;
	}
	cm_foreign_reader_read_calendar(job->means.reader, fetched->bytes, &window, fetched->etag,
					fetched->modified, calendar_read, job);
}

static void
calendar_begin(CmCourierJob *job)
{
	CmFetchOrder order = {.url = get_text(job, "url"),
			      .etag = get_text(job, "etag"),
			      .modified = get_text(job, "modified")};

	if (order.url == NULL || get_text(job, "zone") == NULL) {
		job->failure = g_strdup("unreachable");
		job_end(job);
		return;
	}
	job->fetch =
	    cm_calendar_fetch_new(job->means.curl, job->means.fetch, &order, calendar_fetched, job);
}

static void
room_answered(GBytes *report, gpointer user_data)
{
	CmCourierJob *job = user_data;

	job->document = g_bytes_ref(report);
	job_end(job);
}

/* NULL: there is none; FALSE: it can't be read */
static gboolean
read_body(const CmCourierJob *job, GBytes **out_body)
{
	struct stat status;
	gchar *text = NULL;

	if (job->content < 0 || fstat(job->content, &status) != 0 ||
	    status.st_size > CM_ROOM_CALL_BODY_MAX)
		return FALSE;
	text = g_malloc0((gsize)status.st_size + 1);
	*out_body = g_bytes_new_take(text, (gsize)status.st_size);
	return pread(job->content, text, (gsize)status.st_size, 0) == status.st_size;
}

static void
room_begin(CmCourierJob *job)
{
	g_autoptr(GBytes) body = NULL;
	CmRoomOrder order = {.url = get_text(job, "url"),
			     .type = get_text(job, "type"),
			     .private_network =
				 job->order != NULL && json_object_get_boolean_member_with_default(
							   job->order, "private", FALSE)};

	if (order.url == NULL || !read_body(job, &body)) {
		job->failure = g_strdup("unreachable");
		job_end(job);
		return;
	}
	order.body = body;
	job->room =
	    cm_room_call_new(job->means.rooms, job->means.fetch, &order, room_answered, job);
}

void
cm_courier_job_begin(CmCourierJob *job,
		     const CmCourierMeans *means,
		     CmCourierJobDone done,
		     gpointer user_data)
{
	job->means = *means;
	job->done = done;
	job->user_data = user_data;
	if (job->is_mail)
		mail_begin(job);
	else if (job->is_room)
		room_begin(job);
	else
		calendar_begin(job);
}

gboolean
cm_courier_job_abandon(CmCourierJob *job)
{
	if (!job->is_mail) {
		g_clear_pointer(&job->fetch, cm_calendar_fetch_free);
		g_clear_pointer(&job->room, cm_room_call_free);
		return FALSE;
	}
	if (job->idle != 0) {
		/* it is over, and only nobody was told */
		g_source_remove(job->idle);
		job->idle = 0;
	} else if (job->smtp != NULL) {
		job->result.outcome = cm_smtp_mail_abandon(job->smtp);
	}
	g_clear_pointer(&job->smtp, cm_smtp_mail_free);
	return TRUE;
}

gboolean
cm_courier_job_is_urgent(const CmCourierJob *job)
{
	return job->is_room;
}

gboolean
cm_courier_job_is_stale(const CmCourierJob *job)
{
	return job->is_mail && g_get_monotonic_time() - job->leased_at >
				   CM_COURIER_JOB_WAIT_SECONDS * G_USEC_PER_SEC;
}

/* ---- telling it */

static void
add_member(JsonBuilder *builder, const gchar *name, JsonNode *value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_value(builder, value);
}

static JsonNode *
make_number(gint64 number)
{
	return json_node_init_int(json_node_alloc(), number);
}

static JsonNode *
make_text(const gchar *text)
{
	return json_node_init_string(json_node_alloc(), text);
}

GBytes *
cm_courier_job_make_report(const CmCourierJob *job)
{
	g_autoptr(JsonBuilder) builder = NULL;
	g_autoptr(JsonNode) root = NULL;
	gchar *text = NULL;

	if (job->document != NULL)
		return g_bytes_ref(job->document);
	builder = json_builder_new();
	json_builder_begin_object(builder);
	if (job->is_mail) {
		add_member(builder, "attempt", make_number(job->attempt));
		add_member(builder, "outcome", make_text(cm_courier_job_describe_end(job)));
		add_member(builder, "code", make_number(job->result.code));
	} else if (job->failure != NULL) {
		add_member(builder, "failure", make_text(job->failure));
	} else {
		add_member(builder, "unchanged",
			   json_node_init_boolean(json_node_alloc(), job->unchanged));
	}
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	return g_bytes_new_take(text, strlen(text));
}

gboolean
cm_courier_job_is_good(const CmCourierJob *job)
{
	return job->is_mail ? job->result.outcome == CM_ATTEMPT_ACCEPTED : job->failure == NULL;
}

const gchar *
cm_courier_job_describe_end(const CmCourierJob *job)
{
	if (job->is_mail)
		return cm_outbox_backoff_attempt_to_string(job->result.outcome);
	if (job->failure != NULL)
		return job->failure;
	if (job->is_room)
		return "answered";
	return job->unchanged ? "unchanged" : "read";
}
