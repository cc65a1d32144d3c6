// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/transfer-pool.h"

/* how long a thread does not look whether it is to let go */
#define PATIENCE_MS 250

typedef struct {
	CmTransferPool *pool;
	CURL *handle;
	CmTransferPoolDone done; /* NULL: taken back */
	gpointer user_data;
	CURLcode code;
	gint cancelled;    /* atomic */
	gboolean finished; /* under the pool's lock */
} Transfer;

struct _CmTransferPool {
	GAsyncQueue *queue; /* Transfer, or the pool itself: end */
	GPtrArray *threads;
	GHashTable *running; /* CURL → Transfer; the main loop's */
	GMutex lock;
	GCond changed;
};

static gboolean
transfer_tell(gpointer user_data)
{
	g_autofree Transfer *transfer = user_data;

	if (transfer->done == NULL)
		return G_SOURCE_REMOVE;
	(void)g_hash_table_remove(transfer->pool->running, transfer->handle);
	transfer->done(transfer->handle, transfer->code, transfer->user_data);
	return G_SOURCE_REMOVE;
}

/* ---- a thread's */

static int
on_progress(void *user_data, curl_off_t down, curl_off_t downed, curl_off_t up, curl_off_t upped)
{
	return g_atomic_int_get(&((Transfer *)user_data)->cancelled);
}

static CURLcode
read_end(CURLM *multi)
{
	CURLcode code = CURLE_ABORTED_BY_CALLBACK;
	CURLMsg *message = NULL;
	int left = 0;

	for (message = curl_multi_info_read(multi, &left); message != NULL;
	     message = curl_multi_info_read(multi, &left)) {
		if (message->msg == CURLMSG_DONE)
			code = message->data.result;
	}
	return code;
}

static CURLcode
transfer_run(Transfer *transfer, CURLM *multi)
{
	CURLcode code = CURLE_ABORTED_BY_CALLBACK;
	int running = 1;

	(void)curl_multi_add_handle(multi, transfer->handle);
	while (running > 0 && g_atomic_int_get(&transfer->cancelled) == 0) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			break;
		if (running > 0)
			(void)curl_multi_poll(multi, NULL, 0, PATIENCE_MS, NULL);
	}
	code = read_end(multi);
	(void)curl_multi_remove_handle(multi, transfer->handle);
	return code;
}

static gpointer
thread_run(gpointer user_data)
{
	CmTransferPool *pool = user_data;
	CURLM *multi = curl_multi_init();
	gpointer next = NULL;

	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 1L);
	for (next = g_async_queue_pop(pool->queue); next != pool;
	     next = g_async_queue_pop(pool->queue)) {
		Transfer *transfer = next;

		transfer->code = transfer_run(transfer, multi);
		g_mutex_lock(&pool->lock);
		transfer->finished = TRUE;
		g_cond_broadcast(&pool->changed);
		g_mutex_unlock(&pool->lock);
		(void)g_idle_add_full(G_PRIORITY_DEFAULT, transfer_tell, transfer, NULL);
	}
	(void)curl_multi_cleanup(multi);
	return NULL;
}

/* ---- the main loop's */

CmTransferPool *
cm_transfer_pool_new(guint threads)
{
	CmTransferPool *pool = g_new0(CmTransferPool, 1);

	pool->queue = g_async_queue_new();
	pool->threads = g_ptr_array_new();
	pool->running = g_hash_table_new(NULL, NULL);
	g_mutex_init(&pool->lock);
	g_cond_init(&pool->changed);
	for (guint i = 0; i < threads; i++)
		g_ptr_array_add(pool->threads, g_thread_new("transfer", thread_run, pool));
	return pool;
}

void
cm_transfer_pool_free(CmTransferPool *pool)
{
	if (pool == NULL)
		return;
	g_warn_if_fail(g_hash_table_size(pool->running) == 0);
	for (guint i = 0; i < pool->threads->len; i++)
		g_async_queue_push(pool->queue, pool);
	for (guint i = 0; i < pool->threads->len; i++)
		g_thread_join(g_ptr_array_index(pool->threads, i));
	g_ptr_array_unref(pool->threads);
	g_async_queue_unref(pool->queue);
	g_hash_table_unref(pool->running);
	g_mutex_clear(&pool->lock);
	g_cond_clear(&pool->changed);
	g_free(pool);
}

void
cm_transfer_pool_add(CmTransferPool *pool,
		     CURL *handle,
		     CmTransferPoolDone done,
		     gpointer user_data)
{
	Transfer *transfer = g_new0(Transfer, 1);

	transfer->pool = pool;
	transfer->handle = handle;
	transfer->done = done;
	transfer->user_data = user_data;
	curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
	g_hash_table_insert(pool->running, handle, transfer);
	g_async_queue_push(pool->queue, transfer);
}

void
cm_transfer_pool_remove(CmTransferPool *pool, CURL *handle)
{
	Transfer *transfer = g_hash_table_lookup(pool->running, handle);

	if (transfer == NULL)
		return;
	(void)g_hash_table_remove(pool->running, handle);
	/* it has not begun */
	if (g_async_queue_remove(pool->queue, transfer)) {
		g_free(transfer);
		return;
	}
	g_atomic_int_set(&transfer->cancelled, 1);
	g_mutex_lock(&pool->lock);
	while (!transfer->finished)
		g_cond_wait(&pool->changed, &pool->lock);
	g_mutex_unlock(&pool->lock);
	/* it is freed where it would have told */
	transfer->done = NULL;
}
