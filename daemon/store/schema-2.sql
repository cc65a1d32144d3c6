-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 2: the daily life of a follow-up. docs/data-model.md explains it.
--
-- As in schema 1: days since 1970-01-01, minutes after midnight, instants in seconds UTC; `id` is this database's own number. What a
-- person typed, and all that tells of a child, is sealed. `version` rises with every change of the row; a change made against an
-- older one is refused. `made_by` and the like are uids of accounts.

PRAGMA user_version = 2;

-- ---- bookings: more states, and who booked

CREATE TEMPORARY TABLE booking_before AS SELECT * FROM booking;
CREATE TEMPORARY TABLE participant_before AS SELECT * FROM booking_participant;
DROP TABLE booking_participant;
DROP TABLE booking;
DROP VIEW due_claim;

-- the states and their transitions are daemon/booking/booking-state.h's
CREATE TABLE booking (
  session INTEGER PRIMARY KEY REFERENCES session (id),
  version INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'planned'
    CHECK (state IN ('planned', 'held', 'late-cancelled', 'no-show', 'refused', 'cancelled')),
  date INTEGER NOT NULL,
  start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 1439),
  zone TEXT NOT NULL,
  start_utc INTEGER NOT NULL,
  end_utc INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('in-person', 'video-school', 'video-remote')),
  room INTEGER REFERENCES room (id),
  companion INTEGER REFERENCES companion (id),
  professional INTEGER NOT NULL REFERENCES professional (id),
  student INTEGER REFERENCES student (id), -- null: the student is not there
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  origin TEXT NOT NULL DEFAULT 'plan' CHECK (origin IN ('plan', 'hand')),
  series INTEGER, -- booked together: the same number
  changed_at INTEGER NOT NULL DEFAULT 0,
  changed_by INTEGER, -- null: a plan that was published
  CHECK (end_utc > start_utc AND end_utc - start_utc <= 86400)
) STRICT;
CREATE INDEX booking_professional ON booking (professional, start_utc);
CREATE INDEX booking_student ON booking (student, start_utc) WHERE student IS NOT NULL;
CREATE INDEX booking_room ON booking (room) WHERE room IS NOT NULL;
CREATE INDEX booking_companion ON booking (companion) WHERE companion IS NOT NULL;
CREATE INDEX booking_series ON booking (series) WHERE series IS NOT NULL;

CREATE TABLE booking_participant (
  session INTEGER NOT NULL REFERENCES booking (session) ON DELETE CASCADE,
  contact INTEGER NOT NULL REFERENCES contact (id),
  PRIMARY KEY (session, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_participant_contact ON booking_participant (contact);

-- ---- appointments: what is booked by hand beside the sessions of follow-ups, and temporary claims

CREATE TABLE appointment (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  -- 'session': a hold for a session of a follow-up, until it is booked
  kind TEXT NOT NULL CHECK (kind IN ('session', 'group', 'intervention-plan', 'meeting')),
  state TEXT NOT NULL
    CHECK (state IN ('hold', 'planned', 'held', 'late-cancelled', 'no-show', 'refused', 'cancelled')),
  hold_until INTEGER CHECK ((state = 'hold') = (hold_until IS NOT NULL)),
  session INTEGER REFERENCES session (id) CHECK ((kind = 'session') = (session IS NOT NULL)),
  request INTEGER REFERENCES service_request (id),
  date INTEGER NOT NULL,
  start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 1439),
  zone TEXT NOT NULL,
  start_utc INTEGER NOT NULL,
  end_utc INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('in-person', 'video-school', 'video-remote')),
  act TEXT,
  site INTEGER REFERENCES site (id),
  room INTEGER REFERENCES room (id),
  companion INTEGER REFERENCES companion (id),
  professional INTEGER NOT NULL REFERENCES professional (id), -- who holds it
  holder INTEGER, -- of a hold: the account that may confirm it
  title BLOB, -- sealed
  series INTEGER,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  CHECK (kind <> 'session' OR state = 'hold'),
  CHECK (end_utc > start_utc AND end_utc - start_utc <= 86400)
) STRICT;
CREATE INDEX appointment_professional ON appointment (professional, start_utc);
CREATE INDEX appointment_session ON appointment (session) WHERE session IS NOT NULL;
CREATE INDEX appointment_request ON appointment (request) WHERE request IS NOT NULL;
CREATE INDEX appointment_room ON appointment (room) WHERE room IS NOT NULL;
CREATE INDEX appointment_companion ON appointment (companion) WHERE companion IS NOT NULL;
CREATE INDEX appointment_hold ON appointment (hold_until) WHERE hold_until IS NOT NULL;
CREATE INDEX appointment_series ON appointment (series) WHERE series IS NOT NULL;

