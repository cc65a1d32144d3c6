// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/admission.h"

#include <string.h>

typedef struct {
	CmAdmissionTicket ticket;
	const gchar *name;
} Request;

static const gint64 second = G_USEC_PER_SEC;

static void
push(CmAdmission *admission, Request *request, CmAdmissionClass class, gint64 now)
{
	gboolean taken = cm_admission_push(admission, &request->ticket, request, class, now);

	g_assert_true(taken);
}

static const gchar *
pop(CmAdmission *admission, gint64 now, gboolean shed)
{
	gboolean was_shed = !shed;
	const Request *request = cm_admission_pop(admission, now, &was_shed);

	if (request == NULL)
		return NULL;
	g_assert_cmpint(was_shed, ==, shed);
	return request->name;
}

static void
test_order(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(3);
	Request low = {.name = "low"};
	Request middle = {.name = "middle"};
	Request new = {.name = "new"};
	Request high = {.name = "high"};
	Request second_high = {.name = "second"};

	push(admission, &low, CM_ADMISSION_LOW, 0);
	push(admission, &middle, CM_ADMISSION_MIDDLE, 0);
	push(admission, &new, CM_ADMISSION_NEW, 0);
	push(admission, &high, CM_ADMISSION_HIGH, 0);
	push(admission, &second_high, CM_ADMISSION_HIGH, 0);
	g_assert_cmpstr(pop(admission, 1, FALSE), ==, "high");
	g_assert_cmpstr(pop(admission, 1, FALSE), ==, "second");
	g_assert_cmpstr(pop(admission, 1, FALSE), ==, "new");
	/* the handlers have enough */
	g_assert_null(pop(admission, 1, FALSE));
	g_assert_true(cm_admission_done(admission, CM_ADMISSION_HIGH));
	g_assert_cmpstr(pop(admission, 1, FALSE), ==, "middle");
	g_assert_true(cm_admission_done(admission, CM_ADMISSION_HIGH));
	g_assert_cmpstr(pop(admission, 1, FALSE), ==, "low");
	g_assert_false(cm_admission_done(admission, CM_ADMISSION_NEW));
	g_assert_null(pop(admission, 1, FALSE));
}

/* who has waited for too long is told so, also while handlers have enough; the less urgent sooner */
static void
test_patience(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(1);
	Request first = {.name = "first"};
	Request low = {.name = "low"};
	Request high = {.name = "high"};

	push(admission, &first, CM_ADMISSION_LOW, 0);
	g_assert_cmpstr(pop(admission, 0, FALSE), ==, "first");
	push(admission, &low, CM_ADMISSION_LOW, 0);
	push(admission, &high, CM_ADMISSION_HIGH, 0);
	g_assert_null(pop(admission, second, FALSE));
	g_assert_cmpstr(pop(admission, 3 * second, TRUE), ==, "low");
	g_assert_null(pop(admission, 3 * second, FALSE));
	g_assert_true(cm_admission_done(admission, CM_ADMISSION_LOW));
	g_assert_cmpstr(pop(admission, 4 * second, FALSE), ==, "high");
}

/* however many look, who joins finds a handler free */
/* however many look, who joins finds a handler free; and who looks one, however many join, as long as there is any */
static void
test_places(void)
{
	static const guint together[] = {[CM_ADMISSION_HIGH] = 8,
					 [CM_ADMISSION_NEW] = 6,
					 [CM_ADMISSION_MIDDLE] = 5,
					 [CM_ADMISSION_LOW] = 4};
	g_autoptr(CmAdmission) admission = cm_admission_new(8);
	Request many[CM_ADMISSION_CLASSES][9] = {0};
	guint active = 0;

	for (guint class = CM_ADMISSION_CLASSES; class -- > 0;) {
		for (guint i = 0; i < G_N_ELEMENTS(many[class]); i++) {
			many[class][i].name = "any";
			push(admission, &many[class][i], class, 0);
		}
		while (pop(admission, 0, FALSE) != NULL)
			active++;
		g_assert_cmpuint(active, ==, together[class]);
	}
	/* the next goes where somebody left */
	g_assert_true(cm_admission_done(admission, CM_ADMISSION_LOW));
	g_assert_cmpstr(pop(admission, 0, FALSE), ==, "any");
	g_assert_null(pop(admission, 0, FALSE));
}

static void
test_full(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(1);
	g_autofree Request *many = g_new0(Request, 300);
	guint taken = 0;
	Request high = {.name = "high"};

	while (taken < 300 &&
	       cm_admission_push(admission, &many[taken].ticket, &many[taken], CM_ADMISSION_LOW, 0))
		taken++;
	g_assert_cmpuint(taken, ==, 256);
	push(admission, &high, CM_ADMISSION_HIGH, 0);
}

