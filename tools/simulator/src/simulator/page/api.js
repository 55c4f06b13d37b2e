// How does the page talk to the simulator?

export async function ask(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(path, { method, ...sent });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

export function listen(onEvent, onLink) {
  const source = new EventSource("/sim/live");
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
}

// An element with a class, text and children; text only ever goes in as text.
export function make(tag, className = "", text = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

export const byId = (id) => document.getElementById(id);
export const selected = { instance: "" };
export const hooks = { instanceChanged: [], told: [] };
