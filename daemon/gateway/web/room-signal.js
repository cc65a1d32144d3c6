// SPDX-License-Identifier: GPL-3.0-or-later
// The socket by which those of one room find each other (docs/room.md). It comes back by itself when it breaks: a phone that goes from one
// network to another, a gateway that is started anew. What is said meanwhile is lost, and who listens is told ("open").

const PING_EVERY = 10000;
const SILENT_AFTER = 25000; // a socket that answers no ping is dead, whatever the system says
const DOUBTED_FOR = 3000; // the same where nothing comes from the others either
const OPENED_WITHIN = 8000; // the gateway keeps the place for 30 s: there must be time for another try
const WAITS = [300, 1000, 2000, 4000, 8000];
// the gateway allows a little more than this (daemon/gateway/room-relay.h)
const BURST = 60;
const PER_SECOND = 14;
const AT_MOST_WAITING = 400;

// what the gateway closes with and that ends it for good
export const ENDS = {
  4301: "moved", 4400: "fault", 4403: "full", 4409: "elsewhere", 4410: "over", 4413: "fault", 4429: "fault",
};

function makeName() {
  const octets = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

export class Signal {
  // `on`: message(object), open(), broken(), ended(why), lost(): not to be had since long
  constructor(url, on) {
    this.url = url;
    this.on = on;
    this.instance = makeName();
    this.tries = 0;
    this.waiting = [];
    this.allowance = BURST;
    this.refilled = performance.now();
    this.ended = false;
    this.doubted = false;
    this.again = () => this.retryNow();
    window.addEventListener("online", this.again);
    const network = navigator.connection;
    if (network && network.addEventListener) network.addEventListener("change", this.again);
    this.open();
  }

  open() {
    this.timer = 0;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.greeted = false;
    this.opening = setTimeout(() => this.drop(), OPENED_WITHIN);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      clearTimeout(this.opening);
      this.heard = performance.now();
      this.waiting = [];
      socket.send(JSON.stringify({ type: "hello", instance: this.instance }));
      this.pinging = setInterval(() => this.ping(), PING_EVERY);
    };
    socket.onmessage = (event) => this.receive(socket, event);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  receive(socket, event) {
    if (socket !== this.socket) return;
    this.heard = performance.now();
    const message = JSON.parse(event.data);
    if (message.type === "welcome") {
      this.greeted = true;
      this.tries = 0;
      this.on.open(message);
      this.askForSign();
    } else if (message.type !== "pong") {
      this.on.message(message);
    }
  }

  ping() {
    if (performance.now() - this.heard > SILENT_AFTER) {
      this.drop();
      return;
    }
    if (this.greeted) this.send({ type: "ping" });
  }

  // While nothing comes from somebody: if it is my network that is gone, the socket is dead, too, and no one says so.
  doubt(doubted) {
    this.doubted = doubted;
    this.askForSign();
  }

  askForSign() {
    if (!this.doubted || !this.greeted || this.asking) return;
    const { socket, heard } = this;
    // past the queue: an answer that is late because of it would say nothing
    this.allowance -= 1;
    socket.send(JSON.stringify({ type: "ping" }));
    this.asking = setTimeout(() => {
      this.asking = 0;
      if (heard === this.heard) this.drop();
      else this.askForSign();
    }, DOUBTED_FOR);
  }

  // give up a socket that may never say that it is closed
  drop() {
    const socket = this.socket;
    if (!socket || this.ended) return;
    socket.onclose = null;
    socket.close();
    this.closed(socket, 1006);
  }

  closed(socket, code) {
    if (socket !== this.socket || this.ended) return;
    this.stopTimers();
    this.socket = null;
    this.greeted = false;
    if (ENDS[code]) {
      this.stop();
      this.on.ended(ENDS[code]);
      return;
    }
    this.on.broken();
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    if (this.tries % 4 === 0) this.on.lost();
    this.timer = setTimeout(() => this.open(), wait * (0.7 + 0.6 * Math.random()));
  }

  // those of one socket
  stopTimers() {
    clearInterval(this.pinging);
    clearTimeout(this.opening);
    clearTimeout(this.asking);
    this.asking = 0;
  }

  // the network is another one: neither wait for the next try nor for a dead socket to be known as dead
  retryNow() {
    if (this.ended) return;
    if (this.socket) {
      this.drop();
    }
    clearTimeout(this.timer);
    this.open();
  }

  send(message) {
    if (!this.greeted) return false;
    if (this.waiting.length < AT_MOST_WAITING) this.waiting.push(JSON.stringify(message));
    this.flush();
    return true;
  }

  // not faster than the gateway lets anybody
  flush() {
    clearTimeout(this.flushing);
    const now = performance.now();
    this.allowance = Math.min(BURST, this.allowance + (now - this.refilled) * PER_SECOND / 1000);
    this.refilled = now;
    while (this.waiting.length > 0 && this.allowance >= 1 && this.greeted) {
      this.allowance -= 1;
      this.socket.send(this.waiting.shift());
    }
    if (this.waiting.length > 0) this.flushing = setTimeout(() => this.flush(), 100);
  }

  stop() {
    this.ended = true;
    this.stopTimers();
    clearTimeout(this.timer);
    clearTimeout(this.flushing);
    window.removeEventListener("online", this.again);
    const network = navigator.connection;
    if (network && network.removeEventListener) network.removeEventListener("change", this.again);
  }

  leave() {
    if (this.ended) return;
    this.send({ type: "leave" });
    this.stop();
  }
}
