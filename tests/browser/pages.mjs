// SPDX-License-Identifier: GPL-3.0-or-later
// The gateway's pages, as people and their programs meet them. Run by pages.py.
import fs from "node:fs";
import path from "node:path";
import {
  AXE, DESK, ORIGIN, PHONE, PICTURES, SMALL, TOKEN, control, expect, expectEqual, finish, launch, listViews, open, pathOf, readView, show, test,
} from "./pages-lib.mjs";

const LANGUAGES = ["fr", "en"];
const BYTES_MAX = 30000;
const PLAIN = { about: "/", code: "/c", once: `/h/${TOKEN}`, nothing: "/v/zzzzzzzzzzzzzzzzzzzzzz", privacy: `/v/${TOKEN}/privacy`, times: `/v/${TOKEN}/times/1`, failed: `/v/${TOKEN}` };
// comodald is away, as often as it is asked
const refusalsOf = (name) => (name === "failed" ? { View: Array(100).fill("Failed") } : {});
const browser = await launch();

// ---- what holds of every page

// What a colour scheme can change of a page. The enhanced contrast wants more than the plain one of every text, which is off therefore.
const COLOURS = ["color-contrast-enhanced", "link-in-text-block"];
const RULES = { "color-contrast": { enabled: false }, "color-contrast-enhanced": { enabled: true }, "target-size": { enabled: true } };
const SCRIPT = fs.readFileSync(AXE, "utf8");

