// What does a patient see, and how do they write?

import { ask, byId, hooks, listen, make, selected } from "./api.js";

const KINDS = [
  ["text", "Text"], ["audio_ptt", "Voice message"], ["image_with_caption", "Photo"], ["video_with_caption", "Video"],
  ["documentWithCaption", "Document"], ["sticker", "Sticker"], ["location", "Location"], ["contact", "Contact"],
  ["reaction", "Reaction"], ["listResponse", "List choice"], ["ephemeral_text", "Vanishing message"],
  ["viewOnce_image", "Photo, view once"], ["lid_addressed_text", "Text, hidden number"],
  ["lid_addressed_no_alt", "Text, no number at all"], ["group_text", "Text in a group"],
  ["fromMe_sent_on_phone", "Staff, on the clinic's phone"],
];
// What is shown of a message that is more than text: a word, and an icon's path.
const MIC = "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5-3a5 5 0 0 1-10 0H5a7 7 0 0 0 6 6.900V22h2v-3.100A7 7 0 0 0 19 12z";
const PHOTO = "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zm1 12h14l-4.5-6-3.5 4.5-2.5-3z";
const PLAY = "M5 4l15 8-15 8z";
const PAPER = "M6 2h8l5 5v15H6zm8 1.500V8h4.500z";
const PIN = "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.500A2.5 2.5 0 1 1 12 6.500a2.5 2.5 0 0 1 0 5z";
const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 8c0-4 4-6 8-6s8 2 8 6z";
const CHIPS = {
  audio: ["Voice message", MIC], audio_ptt: ["Voice message", MIC], image: ["Photo", PHOTO], image_with_caption: ["Photo", PHOTO],
  viewOnce_image: ["Photo, view once", PHOTO], video: ["Video", PLAY], video_with_caption: ["Video", PLAY],
  document: ["Document", PAPER], documentWithCaption: ["Document", PAPER], sticker: ["Sticker", PHOTO],
  location: ["Location", PIN], contact: ["Contact", PERSON], group_text: ["In a group", PERSON],
  ephemeral_text: ["Vanishing message", PAPER], lid_addressed_text: ["Hidden number", PERSON], lid_addressed_no_alt: ["No number", PERSON],
};
const SAVED = "simulator.patients";
const TELLS_TYPING_EVERY = 4000;

const people = new Map(); // number -> { number, name, lines, unread, typingUntil }
let current = null;
let toldTyping = 0;

// ---- who there is

function person(number, name) {
  if (!people.has(number)) people.set(number, { number, name: name || "", lines: [], unread: 0, typingUntil: 0 });
  const found = people.get(number);
  if (name && !found.name) found.name = name;
  return found;
}

const nameOf = (one) => one.name || pretty(one.number);
const pretty = (number) => (/^55\d{10,11}$/.test(number)
  ? `+55 ${number.slice(2, 4)} ${number.slice(4, -4)}-${number.slice(-4)}` : /^\d+$/.test(number) ? `+${number}` : number);
const initials = (one) => (one.name ? one.name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase() : "#");
const tone = (one) => `tone-${[...one.number].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6}`;
const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const typing = (one) => one.typingUntil > Date.now();

function save() {
  localStorage.setItem(SAVED, JSON.stringify([...people.values()].map(({ number, name }) => ({ number, name }))));
}

function restore() {
  people.clear();
  const saved = JSON.parse(localStorage.getItem(SAVED) || "[]");
  for (const one of saved.length ? saved : [{ number: "5511988887777", name: "Maria Silva" }]) person(one.number, one.name);
}

// ---- the sidebar

function drawPeople() {
  const order = [...people.values()].sort((a, b) => (b.lines.at(-1)?.at || 0) - (a.lines.at(-1)?.at || 0));
  byId("people").replaceChildren(...order.map(drawPerson));
}

function drawPerson(one) {
  const last = one.lines.at(-1);
  const button = make("button", "person", "", make("span", `avatar ${tone(one)}`, initials(one)), make("span", "name", nameOf(one)),
    make("span", "when", last ? clock(last.at) : ""), make("span", typing(one) ? "last typing" : "last", preview(one, last)));
  if (one.unread) button.append(make("span", "badge", String(one.unread)));
  button.setAttribute("aria-current", String(one === current));
  button.onclick = () => open(one);
  return make("li", "", "", button);
}

