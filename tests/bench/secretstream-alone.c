// SPDX-License-Identifier: GPL-3.0-or-later

/* crypto_secretstream alone over MIB of zeros in chunks of 64 KiB, as attachment.py compares it with an attachment: locked and opened, and
 * BLAKE2b over what was locked, which no attachment can be without. usage: secretstream-alone MIB. Prints CPU seconds of the three. */

#include <glib.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#define CHUNK 65536
#define LOCKED (CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES)

static gdouble
get_cpu(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gdouble)now.tv_sec + (gdouble)now.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	static guint8 plain[CHUNK];
	static guint8 locked[LOCKED];
	guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	guint8 header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	guint8 hash[crypto_generichash_BYTES];
	crypto_secretstream_xchacha20poly1305_state push;
	crypto_secretstream_xchacha20poly1305_state pull;
	crypto_generichash_state digest;
	gdouble locking = 0;
	gdouble opening = 0;
	gdouble hashing = 0;
	guint64 chunks = argc == 2 ? g_ascii_strtoull(argv[1], NULL, 10) * 16 : 0;

	if (chunks == 0 || sodium_init() < 0)
		return EXIT_FAILURE;
	crypto_secretstream_xchacha20poly1305_keygen(key);
	crypto_secretstream_xchacha20poly1305_init_push(&push, header, key);
	crypto_secretstream_xchacha20poly1305_init_pull(&pull, header, key);
	crypto_generichash_init(&digest, NULL, 0, sizeof hash);
	for (guint64 i = 0; i < chunks; i++) {
		gdouble begin = get_cpu();
		gdouble after = 0;

		crypto_secretstream_xchacha20poly1305_push(&push, locked, NULL, plain, CHUNK, NULL,
							   0, 0);
		after = get_cpu();
		locking += after - begin;
		crypto_generichash_update(&digest, locked, LOCKED);
		begin = get_cpu();
		hashing += begin - after;
		if (crypto_secretstream_xchacha20poly1305_pull(&pull, plain, NULL, NULL, locked,
							       LOCKED, NULL, 0) != 0)
			return EXIT_FAILURE;
		opening += get_cpu() - begin;
	}
	crypto_generichash_final(&digest, hash, sizeof hash);
	g_print("%.3f %.3f %.3f\n", locking, opening, hashing);
	return EXIT_SUCCESS;
}
