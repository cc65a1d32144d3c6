// SPDX-License-Identifier: GPL-3.0-or-later
// "Test my device": camera, microphone, sound, network, each with what to do. Nothing leaves the device but what looks for a way through
// the network. All words stand in the page (#words).

const root = document.getElementById("test");
const find = (id) => document.getElementById(id);
const LISTEN = 6000;
const HEARD_LEVEL = 8; // of 100
const NETWORK_WAIT = 9000;
const DARK = 12; // of 255

const words = {};
for (const element of document.querySelectorAll("#words [data-word]")) words[element.dataset.word] = element.textContent;

const results = {};

function show(name, state, word) {
  const check = find("t-" + name);
  check.dataset.state = state;
  check.querySelector(".result").textContent = words[word] || "";
  results[name] = { state, word };
  root.dataset[name] = word;
}

function wait(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function nameFault(error) {
  switch (error && error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "other";
  }
}

// ---- camera

// how bright the picture is on the whole, 0 to 255
function measureLight(video) {
  const canvas = document.createElement("canvas");
  canvas.width = 32;
  canvas.height = 24;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 32, 24);
  const pixels = context.getImageData(0, 0, 32, 24).data;
  let most = 0;
  for (let at = 0; at < pixels.length; at += 4) most = Math.max(most, pixels[at], pixels[at + 1], pixels[at + 2]);
  return most;
}

async function testCamera() {
  show("camera", "trying", "asking");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } } });
    const video = find("t-picture");
    video.srcObject = stream;
    await video.play();
    // a camera takes a moment to see
    await wait(1200);
    if (measureLight(video) > DARK) show("camera", "good", "camera-good");
    else show("camera", "bad", "camera-black");
    return stream;
  } catch (error) {
    show("camera", "bad", "camera-" + nameFault(error));
    return null;
  }
}

// ---- microphone

function openAudio() {
  const Context = window.AudioContext || window.webkitAudioContext;
  return new Context();
}

// 0 to 100
function measureLevel(analyser, samples) {
  analyser.getByteTimeDomainData(samples);
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample - 128));
  return Math.min(100, Math.round(most * 100 / 128));
}

async function listen(context, stream) {
  const analyser = context.createAnalyser();
  // as long as the pause between two looks, so that no word is missed
  analyser.fftSize = 4096;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const until = Date.now() + LISTEN;
  let heard = 0;
  while (Date.now() < until && heard < 4) {
    const level = measureLevel(analyser, samples);
    find("t-level").value = level;
    if (level >= HEARD_LEVEL) heard += 1;
    await wait(80);
  }
  return heard >= 2;
}

async function testMicrophone(context) {
  show("microphone", "trying", "microphone-listen");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const heard = await listen(context, stream);
    for (const track of stream.getTracks()) track.stop();
    show("microphone", heard ? "good" : "bad", heard ? "microphone-good" : "microphone-silent");
  } catch (error) {
    show("microphone", "bad", "microphone-" + nameFault(error));
  }
}

// ---- sound

function playTones(context) {
  [523, 659, 784].forEach((pitch, index) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + index * 0.45;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.3, at + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + 0.4);
    tone.connect(volume);
    volume.connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.45);
  });
}

function askSound(context) {
  playTones(context);
  show("sound", "trying", "sound-ask");
  find("t-heard").hidden = false;
}

// ---- network

// Looks for ways out by these servers. Credentials that are none are refused, but who refuses is reached: that is told too.
function gather(servers) {
  return new Promise((resolve) => {
    const found = { host: 0, srflx: 0, relay: 0, reached: 0, failed: 0 };
    const pc = new RTCPeerConnection({ iceServers: servers });
    const finish = () => {
      pc.close();
      resolve(found);
    };
    const timer = setTimeout(finish, NETWORK_WAIT);
    pc.createDataChannel("test");
    pc.onicecandidate = (event) => {
      if (!event.candidate) {
        clearTimeout(timer);
        finish();
        return;
      }
      const type = event.candidate.type || (/ typ (\w+)/.exec(event.candidate.candidate) || [])[1];
      if (type in found) found[type] += 1;
    };
    pc.onicecandidateerror = (event) => {
      if (event.errorCode >= 300 && event.errorCode < 700) found.reached += 1;
      else found.failed += 1;
    };
    pc.createOffer().then((offer) => pc.setLocalDescription(offer)).catch(finish);
  });
}

async function testNetwork() {
  show("network", "trying", "trying");
  if (navigator.onLine === false) {
    show("network", "bad", "network-offline");
    return;
  }
  const urls = (root.dataset.servers || "").split(" ").filter(Boolean);
  // a credential that is none: a server that refuses it is reached
  const servers = urls.map((url) => (url.startsWith("stun:") ? { urls: [url] } : { urls: [url], username: "test", credential: "test" }));
  const found = await gather(servers);
  root.dataset.found = JSON.stringify(found);
  const outside = found.srflx > 0;
  const relayed = found.relay > 0 || found.reached > 0;
  if (servers.length === 0 ? found.host > 0 : outside) show("network", "good", "network-good");
  else if (relayed) show("network", "good", "network-relay");
  else show("network", "bad", "network-blocked");
}

// ---- all of it

function conclude() {
  const all = Object.values(results);
  const bad = all.some((result) => result.state === "bad");
  // whether the tones were heard nobody but the person knows
  const asked = all.some((result) => result.word === "sound-ask");
  find("said").textContent = bad ? words["done-bad"] : asked ? words["done-ask"] : words["done-good"];
  root.dataset.done = bad ? "bad" : "good";
}

let running = false;
let camera = null;

async function run() {
  if (running) return;
  running = true;
  const button = find("t-start");
  button.disabled = true;
  if (camera) for (const track of camera.getTracks()) track.stop();
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.RTCPeerConnection) {
    for (const name of ["camera", "microphone", "network"]) show(name, "bad", "unsupported");
    conclude();
    return;
  }
  const context = openAudio();
  await context.resume();
  const network = testNetwork();
  camera = await testCamera();
  await testMicrophone(context);
  await network;
  askSound(context);
  conclude();
  button.disabled = false;
  button.querySelector(".word").textContent = words.again;
  running = false;
}

find("t-start").addEventListener("click", run);
find("t-play").addEventListener("click", () => askSound(openAudio()));
find("t-yes").addEventListener("click", () => {
  show("sound", "good", "sound-good");
  conclude();
});
find("t-no").addEventListener("click", () => {
  show("sound", "bad", "sound-bad");
  conclude();
});
window.addEventListener("pagehide", () => {
  if (camera) for (const track of camera.getTracks()) track.stop();
});
