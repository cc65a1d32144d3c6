// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-fields.h"

#include "daemon/vault/vault-rules.h"

#define LAST_TIME G_GUINT64_CONSTANT(253402300799)

#define CM_MEMBER(member) G_STRUCT_OFFSET(FIELDS_OF, member)
#define CM_OCTETS(member, count, some)                                                             \
	{                                                                                          \
		CM_VAULT_FORM_OCTETS, CM_MEMBER(member), some, count, NULL                         \
	}
#define CM_NUMBER8(member, low, high)                                                              \
	{                                                                                          \
		CM_VAULT_FORM_NUMBER8, CM_MEMBER(member), low, high, NULL                          \
	}
#define CM_NUMBER32(member, low)                                                                   \
	{                                                                                          \
		CM_VAULT_FORM_NUMBER32, CM_MEMBER(member), low, G_MAXUINT32, NULL                  \
	}
#define CM_NUMBER64(member, low)                                                                   \
	{                                                                                          \
		CM_VAULT_FORM_NUMBER64, CM_MEMBER(member), low, G_MAXUINT64, NULL                  \
	}
#define CM_TIME(member)                                                                            \
	{                                                                                          \
		CM_VAULT_FORM_NUMBER64, CM_MEMBER(member), 1, LAST_TIME, NULL                      \
	}
#define CM_DATE(member)                                                                            \
	{                                                                                          \
		CM_VAULT_FORM_DATE, CM_MEMBER(member), 0, 0, NULL                                  \
	}
#define CM_BITS(member, bits)                                                                      \
	{                                                                                          \
		CM_VAULT_FORM_BITS, CM_MEMBER(member), 0, bits, NULL                               \
	}
#define CM_TEXT(member, low, high)                                                                 \
	{                                                                                          \
		CM_VAULT_FORM_TEXT, CM_MEMBER(member), low, high, NULL                             \
	}
#define CM_LINE(member, low, high)                                                                 \
	{                                                                                          \
		CM_VAULT_FORM_LINE, CM_MEMBER(member), low, high, NULL                             \
	}
#define CM_BYTES(member, low, high)                                                                \
	{                                                                                          \
		CM_VAULT_FORM_BYTES, CM_MEMBER(member), low, high, NULL                            \
	}
#define CM_LIST(member, low, high, kind)                                                           \
	{                                                                                          \
		CM_VAULT_FORM_LIST, CM_MEMBER(member), low, high, &layouts[kind]                   \
	}

static const CmVaultLayout layouts[CM_VAULT_KIND_LAST];

#define FIELDS_OF CmVaultEnrolment
static const CmVaultField enrolment_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(person, 16, 1),    CM_NUMBER32(generation, 1),
    CM_OCTETS(sign_key, 32, 1),     CM_OCTETS(box_key, 32, 1),   CM_TIME(made_at),
    CM_LINE(label, 1, 200),         CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDirectoryEntry
