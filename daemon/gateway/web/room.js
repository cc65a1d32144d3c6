// SPDX-License-Identifier: GPL-3.0-or-later
// The page of a video room: tiles of people, buttons, what is said of how it stands. All its words stand in the page (#words), in the
// reader's language. The other files come by the names that the page has for them, for those change with what is in them.

const root = document.getElementById("room");
const find = (id) => document.getElementById(id);
const AT_MOST_LINES = 200;
const HINT_AFTER = 12000;
const THRIFT_KBIT = 500;
const WAITING_EVERY = 5000;

const words = {};
for (const element of document.querySelectorAll("#words [data-word]")) words[element.dataset.word] = element.textContent;

function say(word, ...texts) {
  return (words[word] || "").replace(/\{(\d)\}/g, (_, index) => texts[Number(index)] || "");
}

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

class Page {
  constructor(parts) {
    this.parts = parts;
    this.tiles = new Map();
    this.people = new Map();
    this.ended = false;
  }

  // ---- what is said

  status(word, ...texts) {
    const text = say(word, ...texts);
    const line = find("said");
    if (text && line.textContent !== text) line.textContent = text;
  }

  // something to be done by who reads it; stays until it is gone
  problem(word, ...texts) {
    find("problem-text").textContent = say(word, ...texts);
    find("problem").hidden = false;
  }

  noProblem() {
    find("problem").hidden = true;
  }

  tellWhoIsHere() {
    const names = Array.from(this.people.values()).map((person) => person.name);
    if (names.length === 0 && this.waiting && this.waiting.names) this.status("waits", this.waiting.names);
    else if (names.length === 0) this.status("alone");
    else this.status("together", names.join(", "));
  }

  // ---- beginning

