# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by ./check and ./quickstart: what is missing of the system, and how it comes.

# missing_packages FILE…: the packages of these lists that dpkg does not have, one a line
missing_packages() {
	local wanted have
	wanted=$(grep -hv -e '^#' -e '^$' "$@" | sort -u)
	# shellcheck disable=SC2086
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort -u)
	comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$have")
}

# without_services PACKAGE…: as root, installs them; a server among them (tests start their own) is not started, now or at the next boot
without_services() (
	local policy=/usr/sbin/policy-rc.d enabled
	enabled() { systemctl list-unit-files --state=enabled --type=service,socket --no-legend 2>/dev/null | cut -d ' ' -f 1 | sort; }
	enabled=$(enabled)
	if [ ! -e "$policy" ]; then
		trap 'rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || return
	comm -13 <(printf '%s\n' "$enabled") <(enabled) | grep -E '^(dovecot|postfix)' | xargs -r systemctl disable
)

# install_packages LOG FILE…: brings what is missing; silent and off line when nothing is
install_packages() {
	local log=$1 missing
	local -a as_root=()
	shift
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		# not a Debian: the build itself will say what it does not find
		return 0
	fi
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -z "${missing// /}" ] && return 0
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			echo "missing: $missing"
			echo "as root: apt-get install --no-install-recommends $missing"
			return 1
		fi
		as_root=(sudo)
	fi
	echo "${INSTALLING:-installing:} $missing"
	{
		# shellcheck disable=SC2086
		DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get update -q </dev/null &&
			"${as_root[@]}" bash -c "$(declare -f without_services); without_services $missing" </dev/null
	} >>"$log" 2>&1 && return 0
	tail -n 20 "$log"
	echo "they could not be installed (all of it: $log)"
	return 1
}

# install_node_modules LOG FOLDER: what FOLDER's package-lock.json names, unless it is there; node and npm themselves where
# neither Debian nor another source has brought them yet
install_node_modules() {
	local log=$1 folder=$2 list
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		list=$(mktemp)
		printf 'nodejs\nnpm\n' >"$list"
		if ! install_packages "$log" "$list"; then
			rm -f "$list"
			return 1
		fi
		rm -f "$list"
	fi
	cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return 0
	(cd "$folder" && npm ci --no-audit --no-fund </dev/null) >>"$log" 2>&1 &&
		cp "$folder/package-lock.json" "$folder/node_modules/.installed" && return 0
	tail -n 20 "$log"
	echo "what $folder/package-lock.json names could not be installed (all of it: $log)"
	return 1
}
