// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/gateway-call.h"

#include "daemon/bus/clock.h"
#include "daemon/store/store-video-room.h"
#include "include/cm-names.h"
#include "tests/unit/visit-fixture.h"

/* What each call says of the visits that its gateway speaks for: those go on when comodald or the gateway begins anew; whomever nobody
 * speaks for has left two minutes later. */

typedef struct {
	Visio *visio;
	CmService service;
	CmGatewayState state;
	gchar *clock; /* path */
} House;

static House *
house_new(void)
{
	House *house = g_new0(House, 1);

	house->visio = visio_new();
	house->service.policies = house->visio->policies;
	house->state.service = &house->service;
	house->clock = g_build_filename(house->visio->desk->fixture->folder, "clock", NULL);
	g_assert_true(g_setenv(CM_ENV_CLOCK, house->clock, TRUE));
	return house;
}

static void
house_free(House *house)
{
	visio_free(house->visio);
	g_free(house->clock);
	g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

static void
set_clock(House *house, gint64 now)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", now);

	g_assert_true(g_file_set_contents(house->clock, text, -1, NULL));
	g_assert_cmpint(cm_clock_get_now(), ==, now);
}

static GBytes *
make_key(const gchar *token)
{
	guint8 hash[CM_LINK_HASH_BYTES];

	g_assert_true(cm_link_hash(token, hash));
	return g_bytes_new(hash, sizeof hash);
}

static CmGatewayCall *
make_call(House *house,
	  const gchar *token,
	  gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error))
{
	CmGatewayCall *call = cm_gateway_call_new(&house->state, run);
	g_autoptr(GError) error = NULL;
	gboolean done = FALSE;

	call->key = make_key(token);
	call->subject = house->visio->booking.number;
	call->text = g_strdup(VISIO_ANSWERS);
	done = run(call, house->visio->store, &error);
	g_assert_no_error(error);
	g_assert_true(done);
	return call;
}

static void
assert_speaks_for(CmGatewayCall *call, gint64 visit)
{
	g_assert_cmpuint(call->claimed->len, ==, 1);
	g_assert_cmpint(g_array_index(call->claimed, gint64, 0), ==, visit);
	cm_gateway_call_free(call);
}

static gint64
get_visit(House *house)
{
	return query(house->visio->desk, "SELECT id FROM visit;");
}

/* Arriving, and being in the room: both say that somebody is there. In the room no page is looked at for as long as they talk. */
static void
test_claims(void)
{
	g_autoptr(House) house = house_new();
	Visio *visio = house->visio;
	g_autofree gchar *token = NULL;
	g_autoptr(GError) error = NULL;
	gint64 subject = 0;
	gint64 visit = 0;
	CmGatewayCall *call = NULL;

	set_clock(house, visio->start);
	g_assert_true(cm_store_link_issue(visio->store, CM_RESOURCE_CONTACT,
					  visio->desk->contact[0], CM_LINK_GUEST, 0, NOW, &token,
					  &error));
	call = make_call(house, token, cm_gateway_call_arrive);
	visit = get_visit(house);
	assert_speaks_for(call, visit);
	g_assert_true(cm_store_visit_decide(visio->store, visit, 0, TRUE, UID, visio->start,
					    &subject, &error));
	assert_speaks_for(make_call(house, token, cm_gateway_call_check_inside), visit);
	/* said again, while they are there */
	assert_speaks_for(make_call(house, token, cm_gateway_call_arrive), visit);
}

