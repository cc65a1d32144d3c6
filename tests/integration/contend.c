// SPDX-License-Identifier: GPL-3.0-or-later

/* Many clients that want the same times. usage: contend ADDRESS SLOTS CLIENTS together|apart
 *
 * SLOTS is a file of lines "PROFESSIONAL DATE START". Together, each client asks for each slot in turn; apart, each slot is asked for by
 * one client. Every other client books a meeting, the others put one on hold. A call whose answer is lost is made again under its key,
 * until it is answered. Written to the standard output: for each that was given, "given SLOT NUMBER VERSION"; then one line "asked N
 * given N refused N failed N again N seconds S p50 MS p95 MS p99 MS most MS". To the standard error: "answered" each 200 answers. */

#include "include/cm-names.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <stdlib.h>

#define AGAIN_MAX 2000
#define AGAIN_USEC 20000
#define CALL_MS 60000

typedef struct {
	const gchar *address;
	gchar **slots;
	guint slot_count;
	guint clients;
	gboolean apart;
	gint answered; /* atomic */
} Contest;

typedef struct {
	Contest *contest;
	guint number;
	GArray *latencies; /* gint64, microseconds */
	GString *given;
	guint given_count;
	guint refused;
	guint failed;
	guint again;
	gchar *failure; /* the first */
} Client;

static GVariant *
make_call(const Client *client, guint slot)
{
	g_auto(GStrv) parts = g_strsplit(client->contest->slots[slot], " ", 3);
	GVariantBuilder options;
	g_autofree gchar *key = g_strdup_printf("client %u slot %u", client->number, slot);

	g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
	g_variant_builder_add(&options, "{sv}", "key", g_variant_new_string(key));
	if (client->number % 2 != 0)
		g_variant_builder_add(&options, "{sv}", "seconds", g_variant_new_uint32(86400));
	return g_variant_ref_sink(g_variant_new("(stssusa(st)a{sv})", "meeting",
						g_ascii_strtoull(parts[0], NULL, 10), parts[1],
						parts[2], 30u, "video-remote", NULL, &options));
}

/* an answer of the daemon's that this can't be had, rather than none */
static gboolean
is_refusal(const GError *error)
{
	g_autofree gchar *name = g_dbus_error_get_remote_error(error);

	return g_strcmp0(name, CM_ERROR_NAME_PREFIX "Conflict") == 0 ||
	       g_strcmp0(name, CM_ERROR_NAME_PREFIX "Policy") == 0;
}

static gboolean
is_lost(const GError *error)
{
	g_autofree gchar *name = g_dbus_error_get_remote_error(error);

	return name != NULL && (g_str_equal(name, "org.freedesktop.DBus.Error.NoReply") ||
				g_str_equal(name, "org.freedesktop.DBus.Error.ServiceUnknown") ||
				g_str_equal(name, "org.freedesktop.DBus.Error.NameHasNoOwner") ||
				g_str_equal(name, "org.freedesktop.DBus.Error.UnknownObject") ||
				g_str_equal(name, "org.freedesktop.DBus.Error.UnknownMethod"));
}

static void
take_answer(Client *client, guint slot, GVariant *answer)
{
	guint64 number = 0;
	guint64 version = 0;

	g_variant_get(answer, "(tth)", &number, &version, NULL);
	g_string_append_printf(client->given,
			       "given %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", slot,
			       number, version);
	client->given_count++;
}

static void
take_failure(Client *client, const GError *error)
{
	client->failed++;
	if (client->failure == NULL)
		client->failure = g_strdup(error->message);
}

/* TRUE once it is answered */
static gboolean
ask_once(Client *client, GDBusConnection *bus, guint slot, GVariant *call)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GVariant) answer = g_dbus_connection_call_with_unix_fd_list_sync(
	    bus, CM_BUS_NAME, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Booking", "BookAppointment",
	    call, G_VARIANT_TYPE("(tth)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MS, NULL,
	    &descriptors, NULL, &error);

	if (answer != NULL)
		take_answer(client, slot, answer);
	else if (is_refusal(error))
		client->refused++;
	else if (is_lost(error))
		return FALSE;
	else
		take_failure(client, error);
	return TRUE;
}

