// SPDX-License-Identifier: GPL-3.0-or-later
// The browsers of room_whole.py.
import { PHONE, Visitor, check, equal, launch, note, run, test, until } from './room-lib.mjs';

const { ROOM_ORIGIN: origin, ROOM_GUEST: guest, ROOM_HOST: once } = process.env;
const browser = await launch();
const julie = await Visitor.make(browser, { viewport: PHONE });
const sophie = await Visitor.make(browser);

test('the host comes in by a link that is good once', async () => {
	await sophie.page.goto(`${origin}/h/${once}`);
	await sophie.page.click('main button');
	await sophie.page.waitForURL('**/p/host/1');
	const again = await (await Visitor.make(browser)).page.goto(`${origin}/h/${once}`);
	check([200, 404].includes(again.status()), 'looking at it again is no way in');
});

test('the guest: link, page, door, questions, waiting room', async () => {
	await julie.page.goto(`${origin}/v/${guest}`);
	julie.begun = Date.now();
	await julie.page.goto(`${origin}/v/${guest}/door/1`);
	await julie.page.fill('#f-place', 'à la maison');
	await julie.page.fill('#f-companion', 'sa mère');
	await julie.page.fill('#f-phone', '581 555-0177');
	await julie.page.check('[name=consent]');
	await julie.page.click('.arrive button');
	await until(async () => (await julie.page.textContent('h1')).includes('salle d’attente'), 'she waits');
});

test('the door is opened: both see each other move and hear each other', async () => {
	await until(async () => (await sophie.page.textContent('main')).includes('Julie Tremblay'), 'the host sees who waits');
	const begun = Date.now();
	await sophie.page.click('[name=in][value=yes]');
	await until(async () => !(await sophie.page.$('[name=in][value=yes]')), 'she is let in');
	await sophie.page.click('a[href="/p/room/1"]');
	await until(() => julie.page.url().endsWith('/room/1'), 'she goes in by herself');
	await Promise.all([julie.seesAndHears(1), sophie.seesAndHears(1)]);
	note(`${Date.now() - begun} ms from opening the door to picture and sound both ways`);
	await until(async () => (await julie.status()) === 'Vous êtes avec Sophie Gagnon.', 'it is said');
	await julie.page.reload();
	await Promise.all([julie.seesAndHears(1), sophie.seesAndHears(1)]);
});

test('the host ends it: everybody stands at the door, which says so', async () => {
	await sophie.page.click('text=Terminer pour tous');
	await until(async () => julie.page.url().includes('/door/1') && (await julie.page.textContent('h1')).includes('terminée'), 'it is over');
	await until(() => !sophie.page.url().includes('/room/'), 'for the host too');
	equal([...julie.errors, ...sophie.errors].filter((text) => !text.includes('404')), [], 'faults in the pages');
});

await run();
