// What was typed is not lost when it could not be sent: the session had ended, or something else went wrong. It stays
// in this tab, and is put back as soon as its page is open again for the same person.
"use strict";
{
  const KEY = "frontdesk-typed";
  const { page, who, unsent, back } = document.body.dataset;
  const answers = document.body.hasAttribute("data-answers");
  const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const keep = (typed) => sessionStorage.setItem(KEY, JSON.stringify(typed));
  const path = (address) => new URL(address, location).pathname;

  // An answer to a form may stand at an address that nobody can look at: a reload asks for the page itself.
  if (page && path(page) !== location.pathname) history.replaceState(null, "", page);

  const OMITTED = ["hidden", "password", "file", "submit", "button"];
  const fields = (form) => [...form.elements].filter((one) => one.name && one.name !== "confirm" && !OMITTED.includes(one.type));
  const ticked = (one) => one.type === "checkbox" || one.type === "radio";
  const asGiven = (one) => {
    if (ticked(one)) return one.checked === one.defaultChecked;
    if (one.options) return one.selectedIndex === Math.max(0, [...one.options].findIndex((option) => option.defaultSelected));
    return one.value === one.defaultValue && !(answers && one.value);
  };
  const typed = (form) => fields(form).map((one, at) => ({ form: form.getAttribute("action"), at, name: one.name, value: one.value, checked: one.checked, same: asGiven(one) })).filter((one) => !one.same);

  addEventListener("pagehide", () => {
    if (!who) return;
    const found = [...document.forms].filter((form) => form.method === "post").flatMap(typed);
    if (found.length) keep({ who, path: path(page), fields: found });
  });

  const put = ({ form, at, name, value, checked }) => {
    const one = [...document.forms].filter((each) => each.getAttribute("action") === form).map((each) => fields(each)[at]).find((each) => each?.name === name);
    if (!one) return false;
    if (ticked(one)) one.checked = checked; else one.value = value;
    one.closest("details")?.setAttribute("open", "");
    return true;
  };
  const tell = () => {
    const notice = document.createElement("p");
    notice.className = "notice warn";
    notice.textContent = back;
    document.getElementById("notices").append(notice);
  };

  const draft = kept();
  document.querySelectorAll("[data-if-lost]").forEach((one) => { one.hidden = true; });
  document.querySelectorAll("[data-if-kept]").forEach((one) => { one.hidden = !draft; });
  if (draft && unsent !== undefined) keep({ ...draft, unsent: true });
  else if (draft && who) {
    if (draft.unsent && draft.who === who && draft.path !== path(page)) { /* until its page is open */ }
    else {
      sessionStorage.removeItem(KEY);
      if (draft.unsent && draft.who === who && draft.fields.map(put).some(Boolean)) tell();
    }
  } else if (draft && !draft.unsent) sessionStorage.removeItem(KEY); // somebody logged out
}
