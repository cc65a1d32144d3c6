// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the video room share: cases as TAP, room-server with entries of one's choice, Chromium with a camera that is none.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { findPort } from './ports.mjs';

export { findPort };

export const require = createRequire(new URL('../node/package.json', import.meta.url));
const { chromium } = require('playwright-core');

export const DEADLINE = Number(process.env.COMODAL_TEST_DEADLINE || 60) * 1000;

// ---- cases

const cases = [];
const last = [];

export function test(name, run) {
	cases.push({ name, run });
}

export function atEnd(run) {
	last.push(run);
}

export function check(truth, what) {
	if (!truth)
		throw new Error(what);
}

export function equal(got, wanted, what) {
	check(JSON.stringify(got) === JSON.stringify(wanted), `${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

export function note(text) {
	console.log(`# ${text}`);
}

// Until `look` gives something; what it gave.
export async function until(look, what, deadline = DEADLINE) {
	const end = Date.now() + deadline;
	let trouble = '';
	for (;;) {
		try {
			const found = await look();
			if (found)
				return found;
		} catch (error) {
			trouble = `; ${error.message.split('\n')[0]}`;
		}
		if (Date.now() > end)
			throw new Error(`${what}: not within ${deadline / 1000} s${trouble}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

export async function run() {
	const only = process.argv[2];
	let failed = 0;
	const chosen = cases.filter((one) => !only || one.name.includes(only));
	console.log(`1..${chosen.length}`);
	for (const [index, { name, run: body }] of chosen.entries()) {
		const begun = Date.now();
		try {
			const skipped = await body();
			console.log(`ok ${index + 1} - ${name}${skipped ? ` # SKIP ${skipped}` : ''}`);
		} catch (error) {
			failed += 1;
			for (const line of String(error.stack).split('\n'))
				note(line);
			console.log(`not ok ${index + 1} - ${name}`);
		}
		note(`${Date.now() - begun} ms`);
	}
	for (const end of last.reverse()) {
		await end().catch((error) => {
			note(String(error));
			failed += 1;
		});
	}
	process.exit(failed > 0 ? 1 : 0);
}

// ---- processes

export function makeFolder() {
	const folder = mkdtempSync(join(tmpdir(), 'comodal-room-'));
	// a process that is ending may still write there
	atEnd(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
	return folder;
}

// whatever happens to the tests, what they started ends with them
const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

// A program whose output is kept, and which is ended with the tests.
export function start(program, args, options = {}, gentle = false) {
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
	const lines = [];
	children.add(child);
	child.on('exit', () => children.delete(child));
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream }).on('line', (line) => lines.push(line));
	const ended = new Promise((resolve) => child.on('exit', resolve));
	const stop = async () => {
		child.stdin.end();
		// one that ends by itself, and says then whether all was well
		if (gentle)
			await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, DEADLINE).unref())]);
		if (child.exitCode === null)
			child.kill('SIGTERM');
		// a test may have failed while it was stopped
		child.kill('SIGCONT');
		await ended;
		if (gentle && child.exitCode !== 0) {
			lines.slice(-40).forEach(note);
			throw new Error(`${program} ended by ${child.exitCode}`);
		}
	};
	atEnd(stop);
	return { child, lines, ended, stop, says: (word) => lines.some((line) => line.includes(word)) };
}

// ---- the rooms

export function makeEntry(values = {}) {
	return {
		format: 'comodal-room/1', subject: 1, turn: 1, visit: 7, kind: 'builtin', role: 'guest', name: 'Zoé Tremblay', seat: 'z',
		peers_max: 4, ice: [], ice_policy: 'all', ...values,
	};
}

export class Rooms {
	// `line`: browsers come by one, that can be cut (Line)
	static async start(environment = {}, line = null) {
		const rooms = new Rooms();
		rooms.folder = makeFolder();
		rooms.port = await findPort();
		rooms.origin = `http://127.0.0.1:${line ? line.port : rooms.port}`;
		const build = process.env.COMODAL_BUILD_ROOT;
		rooms.process = start(join(build, 'tests/browser/room-server'),
			[rooms.folder, `127.0.0.1:${rooms.port}`, new URL(rooms.origin).host], { env: { ...process.env, ...environment } }, true);
		await until(() => rooms.process.says('port '), 'room-server listens');
		atEnd(async () => note(`room-server took ${rooms.measureCpu()} ms of a processor`));
		return rooms;
	}

	// who may come by `token`; null: nobody any more
	let(token, entry) {
		const path = join(this.folder, `${token}.json`);
		if (entry === null)
			unlinkSync(path);
		else
			writeFileSync(path, JSON.stringify(entry));
	}

	change() {
		this.process.child.stdin.write('changed\n');
	}

	// user and system, in milliseconds
	measureCpu() {
		const fields = readFileSync(`/proc/${this.process.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
		return (Number(fields[11]) + Number(fields[12])) * 10;
	}

	socketUrl(token) {
		return `ws://127.0.0.1:${this.port}/v/${token}/room/1/socket`;
	}
}

// A way to a server by TCP that can be lost without a word, as when a phone leaves its network: nothing is closed, and nothing passes.
export class Line {
	static async start() {
		const line = new Line();
		line.port = await findPort();
		line.pairs = new Set();
		line.lost = false;
		line.server = createServer((near) => line.take(near));
		await new Promise((resolve) => line.server.listen(line.port, '127.0.0.1', resolve));
		atEnd(async () => line.end());
		return line;
	}

	// who comes while it is lost is neither refused nor answered
	take(near) {
		if (this.lost) {
			this.pairs.add([near]);
			near.on('error', () => near.destroy());
			return;
		}
		const far = connect(this.to, '127.0.0.1');
		const pair = [near, far];
		this.pairs.add(pair);
		near.pipe(far);
		far.pipe(near);
		for (const side of pair) {
			side.on('error', () => pair.forEach((one) => one.destroy()));
			side.on('close', () => this.pairs.delete(pair));
		}
	}

	// what was under way stays lost for good; only who comes after mend() gets through
	lose() {
		this.lost = true;
		for (const [near, far] of this.pairs) {
			near.unpipe();
			near.pause();
			if (far)
				far.unpipe();
		}
	}

	mend() {
		this.lost = false;
	}

	end() {
		this.server.close();
		for (const pair of this.pairs)
			pair.forEach((side) => side.destroy());
	}
}

// ---- browsers

export const ARGUMENTS = [
	'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
	'--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', '--mute-audio',
	'--auto-select-desktop-capture-source=Entire screen', '--auto-accept-this-tab-capture',
];

// `pictures` a second: enough for a picture that moves, for every one of them is compressed once and unfolded by each other browser
export async function launch({ fakeUi = true, pictures = 10 } = {}) {
	const args = [...ARGUMENTS, `--use-fake-device-for-media-stream=fps=${pictures}`];
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium', args: fakeUi ? [...args, '--use-fake-ui-for-media-stream'] : args,
	});
	atEnd(() => browser.close());
	return browser;
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

// Somebody with a browser of their own; what goes wrong in their page is kept.
export class Visitor {
	static async make(browser, options = {}) {
		const visitor = new Visitor();
		visitor.context = await browser.newContext({ viewport: DESKTOP, ...options });
		visitor.context.setDefaultTimeout(DEADLINE);
		visitor.page = await visitor.context.newPage();
		visitor.errors = [];
		visitor.page.on('pageerror', (error) => visitor.errors.push(String(error)));
		visitor.page.on('console', (message) => {
			// the door of room-server has no icon
			if (message.type() === 'error' && !message.location().url.includes('favicon'))
				visitor.errors.push(message.text());
		});
		return visitor;
	}

	async enter(rooms, token) {
		this.begun = Date.now();
		await this.page.goto(`${rooms.origin}/v/${token}/room/1`);
	}

	// by number: what came, as the connections' own figures have it
	measure() {
		return this.page.evaluate(async () => (window.room && window.room.page && window.room.page.group ?
			window.room.page.group.measure() : {}));
	}

	status() {
		return this.page.textContent('#said');
	}

	captions() {
		return this.page.$$eval('figcaption', (all) => all.map((one) => one.textContent));
	}

	problem() {
		return this.page.evaluate(() => (document.getElementById('problem').hidden ? '' :
			document.getElementById('problem-text').textContent));
	}

	// so many others are seen moving and heard, from now on
	async seesAndHears(others, { picture = true, deadline = DEADLINE } = {}) {
		const before = await this.measure();
		return until(async () => {
			const now = await this.measure();
			const fine = Object.keys(now).filter((number) => {
				const was = before[number] || { frames: 0, audioPackets: 0 };
				return now[number].audioPackets > was.audioPackets + 20 && (!picture || now[number].frames > was.frames + 5);
			});
			return fine.length >= others ? now : null;
		}, `${others} seen and heard`, deadline);
	}

	async close() {
		await this.context.close();
	}
}
