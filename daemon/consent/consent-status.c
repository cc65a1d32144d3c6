// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/consent-status.h"

#include "include/cm-message.h"

#include <glib/gi18n.h>

#define RULE_ALONE "consent.care_required.minor_age_alone"
#define RULE_STOPS "consent.known_opposition_stops"
#define RULE_PRESUMED "consent.one_parent_presumed_acting_with_other"
#define RULE_JOINTLY "consent.parental_authority.exercised_jointly"
#define RULE_ATTESTED "consent.violence_exception.attestation_required"
#define RULE_PARENTS "consent.under14.parents"
#define RULE_AFTER_OPPOSITION "consent.after_opposition"
#define RULE_FORM "consent.services.form"
#define RULE_TELEPRACTICE "telepractice.consent_required"
#define RULE_RELEASE "disclosure.default_requires_consent"

static const gchar *const state_words[CM_CONSENT_STATE_LAST] = {
    "none", "presumed", "both", "attested", "opposed", "own", "expired", "withdrawn"};
static const gchar *const state_texts[CM_CONSENT_STATE_LAST] = {
    N_("nothing on record"),
    N_("one parent, presumed to act with the other"),
    N_("all who hold parental authority"),
    N_("one parent, with an attestation"),
    N_("an opposition is known: stop"),
    N_("the student’s own"),
    N_("no longer holds"),
    N_("withdrawn")};

/* where one person stands on one thing */
typedef enum {
	STANDING_SILENT,
	STANDING_GIVEN,
	STANDING_ATTESTED,
	STANDING_OPPOSED,
	STANDING_WITHDRAWN,
	STANDING_EXPIRED,
	STANDING_LAST
} Standing;

/* what is asked: of whom is the caller's affair */
typedef struct {
	const CmConsentFile *file;
	const CmPolicy *policy;
	CmDay date;
	CmConsentKind kind;
	guint8 modes;
	const gchar *purpose;
} Question;

typedef struct {
	CmConsentStatus status;
	const CmConsentFile *file;
	const CmPolicy *policy;
} Judgement;

const gchar *
cm_consent_state_to_string(CmConsentState state)
{
	return state_words[state];
}

const gchar *
cm_consent_state_to_text(CmConsentState state)
{
	return state_texts[state];
}

/* a rule in force that says something: absent, repealed or "false" is silence */
static const CmRule *
lookup_rule(const CmPolicy *policy, const gchar *id)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, id);

	if (rule == NULL || rule->repealed || (rule->type == CM_VALUE_FLAG && rule->number == 0))
		return NULL;
	return rule;
}

static CmEffect
get_effect(const CmRule *rule, CmEffect silent)
{
	return rule != NULL ? rule->effect : silent;
}

static gboolean
is_about(const CmConsentStatement *statement, const Question *question)
{
	if (statement->kind != question->kind || statement->given_on > question->date)
		return FALSE;
	if (statement->profession != NULL &&
	    !g_str_equal(statement->profession, cm_policy_get_profession(question->policy)))
		return FALSE;
	if (question->kind == CM_CONSENT_KIND_TELEPRACTICE)
		return (statement->modes & question->modes) != 0;
	return question->kind != CM_CONSENT_KIND_RELEASE ||
	       g_strcmp0(statement->purpose, question->purpose) == 0;
}

/* the day of a statement's last word: that it is taken back is one */
static CmDay
get_last_word(const CmConsentStatement *statement, CmDay date)
{
	if (statement->withdrawn_on != CM_DAY_NONE && statement->withdrawn_on <= date)
		return MAX(statement->withdrawn_on, statement->given_on);
	return statement->given_on;
}

/* the latest word of a person; of one day the one recorded last */
static const CmConsentStatement *
find_word(const Question *question, gint64 contact, CmDay not_before)
{
	const GArray *statements = question->file->statements;
	const CmConsentStatement *found = NULL;

	for (guint i = 0; i < statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(statements, CmConsentStatement, i);

		if (statement->contact != contact || statement->given_on < not_before ||
		    !is_about(statement, question))
			continue;
		if (found == NULL || get_last_word(statement, question->date) >=
					 get_last_word(found, question->date))
			found = statement;
	}
	return found;
}

