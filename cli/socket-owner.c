// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/socket-owner.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define TABLE "/proc/net/tcp"
/* columns of a row: "sl local rem st queues timer retransmits uid …" */
#define COLUMN_LOCAL 1
#define COLUMN_REMOTE 2
#define COLUMN_STATE 3
#define COLUMN_UID 7
/* the table is read while others connect: a row may have moved */
#define LOOKS 3

/* "0100007F:1F90", the address as the kernel has it in memory */
static gboolean
is_loopback_port(const gchar *text, guint16 port)
{
	gchar expected[16];

	g_snprintf(expected, sizeof expected, "%08X:%04X", htonl(INADDR_LOOPBACK), port);
	return g_str_equal(text, expected);
}

/* the columns of a row, which stand apart by any number of blanks */
static guint
split_row(gchar *row, gchar **columns, guint size)
{
	guint count = 0;
	gchar *rest = row;

	while (count < size) {
		gchar *word = NULL;

		while (*rest == ' ')
			rest++;
		if (*rest == '\0')
			break;
		word = rest;
		rest += strcspn(rest, " ");
		if (*rest != '\0')
			*rest++ = '\0';
		columns[count++] = word;
	}
	return count;
}

static gboolean
read_row(gchar *row, guint16 from, guint16 to, guint32 *out_uid)
{
	gchar *columns[COLUMN_UID + 1];
	guint64 state = 0;
	guint64 uid = 0;

	if (split_row(row, columns, G_N_ELEMENTS(columns)) < G_N_ELEMENTS(columns) ||
	    !is_loopback_port(columns[COLUMN_LOCAL], from) ||
	    !is_loopback_port(columns[COLUMN_REMOTE], to) ||
	    !g_ascii_string_to_unsigned(columns[COLUMN_STATE], 16, 0, G_MAXUINT8, &state, NULL) ||
	    !g_ascii_string_to_unsigned(columns[COLUMN_UID], 10, 0, G_MAXUINT32, &uid, NULL))
		return FALSE;
	/* a connection that is over belongs to nobody, which the table calls 0 */
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return FALSE;
	*out_uid = (guint32)uid;
	return TRUE;
}

gboolean
cm_socket_owner_find(const gchar *table, guint16 from, guint16 to, guint32 *out_uid)
{
	g_auto(GStrv) rows = g_strsplit(table, "\n", -1);

	for (guint i = 0; rows[i] != NULL; i++) {
		if (read_row(rows[i], from, to, out_uid))
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_socket_owner_look_up(guint16 from, guint16 to, guint32 *out_uid)
{
	for (guint i = 0; i < LOOKS; i++) {
		g_autofree gchar *table = NULL;

		if (!g_file_get_contents(TABLE, &table, NULL, NULL))
			return FALSE;
		if (cm_socket_owner_find(table, from, to, out_uid))
			return TRUE;
	}
	return FALSE;
}