/* A gateway did not come back. Who waits, or talks in our room, has left; who is in a room elsewhere is there still. */
static void
test_abandon(void)
{
	static const struct {
		CmProviderKind kind;
		gboolean in;
		gboolean stays;
	} rows[] = {
	    {CM_PROVIDER_BUILTIN, TRUE, FALSE}, {CM_PROVIDER_JANUS, TRUE, FALSE},
	    {CM_PROVIDER_JITSI, TRUE, TRUE},    {CM_PROVIDER_PHONE, TRUE, TRUE},
	    {CM_PROVIDER_JITSI, FALSE, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(House) house = house_new();
		Visio *visio = house->visio;
		CmStoreVisitor guest = visio_guardian(visio);
		g_autoptr(CmConfiguration) configuration = cm_configuration_new(TRUE);
		CmProviderSettings *provider = g_new0(CmProviderSettings, 1);
		CmGatewayCall *call = cm_gateway_call_new(&house->state, cm_gateway_call_abandon);
		g_autoptr(GBytes) facts = g_bytes_new_static("{}", 2);
		g_autoptr(CmStoreVideoRoom) room = NULL;
		g_autoptr(GError) error = NULL;
		gint64 visit = 0;

		provider->name = g_strdup("one");
		provider->kind = rows[i].kind;
		g_hash_table_insert(configuration->visio->providers, provider->name, provider);
		house->service.configuration = configuration;
		set_clock(house, visio->start);
		visit = visio_arrive(visio, &guest, visio->start);
		room = cm_store_video_room_add(visio->store, visio->booking.number, "one", facts,
					       visio->start, &error);
		g_assert_no_error(error);
		if (rows[i].in)
			g_assert_true(cm_store_visit_decide(visio->store, visit, 0, TRUE, UID,
							    visio->start, &visit, &error));
		call->visits = g_array_new(FALSE, FALSE, sizeof(gint64));
		visit = get_visit(house);
		g_array_append_val(call->visits, visit);
		g_assert_true(cm_gateway_call_abandon(call, visio->store, &error));
		g_assert_cmpint(
		    query(visio->desk, "SELECT count(*) FROM visit WHERE state = 'left';"), ==,
		    rows[i].stays ? 0 : 1);
		g_assert_cmpuint(call->touched->len, ==, rows[i].stays ? 0 : 1);
		cm_gateway_call_free(call);
	}
}

static void
open_page(House *house, const gchar *token)
{
	CmGatewayCall *call = cm_gateway_call_new(&house->state, cm_gateway_call_view);
	g_autoptr(GError) error = NULL;

	call->key = make_key(token);
	call->flag = TRUE;
	g_assert_true(cm_gateway_call_view(call, house->visio->store, &error));
	g_assert_no_error(error);
	cm_gateway_call_free(call);
}

static gboolean
write_openings(House *house)
{
	CmGatewayCall *call = cm_gateway_call_new(&house->state, cm_gateway_call_write_openings);
	g_autoptr(GError) error = NULL;
	gboolean written = cm_gateway_call_write_openings(call, house->visio->store, &error);

	g_assert_true(written == (error == NULL));
	cm_gateway_call_free(call);
	return written;
}

static gint64
get_openings(House *house, guint contact)
{
	g_autofree gchar *sql = g_strdup_printf("SELECT coalesce(sum(count), 0) FROM opening WHERE "
						"kind = 2 AND person = %" G_GINT64_FORMAT ";",
						house->visio->desk->contact[contact]);

	return query(house->visio->desk, sql);
}

/* what could not be written is written with what came since, once */
static void
test_openings_undone(void)
{
	g_autoptr(House) house = house_new();
	g_autoptr(CmConfiguration) configuration = cm_configuration_new(TRUE);
	g_auto(GStrv) tokens = g_new0(gchar *, 3);
	g_autoptr(GError) error = NULL;

	house->service.configuration = configuration;
	set_clock(house, NOW);
	for (guint i = 0; i < 2; i++)
		g_assert_true(cm_store_link_issue(house->visio->store, CM_RESOURCE_CONTACT,
						  house->visio->desk->contact[i], CM_LINK_GUEST, 0,
						  NOW, &tokens[i], &error));
	/* of two the first is undone with the second */
	(void)query(house->visio->desk,
		    "CREATE TRIGGER full BEFORE INSERT ON opening WHEN (SELECT count(*) FROM "
		    "opening) > 0 BEGIN SELECT RAISE(ABORT, 'no more room'); END;");
	open_page(house, tokens[0]);
	open_page(house, tokens[0]);
	open_page(house, tokens[1]);
	g_assert_false(write_openings(house));
	g_assert_cmpint(get_openings(house, 0) + get_openings(house, 1), ==, 0);
	open_page(house, tokens[0]);
	g_assert_false(write_openings(house));
	(void)query(house->visio->desk, "DROP TRIGGER full;");
	for (guint i = 0; i < 2; i++) {
		g_assert_true(write_openings(house));
		g_assert_cmpint(get_openings(house, 0), ==, 3);
		g_assert_cmpint(get_openings(house, 1), ==, 1);
	}
	g_hash_table_unref(house->state.openings);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway-call/claims", test_claims);
	g_test_add_func("/gateway-call/abandon", test_abandon);
	g_test_add_func("/gateway-call/openings-undone", test_openings_undone);
	return g_test_run();
}
