// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-layout.h"

/* Every record of docs/vault-format.md, as structures. What a field means, and what a reader must reject, is said there. Pointers to
 * octets are views: ids have 16 octets, hashes, keys and commitments 32, signatures 64; NULL writes as zeros, which is “none”. Times are
 * seconds since 1970, dates are year × 10000 + month × 100 + day. */

/* How long the stream of an attachment is: a head, and whole chunks. */
#define CM_VAULT_ATTACHMENT_HEAD_BYTES 104
#define CM_VAULT_ATTACHMENT_CHUNK_BYTES (65536 + 25)

typedef enum {
	CM_VAULT_KIND_ENROLMENT,
	CM_VAULT_KIND_DIRECTORY_ENTRY,
	CM_VAULT_KIND_DIRECTORY,
	CM_VAULT_KIND_SUCCESSION,
	CM_VAULT_KIND_KEYRING,
	CM_VAULT_KIND_BUNDLE,
	CM_VAULT_KIND_EPOCH,
	CM_VAULT_KIND_ENVELOPE,
	CM_VAULT_KIND_NOTE_ATTACHMENT,
	CM_VAULT_KIND_NOTE,
	CM_VAULT_KIND_BODY,
	CM_VAULT_KIND_SECTION,
	CM_VAULT_KIND_CONTENT_ATTACHMENT,
	CM_VAULT_KIND_CONTENT,
	CM_VAULT_KIND_HEAD,
	CM_VAULT_KIND_DRAFT,
	CM_VAULT_KIND_ATTACHMENT,
	CM_VAULT_KIND_DEPOSIT_HALF,
	CM_VAULT_KIND_DEPOSIT_PAIR,
	CM_VAULT_KIND_DEPOSIT,
	CM_VAULT_KIND_REQUEST,
	CM_VAULT_KIND_REFUSAL,
	CM_VAULT_KIND_RELEASE,
	CM_VAULT_KIND_PARTICIPANT,
	CM_VAULT_KIND_MINUTES,
	CM_VAULT_KIND_EXPORT,
	CM_VAULT_KIND_MANIFEST_RECORD,
	CM_VAULT_KIND_MANIFEST,
	CM_VAULT_KIND_OPENED,
	CM_VAULT_KIND_DESTROYED_EPOCH,
	CM_VAULT_KIND_DESTRUCTION,
	CM_VAULT_KIND_MEMORY,
	CM_VAULT_KIND_REMEMBERED_CASE,
	CM_VAULT_KIND_REMEMBERED_DRAFT,
	CM_VAULT_KIND_REMEMBERED,
	CM_VAULT_KIND_LAST
} CmVaultKind;

enum { CM_VAULT_STATE_CURRENT = 1, CM_VAULT_STATE_RETIRED, CM_VAULT_STATE_REVOKED };
enum { CM_VAULT_ROLE_PROFESSIONAL = 1, CM_VAULT_ROLE_SUPERVISOR = 2, CM_VAULT_ROLE_CUSTODIAN = 4 };
enum { CM_VAULT_SLOT_PASSPHRASE = 1, CM_VAULT_SLOT_RECOVERY };
enum {
	CM_VAULT_AUTHORITY_OPENING = 1,
	CM_VAULT_AUTHORITY_RESPONSIBLE,
	CM_VAULT_AUTHORITY_CUSTODIANS
};
enum { CM_VAULT_TO_PERSON = 1, CM_VAULT_TO_ESCROW };
enum {
	CM_VAULT_RIGHT_READ = 1,
	CM_VAULT_RIGHT_WRITE = 2,
	CM_VAULT_RIGHT_COSIGN = 4,
	CM_VAULT_RIGHT_COSIGNED = 8 /* to write what somebody has to co-sign, and nothing else */
};
enum {
	CM_VAULT_NOTE_OPENING = 1,
	CM_VAULT_NOTE_PROGRESS,
	CM_VAULT_NOTE_AMENDMENT = 9,
	CM_VAULT_NOTE_COSIGNATURE
};
enum {
	CM_VAULT_REASON_OPENED = 1,
	CM_VAULT_REASON_ACCESS_ENDED = 2,
	CM_VAULT_REASON_HANDED_OVER = 3,
	CM_VAULT_REASON_LEFT_BEHIND = 4,
	CM_VAULT_REASON_KEY_EXPOSED = 5,
};
enum { CM_VAULT_LOCK_PASSPHRASE = 1, CM_VAULT_LOCK_PUBLIC_KEY };

/* A person's own keys, signed by themselves. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	const guint8 *sign_key;
	const guint8 *box_key;
	guint64 made_at;
	CmVaultBytes label;
	const guint8 *signature;
} CmVaultEnrolment;

/* One generation of one person's keys. */
typedef struct {
	const guint8 *person;
	guint32 generation;
	guint8 state;
	guint8 roles;
	guint64 since;
	guint64 until;
	const guint8 *sign_key;
	const guint8 *box_key;
	const guint8 *enrolment;
	CmVaultBytes label;
} CmVaultDirectoryEntry;