static const CmVaultField directory_entry_fields[] = {
    CM_OCTETS(person, 16, 1),   CM_NUMBER32(generation, 1), CM_NUMBER8(state, 1, 3),
    CM_BITS(roles, 7),          CM_NUMBER64(since, 1),      CM_NUMBER64(until, 0),
    CM_OCTETS(sign_key, 32, 1), CM_OCTETS(box_key, 32, 1),  CM_OCTETS(enrolment, 32, 1),
    CM_LINE(label, 1, 200),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDirectory
static const CmVaultField directory_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_NUMBER64(sequence, 1),
    CM_OCTETS(previous, 32, 0),     CM_TIME(issued_at),
    CM_OCTETS(org_key, 32, 1),      CM_LIST(entries, 0, 8192, CM_VAULT_KIND_DIRECTORY_ENTRY),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultSuccession
static const CmVaultField succession_fields[] = {
    CM_OCTETS(organisation, 32, 1),  CM_OCTETS(old_key, 32, 1), CM_OCTETS(new_key, 32, 1),
    CM_NUMBER64(from_sequence, 1),   CM_TIME(made_at),          CM_OCTETS(signature_old, 64, 0),
    CM_OCTETS(signature_new, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultKeyring
static const CmVaultField keyring_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(person, 16, 1),  CM_NUMBER32(generation, 1),
    CM_NUMBER8(slot, 1, 2),         CM_NUMBER64(revision, 1),  CM_NUMBER32(operations, 0),
    CM_NUMBER32(memory, 0),         CM_OCTETS(salt, 16, 0),    CM_OCTETS(check, 32, 1),
    CM_OCTETS(nonce, 24, 0),        CM_OCTETS(sealed, 188, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultBundle
static const CmVaultField bundle_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(person, 16, 1),
    CM_NUMBER32(generation, 1),
    CM_OCTETS(sign_seed, 32, 0),
    CM_OCTETS(box_secret, 32, 0),
    CM_OCTETS(local_key, 32, 0),
    CM_TIME(made_at),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultEpoch
static const CmVaultField epoch_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(case_id, 16, 1),
    CM_NUMBER32(epoch, 1),
    CM_OCTETS(previous, 32, 0),
    CM_NUMBER8(authority, 1, 3),
    CM_OCTETS(release_a, 32, 0),
    CM_OCTETS(release_b, 32, 0),
    CM_OCTETS(signer, 16, 1),
    CM_NUMBER32(signer_generation, 1),
    CM_OCTETS(responsible, 16, 1),
    CM_NUMBER32(responsible_generation, 1),
    CM_NUMBER8(file, 1, 4),
    CM_NUMBER8(reason, 1, 6),
    CM_OCTETS(deposit, 32, 0),
    CM_OCTETS(key_commitment, 32, 1),
    CM_OCTETS(subject, 32, 1),
    CM_NUMBER64(last_sequence, 0),
    CM_OCTETS(last_note, 32, 0),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultEnvelope
static const CmVaultField envelope_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(case_id, 16, 1),
    CM_NUMBER32(epoch, 1),
    CM_OCTETS(epoch_record, 32, 1),
    CM_OCTETS(granter, 16, 1),
    CM_NUMBER32(granter_generation, 1),
    CM_NUMBER8(to, 1, 2),
    CM_OCTETS(recipient, 16, 1),
    CM_NUMBER32(recipient_generation, 1),
    CM_OCTETS(recipient_key, 32, 1),
    CM_OCTETS(deposit, 32, 0),
    CM_BITS(rights, 15),
    CM_OCTETS(key_commitment, 32, 1),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(sealed, 112, 0),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultNoteAttachment
static const CmVaultField note_attachment_fields[] = {
    CM_OCTETS(attachment, 16, 1),
    CM_NUMBER64(size, 1),
    CM_OCTETS(digest, 32, 1),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultNote
static const CmVaultField note_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(case_id, 16, 1),
    CM_NUMBER32(epoch, 1),
    CM_OCTETS(epoch_record, 32, 1),
    CM_OCTETS(note, 16, 1),
    CM_NUMBER64(sequence, 1),
    CM_OCTETS(previous, 32, 0),
    CM_NUMBER8(kind, 1, 10),
    CM_OCTETS(about, 32, 0),
    CM_OCTETS(author, 16, 1),
    CM_NUMBER32(author_generation, 1),
    CM_OCTETS(grant, 32, 1),
    CM_NUMBER64(directory, 1),
    CM_TIME(entered_at),
    CM_DATE(entered_on),
    CM_DATE(occurred_on),
    CM_NUMBER64(session, 0),
    CM_NUMBER8(cosign, 0, 1),
    CM_LIST(attachments, 0, 64, CM_VAULT_KIND_NOTE_ATTACHMENT),
    CM_OCTETS(text_commitment, 32, 1),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultBody
static const CmVaultField body_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(case_id, 16, 1), CM_NUMBER32(epoch, 1),
    CM_OCTETS(record, 32, 1),       CM_OCTETS(nonce, 24, 0),   CM_BYTES(sealed, 1040, 1048592),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultSection
static const CmVaultField section_fields[] = {
    CM_LINE(heading, 0, 200),
    CM_TEXT(text, 0, 1048543),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultContentAttachment
static const CmVaultField content_attachment_fields[] = {
    CM_OCTETS(attachment, 16, 1), CM_OCTETS(key, 32, 1),       CM_NUMBER64(size, 0),
    CM_LINE(name, 1, 255),        CM_LINE(media_type, 1, 127),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultContent
static const CmVaultField content_fields[] = {
    CM_LINE(language, 2, 16),
    CM_LINE(template, 0, 64),
    CM_LINE(title, 0, 200),
    CM_LIST(sections, 1, 64, CM_VAULT_KIND_SECTION),
    CM_LIST(attachments, 0, 64, CM_VAULT_KIND_CONTENT_ATTACHMENT),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultHead
static const CmVaultField head_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(case_id, 16, 1),
    CM_NUMBER32(epoch, 1),          CM_OCTETS(epoch_record, 32, 1),
    CM_NUMBER64(sequence, 1),       CM_OCTETS(last_note, 32, 1),
    CM_OCTETS(signer, 16, 1),       CM_NUMBER32(signer_generation, 1),
    CM_NUMBER64(directory, 1),      CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDraft
static const CmVaultField draft_fields[] = {
    CM_OCTETS(organisation, 32, 1),  CM_OCTETS(person, 16, 1), CM_NUMBER32(generation, 1),
    CM_OCTETS(case_id, 16, 1),       CM_OCTETS(draft, 16, 1),  CM_NUMBER64(revision, 1),
    CM_NUMBER8(kind, 1, 10),         CM_OCTETS(about, 32, 0),  CM_DATE(occurred_on),
    CM_NUMBER64(session, 0),         CM_NUMBER8(cosign, 0, 1), CM_OCTETS(nonce, 24, 0),
    CM_BYTES(sealed, 1040, 1048592),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultAttachment
static const CmVaultField attachment_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(case_id, 16, 1),
    CM_OCTETS(attachment, 16, 1),
    CM_OCTETS(stream, 24, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDepositHalf
static const CmVaultField deposit_half_fields[] = {
    CM_OCTETS(custodian, 16, 1),
    CM_NUMBER32(custodian_generation, 1),
    CM_OCTETS(sealed, 112, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDepositPair
static const CmVaultField deposit_pair_fields[] = {
    CM_OCTETS(nonce, 24, 0),
    CM_OCTETS(locked, 48, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDeposit
static const CmVaultField deposit_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(person, 16, 1),
    CM_NUMBER32(generation, 1),
    CM_NUMBER32(number, 1),
    CM_OCTETS(escrow_key, 32, 1),
    CM_LIST(custodians, 3, 3, CM_VAULT_KIND_DEPOSIT_HALF),
    CM_LIST(pairs, 3, 3, CM_VAULT_KIND_DEPOSIT_PAIR),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRequest
static const CmVaultField request_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(request, 16, 1),
    CM_OCTETS(person, 16, 1),
    CM_NUMBER32(generation, 1),
    CM_OCTETS(deposit, 32, 1),
    CM_OCTETS(custodian, 16, 1),
    CM_NUMBER32(custodian_generation, 1),
    CM_OCTETS(recipient, 16, 1),
    CM_NUMBER32(recipient_generation, 1),
    CM_NUMBER8(reason, 1, 5),
    CM_NUMBER32(delay, 0),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRefusal
static const CmVaultField refusal_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(request, 32, 1), CM_OCTETS(person, 16, 1),
    CM_NUMBER32(generation, 1),     CM_NUMBER64(directory, 1), CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRelease
static const CmVaultField release_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(request, 32, 1),
    CM_OCTETS(deposit, 32, 1),
    CM_OCTETS(custodian, 16, 1),
    CM_NUMBER32(custodian_generation, 1),
    CM_OCTETS(recipient, 16, 1),
    CM_NUMBER32(recipient_generation, 1),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(sealed, 112, 0),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultParticipant
static const CmVaultField participant_fields[] = {
    CM_OCTETS(person, 16, 1),
    CM_NUMBER32(generation, 1),
    CM_OCTETS(sealed, 112, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultMinutes
static const CmVaultField minutes_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(minutes, 16, 1),
    CM_OCTETS(author, 16, 1),
    CM_NUMBER32(author_generation, 1),
    CM_NUMBER64(directory, 1),
    CM_DATE(held_on),
    CM_TIME(entered_at),
    CM_NUMBER64(session, 0),
    CM_OCTETS(about, 32, 0),
    CM_OCTETS(key_commitment, 32, 1),
    CM_LIST(participants, 1, 64, CM_VAULT_KIND_PARTICIPANT),
    CM_OCTETS(text_commitment, 32, 1),
    CM_OCTETS(nonce, 24, 0),
    CM_BYTES(sealed, 1040, 1048592),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultExport
static const CmVaultField export_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(export, 16, 1),
    CM_OCTETS(exporter, 16, 1),     CM_NUMBER32(exporter_generation, 1),
    CM_NUMBER8(purpose, 1, 3),      CM_NUMBER8(lock, 1, 2),
    CM_NUMBER32(operations, 0),     CM_NUMBER32(memory, 0),
    CM_OCTETS(salt, 16, 0),         CM_OCTETS(recipient_key, 32, 0),
    CM_OCTETS(check, 32, 0),        CM_OCTETS(nonce, 24, 0),
    CM_BYTES(locked, 48, 112),      CM_OCTETS(stream, 24, 0),
    CM_NUMBER64(directory, 1),      CM_TIME(made_at),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultManifestRecord
static const CmVaultField manifest_record_fields[] = {
    CM_OCTETS(record, 32, 1),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultManifest
static const CmVaultField manifest_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(export, 16, 1),
    CM_OCTETS(exporter, 16, 1),
    CM_NUMBER32(exporter_generation, 1),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_TEXT(basis, 0, 1000),
    CM_DATE(asked_on),
    CM_LIST(records, 1, 60000, CM_VAULT_KIND_MANIFEST_RECORD),
    CM_OCTETS(signature, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultOpened
static const CmVaultField opened_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(case_id, 16, 0),      CM_OCTETS(record, 32, 1),
    CM_OCTETS(salt, 32, 0),         CM_BYTES(content, 16, 1048543),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDestroyedEpoch
static const CmVaultField destroyed_epoch_fields[] = {
    CM_NUMBER32(epoch, 1),
    CM_OCTETS(key_commitment, 32, 1),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultDestruction
static const CmVaultField destruction_fields[] = {
    CM_OCTETS(organisation, 32, 1),
    CM_OCTETS(case_id, 16, 1),
    CM_NUMBER64(last_sequence, 0),
    CM_OCTETS(last_note, 32, 0),
    CM_LIST(epochs, 1, 1024, CM_VAULT_KIND_DESTROYED_EPOCH),
    CM_TEXT(basis, 1, 500),
    CM_DATE(due_on),
    CM_DATE(backups_until),
    CM_OCTETS(first, 16, 1),
    CM_NUMBER32(first_generation, 1),
    CM_OCTETS(second, 16, 1),
    CM_NUMBER32(second_generation, 1),
    CM_NUMBER64(directory, 1),
    CM_TIME(made_at),
    CM_OCTETS(signature_first, 64, 0),
    CM_OCTETS(signature_second, 64, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultMemory
static const CmVaultField memory_fields[] = {
    CM_OCTETS(organisation, 32, 1), CM_OCTETS(person, 16, 1), CM_NUMBER32(generation, 1),
    CM_NUMBER64(counter, 1),        CM_OCTETS(nonce, 24, 0),  CM_BYTES(sealed, 16, 4194000),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRememberedCase
static const CmVaultField remembered_case_fields[] = {
    CM_OCTETS(case_id, 16, 1), CM_NUMBER32(epoch, 1),       CM_OCTETS(epoch_record, 32, 1),
    CM_NUMBER64(sequence, 0),  CM_OCTETS(last_note, 32, 0),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRememberedDraft
static const CmVaultField remembered_draft_fields[] = {
    CM_OCTETS(draft, 16, 1),
    CM_NUMBER64(revision, 1),
};
#undef FIELDS_OF

#define FIELDS_OF CmVaultRemembered
static const CmVaultField remembered_fields[] = {
    CM_NUMBER64(directory, 0),
    CM_OCTETS(directory_record, 32, 0),
    CM_LIST(cases, 0, 32768, CM_VAULT_KIND_REMEMBERED_CASE),
    CM_LIST(drafts, 0, 4096, CM_VAULT_KIND_REMEMBERED_DRAFT),
};
#undef FIELDS_OF

static const CmVaultLayout layouts[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_ENROLMENT] = {"enrolment", 1, 1024, 1, sizeof(CmVaultEnrolment),
				 enrolment_fields, G_N_ELEMENTS(enrolment_fields),
				 cm_vault_rules_enrolment},
    [CM_VAULT_KIND_DIRECTORY_ENTRY] = {"directory entry", 0, 0, 0, sizeof(CmVaultDirectoryEntry),
				       directory_entry_fields, G_N_ELEMENTS(directory_entry_fields),
				       NULL},
    [CM_VAULT_KIND_DIRECTORY] = {"directory", 2, 4194304, 1, sizeof(CmVaultDirectory),
				 directory_fields, G_N_ELEMENTS(directory_fields),
				 cm_vault_rules_directory},
    [CM_VAULT_KIND_SUCCESSION] = {"succession", 20, 256, 2, sizeof(CmVaultSuccession),
				  succession_fields, G_N_ELEMENTS(succession_fields),
				  cm_vault_rules_succession},
    [CM_VAULT_KIND_KEYRING] = {"keyring", 3, 1024, 0, sizeof(CmVaultKeyring), keyring_fields,
			       G_N_ELEMENTS(keyring_fields), NULL},
    [CM_VAULT_KIND_BUNDLE] = {"bundle", 32, 256, 0, sizeof(CmVaultBundle), bundle_fields,
			      G_N_ELEMENTS(bundle_fields), NULL},
    [CM_VAULT_KIND_EPOCH] = {"epoch", 8, 1024, 1, sizeof(CmVaultEpoch), epoch_fields,
			     G_N_ELEMENTS(epoch_fields), cm_vault_rules_epoch},
    [CM_VAULT_KIND_ENVELOPE] = {"envelope", 9, 1024, 1, sizeof(CmVaultEnvelope), envelope_fields,
				G_N_ELEMENTS(envelope_fields), cm_vault_rules_envelope},
    [CM_VAULT_KIND_NOTE_ATTACHMENT] = {"note attachment", 0, 0, 0, sizeof(CmVaultNoteAttachment),
				       note_attachment_fields, G_N_ELEMENTS(note_attachment_fields),
				       NULL},
    [CM_VAULT_KIND_NOTE] = {"note", 10, 8192, 1, sizeof(CmVaultNote), note_fields,
			    G_N_ELEMENTS(note_fields), cm_vault_rules_note},
    [CM_VAULT_KIND_BODY] = {"body", 11, 1048832, 0, sizeof(CmVaultBody), body_fields,
			    G_N_ELEMENTS(body_fields), cm_vault_rules_body},
    [CM_VAULT_KIND_SECTION] = {"section", 0, 0, 0, sizeof(CmVaultSection), section_fields,
			       G_N_ELEMENTS(section_fields), NULL},
    [CM_VAULT_KIND_CONTENT_ATTACHMENT] = {"content attachment", 0, 0, 0,
					  sizeof(CmVaultContentAttachment),
					  content_attachment_fields,
					  G_N_ELEMENTS(content_attachment_fields), NULL},
    [CM_VAULT_KIND_CONTENT] = {"content", 33, 1048543, 0, sizeof(CmVaultContent), content_fields,
			       G_N_ELEMENTS(content_fields), cm_vault_rules_content},
    [CM_VAULT_KIND_HEAD] = {"head", 12, 512, 1, sizeof(CmVaultHead), head_fields,
			    G_N_ELEMENTS(head_fields), NULL},
    [CM_VAULT_KIND_DRAFT] = {"draft", 13, 1048832, 0, sizeof(CmVaultDraft), draft_fields,
			     G_N_ELEMENTS(draft_fields), cm_vault_rules_draft},
    [CM_VAULT_KIND_ATTACHMENT] = {"attachment", 14, 256, 0, sizeof(CmVaultAttachment),
				  attachment_fields, G_N_ELEMENTS(attachment_fields), NULL},
    [CM_VAULT_KIND_DEPOSIT_HALF] = {"deposit half", 0, 0, 0, sizeof(CmVaultDepositHalf),
				    deposit_half_fields, G_N_ELEMENTS(deposit_half_fields), NULL},
    [CM_VAULT_KIND_DEPOSIT_PAIR] = {"deposit pair", 0, 0, 0, sizeof(CmVaultDepositPair),
				    deposit_pair_fields, G_N_ELEMENTS(deposit_pair_fields), NULL},
    [CM_VAULT_KIND_DEPOSIT] = {"deposit", 4, 2048, 1, sizeof(CmVaultDeposit), deposit_fields,
			       G_N_ELEMENTS(deposit_fields), cm_vault_rules_deposit},
    [CM_VAULT_KIND_REQUEST] = {"request", 5, 512, 1, sizeof(CmVaultRequest), request_fields,
			       G_N_ELEMENTS(request_fields), cm_vault_rules_request},
    [CM_VAULT_KIND_REFUSAL] = {"refusal", 6, 512, 1, sizeof(CmVaultRefusal), refusal_fields,
			       G_N_ELEMENTS(refusal_fields), NULL},
    [CM_VAULT_KIND_RELEASE] = {"release", 7, 1024, 1, sizeof(CmVaultRelease), release_fields,
			       G_N_ELEMENTS(release_fields), NULL},
    [CM_VAULT_KIND_PARTICIPANT] = {"participant", 0, 0, 0, sizeof(CmVaultParticipant),
				   participant_fields, G_N_ELEMENTS(participant_fields), NULL},
    [CM_VAULT_KIND_MINUTES] = {"minutes", 15, 1060864, 1, sizeof(CmVaultMinutes), minutes_fields,
			       G_N_ELEMENTS(minutes_fields), cm_vault_rules_minutes},
    [CM_VAULT_KIND_EXPORT] = {"export", 16, 1024, 1, sizeof(CmVaultExport), export_fields,
			      G_N_ELEMENTS(export_fields), cm_vault_rules_export},
    [CM_VAULT_KIND_MANIFEST_RECORD] = {"manifest record", 0, 0, 0, sizeof(CmVaultManifestRecord),
				       manifest_record_fields, G_N_ELEMENTS(manifest_record_fields),
				       NULL},
    [CM_VAULT_KIND_MANIFEST] = {"manifest", 17, 2097152, 1, sizeof(CmVaultManifest),
				manifest_fields, G_N_ELEMENTS(manifest_fields), NULL},
    [CM_VAULT_KIND_OPENED] = {"opened", 18, 1048800, 0, sizeof(CmVaultOpened), opened_fields,
			      G_N_ELEMENTS(opened_fields), NULL},
    [CM_VAULT_KIND_DESTROYED_EPOCH] = {"destroyed epoch", 0, 0, 0, sizeof(CmVaultDestroyedEpoch),
				       destroyed_epoch_fields, G_N_ELEMENTS(destroyed_epoch_fields),
				       NULL},
    [CM_VAULT_KIND_DESTRUCTION] = {"destruction", 19, 65536, 2, sizeof(CmVaultDestruction),
				   destruction_fields, G_N_ELEMENTS(destruction_fields),
				   cm_vault_rules_destruction},
    [CM_VAULT_KIND_MEMORY] = {"memory", 34, 4194304, 0, sizeof(CmVaultMemory), memory_fields,
			      G_N_ELEMENTS(memory_fields), NULL},
    [CM_VAULT_KIND_REMEMBERED_CASE] = {"remembered case", 0, 0, 0, sizeof(CmVaultRememberedCase),
				       remembered_case_fields, G_N_ELEMENTS(remembered_case_fields),
				       NULL},
    [CM_VAULT_KIND_REMEMBERED_DRAFT] = {"remembered draft", 0, 0, 0, sizeof(CmVaultRememberedDraft),
					remembered_draft_fields,
					G_N_ELEMENTS(remembered_draft_fields), NULL},
    [CM_VAULT_KIND_REMEMBERED] = {"remembered", 35, 4193984, 0, sizeof(CmVaultRemembered),
				  remembered_fields, G_N_ELEMENTS(remembered_fields),
				  cm_vault_rules_remembered},
};

const CmVaultLayout *
cm_vault_fields_get_layout(CmVaultKind kind)
{
	g_return_val_if_fail(kind < CM_VAULT_KIND_LAST, NULL);
	return &layouts[kind];
}

CmVaultKind
cm_vault_fields_find_kind(guint32 type)
{
	for (guint kind = 0; kind < CM_VAULT_KIND_LAST; kind++)
		if (type != 0 && layouts[kind].type == type)
			return (CmVaultKind)kind;
	return CM_VAULT_KIND_LAST;
}
