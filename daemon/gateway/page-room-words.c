// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-room-words.h"

#include <glib/gi18n.h>

static const CmPageRoomWord room_words[] = {
    {"asking",
     N_("Your browser asks whether this page may use your camera and your microphone. Say yes.")},
    {"alone", N_("You are in the room. Nobody else is here yet: stay, it begins by itself.")},
    /* translators: {0} one or more names */
    {"together", N_("You are with {0}.")},
    {"joined", N_("{0} came in.")},
    {"waits", N_("At the door: {0}.")},
    {"left", N_("{0} left.")},
    {"reconnecting", N_("The connection broke. It is being made again…")},
    {"offline", N_("There is no network here. The page comes back by itself when there is one.")},
    {"link-connecting", N_("connecting…")},
    {"link-weak", N_("weak connection")},
    {"link-interrupted", N_("interrupted, it comes back by itself")},
    {"link-failed", N_("can’t be reached")},
    {"no-camera", N_("camera off")},
    {"no-microphone", N_("microphone off")},
    {"screen", N_("shows their screen")},
    {"my-screen", N_("the others see your screen")},
    {"by-phone", N_("goes on by telephone")},
    {"on-phone",
     N_("You go on by telephone: camera and microphone are off here, and nothing is heard. The "
	"others see it.")},
    {"me", N_("You")},
    {"weak-hint", N_("The connection is weak. “Sound only”, below, often helps.")},
    {"thrift-all", N_("Picture and sound are as good as can be again.")},
    {"thrift-little", N_("The picture is smaller, to spare the connection.")},
    {"thrift-sound", N_("Sound only: nobody’s picture is sent to you, and yours is off.")},
    {"chat-nobody", N_("Nobody is connected who could read that.")},
    {"moved", N_("The meeting goes on in another room. One moment…")},
    {"over", N_("The meeting is over.")},
    {"full", N_("There are already as many people in this room as it can hold.")},
    {"elsewhere",
     N_("You came into this room on another device or in another window: go on there, or load "
	"this page again to come back here.")},
    {"fault", N_("Something went wrong on this page. Load it again.")},
    {"failed",
     N_("Picture and sound don’t get through here. Another network often helps: leave the "
	"school’s or the office’s Wi-Fi, or use the telephone’s own. Or call:")},
    {"unsupported",
     N_("This browser can’t do video calls. Open the link in Chrome, Firefox, Edge or Safari "
	"of these last years. Or call:")},
    {"microphone-refused",
     N_("The microphone is not allowed: the others can’t hear you. Press the sign "
	"beside the page’s address, allow the microphone, then load the page again.")},
    {"microphone-none",
     N_("No microphone was found: the others can’t hear you. Plug a headset in, then load "
	"the page again. Or call:")},
    {"microphone-busy",
     N_("Another program uses the microphone. Close it, then load the page again.")},
    {"microphone-other", N_("The microphone does not work. Load the page again, or call:")},
    {"camera-refused",
     N_("The camera is not allowed: the others hear you and don’t see you. To change that, "
	"press the sign beside the page’s address, allow the camera, then load the page "
	"again.")},
    {"camera-none", N_("No camera was found: the others hear you and don’t see you.")},
    {"camera-busy", N_("Another program uses the camera. Close it, then press “Turn camera on”.")},
    {"camera-other", N_("The camera does not work: the others hear you and don’t see you.")},
};

static const CmPageRoomWord test_words[] = {
    {"trying", N_("Trying…")},
    {"asking",
     N_("Your browser asks whether this page may use your camera and your microphone. Say yes.")},
    {"done-good", N_("All is well: you are ready.")},
    {"done-ask", N_("One thing is left: say below whether you heard the tones.")},
    {"done-bad", N_("Something is to be looked at: it is said below.")},
    {"again", N_("Try again")},
    {"camera-good",
     N_("Works. Do you see yourself? If it is dark, turn a lamp on or sit facing the window.")},
    {"camera-black",
     N_("The camera gives a black picture: slide its cover open, or turn a lamp on.")},
    {"camera-refused",
     N_("Not allowed. Press the sign beside the page’s address, allow the camera, then try "
	"again.")},
    {"camera-none", N_("None was found. You may come without: the others will hear you.")},
    {"camera-busy", N_("Another program uses it. Close that program, then try again.")},
    {"camera-other", N_("It does not work. Start the device again, or use another one.")},
    {"microphone-listen", N_("Say something: the bar moves when you are heard.")},
    {"microphone-good", N_("Works: you are heard.")},
    {"microphone-silent",
     N_("Nothing is heard. Is it muted, or is another one to be chosen? Speak, and try "
	"again.")},
    {"microphone-refused",
     N_("Not allowed. Press the sign beside the page’s address, allow the microphone, then "
	"try again.")},
    {"microphone-none", N_("None was found. Plug a headset in, then try again.")},
    {"microphone-busy", N_("Another program uses it. Close that program, then try again.")},
    {"microphone-other", N_("It does not work. Start the device again, or use another one.")},
    {"sound-ask", N_("Three tones are played. Did you hear them?")},
    {"sound-good", N_("Works.")},
    {"sound-bad", N_("Turn the volume up, and see that no headset is connected elsewhere. Then "
		     "play them again.")},
    {"network-good", N_("Works: video gets through.")},
    {"network-relay", N_("Works, by a detour: this network lets video through only in part.")},
    {"network-socket", N_("The connection to us breaks off here. Try another network.")},
    {"network-blocked",
     N_("This network does not let video through. Try another one (the telephone’s own, for "
	"instance), or call us.")},
    {"network-offline", N_("There is no network here.")},
    {"unsupported",
     N_("This browser can’t do video calls. Open the link in Chrome, Firefox, Edge or Safari of "
	"these last years.")},
};

gsize
cm_page_room_words_get(const CmPageRoomWord **out_words)
{
	*out_words = room_words;
	return G_N_ELEMENTS(room_words);
}

gsize
cm_page_room_words_get_test(const CmPageRoomWord **out_words)
{
	*out_words = test_words;
	return G_N_ELEMENTS(test_words);
}
