// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/option-dictionary.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

static const CmOption *
option_find(const CmOption *known, gsize count, const gchar *name)
{
	for (gsize i = 0; i < count; i++) {
		if (g_str_equal(known[i].name, name))
			return &known[i];
	}
	return NULL;
}

static gboolean
option_check(const CmOption *option, const gchar *name, GVariant *value, GError **error)
{
	if (option == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Unknown option “{0}”."), name,
			     NULL);
		return FALSE;
	}
	if (!g_variant_is_of_type(value, G_VARIANT_TYPE(option->type))) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Option “{0}” must be of type {1}, not {2}."), name, option->type,
			     g_variant_get_type_string(value), NULL);
		return FALSE;
	}
	return TRUE;
}

static void
option_store(const CmOption *option, GVariant *value)
{
	if (g_str_equal(option->type, "s"))
		*(const gchar **)option->out = g_variant_get_string(value, NULL);
	else if (g_variant_is_container(value))
		*(GVariant **)option->out = g_variant_ref(value);
	else
		g_variant_get(value, option->type, option->out);
}

gboolean
cm_option_dictionary_read(GVariant *options, const CmOption *known, gsize count, GError **error)
{
	guint64 seen = 0;
	GVariantIter iter;
	const gchar *name = NULL;
	GVariant *child = NULL;

	g_variant_iter_init(&iter, options);
	while (g_variant_iter_next(&iter, "{&sv}", &name, &child)) {
		g_autoptr(GVariant) value = child;
		const CmOption *option = option_find(known, count, name);
		guint64 bit = 0;

		if (!option_check(option, name, value, error))
			return FALSE;
		bit = G_GUINT64_CONSTANT(1) << (option - known);
		if ((seen & bit) != 0) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Option “{0}” is given twice."), name, NULL);
			return FALSE;
		}
		seen |= bit;
		option_store(option, value);
	}
	return TRUE;
}
