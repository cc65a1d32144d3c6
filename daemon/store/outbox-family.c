// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-family.h"

#include "daemon/store/invitation-rows.h"
#include "daemon/store/letter-rows.h"
#include "daemon/store/outbox-expand.h"
#include "daemon/store/outbox-item.h"
#include "daemon/visio/session-door.h"

#include <sodium.h>
#include <string.h>

/* a letter holds so many; the rest waits for the next one */
#define ITEMS_MAX CM_LETTER_ITEMS_MAX

/* What one person's look works on. */
typedef struct {
	CmStore *store;
	CmOutboxPeople *people;
	const CmStoreRecipient *who;
	gint64 now;
	CmReachable *reach;
	GTimeZone *zone;
	CmLetterRow open;   /* number 0: none */
	GHashTable *spoken; /* gint64: what it speaks of, when it still waits */
	GPtrArray *matters; /* CmMatter */
	GPtrArray *items;   /* CmOutboxItem: what is told in the letter */
	guint left_out;
	gint64 next;
	CmOutboxReport *report;
} Look;

static void
free_item(gpointer item)
{
	cm_outbox_item_free(item);
}

static void
look_clear(Look *look)
{
	g_clear_pointer(&look->reach, cm_reachable_free);
	g_clear_pointer(&look->zone, g_time_zone_unref);
	g_clear_pointer(&look->spoken, g_hash_table_unref);
	g_clear_pointer(&look->matters, g_ptr_array_unref);
	g_clear_pointer(&look->items, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* ---- what there is */

static gboolean
read_spoken(Look *look, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    look->store->database, "SELECT DISTINCT subject FROM notice WHERE letter = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, look->open.number);
	if (!cm_database_step(look->store->database, statement, &row, error))
		return FALSE;
	look->spoken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	while (row) {
		gint64 subject = sqlite3_column_int64(statement, 0);

		g_hash_table_add(look->spoken, g_memdup2(&subject, sizeof subject));
		if (!cm_database_step(look->store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

/* an open letter that may have been sent already is left alone */
static gboolean
is_replaceable(const Look *look)
{
	return look->open.state == CM_LETTER_WAITING && !look->open.uncertain;
}

static gboolean
list_matters(Look *look, GError **error)
{
	const CmDueReach reach = {.zone = look->zone,
				  .digest = look->reach->delivery == CM_DELIVERY_DIGEST,
				  .digest_at = look->reach->digest_at,
				  .quiet_from = look->reach->quiet_from,
				  .quiet_to = look->reach->quiet_to};

	g_clear_pointer(&look->matters, g_ptr_array_unref);
	look->matters =
	    cm_outbox_matter_list(look->store, look->who, &reach, look->spoken, look->now, error);
	return look->matters != NULL;
}

static gboolean
look_open(Look *look, GError **error)
{
	look->reach = cm_store_reach_get(look->store, look->who->kind, look->who->person, error);
	if (look->reach == NULL ||
	    !cm_letter_rows_read_open(look->store, look->who, &look->open, error))
		return FALSE;
	/* a zone that this machine does not know is no reason to be silent */
	look->zone = g_time_zone_new_identifier(look->reach->zone);
	if (look->zone == NULL)
		look->zone = g_time_zone_new_utc();
	if (look->open.number != 0 && is_replaceable(look) && !read_spoken(look, error))
		return FALSE;
	look->items = g_ptr_array_new_with_free_func(free_item);
	return list_matters(look, error);
}

/* whether the open letter, which may be replaced, has to make room: for what it would say wrong, what can't wait, or what goes together
 * with it */
static gboolean
must_make_room(const Look *look, const CmMatter *matter)
{
	return look->reach->delivery == CM_DELIVERY_DIGEST ||
	       (matter->urgent && !look->open.urgent) ||
	       g_hash_table_contains(look->spoken, &matter->subject);
}

/* whether there is something to do now; what waits behind an open letter is looked at again when that is settled */
static gboolean
is_any_due(const Look *look)
{
	if (look->open.number != 0 && !is_replaceable(look))
		return FALSE;
	for (guint i = 0; i < look->matters->len; i++) {
		const CmMatter *matter = g_ptr_array_index(look->matters, i);

		if (matter->due_at <= look->now &&
		    (look->open.number == 0 || must_make_room(look, matter)))
			return TRUE;
	}
	return FALSE;
}

static void
find_next(Look *look)
{
	for (guint i = 0; i < look->matters->len; i++) {
		const CmMatter *matter = g_ptr_array_index(look->matters, i);

		if (matter->due_at > look->now && (look->next == 0 || matter->due_at < look->next))
			look->next = matter->due_at;
	}
}

/* ---- nobody to send it to */

static gboolean
settle_unreachable(Look *look, GError **error)
{
	for (guint i = 0; i < look->matters->len; i++) {
		const CmMatter *matter = g_ptr_array_index(look->matters, i);

		if (matter->ready_at > look->now) {
			look->next =
			    look->next == 0 ? matter->ready_at : MIN(look->next, matter->ready_at);
			continue;
		}
		if (!cm_outbox_matter_settle(look->store, matter, "unreachable", look->now, error))
			return FALSE;
		look->report->unreachable += matter->notices->len;
	}
	return TRUE;
}

/* ---- the letter */

/* what is due, as it stands now; what is void is settled */
static gboolean
judge_due(Look *look, GError **error)
{
	for (guint i = 0; i < look->matters->len; i++) {
		CmMatter *matter = g_ptr_array_index(look->matters, i);
		CmOutboxItem *item = NULL;

		if (matter->due_at > look->now)
			continue;
		if (look->items->len == ITEMS_MAX) {
			look->left_out++;
			continue;
		}
		item = cm_outbox_item_new(look->store, look->people, look->who, matter, look->now,
					  error);
		if (item == NULL)
			return FALSE;
		if (!item->nothing) {
			g_ptr_array_add(look->items, item);
			continue;
		}
		look->report->void_count += matter->notices->len;
		cm_outbox_item_free(item);
		if (!cm_outbox_matter_settle(look->store, matter, "void", look->now, error))
			return FALSE;
	}
	return TRUE;
}

static CmNoticeWay
get_way(const CmOutboxItem *item)
{
	return cm_outbox_matter_get_manner(item->matter->kind)->way;
}

/* the first that goes in a mail of its own, or -1 */
static gint
find_alone(const Look *look)
{
	for (guint i = 0; i < look->items->len; i++) {
		CmNoticeWay way = get_way(g_ptr_array_index(look->items, i));

		if (way == CM_NOTICE_WAY_ANSWER ||
		    (way == CM_NOTICE_WAY_CHANGE &&
		     (look->items->len == 1 || look->reach->delivery == CM_DELIVERY_INVITATIONS)))
			return (gint)i;
	}
	return -1;
}

static void
keep_only(Look *look, guint index)
{
	for (guint i = look->items->len; i > 0; i--) {
		if (i - 1 != index)
			g_ptr_array_remove_index(look->items, i - 1);
	}
}

/* Which of the items make this letter, and of what kind it is. The others wait until it is gone. */
static CmLetterKind
choose(Look *look)
{
	static const struct {
		CmLetterItemKind item;
		CmLetterKind letter;
	} kinds[] = {
	    {CM_LETTER_ITEM_BOOKED, CM_LETTER_INVITATION},
	    {CM_LETTER_ITEM_MOVED, CM_LETTER_UPDATE},
	    {CM_LETTER_ITEM_CANCELLED, CM_LETTER_CANCELLATION},
	    {CM_LETTER_ITEM_COUNTER_DECLINED, CM_LETTER_COUNTER_DECLINED},
	    {CM_LETTER_ITEM_REMINDER, CM_LETTER_REMINDER},
	    {CM_LETTER_ITEM_FIRST_VIDEO, CM_LETTER_FIRST_VIDEO},
	};
	gint alone = find_alone(look);
	const CmOutboxItem *first = NULL;

	if (alone >= 0)
		keep_only(look, (guint)alone);
	first = g_ptr_array_index(look->items, 0);
	for (guint i = 1; i < look->items->len; i++) {
		const CmOutboxItem *item = g_ptr_array_index(look->items, i);

		if (item->kind != first->kind)
			return CM_LETTER_DIGEST;
	}
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		gboolean several = kinds[i].letter == CM_LETTER_REMINDER;

		if (kinds[i].item == first->kind && (several || look->items->len == 1))
			return kinds[i].letter;
	}
	return CM_LETTER_DIGEST;
}

static gchar *
make_message_id(const gchar *address, gint64 number)
{
	guint8 octets[8];
	gchar text[2 * sizeof octets + 1];

	randombytes_buf(octets, sizeof octets);
	sodium_bin2hex(text, sizeof text, octets, sizeof octets);
	return g_strdup_printf("%" G_GINT64_FORMAT ".%s%s", number, text, strrchr(address, '@'));
}

static gboolean
address_letter(Look *look, CmLetter *letter, GError **error)
{
	const CmOutboxSettings *settings = cm_store_outbox_get_settings(look->store);
	const gchar *organisation = cm_outbox_people_get_organisation(look->people);
	gboolean french = g_str_equal(look->reach->language, "fr");
	const gchar *name = NULL;

	if (!cm_outbox_people_get_name(look->people, look->who->kind, look->who->person, &name,
				       error) ||
	    !cm_store_next_counter(look->store, "row", &letter->number, error))
		return FALSE;
	letter->language = g_strdup(look->reach->language);
	letter->zone = g_strdup(look->reach->zone);
	letter->made_at = look->now;
	letter->message_id = make_message_id(settings->address, letter->number);
	letter->recipient_kind = (gint)look->who->kind;
	letter->recipient = look->who->person;
	letter->staff =
	    look->who->kind == CM_RESOURCE_PROFESSIONAL || look->who->kind == CM_NOTICE_TO_ACCOUNT;
	letter->address = g_strdup(look->reach->email);
	letter->name = g_strdup(name);
	letter->from_address = g_strdup(settings->address);
	letter->from_name = g_strdup(settings->name != NULL ? settings->name : organisation);
	letter->organisation = g_strdup(organisation);
	letter->link_scope = g_strdup(settings->link_base != NULL ? "guest" : NULL);
	letter->link_epoch = look->reach->link_epoch;
	letter->help_phone = g_strdup(settings->help_phone);
	letter->help_hours = g_strdup(french ? settings->help_hours_fr : settings->help_hours_en);
	letter->left_out = look->left_out;
	return TRUE;
}

static gboolean
find_own_link(Look *look, const CmOutboxItem *item, gboolean *out_own, GError **error)
{
	const gchar *profession = NULL;

	if (item->booking == NULL || item->booking->place.mode == CM_MODE_IN_PERSON)
		return TRUE;
	if (!cm_outbox_people_get_profession(look->people, item->booking->professional, &profession,
					     error))
		return FALSE;
	*out_own =
	    cm_session_door_needs_own_link(cm_outbox_people_get_policy(look->people, profession));
	return TRUE;
}

/* Where the policy wants a link of the session's own, a letter about one session carries it in the place of the person's, and one about
 * several with each that takes place, beside the person's: what that leads to doesn't open the door. */
static gboolean
set_links(Look *look, CmLetter *letter, GError **error)
{
	for (guint i = 0; !letter->staff && i < look->items->len; i++) {
		const CmOutboxItem *item = g_ptr_array_index(look->items, i);
		CmLetterItem *line = g_ptr_array_index(letter->items, i);
		gboolean own = FALSE;

		if (!find_own_link(look, item, &own, error))
			return FALSE;
		if (own && look->items->len == 1)
			letter->link_subject = item->booking->number;
		else if (own)
			line->own_link = cm_letter_item_stands(line);
	}
	return TRUE;
}

static gboolean
make_letter(Look *look, CmLetterKind kind, gint64 not_before, GError **error)
{
	g_autoptr(CmLetter) letter = cm_letter_new(kind);
	gboolean urgent = FALSE;

	if (!address_letter(look, letter, error))
		return FALSE;
	for (guint i = 0; i < look->items->len; i++) {
		const CmOutboxItem *item = g_ptr_array_index(look->items, i);

		urgent = urgent || item->matter->urgent;
		if (!cm_outbox_item_fill(item, look->store, look->people, look->who, letter,
					 look->now, error))
			return FALSE;
	}
	if (!set_links(look, letter, error))
		return FALSE;
	/* what a slow server was spared is spared again, but for what can't wait */
	if (!cm_letter_rows_insert(look->store, letter, urgent,
				   urgent ? look->now : MAX(look->now, not_before), error))
		return FALSE;
	for (guint i = 0; i < look->items->len; i++) {
		const CmOutboxItem *item = g_ptr_array_index(look->items, i);

		if (!cm_outbox_matter_assign(look->store, item->matter, letter->number, error))
			return FALSE;
	}
	look->report->letters++;
	return TRUE;
}

/* The letter that waits is made anew together with what is due now. */
static gboolean
replace_open(Look *look, GError **error)
{
	if (look->open.number == 0)
		return TRUE;
	look->report->replaced++;
	return cm_letter_rows_void(look->store, look->open.number, error) &&
	       list_matters(look, error);
}

static gboolean
look_tell(Look *look, GError **error)
{
	if (!is_any_due(look))
		return TRUE;
	if (!replace_open(look, error) || !judge_due(look, error))
		return FALSE;
	if (look->items->len == 0)
		return TRUE;
	return make_letter(look, choose(look), look->open.number != 0 ? look->open.next_at : 0,
			   error);
}

/* ---- one person */

static gboolean
expand(CmStore *store,
       CmOutboxPeople *people,
       gint64 student,
       gint64 now,
       GArray *out_next,
       CmOutboxReport *report,
       GError **error)
{
	g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));

	if (!cm_outbox_expand_student(store, people, student, now, added, &report->expanded,
				      &report->unreachable, error))
		return FALSE;
	for (guint i = 0; i < added->len; i++) {
		CmOutboxNext next = {g_array_index(added, CmStoreRecipient, i), now};

		g_array_append_val(out_next, next);
	}
	return TRUE;
}

gboolean
cm_outbox_family_gather(CmStore *store,
			CmOutboxPeople *people,
			const CmStoreRecipient *who,
			gint64 now,
			GArray *out_next,
			CmOutboxReport *report,
			GError **error)
{
	g_auto(Look)
	    look = {.store = store, .people = people, .who = who, .now = now, .report = report};
	CmOutboxNext next = {*who, 0};

	if ((who->kind == CM_RESOURCE_STUDENT &&
	     !expand(store, people, who->person, now, out_next, report, error)) ||
	    !look_open(&look, error))
		return FALSE;
	if (!cm_reachable_takes_mail(look.reach)) {
		if (!settle_unreachable(&look, error))
			return FALSE;
	} else {
		find_next(&look);
		if (!look_tell(&look, error))
			return FALSE;
	}
	next.at = look.next;
	g_array_append_val(out_next, next);
	return TRUE;
}
