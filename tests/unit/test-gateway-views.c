// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-views.h"

#include "include/cm-error.h"

#include <string.h>

/* Several views in one message, against a link of the test's: what was asked of comodald stands in `sent` until it is answered. */

typedef struct {
	guint count; /* how many are asked for */
	CmGatewayAnswered done;
	gpointer user_data;
} Sent;

static GArray *sent; /* (element-type Sent) */

GVariant *
/* nocheck:prefix: it stands for gateway-link.c */
cm_gateway_link_make_key(const gchar *token)
{
	return g_variant_new_bytestring(token);
}

void
/* nocheck:prefix: it stands for gateway-link.c */
cm_gateway_link_look(CmGatewayLink *link,
		     const gchar *method,
		     GVariant *parameters,
		     CmGatewayAnswered done,
		     gpointer user_data)
{
	g_autoptr(GVariant) taken = g_variant_ref_sink(parameters);
	g_autoptr(GVariant) asked = g_variant_get_child_value(taken, 0);
	const Sent one = {(guint)g_variant_n_children(asked), done, user_data};

	g_assert_cmpstr(method, ==, "Views");
	g_array_append_val(sent, one);
}

/* ---- who asks */

typedef struct {
	CmGatewayViews *views;
	GString *told;    /* of each: "name=document " or "name!code " */
	GPtrArray *again; /* who asks anew when told */
} House;

typedef struct {
	House *house;
	const gchar *name;
} Person;

static void
on_told(guint class, GBytes *document, const GError *error, gpointer user_data)
{
	Person *person = user_data;
	House *house = person->house;
	gsize size = 0;
	const gchar *text = document != NULL ? g_bytes_get_data(document, &size) : NULL;

	g_assert_true((document == NULL) == (error != NULL));
	if (error != NULL)
		g_string_append_printf(house->told, "%s!%d ", person->name,
				       error->domain == CM_ERROR ? error->code : -1);
	else
		g_string_append_printf(house->told, "%s=%.*s/%u ", person->name, (gint)size, text,
				       class);
	if (g_ptr_array_remove(house->again, person))
		cm_gateway_views_ask(house->views, person->name, 0, on_told, person);
}

static House *
house_new(void)
{
	House *house = g_new0(House, 1);

	sent = g_array_new(FALSE, FALSE, sizeof(Sent));
	house->views = cm_gateway_views_new(NULL);
	house->told = g_string_new(NULL);
	house->again = g_ptr_array_new();
	return house;
}

static void
house_free(House *house)
{
	g_clear_pointer(&house->views, cm_gateway_views_free);
	g_string_free(house->told, TRUE);
	g_ptr_array_unref(house->again);
	g_clear_pointer(&sent, g_array_unref);
	g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

static void
ask(Person *person)
{
	cm_gateway_views_ask(person->house->views, person->name, CM_GATEWAY_VIEW_OPENED, on_told,
			     person);
}

static void
turn(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		continue;
}

static void
assert_told(House *house, const gchar *what)
{
	g_assert_cmpstr(house->told->str, ==, what);
	g_string_truncate(house->told, 0);
}

/* comodald answers the message that was sent first; `answers` as the contract has them */
static void
answer(const gchar *answers, const gchar *documents)
{
	const Sent first = g_array_index(sent, Sent, 0);
	g_autoptr(GVariant) values =
	    g_variant_ref_sink(g_variant_new("(@a(suu)h)", g_variant_new_parsed(answers), 0));
	g_autoptr(GBytes) octets = g_bytes_new(documents, strlen(documents));

	g_array_remove_index(sent, 0);
	first.done(values, octets, NULL, first.user_data);
}

/* ---- tests */

/* as many messages as may be under way, of one person each */
static void
ask_each(Person *people, guint count, CmGatewayViewFlags flags)
{
	for (guint i = 0; i < count; i++) {
		cm_gateway_views_ask(people[i].house->views, people[i].name, flags, on_told,
				     &people[i]);
		turn();
	}
}

static void
make_people(House *house, Person *people, guint count, const gchar *name)
{
	for (guint i = 0; i < count; i++)
		people[i] = (Person){house, name};
}

/* who asks alone is sent at the next turn; who asks while so many are under way goes with the others, when one of them is answered */
static void
test_gathered(void)
{
	g_autoptr(House) house = house_new();
	Person first[CM_GATEWAY_VIEWS_UNDER_WAY];
	Person c = {house, "c"};
	Person d = {house, "d"};

	make_people(house, first, G_N_ELEMENTS(first), "a");
	ask_each(first, 1, 0);
	g_assert_cmpuint(sent->len, ==, 1);
	ask_each(first + 1, G_N_ELEMENTS(first) - 1, 0);
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY);
	ask(&c);
	ask(&d);
	turn();
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY);
	answer("[('', uint32 2, uint32 1)]", "A");
	assert_told(house, "a=A/2 ");
	turn();
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY);
	g_assert_cmpuint(g_array_index(sent, Sent, CM_GATEWAY_VIEWS_UNDER_WAY - 1).count, ==, 2);
	for (guint i = 1; i < CM_GATEWAY_VIEWS_UNDER_WAY; i++)
		answer("[('', uint32 2, uint32 1)]", "A");
	g_string_truncate(house->told, 0);
	answer("[('', uint32 0, uint32 3), ('', uint32 2, uint32 0)]", "CCC");
	assert_told(house, "c=CCC/0 d=/2 ");
}

