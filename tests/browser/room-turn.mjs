// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in room through a real coturn alone, by the configuration that is shipped with what is of one machine replaced.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Line, Rooms, Visitor, check, equal, findPort, launch, makeEntry, makeFolder, note, run, start, test, until } from './room-lib.mjs';

const SECRET = 'a-secret-of-these-tests-alone';
const EXAMPLE = readFileSync(join(process.env.COMODAL_SOURCE_ROOT, 'daemon/data/turnserver.conf.example'), 'utf8');
// what is of one machine, and would not work on another
const OWN = ['listening-port', 'tls-listening-port', 'realm', 'server-name', 'static-auth-secret', 'cert', 'pkey', 'min-port', 'max-port', 'syslog'];

const line = await Line.start();
const rooms = await Rooms.start({}, line);
line.to = rooms.port;
const browser = await launch();

function makeCertificate(folder) {
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'key.pem'), '-out',
		join(folder, 'cert.pem'), '-days', '3', '-subj', '/CN=localhost'], { stdio: 'ignore' });
}

// `guarded`: the peers that the shipped configuration refuses are refused, as in the wild
async function startTurn(guarded = false) {
	const folder = makeFolder();
	const port = await findPort();
	const tls = await findPort();
	makeCertificate(folder);
	const kept = EXAMPLE.split('\n').filter((line) => !OWN.includes(line.split('=')[0]) &&
		(guarded || !line.startsWith('denied-peer-ip')));
	const first = 20000 + Math.floor(Math.random() * 200) * 100;
	writeFileSync(join(folder, 'turnserver.conf'), [...kept, 'listening-ip=127.0.0.1', 'relay-ip=127.0.0.1',
		`listening-port=${port}`, `tls-listening-port=${tls}`, 'realm=comodal.test', `static-auth-secret=${SECRET}`,
		`cert=${folder}/cert.pem`, `pkey=${folder}/key.pem`, `min-port=${first}`, `max-port=${first + 99}`,
		`userdb=${folder}/users`, `pidfile=${folder}/pid`, 'log-file=stdout', 'verbose',
		// the tests have no other network than this
		'allow-loopback-peers', ''].join('\n'));
	const turn = start('turnserver', ['-c', join(folder, 'turnserver.conf')]);
	await until(() => turn.lines.filter((line) => /listener opened on/.test(line)).length >= 2, 'coturn listens');
	return { ...turn, port, pid: turn.child.pid };
}