  async begin(wantsCamera) {
    const { Media, Signal } = this.parts;
    this.media = new Media(() => this.mediaChanged());
    this.status("asking");
    const asked = this.media.start(wantsCamera);
    // the way in is made meanwhile, but nobody is called before there is something to send
    const url = new URL(root.dataset.socket, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    await asked;
    this.tellMediaFaults();
    this.signal = new Signal(url.href, {
      open: (message) => this.welcome(message),
      message: (message) => this.receive(message),
      broken: () => this.status("reconnecting"),
      ended: (why) => this.end(why),
      lost: () => this.lookWhy(),
    });
    this.listenToNetwork();
    this.keepAwake();
    if (root.dataset.host) this.waiting = new Waiting(() => this.tellWhoIsHere());
  }

  listenToNetwork() {
    const changed = () => {
      if (this.group) this.group.networkChanged();
    };
    window.addEventListener("online", changed);
    if (navigator.connection && navigator.connection.addEventListener)
      navigator.connection.addEventListener("change", changed);
    if (navigator.mediaDevices && navigator.mediaDevices.addEventListener)
      navigator.mediaDevices.addEventListener("devicechange", () => this.listDevices());
  }

  // a screen that goes dark takes the camera with it
  async keepAwake() {
    const ask = async () => {
      if (document.visibilityState !== "visible" || !navigator.wakeLock || this.ended) return;
      try {
        this.awake = await navigator.wakeLock.request("screen");
      } catch (error) {
        this.awake = null;
      }
    };
    document.addEventListener("visibilitychange", ask);
    await ask();
  }

  welcome(message) {
    if (!this.group) {
      const on = {
        person: (person) => this.person(person),
        gone: (number) => this.gone(number),
        stream: (number, stream) => this.stream(number, stream),
        link: (number, state) => this.link(number, state),
        chat: (number, text) => this.heard(number, text),
        works: (works) => this.works(works),
      };
      this.group = message.kind === "janus" ? new this.parts.Group(this.signal, this.media, on)
        : new this.parts.Mesh(this.signal, this.media, on);
      find("controls").hidden = false;
      find("chat-open").hidden = message.kind === "janus";
      if (message.phone) this.showNumber(message.phone);
    }
    this.me = message.you;
    this.quiet = true; // who was there before does not "come in"
    this.group.welcome(message);
    this.quiet = false;
    this.tellWhoIsHere();
    this.applyThrift();
  }

  showNumber(phone) {
    const link = make("a", "", phone);
    link.href = "tel:" + phone.replace(/[^+0-9]/g, "");
    find("phone-number").replaceChildren(link);
  }

  receive(message) {
    if (this.group) this.group.receive(message);
  }

  // ---- people

  tile(number) {
    let tile = this.tiles.get(number);
    if (tile) return tile;
    const figure = make("figure", "tile");
    const video = make("video");
    video.autoplay = true;
    video.playsInline = true;
    video.setAttribute("playsinline", "");
    const caption = make("figcaption");
    const name = make("span", "name");
    const note = make("span", "how");
    caption.append(name, note);
    figure.append(video, caption);
    tile = { figure, video, name, note, state: "connecting" };
    this.tiles.set(number, tile);
    find("stage").insertBefore(figure, find("stage").querySelector(".me"));
    this.count();
    return tile;
  }

  count() {
    find("stage").dataset.people = String(this.tiles.size);
  }

  person(person) {
    const known = this.people.has(person.number);
    this.people.set(person.number, person);
    const tile = this.tile(person.number);
    tile.name.textContent = person.name;
    this.describe(person.number);
    if (known || this.quiet) return;
    this.status("joined", person.name);
    setTimeout(() => this.tellWhoIsHere(), 4000);
  }

  // the state in words, under the picture
  describe(number) {
    const person = this.people.get(number);
    const tile = this.tiles.get(number);
    if (!person || !tile) return;
    const notes = [];
    if (tile.state !== "connected") notes.push(say("link-" + tile.state));
    if (person.phone) notes.push(say("by-phone"));
    if (person.screen) notes.push(say("screen"));
    if (!person.phone && person.camera === false && !person.screen) notes.push(say("no-camera"));
    if (!person.phone && person.microphone === false) notes.push(say("no-microphone"));
    const text = notes.filter(Boolean).join(" · ");
    if (tile.note.textContent !== text) tile.note.textContent = text;
    tile.figure.classList.toggle("screen", Boolean(person.screen));
    tile.figure.classList.toggle("blank", !person.camera && !person.screen);
    tile.figure.classList.toggle("broken", tile.state === "interrupted" || tile.state === "failed");
  }

  gone(number) {
    const tile = this.tiles.get(number);
    const person = this.people.get(number);
    if (tile) tile.figure.remove();
    this.tiles.delete(number);
    this.people.delete(number);
    this.count();
    if (!person || this.ended) return;
    this.status("left", person.name);
    setTimeout(() => this.tellWhoIsHere(), 4000);
  }

  async stream(number, stream) {
    const tile = this.tile(number);
    if (tile.video.srcObject !== stream) tile.video.srcObject = stream;
    try {
      await tile.video.play();
    } catch (error) {
      // sound wants a press first
      if (error.name === "NotAllowedError") find("hear").hidden = false;
    }
  }

  link(number, state) {
    const tile = this.tile(number);
    tile.state = state;
    this.describe(number);
    if (state === "failed") this.problem("failed");
    if (state === "connected") this.noProblem();
    clearTimeout(this.hinting);
    if (state === "weak") this.hinting = setTimeout(() => this.status("weak-hint"), HINT_AFTER);
  }

  works(works) {
    if (works) this.noProblem();
    else this.problem("failed");
  }

  // ---- oneself

  mediaChanged() {
    const state = this.media.state;
    const own = find("own");
    const shown = this.media.video;
    const stream = own.srcObject;
    if (!shown) own.srcObject = null;
    else if (!stream || stream.getVideoTracks()[0] !== shown) own.srcObject = new MediaStream([shown]);
    if (shown) own.play().catch(() => {});
    find("me").classList.toggle("blank", !shown);
    find("me").classList.toggle("mirror", Boolean(shown) && !state.screen);
    this.label("microphone", state.microphone);
    this.label("camera", state.camera);
    this.label("screen", state.screen);
    const notes = [];
    if (!state.microphone) notes.push(say("no-microphone"));
    if (!state.camera && !state.screen) notes.push(say("no-camera"));
    if (state.screen) notes.push(say("my-screen"));
    find("own-note").textContent = notes.join(" · ");
    if (this.group) this.group.tracksChanged();
    this.listDevices();
  }

  // what pressing it does, said on the button
  label(name, on) {
    const button = find("b-" + name);
    if (!button) return;
    button.querySelector(".word").textContent = on ? button.dataset.on : button.dataset.off;
    button.classList.toggle("off", !on && name !== "screen");
    button.classList.toggle("lit", on && name === "screen");
  }

  tellMediaFaults() {
    const faults = this.media.faults;
    if (faults.microphone === "unsupported") this.problem("unsupported");
    else if (faults.microphone) this.problem("microphone-" + faults.microphone);
    else if (faults.camera) this.problem("camera-" + faults.camera);
  }

  async listDevices() {
    if (!navigator.mediaDevices || !navigator.mediaDevices.enumerateDevices) return;
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.fill("d-camera", devices.filter((device) => device.kind === "videoinput"), this.media.camera);
    this.fill("d-microphone", devices.filter((device) => device.kind === "audioinput"), this.media.audio);
  }

  fill(id, devices, track) {
    const select = find(id);
    const chosen = track && track.getSettings ? track.getSettings().deviceId : "";
    select.textContent = "";
    devices.forEach((device, index) => {
      const option = make("option", "", device.label || String(index + 1));
      option.value = device.deviceId;
      option.selected = device.deviceId === chosen;
      select.append(option);
    });
    select.parentElement.hidden = devices.length < 2;
  }

  async applyThrift() {
    const thrift = this.thrift || "all";
    for (const button of document.querySelectorAll("[data-thrift]"))
      button.setAttribute("aria-pressed", String(button.dataset.thrift === thrift));
    if (this.group) await this.group.setThrift(thrift !== "sound", thrift === "all" ? 0 : thrift === "little" ? THRIFT_KBIT : 60);
  }

  async setThrift(thrift) {
    this.thrift = thrift;
    if (thrift === "sound") {
      this.hadCamera = Boolean(this.media.camera);
      await this.media.setCamera(false);
    } else if (this.hadCamera) {
      this.hadCamera = false;
      await this.media.setCamera(true);
    }
    await this.applyThrift();
    this.status("thrift-" + thrift);
  }

  // nobody is to hear themselves twice
  async byPhone() {
    await this.media.setMuted(true);
    await this.media.setCamera(false);
    for (const tile of this.tiles.values()) tile.video.muted = true;
    if (this.group) this.group.setPhone(true);
    this.status("on-phone");
  }

  async notByPhone() {
    for (const tile of this.tiles.values()) tile.video.muted = false;
    if (this.group) this.group.setPhone(false);
  }

  // ---- chat: from browser to browser, kept nowhere

  heard(number, text) {
    const person = this.people.get(number);
    this.addLine(person ? person.name : "", text);
    if (find("chat").hidden) {
      this.unread = (this.unread || 0) + 1;
      find("chat-count").textContent = String(this.unread);
      find("chat-count").hidden = false;
    }
  }

  addLine(name, text) {
    const list = find("chat-lines");
    const line = make("p");
    line.append(make("strong", "", name), document.createTextNode(" " + text));
    list.append(line);
    while (list.children.length > AT_MOST_LINES) list.firstElementChild.remove();
    list.scrollTop = list.scrollHeight;
  }

  sendLine() {
    const field = find("f-chat");
    const text = field.value.trim();
    if (!text || !this.group) return;
    if (this.group.chat(text) === 0) {
      this.status("chat-nobody");
      return;
    }
    this.addLine(say("me"), text);
    field.value = "";
  }

  showChat(shown) {
    find("chat").hidden = !shown;
    find("chat-open").setAttribute("aria-expanded", String(shown));
    if (!shown) {
      find("chat-open").focus();
      return;
    }
    this.unread = 0;
    find("chat-count").hidden = true;
    find("f-chat").focus();
  }

  // ---- the end

  end(why) {
    if (why === "over" || why === "moved") this.status(why);
    else this.problem(why);
    this.close();
    // the door says how it stands, and leads into the other room
    if (why === "over") location.assign(root.dataset.door);
    if (why === "moved") location.reload();
  }

  // the socket can't be had: is it the network, or is there no way in any more?
  async lookWhy() {
    try {
      const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
      if (!answer.ok && answer.status < 500) location.assign(root.dataset.door);
    } catch (error) {
      this.status("offline");
    }
  }

  close() {
    if (this.ended) return;
    this.ended = true;
    if (this.group) this.group.close();
    if (this.signal) this.signal.stop();
    if (this.media) this.media.stop();
    if (this.awake) this.awake.release();
    if (this.waiting) this.waiting.stop();
    find("controls").hidden = true;
    find("chat").hidden = true;
  }

  listen() {
    const press = (id, act) => find(id) && find(id).addEventListener("click", act);
    press("b-microphone", () => this.media.setMuted(this.media.state.microphone));
    press("b-camera", () => this.media.setCamera(!this.media.state.camera));
    press("b-screen", () => this.media.setScreen(!this.media.state.screen));
    press("chat-open", () => this.showChat(find("chat").hidden));
    press("chat-close", () => this.showChat(false));
    press("chat-send", () => this.sendLine());
    press("again", () => location.reload());
    press("b-phone", () => this.byPhone());
    press("b-microphone", () => this.notByPhone());
    press("hear", () => {
      for (const tile of this.tiles.values()) tile.video.play().catch(() => {});
      find("hear").hidden = true;
    });
    find("f-chat").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        this.sendLine();
      }
      if (event.key === "Escape") this.showChat(false);
    });
    for (const button of document.querySelectorAll("[data-thrift]"))
      button.addEventListener("click", () => this.setThrift(button.dataset.thrift));
    for (const kind of ["camera", "microphone"])
      find("d-" + kind).addEventListener("change", (event) => this.media.choose(kind, event.target.value));
    for (const form of document.querySelectorAll("form.leaves")) {
      form.addEventListener("submit", () => {
        if (this.signal) this.signal.leave();
        this.close();
      });
    }
    if (!this.parts.Media.canShareScreen()) find("b-screen").hidden = true;
  }
}

