// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verb-table.h"

#include "cli/plan-diff-view.h"
#include "cli/plan-drafts.h"
#include "cli/verbs.h"

#include <glib/gi18n.h>

#define THING_REMOVE_HELP                                                                          \
	N_("What is still needed by something else, what has taken place and consents are never "  \
	   "taken away.")
#define THING_HELP                                                                                 \
	N_("What names a child or a family is asked for, or read from standard input, a line "     \
	   "each: "                                                                                \
	   "command lines are seen by everyone on the machine. What is wrong is said member by "   \
	   "member, and nothing is half done.")
#define CONSENT_HELP                                                                               \
	N_("STUDENT is a name, the beginning of one, or an id. KIND is service, video or "         \
	   "release. Notes and purposes are asked for, or read from standard input: never on the " \
	   "command line, which others on this machine can see.")
#define REACH_HELP                                                                                 \
	N_("WHO is a contact, a professional or a student, by the beginning of a name or an id; "  \
	   "with "                                                                                 \
	   "--kind account a user of this system. Addresses and telephone numbers are asked for, " \
	   "or "                                                                                   \
	   "read from standard input, a line each: command lines are seen by everyone on the "     \
	   "machine.")
#define VAULT_HELP                                                                                 \
	N_("Passphrases and codes are asked for, or read from standard input, a line each: never " \
	   "on the command line, which others on this machine can see. Your keys are held by "     \
	   "comodal-agent, which is started when it is needed.")
#define NOTE_HELP                                                                                  \
	N_("Texts go between you and your comodal-agent alone: by standard input, never on the "   \
	   "command line. Your keys have to be unlocked: “vault unlock”.")
#define ATTACHMENT_HELP                                                                                \
	N_("ATTACHMENT is a number that “note drafts” or “note show” has, or a name. What is " \
	   "saved "                                                                                    \
	   "is a new file, note-NUMBER-attachment-…, unless --output says another: no file is "      \
	   "written over, and an attachment’s own name is never taken for a path.")
#define CUSTODY_HELP                                                                                \
	N_("What somebody writes is left with three custodians, none of whom can open it alone. "   \
	   "When somebody is gone for good, or has lost passphrase and recovery code, one "         \
	   "custodian asks, the owner is told and can refuse, and when the delay is over any two "  \
	   "release it to the colleague who takes the files over. NUMBER is the one of “custody " \
	   "list”.")
#define CASE_HELP                                                                                  \
	N_("A file is about one student. WHO is the student, COLLEAGUE somebody in the "           \
	   "organisation’s directory of keys, by name. Your keys have to be unlocked: “vault " \
	   "unlock”.")
#define EXPORT_ASK_HELP                                                                            \
	N_("Who asks, or who signed what, is asked for, or read as a line of standard input. How " \
	   "long an answer or a transfer takes is said by the policies alone.")
#define RETENTION_HELP                                                                                 \
	N_("WHICH is the number of a file, as “retention due” has it, or its student. Two people " \
	   "destroy a file: whoever is responsible for it and another, or two supervisors; each "      \
	   "with their own keys, which have to be unlocked: “vault unlock”. Nothing brings it "    \
	   "back.")
#define MINUTES_HELP                                                                               \
	N_("They are signed at once and can't be changed: what was wrong is corrected by others, " \
	   "with --corrects.")
#define DIRECTORY_HELP                                                                                  \
	N_("FOLDER is on the computer of whoever holds the organisation’s key, which is on no "       \
	   "network. "                                                                                  \
	   "Files are carried between it and comodald: “directory enrolments” there, “directory " \
	   "admit” here, “directory add” there. Fingerprints are compared in person before "      \
	   "anybody "                                                                                   \
	   "is taken in.")
#define LINK_HELP                                                                                  \
	N_("WHO is a contact, a student or a professional, by the beginning of a name or an id. "  \
	   "Whoever has the link is taken for them: it is shown only to who asks, and that they "  \
	   "looked is in the audit log.")
#define FOLLOWUP_HELP                                                                              \
	N_("WHO is a student with one follow-up, or a follow-up’s id. Only an active follow-up " \
	   "is planned and booked.")
#define SUITABILITY_HELP                                                                             \
	N_("WHO is a student with one follow-up, or a follow-up’s id. By a pipe, each line is an " \
	   "answer: o, y or n.")

