-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 3: correspondence. docs/correspondence.md explains it.
--
-- As before: days since 1970-01-01, minutes after midnight, instants in seconds UTC; what names or tells of a person is sealed.
-- A recipient is a person of the roster or an account: `recipient_kind` 0 professional, 1 student, 2 contact, 4 account (by uid).

PRAGMA user_version = 3;

-- ---- how somebody is reached, and when they want to be

CREATE TABLE reach (
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)),
  person INTEGER NOT NULL,
  version INTEGER NOT NULL,
  email BLOB NOT NULL, -- sealed; of nothing: none
  email_key BLOB, -- keyed hash of its folded form; null: none
  phone BLOB NOT NULL, -- sealed; of nothing: none
  language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
  delivery TEXT NOT NULL CHECK (delivery IN ('invitations', 'digest', 'none')),
  digest_at INTEGER NOT NULL CHECK (digest_at BETWEEN 0 AND 1439),
  quiet_from INTEGER NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439), -- equal to quiet_to: never quiet
  quiet_to INTEGER NOT NULL CHECK (quiet_to BETWEEN 0 AND 1439),
  remind_hours INTEGER NOT NULL CHECK (remind_hours BETWEEN 0 AND 168), -- before a session; 0: not reminded
  zone TEXT, -- IANA name; null: the organisation's
  health TEXT NOT NULL DEFAULT 'good' CHECK (health IN ('good', 'bounced')),
  link_epoch INTEGER NOT NULL DEFAULT 1, -- rises when the person's links are renewed
  changed_by INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (kind, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX reach_email ON reach (email_key) WHERE email_key IS NOT NULL;

-- what a link opens: only its hash is kept
CREATE TABLE link (
  hash BLOB PRIMARY KEY CHECK (length (hash) = 32),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 4)),
  person INTEGER NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('guest', 'interpreter', 'feed')),
  subject INTEGER NOT NULL DEFAULT 0, -- only for this booking's session or appointment; 0: for whatever is next
  epoch INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX link_person ON link (kind, person);

-- ---- the outbox: notices are what was promised, letters what tells it

-- one mail to one person. Its text is made from `facts` each time it is handed out, to the byte the same; it is never kept.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY,
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind IN (0, 1, 2, 4)),
  recipient INTEGER NOT NULL,
  kind TEXT NOT NULL, -- daemon/letter/letter.h
  -- waiting: may still be replaced; leased: the courier has it; void: replaced, undone, or nothing was left to tell
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'sent', 'dead', 'void')),
  urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
  message_id TEXT NOT NULL UNIQUE,
  facts BLOB NOT NULL, -- sealed: JSON
  made_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL, -- not handed out before
  attempts INTEGER NOT NULL DEFAULT 0,
  uncertain INTEGER NOT NULL DEFAULT 0 CHECK (uncertain IN (0, 1)), -- an attempt's end is not known: only this very mail may follow
  leased_until INTEGER CHECK ((state = 'leased') = (leased_until IS NOT NULL)),
  cause TEXT NOT NULL DEFAULT ''
    CHECK (cause IN ('', 'network', 'tls', 'login', 'temporary', 'permanent', 'bounced', 'given-up')),
  code INTEGER NOT NULL DEFAULT 0, -- the server's last answer, as 451; 0: none
  sent_at INTEGER CHECK (state <> 'sent' OR sent_at IS NOT NULL)
) STRICT;
CREATE INDEX letter_open ON letter (recipient_kind, recipient) WHERE state IN ('waiting', 'leased');
CREATE INDEX letter_next ON letter (next_at) WHERE state = 'waiting';
CREATE INDEX letter_dead ON letter (id) WHERE state = 'dead';
CREATE INDEX letter_sent ON letter (recipient_kind, recipient, sent_at) WHERE state = 'sent';