static Standing
get_standing(const CmConsentStatement *statement, CmDay date)
{
	if (statement == NULL)
		return STANDING_SILENT;
	if (statement->withdrawn_on != CM_DAY_NONE && statement->withdrawn_on <= date)
		/* an opposition that is lifted is no consent */
		return statement->answer == CM_CONSENT_ANSWER_OPPOSED ? STANDING_SILENT
								      : STANDING_WITHDRAWN;
	if (statement->answer == CM_CONSENT_ANSWER_OPPOSED)
		return STANDING_OPPOSED;
	if (statement->until != CM_DAY_NONE && statement->until < date)
		return STANDING_EXPIRED;
	return statement->answer == CM_CONSENT_ANSWER_ATTESTED ? STANDING_ATTESTED : STANDING_GIVEN;
}

/* what all who may decide say */
typedef struct {
	guint holders;
	guint count[STANDING_LAST];
	const CmConsentStatement *last[STANDING_LAST];
} Poll;

static void
poll_add(Poll *poll, const CmConsentStatement *statement, Standing standing)
{
	poll->count[standing]++;
	if (statement != NULL)
		poll->last[standing] = statement;
}

static Poll
poll_parents(const Question *question)
{
	const GArray *guardianships = question->file->guardianships;
	gboolean attestation = lookup_rule(question->policy, RULE_ATTESTED) != NULL;
	Poll poll = {0};

	for (guint i = 0; i < guardianships->len; i++) {
		const CmGuardianship *guardianship =
		    &g_array_index(guardianships, CmGuardianship, i);
		const CmConsentStatement *statement = NULL;
		Standing standing = STANDING_SILENT;

		if (!guardianship->authority)
			continue;
		statement = find_word(question, guardianship->contact, G_MININT32);
		standing = get_standing(statement, question->date);
		if (standing == STANDING_ATTESTED && !attestation)
			standing = STANDING_GIVEN;
		poll.holders++;
		poll_add(&poll, statement, standing);
	}
	return poll;
}

static CmConsentState
decide_parents(const Poll *poll, Standing *out_standing)
{
	static const struct {
		Standing standing;
		CmConsentState state;
	} order[] = {{STANDING_ATTESTED, CM_CONSENT_STATE_ATTESTED},
		     {STANDING_OPPOSED, CM_CONSENT_STATE_OPPOSED},
		     /* whoever took theirs back can't be presumed to agree with the other */
		     {STANDING_WITHDRAWN, CM_CONSENT_STATE_WITHDRAWN},
		     {STANDING_GIVEN, CM_CONSENT_STATE_PRESUMED},
		     {STANDING_EXPIRED, CM_CONSENT_STATE_EXPIRED}};

	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		if (poll->count[order[i].standing] == 0)
			continue;
		*out_standing = order[i].standing;
		if (order[i].standing == STANDING_GIVEN && poll->holders > 1 &&
		    poll->count[STANDING_GIVEN] == poll->holders)
			return CM_CONSENT_STATE_BOTH;
		return order[i].state;
	}
	*out_standing = STANDING_SILENT;
	return CM_CONSENT_STATE_NONE;
}

static CmConsentState
decide_own(Standing standing)
{
	static const CmConsentState states[STANDING_LAST] = {
	    [STANDING_SILENT] = CM_CONSENT_STATE_NONE,
	    [STANDING_GIVEN] = CM_CONSENT_STATE_OWN,
	    [STANDING_ATTESTED] = CM_CONSENT_STATE_OWN,
	    [STANDING_OPPOSED] = CM_CONSENT_STATE_OPPOSED,
	    [STANDING_WITHDRAWN] = CM_CONSENT_STATE_WITHDRAWN,
	    [STANDING_EXPIRED] = CM_CONSENT_STATE_EXPIRED};

	return states[standing];
}

/* somebody said yes who could not decide: a child too young, or an adult without authority */
static gboolean
is_any_ignored(const Question *question, CmDay alone_from)
{
	const GArray *statements = question->file->statements;

	for (guint i = 0; i < statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(statements, CmConsentStatement, i);
		const CmGuardianship *guardianship =
		    cm_consent_file_find_guardianship(question->file, statement->contact);
		Standing standing = get_standing(statement, question->date);

		if (!is_about(statement, question) ||
		    (standing != STANDING_GIVEN && standing != STANDING_ATTESTED))
			continue;
		if (statement->contact == CM_CONSENT_STUDENT
			? alone_from == CM_DAY_NONE || statement->given_on < alone_from
			: guardianship == NULL || !guardianship->authority)
			return TRUE;
	}
	return FALSE;
}

