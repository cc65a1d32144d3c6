// SPDX-License-Identifier: GPL-3.0-or-later
// A room of a Janus server, for groups: one connection there to be seen and heard, one from there for each of the others. Speaks the
// VideoRoom plugin's messages over Janus's own web socket. Same face to room.js as room-mesh.js.

const KEEP_ALIVE = 25000;
const FAILING_AFTER = 20000;
const KBIT = 900;

class JanusSocket {
  constructor(access, on) {
    this.access = access;
    this.on = on;
    this.asked = new Map();
    this.handles = new Map();
    this.count = 0;
  }

  open() {
    return new Promise((resolve, reject) => {
      this.socket = new WebSocket(this.access.socket, "janus-protocol");
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error("janus"));
      this.socket.onclose = () => this.closed();
      this.socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    });
  }

  async begin() {
    await this.open();
    this.session = (await this.ask({ janus: "create" })).data.id;
    this.alive = setInterval(() => this.say({ janus: "keepalive", session_id: this.session }), KEEP_ALIVE);
  }

  say(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(Object.assign({ token: this.access.token }, message)));
  }

  // its first answer that is more than "ack"
  ask(message) {
    this.count += 1;
    const transaction = String(this.count);
    return new Promise((resolve, reject) => {
      this.asked.set(transaction, { resolve, reject });
      this.say(Object.assign({ transaction }, message));
    });
  }

  async attach(take) {
    const message = { janus: "attach", plugin: "janus.plugin.videoroom", session_id: this.session };
    const handle = (await this.ask(message)).data.id;
    this.handles.set(handle, take);
    return handle;
  }

  request(handle, body, jsep) {
    const message = { janus: "message", session_id: this.session, handle_id: handle, body };
    if (jsep) message.jsep = jsep;
    return this.ask(message);
  }

  trickle(handle, candidate) {
    this.count += 1;
    this.say({
      janus: "trickle", session_id: this.session, handle_id: handle, transaction: String(this.count),
      candidate: candidate || { completed: true },
    });
  }

  receive(message) {
    const asked = message.janus === "ack" ? undefined : this.asked.get(message.transaction);
    if (asked) {
      this.asked.delete(message.transaction);
      const data = message.plugindata && message.plugindata.data;
      if (message.janus === "error" || (data && data.error_code)) asked.reject(new Error("janus"));
      else asked.resolve(message);
      return;
    }
    const take = this.handles.get(message.sender);
    if (take) take(message);
  }

  closed() {
    clearInterval(this.alive);
    for (const asked of this.asked.values()) asked.reject(new Error("janus"));
    this.asked.clear();
    if (!this.ended) this.on.broken();
  }

  close() {
    this.ended = true;
    this.say({ janus: "destroy", session_id: this.session, transaction: "end" });
    this.socket.close();
  }
}

export class Group {
  constructor(signal, media, on) {
    this.signal = signal;
    this.media = media;
    this.on = on;
    this.feeds = new Map(); // of Janus → { number, handle, pc, stream, state }
    this.count = 0;
    this.wantsVideo = true;
    this.kbit = KBIT;
    this.told = null;
  }

  welcome(message) {
    this.access = message.janus;
    this.name = message.name;
    if (!this.begun) this.begin();
  }

  receive() {}

