// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/page-gaps.h"

#include <string.h>

#define FILE_HEADER 100 /* of the first page */
#define FREE_BLOCK_HEADER 4

typedef struct {
	gsize first_block; /* of the free ones; 0: there is none */
	gsize start;       /* behind the list of the cells */
	gsize end;         /* where the cells begin */
} Places;

static gsize
read_16(const guint8 *octets)
{
	return (gsize)octets[0] << 8 | octets[1];
}

static gboolean
find_places(const guint8 *page, gsize size, guint32 number, Places *out_places)
{
	gsize header = number == 1 ? FILE_HEADER : 0;
	guint8 kind = page[header];
	gboolean inner = kind == 0x02 || kind == 0x05;

	if (!inner && kind != 0x0a && kind != 0x0d)
		return FALSE;
	out_places->first_block = read_16(page + header + 1);
	out_places->start = header + (inner ? 12 : 8) + 2 * read_16(page + header + 3);
	out_places->end = read_16(page + header + 5);
	/* the one number that two octets do not hold */
	if (out_places->end == 0)
		out_places->end = 65536;
	return out_places->start <= out_places->end && out_places->end <= size;
}

/* free blocks stand in their order, each with the place of the next and its own length */
static gboolean
are_blocks_whole(const guint8 *page, gsize size, const Places *places)
{
	gsize before = places->end;

	for (gsize block = places->first_block; block != 0; block = read_16(page + block)) {
		gsize length = 0;

		if (block < before || block + FREE_BLOCK_HEADER > size)
			return FALSE;
		length = read_16(page + block + 2);
		if (length < FREE_BLOCK_HEADER || block + length > size)
			return FALSE;
		before = block + length;
	}
	return TRUE;
}

gboolean
cm_page_gaps_clear_range(guint8 *octets, gsize length)
{
	gboolean any = FALSE;

	for (gsize i = 0; i < length && !any; i++)
		any = octets[i] != 0;
	if (any)
		memset(octets, 0, length);
	return any;
}

gboolean
cm_page_gaps_clear(guint8 *page, gsize size, guint32 number)
{
	Places places = {0};
	gboolean changed = FALSE;

	if (!find_places(page, size, number, &places) || !are_blocks_whole(page, size, &places))
		return FALSE;
	changed = cm_page_gaps_clear_range(page + places.start, places.end - places.start);
	for (gsize block = places.first_block; block != 0; block = read_16(page + block))
		changed = cm_page_gaps_clear_range(page + block + FREE_BLOCK_HEADER,
						   read_16(page + block + 2) - FREE_BLOCK_HEADER) ||
			  changed;
	return changed;
}
