// SPDX-License-Identifier: GPL-3.0-or-later
// Ports of loopback that a program may be told to listen on later.
import { createServer } from 'node:net';

// Below the ports that the system hands out, where whoever connects somewhere could take one before it is listened on, and beside those of
// lib/ports.py. A port is claimed by listening on the one that is CLAIMS above it until the process ends: it is no other test's meanwhile.
const [FIRST_PORT, END_PORT] = [28000, 30000];
const CLAIMS = END_PORT - FIRST_PORT;

function listen(port) {
	const server = createServer();
	return new Promise((resolve) => {
		server.once('error', () => resolve(null));
		server.listen(port, '127.0.0.1', () => resolve(server.unref()));
	});
}

async function claim(port) {
	const kept = await listen(port + CLAIMS);
	const probe = kept && await listen(port);
	const good = probe !== null;
	if (good)
		await new Promise((resolve) => probe.close(resolve));
	else
		kept?.close();
	return good;
}

export async function findPort() {
	for (;;) {
		const port = FIRST_PORT + Math.floor(Math.random() * (END_PORT - FIRST_PORT));
		if (await claim(port))
			return port;
	}
}