ALTER TABLE notice ADD COLUMN letter INTEGER REFERENCES letter (id); -- what tells it; null: nothing yet
-- settled: `sent_at` says when, this how. 'expanded': a student's, queued anew to each of those who are told for them
ALTER TABLE notice ADD COLUMN outcome TEXT
  CHECK (outcome IN ('told', 'void', 'expanded', 'unreachable', 'dropped'));
CREATE INDEX notice_letter ON notice (letter) WHERE letter IS NOT NULL;
CREATE INDEX notice_unreachable ON notice (recipient_kind, recipient) WHERE outcome = 'unreachable';
UPDATE notice SET outcome = 'told' WHERE sent_at IS NOT NULL;

-- what one person was last told of one booking or appointment, and what they answered
CREATE TABLE invitation (
  id INTEGER PRIMARY KEY,
  subject INTEGER NOT NULL, -- a booking's session, or an appointment
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind IN (0, 1, 2, 4)),
  recipient INTEGER NOT NULL,
  uid TEXT NOT NULL, -- iCalendar's: everybody's of the subject
  sequence INTEGER NOT NULL, -- of the last letter made; -1 before the first
  -- what the last letter that a server accepted says; null before the first
  told_state TEXT CHECK (told_state IN ('planned', 'cancelled')),
  told_start_utc INTEGER,
  told_end_utc INTEGER,
  told_mode TEXT,
  told_room INTEGER,
  told_letter INTEGER REFERENCES letter (id),
  answer TEXT NOT NULL DEFAULT 'needs-action' CHECK (answer IN ('needs-action', 'accepted', 'declined', 'tentative')),
  answer_sequence INTEGER, -- of the invitation that was answered
  answer_stamp INTEGER, -- DTSTAMP of the answer: an older one does not count
  answered_at INTEGER,
  answered_by TEXT CHECK (answered_by IN ('mail', 'page', 'staff')),
  UNIQUE (subject, recipient_kind, recipient)
) STRICT;
CREATE INDEX invitation_uid ON invitation (uid);
CREATE INDEX invitation_recipient ON invitation (recipient_kind, recipient);

-- reminders that were queued: each once for a start
CREATE TABLE reminder (
  subject INTEGER NOT NULL,
  recipient_kind INTEGER NOT NULL,
  recipient INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('session', 'first-video')),
  start_utc INTEGER NOT NULL,
  PRIMARY KEY (subject, recipient_kind, recipient, kind, start_utc)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_start ON reminder (start_utc);

-- ---- the inbox: what came back

-- how far a mailbox was read
CREATE TABLE mailbox (
  name TEXT PRIMARY KEY,
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL, -- the last that was taken
  read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inbound (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE, -- keyed hash of the mail: read twice, it is taken once
  mailbox TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'counter', 'refresh', 'bounce', 'automatic', 'loop', 'other', 'refused')),
  state TEXT NOT NULL CHECK (state IN ('applied', 'review', 'ignored', 'decided')),
  reason TEXT NOT NULL DEFAULT '', -- a message: why it is as it is
  invitation INTEGER REFERENCES invitation (id),
  letter INTEGER REFERENCES letter (id),
  content BLOB NOT NULL, -- sealed: JSON, what was read of it
  version INTEGER NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  CHECK ((state = 'decided') = (decided_by IS NOT NULL))
) STRICT;
CREATE INDEX inbound_review ON inbound (id) WHERE state = 'review';

-- somebody asks for another time
CREATE TABLE time_request (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'declined', 'withdrawn')),
  subject INTEGER NOT NULL, -- a booking's session, or an appointment
  subject_version INTEGER NOT NULL, -- as it was then
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind IN (0, 1, 2, 4)), -- who asks
  recipient INTEGER NOT NULL,
  start_utc INTEGER, -- proposed; null: any other time
  end_utc INTEGER,
  remark BLOB NOT NULL, -- sealed
  source TEXT NOT NULL CHECK (source IN ('mail', 'page', 'staff')),
  sequence INTEGER NOT NULL, -- of the invitation that it answers
  asked_at INTEGER NOT NULL,
  changed_by INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX time_request_subject ON time_request (subject) WHERE state = 'waiting';
