-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 4: ways in, the door, the video room. docs/visio.md explains it.
--
-- As before: instants in seconds UTC; what names or tells of a person is sealed. `subject` is a booking's session or an appointment.
-- A person is of the roster or an account: `kind` 0 professional, 1 student, 2 contact, 4 account (by uid).

PRAGMA user_version = 4;

-- ---- ways in beside a mailed link (table link)

-- what is used once (a host's link) or said aloud (a code): exchanged for a pass
CREATE TABLE entry (
  hash BLOB PRIMARY KEY CHECK (length (hash) = 32), -- a code's is keyed: so short a secret could be guessed from a plain one
  means TEXT NOT NULL CHECK (means IN ('link', 'code')),
  role TEXT NOT NULL CHECK (role IN ('guest', 'interpreter', 'host', 'helper')),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)),
  person INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  from_utc INTEGER NOT NULL,
  until_utc INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  used_at INTEGER, -- a link's: it opens nothing more
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_until ON entry (until_utc);
CREATE INDEX entry_subject ON entry (subject);

-- what a browser that came in by an entry holds until the session is over
CREATE TABLE pass (
  hash BLOB PRIMARY KEY CHECK (length (hash) = 32),
  means TEXT NOT NULL CHECK (means IN ('link', 'code')),
  role TEXT NOT NULL CHECK (role IN ('guest', 'interpreter', 'host', 'helper')),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)),
  person INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  made_by INTEGER NOT NULL, -- of the entry it was given for
  made_at INTEGER NOT NULL,
  until_utc INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_until ON pass (until_utc);
CREATE INDEX pass_subject ON pass (subject);

-- how often somebody's page was opened, a day: nothing else is kept of it
CREATE TABLE opening (
  kind INTEGER NOT NULL,
  person INTEGER NOT NULL,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (kind, person, day)
) STRICT, WITHOUT ROWID;

-- ---- the door

-- somebody came to a session's waiting room
CREATE TABLE visit (
  id INTEGER PRIMARY KEY,
  subject INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('guest', 'interpreter', 'host', 'helper')),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)),
  person INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'inside', 'left', 'refused')),
  answers BLOB NOT NULL, -- sealed: JSON, where the student is, who is with them, a telephone number, what was agreed to
  arrived_at INTEGER NOT NULL,
  admitted_at INTEGER,
  admitted_by INTEGER, -- uid; null: nobody had to
  left_at INTEGER
) STRICT;
-- nobody waits twice for the same
CREATE UNIQUE INDEX visit_present ON visit (subject, role, kind, person) WHERE state IN ('waiting', 'inside');
CREATE INDEX visit_subject ON visit (subject);
CREATE INDEX visit_person ON visit (kind, person) WHERE state IN ('waiting', 'inside');

-- the host ended the session; gone when a host comes again
CREATE TABLE ending (
  subject INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  by INTEGER NOT NULL
) STRICT;

-- "I can't get in"
CREATE TABLE help_request (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'answered', 'closed')),
  subject INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)), -- who asks
  person INTEGER NOT NULL,
  report BLOB NOT NULL, -- sealed: JSON, what the browser said, if they agreed
  answer BLOB NOT NULL, -- sealed: what they are told; of nothing: nothing yet
  asked_at INTEGER NOT NULL,
  changed_by INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX help_request_open ON help_request (subject) WHERE state <> 'closed';
CREATE INDEX help_request_person ON help_request (kind, person, subject);

-- the hour that was answered, on a page: an answer to it holds when a letter tells of that very hour later
ALTER TABLE invitation ADD COLUMN answered_start_utc INTEGER;

-- what somebody asked for is shown on their page
CREATE INDEX time_request_recipient ON time_request (recipient_kind, recipient);

-- ---- the room

-- where a session is held. Made when the first comes to its door; another one follows when its provider fails
CREATE TABLE video_room (
  id INTEGER PRIMARY KEY,
  subject INTEGER NOT NULL,
  turn INTEGER NOT NULL, -- the how manieth provider of the session
  provider TEXT NOT NULL, -- its name in the configuration; "phone": the last resort
  state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'failed', 'ended')),
  facts BLOB NOT NULL, -- sealed: JSON, what its provider needs to know of it
  cause TEXT NOT NULL DEFAULT '', -- why it failed: a short code
  opened_at INTEGER NOT NULL,
  ended_at INTEGER,
  UNIQUE (subject, turn)
) STRICT;
CREATE UNIQUE INDEX video_room_open ON video_room (subject) WHERE state IN ('opening', 'open');

-- ---- the vault: records that comodald can check and can't open (docs/vault-format.md); `octets` are a record whole

-- who has which keys, in all its versions, for ever
CREATE TABLE vault_directory (
  sequence INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length (hash) = 32),
  octets BLOB NOT NULL -- sealed: it has names
) STRICT;

-- the organisation's own new keys
CREATE TABLE vault_succession (
  from_sequence INTEGER PRIMARY KEY,
  octets BLOB NOT NULL
) STRICT;