// Who stands at the door while the host is in the room. The host's own page says it; its forms are sent from here.
class Waiting {
  constructor(tell) {
    this.tell = tell;
    this.shown = "";
    this.names = "";
    this.section = find("waiting");
    this.section.addEventListener("submit", (event) => this.decide(event));
    this.look();
    this.timer = setInterval(() => document.visibilityState === "visible" && this.look(), WAITING_EVERY);
  }

  async look() {
    try {
      const answer = await fetch(root.dataset.host, { cache: "no-store", credentials: "same-origin" });
      if (answer.ok) this.show(await answer.text());
    } catch (error) {
      // no network: the next look may have one
    }
  }

  show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const people = Array.from(page.querySelectorAll("#door form[action$='/let-in']"), (form) => form.closest("li"));
    const shown = people.map((person) => person.textContent).join("\n");
    if (shown === this.shown) return;
    this.shown = shown;
    this.section.querySelector("ul").replaceChildren(...people.map((person) => document.importNode(person, true)));
    this.section.hidden = people.length === 0;
    this.names = people.map((person) => person.querySelector("h3 span").textContent).join(", ");
    this.tell();
  }

  async decide(event) {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams(new FormData(form));
    body.append(event.submitter.name, event.submitter.value);
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    try {
      await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    } catch (error) {
      // no network: they stand there at the next look
    }
    this.shown = "?";
    await this.look();
  }

  stop() {
    clearInterval(this.timer);
    this.section.hidden = true;
  }
}

async function start() {
  const files = ["signal", "media", root.dataset.kind === "janus" ? "janus" : "mesh", "peer"];
  const modules = await Promise.all(files.map((file) => import(root.dataset[file])));
  const parts = Object.assign({}, ...modules);
  if (parts.Mesh) parts.Mesh.Peer = parts.Peer;
  const page = new Page(parts);
  root.page = page;
  page.listen();
  await page.begin(root.dataset.camera !== "off");
}

start();