function preview(one, last) {
  if (typing(one)) return "typing…";
  if (!last) return pretty(one.number);
  const said = last.revoked ? "Message deleted" : last.text || CHIPS[last.kind]?.[0] || last.kind;
  return last.by === "patient" ? `You: ${said}` : said;
}

// ---- the conversation

function open(one) {
  current = one;
  one.unread = 0;
  byId("app").classList.add("in-chat");
  draw();
  if (matchMedia("(min-width: 761px)").matches) byId("text").focus();
}

function draw() {
  drawPeople();
  if (!current) return;
  const avatar = byId("chat-avatar");
  avatar.className = `avatar ${tone(current)}`;
  avatar.textContent = initials(current);
  byId("chat-name").textContent = nameOf(current);
  byId("chat-sub").textContent = typing(current) ? "the clinic is typing…" : `${pretty(current.number)} · writing to ${selected.instance}`;
  byId("chat-sub").classList.toggle("typing", typing(current));
  drawMessages();
}

function drawMessages() {
  const rows = [];
  let before = null;
  for (const line of current.lines) {
    if (day(before) !== day(line)) rows.push(make("li", "day", day(line)));
    rows.push(drawMessage(line, before));
    before = line;
  }
  if (!rows.length) rows.push(make("li", "empty", `Write the first message as ${nameOf(current)}. The clinic's replies appear here.`));
  if (typing(current)) rows.push(make("li", "message turn", "", make("span", "dots", "", make("i"), make("i"), make("i"))));
  byId("messages").replaceChildren(...rows);
  byId("messages").scrollTop = byId("messages").scrollHeight;
}

const day = (line) => line && new Date(line.at * 1000).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });

function drawMessage(line, before) {
  const mine = line.by === "patient";
  const row = make("li", `message ${mine ? "mine" : ""} ${line.kind === "reaction" ? "reaction" : ""}`);
  if (!before || before.by !== line.by) row.classList.add("turn");
  if (line.revoked) row.classList.add("gone");
  if (line.by === "staff") row.append(make("span", "by", "Staff, on the clinic's phone"));
  if (CHIPS[line.kind] && !line.revoked) row.append(drawChip(...CHIPS[line.kind]), document.createElement("br"));
  row.append(drawText(line), drawMeta(line, mine));
  if (line.buttons) row.append(drawChoices(line.buttons));
  if (mine && !line.revoked) row.append(drawTools(line));
  return row;
}

// *bold* as the messenger shows it; everything else as it was written.
function drawText(line) {
  const parts = (line.revoked ? "Message deleted" : line.text).split(/(\*[^*\n]+\*)/);
  return make("span", "text", "", ...parts.map((part) => (/^\*[^*\n]+\*$/.test(part) ? make("strong", "", part.slice(1, -1)) : part)));
}

const drawChip = (word, path) => make("span", "chip", "", drawIcon("0 0 24 24", [path]), word);

function drawChoices(choices) {
  return make("span", "choices", "", ...choices.map((choice) => {
    const button = make("button", "", choice.text);
    button.onclick = () => say({ kind: "buttonsResponse", text: choice.text, selected: choice.id });
    return button;
  }));
}

function drawIcon(box, paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", box);
  for (const drawn of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", drawn);
    svg.append(path);
  }
  return svg;
}

function drawMeta(line, mine) {
  const meta = make("span", "meta", "", make("span", "", `${line.edited ? "edited " : ""}${clock(line.at)}`));
  if (mine) meta.append(drawTicks(line.status));
  return meta;
}

function drawTicks(status) {
  const shifts = status === "sent" ? [2.5] : [0, 5];
  const ticks = make("span", `ticks ${status}`, "", drawIcon("0 0 16 11", shifts.map((x) => `M${1 + x} 6l3 3.2L${10 + x} 1.8`)));
  ticks.title = status;
  return ticks;
}

function drawTools(line) {
  const edit = make("button", "", "Edit");
  const remove = make("button", "", "Delete");
  edit.onclick = () => {
    const text = prompt("Edit the message", line.text);
    if (text) ask("POST", `/sim/${selected.instance}/messages/${line.id}/edit`, { text });
  };
  remove.onclick = () => ask("DELETE", `/sim/${selected.instance}/messages/${line.id}`);
  return make("span", "tools", "", edit, remove);
}