static void
ask(Client *client, GDBusConnection *bus, guint slot)
{
	g_autoptr(GVariant) call = make_call(client, slot);
	gint64 begun = g_get_monotonic_time();
	gint64 took = 0;
	guint tries = 0;

	while (!ask_once(client, bus, slot, call)) {
		client->again++;
		if (++tries > AGAIN_MAX) {
			client->failed++;
			return;
		}
		g_usleep(AGAIN_USEC); /* nocheck:banned: as a client that tries again does */
	}
	took = g_get_monotonic_time() - begun;
	g_array_append_val(client->latencies, took);
	if ((g_atomic_int_add(&client->contest->answered, 1) + 1) % 200 == 0)
		fputs("answered\n", stderr);
}

static gpointer
run_client(gpointer data)
{
	Client *client = data;
	const Contest *contest = client->contest;
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_sync(
	    contest->address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, NULL, &error);

	if (bus == NULL) {
		take_failure(client, error);
		return NULL;
	}
	g_dbus_connection_set_exit_on_close(bus, FALSE);
	for (guint slot = contest->apart ? client->number : 0; slot < contest->slot_count;
	     slot += contest->apart ? contest->clients : 1)
		ask(client, bus, slot);
	return NULL;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
	gint64 first = *(const gint64 *)a;
	gint64 second = *(const gint64 *)b;

	return first < second ? -1 : first > second;
}

static gdouble
get_share(const GArray *sorted, gdouble share)
{
	guint index = (guint)(share * (gdouble)(sorted->len - 1));

	return sorted->len > 0 ? (gdouble)g_array_index(sorted, gint64, index) / 1000 : 0;
}

static void
print_result(const Client *clients, guint count, gdouble seconds)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(gint64));
	guint given = 0;
	guint refused = 0;
	guint failed = 0;
	guint again = 0;

	for (guint i = 0; i < count; i++) {
		g_array_append_vals(all, clients[i].latencies->data, clients[i].latencies->len);
		fputs(clients[i].given->str, stdout);
		given += clients[i].given_count;
		refused += clients[i].refused;
		failed += clients[i].failed;
		again += clients[i].again;
		if (clients[i].failure != NULL)
			fprintf(stderr, "failed: %s\n", clients[i].failure);
	}
	g_array_sort(all, compare_times);
	printf("asked %u given %u refused %u failed %u again %u seconds %.3f p50 %.2f p95 %.2f p99 "
	       "%.2f most %.2f\n",
	       all->len, given, refused, failed, again, seconds, get_share(all, 0.5),
	       get_share(all, 0.95), get_share(all, 0.99), get_share(all, 1));
}

int
main(int argc, char **argv)
{
	Contest contest = {0};
	g_autofree gchar *text = NULL;
	g_autofree Client *clients = NULL;
	g_autofree GThread **threads = NULL;
	gint64 begun = 0;

	if (argc != 5 || !g_file_get_contents(argv[2], &text, NULL, NULL))
		return EXIT_FAILURE;
	contest.address = argv[1];
	contest.slots = g_strsplit(g_strchomp(text), "\n", -1);
	contest.slot_count = g_strv_length(contest.slots);
	contest.clients = (guint)g_ascii_strtoull(argv[3], NULL, 10);
	contest.apart = g_str_equal(argv[4], "apart");
	clients = g_new0(Client, contest.clients);
	threads = g_new0(GThread *, contest.clients);
	begun = g_get_monotonic_time();
	for (guint i = 0; i < contest.clients; i++) {
		clients[i].contest = &contest;
		clients[i].number = i;
		clients[i].latencies = g_array_new(FALSE, FALSE, sizeof(gint64));
		clients[i].given = g_string_new(NULL);
		threads[i] = g_thread_new("client", run_client, &clients[i]);
	}
	for (guint i = 0; i < contest.clients; i++)
		g_thread_join(threads[i]);
	print_result(clients, contest.clients,
		     (gdouble)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC);
	for (guint i = 0; i < contest.clients; i++) {
		g_array_unref(clients[i].latencies);
		g_string_free(clients[i].given, TRUE);
		g_free(clients[i].failure);
	}
	g_strfreev(contest.slots);
	return EXIT_SUCCESS;
}
