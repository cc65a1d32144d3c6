// SPDX-License-Identifier: GPL-3.0-or-later
// The browsers of room_whole.py and room_real.py.
import { PHONE, Visitor, check, equal, launch, note, run, test, until } from './room-lib.mjs';

const { ROOM_ORIGIN: origin, ROOM_GUEST: guest, ROOM_HOST: once, ROOM_SUBJECT: subject = '1', ROOM_GUEST_NAME: guestName = 'Julie Tremblay',
	ROOM_HOST_NAME: hostName = 'Sophie Gagnon', ROOM_FROM_INSIDE: fromInside } = process.env;
const browser = await launch();
const julie = await Visitor.make(browser, { viewport: PHONE });
const sophie = await Visitor.make(browser);

test('the host comes in by a link that is good once', async () => {
	await sophie.page.goto(`${origin}/h/${once}`);
	await sophie.page.click('main button');
	await sophie.page.waitForURL(`**/p/host/${subject}`);
	const again = await (await Visitor.make(browser)).page.goto(`${origin}/h/${once}`);
	check([200, 404].includes(again.status()), 'looking at it again is no way in');
});

test('the guest: link, page, door, questions, waiting room', async () => {
	await julie.page.goto(`${origin}/v/${guest}`);
	julie.begun = Date.now();
	await julie.page.goto(`${origin}/v/${guest}/door/${subject}`);
	// what its policy asks of this session
	for (const [field, answer] of [['place', 'à la maison'], ['companion', 'sa mère'], ['phone', '581 555-0177']])
		if (await julie.page.$(`#f-${field}`)) await julie.page.fill(`#f-${field}`, answer);
	if (await julie.page.$('[name=consent]')) await julie.page.check('[name=consent]');
	await julie.page.click('.arrive button');
	await until(async () => (await julie.page.textContent('h1')).includes('salle d’attente'), 'she waits');
});

test('the door is opened: both see each other move and hear each other', async () => {
	await until(async () => (await sophie.page.textContent('main')).includes(guestName), 'the host sees who waits');
	const goIn = async () => {
		// a host who is not in yet comes in first
		if (!(await sophie.page.$(`a[href="/p/room/${subject}"]`))) await sophie.page.click('button.go');
		await sophie.page.click(`a[href="/p/room/${subject}"]`);
	};
	// from the page of the door, or from the room itself
	if (fromInside) {
		await goIn();
		await until(async () => (await sophie.page.textContent('#waiting')).includes(guestName), 'the room shows who waits');
		equal(await sophie.status(), `À la porte : ${guestName}.`, 'and says so');
	}
	const begun = Date.now();
	await sophie.page.click('[name=in][value=yes]');
	await until(async () => !(await sophie.page.$('[name=in][value=yes]')), 'she is let in');
	if (!fromInside) await goIn();
	await until(() => julie.page.url().endsWith(`/room/${subject}`), 'she goes in by herself');
	await Promise.all([julie.seesAndHears(1), sophie.seesAndHears(1)]);
	note(`${Date.now() - begun} ms from opening the door to picture and sound both ways`);
	await until(async () => (await julie.status()) === `Vous êtes avec ${hostName}.`, 'it is said');
	await julie.page.reload();
	await Promise.all([julie.seesAndHears(1), sophie.seesAndHears(1)]);
});

test('the host ends it: everybody stands at the door, which says so', async () => {
	await sophie.page.click('text=Terminer pour tous');
	await until(async () => julie.page.url().includes(`/door/${subject}`) && (await julie.page.textContent('h1')).includes('terminée'), 'it is over');
	await until(() => !sophie.page.url().includes('/room/'), 'for the host too');
	equal([...julie.errors, ...sophie.errors].filter((text) => !text.includes('404')), [], 'faults in the pages');
});

await run();
