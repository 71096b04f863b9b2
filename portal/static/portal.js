"use strict";
// Suggestions while typing. Without this script the form searches all the same.

for (const form of document.querySelectorAll("form[data-suggestions]")) suggest(form);

function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let asking = null, timer = null, at = -1;

  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  form.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) input.setAttribute(name, value);

  function close() {
    if (asking) asking.abort();
    clearTimeout(timer);
    list.hidden = true;
    list.replaceChildren();
    point(-1);
    told.textContent = "";
    input.setAttribute("aria-expanded", "false");
  }

  function point(index) {
    at = index;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
    const one = list.children[at];
    if (one) {
      input.setAttribute("aria-activedescendant", one.id);
      one.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    if (!found.length) return close();
    list.replaceChildren(...found.map((one, i) => {
      const option = document.createElement("li");
      option.id = `suggestion-${i}`;
      option.setAttribute("role", "option");
      option.dataset.at = one.at;
      option.textContent = one.text;
      return option;
    }));
    point(-1);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    told.textContent = form.dataset.count.replace("{n}", found.length);
  }

  async function ask() {
    const q = input.value.trim();
    if (q.length < 2) return close();
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    const address = new URL(form.dataset.suggestions, location);
    address.searchParams.set("q", q);
    try {
      const answer = await fetch(address, { signal: mine.signal });
      if (!mine.signal.aborted) answer.ok ? show(await answer.json()) : close();
    } catch (error) {
      if (error.name !== "AbortError") close(); // away: the form itself says so when it is sent
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const last = list.children.length - 1;
    switch (event.key) {
      case "ArrowDown": point(at < last ? at + 1 : 0); break;
      case "ArrowUp": point(at > 0 ? at - 1 : last); break;
      case "Escape": close(); break;
      case "Enter": if (at < 0) return; location.assign(list.children[at].dataset.at); break;
      default: return;
    }
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps focus
  list.addEventListener("click", (event) => {
    const one = event.target.closest("li");
    if (one) location.assign(one.dataset.at);
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
}

// An explanation closes by Escape, or by a click elsewhere.
document.addEventListener("click", (event) => closeTerms(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeTerms(null);
});

function closeTerms(clicked) {
  for (const term of document.querySelectorAll("details.term[open]")) {
    if (!clicked || !term.contains(clicked)) {
      if (term.contains(document.activeElement)) term.querySelector("summary").focus();
      term.open = false;
    }
  }
}
