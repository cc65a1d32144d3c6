// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/outbox-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-letter.h"
#include "daemon/store/store-outbox.h"

#include <unistd.h>

/* looked again at least so often: clocks are set, machines sleep */
#define LOOK_SECONDS_MAX 900
/* after a round that failed, as with a full disk */
#define RETRY_SECONDS 30
/* with one person alone, as with a name that is too long */
#define FAILED_SECONDS 900
/* notices and recipients that are looked for in one round */
#define PAGE 1000

struct _CmOutboxKeeper {
	CmService *service;
	CmClockWatch *watch;
	GHashTable *at;        /* CmStoreRecipient → gint64: when they are to be looked at */
	gint64 newest;         /* the last notice that was looked at */
	CmStoreRecipient page; /* how far the search for everybody has come */
	gboolean searching;    /* it has not come to its end */
	gint64 next_letter;    /* when a letter may be handed out; 0: none waits */
	gint64 announced;      /* the last such hour that was told */
	guint timer;
	gboolean running;
	guint alone;    /* rounds to come with one person each, to find out whose fails */
	gboolean again; /* something came meanwhile */
	gint rung;      /* atomic: something was queued, and the loop does not know yet */
	void (*due)(gpointer user_data);
	gpointer due_data;
};

/* One round, on the worker's thread. */
typedef struct {
	CmOutboxKeeper *keeper;
	CmPolicySet *policies;
	CmStoreRecipient chosen[CM_STORE_OUTBOX_BATCH];
	guint count;
	gboolean search;
	CmStoreRecipient page;
	gint64 newest;
	gint64 now;
	GArray *found;    /* CmStoreRecipient: somebody has queued something to them */
	GArray *searched; /* CmStoreRecipient: something waits for them */
	GArray *next;     /* CmOutboxNext */
	CmOutboxReport report;
	gint64 next_letter;
} Round;

static void
round_free(gpointer data)
{
	Round *round = data;

	cm_policy_set_unref(round->policies);
	g_clear_pointer(&round->found, g_array_unref);
	g_clear_pointer(&round->searched, g_array_unref);
	g_array_unref(round->next);
	g_free(round);
}

/* ---- on the worker's thread */

static gboolean
keeper_rung(gpointer user_data);

static void
keeper_ring(gpointer user_data)
{
	CmOutboxKeeper *keeper = user_data;

	if (g_atomic_int_compare_and_exchange(&keeper->rung, 0, 1))
		g_idle_add(keeper_rung, keeper);
}

static gboolean
round_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Round *round = data;

	cm_store_set_queued(store, keeper_ring, round->keeper);
	if (round->search) {
		round->searched = cm_store_outbox_list_recipients(store, &round->page, PAGE, error);
		if (round->searched == NULL)
			return FALSE;
	}
	round->found =
	    cm_store_outbox_list_newer(store, round->newest, PAGE, &round->newest, error);
	if (round->found == NULL ||
	    !cm_store_outbox_gather(store, round->policies, round->chosen, round->count, round->now,
				    round->next, &round->report, error))
		return FALSE;
	return cm_store_letter_get_next_time(store, &round->next_letter, error);
}

/* ---- on the main loop */

static gboolean
keeper_look(gpointer user_data);

static void
keeper_wait(CmOutboxKeeper *keeper, gint64 seconds)
{
	if (keeper->timer != 0)
		g_source_remove(keeper->timer);
	keeper->timer = seconds <= 0 ? g_idle_add(keeper_look, keeper)
				     : g_timeout_add_seconds((guint)MIN(seconds, LOOK_SECONDS_MAX),
							     keeper_look, keeper);
}

static void
keeper_expect(CmOutboxKeeper *keeper, const CmStoreRecipient *who, gint64 at)
{
	if (at == 0)
		g_hash_table_remove(keeper->at, who);
	else
		g_hash_table_replace(keeper->at, g_memdup2(who, sizeof *who),
				     g_memdup2(&at, sizeof at));
}

static void
keeper_take(CmOutboxKeeper *keeper, const Round *round)
{
	for (guint i = 0; round->searched != NULL && i < round->searched->len; i++) {
		const CmStoreRecipient *who = &g_array_index(round->searched, CmStoreRecipient, i);

		keeper->page = *who;
		if (!g_hash_table_contains(keeper->at, who))
			keeper_expect(keeper, who, round->now);
	}
	if (round->search)
		keeper->searching = round->searched->len == PAGE;
	for (guint i = 0; i < round->found->len; i++)
		keeper_expect(keeper, &g_array_index(round->found, CmStoreRecipient, i),
			      round->now);
	for (guint i = 0; i < round->next->len; i++) {
		const CmOutboxNext *next = &g_array_index(round->next, CmOutboxNext, i);

		keeper_expect(keeper, &next->who, next->at);
	}
	keeper->newest = round->newest;
	keeper->next_letter = round->next_letter;
	keeper->again = keeper->again || keeper->searching || round->found->len == PAGE;
}

/* the courier is told of a letter once, and looks by itself every minute besides */
static void
keeper_announce(CmOutboxKeeper *keeper, guint made)
{
	gint64 now = cm_clock_get_now();

	if (keeper->next_letter == 0 || keeper->next_letter > now ||
	    (made == 0 && keeper->next_letter == keeper->announced))
		return;
	keeper->announced = keeper->next_letter;
	if (keeper->due != NULL)
		keeper->due(keeper->due_data);
}

