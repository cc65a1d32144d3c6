// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/courier.h"

#include "daemon/courier/comodald-link.h"
#include "daemon/courier/courier-job.h"
#include "include/cm-error.h"

/* comodald says when there is something; this is for what it may have said while nobody listened */
#define LOOK_SECONDS 60
/* most that are leased at a time, of them as many are waiting as are under way */
#define LEASES_PER_CONNECTION 2
/* a report that comodald could not take now */
#define RETRY_SECONDS 5
/* calls of video providers at a time, beside everything else */
#define ROOMS_MAX 8

struct _CmCourier {
	const CmCourierSettings *settings;
	CmTransferPool *pool; /* mail out */
	CmTransferPool *poll; /* mail in */
	CmCurlSource *curl;   /* calendars */
	CmCurlSource *rooms;  /* video providers */
	CmForeignReader *reader;
	CmMaildir *maildir;
	CmComodaldLink *link;
	CmMailboxPoll *mailbox;

	GHashTable *jobs; /* key → CmCourierJob: all that were leased and not reported */
	GQueue waiting;   /* of them, not begun */
	GQueue active;    /* under way */
	GQueue done;      /* to be reported */
	guint reporting;  /* being reported */
	gboolean leasing;
	gboolean leasing_rooms;
	gboolean more_rooms;
	guint urgent;  /* of all those, calls of video providers */
	gboolean more; /* there may be something to lease */
	guint timer;
	guint retry;

	gboolean stopping;
	GSourceFunc stopped; /* NULL once it was called */
	gpointer stopped_data;
	guint stop_timer;
};

static void
courier_go_on(CmCourier *self);

/* ---- reporting */

static gchar *
make_key(const CmCourierJob *job)
{
	return g_strdup_printf("%s %" G_GINT64_FORMAT, cm_courier_job_get_kind(job),
			       cm_courier_job_get_number(job));
}

typedef struct {
	CmCourier *courier;
	CmCourierJob *job;
	gint64 attempt; /* that it speaks of */
} Report;

static gboolean
courier_on_retry(gpointer user_data)
{
	CmCourier *self = user_data;

	self->retry = 0;
	courier_go_on(self);
	return G_SOURCE_REMOVE;
}

/* what is said is not heard again later */
static gboolean
is_final(const GError *error)
{
	return error == NULL || cm_error_is(error, CM_ERROR_NOT_FOUND) ||
	       cm_error_is(error, CM_ERROR_INVALID_INPUT) ||
	       cm_error_is(error, CM_ERROR_ACCESS_DENIED);
}

static void
courier_reported(const GError *error, gpointer user_data)
{
	g_autofree Report *report = user_data;
	CmCourier *self = report->courier;
	g_autofree gchar *key = make_key(report->job);

	self->reporting--;
	/* handed out again while it was told how an earlier attempt ended: of that one comodald waits to hear still */
	if (is_final(error) && cm_courier_job_get_attempt(report->job) != report->attempt) {
		g_queue_push_tail(&self->done, report->job);
		courier_go_on(self);
		return;
	}
	if (is_final(error)) {
		if (error != NULL)
			g_warning("comodald did not take the report of a job");
		self->urgent -= cm_courier_job_is_urgent(report->job) ? 1 : 0;
		(void)g_hash_table_remove(self->jobs, key);
		courier_go_on(self);
		return;
	}
	/* only we know how it ended: it is said again, here or when comodald is back */
	g_queue_push_tail(&self->done, report->job);
	if (self->retry == 0)
		self->retry = g_timeout_add_seconds(RETRY_SECONDS, courier_on_retry, self);
}

static void
courier_report_all(CmCourier *self)
{
	/* one that fails at once comes back to the queue, not in this round */
	for (guint left = self->done.length; left > 0 && cm_comodald_link_is_up(self->link);
	     left--) {
		Report *report = g_new0(Report, 1);
		g_autoptr(GBytes) text = NULL;

		report->courier = self;
		report->job = g_queue_pop_head(&self->done);
		report->attempt = cm_courier_job_get_attempt(report->job);
		text = cm_courier_job_make_report(report->job);
		self->reporting++;
		cm_comodald_link_report(self->link, cm_courier_job_get_number(report->job),
					cm_courier_job_get_kind(report->job), text,
					courier_reported, report);
	}
}

static void
courier_job_done(CmCourierJob *job, gpointer user_data)
{
	CmCourier *self = user_data;

	/* neither whom it was for nor what it said */
	if (cm_courier_job_is_good(job))
		g_info("a %s went well", cm_courier_job_get_kind(job));
	else
		g_message("a %s ended: %s", cm_courier_job_get_kind(job),
			  cm_courier_job_describe_end(job));
	(void)g_queue_remove(&self->active, job);
	g_queue_push_tail(&self->done, job);
	courier_go_on(self);
}