/* what makes it this state */
static const CmRule *
explain_state(const Question *question, CmConsentState state, gboolean own)
{
	static const gchar *const parents[CM_CONSENT_STATE_LAST] = {
	    [CM_CONSENT_STATE_PRESUMED] = RULE_PRESUMED,
	    [CM_CONSENT_STATE_BOTH] = RULE_JOINTLY,
	    [CM_CONSENT_STATE_ATTESTED] = RULE_ATTESTED,
	    [CM_CONSENT_STATE_OPPOSED] = RULE_STOPS};
	const gchar *id = own ? NULL : parents[state];

	if (id == NULL && state == CM_CONSENT_STATE_OWN)
		id = RULE_ALONE;
	if (id == NULL && question->kind == CM_CONSENT_KIND_TELEPRACTICE)
		id = RULE_TELEPRACTICE;
	if (id == NULL && question->kind == CM_CONSENT_KIND_RELEASE)
		id = RULE_RELEASE;
	return lookup_rule(question->policy, id != NULL ? id : RULE_ALONE);
}

static CmConsentVerdict
make_verdict(const Question *question, const CmConsentStatus *status, gboolean *out_own)
{
	const CmConsentStatement *word =
	    status->alone ? find_word(question, CM_CONSENT_STUDENT, status->alone_from) : NULL;
	Standing standing = get_standing(word, question->date);
	Poll poll = poll_parents(question);
	CmConsentVerdict verdict = {.kind = question->kind,
				    .modes = question->modes,
				    .purpose = question->purpose,
				    .since = CM_DAY_NONE,
				    .until = CM_DAY_NONE};

	*out_own = standing != STANDING_SILENT;
	verdict.state = decide_own(standing);
	if (!*out_own) {
		verdict.state = decide_parents(&poll, &standing);
		word = poll.last[standing];
	}
	verdict.holders = poll.holders;
	verdict.given = poll.count[STANDING_GIVEN] + poll.count[STANDING_ATTESTED];
	verdict.rule = explain_state(question, verdict.state, *out_own);
	verdict.ignored = is_any_ignored(question, status->alone_from);
	if (standing != STANDING_SILENT && word != NULL) {
		verdict.statement = word->number;
		verdict.since = get_last_word(word, question->date);
		verdict.until = word->until;
	}
	return verdict;
}

static void
object(Judgement *judgement,
       const CmConsentVerdict *verdict,
       const CmRule *rule,
       CmEffect effect,
       const gchar *format)
{
	CmConsentObjection objection = {.modes =
					    verdict->modes != 0 ? verdict->modes : CM_MODES_ALL,
					.effect = effect,
					.rule = rule,
					.kind = verdict->kind,
					.message = cm_message_new(format, NULL)};

	if (effect == CM_EFFECT_BLOCK)
		judgement->status.modes &= (guint8)~objection.modes;
	g_array_append_val(judgement->status.objections, objection);
}

/* What is known to be refused: done by nobody, in services as in a mode. The law's effect, since it is the law that says whose
 * word it is; where no law is in the policy, that of the rule that asks for the consent. */
static gboolean
object_to_refused(Judgement *judgement, const CmConsentVerdict *verdict, gboolean own)
{
	const CmPolicy *policy = judgement->policy;
	const CmRule *law = lookup_rule(policy, RULE_ALONE);
	const gchar *text = NULL;

	if (verdict->state == CM_CONSENT_STATE_OPPOSED) {
		if (!own)
			law = lookup_rule(policy, RULE_STOPS);
		text = own ? N_("The student does not want it.")
			   : N_("A parent’s opposition is known.");
	} else if (verdict->state == CM_CONSENT_STATE_WITHDRAWN) {
		text = N_("The consent was withdrawn.");
	} else {
		return FALSE;
	}
	if (law == NULL)
		law = verdict->rule;
	object(judgement, verdict, law, get_effect(law, CM_EFFECT_WARN), text);
	return TRUE;
}

/* which of the parents' states the profession asks for */
static void
check_parents(Judgement *judgement, const Question *question, const CmConsentVerdict *verdict)
{
	const CmRule *rule = lookup_rule(judgement->policy, RULE_PARENTS);
	gboolean written = rule != NULL && g_strcmp0(rule->word, "both-written") == 0;
	gboolean both = written || (rule != NULL && g_strcmp0(rule->word, "both") == 0);
	CmEffect effect = get_effect(rule, CM_EFFECT_INFORM);

	if (!both)
		return;
	if (verdict->state == CM_CONSENT_STATE_PRESUMED) {
		/* nobody knows whether there is another one */
		if (verdict->holders == 1)
			object(judgement, verdict, rule, MIN(effect, CM_EFFECT_WARN),
			       N_("Only one person with parental authority is on record."));
		else
			object(judgement, verdict, rule, effect,
			       N_("The consent of both parents is asked for; one has given it."));
	}
	if (verdict->state != CM_CONSENT_STATE_BOTH || !written)
		return;
	for (guint i = 0; i < judgement->file->guardianships->len; i++) {
		const CmGuardianship *guardianship =
		    &g_array_index(judgement->file->guardianships, CmGuardianship, i);
		const CmConsentStatement *word =
		    guardianship->authority ? find_word(question, guardianship->contact, G_MININT32)
					    : NULL;

		if (word != NULL && word->form == CM_CONSENT_FORM_VERBAL) {
			object(judgement, verdict, rule, effect,
			       N_("The written consent of both parents is asked for; one was "
				  "verbal."));
			return;
		}
	}
}

