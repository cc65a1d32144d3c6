// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/accounts.h"
#include "daemon/bus/audit-keeper.h"
#include "daemon/booking/booking-state.h"
#include "daemon/bus/callers.h"
#include "daemon/bus/configuration.h"
#include "daemon/bus/desk-cache.h"
#include "daemon/bus/door.h"
#include "daemon/bus/jobs.h"
#include "daemon/bus/roster-cache.h"
#include "daemon/bus/worker.h"
#include "daemon/policy/policy-watch.h"
#include "daemon/store/store.h"

/* What comodald's object on the bus stands on. The adaptors (ADAPTOR-adaptor.h) turn the contract's interfaces into calls on
 * it; daemon.h opens the parts and holds the main loop. */

typedef struct _CmService CmService;

struct _CmService {
	GDBusConnection *connection;
	CmWorker *store; /* the store's thread */
	CmCallers *callers;
	CmAccounts *accounts;
	CmDoor *door;
	CmJobs *jobs;
	CmRosterCache *roster; /* the worker's thread only */
	CmDeskCache *desk;     /* the same */
	CmAuditKeeper *audit;
	GPtrArray *adaptors; /* GDBusInterfaceSkeleton */

	/* main loop only: a job or a document takes its own reference when it begins */
	CmPolicySet *policies;
	CmPolicyWatch *watch;
	struct _CmHoldWatch *holds;
	struct _CmOutboxKeeper *outbox; /* NULL until daemon.c sets it */
	struct _CmCourierAdaptor
	    *courier; /* NULL until daemon.c sets it, and where no courier is served */
	struct _CmRoomKeeper *rooms;       /* NULL until daemon.c sets it */
	struct _CmRoomDesk *room_desk;     /* what video providers are asked */
	struct _CmGatewayAdaptor *gateway; /* the same of the gateway */
	struct _CmDoorKeeper *doors;
	CmConfiguration *configuration;          /* read once, when comodald starts */
	guint birthday_days;                     /* how far ahead birthdays are looked for */
	struct _CmBirthdayKeeper *birthdays;     /* NULL until daemon.c sets it */
	struct _CmReminderKeeper *reminders;     /* the same */
	struct _CmCustodyKeeper *custody;        /* the same */
	struct _CmPurgeKeeper *purges;           /* the same */
	struct _CmAttachmentKeeper *attachments; /* the same */
	struct _CmRetentionKeeper *retention;    /* the same */
	gchar **policy_directories;              /* from the vendor's to the organisation's */

	GCancellable *closing; /* cancelled when the service begins to stop */
	guint pending;         /* replies being made on other threads */
	guint documents;       /* of them, those that are documents */
	GSourceFunc closed;
	gpointer closed_data;
};

/* Put everything at CM_OBJECT_PATH of the connection. Takes the store, even on failure; `policies` and `directories` are kept by
 * reference and copy. `audit_heads`: folder (daemon/store/audit-heads.h). Returns: (transfer full) */
CmService *
cm_service_new(GDBusConnection *connection,
	       CmStore *store,
	       CmPolicySet *policies,
	       const gchar *const *directories,
	       const gchar *audit_heads,
	       gboolean session,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Begin to stop: jobs and documents are cancelled; `closed` is called on the main loop, perhaps at once, when none is left. */
void
cm_service_close(CmService *service, GSourceFunc closed, gpointer user_data);

/* After cm_service_close() has called back, or before anything was called. Ends the worker, which closes the store. */
void
cm_service_free(CmService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmService, cm_service_free)

/* For the adaptors. */

/* Export an adaptor's skeleton, which the service then keeps. */
gboolean
cm_service_add_adaptor(CmService *service,
		       GDBusInterfaceSkeleton *skeleton,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Put another set in force; what has begun goes on with its own. */
void
cm_service_set_policies(CmService *service, CmPolicySet *policies);

/* Tell everyone on the bus that a plan is published. From any thread. */
void
cm_service_announce_published(CmService *service, guint64 plan);

/* Tell everyone on the bus that a booking has changed. From any thread. */
void
cm_service_announce_booking(CmService *service,
			    gint64 number,
			    gint64 version,
			    CmBookingState state);

/* A reply begins or ends on another thread. */
void
cm_service_begin(CmService *service);
void
cm_service_end(CmService *service);
