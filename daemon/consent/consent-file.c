// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/consent-file.h"

static const gchar *const kind_words[CM_CONSENT_KIND_LAST] = {"service", "telepractice", "release"};
static const gchar *const answer_words[CM_CONSENT_ANSWER_LAST] = {"given", "opposed", "attested"};
static const gchar *const form_words[CM_CONSENT_FORM_LAST] = {"written", "verbal"};

CmConsentFile *
cm_consent_file_new(gint64 student, CmDay birth_date)
{
	CmConsentFile *file = g_new0(CmConsentFile, 1);

	file->student = student;
	file->birth_date = birth_date;
	file->guardianships = g_array_new(FALSE, FALSE, sizeof(CmGuardianship));
	file->statements = g_array_new(FALSE, FALSE, sizeof(CmConsentStatement));
	file->strings = g_string_chunk_new(256);
	return file;
}

void
cm_consent_file_free(CmConsentFile *file)
{
	if (file == NULL)
		return;
	g_array_unref(file->guardianships);
	g_array_unref(file->statements);
	g_string_chunk_free(file->strings);
	g_free(file);
}

void
cm_consent_file_add_guardianship(CmConsentFile *file, const CmGuardianship *guardianship)
{
	g_array_append_val(file->guardianships, *guardianship);
}

static const gchar *
keep_string(CmConsentFile *file, const gchar *text)
{
	return text != NULL ? g_string_chunk_insert_const(file->strings, text) : NULL;
}

void
cm_consent_file_add_statement(CmConsentFile *file, const CmConsentStatement *statement)
{
	CmConsentStatement kept = *statement;

	kept.profession = keep_string(file, statement->profession);
	kept.purpose = keep_string(file, statement->purpose);
	g_array_append_val(file->statements, kept);
}

const CmGuardianship *
cm_consent_file_find_guardianship(const CmConsentFile *file, gint64 contact)
{
	for (guint i = 0; i < file->guardianships->len; i++) {
		const CmGuardianship *guardianship =
		    &g_array_index(file->guardianships, CmGuardianship, i);

		if (guardianship->contact == contact)
			return guardianship;
	}
	return NULL;
}

CmDay
cm_consent_file_get_birthday(const CmConsentFile *file, gint age)
{
	/* no year has more than 366 days: the first day of that age is at most so far */
	CmDay day = file->birth_date + age * 365;

	while (cm_day_get_age(file->birth_date, day) < age)
		day++;
	return day;
}

static gboolean
find_word(const gchar *const *words, guint count, const gchar *text, guint *out_index)
{
	for (guint i = 0; text != NULL && i < count; i++) {
		if (g_str_equal(words[i], text)) {
			*out_index = i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_consent_kind_to_string(CmConsentKind kind)
{
	return kind_words[kind];
}

gboolean
cm_consent_kind_from_string(const gchar *text, CmConsentKind *out_kind)
{
	guint index = 0;

	if (!find_word(kind_words, CM_CONSENT_KIND_LAST, text, &index))
		return FALSE;
	*out_kind = (CmConsentKind)index;
	return TRUE;
}

const gchar *
cm_consent_answer_to_string(CmConsentAnswer answer)
{
	return answer_words[answer];
}

gboolean
cm_consent_answer_from_string(const gchar *text, CmConsentAnswer *out_answer)
{
	guint index = 0;

	if (!find_word(answer_words, CM_CONSENT_ANSWER_LAST, text, &index))
		return FALSE;
	*out_answer = (CmConsentAnswer)index;
	return TRUE;
}

const gchar *
cm_consent_form_to_string(CmConsentForm form)
{
	return form_words[form];
}

gboolean
cm_consent_form_from_string(const gchar *text, CmConsentForm *out_form)
{
	guint index = 0;

	if (!find_word(form_words, CM_CONSENT_FORM_LAST, text, &index))
		return FALSE;
	*out_form = (CmConsentForm)index;
	return TRUE;
}