async function axe(page, what, only) {
  await page.evaluate(SCRIPT);
  const found = await page.evaluate((options) => globalThis.axe.run(document, options), {
    resultTypes: ["violations"],
    ...(only ? { runOnly: { type: "rule", values: only } } : { rules: RULES }),
  });
  const faults = found.violations.map((fault) => `${fault.id}: ${fault.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  expect(faults.length === 0, `axe, ${what}: ${faults.join("; ")}`);
}

async function fits(page, what) {
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide[0] <= wide[1], `${what} is ${wide[0]} wide, on ${wide[1]}`);
}

// an icon of a heading stands in the line of its first word; but that of a sign, which is above it
async function keepsIconsByWords(page, what) {
  const alone = await page.evaluate(() => [...document.querySelectorAll("h2 > .icon, h3 > .icon")].filter((icon) => {
    const range = document.createRange();
    range.selectNodeContents(icon.nextElementSibling || icon.nextSibling);
    const [word, mark] = [range.getClientRects()[0], icon.getBoundingClientRect()];
    return word && mark.bottom <= word.top;
  }).map((icon) => icon.parentElement.textContent));
  expectEqual(alone, [], `${what}: icons alone on their line`);
}

// of "10 h 15" and "10:15 a.m.", no part is alone on a line
async function keepsHoursWhole(page, what) {
  const broken = await page.evaluate(() => {
    const found = [];
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      for (const hour of text.data.matchAll(/\d+(:\d+)?\s[ap]\.m\.|\d+\sh(\s\d\d)?(?!\S)/g)) {
        const range = document.createRange();
        range.setStart(text, hour.index);
        range.setEnd(text, hour.index + hour[0].length);
        if (new Set([...range.getClientRects()].map((line) => line.top)).size > 1) {
          found.push(text.data);
        }
      }
    }
    return found;
  });
  expectEqual(broken, [], `${what}: hours in two lines`);
}

// nothing of it runs or looks but what is ours
async function isPlain(page, what) {
  const found = await page.evaluate(() => [
    document.body.dataset.hit || "",
    document.querySelectorAll("script:not([src^='/static/'])").length,
    document.querySelectorAll("[style], style, iframe, object, embed, img, base").length,
    [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some((attribute) => attribute.name.startsWith("on"))).length,
    [...document.querySelectorAll("a[href]")].filter((link) => !/^(tel:[+\d]*|#\w*|\/[\w/.-]*)$/.test(link.getAttribute("href"))).length,
    document.querySelectorAll("main").length,
    document.querySelectorAll("h1").length,
  ]);
  expectEqual(found, ["", 0, 0, 0, 0, 1, 1], what);
}

async function lookAt(session, where, what, sizes, rules) {
  await session.page.goto(ORIGIN + where);
  for (const size of sizes) {
    await session.page.setViewportSize(size);
    await fits(session.page, what);
    await keepsIconsByWords(session.page, what);
    await keepsHoursWhole(session.page, what);
  }
  await isPlain(session.page, what);
  expectEqual(session.faults.splice(0), [], what);
  // axe is a script of the test's, which the policy of the page keeps out
  await axe(session.page, what, rules);
}

async function checkStates(language, options, sizes, rules) {
  const session = await open(browser, { bypassCSP: true, ...options });
  for (const name of listViews()) {
    await test(`${name}, ${language}, ${JSON.stringify(options)}`, async () => {
      await show(name, language);
      await lookAt(session, pathOf(name), name, sizes, rules);
    });
  }
  for (const [name, where] of Object.entries(PLAIN)) {
    await test(`${name}, ${language}, ${JSON.stringify(options)}`, async () => {
      await show("person-next", language);
      await control({ times: [[1789000000, 1789002700], [1789090000, 1789092700], [1789093600, 1789096300]], refusals: refusalsOf(name) });
      await lookAt(session, where, name, sizes, rules);
      await control({ refusals: {} });
    });
  }
  await session.context.close();
}

async function checkAllStates() {
  await checkStates("fr", { locale: "fr-CA" }, [SMALL, PHONE]);
  await checkStates("en", { locale: "en-CA" }, [SMALL, DESK]);
  // the same as in the first, but for its colours
  await checkStates("fr", { locale: "fr-CA", colorScheme: "dark" }, [DESK], COLOURS);
}

// ---- the page's own policies, with nothing bypassed

async function checkPolicies() {
  await test("what nobody should write, in every text there is, runs nowhere", async () => {
    const session = await open(browser);
    for (const name of ["person-hostile", "door-hostile", "host-hostile"]) {
      for (const language of LANGUAGES) {
        await show(name, language);
        await session.page.goto(ORIGIN + pathOf(name));
        await isPlain(session.page, name);
        expect((await session.page.title()).includes("<script>"), "the title says what is written");
        expectEqual(session.faults.splice(0), [], name);
      }
    }
    await session.context.close();
  });
  await test(`a first look takes ${BYTES_MAX} octets or less`, async () => {
    for (const name of ["person-next", "person-changed", "door-open", "door-early", "host-waiting"]) {
      const session = await open(browser);
      const client = await session.context.newCDPSession(session.page);
      let octets = 0;
      await client.send("Network.enable");
      client.on("Network.loadingFinished", (event) => {
        octets += event.encodedDataLength;
      });
      await show(name);
      await session.page.goto(ORIGIN + pathOf(name), { waitUntil: "networkidle" });
      expect(octets > 4000 && octets <= BYTES_MAX, `${name} takes ${octets}`);
      console.log(`# ${name}: ${octets} octets with headers, style and script`);
      await session.context.close();
    }
  });
  await test("who wants nothing to move sees nothing move", async () => {
    const session = await open(browser, { reducedMotion: "reduce" });
    await show("door-waiting-present");
    await session.page.goto(ORIGIN + pathOf("door-"));
    expectEqual(await session.page.evaluate(() => document.getAnimations().length), 0, "animations");
    await session.context.close();
  });
  await test("on paper there are no buttons", async () => {
    const session = await open(browser);
    await show("person-next");
    await session.page.goto(ORIGIN + pathOf("person-"));
    await session.page.emulateMedia({ media: "print" });
    expectEqual(await session.page.locator(".button:visible").count(), 0, "buttons");
    expect(await session.page.getByText("Sophie Gagnon, psychologue").first().isVisible(), "what is printed");
    await session.context.close();
  });
}

