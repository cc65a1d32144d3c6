-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 1. docs/data-model.md explains it. Never edited once released: the next version is the next file.
--
-- Days are days since 1970-01-01, minutes are after midnight, instants are seconds UTC since 1970. `id` is this database's own
-- number, from one sequence, never given twice. `id_key` is the keyed hash of an id from outside, `identity` and `sealed_id` are
-- sealed, `hash` is the keyed hash of a row's whole content, `position` its place in the last import.

PRAGMA application_id = 0x636f6d31; -- "com1"
PRAGMA user_version = 1;

-- ---- the database itself

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('row', 0), ('plan', 0), ('roster-version', 0), ('booking-version', 0);

-- ---- the roster

CREATE TABLE organisation (
  id INTEGER PRIMARY KEY,
  one INTEGER NOT NULL DEFAULT 1 UNIQUE CHECK (one = 1),
  hash BLOB NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  timezone TEXT NOT NULL,
  locale TEXT NOT NULL,
  horizon_from INTEGER NOT NULL,
  horizon_to INTEGER NOT NULL,
  grid_minutes INTEGER NOT NULL,
  replan_from INTEGER
) STRICT;

CREATE TABLE calendar (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  cycle_length INTEGER NOT NULL
) STRICT;

CREATE TABLE calendar_day (
  calendar INTEGER NOT NULL REFERENCES calendar (id) ON DELETE CASCADE,
  date INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('closed', 'pedagogical', 'class')),
  cycle_day INTEGER NOT NULL,
  PRIMARY KEY (calendar, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('school', 'office')),
  latitude REAL NOT NULL,
  longitude REAL NOT NULL,
  open_from INTEGER NOT NULL,
  open_to INTEGER NOT NULL,
  calendar INTEGER NOT NULL REFERENCES calendar (id)
) STRICT;

CREATE TABLE travel (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  from_site INTEGER NOT NULL REFERENCES site (id),
  to_site INTEGER NOT NULL REFERENCES site (id),
  minutes INTEGER NOT NULL,
  UNIQUE (from_site, to_site)
) STRICT;
CREATE INDEX travel_to ON travel (to_site);

CREATE TABLE room (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  uses INTEGER NOT NULL
) STRICT;

CREATE TABLE companion (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  identity BLOB NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  hours BLOB NOT NULL
) STRICT;

CREATE TABLE professional (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  identity BLOB NOT NULL,
  profession TEXT NOT NULL,
  base INTEGER NOT NULL REFERENCES site (id),
  hours BLOB NOT NULL
) STRICT;

