// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/vault-document.h"

#include "daemon/agenda/document.h"
#include "daemon/store/store-vault.h"

#include <sodium.h>

#define FORMAT "comodal-cases/1"

/* a student whom the roster has no more has no name */
static void
add_student(JsonBuilder *builder, const CmRosterSnapshot *roster, gint64 number)
{
	guint32 index = cm_roster_numbers_find(roster->numbers, CM_NUMBER_STUDENT, number);
	const CmStudent *student =
	    index != CM_NONE ? CM_ELEMENT(roster->caseload->students, CmStudent, index) : NULL;

	cm_document_add_int(builder, "student", number);
	cm_document_add_string(builder, "name", student != NULL ? student->name : NULL);
	cm_document_add_string(builder, "reference", student != NULL ? student->id : NULL);
}

static void
add_case(JsonBuilder *builder, const CmRosterSnapshot *roster, const CmStoreVaultCase *one)
{
	gchar name[CM_VAULT_ID_BYTES * 2 + 1];

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "case",
			       sodium_bin2hex(name, sizeof name, one->name, sizeof one->name));
	add_student(builder, roster, one->student);
	cm_document_add_int(builder, "file", one->file);
	cm_document_add_boolean(builder, "responsible", one->responsible);
	cm_document_add_int(builder, "epochs", one->epochs);
	cm_document_add_int(builder, "notes", one->notes);
	cm_document_add_int(builder, "waiting", one->waiting);
	cm_document_add_int(builder, "changed", one->changed_at);
	json_builder_end_object(builder);
}

gboolean
cm_vault_document_make(CmStore *store,
		       CmPolicySet *policies,
		       gpointer data,
		       JsonBuilder *builder,
		       GError **error)
{
	const CmVaultQuery *query = data;
	const CmStoreVaultFilter filter = {
	    .uid = query->caller->uid,
	    .student = query->student,
	    .name = query->name != NULL ? g_bytes_get_data(query->name, NULL) : NULL,
	    .deposit = query->deposit != NULL ? g_bytes_get_data(query->deposit, NULL) : NULL};
	g_autoptr(GArray) cases = cm_store_vault_list(store, &filter, error);
	g_autoptr(CmRosterSnapshot) roster =
	    cases != NULL ? cm_roster_cache_get(query->service->roster, store, NULL, error) : NULL;

	if (roster == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT);
	json_builder_set_member_name(builder, "cases");
	json_builder_begin_array(builder);
	for (guint i = 0; i < cases->len; i++)
		add_case(builder, roster, &g_array_index(cases, CmStoreVaultCase, i));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}
