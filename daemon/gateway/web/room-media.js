// SPDX-License-Identifier: GPL-3.0-or-later
// One's own camera, microphone and screen.

const CAMERA = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

// why a device can't be had, as the texts of the page name it
export function nameFault(error) {
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

function withDevice(constraints, id) {
  return id ? Object.assign({}, constraints, { deviceId: { exact: id } }) : constraints;
}

export class Media {
  // `changed`: a track came or went, or is on or off
  constructor(changed) {
    this.changed = changed;
    this.audio = null;
    this.camera = null;
    this.screen = null;
    this.wantsCamera = true;
    this.muted = false;
    this.faults = {};
    this.chosen = {};
  }

  // what others are to see
  get video() {
    return this.screen || this.camera;
  }

  get state() {
    return {
      microphone: Boolean(this.audio && this.audio.enabled && this.audio.readyState === "live"),
      camera: Boolean(this.camera),
      screen: Boolean(this.screen),
    };
  }

  // Both at once, so that the browser asks once; each alone when both can't be had.
  async start(wantsCamera) {
    this.wantsCamera = wantsCamera;
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      this.faults = { microphone: "unsupported", camera: "unsupported" };
      return;
    }
    try {
      this.take(await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE, video: wantsCamera ? CAMERA : false }));
    } catch (error) {
      if (wantsCamera) await this.startEach();
      else this.faults.microphone = nameFault(error);
    }
    this.changed();
  }

  async startEach() {
    await this.startOne("microphone", { audio: MICROPHONE });
    await this.startOne("camera", { video: CAMERA });
  }

  async startOne(name, constraints) {
    try {
      this.take(await navigator.mediaDevices.getUserMedia(constraints));
      delete this.faults[name];
    } catch (error) {
      this.faults[name] = nameFault(error);
    }
  }

  take(stream) {
    for (const track of stream.getTracks()) {
      const kind = track.kind === "audio" ? "audio" : "camera";
      if (this[kind]) this[kind].stop();
      this[kind] = track;
      if (kind === "audio") track.enabled = !this.muted;
      // pulled out, or taken by a call
      track.addEventListener("ended", () => this.ended(kind, track));
    }
  }

  ended(kind, track) {
    if (this[kind] !== track) return;
    this[kind] = null;
    this.changed();
  }

  async setMuted(muted) {
    this.muted = muted;
    if (!muted && !this.audio) await this.startOne("microphone", { audio: withDevice(MICROPHONE, this.chosen.microphone) });
    if (this.audio) this.audio.enabled = !muted;
    this.changed();
  }

  // off means off: its light goes out
  async setCamera(on) {
    this.wantsCamera = on;
    if (!on && this.camera) {
      this.camera.stop();
      this.camera = null;
    } else if (on && !this.camera) {
      await this.startOne("camera", { video: withDevice(CAMERA, this.chosen.camera) });
    }
    this.changed();
  }

  async choose(kind, id) {
    this.chosen[kind] = id;
    if (kind === "camera" && this.wantsCamera) await this.startOne("camera", { video: withDevice(CAMERA, id) });
    if (kind === "microphone") await this.startOne("microphone", { audio: withDevice(MICROPHONE, id) });
    this.changed();
  }

  static canShareScreen() {
    return Boolean(navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia);
  }

  // false: they thought better of it
  async setScreen(on) {
    if (!on) {
      if (this.screen) this.screen.stop();
      this.screen = null;
    } else {
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
        this.screen = stream.getVideoTracks()[0];
        if ("contentHint" in this.screen) this.screen.contentHint = "detail";
        this.screen.addEventListener("ended", () => this.ended("screen", this.screen));
      } catch (error) {
        this.screen = null;
        this.changed();
        return false;
      }
    }
    this.changed();
    return true;
  }

  stop() {
    for (const kind of ["audio", "camera", "screen"]) {
      if (this[kind]) this[kind].stop();
      this[kind] = null;
    }
  }
}
