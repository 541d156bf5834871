// Two conveniences; every page works without them.
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
      address.search = new URLSearchParams(new FormData(search)).toString();
      if (running) running.abort();
      running = new AbortController();
      try {
        const answer = await fetch(address, { signal: running.signal, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("results");
        if (found) results.replaceChildren(...found.childNodes);
      } catch (error) {
        if (error.name !== "AbortError") search.dataset.offline = "";
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
  const form = document.querySelector("form[data-keep]");
  if (form) {
    let typed = form.dataset.keep === "typed";
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
    window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  }

  // After a refused form the reader hears and sees the summary first.
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();
})();
