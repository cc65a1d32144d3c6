// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/recovery-sheet.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define ROW_OCTETS 8
#define CHECK_OCTETS 2
#define ROW_SYMBOLS 16
#define GROUP_SYMBOLS 4
/* "1: ABCD-EFGH-JKMN-PQRS" and its NUL */
#define ROW_TEXT_SIZE (3 + ROW_SYMBOLS + 3 + 1)

G_STATIC_ASSERT((ROW_OCTETS + CHECK_OCTETS) * 8 == ROW_SYMBOLS * 5);
G_STATIC_ASSERT(ROW_OCTETS *CM_RECOVERY_SHEET_ROWS == CM_RECOVERY_SHEET_KEY_BYTES);

/* Crockford's: no I, L, O, U */
static const gchar symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Both languages stand on the paper whatever the language of the one who printed it: somebody else
 * may need it, years later. */
static const gchar sheet_template[] =
    "comodal - fiche de récupération / recovery sheet\n"
    "================================================\n"
    "\n"
    "Date : %s        Empreinte / fingerprint : %s\n"
    "\n"
    "  %s\n"
    "  %s\n"
    "  %s\n"
    "  %s\n"
    "\n"
    "FR  Ces quatre lignes sont la clé de service : sans elle, les noms que contient la base de\n"
    "    données et ses copies ne peuvent plus être lus par personne. Conservez cette feuille "
    "sous\n"
    "    clé, loin des copies de sauvegarde. Elle ne sera pas imprimée de nouveau. Qui la possède\n"
    "    avec une copie de la base lit tous les noms.\n"
    "\n"
    "EN  These four rows are the service key: without it nobody can read the names in the "
    "database\n"
    "    and its copies any more. Keep this sheet under lock, away from the backups. It will not "
    "be\n"
    "    printed again. Whoever has it together with a copy of the database reads every name.\n";

static void
row_compute_check(guint row, const guint8 *octets, guint8 out_check[CHECK_OCTETS])
{
	static const gchar label[] = "comodal-recovery/1";
	guint8 number = (guint8)(row + 1);
	guint8 hash[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	crypto_generichash_update(&state, (const guint8 *)label, sizeof label);
	crypto_generichash_update(&state, &number, 1);
	crypto_generichash_update(&state, octets, ROW_OCTETS);
	crypto_generichash_final(&state, hash, sizeof hash);
	memcpy(out_check, hash, CHECK_OCTETS);
	sodium_memzero(&state, sizeof state);
	sodium_memzero(hash, sizeof hash);
}

static void
row_format(guint row, const guint8 *key, gchar out_text[ROW_TEXT_SIZE])
{
	guint8 octets[ROW_OCTETS + CHECK_OCTETS];
	gchar *text = out_text;

	memcpy(octets, key + row * ROW_OCTETS, ROW_OCTETS);
	row_compute_check(row, octets, octets + ROW_OCTETS);
	*text++ = (gchar)('1' + row);
	*text++ = ':';
	*text++ = ' ';
	for (guint i = 0; i < ROW_SYMBOLS; i++) {
		guint bit = i * 5;
		guint pair = (guint)octets[bit / 8] << 8;

		if (bit / 8 + 1 < sizeof octets)
			pair |= octets[bit / 8 + 1];
		if (i > 0 && i % GROUP_SYMBOLS == 0)
			*text++ = '-';
		*text++ = symbols[(pair >> (11 - bit % 8)) & 31];
	}
	*text = '\0';
	sodium_memzero(octets, sizeof octets);
}

gchar *
cm_recovery_sheet_format(const guint8 *key, const gchar *fingerprint, const gchar *date)
{
	gchar rows[CM_RECOVERY_SHEET_ROWS][ROW_TEXT_SIZE];
	gsize size = sizeof sheet_template + sizeof rows + strlen(fingerprint) + strlen(date);
	/* one piece from the start: growing it would leave copies of the key behind */
	gchar *sheet = g_malloc0(size);

	for (guint i = 0; i < CM_RECOVERY_SHEET_ROWS; i++)
		row_format(i, key, rows[i]);
	g_snprintf(sheet, size, sheet_template, date, fingerprint, rows[0], rows[1], rows[2],
		   rows[3]);
	sodium_memzero(rows, sizeof rows);
	return sheet;
}

static gint
symbol_to_value(gchar symbol)
{
	const gchar *found = NULL;

	symbol = g_ascii_toupper(symbol);
	if (symbol == 'O')
		symbol = '0';
	if (symbol == 'I' || symbol == 'L')
		symbol = '1';
	found = symbol != '\0' ? strchr(symbols, symbol) : NULL;
	return found != NULL ? (gint)(found - symbols) : -1;
}

/* what follows "N:" up to the end of the line; FALSE when it isn't 16 symbols whose check holds */
static gboolean
row_parse(guint row, const gchar *text, guint8 *out_octets)
{
	guint8 octets[ROW_OCTETS + CHECK_OCTETS] = {0};
	guint8 check[CHECK_OCTETS];
	guint count = 0;
	gboolean good = TRUE;

	for (const gchar *p = text; *p != '\0' && *p != '\n' && good; p++) {
		gint value = symbol_to_value(*p);
		guint bit = count * 5;

		if (g_ascii_isspace(*p) || *p == '-')
			continue;
		good = value >= 0 && count < ROW_SYMBOLS;
		for (guint i = 0; i < 5 && good; i++) {
			if ((value & (16 >> i)) != 0)
				octets[(bit + i) / 8] |= (guint8)(128 >> ((bit + i) % 8));
		}
		count++;
	}
	good = good && count == ROW_SYMBOLS;
	if (good) {
		row_compute_check(row, octets, check);
		good = sodium_memcmp(check, octets + ROW_OCTETS, CHECK_OCTETS) == 0;
	}
	if (good)
		memcpy(out_octets, octets, ROW_OCTETS);
	sodium_memzero(octets, sizeof octets);
	return good;
}

/* the text after the row's "N:" at the beginning of a line, or NULL */
static const gchar *
sheet_find_row(const gchar *text, guint row)
{
	const gchar *line = text;

	while (line != NULL) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (line[0] == (gchar)('1' + row)) {
			const gchar *mark = line + 1;

			while (*mark == ' ')
				mark++;
			if (*mark == ':' || *mark == '.' || *mark == ')')
				return mark + 1;
		}
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return NULL;
}

gboolean
cm_recovery_sheet_parse(const gchar *text,
			guint8 out_key[CM_RECOVERY_SHEET_KEY_BYTES],
			GError **error)
{
	guint8 key[CM_RECOVERY_SHEET_KEY_BYTES];
	gboolean good = TRUE;

	for (guint i = 0; i < CM_RECOVERY_SHEET_ROWS && good; i++) {
		const gchar *row = sheet_find_row(text, i);
		const gchar number[] = {(gchar)('1' + i), '\0'};

		if (row == NULL)
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Row {0} of the recovery sheet is missing: write “{0}:” "
					"and its four groups."),
				     number, NULL);
		else if (!row_parse(i, row, key + i * ROW_OCTETS))
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Row {0} of the recovery sheet has a typing error."),
				     number, NULL);
		else
			continue;
		good = FALSE;
	}
	if (good)
		memcpy(out_key, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return good;
}