/* ---- beginning */

static void
courier_begin_job(CmCourier *self, CmCourierJob *job)
{
	const CmCourierMeans means = {.pool = self->pool,
				      .curl = self->curl,
				      .rooms = self->rooms,
				      .reader = self->reader,
				      .maildir = self->maildir,
				      .smtp = self->settings->smtp,
				      .fetch = &self->settings->fetch};

	g_queue_push_tail(&self->active, job);
	cm_courier_job_begin(job, &means, courier_job_done, self);
}

static guint
courier_count_active(CmCourier *self)
{
	guint count = 0;

	for (const GList *at = self->active.head; at != NULL; at = at->next)
		count += cm_courier_job_is_urgent(at->data) ? 0 : 1;
	return count;
}

static void
courier_begin_jobs(CmCourier *self)
{
	while (courier_count_active(self) < self->settings->connections &&
	       self->waiting.length > 0) {
		CmCourierJob *job = g_queue_pop_head(&self->waiting);

		/* its lease could end in the middle */
		if (cm_courier_job_is_stale(job))
			g_queue_push_tail(&self->done, job);
		else
			courier_begin_job(self, job);
	}
}

static void
courier_take(CmCourier *self, CmComodaldJob *handed)
{
	g_autoptr(CmCourierJob) job = cm_courier_job_new(handed);
	g_autofree gchar *key = make_key(job);
	CmCourierJob *known = g_hash_table_lookup(self->jobs, key);

	/* comodald was away, and takes it that we were: we have it still, and know more of it than anybody */
	if (known != NULL) {
		cm_courier_job_renew(known, job);
		return;
	}
	g_hash_table_insert(self->jobs, g_steal_pointer(&key), job);
	known = g_steal_pointer(&job);
	if (!cm_courier_job_is_urgent(known)) {
		g_queue_push_tail(&self->waiting, known);
		return;
	}
	self->urgent++;
	courier_begin_job(self, known);
}

static void
courier_leased(GPtrArray *jobs, const GError *error, gpointer user_data)
{
	CmCourier *self = user_data;

	self->leasing = FALSE;
	if (jobs == NULL || jobs->len == 0) {
		if (error != NULL && g_dbus_error_is_remote_error(error))
			g_warning("comodald gives out no jobs");
		self->more = FALSE;
	}
	for (guint i = 0; jobs != NULL && i < jobs->len; i++)
		courier_take(self, g_ptr_array_index(jobs, i));
	courier_go_on(self);
}

/* what ended is reported before more is asked for: comodald then knows what may follow */
static void
courier_lease(CmCourier *self)
{
	guint most = self->settings->connections * LEASES_PER_CONNECTION;
	guint have = g_hash_table_size(self->jobs) - self->urgent;

	if (!self->more || self->leasing || self->stopping || have >= most ||
	    !cm_comodald_link_is_up(self->link))
		return;
	self->leasing = TRUE;
	cm_comodald_link_lease(self->link, most - have, courier_leased, self);
}

static void
courier_leased_rooms(GPtrArray *jobs, const GError *error, gpointer user_data)
{
	CmCourier *self = user_data;

	self->leasing_rooms = FALSE;
	/* until there is nothing more; what came meanwhile was said */
	if (jobs != NULL && jobs->len > 0)
		self->more_rooms = TRUE;
	for (guint i = 0; jobs != NULL && i < jobs->len; i++)
		courier_take(self, g_ptr_array_index(jobs, i));
	courier_go_on(self);
}

static void
courier_lease_rooms(CmCourier *self)
{
	if (!self->more_rooms || self->leasing_rooms || self->stopping ||
	    self->urgent >= ROOMS_MAX || !cm_comodald_link_is_up(self->link))
		return;
	self->leasing_rooms = TRUE;
	self->more_rooms = FALSE;
	cm_comodald_link_lease_rooms(self->link, ROOMS_MAX - self->urgent, courier_leased_rooms,
				     self);
}

/* ---- stopping */

static void
courier_check_stopped(CmCourier *self)
{
	GSourceFunc stopped = self->stopped;

	if (stopped == NULL || self->leasing || self->leasing_rooms || self->active.length > 0 ||
	    self->reporting > 0)
		return;
	if (self->done.length > 0 && cm_comodald_link_is_up(self->link))
		return;
	if (self->stop_timer != 0)
		g_source_remove(self->stop_timer);
	self->stop_timer = 0;
	self->stopped = NULL;
	(void)g_idle_add(stopped, self->stopped_data);
}