-- which account is which person of the directory
CREATE TABLE vault_person (
  id INTEGER PRIMARY KEY,
  person BLOB NOT NULL UNIQUE CHECK (length (person) = 16),
  uid INTEGER UNIQUE -- null: the account is gone
) STRICT;

-- each generation of somebody's keys
CREATE TABLE vault_keys (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES vault_person (id),
  generation INTEGER NOT NULL,
  enrolment BLOB NOT NULL, -- sealed: it has a name
  recovery BLOB NOT NULL, -- the keyring that the recovery code opens
  made_at INTEGER NOT NULL,
  UNIQUE (owner, generation)
) STRICT;

-- one file about one student
CREATE TABLE vault_case (
  id INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE CHECK (length (name) = 16), -- its id in the records
  student INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  deposit BLOB CHECK (length (deposit) = 32) -- that its newest epoch names; null: none
) STRICT;
CREATE INDEX vault_case_deposit ON vault_case (deposit) WHERE deposit IS NOT NULL;
CREATE INDEX vault_case_student ON vault_case (student);

-- what a case is made of, in the order in which it came: epochs, envelopes, notes; and of no case, but of a person: deposits, requests,
-- refusals, releases
CREATE TABLE vault_record (
  id INTEGER PRIMARY KEY,
  file INTEGER REFERENCES vault_case (id),
  kind TEXT NOT NULL CHECK (kind IN ('epoch', 'envelope', 'note', 'deposit', 'request', 'refusal', 'release')),
  hash BLOB NOT NULL UNIQUE CHECK (length (hash) = 32),
  -- an envelope's recipient, an epoch's responsible, a note's author; of no case: whose escrow key it is about
  person BLOB NOT NULL CHECK (length (person) = 16),
  octets BLOB NOT NULL,
  stored_at INTEGER NOT NULL,
  CHECK ((file IS NULL) = (kind IN ('deposit', 'request', 'refusal', 'release')))
) STRICT;
CREATE INDEX vault_record_file ON vault_record (file, id);
CREATE INDEX vault_record_reader ON vault_record (person, file) WHERE kind = 'envelope';
CREATE INDEX vault_record_escrow ON vault_record (person) WHERE file IS NULL;