  async begin() {
    this.begun = true;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.tellWorks(false), FAILING_AFTER);
    this.socket = new JanusSocket(this.access, { broken: () => this.again() });
    try {
      await this.socket.begin();
      await this.publish();
    } catch (error) {
      this.trouble = error;
      this.again();
    }
  }

  // a new session there: what it had of the last one it forgets by itself
  again() {
    if (this.ended || this.waiting) return;
    for (const id of Array.from(this.feeds.keys())) this.remove(id);
    if (this.pc) this.pc.close();
    this.socket.ended = true;
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      if (!this.ended) this.begin();
    }, 1500);
  }

  makeConnection(handle) {
    const pc = new RTCPeerConnection({ iceServers: this.access.ice || [], bundlePolicy: "max-bundle" });
    pc.onicecandidate = (event) => this.socket.trickle(handle, event.candidate);
    return pc;
  }

  // ---- to be seen and heard

  async publish() {
    this.handle = await this.socket.attach((message) => this.hear(message));
    this.pc = this.makeConnection(this.handle);
    this.pc.onconnectionstatechange = () => this.follow();
    this.audioSender = this.pc.addTransceiver(this.media.audio || "audio", { direction: "sendonly" }).sender;
    this.videoSender = this.pc.addTransceiver(this.media.video || "video", { direction: "sendonly" }).sender;
    const body = { request: "join", ptype: "publisher", room: this.access.room, display: this.name || "" };
    if (this.access.room_token) body.token = this.access.room_token;
    if (this.access.pin) body.pin = this.access.pin;
    const joined = (await this.socket.request(this.handle, body)).plugindata.data;
    this.privateId = joined.private_id;
    for (const publisher of joined.publishers || []) this.subscribe(publisher);
    await this.pc.setLocalDescription(await this.pc.createOffer());
    await this.configure(this.pc.localDescription);
  }

  async configure(offer) {
    const body = { request: this.published ? "configure" : "publish", bitrate: this.kbit * 1000 };
    this.published = true;
    const answer = await this.socket.request(this.handle, body, offer ? { type: offer.type, sdp: offer.sdp } : undefined);
    if (answer.jsep) await this.pc.setRemoteDescription(answer.jsep);
  }

  hear(message) {
    const data = message.plugindata && message.plugindata.data;
    if (message.janus === "hangup") this.again();
    if (!data) return;
    for (const publisher of data.publishers || []) this.subscribe(publisher);
    if (data.leaving && data.leaving !== "ok") this.remove(data.leaving);
    if (data.unpublished && data.unpublished !== "ok") this.remove(data.unpublished);
    if (data.videoroom === "destroyed") this.tellWorks(false);
  }

  async follow() {
    if (this.pc.connectionState === "connected") this.tellWorks(true);
    if (this.pc.connectionState === "failed") this.restart();
  }

  async restart() {
    if (this.ended || !this.published || this.pc.signalingState !== "stable") return;
    try {
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
      await this.configure(this.pc.localDescription);
      for (const feed of this.feeds.values()) {
        if (feed.pc) await this.socket.request(feed.handle, { request: "configure", restart: true });
      }
    } catch (error) {
      this.again();
    }
  }

  // ---- the others

  async subscribe(publisher) {
    if (this.feeds.has(publisher.id)) return;
    this.count += 1;
    const feed = { number: this.count, stream: new MediaStream(), state: "connecting" };
    feed.gone = new Promise((resolve) => { feed.leave = resolve; });
    this.feeds.set(publisher.id, feed);
    this.on.person({ number: feed.number, name: String(publisher.display || ""), camera: true, microphone: true });
    try {
      feed.handle = await this.socket.attach((message) => this.hearFeed(feed, message));
      feed.pc = this.makeConnection(feed.handle);
      feed.pc.ontrack = (event) => {
        feed.stream.addTrack(event.track);
        event.track.onunmute = () => this.on.stream(feed.number, feed.stream);
        this.on.stream(feed.number, feed.stream);
      };
      feed.pc.onconnectionstatechange = () => this.followFeed(feed);
      const body = {
        request: "join", ptype: "subscriber", room: this.access.room, streams: [{ feed: publisher.id }], private_id: this.privateId,
      };
      if (this.access.room_token) body.token = this.access.room_token;
      if (this.access.pin) body.pin = this.access.pin;
      await this.answer(feed, await this.socket.request(feed.handle, body));
    } catch (error) {
      this.remove(publisher.id);
    }
  }

  hearFeed(feed, message) {
    if (message.jsep) this.answer(feed, message);
  }

  async answer(feed, message) {
    if (!message.jsep) return;
    await feed.pc.setRemoteDescription(message.jsep);
    await feed.pc.setLocalDescription(await feed.pc.createAnswer());
    const { type, sdp } = feed.pc.localDescription;
    await this.socket.request(feed.handle, { request: "start" }, { type, sdp });
  }

  followFeed(feed) {
    const states = { connected: "connected", disconnected: "interrupted", failed: "interrupted" };
    const state = states[feed.pc.connectionState];
    if (!state || state === feed.state) return;
    feed.state = state;
    this.tellDoubt();
    this.on.link(feed.number, state);
  }

  tellDoubt() {
    this.signal.doubt(Array.from(this.feeds.values()).some((feed) => feed.state === "interrupted"));
  }

  remove(id) {
    const feed = this.feeds.get(id);
    if (!feed) return;
    this.feeds.delete(id);
    this.tellDoubt();
    if (feed.pc) feed.pc.close();
    feed.leave(null);
    this.on.gone(feed.number);
  }

  // ---- oneself

  tellWorks(works) {
    clearTimeout(this.patience);
    if (this.told === works || this.ended) return;
    this.told = works;
    this.signal.send({ type: "report", works });
    this.on.works(works);
  }

  async tracksChanged() {
    if (!this.audioSender || this.ended) return;
    try {
      await this.audioSender.replaceTrack(this.media.audio);
      await this.videoSender.replaceTrack(this.media.video);
    } catch (error) {
      // the connection is being made anew, with the tracks as they are then
      this.trouble = error;
    }
  }

  setPhone() {}

  async setThrift(wantsVideo, kbit) {
    this.kbit = kbit > 0 ? kbit : KBIT;
    this.wantsVideo = wantsVideo;
    if (!this.published) return;
    await this.configure();
    for (const [id, feed] of this.feeds) {
      if (feed.handle) await this.socket.request(feed.handle, { request: "configure", streams: [{ feed: id, send: wantsVideo, mid: "1" }] });
    }
  }

  chat() {
    return 0;
  }

  networkChanged() {
    this.restart();
  }

  async measure() {
    const all = {};
    for (const feed of this.feeds.values()) {
      const figures = { state: feed.state, frames: 0, audioPackets: 0 };
      // null: gone meanwhile, when Firefox's connection never answers
      const report = feed.pc ? await Promise.race([feed.pc.getStats(), feed.gone]) : null;
      if (report) {
        report.forEach((entry) => {
          if (entry.type !== "inbound-rtp") return;
          if (entry.kind === "video") figures.frames += entry.framesDecoded || 0;
          else figures.audioPackets += entry.packetsReceived || 0;
        });
      }
      all[feed.number] = figures;
    }
    return all;
  }

  close() {
    this.ended = true;
    clearTimeout(this.patience);
    clearTimeout(this.waiting);
    for (const id of Array.from(this.feeds.keys())) this.remove(id);
    if (this.pc) this.pc.close();
    if (this.socket) this.socket.close();
  }
}
