// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* What each verb's file gives to the table of comodalctl.c. */

/* account list, account set, account remove, account whoami */
CmExit
cm_comodalctl_account_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_account_run_set(CmComodalctl *cli);
CmExit
cm_comodalctl_account_run_remove(CmComodalctl *cli);
CmExit
cm_comodalctl_account_run_whoami(CmComodalctl *cli);
/* person, student, contact, school, room, companion, followup and session: add, edit, remove */
CmExit
cm_comodalctl_thing_run_add(CmComodalctl *cli);
CmExit
cm_comodalctl_thing_run_edit(CmComodalctl *cli);
CmExit
cm_comodalctl_thing_run_remove(CmComodalctl *cli);
/* import csv */
CmExit
cm_comodalctl_csv_run_import(CmComodalctl *cli);
/* agenda */
CmExit
cm_comodalctl_agenda_run(CmComodalctl *cli);
/* audit heads */
CmExit
cm_comodalctl_audit_heads_run(CmComodalctl *cli);
/* audit show */
CmExit
cm_comodalctl_audit_show_run(CmComodalctl *cli);
/* audit verify */
CmExit
cm_comodalctl_audit_verify_run(CmComodalctl *cli);
/* absence */
CmExit
cm_comodalctl_absence_run(CmComodalctl *cli);
/* another-time list */
CmExit
cm_comodalctl_another_time_run_list(CmComodalctl *cli);
/* another-time ask */
CmExit
cm_comodalctl_another_time_run_ask(CmComodalctl *cli);
/* another-time accept */
CmExit
cm_comodalctl_another_time_run_accept(CmComodalctl *cli);
/* another-time decline */
CmExit
cm_comodalctl_another_time_run_decline(CmComodalctl *cli);
/* another-time withdraw */
CmExit
cm_comodalctl_another_time_run_withdraw(CmComodalctl *cli);
/* join */
CmExit
cm_comodalctl_join_run(CmComodalctl *cli);
/* code */
CmExit
cm_comodalctl_code_run(CmComodalctl *cli);
/* link show, link write; link renew and link revoke are reach's */
CmExit
cm_comodalctl_link_run_show(CmComodalctl *cli);
CmExit
cm_comodalctl_link_run_write(CmComodalctl *cli);
/* door, door let-in, door refuse, door end */
CmExit
cm_comodalctl_door_run(CmComodalctl *cli);
CmExit
cm_comodalctl_door_run_let_in(CmComodalctl *cli);
CmExit
cm_comodalctl_door_run_refuse(CmComodalctl *cli);
CmExit
cm_comodalctl_door_run_end(CmComodalctl *cli);
/* help-request list, help-request answer, help-request close */
CmExit
cm_comodalctl_help_request_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_help_request_run_answer(CmComodalctl *cli);
CmExit
cm_comodalctl_help_request_run_close(CmComodalctl *cli);
/* directory show, init, enrolments, admit, retire, revoke, new-key, add */
CmExit
cm_comodalctl_directory_run_show(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_init(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_enrolments(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_admit(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_retire(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_revoke(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_new_key(CmComodalctl *cli);
CmExit
cm_comodalctl_directory_run_add(CmComodalctl *cli);
/* vault status, enrol, carry-over, unlock, lock, passphrase, recover */
CmExit
cm_comodalctl_vault_run_status(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_enrol(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_carry_over(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_unlock(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_lock(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_passphrase(CmComodalctl *cli);
CmExit
cm_comodalctl_vault_run_recover(CmComodalctl *cli);
/* note write, amend, drafts, sign, cosign, templates, drop; list, show, history, search */
CmExit
cm_comodalctl_note_run_write(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_amend(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_drafts(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_sign(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_cosign(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_templates(CmComodalctl *cli);
CmExit
cm_comodalctl_note_read_run_waiting(CmComodalctl *cli);
CmExit
cm_comodalctl_note_run_drop(CmComodalctl *cli);
CmExit
cm_comodalctl_note_read_run_history(CmComodalctl *cli);
CmExit
cm_comodalctl_note_read_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_note_read_run_show(CmComodalctl *cli);
CmExit
cm_comodalctl_note_read_run_search(CmComodalctl *cli);
CmExit
cm_comodalctl_note_attachment_run_attach(CmComodalctl *cli);
CmExit
cm_comodalctl_note_attachment_run_detach(CmComodalctl *cli);
CmExit
cm_comodalctl_note_attachment_run_save(CmComodalctl *cli);
/* case list, access, share, end-access, hand-over, accept */
CmExit
cm_comodalctl_case_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_case_run_access(CmComodalctl *cli);
CmExit
cm_comodalctl_case_run_share(CmComodalctl *cli);
CmExit
cm_comodalctl_case_run_end_access(CmComodalctl *cli);
CmExit
cm_comodalctl_case_run_hand_over(CmComodalctl *cli);
CmExit
cm_comodalctl_case_run_accept(CmComodalctl *cli);
/* export requests, ask, extend, close */
CmExit
cm_comodalctl_disclosure_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_disclosure_run_ask(CmComodalctl *cli);
CmExit
cm_comodalctl_disclosure_run_extend(CmComodalctl *cli);
CmExit
cm_comodalctl_disclosure_run_close(CmComodalctl *cli);
/* retention due, list, hold, release, destroy, agree, withdraw */
CmExit
cm_comodalctl_retention_run_due(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_hold(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_release(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_destroy(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_agree(CmComodalctl *cli);
CmExit
cm_comodalctl_retention_run_withdraw(CmComodalctl *cli);
/* export make; export read, check, save; export import; export key */
CmExit
cm_comodalctl_export_make_run(CmComodalctl *cli);
CmExit
cm_comodalctl_export_read_run_read(CmComodalctl *cli);
CmExit
cm_comodalctl_export_read_run_check(CmComodalctl *cli);
CmExit
cm_comodalctl_export_read_run_save(CmComodalctl *cli);
CmExit
cm_comodalctl_export_import_run(CmComodalctl *cli);
CmExit
cm_comodalctl_export_key_run(CmComodalctl *cli);
/* minutes write, list, show, save, remove */
CmExit
cm_comodalctl_minutes_run_write(CmComodalctl *cli);
CmExit
cm_comodalctl_minutes_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_minutes_run_show(CmComodalctl *cli);
CmExit
cm_comodalctl_minutes_run_save(CmComodalctl *cli);
CmExit
cm_comodalctl_minutes_run_remove(CmComodalctl *cli);
/* custody list, request, refuse, release, take-over */
CmExit
cm_comodalctl_custody_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_custody_run_request(CmComodalctl *cli);
CmExit
cm_comodalctl_custody_run_refuse(CmComodalctl *cli);
CmExit
cm_comodalctl_custody_run_release(CmComodalctl *cli);
CmExit
cm_comodalctl_custody_run_take_over(CmComodalctl *cli);
/* inbox list */
CmExit
cm_comodalctl_inbox_list_run(CmComodalctl *cli);
/* inbox show */
CmExit
cm_comodalctl_inbox_show_run(CmComodalctl *cli);
/* inbox decide */
CmExit
cm_comodalctl_inbox_decide_run(CmComodalctl *cli);
/* waiting add */
CmExit
cm_comodalctl_waiting_add_run(CmComodalctl *cli);
/* waiting list */
CmExit
cm_comodalctl_waiting_list_run(CmComodalctl *cli);
/* waiting offer */
CmExit
cm_comodalctl_waiting_offer_run(CmComodalctl *cli);
/* waiting serve */
CmExit
cm_comodalctl_waiting_serve_run(CmComodalctl *cli);
/* waiting withdraw */
CmExit
cm_comodalctl_waiting_withdraw_run(CmComodalctl *cli);
/* reach show */
CmExit
cm_comodalctl_reach_run_show(CmComodalctl *cli);
/* reach set */
CmExit
cm_comodalctl_reach_run_set(CmComodalctl *cli);
/* feed write */
CmExit
cm_comodalctl_reach_run_feed(CmComodalctl *cli);
/* reach list */
CmExit
cm_comodalctl_reach_run_list(CmComodalctl *cli);
/* reach renew-links, reach revoke-links */
CmExit
cm_comodalctl_reach_run_links(CmComodalctl *cli);
/* busy add */
CmExit
cm_comodalctl_busy_add_run(CmComodalctl *cli);
/* busy list */
CmExit
cm_comodalctl_busy_list_run(CmComodalctl *cli);
/* busy refresh */
CmExit
cm_comodalctl_busy_refresh_run(CmComodalctl *cli);
/* busy remove */
CmExit
cm_comodalctl_busy_remove_run(CmComodalctl *cli);
/* consent show */
CmExit
cm_comodalctl_consent_show_run(CmComodalctl *cli);
/* consent give */
CmExit
cm_comodalctl_consent_give_run(CmComodalctl *cli);
/* consent oppose */
CmExit
cm_comodalctl_consent_oppose_run(CmComodalctl *cli);
/* consent withdraw */
CmExit
cm_comodalctl_consent_withdraw_run(CmComodalctl *cli);
/* consent due */
CmExit
cm_comodalctl_consent_due_run(CmComodalctl *cli);
/* guardian list */
CmExit
cm_comodalctl_guardian_list_run(CmComodalctl *cli);
/* guardian add */
CmExit
cm_comodalctl_guardian_add_run(CmComodalctl *cli);
/* guardian remove */
CmExit
cm_comodalctl_guardian_remove_run(CmComodalctl *cli);
/* followup show */
CmExit
cm_comodalctl_followup_run_show(CmComodalctl *cli);
/* followup start, suspend, resume, close, reopen */
CmExit
cm_comodalctl_followup_run_change(CmComodalctl *cli);
/* suitability show */
CmExit
cm_comodalctl_suitability_show_run(CmComodalctl *cli);
/* suitability answer */
CmExit
cm_comodalctl_suitability_answer_run(CmComodalctl *cli);
/* derogation ask */
CmExit
cm_comodalctl_derogation_ask_run(CmComodalctl *cli);
/* derogation approve */
CmExit
cm_comodalctl_derogation_approve_run(CmComodalctl *cli);
/* derogation refuse */
CmExit
cm_comodalctl_derogation_refuse_run(CmComodalctl *cli);
/* derogation withdraw */
CmExit
cm_comodalctl_derogation_withdraw_run(CmComodalctl *cli);
/* derogation list */
CmExit
cm_comodalctl_derogation_list_run(CmComodalctl *cli);
/* import */
CmExit
cm_comodalctl_import_run(CmComodalctl *cli);
/* calendar import */
CmExit
cm_comodalctl_calendar_run_import(CmComodalctl *cli);
/* list */
CmExit
cm_comodalctl_list_run(CmComodalctl *cli);
/* export */
CmExit
cm_comodalctl_export_run(CmComodalctl *cli);
/* plan */
CmExit
cm_comodalctl_plan_run(CmComodalctl *cli);
/* policy check */
CmExit
cm_comodalctl_policy_check_run(CmComodalctl *cli);
/* policy explain */
CmExit
cm_comodalctl_policy_explain_run(CmComodalctl *cli);
/* policy list */
CmExit
cm_comodalctl_policy_list_run(CmComodalctl *cli);
/* policy show */
CmExit
cm_comodalctl_policy_show_run(CmComodalctl *cli);
/* plan-file */
CmExit
cm_comodalctl_plan_file_run(CmComodalctl *cli);
/* explain */
CmExit
cm_comodalctl_explain_run(CmComodalctl *cli);
/* status */
CmExit
cm_comodalctl_status_run(CmComodalctl *cli);
/* slots */
CmExit
cm_comodalctl_slots_run(CmComodalctl *cli);
/* book, hold, series */
CmExit
cm_comodalctl_book_run(CmComodalctl *cli);
CmExit
cm_comodalctl_book_run_hold(CmComodalctl *cli);
CmExit
cm_comodalctl_book_run_series(CmComodalctl *cli);
/* move, cancel, outcome */
CmExit
cm_comodalctl_move_run(CmComodalctl *cli);
CmExit
cm_comodalctl_move_run_cancel(CmComodalctl *cli);
CmExit
cm_comodalctl_move_run_outcome(CmComodalctl *cli);
/* meeting */
CmExit
cm_comodalctl_meeting_run(CmComodalctl *cli);
/* outbox list, dead, unreachable, sent, retry, drop, counts */
CmExit
cm_comodalctl_outbox_run_list(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_dead(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_unreachable(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_sent(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_retry(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_drop(CmComodalctl *cli);
CmExit
cm_comodalctl_outbox_run_counts(CmComodalctl *cli);