// ---- without JavaScript

async function checkWithoutScript() {
  await test("without JavaScript: coming, not coming, and the receipt", async () => {
    const session = await open(browser, { javaScriptEnabled: false });
    await show("person-next");
    await session.page.goto(ORIGIN + pathOf("person-"));
    await session.page.getByRole("button", { name: "Oui, je serai là" }).first().click();
    await session.page.getByText("Vous avez dit que vous serez là.").first().waitFor();
    expect(session.page.url().endsWith(`/v/${TOKEN}#r1`), session.page.url());
    await session.page.getByRole("button", { name: "Je ne peux pas venir" }).first().click();
    await session.page.getByText("Vous avez dit que vous ne pouvez pas venir.").waitFor();
    const { changes } = await control({});
    expectEqual(changes.map((call) => [call[0], call[2].slice(0, 3)]), [["Respond", [1, 3, "accepted"]], ["Respond", [1, 3, "declined"]]], "calls");
    expect(changes[0][2][3] !== changes[1][2][3], "each press has a key of its own");
    await session.context.close();
  });
  await test("without JavaScript: another time, by one press, and back by another", async () => {
    const session = await open(browser, { javaScriptEnabled: false });
    const view = await show("person-next");
    const start = view.items[0].start + 86400;
    await control({ times: [[start, start + 2700]] });
    await session.page.goto(ORIGIN + pathOf("person-"));
    await session.page.getByRole("link", { name: "Demander un autre moment" }).first().click();
    await session.page.getByRole("button", { name: /10\sh\s15 à 11\sh\s+mercredi 9 septembre/ }).click();
    await session.page.getByText(/Vous avez demandé mercredi 9 septembre/).waitFor();
    expectEqual((await control({})).changes[0][2][2], start, "the time that was asked for");
    await session.page.getByRole("button", { name: "Retirer cette demande" }).click();
    await session.page.getByText("Votre demande d’un autre moment a été retirée.").waitFor();
    await session.page.getByRole("link", { name: "Demander un autre moment" }).first().click();
    await session.page.getByRole("heading", { name: "Un autre moment" }).waitFor();
    expectEqual((await control({})).changes.map((call) => call[0]), ["AskTime", "WithdrawTime"], "calls");
    await session.context.close();
  });
  await test("without JavaScript: in, wait, and the page looks again by itself", async () => {
    const session = await open(browser, { javaScriptEnabled: false });
    await show("door-open");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.getByLabel("Où est l’élève en ce moment?").fill("à la maison");
    await session.page.getByLabel("Qui est là aussi?").fill("sa mère");
    await session.page.getByLabel("Quel numéro appeler si l’appel coupe?").fill("418 555-0177");
    await session.page.getByLabel(/J’accepte cette rencontre/).check();
    await session.page.getByRole("button", { name: "Je suis là" }).click();
    await session.page.getByRole("heading", { name: "Vous êtes dans la salle d’attente" }).waitFor();
    await show("door-inside");
    await session.page.getByRole("link", { name: "Entrer", exact: true }).waitFor();
    await session.context.close();
  });
  await test("without JavaScript: can't get in, and says so", async () => {
    const session = await open(browser, { javaScriptEnabled: false });
    await show("door-open-present");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.getByRole("button", { name: /Je n’arrive pas à entrer/ }).click();
    await session.page.getByText("Votre appel à l’aide est envoyé.").waitFor();
    expectEqual((await control({})).changes[0].slice(2), [[1, 0], {}], "what was told");
    await session.context.close();
  });
  await test("without JavaScript: a host lets somebody in", async () => {
    const session = await open(browser, { javaScriptEnabled: false });
    await show("host-waiting");
    await session.page.goto(ORIGIN + pathOf("host-"));
    await session.page.getByRole("button", { name: "Faire entrer" }).first().click();
    await session.page.getByText("À l’intérieur, là depuis 10 h 03").waitFor();
    expectEqual((await control({})).changes[0].slice(0, 3), ["LetIn", TOKEN, [7, true]], "who was let in");
    await session.context.close();
  });
}

