// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* What of each kind of thing can be said on a command line: an option a member. */

typedef enum {
	CM_FIELD_TEXT,
	CM_FIELD_ASKED, /* read from the terminal or standard input: command lines are seen by everyone on the machine */
	CM_FIELD_ASKED_DATE,
	CM_FIELD_NUMBER,
	CM_FIELD_DATE,
	CM_FIELD_HOURS,
	CM_FIELD_WINDOW,
	CM_FIELD_WORDS,   /* a list, with commas */
	CM_FIELD_THING,   /* the id of something else of the roster */
	CM_FIELD_THINGS,  /* ids, with commas */
	CM_FIELD_PLACE,   /* latitude, longitude */
	CM_FIELD_PERIODS, /* from..to, with commas */
	CM_FIELD_TRAVEL,  /* school=minutes, with commas */
} CmFieldType;

typedef struct {
	const gchar *option; /* without its hyphens */
	const gchar *member;
	CmFieldType type;
	const gchar *kind;     /* of THING and THINGS */
	const gchar *help;     /* msgid */
	const gchar *argument; /* msgid */
} CmField;

#define CM_FIELDS_MAX 10

typedef struct {
	const gchar *word;     /* in verbs: "person" */
	const gchar *kind;     /* in the roster: "professional" */
	const CmField *fields; /* ended by one without an option */
} CmFieldKind;

/* By the first word of a verb. (transfer none) */
const CmFieldKind *
cm_thing_fields_find(const gchar *word);

/* What a person calls a member of a kind of the roster: its option, as "--school"; the member itself where it has none. Returns:
 * (transfer full) */
gchar *
cm_thing_fields_name_member(const gchar *kind, const gchar *member) G_GNUC_WARN_UNUSED_RESULT;

/* What was typed for one field, as the member's value. Fails with CM_ERROR_INVALID_INPUT or NOT_FOUND. Returns: (transfer full) */
JsonNode *
cm_thing_fields_parse(const CmField *field, const gchar *text, CmDBusRoster *roster, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
