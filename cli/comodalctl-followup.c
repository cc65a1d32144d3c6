// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/json.h"
#include "cli/report.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* the states of follow-ups: followup show, start, suspend, resume, close, reopen */

typedef struct {
	CmConsentCall call;
	CmDBusFollowup *followups;
	guint64 number;
	gchar *state;
	guint coming;
} Followup;

static void
followup_clear(Followup *followup)
{
	cm_consent_call_clear(&followup->call);
	g_clear_object(&followup->followups);
	g_free(followup->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Followup, followup_clear)

static gboolean
followup_open(Followup *followup, const CmComodalctl *cli, const gchar *who, GError **error)
{
	if (!cm_consent_call_open(&followup->call, cli, error) ||
	    !cm_consent_call_find_followup(&followup->call, who, &followup->number, error))
		return FALSE;
	followup->followups = cm_client_get_followup(followup->call.bus, error);
	return followup->followups != NULL &&
	       cm_dbus_followup_call_get_sync(followup->followups, followup->number,
					      &followup->state, &followup->coming, NULL, error);
}

static const gchar *
translate_state(const gchar *state)
{
	static const gchar *const words[][2] = {{"waiting", N_("The follow-up is waiting.")},
						{"active", N_("The follow-up is active.")},
						{"suspended", N_("The follow-up is suspended.")},
						{"closed", N_("The follow-up is closed.")}};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_str_equal(words[i][0], state))
			return words[i][1];
	}
	return state;
}

static CmExit
print(const CmComodalctl *cli, const Followup *followup, const gchar *count_text, guint count)
{
	g_autofree gchar *number = g_strdup_printf("%u", count);

	if (cli->json) {
		g_autoptr(JsonBuilder) builder = json_builder_new();

		json_builder_begin_object(builder);
		json_builder_set_member_name(builder, "number");
		json_builder_add_int_value(builder, (gint64)followup->number);
		json_builder_set_member_name(builder, "state");
		json_builder_add_string_value(builder, followup->state);
		json_builder_set_member_name(builder, count_text == NULL ? "coming" : "withdrawn");
		json_builder_add_int_value(builder, count);
		json_builder_end_object(builder);
		cm_json_print(builder);
		return CM_EXIT_OK;
	}
	cm_report_note(translate_state(followup->state), NULL);
	if (count > 0)
		cm_report_note(count_text != NULL ? count_text : N_("Sessions to come: {0}"),
			       number, NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_followup_run_show(CmComodalctl *cli)
{
	g_auto(Followup) followup = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!followup_open(&followup, cli, arguments[0], &error))
		return cm_report_error(error);
	return print(cli, &followup, NULL, followup.coming);
}

CmExit
cm_comodalctl_followup_run_change(CmComodalctl *cli)
{
	const gchar *event = strchr(cli->verb->name, ' ') + 1; /* nocheck:null: of two words */
	gboolean withdraw = FALSE;
	const GOptionEntry entries[] = {
	    {"withdraw", 0, 0, G_OPTION_ARG_NONE, &withdraw,
	     N_("Cancel what is booked and still to come"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(Followup) followup = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) withdrawn = NULL;
	g_autofree gchar *state = NULL;
	GVariantBuilder options;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!followup_open(&followup, cli, arguments[0], &error))
		return cm_report_error(error);
	g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&options, "{sv}", "withdraw", g_variant_new_boolean(withdraw));
	if (!cm_dbus_followup_call_change_sync(followup.followups, followup.number, followup.state,
					       event, g_variant_builder_end(&options), &state,
					       &withdrawn, NULL, &error))
		return cm_report_error(error);
	g_free(followup.state);
	followup.state = g_steal_pointer(&state);
	return print(cli, &followup, N_("Cancelled: {0}"), (guint)g_variant_n_children(withdrawn));
}