// as comodald mints them (daemon/visio/turn-credential.h)
function mint(secret = SECRET, seconds = 3600) {
	const username = `${Math.floor(Date.now() / 1000) + seconds}:${Math.random().toString(36).slice(2)}`;
	return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

function serve(turns, transport = 'udp', credential = mint) {
	const ice = () => turns.map((turn) => ({ urls: [`turn:127.0.0.1:${turn.port}?transport=${transport}`], ...credential() }));
	rooms.let('sophie-host', makeEntry({ role: 'host', name: 'Sophie Gagnon', seat: 's', visit: 8, ice: ice(), ice_policy: 'relay' }));
	rooms.let('zoe', makeEntry({ ice: ice(), ice_policy: 'relay' }));
}

async function come() {
	const people = { sophie: await Visitor.make(browser), zoe: await Visitor.make(browser) };
	await people.sophie.enter(rooms, 'sophie-host');
	await people.zoe.enter(rooms, 'zoe');
	return people;
}

async function meet() {
	const people = await come();
	await Promise.all(Object.values(people).map((visitor) => visitor.seesAndHears(1)));
	for (const visitor of Object.values(people))
		check(Object.values(await visitor.measure())[0].relayed, 'the way is by the relay');
	note(`${Date.now() - people.zoe.begun} ms from pressing the link to picture and sound both ways`);
	return people;
}

async function part(people) {
	for (const visitor of Object.values(people)) {
		equal(visitor.errors, [], 'faults in a page');
		await visitor.close();
	}
}

for (const transport of ['udp', 'tcp']) {
	test(`two see and hear each other through coturn alone, ${transport}`, async () => {
		const turn = await startTurn();
		serve([turn], transport);
		await part(await meet());
		await until(() => turn.says('ALLOCATE processed, success'), 'coturn gave relays');
		await turn.stop();
	});
}

for (const [what, credential] of [['of another secret', () => mint('another')], ['that has run out', () => mint(SECRET, -60)]]) {
	test(`a credential ${what} lets nobody through`, async () => {
		const turn = await startTurn();
		serve([turn], 'udp', credential);
		const people = await come();
		await until(() => turn.says('401') || turn.says('Cannot find credentials'), 'coturn refuses');
		await new Promise((resolve) => setTimeout(resolve, 2000));
		check(!turn.lines.some((line) => line.includes('ALLOCATE processed, success')), 'no relay is given');
		equal(Object.values(await people.zoe.measure())[0].frames, 0, 'frames that came');
		await part(people);
		await turn.stop();
	});
}

test('what is shipped sends nothing to this machine or a private network', async () => {
	const turn = await startTurn(true);
	serve([turn]);
	const people = await come();
	await until(() => turn.says('Forbidden IP'), 'coturn refuses the peer');
	await new Promise((resolve) => setTimeout(resolve, 2000));
	equal(Object.values(await people.zoe.measure())[0].frames, 0, 'frames that came');
	await until(async () => (await people.zoe.problem()).includes('don’t get through'), 'the page says what to do');
	await until(() => rooms.process.says('report fails'), 'comodald is told that the room does not work');
	await part(people);
	await turn.stop();
});

test('the relay says nothing for ten seconds: it is said, and mends itself', async () => {
	const turn = await startTurn();
	serve([turn]);
	const people = await meet();
	process.kill(turn.pid, 'SIGSTOP');
	for (const visitor of Object.values(people))
		await until(async () => (await visitor.captions()).some((text) => text.includes('interrupted')), 'it is said');
	process.kill(turn.pid, 'SIGCONT');
	const begun = Date.now();
	await Promise.all(Object.values(people).map((visitor) => visitor.seesAndHears(1)));
	note(`${Date.now() - begun} ms until picture and sound are back`);
	for (const visitor of Object.values(people))
		await until(async () => !(await visitor.captions()).some((text) => text.includes('interrupted')), 'and no more');
	await part(people);
	await turn.stop();
});

test('a network that goes without a word and comes back another: the same people, the same page', async () => {
	const turn = await startTurn();
	serve([turn]);
	const people = await meet();
	const numbers = Object.keys(await people.sophie.measure());
	const sockets = {};
	for (const [name, visitor] of Object.entries(people))
		sockets[name] = await visitor.page.evaluateHandle(() => {
			const { signal } = window.room.page;
			// silence alone would tell at last: here only who asks will know
			clearInterval(signal.pinging);
			return signal.socket;
		});
	const gone = Date.now();
	line.lose();
	process.kill(turn.pid, 'SIGSTOP');
	for (const [name, visitor] of Object.entries(people))
		await until(() => visitor.page.evaluate((socket) => window.room.page.signal.socket !== socket, sockets[name]),
			'the dead socket is known as dead');
	note(`${Date.now() - gone} ms until the dead sockets are known as dead`);
	// those that were begun meanwhile get no answer
	await new Promise((resolve) => setTimeout(resolve, 3000));
	line.mend();
	process.kill(turn.pid, 'SIGCONT');
	const back = Date.now();
	for (const visitor of Object.values(people))
		await until(() => visitor.page.evaluate(() => window.room.page.signal.greeted), 'the socket is back');
	note(`${Date.now() - back} ms until the sockets are back`);
	await Promise.all(Object.values(people).map((visitor) => visitor.seesAndHears(1)));
	note(`${Date.now() - back} ms until picture and sound are back, ${Date.now() - gone} since the network went`);
	equal(Object.keys(await people.sophie.measure()), numbers, 'the same number');
	await part(people);
	await turn.stop();
});

test('a way that dies is replaced by another: the same people, the same page', async () => {
	const turns = [await startTurn(), await startTurn()];
	serve(turns);
	const people = await meet();
	const used = turns.map((turn) => turn.lines.filter((line) => line.includes('CREATE_PERMISSION processed, success')).length);
	const numbers = Object.keys(await people.sophie.measure());
	note(`permissions of each: ${used.join(', ')}`);
	// each in its turn, so that the one that is used goes
	await turns[0].stop();
	await new Promise((resolve) => setTimeout(resolve, 1000));
	const begun = Date.now();
	await Promise.all(Object.values(people).map((visitor) => visitor.seesAndHears(1)));
	note(`${Date.now() - begun} ms until picture and sound are back`);
	equal(Object.keys(await people.sophie.measure()), numbers, 'the same number');
	await part(people);
	await turns[1].stop();
});

await run();