// ---- by keyboard alone

const active = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return { text: (element.textContent || "").trim() || element.name || element.tagName, outline: style.outlineStyle };
});

// forwards until something is reached; what is passed must show that it is where one is
async function tabTo(page, wanted) {
  const passed = [];
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("Tab");
    const { text, outline } = await active(page);
    passed.push(text.slice(0, 40));
    expect(outline !== "none", `nothing shows that one is at “${text.slice(0, 60)}”`);
    if (text.startsWith(wanted)) {
      return passed;
    }
  }
  throw new Error(`“${wanted}” can't be reached: ${passed.join(", ")}`);
}

async function checkKeyboard() {
  await test("by keyboard: the way past the top, then an answer", async () => {
    const session = await open(browser);
    await show("person-next");
    await session.page.goto(ORIGIN + pathOf("person-"));
    const passed = await tabTo(session.page, "Oui, je serai là");
    expectEqual(passed[0], "Aller au contenu", "what comes first");
    await session.page.keyboard.press("Enter");
    await session.page.getByText("Vous avez dit que vous serez là.").first().waitFor();
    await tabTo(session.page, "Je ne peux pas venir");
    await session.context.close();
  });
  await test("by keyboard: the questions at the door, in their order", async () => {
    const session = await open(browser);
    await show("door-open");
    await session.page.goto(ORIGIN + pathOf("door-"));
    for (const [field, text] of [["place", "maison"], ["companion", "mère"], ["phone", "418"]]) {
      await tabTo(session.page, field);
      await session.page.keyboard.type(text);
    }
    await tabTo(session.page, "consent");
    await session.page.keyboard.press("Space");
    await tabTo(session.page, "Je suis là");
    await session.page.keyboard.press("Enter");
    await session.page.getByRole("heading", { name: "Vous êtes dans la salle d’attente" }).waitFor();
    expectEqual((await control({})).changes[0][3], { place: "maison", companion: "mère", phone: "418", consent: true }, "answers");
    await session.context.close();
  });
  await test("by keyboard: a host ends it, after having been asked once more", async () => {
    const session = await open(browser);
    await show("host-inside");
    await session.page.goto(ORIGIN + pathOf("host-"));
    await tabTo(session.page, "Terminer la rencontre");
    await session.page.keyboard.press("Enter");
    await tabTo(session.page, "Terminer pour tout le monde");
    await session.page.keyboard.press("Enter");
    await session.page.getByText("La rencontre est terminée.").waitFor();
    await session.context.close();
  });
}

// ---- with JavaScript: the door as it changes

// what browsers call themselves; what is inside another application, or not known, is said as it is
const KIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const USER_AGENTS = [
  [`Mozilla/5.0 (Linux; Android 10; K) ${KIT} Chrome/120.0.0.0 Mobile Safari/537.36`, "Chrome 120, Android"],
  [`Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A536W) ${KIT} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`, "Samsung Internet 23, Android"],
  ["Mozilla/5.0 (Android 9; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox 128, Android"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) ${APPLE} Version/17.2 Mobile/15E148 Safari/604.1`, "Safari 17, iOS"],
  [`Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${APPLE} CriOS/119.0.6045.169 Mobile/15E148 Safari/604.1`, "Chrome 119, iOS"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0`, "Edge 120, Windows"],
  [`Mozilla/5.0 (Linux; Android 12; Pixel 5; wv) ${KIT} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36`, null],
  ["Lynx/2.9.0", null],
];

