// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* What came from outside, taken apart on a thread of its own, one thing at a time: a hostile calendar may take its seconds, and the
 * mails that go out do not wait for it. */

typedef struct _CmForeignReader CmForeignReader;

CmForeignReader *
cm_foreign_reader_new(void);

/* Waits for what is being read; what was asked for and has not begun is not read, and nobody is told. */
void
cm_foreign_reader_free(CmForeignReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmForeignReader, cm_foreign_reader_free)

/* Called from the main loop, unless the reader is freed before. */
typedef void (*CmForeignRead)(GBytes *document, gpointer user_data);

/* Between which instants, and in which zone, a calendar is read. */
typedef struct {
	gchar *zone; /* IANA */
	gint64 since;
	gint64 until;
} CmForeignWindow;

/* The members of a report (Courier1.Report): "busy" and "partly", or "failure", with `etag` and `modified` (or NULL) added. */
void
cm_foreign_reader_read_calendar(CmForeignReader *reader,
				GBytes *octets,
				const CmForeignWindow *window,
				const gchar *etag,
				const gchar *modified,
				CmForeignRead done,
				gpointer user_data);

/* A mail's document, as it is delivered. */
void
cm_foreign_reader_read_mail(CmForeignReader *reader,
			    GBytes *octets,
			    CmForeignRead done,
			    gpointer user_data);
