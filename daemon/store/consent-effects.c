// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/consent-effects.h"

#include "daemon/consent/consent-status.h"
#include "daemon/store/booking-change.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-notice.h"

/* what is looked at again and again for one student */
typedef struct {
	CmStore *store;
	const CmConsentFile *before;
	const CmConsentFile *after;
	const CmStoreConsentCall *call;
	GPtrArray *derogations; /* CmStoreDerogation */
	CmStoreConsentOutcome *outcome;
} Effects;

/* one planned thing */
typedef struct {
	const CmStoreBooking *booking;
	const CmPolicy *policy;
} Planned;

static gboolean
is_opened(const Effects *effects, const Planned *planned, const CmConsentObjection *objection)
{
	CmDerogationCase which = {.profession = cm_policy_get_profession(planned->policy),
				  .followup = planned->booking->followup,
				  .session = planned->booking->session,
				  .date = planned->booking->place.date,
				  .rule = objection->rule != NULL ? objection->rule->id : "",
				  .value = CM_DEROGATION_NO_VALUE};

	for (guint i = 0; i < effects->derogations->len; i++) {
		const CmStoreDerogation *row = effects->derogations->pdata[i];

		if (cm_derogation_match(&row->derogation, 1, &which) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* the strongest effect of a file on it */
static CmEffect
judge(const Effects *effects, const Planned *planned, const CmConsentFile *file)
{
	const CmStorePlace *place = &planned->booking->place;
	g_autoptr(CmConsentStatus) status =
	    cm_consent_status_new(file, planned->policy, place->date);
	CmEffect strongest = CM_EFFECT_INFORM;

	for (guint i = 0; i < status->objections->len; i++) {
		const CmConsentObjection *objection =
		    &g_array_index(status->objections, CmConsentObjection, i);

		if ((objection->modes & CM_MODE_FLAG(place->mode)) != 0 &&
		    objection->effect > strongest && !is_opened(effects, planned, objection))
			strongest = objection->effect;
	}
	return strongest;
}

/* what stands for one student only goes; a meeting of many is for its professional to look at */
static gboolean
is_theirs_alone(const CmStoreBooking *booking)
{
	return booking->kind == CM_STORE_BOOKING_SESSION;
}

static gboolean
cancel(Effects *effects, const CmStoreBooking *booking, GError **error)
{
	g_autoptr(CmStoreBooking) after = cm_booking_change_copy(booking);
	CmStoreCall call = {
	    .actor = effects->call->actor, .now = effects->call->now, .remark = "\"consent\""};
	CmStoreStamp stamp;

	if (!cm_booking_state_apply(booking->state, CM_BOOKING_EVENT_CANCEL, &after->state,
				    error) ||
	    !cm_booking_change_write(effects->store, &call, CM_BOOKING_EVENT_CANCEL, booking, after,
				     &stamp, error))
		return FALSE;
	g_array_append_val(effects->outcome->cancelled, booking->number);
	g_array_append_val(effects->outcome->versions, stamp.version);
	return TRUE;
}

static gboolean
flag(Effects *effects, const CmStoreBooking *booking, GError **error)
{
	g_array_append_val(effects->outcome->flagged, booking->number);
	return cm_notice_queue(effects->store, CM_NOTICE_CONSENT_NEEDED, CM_RESOURCE_PROFESSIONAL,
			       booking->professional, effects->after->student, error);
}

static gboolean
look_at(Effects *effects, const CmStoreBooking *booking, const gchar *profession, GError **error)
{
	Planned planned = {booking, cm_policy_set_lookup(effects->call->policies, profession)};
	CmEffect before = CM_EFFECT_INFORM;
	CmEffect after = CM_EFFECT_INFORM;

	if (planned.policy == NULL)
		return TRUE;
	before = judge(effects, &planned, effects->before);
	after = judge(effects, &planned, effects->after);
	if (after <= before)
		return TRUE;
	if (after == CM_EFFECT_BLOCK && is_theirs_alone(booking))
		return cancel(effects, booking, error);
	return flag(effects, booking, error);
}

static const gchar *
find_profession(CmStore *store, gint64 professional, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT profession FROM professional WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, professional);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	return g_intern_string(row ? (const gchar *)sqlite3_column_text(statement, 0) : "");
}

/* the student sits there, and it is still to come */
static gboolean
is_concerned(const Effects *effects, const CmStoreBooking *booking)
{
	gboolean there = booking->student == effects->after->student;

	for (guint i = 0; !there && booking->attendees != NULL && i < booking->attendees->len;
	     i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		there = attendee->kind == CM_RESOURCE_STUDENT &&
			attendee->number == effects->after->student;
	}
	return there && booking->start_utc > effects->call->now &&
	       (booking->state == CM_BOOKING_PLANNED || booking->state == CM_BOOKING_HOLD);
}

gboolean
cm_consent_effects_apply(CmStore *store,
			 const CmConsentFile *before,
			 const CmConsentFile *after,
			 const CmStoreConsentCall *call,
			 CmStoreConsentOutcome *outcome,
			 GError **error)
{
	g_autoptr(GPtrArray) bookings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_booking_free);
	CmStoreDerogationFilter all = {.only_open = TRUE, .today = call->today};
	g_autoptr(GPtrArray) derogations = cm_store_derogation_list(store, &all, error);
	Effects effects = {store, before, after, call, derogations, outcome};
	CmStoreBookingFilter filter = {
	    .from = call->today - 1, .to = G_MAXINT32, .student = after->student};

	if (derogations == NULL ||
	    !cm_booking_rows_read_all(store, &filter, call->now, bookings, error))
		return FALSE;
	for (guint i = 0; i < bookings->len; i++) {
		const CmStoreBooking *booking = bookings->pdata[i];
		const gchar *profession = NULL;

		if (!is_concerned(&effects, booking))
			continue;
		profession = find_profession(store, booking->professional, error);
		if (profession == NULL || !look_at(&effects, booking, profession, error))
			return FALSE;
	}
	return TRUE;
}