async function checkDoor() {
  await test("the door opens on the page that is there, and says so aloud", async () => {
    const session = await open(browser);
    await show("door-early");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.locator("#count").filter({ hasText: /^1[12]:\d\d$/ }).waitFor();
    await session.page.evaluate(() => { globalThis.stays = true; });
    await show("door-open");
    await control({ changed: [1] });
    await session.page.getByRole("heading", { name: "C’est l’heure" }).waitFor();
    expect(await session.page.evaluate(() => globalThis.stays), "the page was loaded anew");
    expect((await session.page.locator("#said").textContent()).startsWith("C’est l’heure"), "what is said aloud");
    expectEqual(session.faults, [], "faults");
    await session.context.close();
  });
  await test("what changes before the page listens is seen all the same", async () => {
    const session = await open(browser);
    // a socket that comes late, as on a slow network
    await session.page.addInitScript(() => {
      const Socket = WebSocket;
      globalThis.WebSocket = class extends EventTarget {
        constructor(address) {
          super();
          globalThis.connect = () => {
            const socket = new Socket(address);
            for (const name of ["open", "close"]) {
              socket.addEventListener(name, () => this.dispatchEvent(new Event(name)));
            }
            socket.addEventListener("message", ({ data }) => this.dispatchEvent(new MessageEvent("message", { data })));
          };
        }
      };
    });
    await show("door-early");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.locator("#count").filter({ hasText: /^1[12]:\d\d$/ }).waitFor();
    // somebody else at the door, who listens: once they see it, the gateway has told all that it will tell of the change itself
    const other = await open(browser);
    await other.page.goto(ORIGIN + pathOf("door-"));
    await other.page.locator("#count").filter({ hasText: /^1[12]:\d\d$/ }).waitFor();
    await show("door-open");
    await control({ changed: [1] });
    await other.page.getByRole("heading", { name: "C’est l’heure" }).waitFor();
    expectEqual(await session.page.getByRole("heading", { name: "C’est l’heure" }).count(), 0, "headings before it listens");
    await session.page.evaluate(() => globalThis.connect());
    await session.page.getByRole("heading", { name: "C’est l’heure" }).waitFor();
    await other.context.close();
    await session.context.close();
  });
  await test("what somebody writes stays when the door changes, and where they are", async () => {
    const session = await open(browser);
    await show("door-open");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.getByLabel("Où est l’élève en ce moment?").fill("chez sa grand");
    await session.page.getByLabel(/J’accepte/).check();
    await session.page.getByLabel("Où est l’élève en ce moment?").focus();
    await show("door-open", "fr", (view) => { view.items[0].door.host = "present"; });
    await control({ changed: [] });
    await session.page.locator(".lead", { hasText: "Sophie Gagnon est là." }).waitFor();
    await session.page.keyboard.type("-mère");
    expectEqual(await session.page.getByLabel("Où est l’élève en ce moment?").inputValue(), "chez sa grand-mère", "what was written");
    expect(await session.page.getByLabel(/J’accepte/).isChecked(), "what was ticked");
    await session.context.close();
  });
  await test("who is let in goes in", async () => {
    const session = await open(browser);
    await show("door-waiting-present");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await show("door-inside-preparing");
    await control({ changed: [1] });
    await session.page.getByRole("heading", { name: "Vous pouvez entrer" }).waitFor();
    await show("door-inside", "fr", (view) => { view.items[0].door.room.kind = "fixed"; });
    await control({ changed: [1] });
    await session.page.waitForURL(`**/v/${TOKEN}/room/1`);
    await session.context.close();
  });
  await test("who stands before a room that is being made, elsewhere or by telephone is led to the next one", async () => {
    const session = await open(browser);
    const become = async (kind, turn) => {
      await show("door-inside", "fr", (view) => { Object.assign(view.items[0].door.room, { kind, turn }); });
      await control({ changed: [1] });
    };
    await show("door-inside-preparing");
    await session.page.goto(`${ORIGIN}/v/${TOKEN}/room/1`);
    await session.page.getByRole("heading", { name: "La salle se prépare" }).waitFor();
    await become("fixed", 1);
    await session.page.getByRole("heading", { name: "La salle est ouverte" }).waitFor();
    await become("phone", 2);
    await session.page.getByRole("heading", { name: "La rencontre se fait par téléphone" }).waitFor();
    await become("builtin", 3);
    await session.page.locator("#room").waitFor();
    await session.context.close();
  });
  await test("a host hears who comes", async () => {
    const session = await open(browser);
    await show("host-empty");
    await session.page.goto(ORIGIN + pathOf("host-"));
    await session.page.getByText("Personne n’attend.").waitFor();
    await show("host-waiting");
    await control({ changed: [1] });
    await session.page.getByText("Marc-André Côté").waitFor();
    await session.context.close();
  });
  await test("another's door is not heard of", async () => {
    const session = await open(browser);
    await show("door-waiting-absent");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await show("door-waiting-absent");
    await control({ changed: [2, 3] });
    await show("door-waiting-present");
    await control({ changed: [1] });
    await session.page.locator(".lead", { hasText: "sait que vous êtes là" }).waitFor();
    expectEqual(session.faults, [], "faults");
    await session.context.close();
  });
  await test("a call for help says what the browser finds, to who agrees", async () => {
    const session = await open(browser);
    await show("door-open-present");
    await session.page.goto(ORIGIN + pathOf("door-"));
    await session.page.getByLabel(/Dites-leur aussi/).check();
    await session.page.locator("input[name=microphone]").waitFor({ state: "attached" });
    await session.page.getByRole("button", { name: /Je n’arrive pas à entrer/ }).click();
    await session.page.getByText("Votre appel à l’aide est envoyé.").waitFor();
    const report = (await control({})).changes[0][3];
    expect(/^Chrome \d+, Linux$/.test(report.browser) && report.network && report.camera && report.microphone, JSON.stringify(report));
    await session.context.close();
  });
  await test("a browser is named in words, where it is one that is known", async () => {
    const session = await open(browser);
    const client = await session.context.newCDPSession(session.page);
    await show("door-open-present");
    for (const [userAgent, name] of USER_AGENTS) {
      await client.send("Emulation.setUserAgentOverride", { userAgent });
      await session.page.goto(ORIGIN + pathOf("door-"));
      await session.page.getByLabel(/Dites-leur aussi/).check();
      expectEqual(await session.page.locator("input[name=browser]").inputValue(), name || userAgent, userAgent);
    }
    await session.context.close();
  });
  await test("a spoken code leads to the door, and to no page of anything else", async () => {
    const session = await open(browser, { locale: "fr-CA" });
    await control({ views: { passpasspasspasspass22: readView("door-code") }, entries: [["code", "ABCD2345", "passpasspasspasspass22"]] });
    await session.page.goto(`${ORIGIN}/c`);
    await session.page.getByLabel("Le code qu’on vous a donné").fill("wxyz");
    await session.page.keyboard.press("Enter");
    await session.page.getByText("Ce code n’ouvre rien.").waitFor();
    expect(await session.page.getByLabel("Le code qu’on vous a donné").getAttribute("aria-invalid") === "true", "what was wrong is said at the field");
    await session.page.getByLabel("Le code qu’on vous a donné").fill("abcd 23-45");
    await session.page.keyboard.press("Enter");
    await session.page.getByRole("heading", { name: "C’est l’heure" }).waitFor();
    expectEqual(await session.page.getByRole("link", { name: "Mes rencontres" }).count(), 0, "ways to other pages");
    await session.page.goto(`${ORIGIN}/p`);
    await session.page.waitForURL("**/p/door/1");
    await session.context.close();
  });
  await test("a host's link works by one press, once", async () => {
    const session = await open(browser, { locale: "fr-CA" });
    await control({ views: { hosthosthosthosthost22: readView("host-waiting") }, entries: [["link", TOKEN, "hosthosthosthosthost22"]] });
    await session.page.goto(`${ORIGIN}/h/${TOKEN}`);
    await session.page.getByRole("button", { name: "Entrer comme hôte" }).click();
    await session.page.getByRole("heading", { name: "À la porte" }).waitFor();
    await session.page.goto(`${ORIGIN}/h/${TOKEN}`);
    await session.page.getByRole("button", { name: "Entrer comme hôte" }).click();
    await session.page.getByRole("heading", { name: "Ce lien ne fonctionne pas, ou plus" }).waitFor();
    await session.context.close();
  });
}

