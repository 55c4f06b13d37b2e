// What does the page do that it could not do without a script? It follows what happens, and spares some clicks.
"use strict";

// News: one stream of server-sent events. Parts of the page that say `hx-trigger="live from:body …"` ask again.
const live = document.getElementById("live");
const source = document.body.dataset.live;
if (source && live && window.EventSource) {
  const say = (state, words) => {
    live.hidden = false;
    live.className = `live ${state}`;
    live.querySelector(".live-word").textContent = words;
    live.title = words;
  };
  let pending = 0;
  const news = () => {
    pending ||= setTimeout(() => { pending = 0; document.body.dispatchEvent(new Event("live")); }, 250);
  };
  const open = () => {
    const stream = new EventSource(source);
    stream.onopen = () => { say("on", live.dataset.on); news(); };
    stream.onmessage = news;
    stream.onerror = () => {
      say("lost", live.dataset.lost);
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, 5000); // a refusal is not tried again by itself
    };
    addEventListener("pagehide", () => stream.close(), { once: true });
  };
  open();
}

// A story that was opened since the page came is not in what the page asks when there is news: that asks for it, too.
let follows = null;
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.id === "messenger") ctx.request.action = follows ?? ctx.request.action;
  else if (ctx.sourceElement.closest("#messages")) follows = ctx.request.action;
});

// What was just done is said once, not again on a reload.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}

// The newest message is in sight, also after an update, unless somebody reads further up.
let atEnd = true;
const log = () => document.getElementById("messages");
const toEnd = () => { const list = log(); if (list) list.scrollTop = list.scrollHeight; };
const watch = () => {
  log()?.addEventListener("scroll", () => {
    const list = log();
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  }, { passive: true });
};
watch();
const told = () => document.getElementById("open-story")?.closest("li");
const toStory = () => { // its message at the top, or, if there is no room to scroll so far, all of it
  const list = log();
  list.scrollTop += told().getBoundingClientRect().top - list.getBoundingClientRect().top - 16;
};
let shown = told()?.id;
if (told()) toStory(); else toEnd();
document.addEventListener("htmx:after:swap", () => {
  if (told() && told().id !== shown) toStory();
  shown = told()?.id;
  if (atEnd && !told()) toEnd();
});

// Enter sends, Shift+Enter begins a line; on a phone Enter begins a line.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("textarea[data-enter-sends]");
  if (!box || event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  if (box.value.trim() || box.form.querySelector("input[type=file]")?.files.length) box.form.requestSubmit();
});

// An answer needs words or a file; a file that is too large is told before it is sent.
const words = document.getElementById("reply-text");
if (words) words.required = true;
document.addEventListener("change", ({ target }) => {
  if (!target.dataset?.mostBytes) return;
  if (words) words.required = !target.files.length;
  target.setCustomValidity([...target.files].some((file) => file.size > target.dataset.mostBytes) ? target.dataset.tooLarge : "");
  target.reportValidity();
});

// A choice takes effect at once; a form is sent once; a menu closes on Escape and on a click beside it.
document.addEventListener("change", (event) => {
  const all = event.target.closest?.("[data-check-all]");
  if (all) document.querySelectorAll(`input[name="${all.dataset.checkAll}"]`).forEach((box) => { box.checked = all.checked; });
  if (event.target.form?.hasAttribute("data-submit-on-change")) event.target.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
const menu = document.getElementById("menu");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => { if (menu?.open && !menu.contains(event.target)) menu.open = false; });