static void
test_classes(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(1);
	guint8 key[CM_ADMISSION_KEY_OCTETS];
	guint8 other[CM_ADMISSION_KEY_OCTETS];
	guint8 mark[CM_ADMISSION_KEY_OCTETS];
	gint64 later = (CM_ADMISSION_TOKEN_SECONDS + 1) * second;

	cm_admission_make_key("abc", key);
	/* FIPS 180-4's own example */
	g_assert_cmphex(key[0], ==, 0xba);
	g_assert_cmphex(key[31], ==, 0xad);
	cm_admission_make_key("other", other);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, NULL, 0), ==,
			CM_ADMISSION_LOW);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, key, 0), ==,
			CM_ADMISSION_NEW);
	g_assert_false(cm_admission_is_known(admission, key, 0));
	cm_admission_note(admission, key, CM_HTTP_CLASS_LOW, 0);
	g_assert_true(cm_admission_is_known(admission, key, 0));
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, key, 0), ==,
			CM_ADMISSION_LOW);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_MIDDLE, key, 0), ==,
			CM_ADMISSION_MIDDLE);
	cm_admission_note(admission, key, CM_HTTP_CLASS_HIGH, 0);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, key, 0), ==,
			CM_ADMISSION_HIGH);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, key, later), ==,
			CM_ADMISSION_NEW);
	/* who is said to join soon does; an unknown one does not any more */
	cm_admission_make_mark(other, mark);
	cm_admission_note_soon(admission, mark, 1, TRUE);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, other, later), ==,
			CM_ADMISSION_HIGH);
	g_assert_true(cm_admission_is_known(admission, other, later));
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, key, later), ==,
			CM_ADMISSION_LOW);
}

/* a list that has an end, then another, then none any more */
static void
test_soon(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(1);
	static const gchar *const tokens[] = {"a", "b", "c"};
	guint8 keys[3][CM_ADMISSION_KEY_OCTETS];
	guint8 marks[3][CM_ADMISSION_KEY_OCTETS];

	for (guint i = 0; i < 3; i++) {
		cm_admission_make_key(tokens[i], keys[i]);
		cm_admission_make_mark(keys[i], marks[i]);
		/* who has the one has not the other */
		g_assert_true(memcmp(keys[i], marks[i], sizeof keys[i]) != 0);
	}
	cm_admission_note_soon(admission, marks[0], 2, FALSE);
	for (guint i = 0; i < 2; i++)
		g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, keys[i], 0), ==,
				CM_ADMISSION_HIGH);
	/* it may have been left out */
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, keys[2], 0), ==,
			CM_ADMISSION_NEW);
	cm_admission_note_soon(admission, marks[1], 2, TRUE);
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, keys[0], 0), ==,
			CM_ADMISSION_LOW);
	g_assert_false(cm_admission_is_known(admission, keys[0], 0));
	g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, keys[2], 0), ==,
			CM_ADMISSION_HIGH);
	cm_admission_note_soon(admission, NULL, 0, FALSE);
	for (guint i = 0; i < 3; i++)
		g_assert_cmpint(cm_admission_classify(admission, CM_HTTP_CLASS_LOW, keys[i], 0), ==,
				CM_ADMISSION_NEW);
}

/* what is remembered has an end; those who join now are the last to be forgotten */
static void
test_memory(void)
{
	g_autoptr(CmAdmission) admission = cm_admission_new(1);
	guint8 high[CM_ADMISSION_KEY_OCTETS];
	guint8 key[CM_ADMISSION_KEY_OCTETS] = {0};

	cm_admission_make_key("high", high);
	cm_admission_note(admission, high, CM_HTTP_CLASS_HIGH, 0);
	for (guint i = 0; i < CM_ADMISSION_TOKENS_MAX + 100; i++) {
		memcpy(key, &i, sizeof(i));
		cm_admission_note(admission, key, CM_HTTP_CLASS_LOW, 0);
	}
	g_assert_true(cm_admission_is_known(admission, high, 0));
	g_assert_true(cm_admission_is_known(admission, key, 0));
	memset(key, 0, sizeof(key));
	g_assert_false(cm_admission_is_known(admission, key, 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/admission/order", test_order);
	g_test_add_func("/admission/patience", test_patience);
	g_test_add_func("/admission/places", test_places);
	g_test_add_func("/admission/full", test_full);
	g_test_add_func("/admission/classes", test_classes);
	g_test_add_func("/admission/soon", test_soon);
	g_test_add_func("/admission/memory", test_memory);
	return g_test_run();
}