static void
courier_go_on(CmCourier *self)
{
	/* what has not begun goes back as it came */
	while (self->stopping && self->waiting.length > 0)
		g_queue_push_tail(&self->done, g_queue_pop_head(&self->waiting));
	courier_begin_jobs(self);
	courier_report_all(self);
	courier_lease(self);
	courier_lease_rooms(self);
	courier_check_stopped(self);
}

static gboolean
courier_give_up(gpointer user_data)
{
	CmCourier *self = user_data;

	self->stop_timer = 0;
	while (self->active.length > 0) {
		CmCourierJob *job = g_queue_pop_head(&self->active);

		/* of a calendar there is nothing to say */
		if (cm_courier_job_abandon(job))
			g_queue_push_tail(&self->done, job);
	}
	courier_go_on(self);
	return G_SOURCE_REMOVE;
}

void
cm_courier_stop(CmCourier *courier, GSourceFunc stopped, gpointer user_data)
{
	if (courier->stopping)
		return;
	courier->stopping = TRUE;
	courier->stopped = stopped;
	courier->stopped_data = user_data;
	courier->stop_timer =
	    g_timeout_add_seconds(CM_COURIER_STOP_SECONDS, courier_give_up, courier);
	courier_go_on(courier);
}

/* ---- ours */

static void
courier_on_up(gpointer user_data)
{
	CmCourier *self = user_data;

	self->more = TRUE;
	self->more_rooms = TRUE;
	courier_go_on(self);
	if (self->mailbox != NULL && !self->stopping)
		cm_mailbox_poll_look(self->mailbox);
}

static void
courier_on_down(gpointer user_data)
{
	g_message("comodald is gone");
}

static void
courier_on_due(gpointer user_data)
{
	CmCourier *self = user_data;

	self->more = TRUE;
	courier_go_on(self);
}

static void
courier_on_rooms_due(gpointer user_data)
{
	CmCourier *self = user_data;

	self->more_rooms = TRUE;
	courier_go_on(self);
}

static gboolean
courier_look(gpointer user_data)
{
	((CmCourier *)user_data)->more_rooms = TRUE;
	courier_on_due(user_data);
	return G_SOURCE_CONTINUE;
}

CmCourier *
cm_courier_new(const CmCourierSettings *settings, GError **error)
{
	static const CmComodaldLinkEvents events = {courier_on_up, courier_on_down, courier_on_due,
						    courier_on_rooms_due};
	CmMaildir *maildir = NULL;
	CmCourier *courier = NULL;

	if (settings->maildir != NULL) {
		maildir = cm_maildir_new(settings->maildir, error);
		if (maildir == NULL)
			return NULL;
	}
	courier = g_new0(CmCourier, 1);
	courier->settings = settings;
	courier->maildir = maildir;
	courier->pool = cm_transfer_pool_new(settings->maildir == NULL ? settings->connections : 0);
	courier->poll = cm_transfer_pool_new(settings->mailbox != NULL ? 1 : 0);
	courier->curl = cm_curl_source_new(settings->connections);
	courier->rooms = cm_curl_source_new(ROOMS_MAX);
	courier->reader = cm_foreign_reader_new();
	courier->jobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      (GDestroyNotify)cm_courier_job_free);
	courier->link = cm_comodald_link_new(settings->socket, &events, courier);
	if (settings->mailbox != NULL)
		courier->mailbox = cm_mailbox_poll_new(courier->poll, courier->reader,
						       courier->link, settings->mailbox);
	courier->timer = g_timeout_add_seconds(LOOK_SECONDS, courier_look, courier);
	return courier;
}

void
cm_courier_free(CmCourier *courier)
{
	if (courier == NULL)
		return;
	g_source_remove(courier->timer);
	if (courier->retry != 0)
		g_source_remove(courier->retry);
	if (courier->stop_timer != 0)
		g_source_remove(courier->stop_timer);
	/* first whoever calls back */
	cm_comodald_link_free(courier->link);
	cm_foreign_reader_free(courier->reader);
	cm_mailbox_poll_free(courier->mailbox);
	g_queue_clear(&courier->waiting);
	g_queue_clear(&courier->active);
	g_queue_clear(&courier->done);
	g_hash_table_unref(courier->jobs);
	cm_transfer_pool_free(courier->pool);
	cm_transfer_pool_free(courier->poll);
	cm_curl_source_free(courier->curl);
	cm_curl_source_free(courier->rooms);
	cm_maildir_free(courier->maildir);
	g_free(courier);
}