-- with whom a deposit was left
CREATE TABLE vault_custodian (
  record INTEGER NOT NULL REFERENCES vault_record (id), -- the deposit
  person BLOB NOT NULL CHECK (length (person) = 16),
  PRIMARY KEY (record, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX vault_custodian_person ON vault_custodian (person);

-- what a custodian asked for, which the request's record says: how long was waited since, and how it ended
CREATE TABLE vault_request (
  record INTEGER PRIMARY KEY REFERENCES vault_record (id),
  deposit BLOB NOT NULL CHECK (length (deposit) = 32),
  recipient BLOB NOT NULL CHECK (length (recipient) = 16),
  delay INTEGER NOT NULL CHECK (delay > 0), -- seconds
  waited INTEGER NOT NULL DEFAULT 0 CHECK (waited >= 0), -- seconds that comodald ran, by no clock that can be set
  releases INTEGER NOT NULL DEFAULT 0, -- of custodians
  refused INTEGER NOT NULL DEFAULT 0 -- by the owner
) STRICT;
CREATE INDEX vault_request_deposit ON vault_request (deposit);
CREATE INDEX vault_request_recipient ON vault_request (recipient);

-- a note's text, locked: another one when its case's key changes
CREATE TABLE vault_body (
  note INTEGER PRIMARY KEY REFERENCES vault_record (id),
  octets BLOB NOT NULL
) STRICT;

-- the newest end of a case that a member left word of
CREATE TABLE vault_head (
  file INTEGER NOT NULL REFERENCES vault_case (id),
  person BLOB NOT NULL CHECK (length (person) = 16),
  octets BLOB NOT NULL,
  PRIMARY KEY (file, person)
) STRICT, WITHOUT ROWID;

-- what is not signed yet, locked for its author alone
CREATE TABLE vault_draft (
  id INTEGER PRIMARY KEY, -- higher than that of any that was begun earlier
  file INTEGER NOT NULL REFERENCES vault_case (id),
  person BLOB NOT NULL CHECK (length (person) = 16),
  draft BLOB NOT NULL CHECK (length (draft) = 16),
  revision INTEGER NOT NULL,
  octets BLOB NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (file, person, draft)
) STRICT;

-- a stream beside a note (docs/vault-format.md, "attachment"), in a file of its own in the folder "attachments" beside the database
CREATE TABLE vault_attachment (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL REFERENCES vault_case (id),
  attachment BLOB NOT NULL CHECK (length (attachment) = 16),
  person BLOB NOT NULL CHECK (length (person) = 16), -- who handed it over
  note INTEGER REFERENCES vault_record (id), -- the first that names it; null: none does yet
  size INTEGER NOT NULL, -- of the stream, all of it
  digest BLOB NOT NULL CHECK (length (digest) = 32),
  kept_as BLOB NOT NULL UNIQUE CHECK (length (kept_as) = 16), -- the file's name, in hexadecimal
  stored_at INTEGER NOT NULL,
  UNIQUE (file, attachment)
) STRICT;
CREATE INDEX vault_attachment_person ON vault_attachment (person);
CREATE INDEX vault_attachment_waiting ON vault_attachment (stored_at) WHERE note IS NULL;

-- files that this database made and that no row names, or none does yet: they are to be removed. What is in neither table is not this
-- database's to remove: another one's, or of a day after the backup that this one was put back from
CREATE TABLE vault_attachment_left (
  kept_as BLOB PRIMARY KEY CHECK (length (kept_as) = 16)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER vault_attachment_delete AFTER DELETE ON vault_attachment BEGIN
  INSERT OR IGNORE INTO vault_attachment_left (kept_as) VALUES (old.kept_as);
END;

-- ---- how long a case is kept, and its end (docs/vault.md, “How long files are kept”)

-- nothing about a student is destroyed while one stands
CREATE TABLE vault_hold (
  id INTEGER PRIMARY KEY,
  student INTEGER NOT NULL,
  reason BLOB NOT NULL, -- sealed
  placed_by INTEGER NOT NULL, -- uid
  placed_at INTEGER NOT NULL,
  released_by INTEGER,
  released_at INTEGER,
  CHECK ((released_by IS NULL) = (released_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX vault_hold_standing ON vault_hold (student) WHERE released_at IS NULL;

-- a case's destruction: asked for by one (the second signature is octets 0), then done by two. Of a case that was destroyed its row and its
-- epochs stay, by which anybody can tell that the two were entitled
CREATE TABLE vault_destruction (
  file INTEGER PRIMARY KEY REFERENCES vault_case (id),
  octets BLOB NOT NULL,
  asked_by INTEGER NOT NULL, -- uid
  asked_at INTEGER NOT NULL,
  destroyed_at INTEGER,
  erased_at INTEGER, -- since when none of the database's files has an octet of it
  certified_at INTEGER, -- when the last backup that may have one was gone
  CHECK (destroyed_at IS NOT NULL OR erased_at IS NULL),
  CHECK (erased_at IS NOT NULL OR certified_at IS NULL)
) STRICT;
-- a student whom the roster has no more, of whom there is a file: who has the same identifier and birth date has it again, by another number
CREATE TABLE student_left (
  student INTEGER PRIMARY KEY, -- their number then
  mark BLOB NOT NULL CHECK (length (mark) = 16) -- a keyed hash of both
) STRICT;
CREATE INDEX student_left_mark ON student_left (mark);

-- that somebody asked for a student's file, or that it may go to another institution (docs/vault.md, “A file for somebody else”)
CREATE TABLE disclosure (
  id INTEGER PRIMARY KEY,
  student INTEGER NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('access', 'transfer')),
  since INTEGER NOT NULL, -- day on which it was asked for, on which the authorization was signed
  basis BLOB NOT NULL, -- sealed
  waived INTEGER NOT NULL CHECK (waived IN (0, 1)), -- the waiting time, in an emergency
  recorded_by INTEGER NOT NULL, -- uid
  recorded_at INTEGER NOT NULL,
  extended_by INTEGER, -- uid
  extended_at INTEGER,
  outcome TEXT CHECK (outcome IN ('answered', 'withdrawn', 'refused')), -- null: open
  closed_by INTEGER, -- uid
  closed_at INTEGER,
  CHECK ((extended_by IS NULL) = (extended_at IS NULL)),
  CHECK ((outcome IS NULL) = (closed_by IS NULL)),
  CHECK ((outcome IS NULL) = (closed_at IS NULL))
) STRICT;
CREATE INDEX disclosure_student ON disclosure (student) WHERE outcome IS NULL;
-- what was said in a meeting, locked for those who took part: who takes the row away takes the text away
CREATE TABLE vault_minutes (
  id INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE CHECK (length (name) = 16), -- its id in the record
  hash BLOB NOT NULL UNIQUE CHECK (length (hash) = 32),
  author BLOB NOT NULL CHECK (length (author) = 16),
  octets BLOB NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT;

-- for whom it is sealed
CREATE TABLE vault_minutes_reader (
  person BLOB NOT NULL CHECK (length (person) = 16),
  minutes INTEGER NOT NULL REFERENCES vault_minutes (id),
  opened INTEGER NOT NULL DEFAULT 0 CHECK (opened IN (0, 1)), -- they fetched these, or wrote them
  PRIMARY KEY (person, minutes)
) STRICT, WITHOUT ROWID;


-- ---- trainees: who co-signs what an account writes

CREATE TABLE account_supervisor (
  uid INTEGER PRIMARY KEY REFERENCES account (uid) ON DELETE CASCADE,
  supervisor INTEGER REFERENCES professional (id) ON DELETE SET NULL -- null: they are gone, and nobody took their place
) STRICT;
CREATE INDEX account_supervisor_supervisor ON account_supervisor (supervisor);
