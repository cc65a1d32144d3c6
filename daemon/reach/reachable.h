// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* How somebody is reached, and when they want to be. A recipient is a professional, a student or a contact of the roster, or an account
 * of the system (CM_REACHABLE_ACCOUNT, by its uid). */

#define CM_REACHABLE_ACCOUNT ((CmResource)4) /* as CM_NOTICE_TO_ACCOUNT */

#define CM_REACHABLE_PHONE_MAX 40 /* octets */
#define CM_REACHABLE_REMIND_HOURS_MAX 168

/* What holds of somebody who never said. */
#define CM_REACHABLE_DIGEST_AT (17 * 60)
#define CM_REACHABLE_QUIET_FROM (20 * 60)
#define CM_REACHABLE_QUIET_TO (7 * 60)
#define CM_REACHABLE_REMIND_HOURS 24

typedef enum {
	CM_DELIVERY_INVITATIONS, /* each change when it is made */
	CM_DELIVERY_DIGEST,      /* at most one mail a day */
	CM_DELIVERY_NONE,
	CM_DELIVERY_LAST
} CmDelivery;

/* "invitations", "digest", "none" */
const gchar *
cm_reachable_delivery_to_string(CmDelivery delivery);
gboolean
cm_reachable_delivery_from_string(const gchar *text,
				  CmDelivery *out_delivery) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	CmResource kind;
	gint64 person;
	gint64 version;    /* 0: nothing is on record, and these are what holds then */
	gchar *email;      /* cm_mail_address_parse()'s; "": none */
	gchar *phone;      /* "": none */
	gchar language[3]; /* "fr" or "en" */
	CmDelivery delivery;
	CmMinute digest_at;
	CmMinute quiet_from; /* equal to quiet_to: never quiet */
	CmMinute quiet_to;
	guint remind_hours; /* before a session; 0: not reminded */
	gchar *zone;        /* IANA name, never NULL: their own or the organisation's */
	gboolean own_zone;
	gboolean
	    bounced; /* the address did not take a mail; until another one is set, or it is said to work */
	gint64 link_epoch;
	gint64 changed_at; /* instant; 0: never */
	gint64
	    changed_by; /* uid, or the daemon's number of the audit log; with changed_at 0: nobody */
} CmReachable;

/* Somebody of whom nothing is on record: families by a digest and reminded, staff by invitations and, since they live in their agenda, not
 * reminded. Returns: (transfer full) */
CmReachable *
cm_reachable_new(CmResource kind, gint64 person, const gchar *language, const gchar *zone);
void
cm_reachable_free(CmReachable *reachable);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmReachable, cm_reachable_free)

/* Whether mail is to be sent: an address that took it so far, and somebody who wants it. */
gboolean
cm_reachable_takes_mail(const CmReachable *reachable);

/* A telephone number as people write it: digits, spaces, + ( ) - . / and an extension ("poste 12", "ext. 12", "x12", "#12"), with
 * three digits or more, spaces around it left out. "" is none. CM_ERROR_INVALID_INPUT does not repeat it. Returns: (transfer full) */
gchar *
cm_reachable_parse_phone(const gchar *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
