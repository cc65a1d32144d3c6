// SPDX-License-Identifier: GPL-3.0-or-later
// What the browser tests of pages share: a browser, TAP, and the comodald of the test's.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(new URL("../node/package.json", import.meta.url));
export const { chromium } = require("playwright-core");
export const AXE = require.resolve("axe-core/axe.min.js");
export const VIEWS = new URL("../fixtures/views/", import.meta.url).pathname;
export const TOKEN = "Q7Wm3TzK9fLs0VbX2NcYhg";
const DEADLINE = Number(process.env.COMODAL_TEST_DEADLINE || 60) * 1000;
export const [ORIGIN, CONTROL, PICTURES] = process.argv.slice(2);

// ---- TAP

let count = 0;
let failed = 0;

export async function test(name, body) {
  count += 1;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(String(error.stack || error).split("\n").slice(0, 30).map((line) => `# ${line}`).join("\n"));
    console.log(`not ok ${count} - ${name}`);
  }
}

export function finish() {
  console.log(`1..${count}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

export function expect(condition, what) {
  if (!condition) {
    throw new Error(what);
  }
}

export function expectEqual(found, wanted, what) {
  expect(JSON.stringify(found) === JSON.stringify(wanted), `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

// ---- comodald

export async function control(wanted) {
  const answer = await fetch(CONTROL, { method: "POST", body: JSON.stringify(wanted) });
  return answer.json();
}

export function readView(name, language = "fr") {
  return { ...JSON.parse(fs.readFileSync(path.join(VIEWS, `${name}.json`))), language };
}

export function listViews() {
  return fs.readdirSync(VIEWS).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)).sort();
}

// where a view is looked at
export function pathOf(name) {
  if (name.startsWith("door-")) {
    return `/v/${TOKEN}/door/1`;
  }
  return name.startsWith("host-") ? `/v/${TOKEN}/host/1` : `/v/${TOKEN}`;
}

export async function show(name, language = "fr", change = () => {}) {
  const view = readView(name, language);
  change(view);
  await control({ views: { [TOKEN]: view }, forget: true });
  return view;
}

// ---- the browser

export async function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
}

export const PHONE = { width: 390, height: 780 };
export const SMALL = { width: 320, height: 568 };
export const DESK = { width: 1280, height: 900 };

// a page whose every fault is kept: what a script or a policy complains of, what is asked of another site
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 1, ...options });
  context.setDefaultTimeout(DEADLINE);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (400|404|409|429|503)/.test(message.text())) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(ORIGIN) && !request.url().startsWith("data:")) {
      faults.push(`asked: ${request.url()}`);
    }
  });
  return { context, page, faults };
}
