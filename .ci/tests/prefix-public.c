// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/rule-merge.c
// expect: prefix: cm_rule_apply() is public: it must be cm_rule_merge_
void
cm_rule_apply(void)
{
}
