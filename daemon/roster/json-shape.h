// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-faults.h"
#include "include/cm-time.h"

#include <gio/gio.h>

/* What a JSON document must look like, as tables, and the machine that reads one against them.
 *
 * A shape says what a value must be and where it goes: an object or a tuple fills a record (a C
 * struct, zeroed, then passed to `begin`), each member at its offset; at its closing `end` gets the
 * filled record. A value that is not what its shape asks for is a fault with its path, its line and
 * what was expected, leaves its place in the record untouched, and the reading goes on. Members
 * that no table names are passed over. Constant memory but for what the callbacks keep.
 *
 * Only a document that can't be gone on with ends the reading: broken JSON, nesting beyond
 * CM_JSON_MAX_DEPTH, a value longer than CM_JSON_MAX_TOKEN, cm_json_read_stop(). That is one more
 * fault, not an error: an error is of the descriptor. */

#define CM_JSON_MAX_DEPTH 16            /* open objects and lists */
#define CM_JSON_MAX_TOKEN (1024 * 1024) /* bytes of one text, number or run of white space */
#define CM_JSON_MAX_TEXT 1000           /* bytes of a text or a key that is kept */
#define CM_JSON_MAX_MEMBERS 64          /* that a table may name */

typedef enum {
	CM_JSON_TEXT,    /* const gchar *, in the string chunk; `minimum` to `maximum` bytes, no
			    control characters */
	CM_JSON_INTEGER, /* gint16, gint32 or gint64 by `size`; `minimum` to `maximum`; no fraction,
			    no exponent */
	CM_JSON_NUMBER,  /* gdouble, `minimum` to `maximum` */
	CM_JSON_BOOLEAN, /* gboolean */
	CM_JSON_DATE,    /* CmDay */
	CM_JSON_TIME,    /* CmMinute */
	CM_JSON_ENUM,    /* guint8: index in `names` */
	CM_JSON_OBJECT,  /* `members`, record of `size` */
	CM_JSON_TUPLE,   /* a list of exactly `maximum` scalars `element`, record of `size` */
	CM_JSON_LIST,    /* `minimum` to `maximum` of `element`; no record of its own */
	CM_JSON_MAP,     /* any keys, up to `maximum` of them, of `element`; no record of its own */
} CmJsonKind;

typedef struct _CmJsonRead CmJsonRead; /* a reading under way */
typedef struct _CmJsonShape CmJsonShape;

typedef union {
	gint64 integer; /* CM_JSON_INTEGER, CM_JSON_BOOLEAN, CM_JSON_DATE, CM_JSON_TIME,
			   CM_JSON_ENUM */
	gdouble number;
	const gchar *text; /* lives as long as the string chunk */
} CmJsonValue;

/* At the opening or the closing of what has several values. `record` is an object's or tuple's own;
 * for a list or a map it is the place in the record around it. */
typedef void (*CmJsonStep)(CmJsonRead *read, const CmJsonShape *shape, gpointer record);

/* Instead of storing a scalar at `place`. */
typedef void (*CmJsonTake)(CmJsonRead *read,
			   const CmJsonShape *shape,
			   gpointer place,
			   const CmJsonValue *value);

typedef enum {
	CM_JSON_OPTIONAL, /* may be absent */
	CM_JSON_REQUIRED,
} CmJsonNeed;

typedef struct {
	const gchar *name;
	CmJsonNeed need;
	gsize offset; /* in the object's record */
	const CmJsonShape *shape;
} CmJsonMember;

struct _CmJsonShape {
	CmJsonKind kind;
	gboolean nullable; /* null is right too, and changes nothing */
	gint64 minimum;
	gint64 maximum;
	gsize size;                  /* of the record, or of an integer */
	const gchar *const *names;   /* ended by NULL */
	const CmJsonMember *members; /* ended by a NULL name */
	const CmJsonShape *element;
	CmJsonStep begin;
	CmJsonStep end;
	CmJsonTake take;
	gconstpointer data; /* for the callbacks */
	gint tag;           /* for the callbacks */
};

/* Read a document. Kept texts go to `strings`, equal ones once; `user_data` is for the callbacks.
 * Returns FALSE only when the descriptor can't be read (CM_ERROR_FAILED) or on CM_ERROR_CANCELLED;
 * whether the document is right is in `faults`. */
gboolean
cm_json_shape_read_fd(const CmJsonShape *root,
		      gpointer user_data,
		      GStringChunk *strings,
		      int fd,
		      CmFaults *faults,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the callbacks. */

/* The `user_data`. */
gpointer
cm_json_read_get_data(const CmJsonRead *read);

/* The line of the value read last. */
guint
cm_json_read_get_line(const CmJsonRead *read);

/* The line where the innermost open object or list opened. */
guint
cm_json_read_get_open_line(const CmJsonRead *read);

/* The positions in the open lists (and tuples), outermost first; returns how many there are, and
 * writes at most `count`. */
guint
cm_json_read_get_indices(const CmJsonRead *read, guint32 *out_indices, guint count);

/* The key in the innermost open map (0), in the one around it (1)…; "" when there is none. */
const gchar *
cm_json_read_get_key(const CmJsonRead *read, guint up);

/* Whether something in the innermost open object or list was a fault: `end` need not check what it
 * doesn't have. */
gboolean
cm_json_read_is_faulty(const CmJsonRead *read);

/* A fault at the place that is being read; `member` (may be NULL) is added to its path. Arguments
 * as in cm_message_new(). */
void
cm_json_read_fault(CmJsonRead *read, const gchar *member, const gchar *format, ...)
    G_GNUC_NULL_TERMINATED;

/* Read no further. */
void
cm_json_read_stop(CmJsonRead *read);
