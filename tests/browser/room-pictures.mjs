// SPDX-License-Identifier: GPL-3.0-or-later
// Makes docs/pictures/room/: node tests/browser/room-pictures.mjs, in `meson devenv`.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESKTOP, PHONE, Rooms, Visitor, launch, makeEntry, run, test, until } from './room-lib.mjs';

const folder = join(process.env.COMODAL_SOURCE_ROOT, 'docs/pictures/room');
mkdirSync(folder, { recursive: true });
const browser = await launch();
const all = { fr: await Rooms.start({ ROOM_LANGUAGE: 'fr' }), en: await Rooms.start() };
for (const rooms of Object.values(all)) {
	rooms.let('sophie-host', makeEntry({ role: 'host', name: 'Sophie Gagnon', seat: 's', visit: 8 }));
	rooms.let('zoe', makeEntry({ name: 'Julie Tremblay' }));
	rooms.let('amina', makeEntry({ name: 'Amina Diallo', seat: 'a' }));
	rooms.let('luc', makeEntry({ name: 'Luc Roy', seat: 'l' }));
}

const save = (visitor, name) => visitor.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

test('phone, in French', async () => {
	const zoe = await Visitor.make(browser, { viewport: PHONE });
	await zoe.enter(all.fr, 'zoe');
	await until(async () => (await zoe.status()).includes('restez'), 'alone');
	await save(zoe, 'alone-phone-fr');
	const sophie = await Visitor.make(browser);
	await sophie.enter(all.fr, 'sophie-host');
	await zoe.seesAndHears(1);
	await until(async () => (await zoe.status()).includes('Vous êtes avec'), 'together');
	await save(zoe, 'two-phone-fr');
	await sophie.page.click('#b-screen');
	await until(async () => (await zoe.captions()).some((text) => text.includes('écran')), 'screen');
	await zoe.page.click('#b-microphone');
	await zoe.page.click('summary');
	await save(zoe, 'more-phone-fr');
	await sophie.close();
	await zoe.close();
});

test('desk, in English', async () => {
	const people = [];
	for (const name of ['zoe', 'amina', 'luc', 'sophie-host']) {
		people.push(await Visitor.make(browser, { viewport: DESKTOP }));
		await people.at(-1).enter(all.en, name);
	}
	const sophie = people.at(-1);
	await sophie.seesAndHears(3);
	await people[1].page.click('#b-camera');
	await until(async () => (await sophie.captions()).some((text) => text.includes('camera off')), 'camera off');
	await until(async () => (await sophie.status()).includes('You are with'), 'together');
	await save(sophie, 'four-desktop-en');
	await people[0].page.evaluate(() => window.room.page.group.chat('Can you see the drawing?'));
	await sophie.page.click('#chat-open');
	await sophie.page.fill('#f-chat', 'Yes, very well!');
	await sophie.page.press('#f-chat', 'Enter');
	await save(sophie, 'chat-desktop-en');
	for (const visitor of people)
		await visitor.close();
});

for (const [language, size, name] of [['fr', PHONE, 'phone'], ['en', DESKTOP, 'desktop']]) {
	test(`somebody at the door, ${language}`, async () => {
		const door = readFileSync(join(process.env.COMODAL_SOURCE_ROOT, `tests/fixtures/pages/host-waiting.${language}.html`), 'utf8');
		const there = await Rooms.start({ ROOM_LANGUAGE: language });
		there.let('sophie-host', makeEntry({ role: 'host', name: 'Sophie Gagnon', seat: 's', visit: 8 }));
		const sophie = await Visitor.make(browser, { viewport: size });
		await sophie.page.route('**/host/1', (route) => route.fulfill({ contentType: 'text/html', body: door }));
		await sophie.enter(there, 'sophie-host');
		await sophie.page.waitForSelector('#waiting li');
		await sophie.page.waitForSelector('#controls:not([hidden])');
		await until(async () => (await sophie.status()).includes('Julie Tremblay'), 'who waits is said');
		// the page's own height: the bar stands at the foot of what is seen
		await sophie.page.screenshot({ path: join(folder, `door-${name}-${language}.png`) });
		await sophie.close();
	});
}

test('the test of a device', async () => {
	const zoe = await Visitor.make(browser, { viewport: PHONE });
	await zoe.page.goto(`${all.fr.origin}/v/zoe/test`);
	await zoe.page.click('#t-start');
	await until(() => zoe.page.getAttribute('#test', 'data-done'), 'done', 30000);
	await save(zoe, 'test-phone-fr');
	await zoe.close();
});

await run();
