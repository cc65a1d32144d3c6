// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-file.h"
#include "daemon/visio/provider.h"

/* Video providers as comodald's configuration has them (docs/man/comodald.8, docs/providers.md): groups [Visio] and [Provider NAME]. Secrets
 * are read with it, and stand in locked memory. Read once; from any thread afterwards. */

#define CM_VISIO_CONFIGURATION_GROUP "Visio"
#define CM_VISIO_CONFIGURATION_PREFIX "Provider "
#define CM_VISIO_CONFIGURATION_PROVIDERS_MAX 16
/* a provider's secret is the systemd credential of this and its name; others of it have "-room", "-token", "-turn" at the end */
#define CM_VISIO_CONFIGURATION_CREDENTIAL "comodal-provider-"

typedef struct {
	GHashTable
	    *providers; /* name → CmProviderSettings; "builtin" and "phone" are always there */
	gchar **order;  /* names, those of [Visio] Providers=; the phone is not among them */
} CmVisioConfiguration;

/* The built-in room, without any server, and the phone. `phone`: a number, or NULL. Returns: (transfer full) */
CmVisioConfiguration *
cm_visio_configuration_new(const gchar *phone);

/* Take the groups of a file; what is wrong goes to its faults. Returns: (transfer full) */
CmVisioConfiguration *
cm_visio_configuration_take(CmPolicyFile *file, const gchar *phone) G_GNUC_WARN_UNUSED_RESULT;

void
cm_visio_configuration_free(CmVisioConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVisioConfiguration, cm_visio_configuration_free)

/* A provider by its name, or NULL. (transfer none) */
const CmProviderSettings *
cm_visio_configuration_find(const CmVisioConfiguration *configuration, const gchar *name);
