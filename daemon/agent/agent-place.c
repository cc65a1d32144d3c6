// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-place.h"

#include "daemon/common/person-place.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600

/* a lock that ends with the process, however it ends. `out_fd` -1: another process has it */
static gboolean
lock_path(const gchar *path, gint *out_fd, GError **error)
{
	gint fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	gint code = 0;

	*out_fd = -1;
	if (fd < 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The file {0} can't be made: {1}."), path,
			     g_strerror(errno), NULL);
		return FALSE;
	}
	code = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
	if (code == 0)
		*out_fd = fd;
	else
		close(fd);
	if (code == 0 || code == EWOULDBLOCK)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED, N_("The file {0} can't be locked: {1}."), path,
		     g_strerror(code), NULL);
	return FALSE;
}

static gboolean
take_socket(CmAgentPlace *place, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(place->socket);

	place->lock = g_strconcat(place->socket, ".lock", NULL);
	/* whose it is, and who may enter, is the door's to check */
	(void)g_mkdir(folder, FOLDER_MODE);
	if (!lock_path(place->lock, &place->only, error))
		return FALSE;
	if (place->only >= 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_EXISTS, N_("Your comodal-agent runs already."), NULL);
	return FALSE;
}

/* two agents that remember into one folder would each find that the other put something back */
static gboolean
take_folder(CmAgentPlace *place, const gchar *folder, GError **error)
{
	g_autofree gchar *path = g_build_filename(folder, CM_AGENT_PLACE_LOCK, NULL);

	(void)g_mkdir_with_parents(folder, FOLDER_MODE);
	if (!lock_path(path, &place->folder_only, error))
		return FALSE;
	if (place->folder_only >= 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_EXISTS,
		     N_("Another comodal-agent of yours, of another session, has the keys in {0}. "
			"It ends with that session, and ten minutes after they are locked there. "
			"COMODAL_DATA_DIR names another folder."),
		     folder, NULL);
	return FALSE;
}

static gboolean
take_bus(CmAgentPlace *place, GError **error)
{
	g_autoptr(GError) local = NULL;

	place->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &local);
	if (place->bus == NULL) {
		g_set_error_literal(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER, local->message);
		return FALSE;
	}
	g_dbus_connection_set_exit_on_close(place->bus, FALSE);
	return TRUE;
}

static gchar *
find_socket(const CmAgentPlace *place, GError **error)
{
	g_autofree gchar *bus = cm_person_place_dup_bus(place->bus, error);

	return bus != NULL ? cm_person_place_dup_socket(bus) : NULL;
}

gboolean
cm_agent_place_take(CmAgentPlace *place, const CmAgentSettings *settings, GError **error)
{
	if (settings->session && !take_bus(place, error))
		return FALSE;
	place->socket =
	    settings->socket != NULL ? g_strdup(settings->socket) : find_socket(place, error);
	return place->socket != NULL && take_socket(place, error) &&
	       take_folder(place, settings->folder, error);
}

void
cm_agent_place_clear(CmAgentPlace *place)
{
	/* no bus of that name comes again. Who waited for the file meanwhile is kept out by the folder's lock */
	if (place->bus != NULL && place->only >= 0)
		(void)g_unlink(place->lock);
	g_clear_object(&place->bus);
	g_clear_pointer(&place->socket, g_free);
	g_clear_pointer(&place->lock, g_free);
	if (place->only >= 0)
		close(place->only);
	if (place->folder_only >= 0)
		close(place->folder_only);
	*place = (CmAgentPlace)CM_AGENT_PLACE_INIT;
}