/* in the order in which help shows them: the way of a term */
static const CmVerb verbs[] = {
    {"status", NULL, N_("Show what is in the database"), NULL, cm_comodalctl_status_run},
    {"import", N_("FILE"), N_("Bring people, schools and follow-ups in from a caseload file"),
     N_("FILE is a comodal-caseload/1 document; - is standard input. The file is checked whole "
	"before "
	"anything is changed; importing it again changes only what is different."),
     cm_comodalctl_import_run},
    {"import csv", N_("FILE.csv --kind KIND"),
     N_("Bring people, rooms or schools in from a spreadsheet"),
     N_("A CSV file as Excel or a school system writes it: separators, encoding and the usual "
	"headings in French and English are found out. Rows whose id is there are changed, others "
	"added, nothing is removed. Every bad row is named, and then nothing is changed. Look "
	"first with --dry-run."),
     cm_comodalctl_csv_run_import},
    {"calendar import", N_("FILE.ics --calendar ID"),
     N_("Read a school's year from its calendar file"),
     N_("Every event is shown with what was understood: cycle days (“Jour 3”, “Day 3”), "
	"pedagogical "
	"days, closed days."),
     cm_comodalctl_calendar_run_import},
    {"list", N_("KIND"), N_("List professionals, students, schools, …"),
     N_("KIND is professional, site, student, contact, room, companion, calendar or followup."),
     cm_comodalctl_list_run},
    {"plan", NULL, N_("Plan the term, show what it comes to, and publish it or not"),
     N_("Ctrl-C stops the search and keeps the best plan found; a second one abandons it. What is "
	"published changes only after a yes."),
     cm_comodalctl_plan_run},
    {"plan list", NULL, N_("List the plans that are kept"), NULL, cm_plan_drafts_run_list},
    {"plan show", N_("[PLAN]"), N_("Show what a plan comes to; default the published one"), NULL,
     cm_plan_drafts_run_show},
    {"plan diff", N_("[PLAN] PLAN"), N_("What a plan would change for people"),
     N_("With one plan, held against what is published; with two, the second against the first."),
     cm_plan_diff_view_run},
    {"plan publish", N_("PLAN"), N_("Make a draft the plan that everyone sees"), NULL,
     cm_plan_drafts_run_publish},
    {"plan discard", N_("PLAN"), N_("Forget a draft"), NULL, cm_plan_drafts_run_discard},
    {"plan-file", N_("CASELOAD.json"), N_("Plan a caseload file, without the service"),
     N_("CASELOAD.json is a comodal-caseload/1 document; - is standard input. Ctrl-C stops the "
	"search "
	"and writes the best plan found; a second one abandons it."),
     cm_comodalctl_plan_file_run},
    {"agenda", N_("[WHO]"), N_("Show a week: of a professional, a student, a school, or everyone"),
     N_("WHO is a name, or the beginning of one, or an id. Dates are as 2026-10-05, today or "
	"tomorrow."),
     cm_comodalctl_agenda_run},
    {"slots", N_("WHO, or WHAT"),
     N_("Free times for the next session of a student, or for what is booked"),
     N_("WHO is the beginning of a name, as: slots Léa G. The list's numbers can then be booked: "
	"book 3. With a day or an hour, as: slots Léa tue 10:30, they are other times for what is "
	"booked then: move --slot 3."),
     cm_comodalctl_slots_run},
    {"book", N_("WHO DAY TIME, or NUMBER"), N_("Book the next session of a student"),
     N_("As: book Léa G tue 10:30; or the number of a slot just shown: book 3. A DAY is mon, tue "
	"…, tomorrow, +7 or "
	"2026-10-06. With a name alone, what is on hold for them is confirmed."),
     cm_comodalctl_book_run},
    {"hold", N_("WHO DAY TIME, or NUMBER"), N_("Keep a time for a while, for somebody to say yes"),
     N_("As book. When the time is over, the hold is in nobody's way."),
     cm_comodalctl_book_run_hold},
    {"series", N_("WHO DAY TIME"), N_("Book the next sessions of a student, all or none"),
     N_("As: series Léa G tue 10:30 --count 6."), cm_comodalctl_book_run_series},
    {"move", N_("WHAT [DAY] TIME, or --slot N"), N_("Move what is booked"),
     N_("WHAT is an hour of today, a day and an hour, or a student: move 14:00 15:00; move Léa wed "
	"10:30. After slots: move --slot 3."),
     cm_comodalctl_move_run},
    {"cancel", N_("WHAT"), N_("Cancel what is booked, or let go of a hold"),
     N_("WHAT is an hour of today, a day and an hour, or a student: cancel 14:00; cancel tue 9:00; "
	"cancel Léa."),
     cm_comodalctl_move_run_cancel},
    {"outcome", N_("HOW [WHAT]"), N_("Say how a session went"),
     N_("HOW is held, late-cancelled, no-show or refused; planned takes it back. WHAT as in "
	"cancel; without it, what began last."),
     cm_comodalctl_move_run_outcome},
    {"meeting", N_("DAY TIME"), N_("Book a group, a meeting of an intervention plan, or a meeting"),
     N_("As: meeting tue 13:00 --with Léa --with Roy --intervention-plan."),
     cm_comodalctl_meeting_run},
    {"explain", N_("SESSION"), N_("Why a session stands where it stands, or has no place"),
     N_("SESSION is its id, as “list followup --json” and the agenda's --json have it."),
     cm_comodalctl_explain_run},
    {"export", NULL, N_("Write a plan or the roster as a file"), NULL, cm_comodalctl_export_run},
    {"consent show", N_("STUDENT"),
     N_("What was said of services, video and releases, and what stands"), NULL,
     cm_comodalctl_consent_show_run},
    {"consent give", N_("STUDENT KIND --by WHO"), N_("Put a consent on record"), CONSENT_HELP,
     cm_comodalctl_consent_give_run},
    {"consent oppose", N_("STUDENT KIND --by WHO"),
     N_("Put an opposition on record: what it forbids is cancelled"), CONSENT_HELP,
     cm_comodalctl_consent_oppose_run},
    {"consent withdraw", N_("STUDENT KIND --by WHO"),
     N_("Take back a consent, or lift an opposition"), CONSENT_HELP,
     cm_comodalctl_consent_withdraw_run},
    {"consent due", NULL, N_("Who is soon old enough to consent alone"), NULL,
     cm_comodalctl_consent_due_run},
    {"guardian list", N_("STUDENT"), N_("Who may decide for a student, by household"), NULL,
     cm_comodalctl_guardian_list_run},
    {"guardian add", N_("STUDENT CONTACT"),
     N_("Add somebody who may decide for a student, or change them"), NULL,
     cm_comodalctl_guardian_add_run},
    {"guardian remove", N_("STUDENT CONTACT"), N_("Somebody decides for a student no more"), NULL,
     cm_comodalctl_guardian_remove_run},
    {"suitability show", N_("WHO"), N_("What the order asks before video, and what was answered"),
     SUITABILITY_HELP, cm_comodalctl_suitability_show_run},
    {"suitability answer", N_("WHO"), N_("Answer the order’s questions before video, one by one"),
     SUITABILITY_HELP, cm_comodalctl_suitability_answer_run},
    {"derogation ask", N_("RULE --until DATE"),
     N_("Ask for an exception to one rule, for one session or follow-up"),
     N_("RULE is as “policy show” has it, or a planner’s key as Day.MaxSessions. The reason is "
	"asked for, or read from standard input."),
     cm_comodalctl_derogation_ask_run},
    {"derogation approve", N_("NUMBER"), N_("Approve an exception that somebody else asked for"),
     NULL, cm_comodalctl_derogation_approve_run},
    {"derogation refuse", N_("NUMBER"), N_("Refuse an exception that somebody else asked for"),
     NULL, cm_comodalctl_derogation_refuse_run},
    {"derogation withdraw", N_("NUMBER"), N_("Take back an exception"), NULL,
     cm_comodalctl_derogation_withdraw_run},
    {"derogation list", NULL, N_("The exceptions asked for and in force"), NULL,
     cm_comodalctl_derogation_list_run},
    {"person add", NULL, N_("Add a professional"), THING_HELP, cm_comodalctl_thing_run_add},
    {"person edit", N_("WHO"), N_("Change a professional"), THING_HELP,
     cm_comodalctl_thing_run_edit},
    {"person remove", N_("WHO"), N_("Remove a professional"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"student add", NULL, N_("Add a student"), THING_HELP, cm_comodalctl_thing_run_add},
    {"student edit", N_("WHO"), N_("Change a student"), THING_HELP, cm_comodalctl_thing_run_edit},
    {"student remove", N_("WHO"), N_("Remove a student"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"contact add", NULL, N_("Add a parent or a teacher"), THING_HELP, cm_comodalctl_thing_run_add},
    {"contact edit", N_("WHO"), N_("Change a parent or a teacher"), THING_HELP,
     cm_comodalctl_thing_run_edit},
    {"contact remove", N_("WHO"), N_("Remove a parent or a teacher"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"school add", NULL, N_("Add a school or an office"), THING_HELP, cm_comodalctl_thing_run_add},
    {"school edit", N_("SITE"), N_("Change a school or an office"), THING_HELP,
     cm_comodalctl_thing_run_edit},
    {"school remove", N_("SITE"), N_("Remove a school or an office"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"room add", NULL, N_("Add a room"), THING_HELP, cm_comodalctl_thing_run_add},
    {"room edit", "ID", N_("Change a room"), THING_HELP, cm_comodalctl_thing_run_edit},
    {"room remove", "ID", N_("Remove a room"), THING_REMOVE_HELP, cm_comodalctl_thing_run_remove},
    {"companion add", NULL, N_("Add an adult who accompanies"), THING_HELP,
     cm_comodalctl_thing_run_add},
    {"companion edit", N_("WHO"), N_("Change an adult who accompanies"), THING_HELP,
     cm_comodalctl_thing_run_edit},
    {"companion remove", N_("WHO"), N_("Remove an adult who accompanies"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"followup add", NULL, N_("Add a follow-up"), THING_HELP, cm_comodalctl_thing_run_add},
    {"followup edit", "ID", N_("Change a follow-up"), THING_HELP, cm_comodalctl_thing_run_edit},
    {"followup remove", "ID", N_("Remove a follow-up"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"followup show", N_("WHO"), N_("Whether a follow-up is waiting, active, suspended or closed"),
     FOLLOWUP_HELP, cm_comodalctl_followup_run_show},
    {"followup start", N_("WHO"), N_("Begin a follow-up that was waiting"), FOLLOWUP_HELP,
     cm_comodalctl_followup_run_change},
    {"followup suspend", N_("WHO"), N_("Stop a follow-up for a while"), FOLLOWUP_HELP,
     cm_comodalctl_followup_run_change},
    {"followup resume", N_("WHO"), N_("Go on with a follow-up that was suspended"), FOLLOWUP_HELP,
     cm_comodalctl_followup_run_change},
    {"followup close", N_("WHO"), N_("End a follow-up"), FOLLOWUP_HELP,
     cm_comodalctl_followup_run_change},
    {"followup reopen", N_("WHO"), N_("Go on with a follow-up that was closed"), FOLLOWUP_HELP,
     cm_comodalctl_followup_run_change},
    {"session add", NULL, N_("Add a session of a follow-up"), THING_HELP,
     cm_comodalctl_thing_run_add},
    {"session edit", "ID", N_("Change a session of a follow-up"), THING_HELP,
     cm_comodalctl_thing_run_edit},
    {"session remove", "ID", N_("Remove a session of a follow-up"), THING_REMOVE_HELP,
     cm_comodalctl_thing_run_remove},
    {"account list", NULL, N_("List who may use the service, and as what"), NULL,
     cm_comodalctl_account_run_list},
    {"account set", N_("USER"), N_("Make or change an account"),
     N_("USER is a user of this system, by name or number. What is not said stays."),
     cm_comodalctl_account_run_set},
    {"account remove", N_("USER"), N_("Take an account away"), NULL,
     cm_comodalctl_account_run_remove},
    {"account whoami", NULL, N_("Tell who you are here, and what you may do"), NULL,
     cm_comodalctl_account_run_whoami},
    {"policy list", NULL, N_("List the professions that have rules"),
     N_("The policy commands read the files themselves; no service is needed."),
     cm_comodalctl_policy_list_run},
    {"policy show", N_("PROFESSION"), N_("Show a profession's rules, each with its source"),
     N_("PROFESSION is a name that “policy list” shows, or the beginning of one."),
     cm_comodalctl_policy_show_run},
    {"policy explain", N_("RULE"), N_("Tell all that is known of a rule"),
     N_("RULE is an id that “policy show” shows, or a limit of the planner, as MaxSessions or "
	"suivi.MinGapDays."),
     cm_comodalctl_policy_explain_run},
    {"policy check", N_("[PLACE]…"), N_("Check policies that somebody wrote"),
     N_("A PLACE is a folder of policies, or one file. Folders are layers, the vendor's first. "
	"Exit status 1 when there is a fault; warnings alone are 0."),
     cm_comodalctl_policy_check_run},
    {"absence", N_("WHO"), N_("Somebody is away: what moves, who else could, what waits"),
     N_("Shows what would change and asks; accepted, the bookings move or are cancelled at once, "
	"with the absence."),
     cm_comodalctl_absence_run},
    {"another-time list", NULL, N_("Show who asks for another time of what is booked"),
     N_("Each with the time proposed, what the desk says of it, and the best other times."),
     cm_comodalctl_another_time_run_list},
    {"another-time ask", N_("WHAT DAY TIME"), N_("Note that somebody asks for another time"),
     N_("As on the telephone: another-time ask Léa tue 10:30 wed 13:30 --for Marie. WHAT as in "
	"move."),
     cm_comodalctl_another_time_run_ask},
    {"another-time accept", N_("NUMBER [DAY TIME]"),
     N_("Move it to the time asked for, or another"),
     N_("With --slot N to one of the times that the list has just shown with it."),
     cm_comodalctl_another_time_run_accept},
    {"another-time decline", N_("NUMBER"), N_("The time stays: whoever asked is told"),
     N_("What they are told with it is asked for, or read from standard input."),
     cm_comodalctl_another_time_run_decline},
    {"another-time withdraw", N_("NUMBER"), N_("They don't ask for another time any more"), NULL,
     cm_comodalctl_another_time_run_withdraw},
    {"join", N_("[SESSION]"), N_("Come to a session by video: opens your browser at its door"),
     N_("Without SESSION the one that is now or next. SESSION is an hour of today, a day and an "
	"hour, a student, or the number that “door” shows. The link is for you alone, works once "
	"and for two minutes."),
     cm_comodalctl_join_run},
    {"door", N_("[SESSION]"), N_("Show who waits at the doors of sessions by video"),
     N_("From an hour before. What families answered at the door is shown to whose session it "
	"is."),
     cm_comodalctl_door_run},
    {"door let-in", N_("[WHO]"), N_("Let somebody in who waits"),
     N_("WHO is a name, the beginning of one, or the number that “door” shows; without it the "
	"only one who waits."),
     cm_comodalctl_door_run_let_in},
    {"door refuse", N_("[WHO]"), N_("Do not let somebody in, or send them out again"),
     N_("WHO as in “door let-in”. They are told to call."), cm_comodalctl_door_run_refuse},
    {"door end", N_("[SESSION]"), N_("End a session by video: everybody leaves the room"),
     N_("SESSION as in “join”. You can come back until the door closes, half an hour after the "
	"end."),
     cm_comodalctl_door_run_end},
    {"help-request list", NULL, N_("Show who can’t get in and asks for help"), NULL,
     cm_comodalctl_help_request_run_list},
    {"help-request answer", N_("[NUMBER]"), N_("Tell somebody who can’t get in what to do"),
     N_("What they are told is asked for, or read from standard input; their page shows it at "
	"once. Without NUMBER the only one who asks."),
     cm_comodalctl_help_request_run_answer},
    {"help-request close", N_("[NUMBER]"), N_("Somebody needs no more help"), NULL,
     cm_comodalctl_help_request_run_close},
    {"code", N_("[SESSION]"), N_("Make a code to be said on the telephone, for one session"),
     N_("For somebody without e-mail: eight characters that open the waiting room of this session, "
	"from the day before to its end. SESSION as in “join”."),
     cm_comodalctl_code_run},
    {"link show", N_("WHO"), N_("Show somebody’s link, and its QR code"), LINK_HELP,
     cm_comodalctl_link_run_show},
    {"link write", N_("WHO"), N_("Write somebody’s link as a page to print"), LINK_HELP,
     cm_comodalctl_link_run_write},
    {"link renew", N_("WHO"), N_("Make somebody’s links worthless; new ones follow"),
     N_("The links in mails they have open nothing any more. The next mail has another one."),
     cm_comodalctl_reach_run_links},
    {"link revoke", N_("WHO"), N_("Make somebody’s links worthless, with no other"),
     N_("Until “link renew” no mail to them has a link."), cm_comodalctl_reach_run_links},
    {"outbox list", NULL, N_("Show what waits to be sent, and until when"),
     N_("Until then a change that is taken back is told to nobody."),
     cm_comodalctl_outbox_run_list},
    {"outbox dead", NULL, N_("Show letters that could not be delivered"), NULL,
     cm_comodalctl_outbox_run_dead},
    {"outbox unreachable", NULL, N_("Show who has to be told and has no address that takes mail"),
     NULL, cm_comodalctl_outbox_run_unreachable},
    {"outbox sent", NULL, N_("Show the letters that were sent last"), NULL,
     cm_comodalctl_outbox_run_sent},
    {"outbox retry", N_("NUMBER | WHO NUMBER"), N_("Try again to tell somebody"),
     N_("The number of a letter, or who can't be reached, as the lists have them: contact 12."),
     cm_comodalctl_outbox_run_retry},
    {"outbox drop", N_("NUMBER | WHO NUMBER"), N_("Give a letter up: they are told otherwise"),
     NULL, cm_comodalctl_outbox_run_drop},
    {"outbox counts", NULL, N_("Count letters: those that wait, and those of the week"), NULL,
     cm_comodalctl_outbox_run_counts},
    {"inbox list", NULL, N_("Show mails that came back and that somebody has to decide"),
     N_("With --all what was done by itself, noted or decided too."), cm_comodalctl_inbox_list_run},
    {"inbox show", N_("NUMBER"), N_("Show a mail: what it answers, and what it says"), NULL,
     cm_comodalctl_inbox_show_run},
    {"inbox decide", N_("NUMBER DECISION"), N_("Say what a mail is to be taken for"),
     N_("DECISION: accepted, declined or tentative, as the answer of whoever was invited; or "
	"ignore, to put it aside."),
     cm_comodalctl_inbox_decide_run},
    {"waiting add", N_("STUDENT"), N_("Put a request for service on the waiting list"),
     N_("Why is asked for, or read from standard input; it is kept sealed."),
     cm_comodalctl_waiting_add_run},
    {"waiting list", NULL, N_("Show who waits, or who comes first for a free hour"),
     N_("With --for, --date and --at, or --booking: in order, each with what its place is made "
	"of."),
     cm_comodalctl_waiting_list_run},
    {"waiting offer", N_("NUMBER"), N_("Offer an hour to somebody who waits: it is held for them"),
     N_("Nothing is booked until the hold is confirmed; when it ends, they wait again."),
     cm_comodalctl_waiting_offer_run},
    {"waiting withdraw", N_("NUMBER"), N_("They don't ask any more"), NULL,
     cm_comodalctl_waiting_withdraw_run},
    {"waiting serve", N_("NUMBER"), N_("They are served, by a follow-up or otherwise"), NULL,
     cm_comodalctl_waiting_serve_run},
    {"busy add", N_("WHO [FILE.ics]"), N_("Say where somebody's own calendar is read from"),
     N_("Without a FILE.ics its address is asked for, and not shown: it is a secret; it can also "
	"be "
	"given on standard input. Only when they are busy is kept, never what it is."),
     cm_comodalctl_busy_add_run},
    {"busy list", N_("[WHO]"), N_("List calendars from elsewhere, and when they were last read"),
     NULL, cm_comodalctl_busy_list_run},
    {"busy refresh", N_("[WHO]"), N_("Read calendars from elsewhere again"),
     N_("Exit status 1 when one could not be read; what was read before stays."),
     cm_comodalctl_busy_refresh_run},
    {"busy remove", N_("NUMBER"), N_("Forget a calendar from elsewhere, and its times"), NULL,
     cm_comodalctl_busy_remove_run},
    {"reach show", N_("WHO"), N_("How somebody is reached, and when they want to be"), REACH_HELP,
     cm_comodalctl_reach_run_show},
    {"reach set", N_("WHO"), N_("Change how somebody is reached"), REACH_HELP,
     cm_comodalctl_reach_run_set},
    {"reach list", NULL, N_("List how people are reached, or who can’t be"), NULL,
     cm_comodalctl_reach_run_list},
    {"feed write", N_("WHO"), N_("Write somebody’s calendar as a file"),
     N_("What stands for a professional, a student or a contact, as iCalendar: initials at most. "
	"Writing it again without a change makes the same file."),
     cm_comodalctl_reach_run_feed},
    {"reach renew-links", N_("WHO"), N_("Make somebody’s links worthless; new ones follow"),
     N_("The links in mails they have open nothing any more. The next mail has another one."),
     cm_comodalctl_reach_run_links},
    {"reach revoke-links", N_("WHO"), N_("Make somebody’s links worthless, with no other"),
     N_("Until “reach renew-links” no mail to them has a link."), cm_comodalctl_reach_run_links},
    {"directory show", N_("[FOLDER]"), N_("Show whose keys are in the directory"), DIRECTORY_HELP,
     cm_comodalctl_directory_run_show},
    {"directory init", N_("FOLDER"),
     N_("Make the organisation’s key, on a computer off the network"), DIRECTORY_HELP,
     cm_comodalctl_directory_run_init},
    {"directory enrolments", N_("FILE"), N_("Write the keys that wait for the directory to a file"),
     DIRECTORY_HELP, cm_comodalctl_directory_run_enrolments},
    {"directory admit", N_("FOLDER FILE"), N_("Take keys into the directory, and sign it"),
     DIRECTORY_HELP, cm_comodalctl_directory_run_admit},
    {"directory retire", N_("FOLDER FINGERPRINT"), N_("End keys: their owner has left"),
     DIRECTORY_HELP, cm_comodalctl_directory_run_retire},
    {"directory revoke", N_("FOLDER FINGERPRINT"), N_("End keys that were stolen"), DIRECTORY_HELP,
     cm_comodalctl_directory_run_revoke},
    {"directory new-key", N_("FOLDER"), N_("Give the organisation another key"), DIRECTORY_HELP,
     cm_comodalctl_directory_run_new_key},
    {"directory add", N_("FILE"), N_("Bring a signed directory to comodald"), DIRECTORY_HELP,
     cm_comodalctl_directory_run_add},
    {"vault status", NULL, N_("Show whether your keys are unlocked, and in the directory"), NULL,
     cm_comodalctl_vault_run_status},
    {"vault enrol", NULL, N_("Make your keys, with a passphrase and a recovery code"), VAULT_HELP,
     cm_comodalctl_vault_run_enrol},
    {"vault carry-over", NULL, N_("Make your files those of your new keys, with the earlier ones"),
     VAULT_HELP, cm_comodalctl_vault_run_carry_over},
    {"vault unlock", NULL, N_("Unlock your keys for a while"), VAULT_HELP,
     cm_comodalctl_vault_run_unlock},
    {"vault lock", NULL, N_("Lock your keys now"), NULL, cm_comodalctl_vault_run_lock},
    {"vault passphrase", NULL, N_("Change the passphrase of your keys"), VAULT_HELP,
     cm_comodalctl_vault_run_passphrase},
    {"vault recover", NULL, N_("Bring your keys back with the recovery code"), VAULT_HELP,
     cm_comodalctl_vault_run_recover},
    {"note write", N_("WHO"), N_("Write a draft of a case note about a student"), NOTE_HELP,
     cm_comodalctl_note_run_write},
    {"note amend", N_("WHO NUMBER"), N_("Write a draft that amends a signed note"), NOTE_HELP,
     cm_comodalctl_note_run_amend},
    {"note drafts", N_("WHO"), N_("Show what you have not signed yet"), NOTE_HELP,
     cm_comodalctl_note_run_drafts},
    {"note sign", N_("WHO"), N_("Sign a draft: from then on it stays as it is"), NOTE_HELP,
     cm_comodalctl_note_run_sign},
    {"note cosign", N_("WHO NUMBER"), N_("Co-sign a trainee’s note, which is whole then"),
     NOTE_HELP, cm_comodalctl_note_run_cosign},
    {"note waiting", NULL,
     N_("List the notes that wait for a co-signature: yours, and yours to give"), NOTE_HELP,
     cm_comodalctl_note_read_run_waiting},
    {"note templates", NULL,
     N_("List the sections that your policy asks for, and what it says of each file"), NULL,
     cm_comodalctl_note_run_templates},
    {"note drop", N_("WHO"), N_("Throw a draft away"), NOTE_HELP, cm_comodalctl_note_run_drop},
    {"note list", N_("WHO"), N_("List the signed notes about a student"), NOTE_HELP,
     cm_comodalctl_note_read_run_list},
    {"note show", N_("WHO NUMBER"), N_("Show a signed note, and what amends it"), NOTE_HELP,
     cm_comodalctl_note_read_run_show},
    {"note history", N_("WHO NUMBER"),
     N_("List a note and all that is about it, with who signed each and when"), NOTE_HELP,
     cm_comodalctl_note_read_run_history},
    {"note search", N_("WHO"), N_("List the signed notes that have some words in them"), NOTE_HELP,
     cm_comodalctl_note_read_run_search},
    {"note attach", N_("WHO FILE…"), N_("Attach files to a draft, locked"), ATTACHMENT_HELP,
     cm_comodalctl_note_attachment_run_attach},
    {"note detach", N_("WHO ATTACHMENT"), N_("Take a file out of a draft again"), ATTACHMENT_HELP,
     cm_comodalctl_note_attachment_run_detach},
    {"note save", N_("WHO NUMBER ATTACHMENT"), N_("Save an attachment of a signed note"),
     ATTACHMENT_HELP, cm_comodalctl_note_attachment_run_save},
    {"case list", N_("[WHO]"), N_("List your files, and those that colleagues gave you"), CASE_HELP,
     cm_comodalctl_case_run_list},
    {"case access", N_("WHO"), N_("Show who reads a file, and how much of it"), CASE_HELP,
     cm_comodalctl_case_run_access},
    {"case share", N_("WHO COLLEAGUE"), N_("Let a colleague read a file, or write in it"),
     CASE_HELP, cm_comodalctl_case_run_share},
    {"case end-access", N_("WHO COLLEAGUE"),
     N_("End a colleague’s access to what is written from now on"), CASE_HELP,
     cm_comodalctl_case_run_end_access},
    {"case hand-over", N_("COLLEAGUE [WHO…]"),
     N_("Make a colleague responsible for files of yours, all at once"), CASE_HELP,
     cm_comodalctl_case_run_hand_over},
    {"case accept", N_("WHO"), N_("Take a file that a colleague gave you"), CASE_HELP,
     cm_comodalctl_case_run_accept},
    {"custody list", NULL, N_("Show with whom your key is left, and what custodians ask"),
     CUSTODY_HELP, cm_comodalctl_custody_run_list},
    {"custody request", N_("WHO"), N_("Ask, as a custodian, for what somebody left behind"),
     CUSTODY_HELP, cm_comodalctl_custody_run_request},
    {"custody refuse", N_("[NUMBER]"), N_("Say no to what custodians ask about you"), CUSTODY_HELP,
     cm_comodalctl_custody_run_refuse},
    {"custody release", N_("[NUMBER]"), N_("Release, as a custodian, what was asked for"),
     CUSTODY_HELP, cm_comodalctl_custody_run_release},
    {"custody take-over", N_("[NUMBER]"),
     N_("Take over the files that two custodians released to you"), CUSTODY_HELP,
     cm_comodalctl_custody_run_take_over},
    {"retention due", NULL, N_("List the files that are due, by which rule and source"), NULL,
     cm_comodalctl_retention_run_due},
    {"retention list", NULL, N_("List what is held, asked for, pending and destroyed"), NULL,
     cm_comodalctl_retention_run_list},
    {"retention hold", N_("WHICH"), N_("Keep all files about a student, whatever is due"),
     RETENTION_HELP, cm_comodalctl_retention_run_hold},
    {"retention release", N_("WHICH"), N_("End such a hold"), RETENTION_HELP,
     cm_comodalctl_retention_run_release},
    {"retention destroy", N_("WHICH"),
     N_("Sign a file's destruction as the first of two, and ask the second"), RETENTION_HELP,
     cm_comodalctl_retention_run_destroy},
    {"retention agree", N_("WHICH"), N_("Sign it as the second: the file is destroyed"),
     RETENTION_HELP, cm_comodalctl_retention_run_agree},
    {"retention withdraw", N_("WHICH"), N_("Take back such a question, or say no to it"),
     RETENTION_HELP, cm_comodalctl_retention_run_withdraw},
    {"export make", N_("WHO"), N_("Write a student's file for whoever may have it, locked"), NULL,
     cm_comodalctl_export_make_run},
    {"export read", N_("FILE"), N_("Check such a file, and show it"), NULL,
     cm_comodalctl_export_read_run_read},
    {"export check", N_("FILE"), N_("Check such a file"), NULL,
     cm_comodalctl_export_read_run_check},
    {"export save", N_("FILE NUMBER ATTACHMENT"),
     N_("Save an attachment of such a file as a new file"), NULL,
     cm_comodalctl_export_read_run_save},
    {"export import", N_("FILE"), N_("Check such a file, and keep it as it came"), NULL,
     cm_comodalctl_export_import_run},
    {"export key", N_("FILE"), N_("Write your public keys for whoever sends you such a file"), NULL,
     cm_comodalctl_export_key_run},
    {"export requests", NULL,
     N_("List who asked for a file, or allowed that it goes elsewhere, and what time there is"),
     NULL, cm_comodalctl_disclosure_run_list},
    {"export ask", N_("WHO"), N_("Record an access request, or an authorization to send a file"),
     EXPORT_ASK_HELP, cm_comodalctl_disclosure_run_ask},
    {"export extend", N_("NUMBER"), N_("Give an access request the longer time that rules allow"),
     NULL, cm_comodalctl_disclosure_run_extend},
    {"export close", N_("NUMBER"), N_("Close such a request"), NULL,
     cm_comodalctl_disclosure_run_close},
    {"minutes write", NULL, N_("Write the minutes of a meeting, for those who took part"),
     MINUTES_HELP, cm_comodalctl_minutes_run_write},
    {"minutes list", NULL, N_("List the minutes that you wrote, or were given"), NULL,
     cm_comodalctl_minutes_run_list},
    {"minutes show", N_("NUMBER"), N_("Show minutes"), NULL, cm_comodalctl_minutes_run_show},
    {"minutes save", N_("NUMBER FILE"), N_("Write minutes to a file, as plain text"), NULL,
     cm_comodalctl_minutes_run_save},
    {"minutes remove", N_("NUMBER"), N_("Take your minutes away, for everyone who has them"), NULL,
     cm_comodalctl_minutes_run_remove},
    {"audit show", NULL, N_("Show who changed what, and when"),
     N_("For administrators. The newest entries are shown, the last one at the end. Whatever a "
	"person typed is shown without what a terminal would obey."),
     cm_comodalctl_audit_show_run},
    {"audit verify", NULL, N_("Look whether the audit log is what was written"),
     N_("Finds a log that was edited, cut, reordered, or put back to an older copy. Exit status 1 "
	"when it is not whole."),
     cm_comodalctl_audit_verify_run},
    {"audit heads", NULL, N_("Show signed heads of the audit log, to be kept elsewhere"), NULL,
     cm_comodalctl_audit_heads_run},
    {NULL, NULL, NULL, NULL, NULL},
};

const CmVerb *
cm_verb_table_get(void)
{
	return verbs;
}
