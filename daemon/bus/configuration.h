// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/visio-configuration.h"
#include "daemon/policy/help-line.h"
#include "include/cm-faults.h"

/* comodald's configuration: a key file (docs/man/comodald.8). Where it says nothing, the defaults below stand. */

#define CM_CONFIGURATION_UNDO_SECONDS 120
#define CM_CONFIGURATION_UNDO_SECONDS_MAX 86400
#define CM_CONFIGURATION_DOOR_DAYS 30
#define CM_CONFIGURATION_MIB_PERSON (10 * 1024) /* of attachments */
#define CM_CONFIGURATION_MIB_TOTAL (100 * 1024)
#define CM_CONFIGURATION_MIB_MAX (1024 * 1024 * 1024)
#define CM_CONFIGURATION_BACKUP_DAYS_MAX 36500

typedef struct {
	/* [Mail] */
	gchar *address;     /* the functional mailbox; "comodal@localhost" */
	gchar *name;        /* who letters are from, or NULL */
	guint undo_seconds; /* nothing is told earlier */
	gchar *authserv_id; /* whose Authentication-Results are believed, or NULL: nobody's */
	/* [Links] */
	gchar *link_base; /* https://…, without a slash at its end; NULL: letters carry no link */
	/* [Help] */
	CmHelpLine help;
	/* [Door] */
	guint
	    door_days; /* what is left of a session's door goes so many days after (daemon/store/store-purge.h) */
	/* [Attachments]: octets that are kept (daemon/store/store-attachment.h) */
	guint64 attachments_person_max;
	guint64 attachments_total_max;
	/* [Backups] */
	guint backup_days; /* how long copies of the database are kept; 0: nobody said it */
	/* [Courier] */
	gchar *socket; /* where comodal-courier finds us; its folder is made by whoever starts us */
	gboolean has_courier; /* FALSE: there is no such user, and nothing is served */
	guint32 courier_uid;
	/* [Visio], [Provider NAME] */
	CmVisioConfiguration *visio;
	/* [Gateway] */
	gchar *gateway_socket; /* where comodal-gateway finds us; the same */
	gboolean has_gateway;
	guint32 gateway_uid;
} CmConfiguration;

/* The defaults alone. Returns: (transfer full) */
CmConfiguration *
cm_configuration_new(gboolean session);

/* Read `path`, or with NULL the default one, which may be absent. What is wrong goes to `faults` with its line, and the error is
 * CM_ERROR_INVALID_INPUT; CM_ERROR_NOT_FOUND: a file that was named is not there. Returns: (transfer full) */
CmConfiguration *
cm_configuration_load(const gchar *path, gboolean session, CmFaults *faults, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void
cm_configuration_free(CmConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmConfiguration, cm_configuration_free)
