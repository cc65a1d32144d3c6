// SPDX-License-Identifier: GPL-3.0-or-later
// A group in a room of a real Janus: three browsers see and hear one another; tokens of another room let nobody in.
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rooms, Visitor, check, equal, findPort, launch, makeEntry, makeFolder, note, run, start, test, until } from './room-lib.mjs';

const SECRET = 'a-secret-of-these-tests-alone';
const LIBRARY = '/usr/lib/x86_64-linux-gnu/janus';
const PLUGIN = 'janus.plugin.videoroom';

async function startJanus() {
	const folder = makeFolder();
	const ports = { socket: await findPort(), admin: await findPort(), http: await findPort() };
	mkdirSync(join(folder, 'none'));
	writeFileSync(join(folder, 'janus.jcfg'), `general: { configs_folder = "${folder}"; plugins_folder = "${LIBRARY}/plugins";
  transports_folder = "${LIBRARY}/transports"; loggers_folder = "${folder}/none"; events_folder = "${folder}/none"; debug_level = 4;
  admin_secret = "admin"; token_auth = true; token_auth_secret = "${SECRET}"; session_timeout = 60 };
media: { rtp_port_range = "27000-27399" };
nat: { ice_enforce_list = "lo" };
plugins: { disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_lua.so,libjanus_duktape.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" };
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" };
`);
	writeFileSync(join(folder, 'janus.transport.http.jcfg'), `general: { http = true; port = ${ports.http}; ip = "127.0.0.1"; base_path = "/janus" };
admin: { admin_http = true; admin_port = ${ports.admin}; admin_ip = "127.0.0.1"; admin_base_path = "/admin" };
`);
	writeFileSync(join(folder, 'janus.transport.websockets.jcfg'), `general: { ws = true; ws_port = ${ports.socket}; ws_ip = "127.0.0.1" };
`);
	writeFileSync(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: { admin_key = "room-key"; string_ids = true };\n');
	const janus = start('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')]);
	await until(() => fetch(`http://127.0.0.1:${ports.admin}/admin/info`).then((answer) => answer.ok), 'Janus answers');
	return { ...janus, ...ports };
}

async function makeRoom(janus, room) {
	const answer = await fetch(`http://127.0.0.1:${janus.admin}/admin`, {
		method: 'POST',
		body: JSON.stringify({
			janus: 'message_plugin', transaction: 't', admin_secret: 'admin', plugin: PLUGIN,
			request: { request: 'create', admin_key: 'room-key', room, is_private: true, signed_tokens: true, require_pvtid: true, publishers: 12, secret: 'rs' },
		}),
	});
	equal((await answer.json()).response.videoroom, 'created', 'the room');
}

// as comodald mints them (daemon/visio/provider-janus.c)
function mint(realm, what) {
	const text = `${Math.floor(Date.now() / 1000) + 3600},${realm},${what}`;
	return `${text}:${createHmac('sha1', SECRET).update(text).digest('base64')}`;
}

function access(janus, room, tokenRoom = room) {
	return {
		socket: `ws://127.0.0.1:${janus.socket}`, room, token: mint('janus', PLUGIN), room_token: mint(PLUGIN, `room=${tokenRoom}`),
	};
}

const janus = await startJanus();
const rooms = await Rooms.start({ ROOM_CONNECT: `ws://127.0.0.1:${janus.socket}` });
const browser = await launch();
await makeRoom(janus, 'sess1');
await makeRoom(janus, 'sess2');

async function enter(name, values) {
	rooms.let(name, makeEntry({ kind: 'janus', name, seat: name, peers_max: 12, ...values }));
	const visitor = await Visitor.make(browser);
	await visitor.enter(rooms, name);
	return visitor;
}

async function close(...visitors) {
	for (const visitor of visitors) {
		equal(visitor.errors, [], 'faults in a page');
		await visitor.close();
	}
}

test('three see each other move and hear each other', async () => {
	const people = [];
	for (const name of ['Sophie', 'Zoe', 'Amina'])
		people.push(await enter(name, { janus: access(janus, 'sess1') }));
	await Promise.all(people.map((visitor) => visitor.seesAndHears(2)));
	note(`${Date.now() - people[2].begun} ms from pressing the link to picture and sound of all three`);
	const captions = (await people[0].captions()).join(' ');
	check(captions.includes('Zoe') && captions.includes('Amina'), `names: ${captions}`);
	await until(() => rooms.process.says('report works'), 'comodald is told that it works');
	await people[2].page.click('text=Leave');
	await until(async () => !(await people[0].captions()).join(' ').includes('Amina'), 'who leaves is gone');
	await people[0].seesAndHears(1);
	await close(...people);
});

test('a new search for a way, and pictures go on', async () => {
	const people = [await enter('Sophie', { janus: access(janus, 'sess1') }), await enter('Zoe', { janus: access(janus, 'sess1') })];
	await Promise.all(people.map((visitor) => visitor.seesAndHears(1)));
	await people[0].page.evaluate(() => window.room.page.group.networkChanged());
	await new Promise((resolve) => setTimeout(resolve, 1500));
	await Promise.all(people.map((visitor) => visitor.seesAndHears(1)));
	await close(...people);
});

test('sound only, and the camera again', async () => {
	const people = [await enter('Sophie', { janus: access(janus, 'sess1') }), await enter('Zoe', { janus: access(janus, 'sess1') })];
	await Promise.all(people.map((visitor) => visitor.seesAndHears(1)));
	await people[1].page.click('summary');
	await people[1].page.click('[data-thrift="sound"]');
	await until(async () => {
		const first = Object.values(await people[1].measure())[0].frames;
		await new Promise((resolve) => setTimeout(resolve, 1000));
		return Object.values(await people[1].measure())[0].frames === first;
	}, 'no more frames');
	await people[1].seesAndHears(1, { picture: false });
	await people[1].page.click('[data-thrift="all"]');
	await Promise.all(people.map((visitor) => visitor.seesAndHears(1)));
	await close(...people);
});

test('figures of somebody who leaves meanwhile', async () => {
	const people = [await enter('Sophie', { janus: access(janus, 'sess1') }), await enter('Zoe', { janus: access(janus, 'sess1') })];
	await people[0].seesAndHears(1);
	// as Firefox does of a connection that is closed before it answered
	await people[0].page.evaluate(() => {
		RTCPeerConnection.prototype.getStats = () => new Promise(() => {});
		window.measured = window.room.page.group.measure();
	});
	await people[1].page.click('text=Leave');
	const figures = await people[0].page.evaluate(() => window.measured);
	equal(Object.values(figures).map((one) => one.frames), [0], 'figures of who is gone');
	await close(...people);
});

test('a token of another room lets nobody in', async () => {
	const inside = await enter('Sophie', { janus: access(janus, 'sess2') });
	const stranger = await enter('Mallory', { janus: access(janus, 'sess2', 'sess1') });
	await until(() => stranger.page.evaluate(() => Boolean(window.room.page.group.trouble)), 'Janus refuses');
	await new Promise((resolve) => setTimeout(resolve, 1500));
	equal(await stranger.measure(), {}, 'who is seen');
	equal(await inside.measure(), {}, 'who is seen by who is in');
	await inside.close();
	await stranger.close();
});

await run();