/* who is urgent is in messages of their own, of which there may be as many */
static void
test_urgent(void)
{
	g_autoptr(House) house = house_new();
	Person looks[CM_GATEWAY_VIEWS_UNDER_WAY + 1];
	Person joins[CM_GATEWAY_VIEWS_UNDER_WAY + 2];

	make_people(house, looks, G_N_ELEMENTS(looks), "a");
	make_people(house, joins, G_N_ELEMENTS(joins), "x");
	ask_each(looks, G_N_ELEMENTS(looks), 0);
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY);
	ask_each(joins, G_N_ELEMENTS(joins), CM_GATEWAY_VIEW_URGENT);
	g_assert_cmpuint(sent->len, ==, 2 * CM_GATEWAY_VIEWS_UNDER_WAY);
	for (guint i = 0; i < CM_GATEWAY_VIEWS_UNDER_WAY; i++)
		answer("[('', uint32 2, uint32 1)]", "A");
	turn();
	/* the last of those who look; no urgent one in the places of others */
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY + 1);
	answer("[('', uint32 0, uint32 1)]", "X");
	turn();
	/* now those two who came while as many urgent messages were under way */
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY + 1);
	g_assert_cmpuint(g_array_index(sent, Sent, CM_GATEWAY_VIEWS_UNDER_WAY).count, ==, 2);
	g_string_truncate(house->told, 0);
	for (guint i = 1; i < CM_GATEWAY_VIEWS_UNDER_WAY; i++)
		answer("[('', uint32 0, uint32 1)]", "X");
	answer("[('', uint32 2, uint32 1)]", "A");
	g_string_truncate(house->told, 0);
	answer("[('', uint32 0, uint32 1), ('', uint32 0, uint32 2)]", "ZUU");
	assert_told(house, "x=Z/0 x=UU/0 ");
}

/* Those of one turn go together, but in small messages, and what an answer sets free never becomes a larger one: while we make the pages of some, comodald
 * has others to make views of. */
static void
test_small(void)
{
	g_autoptr(House) house = house_new();
	Person many[CM_GATEWAY_VIEWS_UNDER_WAY * CM_GATEWAY_VIEWS_TOGETHER + 1];

	G_STATIC_ASSERT(CM_GATEWAY_VIEWS_TOGETHER <= CM_GATEWAY_VIEWS_MAX);
	make_people(house, many, G_N_ELEMENTS(many), "x");
	for (guint i = 0; i < G_N_ELEMENTS(many); i++)
		ask(&many[i]);
	turn();
	g_assert_cmpuint(sent->len, ==, CM_GATEWAY_VIEWS_UNDER_WAY);
	for (guint i = 0; i < CM_GATEWAY_VIEWS_UNDER_WAY; i++)
		g_assert_cmpuint(g_array_index(sent, Sent, i).count, ==, CM_GATEWAY_VIEWS_TOGETHER);
	while (sent->len > 0) {
		const Sent first = g_array_index(sent, Sent, 0);
		g_autoptr(GError) error = g_error_new_literal(CM_ERROR, CM_ERROR_FAILED, "away");

		g_array_remove_index(sent, 0);
		first.done(NULL, NULL, error, first.user_data);
		turn();
	}
	g_assert_cmpuint(house->told->len, ==, G_N_ELEMENTS(many) * strlen("x!1 "));
}

/* what one is refused by is theirs alone, by comodald's own code */
static void
test_refused(void)
{
	g_autoptr(House) house = house_new();
	g_autofree gchar *told = NULL;
	Person a = {house, "a"};
	Person b = {house, "b"};
	Person c = {house, "c"};

	ask(&a);
	ask(&b);
	ask(&c);
	turn();
	answer("[('', uint32 2, uint32 1),"
	       " ('org.comodal.Comodal1.Error.NotFound', uint32 0, uint32 0),"
	       " ('', uint32 2, uint32 2)]",
	       "ACC");
	told = g_strdup_printf("a=A/2 b!%d c=CC/2 ", CM_ERROR_NOT_FOUND);
	assert_told(house, told);
}

/* an answer that is too short, or says of documents that they are longer than they are, is nobody else's document */
static void
test_broken(void)
{
	g_autoptr(House) house = house_new();
	g_autofree gchar *told = NULL;
	Person a = {house, "a"};
	Person b = {house, "b"};
	Person c = {house, "c"};

	ask(&a);
	ask(&b);
	ask(&c);
	turn();
	answer("[('', uint32 2, uint32 1), ('', uint32 2, uint32 4294967295)]", "AB");
	told = g_strdup_printf("a=A/2 b!%d c!%d ", CM_ERROR_FAILED, CM_ERROR_FAILED);
	assert_told(house, told);
}

/* who asks again when they are told, and who is not sent when it ends */
static void
test_end(void)
{
	g_autoptr(House) house = house_new();
	g_autofree gchar *told = NULL;
	Person a = {house, "a"};
	Person b = {house, "b"};

	g_ptr_array_add(house->again, &a);
	ask(&a);
	turn();
	answer("[('', uint32 2, uint32 1)]", "A");
	assert_told(house, "a=A/2 ");
	turn();
	g_assert_cmpuint(sent->len, ==, 1);
	answer("[('', uint32 2, uint32 1)]", "A");
	house->told = g_string_truncate(house->told, 0);
	ask(&a);
	ask(&b);
	g_clear_pointer(&house->views, cm_gateway_views_free);
	told = g_strdup_printf("a!%d b!%d ", CM_ERROR_FAILED, CM_ERROR_FAILED);
	assert_told(house, told);
	turn();
	g_assert_cmpuint(sent->len, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway-views/gathered", test_gathered);
	g_test_add_func("/gateway-views/urgent", test_urgent);
	g_test_add_func("/gateway-views/small", test_small);
	g_test_add_func("/gateway-views/refused", test_refused);
	g_test_add_func("/gateway-views/broken", test_broken);
	g_test_add_func("/gateway-views/end", test_end);
	return g_test_run();
}