-- students, contacts and further professionals; `kind` as in claim
CREATE TABLE appointment_attendee (
  appointment INTEGER NOT NULL REFERENCES appointment (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  resource INTEGER NOT NULL,
  PRIMARY KEY (appointment, kind, resource)
) STRICT, WITHOUT ROWID;
CREATE INDEX appointment_attendee_resource ON appointment_attendee (kind, resource);

-- what a caller was answered, so that a call made again after a lost answer is not carried out twice
CREATE TABLE request_key (
  uid INTEGER NOT NULL,
  key TEXT NOT NULL, -- of the caller's choice
  at INTEGER NOT NULL,
  digest BLOB NOT NULL, -- keyed hash of what was asked: another question under the same key is refused
  answer TEXT NOT NULL, -- "NUMBER:VERSION" of each thing changed, a space between
  PRIMARY KEY (uid, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_key_at ON request_key (at);

-- ---- plans: the first day that a draft may change, as it was decided when it was made (null: not known)

ALTER TABLE plan ADD COLUMN first_day INTEGER;

-- ---- what is busy is looked for by who it is

CREATE INDEX busy_resource ON busy (kind, resource, date);

-- ---- the overlap guard: `session` of claim and overlap is the id of a booking or of an appointment

CREATE VIEW due_claim (kind, resource, start_utc, end_utc, session) AS
  SELECT 0, professional, start_utc, end_utc, session FROM booking WHERE state NOT IN ('cancelled', 'late-cancelled')
  UNION ALL
  SELECT 1, student, start_utc, end_utc, session FROM booking
    WHERE state NOT IN ('cancelled', 'late-cancelled') AND student IS NOT NULL
  UNION ALL
  SELECT 2, booking_participant.contact, booking.start_utc, booking.end_utc, booking.session
    FROM booking_participant CROSS JOIN booking ON booking.session = booking_participant.session
    WHERE booking.state NOT IN ('cancelled', 'late-cancelled')
  UNION ALL
  SELECT 3, room, start_utc, end_utc, session FROM booking
    WHERE state NOT IN ('cancelled', 'late-cancelled') AND room IS NOT NULL
  UNION ALL
  SELECT 4, companion, start_utc, end_utc, session FROM booking
    WHERE state NOT IN ('cancelled', 'late-cancelled') AND companion IS NOT NULL
  UNION ALL
  SELECT 0, professional, start_utc, end_utc, id FROM appointment WHERE state NOT IN ('cancelled', 'late-cancelled')
  UNION ALL
  SELECT attendee.kind, attendee.resource, appointment.start_utc, appointment.end_utc, appointment.id
    FROM appointment_attendee AS attendee CROSS JOIN appointment ON appointment.id = attendee.appointment
    WHERE appointment.state NOT IN ('cancelled', 'late-cancelled')
      AND (attendee.kind <> 0 OR attendee.resource <> appointment.professional)
  UNION ALL
  SELECT 3, room, start_utc, end_utc, id FROM appointment
    WHERE state NOT IN ('cancelled', 'late-cancelled') AND room IS NOT NULL
  UNION ALL
  SELECT 4, companion, start_utc, end_utc, id FROM appointment
    WHERE state NOT IN ('cancelled', 'late-cancelled') AND companion IS NOT NULL;

CREATE TRIGGER booking_insert AFTER INSERT ON booking BEGIN
  INSERT INTO claim_refresh (session) VALUES (NEW.session);
END;

CREATE TRIGGER booking_update
AFTER UPDATE OF session, state, start_utc, end_utc, room, companion, professional, student ON booking BEGIN
  INSERT INTO claim_refresh (session) SELECT OLD.session WHERE OLD.session <> NEW.session;
  INSERT INTO claim_refresh (session) VALUES (NEW.session);
END;

CREATE TRIGGER booking_delete AFTER DELETE ON booking BEGIN
  DELETE FROM booking_participant WHERE session = OLD.session;
  INSERT INTO claim_refresh (session) VALUES (OLD.session);
END;

CREATE TRIGGER booking_participant_insert AFTER INSERT ON booking_participant BEGIN
  INSERT INTO claim_refresh (session) VALUES (NEW.session);
END;

CREATE TRIGGER booking_participant_update AFTER UPDATE ON booking_participant BEGIN
  INSERT INTO claim_refresh (session) SELECT OLD.session WHERE OLD.session <> NEW.session;
  INSERT INTO claim_refresh (session) VALUES (NEW.session);
END;

CREATE TRIGGER booking_participant_delete AFTER DELETE ON booking_participant BEGIN
  INSERT INTO claim_refresh (session) VALUES (OLD.session);
END;

CREATE TRIGGER appointment_insert AFTER INSERT ON appointment BEGIN
  INSERT INTO claim_refresh (session) VALUES (NEW.id);
END;

CREATE TRIGGER appointment_update
AFTER UPDATE OF id, state, start_utc, end_utc, room, companion, professional ON appointment BEGIN
  INSERT INTO claim_refresh (session) SELECT OLD.id WHERE OLD.id <> NEW.id;
  INSERT INTO claim_refresh (session) VALUES (NEW.id);
END;

CREATE TRIGGER appointment_delete AFTER DELETE ON appointment BEGIN
  DELETE FROM appointment_attendee WHERE appointment = OLD.id;
  INSERT INTO claim_refresh (session) VALUES (OLD.id);
END;

CREATE TRIGGER appointment_attendee_insert AFTER INSERT ON appointment_attendee BEGIN
  INSERT INTO claim_refresh (session) VALUES (NEW.appointment);
END;

CREATE TRIGGER appointment_attendee_update AFTER UPDATE ON appointment_attendee BEGIN
  INSERT INTO claim_refresh (session) SELECT OLD.appointment WHERE OLD.appointment <> NEW.appointment;
  INSERT INTO claim_refresh (session) VALUES (NEW.appointment);
END;

CREATE TRIGGER appointment_attendee_delete AFTER DELETE ON appointment_attendee BEGIN
  INSERT INTO claim_refresh (session) VALUES (OLD.appointment);
END;

INSERT INTO booking (session, version, state, date, start, zone, start_utc, end_utc, mode, room, companion, professional,
                     student, locked)
  SELECT session, version, CASE state WHEN 'missed' THEN 'no-show' ELSE state END, date, start, zone, start_utc, end_utc, mode,
         room, companion, professional, student, locked FROM booking_before;
INSERT INTO booking_participant (session, contact) SELECT session, contact FROM participant_before;
DROP TABLE booking_before;
DROP TABLE participant_before;

-- ---- the roster by hand

ALTER TABLE followup ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
  CHECK (state IN ('waiting', 'active', 'suspended', 'closed'));

-- who may decide for a student, and which household they live in: those of one never see what those of another answered
CREATE TABLE guardianship (
  student INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
  contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  household INTEGER NOT NULL DEFAULT 1 CHECK (household BETWEEN 1 AND 9),
  authority INTEGER NOT NULL DEFAULT 1 CHECK (authority IN (0, 1)), -- holds parental authority
  PRIMARY KEY (student, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX guardianship_contact ON guardianship (contact);

-- how a school system's export is read: what was answered the last time
CREATE TABLE csv_source (
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  mapping TEXT NOT NULL, -- JSON: columns by their headings, the order of dates
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (name, kind)
) STRICT, WITHOUT ROWID;

-- which person an account is; a referent's and a helper's schools
ALTER TABLE account ADD COLUMN professional INTEGER REFERENCES professional (id) ON DELETE SET NULL;
CREATE INDEX account_professional ON account (professional) WHERE professional IS NOT NULL;
CREATE TABLE account_site (
  uid INTEGER NOT NULL REFERENCES account (uid) ON DELETE CASCADE,
  site INTEGER NOT NULL REFERENCES site (id) ON DELETE CASCADE,
  PRIMARY KEY (uid, site)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_site_site ON account_site (site);

-- ---- consent, suitability, derogations

-- what one person said of one thing on one day; what follows from all of them is daemon/consent's
CREATE TABLE consent (
  id INTEGER PRIMARY KEY,
  student INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('service', 'telepractice', 'release')),
  mode TEXT CHECK (mode IN ('video-school', 'video-remote')), -- telepractice only; null: both
  profession TEXT, -- null: all
  answer TEXT NOT NULL CHECK (answer IN ('given', 'opposed', 'attested')), -- 'attested': one parent with an attestation
  contact INTEGER REFERENCES contact (id), -- null: the student
  form TEXT NOT NULL CHECK (form IN ('written', 'verbal')),
  detail BLOB NOT NULL, -- sealed: purpose of a release, note of a verbal one
  given_on INTEGER NOT NULL,
  until INTEGER, -- last day, null: until it is withdrawn
  withdrawn_on INTEGER,
  version INTEGER NOT NULL,
  recorded_by INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_student ON consent (student);
CREATE INDEX consent_contact ON consent (contact) WHERE contact IS NOT NULL;

-- the order's own questions before a first video session, answered once
CREATE TABLE suitability (
  id INTEGER PRIMARY KEY,
  followup INTEGER NOT NULL REFERENCES followup (id) ON DELETE CASCADE,
  answered_on INTEGER NOT NULL,
  suitable INTEGER NOT NULL CHECK (suitable IN (0, 1)),
  answers BLOB NOT NULL, -- sealed: JSON, each question of the policy with its answer
  recorded_by INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX suitability_followup ON suitability (followup, answered_on);

CREATE TABLE derogation (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
  profession TEXT NOT NULL,
  rule TEXT NOT NULL, -- the policy's rule, as "telepractice.consent_required", or a planner's key, as "Day.MaxSessions"
  -- the one case that it opens the rule for: one session, or one follow-up
  followup INTEGER REFERENCES followup (id) ON DELETE CASCADE,
  session INTEGER REFERENCES session (id) ON DELETE CASCADE,
  value INTEGER, -- what the limit becomes, for a rule that is a number
  until INTEGER NOT NULL, -- last day
  reason BLOB NOT NULL, -- sealed
  asked_by INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  decision BLOB, -- sealed: what the approver says
  CHECK ((followup IS NULL) <> (session IS NULL)),
  CHECK ((state IN ('approved', 'refused')) = (decided_by IS NOT NULL)),
  CHECK (decided_by IS NULL OR decided_by <> asked_by)
) STRICT;
CREATE INDEX derogation_followup ON derogation (followup) WHERE followup IS NOT NULL;
CREATE INDEX derogation_session ON derogation (session) WHERE session IS NOT NULL;

-- ---- waiting, absence, other calendars

CREATE TABLE service_request (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'served', 'withdrawn')),
  student INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
  profession TEXT NOT NULL,
  act TEXT NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 3),
  received_on INTEGER NOT NULL,
  reason BLOB NOT NULL, -- sealed
  changed_by INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX service_request_student ON service_request (student);
CREATE INDEX service_request_waiting ON service_request (profession, priority, received_on) WHERE state = 'waiting';

-- a professional's own calendar: busy times, nothing of what they are
CREATE TABLE calendar_source (
  id INTEGER PRIMARY KEY,
  professional INTEGER NOT NULL REFERENCES professional (id) ON DELETE CASCADE,
  location BLOB NOT NULL, -- sealed: a URL is often a secret
  state TEXT NOT NULL CHECK (state IN ('never-read', 'read', 'failed')),
  read_at INTEGER, -- the last time that it could be read
  tried_at INTEGER,
  failure TEXT NOT NULL DEFAULT '', -- a message
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX calendar_source_professional ON calendar_source (professional);

CREATE TABLE calendar_busy (
  source INTEGER NOT NULL REFERENCES calendar_source (id) ON DELETE CASCADE,
  start_utc INTEGER NOT NULL,
  end_utc INTEGER NOT NULL CHECK (end_utc > start_utc),
  PRIMARY KEY (source, start_utc, end_utc)
) STRICT, WITHOUT ROWID;

-- ---- whom to tell: what a change promises to say, in the transaction of the change

CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- daemon/store/store-notice.h
  recipient_kind INTEGER NOT NULL CHECK (recipient_kind BETWEEN 0 AND 4), -- as in claim; 4: nobody of the roster, an account
  recipient INTEGER NOT NULL,
  subject INTEGER NOT NULL, -- the booking, appointment, consent … it is about
  queued_at INTEGER NOT NULL,
  sent_at INTEGER
) STRICT;
CREATE INDEX notice_waiting ON notice (recipient_kind, recipient) WHERE sent_at IS NULL;
CREATE INDEX notice_subject ON notice (subject);

-- ---- the audit log: append only, chained

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  at INTEGER NOT NULL,
  uid INTEGER, -- null: the daemon itself
  action TEXT NOT NULL, -- as "booking.move"
  subject INTEGER NOT NULL, -- id of what changed, 0: nothing with an id
  version_before INTEGER NOT NULL, -- 0: it was not there
  version_after INTEGER NOT NULL, -- 0: it is gone
  detail BLOB NOT NULL, -- sealed: JSON
  previous BLOB NOT NULL CHECK (length (previous) = 32), -- hash of the entry before; zeros for the first
  hash BLOB NOT NULL CHECK (length (hash) = 32)
) STRICT;
CREATE INDEX audit_subject ON audit (subject);

CREATE TABLE audit_head (
  sequence INTEGER PRIMARY KEY REFERENCES audit (sequence),
  signed_at INTEGER NOT NULL,
  signature BLOB NOT NULL CHECK (length (signature) = 64)
) STRICT;

CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE (ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
  SELECT RAISE (ABORT, 'the audit log is append-only');
END;
