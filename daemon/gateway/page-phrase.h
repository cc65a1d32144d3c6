// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/view.h"
#include "daemon/words/words.h"

/* What several pages say alike. Texts are (transfer full); NULL for what the view does not know. */

/* "Sophie Gagnon, psychologue" */
gchar *
cm_page_phrase_host(const CmWords *words, const CmViewItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* "Sophie Gagnon"; without a name "the professional" */
gchar *
cm_page_phrase_host_name(const CmWords *words, const CmViewItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* "École des Pins, local 204", "by video, from home" */
gchar *
cm_page_phrase_where(const CmWords *words, const CmViewItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* "Today", "Tomorrow"; NULL: it is neither */
gchar *
cm_page_phrase_near(const CmWords *words, gint64 now, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;

/* How long something is: "12 minutes", "1 hour and 5 minutes", "3 days"; less than a minute is one. */
gchar *
cm_page_phrase_duration(const CmWords *words, gint64 seconds) G_GNUC_WARN_UNUSED_RESULT;

/* Whose hours are shown: "Eastern time"; of a zone without a name here its place: "time of Winnipeg". */
gchar *
cm_page_phrase_zone(const CmWords *words, const gchar *zone) G_GNUC_WARN_UNUSED_RESULT;