// ---- writing

async function write(event) {
  event.preventDefault();
  const box = byId("text");
  const kind = byId("kind").value;
  const text = box.value.trim();
  if (!current || (kind === "text" && !text)) return;
  box.value = "";
  byId("kind").value = "text";
  choose();
  fit();
  await say({ kind, text: text || undefined });
}

const say = (what) => ask("POST", `/sim/${selected.instance}/messages`, { from: current.number, name: current.name || undefined, ...what });

function choose() {
  const kind = byId("kind").value;
  const label = byId("kind").selectedOptions[0].textContent;
  byId("text").placeholder = kind === "text" ? "Write as the patient" : `${label}: add words, or just send`;
  byId("kind").parentElement.classList.toggle("chosen", kind !== "text");
}

function fit() {
  const box = byId("text");
  box.rows = Math.min(6, box.value.split("\n").length);
}

function tellTyping() {
  fit();
  if (!current || Date.now() - toldTyping < TELLS_TYPING_EVERY) return;
  toldTyping = Date.now();
  ask("POST", `/sim/${selected.instance}/presence`, { from: current.number, presence: "composing" });
}

// ---- what happens

function heard(event) {
  for (const hook of hooks.told) hook(event);
  if (event.type === "reset") return load();
  if (event.instance !== selected.instance) return undefined;
  ({ message: arrived, status: ticked, edited: rewritten, revoked: rewritten, typing: types })[event.type]?.(event);
  return undefined;
}

function arrived(line) {
  const one = person(line.chat, line.by === "patient" ? line.name : "");
  one.lines.push({ status: "sent", ...line });
  if (line.by !== "patient") one.typingUntil = 0;
  if (line.by !== "patient" && (one !== current || document.hidden)) one.unread += 1;
  save();
  draw();
}

const lineOf = (id) => [...people.values()].flatMap((one) => one.lines).find((line) => line.id === id);

function ticked(event) {
  const line = lineOf(event.id);
  if (line) line.status = event.status;
  draw();
}

function rewritten(event) {
  const line = lineOf(event.id);
  if (line) Object.assign(line, { text: event.text, [event.type]: true });
  draw();
}

function types(event) {
  if (!["composing", "recording"].includes(event.presence)) return;
  const one = person(event.chat);
  one.typingUntil = Date.now() + event.for_ms;
  draw();
  setTimeout(draw, event.for_ms + 50);
}

function linked(up) {
  byId("live-dot").classList.toggle("up", up);
  byId("live-text").textContent = up ? "Live · nothing leaves this machine" : "Lost the simulator, trying again…";
  if (up) load();
}

async function load() {
  const number = current?.number;
  restore();
  for (const line of (await ask("GET", `/sim/${selected.instance}/chats`)).messages) {
    person(line.chat, line.by === "patient" ? line.name : "").lines.push(line);
  }
  current = people.get(number) || (matchMedia("(min-width: 761px)").matches ? [...people.values()][0] : null);
  draw();
}

function start(state) {
  const names = state.instances.map((one) => one.name);
  byId("instance").replaceChildren(...names.map((name) => make("option", "", name)));
  selected.instance = names[0] || "";
  byId("instance").onchange = (event) => {
    selected.instance = event.target.value;
    for (const hook of hooks.instanceChanged) hook();
    load();
  };
  byId("kind").replaceChildren(...KINDS.map(([value, label]) => Object.assign(make("option", "", label), { value })));
  listen(heard, linked);
}

byId("composer").onsubmit = write;
byId("text").oninput = tellTyping;
byId("kind").onchange = () => { choose(); byId("text").focus(); };
byId("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) write(event);
};
byId("back").onclick = () => {
  current = null;
  byId("app").classList.remove("in-chat");
  drawPeople();
};
byId("new-patient").onclick = () => byId("patient-dialog").showModal();
byId("patient-cancel").onclick = () => byId("patient-dialog").close();
byId("patient-form").onsubmit = () => {
  const one = person(byId("patient-number").value, byId("patient-name").value.trim());
  byId("patient-form").reset();
  save();
  open(one);
};
start(await ask("GET", "/sim/state"));
