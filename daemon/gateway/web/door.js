// SPDX-License-Identifier: GPL-3.0-or-later
// The door of a meeting, as it changes: counts down, hears of changes by a web socket, and shows the page's newest state without losing
// what somebody writes. Without it, the page is looked at again by its <meta>.

// between two looks when no socket can be had, and how long one waits before another one is tried
const LOOK_SECONDS = 15;
const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];

const opened = performance.now();
let door = document.getElementById("door");
const began = Number(door.dataset.now);
let looking = false;
let again = false;
let tries = 0;
let last = 0;
let leaving = false;

document.documentElement.classList.add("scripted");

// comodald's clock, whatever this machine's says
const now = () => began + (performance.now() - opened) / 1000;

function tick() {
  const until = Number(door.dataset.until);
  const count = document.getElementById("count");
  if (!until || !count) {
    return;
  }
  const left = Math.max(0, Math.ceil(until - now()));
  if (left < 3600) {
    const seconds = String(left % 60).padStart(2, "0");
    count.textContent = `${Math.floor(left / 60)}:${seconds}`;
  }
  if (left === 0 && performance.now() - last > 2000) {
    look();
  }
}

// what was written so far goes on into the new state
function keep(old, fresh) {
  for (const field of old.querySelectorAll("input:not([type=hidden]), textarea")) {
    const same = fresh.querySelector(`[name="${CSS.escape(field.name)}"]:not([type=hidden])`);
    if (same && field.type === "checkbox") {
      same.checked = field.checked;
    } else if (same) {
      same.value = field.value;
    }
  }
}

function enter() {
  if (door.dataset.go && !leaving && document.visibilityState === "visible") {
    leaving = true;
    location.assign(door.dataset.go);
  }
}

function show(fresh, title) {
  const active = document.activeElement;
  const within = door.contains(active);
  const name = within && active.name;
  const waited = door.dataset.waiting;
  fresh = document.importNode(fresh, true);
  keep(door, fresh);
  door.replaceWith(fresh);
  door = fresh;
  document.title = title;
  const heading = door.querySelector("h1");
  const lead = door.querySelector(".lead");
  document.getElementById("said").textContent = [heading, lead].filter(Boolean).map((part) => part.textContent).join(". ");
  const same = name && door.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
  if (same) {
    same.focus();
  } else if (within && heading) {
    heading.focus();
  }
  watchHelp();
  if (waited) {
    enter();
  }
}

async function look() {
  // one look at a time, and one more if something happened meanwhile
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  last = performance.now();
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("door");
      if (!fresh) {
        // a room that is in the page, or is being made ready
        location.reload();
      } else if (fresh.dataset.state !== door.dataset.state) {
        show(fresh, page.title);
      }
    } else if (answer.status === 404) {
      location.reload();
    }
  } catch {
    // no network: the next look may have one
  }
  looking = false;
  if (again) {
    again = false;
    look();
  }
}

function listen() {
  const address = new URL(door.dataset.events, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    // what happened while nobody listened
    if (tries > 0) {
      look();
    }
    tries = 0;
  });
  socket.addEventListener("message", (event) => {
    // "soon": something may have changed for everybody, who do not all look at once
    setTimeout(look, event.data === "soon" ? Math.random() * 15000 : Math.random() * 300);
  });
  socket.addEventListener("close", () => {
    const seconds = RETRY_SECONDS[Math.min(tries, RETRY_SECONDS.length - 1)];
    tries += 1;
    // not all at the same moment
    setTimeout(listen, seconds * 1000 * (0.75 + Math.random() / 2));
  });
}

// the first that is found in what the browser calls itself: each names those that it is made like, behind itself
const BROWSERS = [
  [/Edg(?:A|iOS)?\/(\d+)/, "Edge"],
  [/SamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/OPR\/(\d+)/, "Opera"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];
const SYSTEMS = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh/, "macOS"],
  [/Linux/, "Linux"],
];
// a page inside another application, which often has no camera for it
const INSIDE = /; wv\)|FBA[NV]|Instagram|GSA\//;

// "Chrome 120, Android"; what it calls itself when that is not known
function nameBrowser(text) {
  const browser = BROWSERS.find(([pattern]) => pattern.test(text));
  const system = SYSTEMS.find(([pattern]) => pattern.test(text));
  if (!browser || !system || INSIDE.test(text)) {
    return text.slice(0, 200);
  }
  return `${browser[1]} ${text.match(browser[0])[1]}, ${system[1]}`;
}

// a call for help says what this browser finds, only to who agrees
async function describe(form) {
  const say = (name, value) => {
    let field = form.querySelector(`input[name="${name}"]`);
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.append(field);
    }
    field.value = value;
  };
  say("browser", nameBrowser(navigator.userAgent));
  say("network", navigator.onLine ? navigator.connection?.effectiveType || "on" : "off");
  let found = [];
  try {
    found = await navigator.mediaDevices.enumerateDevices();
  } catch {
    // a browser without devices, or a page without TLS
  }
  say("camera", String(found.filter((device) => device.kind === "videoinput").length));
  say("microphone", String(found.filter((device) => device.kind === "audioinput").length));
}

function watchHelp() {
  const agree = door.querySelector("input[name=agree]");
  agree?.addEventListener("change", () => {
    if (agree.checked) {
      describe(agree.form);
    }
  });
}

watchHelp();
tick();
setInterval(() => {
  tick();
  if (tries > 1 && performance.now() - last > LOOK_SECONDS * 1000) {
    look();
  }
}, 1000);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    enter();
    look();
  }
});
listen();
