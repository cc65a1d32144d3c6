// SPDX-License-Identifier: GPL-3.0-or-later
// What an enemy with a browser's means can do at the socket of a room, and the answer of each (docs/room.md has the table).
import { Rooms, check, equal, makeEntry, note, require, run, test, until } from './room-lib.mjs';

const { WebSocket } = require('ws');
const rooms = await Rooms.start();
const HELLO = JSON.stringify({ type: 'hello', instance: 'page' });
const OFFER = { type: 'description', to: 1, description: { type: 'offer', sdp: 'v=0\r\n' } };

class Socket {
	constructor(token, { origin = rooms.origin, path } = {}) {
		this.messages = [];
		this.socket = new WebSocket(path ? `ws://127.0.0.1:${rooms.port}${path}` : rooms.socketUrl(token), { origin });
		this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
		this.closed = new Promise((resolve) => {
			this.socket.on('close', (code) => resolve(code));
			this.socket.on('error', (error) => resolve(error.message));
		});
		this.opened = new Promise((resolve) => this.socket.on('open', () => resolve(true)));
	}

	static async enter(token) {
		const socket = new Socket(token);
		await socket.opened;
		socket.socket.send(HELLO);
		await until(() => socket.messages.length > 0, 'welcome');
		return socket;
	}

	send(what) {
		this.socket.send(typeof what === 'object' && !Buffer.isBuffer(what) ? JSON.stringify(what) : what);
	}

	async end() {
		this.socket.terminate();
		await this.closed;
	}
}

let count = 0;

// two people of one room, each time others
async function seat(values = {}) {
	count += 1;
	const name = `p${count}`;
	rooms.let(name, makeEntry({ name, seat: name, subject: 1, turn: 1000 + count, ...values }));
	return { name, socket: await Socket.enter(name) };
}

// what is sent by who is in, and the code that closes it
const CLOSES = [
	['an unknown type', { type: 'kick', number: 1 }, 4400],
	['a type that only the gateway says', { type: 'joined', person: { number: 1, name: 'Sophie' } }, 4400],
	['no type', { to: 1 }, 4400],
	['something that is no object', '[1,2,3]', 4400],
	['something that is no JSON', '{"type":', 4400],
	['nothing', '', 4400],
	['hello twice', HELLO, 4400],
	['a name of one’s own', { type: 'state', name: 'Sophie Gagnon', microphone: true, camera: true, screen: false, phone: false }, 4400],
	['a sender of one’s own', { ...OFFER, from: 1 }, 4400],
	['a room of one’s own', { ...OFFER, subject: 2, turn: 1 }, 4400],
	['a seat of somebody else’s', { type: 'hello', instance: 'page', seat: 'p1' }, 4400],
	['a number that is none', { ...OFFER, to: -1 }, 4400],
	['a number too large', '{"type":"candidate","to":1e400,"candidate":null}', 4400],
	['a candidate with a new line', { type: 'candidate', to: 1, candidate: { candidate: 'a\r\na=setup:active' } }, 4400],
	['arrays in arrays in arrays', '['.repeat(30000), 4400],
	['a text of more than 32 KiB', JSON.stringify({ ...OFFER, description: { type: 'offer', sdp: 'a'.repeat(33000) } }), 4413],
];

for (const [what, message, code] of CLOSES) {
	test(`${what}: closed with ${code}`, async () => {
		const { socket } = await seat();
		socket.send(message);
		equal(await socket.closed, code, 'the code');
	});
}

test('octets that are no text, and text that is no UTF-8: closed', async () => {
	const binary = await seat();
	binary.socket.socket.send(Buffer.from(JSON.stringify({ type: 'ping' })), { binary: true });
	const first = await binary.socket.closed;
	const broken = await seat();
	broken.socket.socket.send(Buffer.from([0x7b, 0xc0, 0xaf, 0x7d]), { binary: false });
	const second = await broken.socket.closed;
	note(`${first}, ${second}`);
	check([1003, 1002, 1007, 1008, 4400].includes(first) && [1007, 1002, 4400].includes(second), `${first}, ${second}`);
});

test('a text of a megabyte: closed before it is read', async () => {
	const { socket } = await seat();
	socket.send('x'.repeat(1 << 20));
	const code = await socket.closed;
	note(String(code));
	check([1009, 4413, 1006].includes(code), String(code));
});

test('two hundred messages at once: closed', async () => {
	const { socket } = await seat();
	for (let i = 0; i < 200; i++)
		socket.send({ type: 'ping' });
	const code = await socket.closed;
	note(String(code));
	check([4429, 1008].includes(code), String(code));
});

test('signalling to another’s room, to oneself, to nobody: nobody gets it', async () => {
	const mallory = await seat();
	const victim = await seat({ subject: 1 });
	const before = victim.socket.messages.length;
	for (let to = 1; to < 40; to++)
		mallory.socket.send({ ...OFFER, to });
	mallory.socket.send({ type: 'state', microphone: true, camera: true, screen: true, phone: true });
	mallory.socket.send({ type: 'ping' });
	await until(() => mallory.socket.messages.some((message) => message.type === 'pong'), 'all was read');
	equal(victim.socket.messages.length, before, 'what came to the other');
	equal(mallory.socket.messages.filter((message) => message.type !== 'pong').length, 1, 'what came back');
	await mallory.socket.end();
	await victim.socket.end();
});

test('what is passed on says who it is really from, and nothing more', async () => {
	const turn = 5000;
	const anne = await seat({ turn });
	const zoe = await seat({ turn });
	zoe.socket.send(OFFER);
	await until(() => anne.socket.messages.some((message) => message.type === 'description'), 'it comes');
	equal(anne.socket.messages.at(-1), { type: 'description', from: 2, description: { type: 'offer', sdp: 'v=0\r\n' } }, 'what comes');
	await anne.socket.end();
	await zoe.socket.end();
});

test('a page of another site, a token that is none, a path that goes up: no socket', async () => {
	const { name, socket } = await seat();
	const answers = [];
	for (const other of [new Socket(name, { origin: 'https://evil.example' }), new Socket('nobody'),
		new Socket(name, { path: `/v/${name}/room/..%2f1/socket` }), new Socket(name, { path: `/v/${name}/room/2/socket/x` })])
		answers.push(await other.closed);
	note(answers.join('; '));
	check(answers.every((answer) => /40[0-9]/.test(String(answer))), answers.join('; '));
	await socket.end();
});

test('forty sockets of one key that say nothing: a dozen, then no more; who is in stays', async () => {
	const { name, socket } = await seat();
	const more = Array.from({ length: 40 }, () => new Socket(name));
	const codes = [];
	more.forEach((one) => one.closed.then((code) => codes.push(code)));
	await until(() => codes.length >= 29, 'those are closed that are too many');
	equal([...new Set(codes)], [4403], 'the code');
	socket.send({ type: 'ping' });
	await until(() => socket.messages.some((message) => message.type === 'pong'), 'who is in is answered');
	await until(() => codes.length === 40, 'and those that say nothing within ten seconds');
	equal([...new Set(codes)].sort(), [4403, 4408], 'the codes');
	await socket.end();
});

test('who may not be there any more is put out, whatever they do', async () => {
	const { name, socket } = await seat();
	rooms.let(name, null);
	rooms.change();
	equal(await socket.closed, 4410, 'the code');
	equal(/404/.test(String(await new Socket(name).closed)), true, 'and does not come back');
});

await run();