/* once an opposition was known, one parent is no longer enough, even if nobody is opposed any more */
static void
check_after_opposition(Judgement *judgement,
		       const Question *question,
		       const CmConsentVerdict *verdict)
{
	const CmRule *rule = lookup_rule(judgement->policy, RULE_AFTER_OPPOSITION);
	const GArray *statements = judgement->file->statements;

	if (rule == NULL || verdict->state != CM_CONSENT_STATE_PRESUMED)
		return;
	for (guint i = 0; i < statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(statements, CmConsentStatement, i);

		if (statement->answer == CM_CONSENT_ANSWER_OPPOSED &&
		    statement->contact != CM_CONSENT_STUDENT && is_about(statement, question)) {
			object(judgement, verdict, rule, rule->effect,
			       N_("An opposition was known before: both parents are to consent."));
			return;
		}
	}
}

static void
check_form(Judgement *judgement, const CmConsentVerdict *verdict)
{
	const CmRule *rule = lookup_rule(judgement->policy, RULE_FORM);
	const GArray *statements = judgement->file->statements;

	if (rule == NULL || g_strcmp0(rule->word, "written") != 0)
		return;
	for (guint i = 0; i < statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(statements, CmConsentStatement, i);

		if (statement->number == verdict->statement &&
		    statement->form == CM_CONSENT_FORM_VERBAL)
			object(judgement, verdict, rule, rule->effect,
			       N_("The consent is to be written; it was verbal."));
	}
}

static void
judge_service(Judgement *judgement, const Question *question)
{
	const CmRule *law = lookup_rule(judgement->policy, RULE_ALONE);
	CmEffect effect = get_effect(law, CM_EFFECT_WARN);
	gboolean own = FALSE;
	CmConsentVerdict verdict = make_verdict(question, &judgement->status, &own);

	g_array_append_val(judgement->status.verdicts, verdict);
	if (object_to_refused(judgement, &verdict, own))
		return;
	if (verdict.state == CM_CONSENT_STATE_EXPIRED) {
		object(judgement, &verdict, law, effect,
		       N_("The consent to services no longer holds."));
	} else if (verdict.state == CM_CONSENT_STATE_NONE && verdict.ignored) {
		object(judgement, &verdict, law, effect,
		       N_("Whoever consented could not decide alone."));
	} else if (verdict.state == CM_CONSENT_STATE_NONE) {
		/* it may be on paper */
		object(judgement, &verdict, law, MIN(effect, CM_EFFECT_WARN),
		       N_("No consent to services is on record."));
	} else if (!judgement->status.alone) {
		check_parents(judgement, question, &verdict);
		check_after_opposition(judgement, question, &verdict);
	} else if (!own) {
		object(judgement, &verdict, law, MIN(effect, CM_EFFECT_WARN),
		       N_("The student is old enough to consent alone, and has not been asked."));
	}
	check_form(judgement, &verdict);
}

static void
judge_telepractice(Judgement *judgement, const Question *question)
{
	const CmRule *rule = lookup_rule(judgement->policy, RULE_TELEPRACTICE);
	gboolean own = FALSE;
	CmConsentVerdict verdict = make_verdict(question, &judgement->status, &own);

	g_array_append_val(judgement->status.verdicts, verdict);
	if (object_to_refused(judgement, &verdict, own))
		return;
	if (verdict.state == CM_CONSENT_STATE_NONE && rule != NULL)
		object(judgement, &verdict, rule, rule->effect,
		       verdict.ignored ? N_("Whoever consented to video could not decide alone.")
				       : N_("No consent to video is on record."));
	else if (verdict.state == CM_CONSENT_STATE_EXPIRED)
		object(judgement, &verdict, rule, get_effect(rule, CM_EFFECT_WARN),
		       N_("The consent to video no longer holds."));
	else if (verdict.state != CM_CONSENT_STATE_NONE && !judgement->status.alone)
		check_after_opposition(judgement, question, &verdict);
}

