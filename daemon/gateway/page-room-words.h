// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What the scripts of the room's page and of the test of one's device say: a name that they know, and a format marked with N_(). Names in
 * {0} are filled in by them. */
typedef struct {
	const gchar *name;
	const gchar *text;
} CmPageRoomWord;

/* How many there are. `out_words`: (transfer none) */
gsize
cm_page_room_words_get(const CmPageRoomWord **out_words);
gsize
cm_page_room_words_get_test(const CmPageRoomWord **out_words);
