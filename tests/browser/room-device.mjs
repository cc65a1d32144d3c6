// SPDX-License-Identifier: GPL-3.0-or-later
// "Test my device": what it says of a good device, of one that is refused, and of a network that lets nothing through.
import { Rooms, Visitor, check, equal, findPort, launch, makeEntry, makeFolder, note, require, run, start, test, until } from './room-lib.mjs';
import { readFileSync } from 'node:fs';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch();
const closed = await findPort();

async function open(rooms, from = browser, options = {}) {
	rooms.let('zoe', makeEntry());
	const visitor = await Visitor.make(from, { viewport: { width: 320, height: 640 }, ...options });
	await visitor.page.goto(`${rooms.origin}/v/zoe/test`);
	return visitor;
}

async function conclude(visitor) {
	await visitor.page.click('#t-start');
	await until(() => visitor.page.getAttribute('#test', 'data-done'), 'it is done');
	return visitor.page.evaluate(() => ({ ...document.getElementById('test').dataset }));
}

test('a good device: all is well, once one has said that one heard', async () => {
	const rooms = await Rooms.start();
	const visitor = await open(rooms);
	equal(await visitor.page.evaluate(() => document.documentElement.scrollWidth <= 320), true, 'no scrolling sideways');
	const said = await conclude(visitor);
	equal([said.camera, said.microphone, said.network, said.done], ['camera-good', 'microphone-good', 'network-good', 'good'], 'what is said');
	check(await visitor.page.isVisible('#t-heard'), 'it is asked whether the tones were heard');
	equal(await visitor.page.textContent('#said'), 'One thing is left: say below whether you heard the tones.', 'all is not well yet');
	await visitor.page.click('#t-no');
	equal(await visitor.page.textContent('#said'), 'Something is to be looked at: it is said below.', 'said by a screen reader too');
	check((await visitor.page.textContent('#t-sound .result')).includes('volume'), 'what to do');
	await visitor.page.click('#t-yes');
	equal(await visitor.page.textContent('#said'), 'All is well: you are ready.', 'and now');
	await visitor.page.evaluate(axe);
	const found = await visitor.page.evaluate(() => window.axe.run(document));
	equal(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`), [], 'axe');
	equal(visitor.errors, [], 'faults in the page');
	await visitor.close();
});

test('camera and microphone refused: what to do is said, in French too', async () => {
	const rooms = await Rooms.start({ ROOM_LANGUAGE: 'fr' });
	const plain = await launch({ fakeUi: false });
	const visitor = await open(rooms, plain, { permissions: [] });
	const said = await conclude(visitor);
	equal([said.camera, said.microphone, said.done], ['camera-refused', 'microphone-refused', 'bad'], 'what is said');
	check((await visitor.page.textContent('#t-camera .result')).includes('permettez la caméra'), 'what to do');
	await visitor.close();
	await plain.close();
});

test('a TURN server that is not there, and none of the others: the network is to be looked at', async () => {
	const rooms = await Rooms.start({ ROOM_TEST_SERVERS: `turn:127.0.0.1:${closed}?transport=tcp` });
	const visitor = await open(rooms);
	const said = await conclude(visitor);
	equal([said.network, said.done], ['network-blocked', 'bad'], 'what is said');
	await visitor.close();
});

test('a TURN server that answers: there is a way by it, without a credential of anybody’s', async () => {
	const folder = makeFolder();
	const port = await findPort();
	const turn = start('turnserver', ['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--use-auth-secret',
		'--static-auth-secret=of-nobody', '--realm=comodal.test', '--no-tls', '--no-dtls', '--no-cli', `--userdb=${folder}/users`,
		`--pidfile=${folder}/pid`, '--log-file=stdout', '--verbose']);
	await until(() => turn.says('listener opened on'), 'coturn listens');
	for (const [url, word] of [['turn:127.0.0.1:PORT?transport=udp', 'network-relay'], ['turn:127.0.0.1:PORT?transport=tcp', 'network-relay']]) {
		const rooms = await Rooms.start({ ROOM_TEST_SERVERS: url.replace('PORT', port) });
		const visitor = await open(rooms);
		const said = await conclude(visitor);
		note(`${url}: ${said.found}`);
		equal(said.network, word, url);
		await visitor.close();
	}
	await turn.stop();
});

await run();
