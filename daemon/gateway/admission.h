// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-server.h"

/* Who is served first when not all can be at once, and who is asked to come back. Requests wait by class; the most urgent go first, and
 * only so many are with handlers at a time: of the least urgent half of them, so that the most urgent find a place. A class whose queue is full, or that waits for too long, is shed: the least urgent first, for
 * the others are taken before. From any thread. */

/* what is remembered of tokens */
#define CM_ADMISSION_TOKENS_MAX 65536
#define CM_ADMISSION_TOKEN_SECONDS 900
#define CM_ADMISSION_KEY_OCTETS 32

/* In the order in which they go. A token that comodald has not spoken of lately may be anybody's: also somebody's who joins now. */
typedef enum {
	CM_ADMISSION_HIGH,
	CM_ADMISSION_NEW,
	CM_ADMISSION_MIDDLE,
	CM_ADMISSION_LOW,
	CM_ADMISSION_CLASSES
} CmAdmissionClass;

typedef struct _CmAdmission CmAdmission;

/* A place in the queue; inside what waits. */
typedef struct {
	GList link;
	CmAdmissionClass class;
	gint64 since; /* monotonic */
} CmAdmissionTicket;

/* `handlers`: how many requests may be with handlers. Returns: (transfer full) */
CmAdmission *
cm_admission_new(guint handlers);

void
cm_admission_free(CmAdmission *admission);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAdmission, cm_admission_free)

/* The key of a token: SHA-256. */
void
cm_admission_make_key(const gchar *token, guint8 *out_key);

/* Remember how urgent somebody is, or, of `key` that is known already, anew. */
void
cm_admission_note(CmAdmission *admission, const guint8 *key, CmHttpClass class, gint64 now);

/* The mark of a key: SHA-256 again. comodald tells marks, by which nothing can be asked for. */
void
cm_admission_make_mark(const guint8 *key, guint8 *out_mark);

/* Of those who join soon the marks, side by side, in place of those that were told before. `all`: nobody else does; from now on, a token that is
 * neither among them nor known is not urgent. */
void
cm_admission_note_soon(CmAdmission *admission, const guint8 *marks, gsize count, gboolean all);

/* How urgent a request is: `route`'s class, or its token's (`key`, may be NULL) when that is more. */
CmAdmissionClass
cm_admission_classify(CmAdmission *admission, CmHttpClass route, const guint8 *key, gint64 now);

/* Whether comodald has spoken of a token lately. */
gboolean
cm_admission_is_known(CmAdmission *admission, const guint8 *key, gint64 now);

/* Wait for a handler. FALSE: its class is shed. */
gboolean
cm_admission_push(CmAdmission *admission,
		  CmAdmissionTicket *ticket,
		  gpointer request,
		  CmAdmissionClass class,
		  gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* Whose turn it is, or NULL: nobody waits, or the handlers have enough. `out_shed`: it has waited so long that it is to be refused; else
 * it counts as handed over until cm_admission_done(). */
gpointer
cm_admission_pop(CmAdmission *admission, gint64 now, gboolean *out_shed);

/* A handler has answered one of this class. Returns: TRUE when somebody waits for its place. */
gboolean
cm_admission_done(CmAdmission *admission, CmAdmissionClass class);
