// Conveniences; every page works without them.
(() => {
  "use strict";

  // The list follows what is typed: the same page is fetched, and only its results are exchanged.
  const search = document.querySelector('form[role="search"]');
  const results = document.getElementById("results");
  if (search && results && window.AbortController) {
    let wait;
    let running;
    const find = async () => {
      const address = new URL(search.getAttribute("action") || "", location.href);
      const asked = new URLSearchParams(new FormData(search));
      const posted = search.method === "post";
      if (!posted) address.search = asked.toString();
      if (running) running.abort();
      running = new AbortController();
      try {
        const answer = await fetch(address, {
          method: search.method,
          body: posted ? asked : undefined,
          signal: running.signal,
          credentials: "same-origin",
        });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const id of ["results", "found"]) {
          const here = document.getElementById(id);
          const there = page.getElementById(id);
          if (here && there) here.replaceChildren(...there.childNodes);
        }
      } catch {
        // Superseded by the next key, or no network: the button 探す still asks the server and shows its answer.
      }
    };
    search.addEventListener("input", (event) => {
      clearTimeout(wait);
      if (!event.isComposing) wait = setTimeout(find, 250);
    });
    search.addEventListener("compositionend", () => {
      clearTimeout(wait);
      wait = setTimeout(find, 250);
    });
  }

  // What was typed is not lost by a slip: the browser asks before the page is left.
  const form = document.querySelector("form[data-keep]"); // data-keep="typed": the page already shows unsaved input
  if (form) {
    let typed = form.dataset.keep === "typed";
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!typed) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  // A number goes up and down by a thumb; it begins with what was measured last, or what is usual.
  for (const button of document.querySelectorAll("[data-step]")) {
    const input = document.getElementById(button.dataset.for);
    const around = input && input.closest("[data-min]");
    if (!around) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const { start, min, max } = around.dataset;
      const typed = Number.parseFloat(input.value);
      const by = Number(button.dataset.step);
      const first = Number.parseFloat(start);
      const next = Number.isNaN(typed) ? first : typed + by;
      const kept = Math.min(Math.max(next, Number(min)), Number(max));
      input.value = String(Math.round(kept * 10) / 10);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // After a refused form the reader hears and sees the summary first.
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();
})();
