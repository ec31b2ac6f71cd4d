// What a browser with scripts does beyond following links: it searches while one types, follows links of a search
// without loading the page anew, and takes keys. Every state has its own address, and without this file all links work.
"use strict";

(() => {
  const WAIT_MS = 150;
  const box = document.getElementById("q");
  const ask = document.getElementById("ask");
  const main = document.getElementById("main");
  const status = document.getElementById("status");
  let request = null;
  let timer = 0;
  let typing = false; // whether the newest entry of the history is of the words being typed

  // --- showing another page in place ---

  async function show(url, { history: how = "push", focus = null, keepBox = false } = {}) {
    clearTimeout(timer);
    request?.abort();
    const mine = (request = new AbortController());
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== request) return;
      const next = page.getElementById("main");
      if (!next) throw new Error("no page");
      if (how === "push") history.pushState({ live: true }, "", url);
      if (how === "replace") history.replaceState({ live: true }, "", url);
      put(page, next, keepBox);
      focus?.();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!keepBox) location.assign(url);
      status.textContent = "The server does not answer.";
      status.classList.remove("hidden");
    } finally {
      if (mine === request) main.removeAttribute("aria-busy");
    }
  }

  function put(page, next, keepBox) {
    const open = [...main.querySelectorAll("details[id][open]")].map((each) => each.id);
    const sheet = main.querySelector("#filters")?.matches(":popover-open") ?? false;
    main.replaceChildren(...next.childNodes);
    document.body.className = page.body.className;
    document.title = page.title;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    const filters = document.getElementById("filters");
    if (sheet && filters?.showPopover) filters.showPopover();
    document.getElementById("carried").replaceWith(page.getElementById("carried"));
    const theirs = page.getElementById("q");
    if (!keepBox) box.value = theirs.value;
    box.toggleAttribute("aria-invalid", false);
    if (theirs.hasAttribute("aria-invalid")) box.setAttribute("aria-invalid", "true");
    for (const [place, link] of [...document.querySelectorAll(".site a")].entries()) {
      const there = page.querySelectorAll(".site a")[place];
      link.toggleAttribute("aria-current", false);
      if (there?.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
    }
    for (const feed of document.head.querySelectorAll("link[rel=alternate]")) feed.remove();
    document.head.append(...page.head.querySelectorAll("link[rel=alternate]"));
    status.textContent = next.dataset.said;
    status.classList.add("hidden");
    ready();
  }

  // --- searching while one types ---

  function address(form) {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(pairs).toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const how = typing ? "replace" : "push";
      typing = true;
      show(address(ask), { history: how, keepBox: true });
    }, WAIT_MS);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form !== ask && !form.hasAttribute("data-live")) return;
    event.preventDefault();
    const how = form === ask && typing ? "replace" : "push";
    typing = false;
    show(address(form), { history: how, keepBox: form === ask });
  });

  // --- links of a search ---

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-live]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    typing = false;
    const key = link.dataset.key;
    show(link.href, { focus: () => (key ? refind(key) : toResults()) });
  });

  // A facet's value stays focused when its filter is turned on or off, so that one can go on from there.
  function refind(key) {
    const same = [...main.querySelectorAll("a[data-key]")].find((link) => link.dataset.key === key);
    if (same) same.focus({ preventScroll: true });
    else toResults();
  }

  function toResults() {
    scrollTo({ top: 0, behavior: "instant" });
    (document.getElementById("found") ?? main).focus({ preventScroll: true });
  }

  addEventListener("popstate", () => {
    typing = false;
    if (location.hash && !history.state?.live && !document.body.matches(".search, .home, .error")) return;
    show(location.href, { history: "none" });
  });

  // --- keys ---

  const hits = () => [...main.querySelectorAll(".hits .to-paper")];

  document.addEventListener("keydown", (event) => {
    const typed = event.target.closest?.("input, textarea, select, [contenteditable]");
    const toBox = (event.key === "/" && !typed && !event.ctrlKey && !event.metaKey && !event.altKey) ||
      (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey);
    if (toBox) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    } else if (event.key === "Escape") {
      leave(event);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      walk(event, typed);
    }
  });

  function leave(event) {
    const hit = event.target.closest?.(".hit");
    if (event.target === box) box.blur();
    else if (hit) box.focus();
  }

  function walk(event, typed) {
    const all = hits();
    const place = all.indexOf(document.activeElement?.closest(".hit")?.querySelector(".to-paper"));
    if (typed ? event.target !== box : place < 0) return;
    const next = place + (event.key === "ArrowDown" ? 1 : -1);
    if (place < 0 && event.key === "ArrowUp") return;
    event.preventDefault();
    if (next < 0) box.focus();
    else all[next]?.focus();
  }

  // --- a paper's facts and their places in the text ---

  function light(event) {
    const on = event.type === "pointerover" || event.type === "focusin";
    const at = event.target.closest?.("[data-fact], [data-facts]");
    if (!at) return;
    const names = (at.dataset.fact ?? at.dataset.facts).split(" ");
    for (const name of names) {
      for (const mark of main.querySelectorAll(`[data-facts~="${name}"]`)) {
        mark.classList.toggle("lit", on);
        if (at.dataset.fact) mark.closest(".told")?.classList.toggle("lit", on);
      }
      if (at.dataset.facts) main.querySelector(`[data-fact="${name}"]`)?.classList.toggle("lit", on);
    }
  }
  for (const kind of ["pointerover", "pointerout", "focusin", "focusout"]) main.addEventListener(kind, light);

  // --- copying ---

  function ready() {
    for (const button of main.querySelectorAll(".copy")) button.hidden = !navigator.clipboard;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    status.textContent = "Copied";
    button.textContent = "Copied";
  });

  ready();
})();