// ---- pictures for docs/pages.md: each state, side by side

const SHEETS = {
  person: ["person-next", "person-accepted", "person-declined", "person-now", "person-changed", "person-empty", "times"],
  before: ["door-early", "door-another-day", "door-open", "door-late", "door-other-link", "door-in-person", "door-code"],
  waiting: ["door-waiting-absent", "door-waiting-present", "door-waiting-busy", "door-help-asked", "door-help-answered", "door-inside-preparing", "door-inside"],
  after: ["door-phone", "door-left", "door-refused", "door-over", "door-cancelled", "door-moved", "door-down"],
  host: ["host-early", "host-empty", "host-waiting", "host-unnamed", "host-inside", "host-helped", "host-helper", "host-phone", "host-over"],
  plain: ["about", "code", "once", "nothing", "failed", "privacy"],
};

async function capture(session, where, size) {
  await session.page.setViewportSize(size);
  await session.page.goto(ORIGIN + where);
  return (await session.page.screenshot({ fullPage: true })).toString("base64");
}

async function makeSheet(file, pictures) {
  const session = await open(browser);
  const images = pictures.map((data) => `<img src="data:image/png;base64,${data}">`).join("");
  await session.page.setContent(`<body style="margin:0;display:flex;gap:12px;align-items:flex-start;background:#777;width:max-content">${images}</body>`);
  const [width, height] = await session.page.evaluate(() => [document.body.scrollWidth, document.body.scrollHeight]);
  await session.page.setViewportSize({ width, height });
  const client = await session.context.newCDPSession(session.page);
  const { data } = await client.send("Page.captureScreenshot", { format: "webp", quality: 30, clip: { x: 0, y: 0, width, height, scale: 0.75 } });
  fs.writeFileSync(path.join(PICTURES, file), Buffer.from(data, "base64"));
  await session.context.close();
}

