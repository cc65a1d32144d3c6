// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in room: everybody is connected to everybody (room-peer.js), by what the gateway's socket passes on. Mesh.Peer is set by
// room.js, which knows where that file is.

// kilobits a second to each of the others, when nobody asked for less: an old phone sends as often as there are people
const KBIT_BY_OTHERS = [1500, 1500, 900, 600];
const FAILING_AFTER = 20000;

export class Mesh {
  // `on`: person(person), gone(number), stream(number, stream), link(number, state), chat(number, text), works(whether)
  constructor(signal, media, on) {
    this.signal = signal;
    this.media = media;
    this.on = on;
    this.peers = new Map();
    this.people = new Map();
    this.wantsVideo = true;
    this.spend = 0; // kilobits a second in all; 0: as much as is sensible
    this.told = null;
  }

  // ---- what the socket says

  welcome(message) {
    this.config = {
      iceServers: message.ice, iceTransportPolicy: message.policy === "relay" ? "relay" : "all", bundlePolicy: "max-bundle",
    };
    const there = new Set(message.people.map((person) => person.number));
    for (const number of Array.from(this.people.keys())) if (!there.has(number)) this.remove(number);
    for (const peer of this.peers.values()) peer.setConfig(this.config);
    for (const person of message.people) {
      const known = this.peers.get(person.number);
      this.people.set(person.number, person);
      this.on.person(person);
      if (known) known.resume();
      // who comes makes the offer
      else if (person.polite) this.call(person.number);
    }
    this.shareOut();
    this.tellState();
  }

  receive(message) {
    switch (message.type) {
      case "joined":
        this.people.set(message.person.number, message.person);
        this.on.person(message.person);
        this.shareOut();
        break;
      case "left":
        this.remove(message.number);
        break;
      case "back":
        if (this.peers.has(message.number)) this.peers.get(message.number).resume();
        break;
      case "state":
        this.takeState(message);
        break;
      case "description":
      case "candidate":
        this.takeFrom(message);
        break;
      default:
    }
  }

  takeState(message) {
    const person = this.people.get(message.number);
    if (!person) return;
    for (const name of ["microphone", "camera", "screen", "phone"]) person[name] = Boolean(message[name]);
    this.expect(message.number);
    this.on.person(person);
  }

  // what should come from them, so that silence is not taken for a broken way
  expect(number) {
    const person = this.people.get(number);
    const peer = this.peers.get(number);
    if (person && peer) peer.expects = person.microphone || (this.wantsVideo && (person.camera || person.screen));
  }

  takeFrom(message) {
    const person = this.people.get(message.from);
    if (!person) return;
    let peer = this.peers.get(message.from);
    if (!peer && message.type === "candidate") return;
    if (!peer) peer = this.makePeer(message.from);
    peer.receive(message, { audio: this.media.audio, video: this.media.video, wantsVideo: this.wantsVideo });
  }

  // ---- the others

  makePeer(number) {
    const person = this.people.get(number);
    const link = {
      config: this.config,
      polite: person.polite,
      send: (message) => this.signal.send(Object.assign({ to: number }, message)),
    };
    const peer = new Mesh.Peer(link, {
      track: () => this.on.stream(number, peer.stream),
      state: (state) => this.followLink(number, state),
      chat: (text) => this.on.chat(number, text),
    });
    this.peers.set(number, peer);
    this.expect(number);
    this.shareOut();
    peer.patience = setTimeout(() => this.impatient(peer), FAILING_AFTER);
    return peer;
  }

  call(number) {
    const peer = this.makePeer(number);
    peer.setTracks(this.media.audio, this.media.video, this.wantsVideo);
  }

  remove(number) {
    const peer = this.peers.get(number);
    if (peer) {
      clearTimeout(peer.patience);
      peer.close();
    }
    this.peers.delete(number);
    this.tellDoubt();
    if (this.people.delete(number)) this.on.gone(number);
    this.shareOut();
  }

  followLink(number, state) {
    if (state === "connected") this.tellWorks(true);
    this.tellDoubt();
    this.on.link(number, state);
  }

  tellDoubt() {
    this.signal.doubt(Array.from(this.peers.values()).some((peer) => peer.state === "interrupted"));
  }

  // nobody was ever reached: the room does not work for this browser
  impatient(peer) {
    if (peer.everConnected) return;
    peer.setState("failed");
    if (!Array.from(this.peers.values()).some((one) => one.everConnected)) this.tellWorks(false);
  }

  tellWorks(works) {
    if (this.told === works) return;
    this.told = works;
    this.signal.send({ type: "report", works });
    this.on.works(works);
  }

  // ---- oneself

  tellState() {
    this.signal.send(Object.assign({ type: "state", phone: Boolean(this.phone) }, this.media.state));
  }

  async tracksChanged() {
    this.tellState();
    for (const peer of this.peers.values()) {
      if (peer.audioSender) await peer.setTracks(this.media.audio, this.media.video, this.wantsVideo);
    }
  }

  setPhone(phone) {
    this.phone = phone;
    this.tellState();
  }

  // `kbit`: in all, each way; 0: no limit
  async setThrift(wantsVideo, kbit) {
    this.wantsVideo = wantsVideo;
    this.spend = kbit;
    for (const number of this.peers.keys()) this.expect(number);
    this.shareOut();
    await this.tracksChanged();
  }

  shareOut() {
    const others = Math.max(1, this.people.size);
    const most = KBIT_BY_OTHERS[Math.min(others, KBIT_BY_OTHERS.length - 1)];
    const each = this.spend > 0 ? Math.min(most, Math.floor(this.spend / others)) : most;
    for (const peer of this.peers.values()) {
      peer.setLimit(each);
      peer.askLimit(this.spend > 0 ? each : 0);
    }
  }

  chat(text) {
    let heard = 0;
    for (const peer of this.peers.values()) if (peer.chat(text)) heard += 1;
    return heard;
  }

  networkChanged() {
    for (const peer of this.peers.values()) peer.networkChanged();
  }

  async measure() {
    const all = {};
    for (const [number, peer] of this.peers) {
      const figures = await peer.measure();
      if (figures) all[number] = Object.assign({ state: peer.state }, figures);
    }
    return all;
  }

  close() {
    for (const number of Array.from(this.people.keys())) this.remove(number);
  }
}
