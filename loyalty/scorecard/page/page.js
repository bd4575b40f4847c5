"use strict";
// Without this script everything can be read and switched; it adds what is remembered and mailed.
(() => {
  const NAMES = ["lang", "grain", "theme"];
  const STORE = "loyalty-scorecard";
  const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;

  const remembered = () => {
    try { return new URLSearchParams(localStorage.getItem(STORE) || ""); }
    catch { return new URLSearchParams(); }
  };
  const inLink = () => {
    const hash = location.hash.slice(1);
    return new URLSearchParams(hash.includes("=") ? hash : hash && `at=${hash}`);
  };
  const choose = (name, value) => {
    const input = document.getElementById(`${name}-${value}`);
    if (input && input.name === name) input.checked = true;
  };
  const show = (at, behavior = "auto") => {
    const place = at && document.getElementById(at);
    if (!place) return;
    place.scrollIntoView({ behavior });
    place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
  };
  const speak = () => {
    const lang = chosen("lang");
    document.documentElement.lang = lang;
    document.title = document.querySelector(`h1 [lang=${lang}]`).textContent;
    const days = Math.floor((Date.now() - Date.parse(document.body.dataset.publishedAt)) / 864e5);
    const stale = document.getElementById("stale");
    stale.hidden = !(days >= 2);
    for (const words of stale.children) words.textContent = words.textContent.replace(/\d+/, days);
  };
  const keep = (at) => {
    const state = new URLSearchParams(NAMES.map((name) => [name, chosen(name)]));
    try { localStorage.setItem(STORE, state); } catch { /* not allowed here: the link still has it */ }
    if (at) state.set("at", at);
    try { history.replaceState(null, "", `#${state}`); } catch { /* not in a mail's preview */ }
  };
  const take = (state) => NAMES.forEach((name) => state.has(name) && choose(name, state.get(name)));

  choose("lang", navigator.language.startsWith("sv") ? "sv" : "en");
  take(remembered());
  take(inLink());
  speak();
  show(inLink().get("at"), "instant");

  addEventListener("hashchange", () => { take(inLink()); speak(); show(inLink().get("at")); });
  document.addEventListener("change", () => {
    speak();
    keep(inLink().get("at"));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const at = link.getAttribute("href").slice(1);
    keep(at);
    show(at);
  });

  // A trend says the numbers of the period under the pointer; the table below has them all.
  const tip = Object.assign(document.createElement("div"), { id: "tip", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  const LEFT = 56, PLOT = 520, WIDTH = 620;
  for (const trend of document.querySelectorAll(".trend[data-count]")) {
    const drawing = trend.querySelector("svg");
    const rows = trend.parentElement.querySelectorAll("tbody tr");
    const heads = [...trend.parentElement.querySelectorAll("thead th")];
    trend.addEventListener("pointermove", (event) => {
      const box = drawing.getBoundingClientRect();
      const scale = box.width / WIDTH;
      const last = rows.length - 1;
      const share = ((event.clientX - box.left) / scale - LEFT) / PLOT;
      if (share < -0.03 || share > 1.03) { tip.hidden = true; return; }
      const place = Math.min(last, Math.max(0, Math.round(share * last)));
      const cells = [...rows[last - place].children].map((cell) => visible(cell));
      tip.textContent = `${cells[0]}: ${cells[1]} (${cells[2]}), ${visible(heads[3])} ${cells[3]}`;
      trend.append(tip);
      tip.hidden = false;
      const x = (LEFT + (last ? place / last : 0) * PLOT) * scale;
      tip.style.left = `${Math.min(Math.max(0, x - tip.offsetWidth / 2), trend.clientWidth - tip.offsetWidth)}px`;
      tip.style.top = `${-tip.offsetHeight}px`;
    });
    trend.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
  function visible(cell) {
    const copy = cell.cloneNode(true);
    for (const other of copy.querySelectorAll(`[lang]:not([lang=${chosen("lang")}])`)) other.remove();
    return copy.textContent.trim();
  }
})();
