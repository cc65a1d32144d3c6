// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-address.h"
#include "daemon/gateway/http-listener.h"
#include "daemon/gateway/http-origin.h"
#include "include/cm-error.h"

#define OWN "https://rencontres.css.example"

static guint64
find(const CmHttpAddresses *addresses, const gchar *peer, const gchar *forwarded)
{
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(peer, 4711);
	struct sockaddr_storage native = {0};

	g_assert_true(g_socket_address_to_native(address, &native, sizeof(native), NULL));
	return cm_http_addresses_find_client(addresses, (const struct sockaddr *)&native,
					     forwarded);
}

static void
test_client(void)
{
	const gchar *const proxies[] = {"10.0.0.0/8", "2001:db8:1::1", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmHttpAddresses) addresses = cm_http_addresses_new(proxies, &error);
	guint64 one = 0;

	g_assert_no_error(error);
	one = find(addresses, "192.0.2.1", NULL);
	g_assert_cmpuint(one, !=, 0);
	g_assert_cmpuint(one, ==, find(addresses, "::ffff:192.0.2.1", NULL));
	/* who is no proxy is not believed */
	g_assert_cmpuint(one, ==, find(addresses, "192.0.2.1", "198.51.100.1"));
	g_assert_cmpuint(one, ==, find(addresses, "10.1.1.1", "198.51.100.1, 192.0.2.1"));
	g_assert_cmpuint(one, ==, find(addresses, "10.1.1.1", "192.0.2.1,10.2.2.2 , 10.3.3.3"));
	g_assert_cmpuint(one, ==, find(addresses, "2001:db8:1::1", "192.0.2.1:80"));
	g_assert_cmpuint(one, !=, find(addresses, "10.1.1.1", NULL));
	g_assert_cmpuint(find(addresses, "10.1.1.1", NULL), ==, find(addresses, "10.1.1.1", "x"));
	g_assert_cmpuint(find(addresses, "2001:db8::1", NULL), ==,
			 find(addresses, "2001:db8:0:0:ffff::1", NULL));
	g_assert_cmpuint(find(addresses, "2001:db8::1", NULL), !=,
			 find(addresses, "2001:db8:0:1::1", NULL));
}

/* another process gives another number: nothing can be looked up by it */
static void
test_key(void)
{
	g_autoptr(CmHttpAddresses) addresses = cm_http_addresses_new(NULL, NULL);
	g_autoptr(CmHttpAddresses) others = cm_http_addresses_new(NULL, NULL);

	g_assert_cmpuint(find(addresses, "192.0.2.1", NULL), !=, find(others, "192.0.2.1", NULL));
}

static void
test_not_an_address(void)
{
	const gchar *const proxies[] = {"10.0.0.0/33", NULL};
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_http_addresses_new(proxies, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

static void
test_places(void)
{
	static const gchar *const good[] = {"127.0.0.1:80", "0.0.0.0:0", "[::1]:443", "/run/x"};
	static const gchar *const bad[] = {"",       "80",      "127.0.0.1", "127.0.0.1:65536",
					   "::1:80", "host:80", "[::1",      "127.0.0.1:-1"};

	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(cm_http_listener_is_place(good[i]));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(cm_http_listener_is_place(bad[i]));
}

static void
test_origin(void)
{
	static const struct {
		const gchar *origin;
		const gchar *site;
		gboolean token;
		gboolean form;
		gboolean socket;
	} cases[] = {
	    {OWN, "same-origin", FALSE, TRUE, TRUE},
	    {OWN, NULL, FALSE, TRUE, TRUE},
	    {NULL, "same-origin", FALSE, TRUE, FALSE},
	    {"null", "same-origin", FALSE, TRUE, FALSE},
	    {NULL, NULL, FALSE, FALSE, FALSE},
	    {NULL, NULL, TRUE, TRUE, FALSE},
	    {"null", NULL, TRUE, TRUE, FALSE},
	    {"https://evil.example", NULL, TRUE, FALSE, FALSE},
	    {"https://evil.example", "same-origin", TRUE, FALSE, FALSE},
	    {OWN, "cross-site", TRUE, FALSE, FALSE},
	    {NULL, "none", TRUE, FALSE, FALSE},
	    {OWN ".evil.example", NULL, TRUE, FALSE, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		const CmHttpOriginFacts facts = {OWN, cases[i].origin, cases[i].site,
						 cases[i].token};

		g_assert_cmpint(cm_http_origin_allows_form(&facts), ==, cases[i].form);
		g_assert_cmpint(cm_http_origin_allows_socket(&facts), ==, cases[i].socket);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http-address/client", test_client);
	g_test_add_func("/http-address/key", test_key);
	g_test_add_func("/http-address/not-an-address", test_not_an_address);
	g_test_add_func("/http-address/places", test_places);
	g_test_add_func("/http-address/origin", test_origin);
	return g_test_run();
}