/* each purpose once, in the order in which they first came */
static void
judge_releases(Judgement *judgement, Question *question)
{
	const GArray *statements = judgement->file->statements;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean own = FALSE;

	for (guint i = 0; i < statements->len; i++) {
		const CmConsentStatement *statement =
		    &g_array_index(statements, CmConsentStatement, i);
		CmConsentVerdict verdict;

		if (statement->kind != CM_CONSENT_KIND_RELEASE || statement->purpose == NULL ||
		    !g_hash_table_add(seen, (gpointer)statement->purpose))
			continue;
		question->purpose = statement->purpose;
		verdict = make_verdict(question, &judgement->status, &own);
		g_array_append_val(judgement->status.verdicts, verdict);
	}
}

static void
objection_clear(gpointer data)
{
	CmConsentObjection *objection = data;

	g_free((gchar *)objection->message);
}

CmConsentStatus *
cm_consent_status_new(const CmConsentFile *file, const CmPolicy *policy, CmDay date)
{
	const CmRule *age = lookup_rule(policy, RULE_ALONE);
	CmDay from = age != NULL ? cm_consent_file_get_birthday(file, age->number) : CM_DAY_NONE;
	Judgement judgement = {
	    .file = file,
	    .policy = policy,
	    .status = {.date = date,
		       .alone_from = from,
		       .alone = age != NULL && date >= from,
		       .modes = CM_MODES_ALL,
		       .verdicts = g_array_new(FALSE, FALSE, sizeof(CmConsentVerdict)),
		       .objections = g_array_new(FALSE, FALSE, sizeof(CmConsentObjection))}};
	Question question = {.file = file, .policy = policy, .date = date};

	g_array_set_clear_func(judgement.status.objections, objection_clear);
	question.kind = CM_CONSENT_KIND_SERVICE;
	judge_service(&judgement, &question);
	question.kind = CM_CONSENT_KIND_TELEPRACTICE;
	question.modes = CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL);
	judge_telepractice(&judgement, &question);
	question.modes = CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
	judge_telepractice(&judgement, &question);
	question.kind = CM_CONSENT_KIND_RELEASE;
	question.modes = 0;
	judge_releases(&judgement, &question);
	return g_memdup2(&judgement.status, sizeof judgement.status);
}

void
cm_consent_status_free(CmConsentStatus *status)
{
	if (status == NULL)
		return;
	g_array_unref(status->verdicts);
	g_array_unref(status->objections);
	g_free(status);
}

CmEffect
cm_consent_status_get_effect(const CmConsentStatus *status, CmMode mode)
{
	CmEffect strongest = CM_EFFECT_INFORM;

	for (guint i = 0; i < status->objections->len; i++) {
		const CmConsentObjection *objection =
		    &g_array_index(status->objections, CmConsentObjection, i);

		if ((objection->modes & CM_MODE_FLAG(mode)) != 0)
			strongest = MAX(strongest, objection->effect);
	}
	return strongest;
}

const CmConsentVerdict *
cm_consent_status_get_verdict(const CmConsentStatus *status, CmConsentKind kind, CmMode mode)
{
	for (guint i = 0; i < status->verdicts->len; i++) {
		const CmConsentVerdict *verdict =
		    &g_array_index(status->verdicts, CmConsentVerdict, i);

		if (verdict->kind != kind || kind == CM_CONSENT_KIND_RELEASE)
			continue;
		if (kind != CM_CONSENT_KIND_TELEPRACTICE ||
		    (verdict->modes & CM_MODE_FLAG(mode)) != 0)
			return verdict;
	}
	return NULL;
}

static gboolean
holds(CmConsentState state)
{
	return state == CM_CONSENT_STATE_PRESUMED || state == CM_CONSENT_STATE_BOTH ||
	       state == CM_CONSENT_STATE_ATTESTED || state == CM_CONSENT_STATE_OWN;
}

gboolean
cm_consent_status_may_release(const CmConsentStatus *status, const gchar *purpose)
{
	for (guint i = 0; i < status->verdicts->len; i++) {
		const CmConsentVerdict *verdict =
		    &g_array_index(status->verdicts, CmConsentVerdict, i);

		if (verdict->kind == CM_CONSENT_KIND_RELEASE &&
		    g_strcmp0(verdict->purpose, purpose) == 0)
			return holds(verdict->state);
	}
	return FALSE;
}
