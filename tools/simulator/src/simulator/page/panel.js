// What can go wrong on purpose?

import { ask, byId, hooks, make, selected } from "./api.js";

const FAULTS = [
  ["slow", "Slow answers", "Each send takes 3 seconds longer", { fault: "slow", delay_ms: 3000 }],
  ["took", "400, but sent", "The message arrives; the gateway says it failed", { fault: "took_but_400" }],
  ["hang-sent", "No answer, but sent", "The message arrives; the call hangs", { fault: "timeout", delivered: true }],
  ["hang", "No answer, not sent", "The call hangs and nothing arrives", { fault: "timeout", delivered: false }],
  ["bad", "502 from the proxy", "Nothing arrives", { fault: "status_502", delivered: false }],
  ["limit", "WhatsApp rate limit", "400 rate-overlimit", { fault: "capture:rate_overlimit" }],
  ["error", "Accepted, then ERROR", "201, and later an update says it failed", { fault: "accepted_then_error" }],
  ["flaky", "One in three resets", "The connection breaks, nothing arrives", { fault: "reset", probability: 0.33 }],
];
const on = new Map(); // our name -> the simulator's fault id

function toggle(title, hint, checked, act) {
  const input = Object.assign(make("input"), { type: "checkbox", checked });
  input.setAttribute("role", "switch");
  input.onchange = async () => { await act(input.checked); draw(); };
  return make("label", "switch", "", make("span", "", title), input, make("small", "", hint));
}

async function setFault(name, fault, wanted) {
  if (wanted) on.set(name, (await ask("POST", "/sim/faults", { call: "sendText", ...fault })).id);
  else await ask("DELETE", `/sim/faults/${on.get(name)}`);
}

const connect = (body) => ask("POST", `/sim/${selected.instance}/connection`, body);

async function draw() {
  const [state, hooked, faults] = await Promise.all(["/sim/state", "/sim/webhooks", "/sim/faults"].map((path) => ask("GET", path)));
  const live = new Set(faults.faults.map((fault) => fault.id));
  for (const [name, id] of on) if (!live.has(id)) on.delete(name);
  const mine = state.instances.find((one) => one.name === selected.instance) || {};
  byId("version").textContent = `Evolution API ${state.version}, simulated`;
  const quiet = make("button", "quiet", "Back to a fresh start");
  quiet.onclick = async () => { await ask("POST", "/sim/reset"); on.clear(); draw(); };
  byId("panel-body").replaceChildren(
    make("h3", "", "Gateway"),
    toggle("Down", "Every call is dropped; webhooks wait", state.offline, (yes) => ask(yes ? "POST" : "DELETE", "/sim/offline", yes ? { seconds: null } : undefined)),
    toggle("Logged out", "WhatsApp closed the session", mine.state === "close", (yes) => connect({ state: yes ? "close" : "open" })),
    toggle("Dead socket", "Says open, but sends fail", Boolean(mine.dead_socket), (yes) => connect({ state: "open", dead_socket: yes })),
    make("h3", "", "Sending"),
    ...FAULTS.map(([name, title, hint, fault]) => toggle(title, hint, on.has(name), (yes) => setFault(name, fault, yes))),
    make("h3", "", "Webhooks"),
    toggle("Duplicates", "Every event comes twice", hooked.duplicate > 0, (yes) => ask("POST", "/sim/webhooks", { duplicate: yes ? 1 : 0 })),
    toggle("Out of order", "Shuffled within a second", hooked.reorder, (yes) => ask("POST", "/sim/webhooks", { reorder: yes, window_ms: 1000 })),
    quiet,
  );
}

function show(open) {
  byId("panel").hidden = !open;
  byId("app").classList.toggle("with-panel", open);
  byId("open-panel").setAttribute("aria-expanded", String(open));
  if (open) draw();
}

byId("open-panel").onclick = () => show(byId("panel").hidden);
byId("close-panel").onclick = () => show(false);
hooks.instanceChanged.push(() => byId("panel").hidden || draw());
hooks.told.push((event) => ["connection", "reset"].includes(event.type) && !byId("panel").hidden && draw());
