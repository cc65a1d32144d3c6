// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/zone-name.h"

#include <string.h>

#define MAX_NAME_BYTES 128

/* CLDR's windowsZones.xml, with Canada's zone where there is one; then what Outlook, Notes and old Unix have instead */
static const gchar *const other_names[][2] = {
    {"AUS Central Standard Time", "Australia/Darwin"},
    {"AUS Eastern Standard Time", "Australia/Sydney"},
    {"Afghanistan Standard Time", "Asia/Kabul"},
    {"Alaskan Standard Time", "America/Anchorage"},
    {"Aleutian Standard Time", "America/Adak"},
    {"Altai Standard Time", "Asia/Barnaul"},
    {"Arab Standard Time", "Asia/Riyadh"},
    {"Arabian Standard Time", "Asia/Dubai"},
    {"Arabic Standard Time", "Asia/Baghdad"},
    {"Argentina Standard Time", "America/Argentina/Buenos_Aires"},
    {"Astrakhan Standard Time", "Europe/Astrakhan"},
    {"Atlantic Standard Time", "America/Halifax"},
    {"Aus Central W. Standard Time", "Australia/Eucla"},
    {"Azerbaijan Standard Time", "Asia/Baku"},
    {"Azores Standard Time", "Atlantic/Azores"},
    {"Bahia Standard Time", "America/Bahia"},
    {"Bangladesh Standard Time", "Asia/Dhaka"},
    {"Belarus Standard Time", "Europe/Minsk"},
    {"Bougainville Standard Time", "Pacific/Bougainville"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Cape Verde Standard Time", "Atlantic/Cape_Verde"},
    {"Caucasus Standard Time", "Asia/Yerevan"},
    {"Cen. Australia Standard Time", "Australia/Adelaide"},
    {"Central America Standard Time", "America/Guatemala"},
    {"Central Asia Standard Time", "Asia/Almaty"},
    {"Central Brazilian Standard Time", "America/Cuiaba"},
    {"Central Europe Standard Time", "Europe/Budapest"},
    {"Central European Standard Time", "Europe/Warsaw"},
    {"Central Pacific Standard Time", "Pacific/Guadalcanal"},
    {"Central Standard Time", "America/Chicago"},
    {"Central Standard Time (Mexico)", "America/Mexico_City"},
    {"Chatham Islands Standard Time", "Pacific/Chatham"},
    {"China Standard Time", "Asia/Shanghai"},
    {"Cuba Standard Time", "America/Havana"},
    {"Dateline Standard Time", "Etc/GMT+12"},
    {"E. Africa Standard Time", "Africa/Nairobi"},
    {"E. Australia Standard Time", "Australia/Brisbane"},
    {"E. Europe Standard Time", "Europe/Chisinau"},
    {"E. South America Standard Time", "America/Sao_Paulo"},
    {"Easter Island Standard Time", "Pacific/Easter"},
    {"Eastern Standard Time", "America/Toronto"},
    {"Eastern Standard Time (Mexico)", "America/Cancun"},
    {"Egypt Standard Time", "Africa/Cairo"},
    {"Ekaterinburg Standard Time", "Asia/Yekaterinburg"},
    {"FLE Standard Time", "Europe/Kyiv"},
    {"Fiji Standard Time", "Pacific/Fiji"},
    {"GMT Standard Time", "Europe/London"},
    {"GTB Standard Time", "Europe/Bucharest"},
    {"Georgian Standard Time", "Asia/Tbilisi"},
    {"Greenland Standard Time", "America/Nuuk"},
    {"Greenwich Standard Time", "Atlantic/Reykjavik"},
    {"Haiti Standard Time", "America/Port-au-Prince"},
    {"Hawaiian Standard Time", "Pacific/Honolulu"},
    {"India Standard Time", "Asia/Kolkata"},
    {"Iran Standard Time", "Asia/Tehran"},
    {"Israel Standard Time", "Asia/Jerusalem"},
    {"Jordan Standard Time", "Asia/Amman"},
    {"Kaliningrad Standard Time", "Europe/Kaliningrad"},
    {"Korea Standard Time", "Asia/Seoul"},
    {"Libya Standard Time", "Africa/Tripoli"},
    {"Line Islands Standard Time", "Pacific/Kiritimati"},
    {"Lord Howe Standard Time", "Australia/Lord_Howe"},
    {"Magadan Standard Time", "Asia/Magadan"},
    {"Magallanes Standard Time", "America/Punta_Arenas"},
    {"Marquesas Standard Time", "Pacific/Marquesas"},
    {"Mauritius Standard Time", "Indian/Mauritius"},
    {"Middle East Standard Time", "Asia/Beirut"},
    {"Montevideo Standard Time", "America/Montevideo"},
    {"Morocco Standard Time", "Africa/Casablanca"},
    {"Mountain Standard Time", "America/Denver"},
    {"Mountain Standard Time (Mexico)", "America/Mazatlan"},
    {"Myanmar Standard Time", "Asia/Yangon"},
    {"N. Central Asia Standard Time", "Asia/Novosibirsk"},
    {"Namibia Standard Time", "Africa/Windhoek"},
    {"Nepal Standard Time", "Asia/Kathmandu"},
    {"New Zealand Standard Time", "Pacific/Auckland"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"Norfolk Standard Time", "Pacific/Norfolk"},
    {"North Asia East Standard Time", "Asia/Irkutsk"},
    {"North Asia Standard Time", "Asia/Krasnoyarsk"},
    {"North Korea Standard Time", "Asia/Pyongyang"},
    {"Omsk Standard Time", "Asia/Omsk"},
    {"Pacific SA Standard Time", "America/Santiago"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"Pacific Standard Time (Mexico)", "America/Tijuana"},
    {"Pakistan Standard Time", "Asia/Karachi"},
    {"Paraguay Standard Time", "America/Asuncion"},
    {"Qyzylorda Standard Time", "Asia/Qyzylorda"},
    {"Romance Standard Time", "Europe/Paris"},
    {"Russia Time Zone 10", "Asia/Srednekolymsk"},
    {"Russia Time Zone 11", "Asia/Kamchatka"},
    {"Russia Time Zone 3", "Europe/Samara"},
    {"Russian Standard Time", "Europe/Moscow"},
    {"SA Eastern Standard Time", "America/Cayenne"},
    {"SA Pacific Standard Time", "America/Bogota"},
    {"SA Western Standard Time", "America/La_Paz"},
    {"SE Asia Standard Time", "Asia/Bangkok"},
    {"Saint Pierre Standard Time", "America/Miquelon"},
    {"Sakhalin Standard Time", "Asia/Sakhalin"},
    {"Samoa Standard Time", "Pacific/Apia"},
    {"Sao Tome Standard Time", "Africa/Sao_Tome"},
    {"Saratov Standard Time", "Europe/Saratov"},
    {"Singapore Standard Time", "Asia/Singapore"},
    {"South Africa Standard Time", "Africa/Johannesburg"},
    {"South Sudan Standard Time", "Africa/Juba"},
    {"Sri Lanka Standard Time", "Asia/Colombo"},
    {"Sudan Standard Time", "Africa/Khartoum"},
    {"Syria Standard Time", "Asia/Damascus"},
    {"Taipei Standard Time", "Asia/Taipei"},
    {"Tasmania Standard Time", "Australia/Hobart"},
    {"Tocantins Standard Time", "America/Araguaina"},
    {"Tokyo Standard Time", "Asia/Tokyo"},
    {"Tomsk Standard Time", "Asia/Tomsk"},
    {"Tonga Standard Time", "Pacific/Tongatapu"},
    {"Transbaikal Standard Time", "Asia/Chita"},
    {"Turkey Standard Time", "Europe/Istanbul"},
    {"Turks And Caicos Standard Time", "America/Grand_Turk"},
    {"US Eastern Standard Time", "America/Indiana/Indianapolis"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"UTC", "UTC"},
    {"UTC+12", "Etc/GMT-12"},
    {"UTC+13", "Etc/GMT-13"},
    {"UTC-02", "Etc/GMT+2"},
    {"UTC-08", "Etc/GMT+8"},
    {"UTC-09", "Etc/GMT+9"},
    {"UTC-11", "Etc/GMT+11"},
    {"Ulaanbaatar Standard Time", "Asia/Ulaanbaatar"},
    {"Venezuela Standard Time", "America/Caracas"},
    {"Vladivostok Standard Time", "Asia/Vladivostok"},
    {"Volgograd Standard Time", "Europe/Volgograd"},
    {"W. Australia Standard Time", "Australia/Perth"},
    {"W. Central Africa Standard Time", "Africa/Lagos"},
    {"W. Europe Standard Time", "Europe/Berlin"},
    {"W. Mongolia Standard Time", "Asia/Hovd"},
    {"West Asia Standard Time", "Asia/Tashkent"},
    {"West Bank Standard Time", "Asia/Hebron"},
    {"West Pacific Standard Time", "Pacific/Port_Moresby"},
    {"Yakutsk Standard Time", "Asia/Yakutsk"},
    {"Yukon Standard Time", "America/Whitehorse"},
    /* as Outlook shows them, after "(UTC-05:00) " */
    {"Atlantic Time (Canada)", "America/Halifax"},
    {"Newfoundland", "America/St_Johns"},
    {"Eastern Time (US & Canada)", "America/Toronto"},
    {"Central Time (US & Canada)", "America/Chicago"},
    {"Saskatchewan", "America/Regina"},
    {"Mountain Time (US & Canada)", "America/Denver"},
    {"Pacific Time (US & Canada)", "America/Los_Angeles"},
    {"Pacific Time (US & Canada), Tijuana", "America/Los_Angeles"},
    {"Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"},
    {"Arizona", "America/Phoenix"},
    {"Indiana (East)", "America/Indiana/Indianapolis"},
    {"Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
    {"Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"},
    {"Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London"},
    {"Dublin, Edinburgh, Lisbon, London", "Europe/London"},
    {"Coordinated Universal Time", "UTC"},
    /* by what they are off, as telephones' and web mail have it */
    {"GMT -0330 (Standard) / GMT -0230 (Daylight)", "America/St_Johns"},
    {"GMT -0400 (Standard) / GMT -0300 (Daylight)", "America/Halifax"},
    {"GMT -0500 (Standard) / GMT -0400 (Daylight)", "America/Toronto"},
    {"GMT -0600 (Standard) / GMT -0500 (Daylight)", "America/Chicago"},
    {"GMT -0700 (Standard) / GMT -0600 (Daylight)", "America/Denver"},
    {"GMT -0800 (Standard) / GMT -0700 (Daylight)", "America/Los_Angeles"},
    {"GMT +0000 (Standard) / GMT +0100 (Daylight)", "Europe/London"},
    {"GMT +0100 (Standard) / GMT +0200 (Daylight)", "Europe/Paris"},
    /* Lotus Notes */
    {"Atlantic", "America/Halifax"},
    {"Eastern", "America/Toronto"},
    {"Central", "America/Chicago"},
    {"Mountain", "America/Denver"},
    {"Pacific", "America/Los_Angeles"},
    /* without a place */
    {"EST5EDT", "America/Toronto"},
    {"CST6CDT", "America/Chicago"},
    {"MST7MDT", "America/Denver"},
    {"PST8PDT", "America/Los_Angeles"},
    {"tzone://Microsoft/Utc", "UTC"},
    {"Western/Central Europe", "Europe/Paris"},
    {"Hongkong", "Asia/Hong_Kong"},
    {"Israel", "Asia/Jerusalem"},
    {"Japan", "Asia/Tokyo"},
    {"Portugal", "Europe/Lisbon"},
    {"Singapore", "Asia/Singapore"},
    {"Turkey", "Europe/Istanbul"},
    {"Zulu", "UTC"},
    {"GMT", "UTC"},
    {"Z", "UTC"},
};

/* nothing that leads out of the system's zones, and none of those that count leap seconds */
static gboolean
is_place(const gchar *name)
{
	gboolean slash = FALSE;

	if (strlen(name) > MAX_NAME_BYTES || g_str_has_prefix(name, "right/"))
		return FALSE;
	for (const gchar *p = name; *p != '\0'; p++) {
		slash = slash || *p == '/';
		if (!g_ascii_isalnum(*p) && strchr("/_+-", *p) == NULL)
			return FALSE;
	}
	return slash && *name != '/';
}

GTimeZone *
cm_zone_name_open(const gchar *name)
{
	if (!is_place(name) && !g_str_equal(name, "UTC"))
		return NULL;
	return g_time_zone_new_identifier(name);
}

/* "(UTC-05:00) Eastern Time (US & Canada)" */
static const gchar *
skip_offset(const gchar *name)
{
	const gchar *end = NULL;

	if (!g_str_has_prefix(name, "(UTC") && !g_str_has_prefix(name, "(GMT"))
		return name;
	end = strchr(name, ')');
	if (end == NULL)
		return name;
	for (end++; *end == ' '; end++)
		;
	return end;
}

static GTimeZone *
find_other(const gchar *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(other_names); i++) {
		if (g_ascii_strcasecmp(other_names[i][0], name) == 0)
			return cm_zone_name_open(other_names[i][1]);
	}
	return NULL;
}

GTimeZone *
cm_zone_name_find(const gchar *name)
{
	g_autofree gchar *bare = NULL;
	const gchar *rest = NULL;
	GTimeZone *zone = NULL;

	if (name == NULL || strlen(name) > MAX_NAME_BYTES)
		return NULL;
	bare = g_strstrip(g_strdup(name));
	zone = find_other(skip_offset(bare));
	/* after each slash the name may begin */
	rest = bare;
	while (zone == NULL && rest != NULL) {
		while (*rest == '/')
			rest++;
		zone = cm_zone_name_open(rest);
		rest = strchr(rest, '/');
	}
	/* "America-New_York", as in RFC 2446 */
	rest = strchr(bare, '-');
	if (zone == NULL && rest != NULL) {
		bare[rest - bare] = '/';
		zone = cm_zone_name_open(bare);
	}
	return zone;
}

struct _CmZoneNames {
	GHashTable *zones; /* name → GTimeZone, or NULL */
};

static void
zone_free(gpointer zone)
{
	if (zone != NULL)
		g_time_zone_unref(zone);
}

CmZoneNames *
cm_zone_names_new(void)
{
	CmZoneNames *names = g_new0(CmZoneNames, 1);

	names->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_free);
	return names;
}

void
cm_zone_names_free(CmZoneNames *names)
{
	if (names == NULL)
		return;
	g_hash_table_unref(names->zones);
	g_free(names);
}

GTimeZone *
cm_zone_names_get(CmZoneNames *names, const gchar *name)
{
	GTimeZone *zone = NULL;

	if (g_hash_table_lookup_extended(names->zones, name, NULL, (gpointer *)&zone))
		return zone;
	zone = cm_zone_name_find(name);
	g_hash_table_insert(names->zones, g_strdup(name), zone);
	return zone;
}