CREATE TABLE professional_site (
  professional INTEGER NOT NULL REFERENCES professional (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  PRIMARY KEY (professional, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE professional_absence (
  professional INTEGER NOT NULL REFERENCES professional (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  from_date INTEGER NOT NULL,
  to_date INTEGER NOT NULL,
  PRIMARY KEY (professional, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE student (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  identity BLOB NOT NULL,
  site INTEGER NOT NULL REFERENCES site (id),
  blocked BLOB NOT NULL,
  core BLOB NOT NULL,
  remote_hours BLOB NOT NULL
) STRICT;

CREATE TABLE contact (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  identity BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('guardian', 'teacher')),
  hours BLOB NOT NULL,
  preferred BLOB NOT NULL
) STRICT;

CREATE TABLE followup (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  sealed_id BLOB NOT NULL,
  professional INTEGER NOT NULL REFERENCES professional (id),
  student INTEGER NOT NULL REFERENCES student (id),
  priority INTEGER NOT NULL,
  not_before INTEGER NOT NULL
) STRICT;
CREATE INDEX followup_professional ON followup (professional);
CREATE INDEX followup_student ON followup (student);

CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL, -- within its follow-up
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  sealed_id BLOB NOT NULL,
  followup INTEGER NOT NULL REFERENCES followup (id),
  act TEXT NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
  target_date INTEGER NOT NULL,
  prefer TEXT CHECK (prefer IN ('in-person', 'video')),
  modes INTEGER NOT NULL -- flags: 1 in person, 2 video at school, 4 video from home
) STRICT;
CREATE INDEX session_followup ON session (followup);

CREATE TABLE session_participant (
  session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  contact INTEGER NOT NULL REFERENCES contact (id),
  PRIMARY KEY (session, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_participant_contact ON session_participant (contact);

-- taken by something outside the plan; `kind` as in claim, `resource` an id of that kind
CREATE TABLE busy (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id_key BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
  resource INTEGER NOT NULL,
  date INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL
) STRICT;

-- ---- accounts

CREATE TABLE role (
  name TEXT PRIMARY KEY,
  flag INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

INSERT INTO role (name, flag) VALUES
  ('professional', 1), ('coordinator', 2), ('referent', 4), ('helper', 8), ('custodian', 16), ('administrator', 32);

CREATE TABLE account (
  uid INTEGER PRIMARY KEY CHECK (uid BETWEEN 0 AND 4294967294),
  language TEXT NOT NULL DEFAULT '' CHECK (language IN ('', 'fr', 'en')),
  made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE account_role (
  uid INTEGER NOT NULL REFERENCES account (uid) ON DELETE CASCADE,
  role TEXT NOT NULL REFERENCES role (name),
  PRIMARY KEY (uid, role)
) STRICT, WITHOUT ROWID;

-- ---- plans

CREATE TABLE plan (
  number INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
  made_at INTEGER NOT NULL,
  published_at INTEGER,
  roster_version INTEGER NOT NULL,
  caseload_hash BLOB NOT NULL,
  placed INTEGER NOT NULL,
  unscheduled INTEGER NOT NULL,
  cost_unscheduled INTEGER NOT NULL,
  cost_lateness INTEGER NOT NULL,
  cost_travel INTEGER NOT NULL,
  cost_core INTEGER NOT NULL,
  cost_modality INTEGER NOT NULL,
  cost_rhythm INTEGER NOT NULL,
  cost_preference INTEGER NOT NULL,
  cost_moved INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX plan_published ON plan (state) WHERE state = 'published';

-- A plan is a record of what was decided: it outlives the sessions and rooms it names, whose ids are never given again.
CREATE TABLE plan_placement (
  plan INTEGER NOT NULL REFERENCES plan (number) ON DELETE CASCADE,
  session INTEGER NOT NULL,
  date INTEGER NOT NULL,
  start INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('in-person', 'video-school', 'video-remote')),
  room INTEGER,
  companion INTEGER,
  locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
  student_present INTEGER NOT NULL CHECK (student_present IN (0, 1)),
  PRIMARY KEY (plan, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_unscheduled (
  plan INTEGER NOT NULL REFERENCES plan (number) ON DELETE CASCADE,
  session INTEGER NOT NULL,
  reason BLOB NOT NULL, -- sealed
  PRIMARY KEY (plan, session)
) STRICT, WITHOUT ROWID;

-- ---- bookings: what is promised

CREATE TABLE booking (
  session INTEGER PRIMARY KEY REFERENCES session (id),
  version INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'held', 'missed', 'cancelled')),
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
  CHECK (end_utc > start_utc AND end_utc - start_utc <= 86400)
) STRICT;
CREATE INDEX booking_professional ON booking (professional, start_utc);
CREATE INDEX booking_student ON booking (student, start_utc) WHERE student IS NOT NULL;
CREATE INDEX booking_room ON booking (room) WHERE room IS NOT NULL;
CREATE INDEX booking_companion ON booking (companion) WHERE companion IS NOT NULL;

CREATE TABLE booking_participant (
  session INTEGER NOT NULL REFERENCES booking (session) ON DELETE CASCADE,
  contact INTEGER NOT NULL REFERENCES contact (id),
  PRIMARY KEY (session, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_participant_contact ON booking_participant (contact);

-- ---- the overlap guard
--
-- A claim is one resource taken for one stretch of time by one booking. Only the triggers below write claims, so that no path,
-- the sqlite3 shell included, can book without claiming. An overlap is a row whose reference can't be met: the transaction can't be
-- committed while it exists, and moving one of the two away deletes it, so that two sessions can swap places. Where a connection
-- doesn't check references (the shell's default) an overlap is refused at once.
--
-- Nothing here relies on a conflict policy, since that of the outer statement (INSERT OR REPLACE, OR IGNORE) would replace it, nor
-- on deletion triggers for rows that REPLACE removes: each event compares a booking's claims with what they should be.

-- the key's columns first: integrity_check of SQLite 3.40 takes another order for damage
CREATE TABLE claim (
  kind INTEGER NOT NULL, -- 0 professional, 1 student, 2 contact, 3 room, 4 companion
  resource INTEGER NOT NULL,
  start_utc INTEGER NOT NULL,
  session INTEGER NOT NULL,
  end_utc INTEGER NOT NULL,
  PRIMARY KEY (kind, resource, start_utc, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_session ON claim (session);

CREATE VIEW due_claim (kind, resource, start_utc, end_utc, session) AS
  SELECT 0, professional, start_utc, end_utc, session FROM booking WHERE state <> 'cancelled'
  UNION ALL
  SELECT 1, student, start_utc, end_utc, session FROM booking WHERE state <> 'cancelled' AND student IS NOT NULL
  UNION ALL
  SELECT 2, booking_participant.contact, booking.start_utc, booking.end_utc, booking.session
    FROM booking_participant CROSS JOIN booking ON booking.session = booking_participant.session
    WHERE booking.state <> 'cancelled'
  UNION ALL
  SELECT 3, room, start_utc, end_utc, session FROM booking WHERE state <> 'cancelled' AND room IS NOT NULL
  UNION ALL
  SELECT 4, companion, start_utc, end_utc, session FROM booking WHERE state <> 'cancelled' AND companion IS NOT NULL;

-- to insert a session here is to bring its claims up to date
CREATE VIEW claim_refresh (session) AS SELECT 0;

CREATE TRIGGER claim_refresh_insert INSTEAD OF INSERT ON claim_refresh BEGIN
  DELETE FROM claim WHERE session = NEW.session AND NOT EXISTS (
    SELECT 1 FROM due_claim AS due WHERE due.session = NEW.session AND due.kind = claim.kind
      AND due.resource = claim.resource AND due.start_utc = claim.start_utc AND due.end_utc = claim.end_utc);
  INSERT INTO claim (kind, resource, start_utc, end_utc, session)
    SELECT due.kind, due.resource, due.start_utc, due.end_utc, due.session FROM due_claim AS due
    WHERE due.session = NEW.session AND NOT EXISTS (
      SELECT 1 FROM claim WHERE claim.kind = due.kind AND claim.resource = due.resource
        AND claim.start_utc = due.start_utc AND claim.session = due.session);
END;

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

-- the length too: the search for overlaps below relies on it, and a connection may be told to ignore CHECK
CREATE TRIGGER claim_insert_guard BEFORE INSERT ON claim
WHEN NEW.end_utc - NEW.start_utc NOT BETWEEN 1 AND 86400 OR NOT EXISTS (
  SELECT 1 FROM due_claim AS due WHERE due.session = NEW.session AND due.kind = NEW.kind
    AND due.resource = NEW.resource AND due.start_utc = NEW.start_utc AND due.end_utc = NEW.end_utc)
BEGIN
  SELECT RAISE (ABORT, 'a claim follows its booking: write the booking');
END;

CREATE TRIGGER claim_update_guard BEFORE UPDATE ON claim BEGIN
  SELECT RAISE (ABORT, 'a claim follows its booking: write the booking');
END;

CREATE TRIGGER claim_delete_guard BEFORE DELETE ON claim
WHEN EXISTS (
  SELECT 1 FROM due_claim AS due WHERE due.session = OLD.session AND due.kind = OLD.kind
    AND due.resource = OLD.resource AND due.start_utc = OLD.start_utc AND due.end_utc = OLD.end_utc)
BEGIN
  SELECT RAISE (ABORT, 'a claim follows its booking: write the booking');
END;

CREATE TABLE impossible (
  id INTEGER PRIMARY KEY CHECK (id < 0 AND id > 0)
) STRICT;

CREATE TRIGGER impossible_insert BEFORE INSERT ON impossible BEGIN
  SELECT RAISE (ABORT, 'the overlap guard rests on this table being empty');
END;

CREATE TABLE overlap (
  session INTEGER NOT NULL,
  other INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  until_moved INTEGER NOT NULL DEFAULT 0 CHECK (until_moved = 0)
    REFERENCES impossible (id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (session, other, kind, resource)
) STRICT, WITHOUT ROWID;
CREATE INDEX overlap_other ON overlap (other);

CREATE VIEW due_overlap (session, other, kind, resource) AS
  SELECT a.session, b.session, a.kind, a.resource FROM claim AS a CROSS JOIN claim AS b
    ON b.kind = a.kind AND b.resource = a.resource AND b.session <> a.session
    -- no booking is longer than a day, so that older claims need not be looked at
    AND b.start_utc < a.end_utc AND b.start_utc > a.start_utc - 86400 AND b.end_utc > a.start_utc;

CREATE TRIGGER claim_insert AFTER INSERT ON claim BEGIN
  INSERT INTO overlap (session, other, kind, resource)
    SELECT NEW.session, b.session, NEW.kind, NEW.resource FROM claim AS b
    WHERE b.kind = NEW.kind AND b.resource = NEW.resource AND b.session <> NEW.session
      AND b.start_utc < NEW.end_utc AND b.start_utc > NEW.start_utc - 86400 AND b.end_utc > NEW.start_utc
      AND NOT EXISTS (SELECT 1 FROM overlap AS o WHERE o.session = NEW.session AND o.other = b.session
        AND o.kind = NEW.kind AND o.resource = NEW.resource);
END;

CREATE TRIGGER claim_delete AFTER DELETE ON claim BEGIN
  DELETE FROM overlap WHERE session = OLD.session AND kind = OLD.kind AND resource = OLD.resource;
  DELETE FROM overlap WHERE other = OLD.session AND kind = OLD.kind AND resource = OLD.resource;
END;

-- a parent and a child that move together on a connection that checks references, and only there
CREATE TABLE reference_probe (
  id INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE reference_probe_child (
  id INTEGER NOT NULL REFERENCES reference_probe (id) ON UPDATE CASCADE
) STRICT;
INSERT INTO reference_probe (id) VALUES (0);
INSERT INTO reference_probe_child (id) VALUES (0);

CREATE TRIGGER overlap_insert BEFORE INSERT ON overlap BEGIN
  SELECT RAISE (ABORT, 'an overlap follows its claims: write the booking') WHERE NOT EXISTS (
    SELECT 1 FROM due_overlap AS due WHERE due.session = NEW.session AND due.other = NEW.other
      AND due.kind = NEW.kind AND due.resource = NEW.resource);
  SELECT RAISE (ABORT, 'double booking')
    WHERE (SELECT id FROM reference_probe) IS NOT (SELECT id FROM reference_probe_child);
  UPDATE reference_probe SET id = 1 - id;
  SELECT RAISE (ABORT, 'double booking')
    WHERE (SELECT id FROM reference_probe) IS NOT (SELECT id FROM reference_probe_child);
END;

CREATE TRIGGER overlap_update BEFORE UPDATE ON overlap BEGIN
  SELECT RAISE (ABORT, 'an overlap follows its claims: write the booking');
END;

CREATE TRIGGER overlap_delete BEFORE DELETE ON overlap
WHEN EXISTS (
  SELECT 1 FROM due_overlap AS due WHERE due.session = OLD.session AND due.other = OLD.other
    AND due.kind = OLD.kind AND due.resource = OLD.resource)
BEGIN
  SELECT RAISE (ABORT, 'an overlap follows its claims: write the booking');
END;
