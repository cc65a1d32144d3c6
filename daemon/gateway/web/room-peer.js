// SPDX-License-Identifier: GPL-3.0-or-later
// The connection to one other person of a built-in room: perfect negotiation (each may change what they send at any time; of two offers at
// once the polite one's gives way), another way sought when the network changes, and what the connection's own figures tell.

const RESTART_AFTER = 3000; // "disconnected" often mends itself
const RESTART_EVERY = 7000;
const WATCH_EVERY = 2000;
const AUDIO_KBIT = 56; // with what each packet needs besides
const CHAT_MOST = 1000; // characters
const CHAT_PER_10_SECONDS = 20;

export class Peer {
  // `link`: send(message), config, polite; `on`: track(), state(state), chat(text), limit(kbit)
  constructor(link, on) {
    this.on = on;
    this.link = link;
    this.polite = link.polite;
    this.makingOffer = false;
    this.ignoreOffer = false;
    this.settingAnswer = false;
    this.state = "connecting";
    this.everConnected = false;
    this.wasConnected = false;
    this.kbit = { mine: 0, theirs: 0 };
    this.last = {};
    this.measuring = new Set();
    this.chatTimes = [];
    this.stream = new MediaStream();
    this.work = Promise.resolve();
    this.makeConnection();
    this.watching = setInterval(() => this.watch(), WATCH_EVERY);
    // whether they say that they send something
    this.expects = false;
  }

  makeConnection() {
    const pc = new RTCPeerConnection(this.link.config);
    this.pc = pc;
    pc.onnegotiationneeded = () => this.offer();
    pc.onicecandidate = (event) => this.tellCandidate(event.candidate);
    pc.ontrack = (event) => this.takeTrack(event);
    pc.oniceconnectionstatechange = () => this.followIce();
    pc.onconnectionstatechange = () => this.followIce();
    // agreed upon beforehand: what is typed goes from one to the other, never by the gateway
    this.channel = pc.createDataChannel("chat", { negotiated: true, id: 0 });
    this.channel.onmessage = (event) => this.hear(event.data);
    this.channel.onopen = () => this.tellLimit();
  }

  // ---- what is sent

  // null: nothing of that kind
  async setTracks(audio, video, wantsVideo) {
    try {
      await this.putTracks(audio, video, wantsVideo);
    } catch (error) {
      // they left meanwhile
      if (!this.closed) throw error;
    }
  }

  async putTracks(audio, video, wantsVideo) {
    if (!this.audioSender) {
      this.audioSender = this.pc.addTransceiver(audio || "audio", { direction: "sendrecv" });
      this.videoSender = this.pc.addTransceiver(video || "video", { direction: wantsVideo ? "sendrecv" : "inactive" });
    } else {
      await this.audioSender.sender.replaceTrack(audio);
      await this.videoSender.sender.replaceTrack(video);
      const direction = wantsVideo ? "sendrecv" : "inactive";
      if (this.videoSender.direction !== direction) this.videoSender.direction = direction;
    }
    await this.applyLimit();
  }

  // who was called takes the places that the offer made, so that both have one sound and one picture
  adoptTransceivers(audio, video, wantsVideo) {
    for (const transceiver of this.pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind;
      const name = kind === "audio" ? "audioSender" : "videoSender";
      if (this[name]) continue;
      this[name] = transceiver;
      transceiver.direction = kind === "audio" || wantsVideo ? "sendrecv" : "inactive";
      transceiver.sender.replaceTrack(kind === "audio" ? audio : video).catch((error) => {
        this.trouble = error;
      });
    }
  }

  // kilobits a second to them: what I want to spend, and what they said they can take; 0: as much as goes
  async setLimit(mine) {
    this.kbit.mine = mine;
    await this.applyLimit();
  }

  async applyLimit() {
    if (this.closed) return;
    const wanted = [this.kbit.mine, this.kbit.theirs].filter((kbit) => kbit > 0);
    if (!this.videoSender || !this.videoSender.sender.getParameters) return;
    const parameters = this.videoSender.sender.getParameters();
    if (!parameters.encodings || parameters.encodings.length === 0) return;
    const kbit = wanted.length > 0 ? Math.min(...wanted) : 0;
    if (kbit > 0) parameters.encodings[0].maxBitrate = Math.max(50, kbit - AUDIO_KBIT) * 1000;
    else delete parameters.encodings[0].maxBitrate;
    try {
      await this.videoSender.sender.setParameters(parameters);
    } catch (error) {
      // some browsers know this only once they send: watch() comes back to it
      this.limitDue = true;
      return;
    }
    this.limitDue = false;
  }