static gint64
keeper_get_next(const CmOutboxKeeper *keeper)
{
	gint64 next = keeper->next_letter > cm_clock_get_now() ? keeper->next_letter : G_MAXINT64;
	gpointer at = NULL;
	GHashTableIter iter;

	g_hash_table_iter_init(&iter, keeper->at);
	while (g_hash_table_iter_next(&iter, NULL, &at))
		next = MIN(next, *(const gint64 *)at);
	return next;
}

/* whoever fails alone is left for a while, so that nobody waits for them */
static void
keeper_set_apart(CmOutboxKeeper *keeper, const Round *round)
{
	if (round->count == 1)
		keeper_expect(keeper, &round->chosen[0], round->now + FAILED_SECONDS);
	if (round->count > 1)
		keeper->alone = round->count;
}

static void
keeper_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmOutboxKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	const Round *round = data;
	gint64 now = cm_clock_get_now();
	gint64 wait = RETRY_SECONDS;

	keeper->running = FALSE;
	keeper->alone -= keeper->alone > 0 ? 1 : 0;
	if (good) {
		keeper_take(keeper, round);
		keeper_announce(keeper, round->report.letters);
		if (round->report.letters > 0)
			g_message("outbox: %u letters made", round->report.letters);
		wait =
		    keeper->again ? 0 : CLAMP(keeper_get_next(keeper) - now, 0, LOOK_SECONDS_MAX);
	} else if (!g_cancellable_is_cancelled(service->closing)) {
		cm_logging_report_error("outbox", NULL, getuid(), error);
		keeper_set_apart(keeper, round);
	}
	keeper->again = FALSE;
	if (!g_cancellable_is_cancelled(service->closing))
		keeper_wait(keeper, wait);
	cm_service_end(service);
}

static void
round_choose(Round *round, const CmOutboxKeeper *keeper)
{
	guint most = keeper->alone > 0 ? 1 : CM_STORE_OUTBOX_BATCH;
	gpointer who = NULL;
	gpointer at = NULL;
	GHashTableIter iter;

	g_hash_table_iter_init(&iter, keeper->at);
	while (round->count < most && g_hash_table_iter_next(&iter, &who, &at)) {
		if (*(const gint64 *)at <= round->now)
			round->chosen[round->count++] = *(const CmStoreRecipient *)who;
	}
}

static gboolean
keeper_look(gpointer user_data)
{
	CmOutboxKeeper *keeper = user_data;
	Round *round = NULL;

	keeper->timer = 0;
	if (g_cancellable_is_cancelled(keeper->service->closing))
		return G_SOURCE_REMOVE;
	keeper->again = keeper->running;
	if (keeper->running)
		return G_SOURCE_REMOVE;
	keeper->running = TRUE;
	round = g_new0(Round, 1);
	round->keeper = keeper;
	round->policies = cm_policy_set_ref(keeper->service->policies);
	round->next = g_array_new(FALSE, FALSE, sizeof(CmOutboxNext));
	round->search = keeper->searching;
	round->page = keeper->page;
	round->newest = keeper->newest;
	round->now = cm_clock_get_now();
	round_choose(round, keeper);
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, round_run, round, round_free,
			    keeper->service->closing, keeper_looked, keeper);
	return G_SOURCE_REMOVE;
}

/* something was queued: nothing of it is told before the delay is over */
static gboolean
keeper_rung(gpointer user_data)
{
	CmOutboxKeeper *keeper = user_data;

	g_atomic_int_set(&keeper->rung, 0);
	keeper_wait(keeper, 0);
	return G_SOURCE_REMOVE;
}

/* everybody anew: the clock was set, or a time has come that nobody waited for */
static gboolean
keeper_tick(gpointer user_data)
{
	CmOutboxKeeper *keeper = user_data;

	keeper->page = (CmStoreRecipient){(CmResource)-1, 0};
	keeper->searching = TRUE;
	keeper_wait(keeper, 0);
	return G_SOURCE_CONTINUE;
}

CmOutboxKeeper *
cm_outbox_keeper_new(CmService *service)
{
	CmOutboxKeeper *keeper = g_new0(CmOutboxKeeper, 1);

	keeper->service = service;
	keeper->at = g_hash_table_new_full(cm_store_reach_hash_recipient,
					   cm_store_reach_equal_recipients, g_free, g_free);
	keeper->watch = cm_clock_new_watch(keeper_tick, keeper);
	(void)keeper_tick(keeper);
	return keeper;
}

void
cm_outbox_keeper_free(CmOutboxKeeper *keeper)
{
	if (keeper == NULL)
		return;
	if (keeper->timer != 0)
		g_source_remove(keeper->timer);
	if (g_atomic_int_get(&keeper->rung) != 0)
		(void)g_idle_remove_by_data(keeper);
	cm_clock_free_watch(keeper->watch);
	g_hash_table_unref(keeper->at);
	g_free(keeper);
}

void
cm_outbox_keeper_set_due(CmOutboxKeeper *keeper,
			 void (*due)(gpointer user_data),
			 gpointer user_data)
{
	keeper->due = due;
	keeper->due_data = user_data;
}

void
cm_outbox_keeper_look_at(CmOutboxKeeper *keeper, const CmStoreRecipient *who)
{
	keeper_expect(keeper, who, cm_clock_get_now());
	keeper_wait(keeper, 0);
}