/* Who has which keys, signed off line. */
typedef struct {
	const guint8 *organisation;
	guint64 sequence;
	const guint8 *previous;
	guint64 issued_at;
	const guint8 *org_key;
	CmVaultList entries; /* of CmVaultDirectoryEntry */
	const guint8 *signature;
} CmVaultDirectory;

/* A new key of the organisation. */
typedef struct {
	const guint8 *organisation;
	const guint8 *old_key;
	const guint8 *new_key;
	guint64 from_sequence;
	guint64 made_at;
	const guint8 *signature_old;
	const guint8 *signature_new;
} CmVaultSuccession;

/* A person's secret keys, sealed. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	guint8 slot;
	guint64 revision;
	guint32 operations;
	guint32 memory;
	const guint8 *salt; /* 16 octets */
	const guint8 *check;
	const guint8 *nonce;  /* 24 octets */
	const guint8 *sealed; /* 188 octets */
} CmVaultKeyring;

/* What a keyring holds. In guarded memory. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	const guint8 *sign_seed;  /* 32 octets */
	const guint8 *box_secret; /* 32 octets */
	const guint8 *local_key;  /* 32 octets */
	guint64 made_at;
} CmVaultBundle;

/* Who is responsible for a case from now on, and what its key is committed to. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *previous;
	guint8 authority;
	const guint8 *release_a;
	const guint8 *release_b;
	const guint8 *signer;
	guint32 signer_generation;
	const guint8 *responsible;
	guint32 responsible_generation;
	guint8 file;
	guint8 reason;
	const guint8 *deposit;
	const guint8 *key_commitment;
	const guint8 *subject;
	guint64 last_sequence;
	const guint8 *last_note;
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultEpoch;

/* An epoch's key, for one reader. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *epoch_record;
	const guint8 *granter;
	guint32 granter_generation;
	guint8 to;
	const guint8 *recipient;
	guint32 recipient_generation;
	const guint8 *recipient_key;
	const guint8 *deposit;
	guint8 rights;
	const guint8 *key_commitment;
	guint64 directory;
	guint64 made_at;
	const guint8 *sealed; /* 112 octets */
	const guint8 *signature;
} CmVaultEnvelope;

/* What a note says of one attachment. */
typedef struct {
	const guint8 *attachment;
	guint64 size;
	const guint8 *digest;
} CmVaultNoteAttachment;

/* What is signed of a note, without its text. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *epoch_record;
	const guint8 *note;
	guint64 sequence;
	const guint8 *previous;
	guint8 kind;
	const guint8 *about;
	const guint8 *author;
	guint32 author_generation;
	const guint8 *grant;
	guint64 directory;
	guint64 entered_at;
	guint32 entered_on;
	guint32 occurred_on;
	guint64 session;
	guint8 cosign;
	CmVaultList attachments; /* of CmVaultNoteAttachment */
	const guint8 *text_commitment;
	const guint8 *signature;
} CmVaultNote;

/* A note's text, locked. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *record;
	const guint8 *nonce; /* 24 octets */
	CmVaultBytes sealed;
} CmVaultBody;

/* A part of a text. */
typedef struct {
	CmVaultBytes heading;
	CmVaultBytes text;
} CmVaultSection;

/* What opens an attachment. */
typedef struct {
	const guint8 *attachment;
	const guint8 *key;
	guint64 size;
	CmVaultBytes name;
	CmVaultBytes media_type;
} CmVaultContentAttachment;

/* A note's text. In guarded memory. */
typedef struct {
	CmVaultBytes language;
	CmVaultBytes template;
	CmVaultBytes title;
	CmVaultList sections;    /* of CmVaultSection */
	CmVaultList attachments; /* of CmVaultContentAttachment */
} CmVaultContent;

/* What somebody saw at the end of a chain. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *epoch_record;
	guint64 sequence;
	const guint8 *last_note;
	const guint8 *signer;
	guint32 signer_generation;
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultHead;

/* A text that is not signed yet, locked for its author. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	const guint8 *case_id;
	const guint8 *draft;
	guint64 revision;
	guint8 kind;
	const guint8 *about;
	guint32 occurred_on;
	guint64 session;
	guint8 cosign;
	const guint8 *nonce; /* 24 octets */
	CmVaultBytes sealed;
} CmVaultDraft;

/* Head of the stream of an attachment. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	const guint8 *attachment;
	const guint8 *stream; /* 24 octets */
} CmVaultAttachment;

/* What one custodian keeps. */
typedef struct {
	const guint8 *custodian;
	guint32 custodian_generation;
	const guint8 *sealed; /* 112 octets */
} CmVaultDepositHalf;

/* The escrow key, for two custodians together. */
typedef struct {
	const guint8 *nonce;  /* 24 octets */
	const guint8 *locked; /* 48 octets */
} CmVaultDepositPair;

/* A person's escrow key, left with three custodians. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	guint32 number;
	const guint8 *escrow_key;
	CmVaultList custodians; /* of CmVaultDepositHalf */
	CmVaultList pairs;      /* of CmVaultDepositPair */
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultDeposit;

