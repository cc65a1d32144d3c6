// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/agenda-answers.h"

#include "daemon/agenda/document.h"

static const gchar *
get_role(const CmCaseload *caseload, const CmAgendaAnswer *answer)
{
	if (answer->kind == CM_RESOURCE_STUDENT)
		return "student";
	if (answer->kind == CM_RESOURCE_PROFESSIONAL)
		return "professional";
	return CM_ELEMENT(caseload->contacts, CmContact, answer->index)->kind ==
		       CM_CONTACT_KIND_GUARDIAN
		   ? "guardian"
		   : "teacher";
}

void
cm_agenda_answers_add(JsonBuilder *builder, const CmCaseload *caseload, const GArray *answers)
{
	if (answers == NULL || answers->len == 0)
		return;
	cm_document_begin_array(builder, "answers");
	for (guint i = 0; i < answers->len; i++) {
		const CmAgendaAnswer *answer = CM_ELEMENT(answers, CmAgendaAnswer, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", get_role(caseload, answer));
		cm_document_add_int(builder, "number", answer->number);
		cm_document_add_string(builder, "answer", answer->answer);
		if (answer->by != NULL)
			cm_document_add_string(builder, "by", answer->by);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}
