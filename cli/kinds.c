// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/kinds.h"

#include <glib/gi18n.h>

const gchar *const *
cm_kinds_get_all(void)
{
	static const gchar *const kinds[] = {"professional", "site",     "student",
					     "contact",      "room",     "companion",
					     "calendar",     "followup", NULL};

	return kinds;
}

const gchar *
cm_kinds_get_plural(const gchar *kind, guint count)
{
	if (g_str_equal(kind, "professional"))
		return ngettext("professional", "professionals", count);
	if (g_str_equal(kind, "site"))
		return ngettext("school or office", "schools and offices", count);
	if (g_str_equal(kind, "student"))
		return ngettext("student", "students", count);
	if (g_str_equal(kind, "contact"))
		return ngettext("parent or teacher", "parents and teachers", count);
	if (g_str_equal(kind, "room"))
		return ngettext("room", "rooms", count);
	if (g_str_equal(kind, "companion"))
		return ngettext("companion", "companions", count);
	if (g_str_equal(kind, "calendar"))
		return ngettext("school calendar", "school calendars", count);
	if (g_str_equal(kind, "followup"))
		return ngettext("follow-up", "follow-ups", count);
	if (g_str_equal(kind, "organisation"))
		return ngettext("organisation", "organisations", count);
	if (g_str_equal(kind, "travel"))
		return ngettext("travel time", "travel times", count);
	if (g_str_equal(kind, "busy"))
		return ngettext("time taken elsewhere", "times taken elsewhere", count);
	if (g_str_equal(kind, "session"))
		return ngettext("session", "sessions", count);
	return kind;
}

/* the second of the pair whose first is `key`, translated */
static const gchar *
look_up(const gchar *const pairs[][2], guint count, const gchar *key)
{
	for (guint i = 0; i < count && key != NULL; i++) {
		if (g_str_equal(pairs[i][0], key))
			return gettext(pairs[i][1]);
	}
	return key != NULL ? key : "";
}

const gchar *
cm_kinds_get_mode(const gchar *mode)
{
	static const gchar *const pairs[][2] = {
	    {"in-person", N_("in person")},
	    {"video-school", N_("video school")},
	    {"video-remote", N_("video home")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), mode);
}

const gchar *
cm_kinds_get_act(const gchar *act)
{
	static const gchar *const pairs[][2] = {
	    {"accueil", N_("intake")},
	    {"evaluation", N_("assessment")},
	    {"suivi", N_("follow-up session")},
	    {"parents", N_("parents' meeting")},
	    {"enseignant", N_("teacher's meeting")},
	    {"bilan", N_("review")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), act);
}

const gchar *
cm_kinds_get_profession(const gchar *profession)
{
	static const gchar *const pairs[][2] = {
	    {"psychologue", N_("psychologist")},
	    {"orthophoniste", N_("speech therapist")},
	    {"psychoeducateur", N_("psychoeducator")},
	    {"conseiller-orientation", N_("guidance counsellor")},
	    {"travailleur-social", N_("social worker")},
	    {"ergotherapeute", N_("occupational therapist")},
	    {"technicien-education-specialisee", N_("special education technician")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), profession);
}

const gchar *
cm_kinds_get_cost(const gchar *part)
{
	static const gchar *const pairs[][2] = {
	    {"unscheduled", N_("sessions left out")},
	    {"lateness", N_("late or early sessions")},
	    {"travel", N_("travel")},
	    {"core", N_("core subjects missed")},
	    {"modality", N_("wished mode not met")},
	    {"rhythm", N_("changes of weekday or hour")},
	    {"preference", N_("outside the preferred hours")},
	    {"moved", N_("sessions moved")},
	    {"total", N_("total")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), part);
}

const gchar *
cm_kinds_get_plan_state(const gchar *state)
{
	static const gchar *const pairs[][2] = {
	    {"draft", N_("draft")},
	    {"published", N_("published")},
	    {"superseded", N_("replaced")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), state);
}

const gchar *
cm_kinds_get_sort(const gchar *kind)
{
	static const gchar *const pairs[][2] = {
	    {"school", N_("school")},
	    {"office", N_("office")},
	    {"guardian", N_("parent")},
	    {"teacher", N_("teacher")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), kind);
}

const gchar *
cm_kinds_get_role(const gchar *role)
{
	static const gchar *const pairs[][2] = {
	    {"professional", N_("professional")},
	    {"coordinator", N_("coordinator")},
	    {"referent", N_("school contact person")},
	    {"helper", N_("helper")},
	    {"custodian", N_("custodian")},
	    {"administrator", N_("administrator")},
	};

	return look_up(pairs, G_N_ELEMENTS(pairs), role);
}

const gchar *
cm_kinds_get_booking_state(const gchar *state)
{
	static const gchar *const pairs[][2] = {
	    {"hold", N_("on hold")},
	    {"held", N_("took place")},
	    {"late-cancelled", N_("cancelled late")},
	    {"no-show", N_("nobody came")},
	    {"refused", N_("refused")},
	    {"cancelled", N_("cancelled")},
	};

	if (g_strcmp0(state, "planned") == 0)
		return "";
	return look_up(pairs, G_N_ELEMENTS(pairs), state);
}

const gchar *
cm_kinds_get_appointment(const gchar *kind)
{
	static const gchar *const pairs[][2] = {
	    {"session", N_("session")},
	    {"group", N_("group")},
	    {"intervention-plan", N_("intervention plan")},
	    {"meeting", N_("meeting")},
	};

	return kind != NULL ? look_up(pairs, G_N_ELEMENTS(pairs), kind) : _("taken");
}