  // how much I can take of them
  askLimit(kbit) {
    this.asked = kbit;
    this.tellLimit();
  }

  tellLimit() {
    if (this.asked !== undefined && this.channel.readyState === "open")
      this.channel.send(JSON.stringify({ limit: this.asked }));
  }

  chat(text) {
    if (this.channel.readyState !== "open") return false;
    this.channel.send(JSON.stringify({ chat: text.slice(0, CHAT_MOST) }));
    return true;
  }

  // their word: short, text, not too often
  hear(data) {
    const now = Date.now();
    this.chatTimes = this.chatTimes.filter((time) => now - time < 10000);
    if (typeof data !== "string" || data.length > 2 * CHAT_MOST || this.chatTimes.length >= CHAT_PER_10_SECONDS) return;
    this.chatTimes.push(now);
    let said;
    try {
      said = JSON.parse(data);
    } catch (error) {
      return;
    }
    if (said && typeof said.chat === "string") this.on.chat(said.chat.slice(0, CHAT_MOST));
    if (said && Number.isInteger(said.limit) && said.limit >= 0 && said.limit < 100000) {
      this.kbit.theirs = said.limit;
      this.applyLimit();
    }
  }

  // ---- perfect negotiation

  async setLocal() {
    const pc = this.pc;
    try {
      await pc.setLocalDescription();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Safari before 14.1 wants to be given it
      const answers = pc.signalingState === "have-remote-offer";
      const options = this.restartDue ? { iceRestart: true } : {};
      await pc.setLocalDescription(answers ? await pc.createAnswer() : await pc.createOffer(options));
    }
    this.restartDue = false;
  }

  async offer() {
    try {
      this.makingOffer = true;
      await this.setLocal();
      this.tellDescription();
    } catch (error) {
      this.trouble = error;
    } finally {
      this.makingOffer = false;
    }
  }

  tellDescription() {
    const { type, sdp } = this.pc.localDescription;
    if (type === "offer" || type === "answer") this.link.send({ type: "description", description: { type, sdp } });
  }

  tellCandidate(candidate) {
    if (!candidate) {
      this.link.send({ type: "candidate", candidate: null });
      return;
    }
    const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const said = { candidate: text, sdpMid, sdpMLineIndex };
    if (usernameFragment) said.usernameFragment = usernameFragment;
    this.link.send({ type: "candidate", candidate: said });
  }

  // one after the other, as they came
  receive(message, media) {
    this.work = this.work.then(() => this.take(message, media)).catch((error) => {
      this.trouble = error;
    });
    return this.work;
  }

  async take(message, media) {
    const pc = this.pc;
    if (pc.signalingState === "closed") return;
    if (message.type === "candidate") {
      try {
        await pc.addIceCandidate(message.candidate || undefined);
      } catch (error) {
        if (!this.ignoreOffer) throw error;
      }
      return;
    }
    const description = message.description;
    const ready = !this.makingOffer && (pc.signalingState === "stable" || this.settingAnswer);
    const collides = description.type === "offer" && !ready;
    this.ignoreOffer = !this.polite && collides;
    if (this.ignoreOffer) return;
    if (description.type === "answer" && pc.signalingState !== "have-local-offer") return;
    this.settingAnswer = description.type === "answer";
    try {
      if (collides) await this.rollBack();
      await pc.setRemoteDescription(description);
    } finally {
      this.settingAnswer = false;
    }
    if (description.type === "offer" && !this.closed) {
      this.adoptTransceivers(media.audio, media.video, media.wantsVideo);
      await this.setLocal();
      this.tellDescription();
      await this.applyLimit();
    }
  }

  // newer browsers do it by themselves
  async rollBack() {
    if (this.pc.signalingState !== "have-local-offer") return;
    try {
      await this.pc.setLocalDescription({ type: "rollback" });
    } catch (error) {
      this.trouble = error;
    }
  }

  takeTrack(event) {
    const track = event.track;
    for (const old of this.stream.getTracks()) {
      if (old.kind === track.kind && old !== track) this.stream.removeTrack(old);
    }
    if (!this.stream.getTracks().includes(track)) this.stream.addTrack(track);
    track.onunmute = () => this.on.track();
    track.onmute = () => this.on.track();
    this.on.track();
  }

  // ---- another way when this one is gone

