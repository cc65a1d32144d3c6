// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-views.h"

#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

typedef struct {
	GVariant *key;
	gboolean opened;
	CmGatewayViewed done;
	gpointer user_data;
} Wish;

/* who waits for whom: nobody for those of a later lane */
enum { LANE_URGENT, LANE_OTHERS, LANES };

typedef struct {
	GArray *wishes;  /* (element-type Wish) that are not sent yet, first come first */
	guint under_way; /* messages */
} Lane;

struct _CmGatewayViews {
	CmGatewayLink *link;
	Lane lanes[LANES];
	guint sending; /* source */
};

/* one message: who is in it */
typedef struct {
	CmGatewayViews *views;
	Lane *lane;
	GArray *wishes; /* (element-type Wish) */
} Message;

static void
plan_sending(CmGatewayViews *views);

static void
wish_clear(gpointer data)
{
	g_clear_pointer(&((Wish *)data)->key, g_variant_unref);
}

static GArray *
make_wishes(void)
{
	GArray *wishes = g_array_new(FALSE, FALSE, sizeof(Wish));

	g_array_set_clear_func(wishes, wish_clear);
	return wishes;
}

static void
refuse_all(const GArray *wishes, const GError *error)
{
	for (guint i = 0; i < wishes->len; i++) {
		const Wish *wish = &g_array_index(wishes, Wish, i);

		wish->done(0, NULL, error, wish->user_data);
	}
}

/* ---- what comes */

/* an answer of somebody's in a message that is not what the contract says */
static GError *
make_unreadable(void)
{
	GError *error = NULL;

	cm_error_set(&error, CM_ERROR_FAILED, N_("A document can't be read."), NULL);
	return error;
}

/* `inout_at`: where their document begins in `documents`, and where it ends */
static void
answer_one(const Wish *wish, GVariantIter *answers, GBytes *documents, gsize *inout_at)
{
	const gchar *name = NULL;
	guint32 class = 0;
	guint32 size = 0;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	if (!g_variant_iter_next(answers, "(&suu)", &name, &class, &size) ||
	    size > g_bytes_get_size(documents) - *inout_at)
		error = make_unreadable();
	else if (*name != '\0')
		error = g_dbus_error_new_for_dbus_error(name, "");
	else
		document = g_bytes_new_from_bytes(documents, *inout_at, size);
	if (document != NULL)
		*inout_at += size;
	wish->done(class, document, error, wish->user_data);
}

static void
on_views(GVariant *values, GBytes *documents, const GError *error, gpointer user_data)
{
	g_autofree Message *message = user_data;
	g_autoptr(GArray) wishes = message->wishes;
	g_autoptr(GVariantIter) answers = NULL;
	g_autoptr(GError) unreadable = NULL;
	gsize at = 0;

	message->lane->under_way--;
	plan_sending(message->views);
	if (error == NULL && documents == NULL)
		unreadable = make_unreadable();
	if (error != NULL || unreadable != NULL) {
		refuse_all(wishes, error != NULL ? error : unreadable);
		return;
	}
	g_variant_get_child(values, 0, "a(suu)", &answers);
	for (guint i = 0; i < wishes->len; i++)
		answer_one(&g_array_index(wishes, Wish, i), answers, documents, &at);
}

/* ---- what goes */

/* the first of those who wait in a lane, in one message */
static void
send_message(CmGatewayViews *views, Lane *lane)
{
	g_auto(GVariantBuilder) asked = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(ayb)"));
	guint count = MIN(lane->wishes->len, CM_GATEWAY_VIEWS_TOGETHER);
	Message *message = g_new0(Message, 1);

	message->views = views;
	message->lane = lane;
	message->wishes = make_wishes();
	for (guint i = 0; i < count; i++) {
		Wish *wish = &g_array_index(lane->wishes, Wish, i);

		g_variant_builder_add(&asked, "(@ayb)", wish->key, wish->opened);
		g_clear_pointer(&wish->key, g_variant_unref);
	}
	g_array_append_vals(message->wishes, lane->wishes->data, count);
	g_array_remove_range(lane->wishes, 0, count);
	lane->under_way++;
	cm_gateway_link_look(views->link, "Views", g_variant_new("(a(ayb))", &asked), on_views,
			     message);
}

static gboolean
can_send(const Lane *lane)
{
	return lane->wishes->len > 0 && lane->under_way < CM_GATEWAY_VIEWS_UNDER_WAY;
}

static gboolean
on_sending(gpointer user_data)
{
	CmGatewayViews *views = user_data;

	views->sending = 0;
	for (guint i = 0; i < LANES; i++) {
		while (can_send(&views->lanes[i]))
			send_message(views, &views->lanes[i]);
	}
	return G_SOURCE_REMOVE;
}

/* at the next turn of the loop: requests come by the batch, and what came with this one goes with it */
static void
plan_sending(CmGatewayViews *views)
{
	gboolean can = FALSE;

	for (guint i = 0; i < LANES; i++)
		can = can || can_send(&views->lanes[i]);
	if (views->sending == 0 && can)
		views->sending = g_idle_add_full(G_PRIORITY_DEFAULT, on_sending, views, NULL);
}

void
cm_gateway_views_ask(CmGatewayViews *views,
		     const gchar *token,
		     CmGatewayViewFlags flags,
		     CmGatewayViewed done,
		     gpointer user_data)
{
	guint lane = (flags & CM_GATEWAY_VIEW_URGENT) != 0 ? LANE_URGENT : LANE_OTHERS;
	const Wish wish = {.key = g_variant_ref_sink(cm_gateway_link_make_key(token)),
			   .opened = (flags & CM_GATEWAY_VIEW_OPENED) != 0,
			   .done = done,
			   .user_data = user_data};

	g_array_append_val(views->lanes[lane].wishes, wish);
	plan_sending(views);
}

/* ---- its life */

CmGatewayViews *
cm_gateway_views_new(CmGatewayLink *link)
{
	CmGatewayViews *views = g_new0(CmGatewayViews, 1);

	/* from now on GDBus knows the names of comodald's errors */
	(void)cm_error_quark();
	views->link = link;
	for (guint i = 0; i < LANES; i++)
		views->lanes[i].wishes = make_wishes();
	return views;
}

void
cm_gateway_views_free(CmGatewayViews *views)
{
	g_autoptr(GError) error = NULL;

	if (views == NULL)
		return;
	g_clear_handle_id(&views->sending, g_source_remove);
	cm_error_set(&error, CM_ERROR_FAILED, N_("comodald is not there."), NULL);
	for (guint i = 0; i < LANES; i++) {
		refuse_all(views->lanes[i].wishes, error);
		g_array_unref(views->lanes[i].wishes);
	}
	g_free(views);
}