/* A custodian asks for what somebody left behind. */
typedef struct {
	const guint8 *organisation;
	const guint8 *request;
	const guint8 *person;
	guint32 generation;
	const guint8 *deposit;
	const guint8 *custodian;
	guint32 custodian_generation;
	const guint8 *recipient;
	guint32 recipient_generation;
	guint8 reason;
	guint32 delay;
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultRequest;

/* The owner says no. */
typedef struct {
	const guint8 *organisation;
	const guint8 *request;
	const guint8 *person;
	guint32 generation;
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultRefusal;

/* A custodian's half, for the recipient. */
typedef struct {
	const guint8 *organisation;
	const guint8 *request;
	const guint8 *deposit;
	const guint8 *custodian;
	guint32 custodian_generation;
	const guint8 *recipient;
	guint32 recipient_generation;
	guint64 directory;
	guint64 made_at;
	const guint8 *sealed; /* 112 octets */
	const guint8 *signature;
} CmVaultRelease;

/* A reader of minutes. */
typedef struct {
	const guint8 *person;
	guint32 generation;
	const guint8 *sealed; /* 112 octets */
} CmVaultParticipant;

/* What was said in a meeting, for those who took part. */
typedef struct {
	const guint8 *organisation;
	const guint8 *minutes;
	const guint8 *author;
	guint32 author_generation;
	guint64 directory;
	guint32 held_on;
	guint64 entered_at;
	guint64 session;
	const guint8 *about;
	const guint8 *key_commitment;
	CmVaultList participants; /* of CmVaultParticipant */
	const guint8 *text_commitment;
	const guint8 *nonce; /* 24 octets */
	CmVaultBytes sealed;
	const guint8 *signature;
} CmVaultMinutes;

/* Head of the stream of an export. */
typedef struct {
	const guint8 *organisation;
	const guint8 *export;
	const guint8 *exporter;
	guint32 exporter_generation;
	guint8 purpose;
	guint8 lock;
	guint32 operations;
	guint32 memory;
	const guint8 *salt; /* 16 octets */
	const guint8 *recipient_key;
	const guint8 *check;
	const guint8 *nonce; /* 24 octets */
	CmVaultBytes locked;
	const guint8 *stream; /* 24 octets */
	guint64 directory;
	guint64 made_at;
	const guint8 *signature;
} CmVaultExport;

/* One record of an export. */
typedef struct {
	const guint8 *record;
} CmVaultManifestRecord;

/* All records of an export, in order. */
typedef struct {
	const guint8 *organisation;
	const guint8 *export;
	const guint8 *exporter;
	guint32 exporter_generation;
	guint64 directory;
	guint64 made_at;
	CmVaultBytes basis;
	guint32 asked_on;
	CmVaultList records; /* of CmVaultManifestRecord */
	const guint8 *signature;
} CmVaultManifest;

/* A text in an export. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	const guint8 *record;
	const guint8 *salt; /* 32 octets */
	CmVaultBytes content;
} CmVaultOpened;

/* A key that goes. */
typedef struct {
	guint32 epoch;
	const guint8 *key_commitment;
} CmVaultDestroyedEpoch;

/* A case's end, signed by two. */
typedef struct {
	const guint8 *organisation;
	const guint8 *case_id;
	guint64 last_sequence;
	const guint8 *last_note;
	CmVaultList epochs; /* of CmVaultDestroyedEpoch */
	CmVaultBytes basis;
	guint32 due_on;
	guint32 backups_until;
	const guint8 *first;
	guint32 first_generation;
	const guint8 *second;
	guint32 second_generation;
	guint64 directory;
	guint64 made_at;
	const guint8 *signature_first;
	const guint8 *signature_second;
} CmVaultDestruction;

/* What an agent remembers, locked. */
typedef struct {
	const guint8 *organisation;
	const guint8 *person;
	guint32 generation;
	guint64 counter;
	const guint8 *nonce; /* 24 octets */
	CmVaultBytes sealed;
} CmVaultMemory;

/* What an agent knows of a case. */
typedef struct {
	const guint8 *case_id;
	guint32 epoch;
	const guint8 *epoch_record;
	guint64 sequence;
	const guint8 *last_note;
} CmVaultRememberedCase;

/* What an agent knows of a draft. */
typedef struct {
	const guint8 *draft;
	guint64 revision;
} CmVaultRememberedDraft;

/* What an agent remembers. In guarded memory. */
typedef struct {
	guint64 directory;
	const guint8 *directory_record;
	CmVaultList cases;  /* of CmVaultRememberedCase */
	CmVaultList drafts; /* of CmVaultRememberedDraft */
} CmVaultRemembered;

/* The layout of a kind. (transfer none) */
const CmVaultLayout *
cm_vault_fields_get_layout(CmVaultKind kind);

/* The kind of a record's type; CM_VAULT_KIND_LAST: none. */
CmVaultKind
cm_vault_fields_find_kind(guint32 type);