  followIce() {
    const ice = this.pc.iceConnectionState;
    clearTimeout(this.restarting);
    if (ice === "connected" || ice === "completed") {
      this.everConnected = true;
      this.setState("connected");
    } else if (ice === "failed") {
      this.setState(this.everConnected ? "interrupted" : "failed");
      this.restart();
    } else if (ice === "disconnected") {
      this.setState("interrupted");
      this.restarting = setTimeout(() => this.restart(), RESTART_AFTER);
    }
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.on.state(state);
  }

  // fresh credentials are used from the next search on
  setConfig(config) {
    this.link.config = config;
    try {
      this.pc.setConfiguration(config);
    } catch (error) {
      this.trouble = error;
    }
  }

  restart() {
    clearTimeout(this.restarting);
    if (this.closed) return;
    this.restarting = setTimeout(() => {
      if (!this.isConnected()) this.restart();
    }, RESTART_EVERY);
    if (this.pc.restartIce) {
      this.pc.restartIce();
    } else {
      this.restartDue = true;
      if (this.pc.signalingState === "stable") this.offer();
    }
  }

  isConnected() {
    return ["connected", "completed"].includes(this.pc.iceConnectionState);
  }

  // The socket was broken, theirs or mine: an offer, an answer or a candidate may have been lost.
  async resume() {
    if (this.closed) return;
    if (this.pc.signalingState === "stable" && this.isConnected()) return;
    if (this.pc.signalingState === "have-local-offer") await this.rollBack();
    this.restart();
  }

  // the network is another one: don't wait until the old way is known to be dead
  networkChanged() {
    this.restart();
  }

  // ---- what the figures tell

  async watch() {
    if (this.limitDue) this.applyLimit();
    const figures = await this.measure();
    if (!figures || this.closed || this.state === "failed") return;
    const before = this.last;
    this.last = figures;
    if (!this.isConnected() || before.time === undefined) return;
    const seconds = (figures.time - before.time) / 1000;
    const came = figures.packets - before.packets;
    const lost = Math.max(0, figures.lost - before.lost);
    figures.loss = came + lost > 0 ? lost / (came + lost) : 0;
    figures.kbit = Math.round((figures.octets - before.octets) * 8 / 1000 / seconds);
    this.silent = came > 0 || !this.expects ? 0 : (this.silent || 0) + 1;
    if (this.silent >= 2) this.setState("interrupted");
    else if (figures.loss > 0.06 || figures.delay > 0.5) this.setState("weak");
    else this.setState("connected");
    // sooner than ICE itself would say that it is disconnected
    if (this.silent === 2) this.restart();
  }

  // null: closed meanwhile, when Firefox's connection never answers
  askFigures() {
    return new Promise((resolve, reject) => {
      this.measuring.add(resolve);
      this.pc.getStats().then(resolve, reject).finally(() => this.measuring.delete(resolve));
    });
  }

  async measure() {
    if (this.closed) return null;
    const figures = { packets: 0, lost: 0, octets: 0, frames: 0, audioPackets: 0, delay: 0, relayed: false };
    const report = await this.askFigures();
    if (!report) return null;
    const pairs = {};
    const locals = {};
    let chosen = null;
    report.forEach((entry) => {
      figures.time = Math.max(figures.time || 0, entry.timestamp);
      if (entry.type === "inbound-rtp") {
        figures.packets += entry.packetsReceived || 0;
        figures.lost += entry.packetsLost || 0;
        figures.octets += entry.bytesReceived || 0;
        if (entry.kind === "video") figures.frames += entry.framesDecoded || 0;
        if (entry.kind === "audio") figures.audioPackets += entry.packetsReceived || 0;
      } else if (entry.type === "candidate-pair") {
        pairs[entry.id] = entry;
        if (entry.selected || (entry.nominated && entry.state === "succeeded")) chosen = chosen || entry.id;
      } else if (entry.type === "transport" && entry.selectedCandidatePairId) {
        chosen = entry.selectedCandidatePairId;
      } else if (entry.type === "local-candidate") {
        locals[entry.id] = entry;
      }
    });
    const pair = pairs[chosen];
    if (pair) {
      figures.delay = pair.currentRoundTripTime || 0;
      const local = locals[pair.localCandidateId];
      figures.relayed = Boolean(local && local.candidateType === "relay");
    }
    return figures;
  }

  close() {
    this.closed = true;
    clearInterval(this.watching);
    clearTimeout(this.restarting);
    this.pc.onnegotiationneeded = null;
    this.pc.oniceconnectionstatechange = null;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    for (const answer of this.measuring) answer(null);
  }
}
