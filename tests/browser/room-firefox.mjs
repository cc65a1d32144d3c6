// SPDX-License-Identifier: GPL-3.0-or-later
// Firefox ESR and Chromium in one room. Firefox is driven by its own WebDriver BiDi, for playwright drives only a Firefox of its making.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEADLINE, Rooms, Visitor, check, equal, findPort, launch, makeEntry, makeFolder, note, require, run, start, test, until } from './room-lib.mjs';

const { WebSocket } = require('ws');
const FIREFOX = '/usr/bin/firefox-esr';

const PREFERENCES = {
	'media.navigator.permission.disabled': true,
	'media.navigator.streams.fake': true,
	'media.autoplay.default': 0,
	'media.peerconnection.ice.loopback': true,
	'media.peerconnection.ice.obfuscate_host_addresses': false,
	'browser.shell.checkDefaultBrowser': false,
	'datareporting.policy.dataSubmissionEnabled': false,
	'toolkit.telemetry.reportingpolicy.firstRun': false,
	'app.update.enabled': false,
	'network.captive-portal-service.enabled': false,
	'remote.active-protocols': 1,
};

class Firefox {
	static async start() {
		const firefox = new Firefox();
		const folder = makeFolder();
		const port = await findPort();
		writeFileSync(join(folder, 'user.js'), Object.entries(PREFERENCES)
			.map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`).join('\n'));
		start(FIREFOX, ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', String(port)],
			{ env: { ...process.env, HOME: folder, MOZ_HEADLESS: '1' } });
		firefox.asked = new Map();
		firefox.socket = await until(() => Firefox.connect(port), 'Firefox answers');
		firefox.socket.on('message', (data) => firefox.receive(JSON.parse(String(data))));
		await firefox.ask('session.new', { capabilities: {} });
		firefox.context = (await firefox.ask('browsingContext.getTree', {})).contexts[0].context;
		return firefox;
	}

	static connect(port) {
		return new Promise((resolve, reject) => {
			const socket = new WebSocket(`ws://127.0.0.1:${port}/session`);
			socket.on('open', () => resolve(socket));
			socket.on('error', reject);
		});
	}

	receive(message) {
		const asked = this.asked.get(message.id);
		this.asked.delete(message.id);
		if (asked && message.type === 'error')
			asked.reject(new Error(`${message.error}: ${message.message}`));
		else if (asked)
			asked.resolve(message.result);
	}

	ask(method, params) {
		this.count = (this.count || 0) + 1;
		this.socket.send(JSON.stringify({ id: this.count, method, params }));
		const number = this.count;
		return new Promise((resolve, reject) => {
			this.asked.set(number, { resolve, reject });
			setTimeout(() => reject(new Error(`Firefox does not answer ${method}`)), DEADLINE).unref();
		});
	}

	go(url) {
		return this.ask('browsingContext.navigate', { context: this.context, url, wait: 'interactive' });
	}

	async evaluate(expression) {
		const answer = await this.ask('script.evaluate', {
			expression: `(async () => JSON.stringify(await (${expression})))()`, awaitPromise: true, target: { context: this.context },
		});
		check(answer.type === 'success', `in Firefox: ${JSON.stringify(answer.exceptionDetails && answer.exceptionDetails.text)}`);
		return JSON.parse(answer.result.value || 'null');
	}

	measure() {
		return this.evaluate('window.room && window.room.page && window.room.page.group ? window.room.page.group.measure() : {}');
	}

	async seesAndHears() {
		const before = Object.values(await this.measure())[0] || { frames: 0, audioPackets: 0 };
		return until(async () => {
			const now = Object.values(await this.measure())[0];
			return now && now.frames > before.frames + 5 && now.audioPackets > before.audioPackets + 20 ? now : null;
		}, 'Firefox sees and hears');
	}
}

if (!existsSync(FIREFOX)) {
	console.log('1..0 # SKIP there is no Firefox ESR');
	process.exit(0);
}

const rooms = await Rooms.start();
const browser = await launch();
const firefox = await Firefox.start();
rooms.let('sophie-host', makeEntry({ role: 'host', name: 'Sophie Gagnon', seat: 's', visit: 8 }));
rooms.let('zoe', makeEntry());

async function meet(firefoxFirst) {
	const sophie = await Visitor.make(browser);
	const url = `${rooms.origin}/v/zoe/room/1`;
	if (firefoxFirst)
		await firefox.go(url);
	await sophie.enter(rooms, 'sophie-host');
	const begun = Date.now();
	if (!firefoxFirst)
		await firefox.go(url);
	await Promise.all([sophie.seesAndHears(1), firefox.seesAndHears()]);
	note(`${Date.now() - begun} ms until both see and hear each other`);
	return sophie;
}

async function part(sophie) {
	equal(sophie.errors, [], 'faults in a page');
	await sophie.close();
	await firefox.go('about:blank');
}

test('Firefox comes to Chromium: both see and hear', async () => part(await meet(false)));

test('Chromium comes to Firefox: both see and hear', async () => part(await meet(true)));

test('who leaves while their figures are asked for: there are none, and what waits for them goes on', async () => {
	const sophie = await meet(false);
	const figures = await firefox.evaluate('(() => { const { group } = window.room.page; const asked = group.measure(); group.close(); return asked; })()');
	equal(figures, {}, 'figures');
	await part(sophie);
});

test('Firefox turns its camera off and on, and writes', async () => {
	const sophie = await meet(false);
	await firefox.evaluate('document.getElementById("b-camera").click()');
	await until(async () => (await sophie.captions()).some((text) => text.includes('camera off')), 'it is told');
	await firefox.evaluate('document.getElementById("b-camera").click()');
	await Promise.all([sophie.seesAndHears(1), firefox.seesAndHears()]);
	await firefox.evaluate('window.room.page.group.chat("Allô")');
	await until(async () => (await sophie.page.textContent('#chat-lines')).includes('Allô'), 'it is read');
	await part(sophie);
});

test('each looks for another way, Firefox and Chromium: pictures go on', async () => {
	const sophie = await meet(false);
	for (const both of [false, true, false]) {
		await firefox.evaluate('window.room.page.group.networkChanged()');
		if (both)
			await sophie.page.evaluate(() => window.room.page.group.networkChanged());
		await Promise.all([sophie.seesAndHears(1), firefox.seesAndHears()]);
	}
	await part(sophie);
});

await run();