async function makePictures() {
  fs.mkdirSync(PICTURES, { recursive: true });
  for (const language of LANGUAGES) {
    for (const [size, viewport] of [["phone", PHONE], ["desk", { width: 1000, height: 700 }]]) {
      const session = await open(browser, { locale: `${language}-CA` });
      for (const [sheet, names] of Object.entries(SHEETS)) {
        const pictures = [];
        for (const name of names) {
          const view = await show(PLAIN[name] ? "person-next" : name, language);
          const start = view.items[0]?.start + 86400;
          await control({ times: start ? [0, 1, 2, 3].map((i) => [start + i * 50400, start + i * 50400 + 2700]) : [], refusals: refusalsOf(name) });
          pictures.push(await capture(session, PLAIN[name] || pathOf(name), viewport));
        }
        await makeSheet(`${sheet}-${language}-${size}.webp`, pictures);
      }
      await session.context.close();
    }
  }
  const dark = await open(browser, { colorScheme: "dark" });
  const pictures = [];
  for (const name of ["person-next", "door-open", "door-waiting-present", "door-help-answered", "host-waiting"]) {
    await show(name);
    pictures.push(await capture(dark, pathOf(name), PHONE));
  }
  await makeSheet("dark-fr-phone.webp", pictures);
}

if (PICTURES) {
  await makePictures();
} else {
  await checkPolicies();
  await checkWithoutScript();
  await checkKeyboard();
  await checkDoor();
  await checkAllStates();
  finish();
}
await browser.close();
