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

  // What was typed when the lock came goes on its way.
  const carried = document.querySelector("form[data-send]");
  if (carried) carried.submit();

  // A number goes up and down by a thumb; it begins with what was measured last, or what is usual.
  const unhide = () => {
    for (const button of document.querySelectorAll("[data-step]")) button.hidden = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    const input = button && document.getElementById(button.dataset.for);
    const around = input && input.closest("[data-min]");
    if (!around) return;
    const { start, min, max } = around.dataset;
    const typed = Number.parseFloat(input.value);
    const by = Number(button.dataset.step);
    const first = Number.parseFloat(start);
    const next = Number.isNaN(typed) ? first : typed + by;
    const kept = Math.min(Math.max(next, Number(min)), Number(max));
    input.value = String(Math.round(kept * 10) / 10);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  unhide();

  // After a refused form the reader hears and sees the summary first.
  const toErrors = () => {
    const errors = document.querySelector(".errors");
    if (errors) errors.focus();
  };
  toErrors();

  const masthead = document.querySelector("[data-by]");
  if (!masthead || !window.fetch || !window.AbortController) return;
  const EVERY = 5000;
  const PATIENCE = 10000;
  const me = masthead.dataset.by;
  const read = (text) => new DOMParser().parseFromString(text, "text/html");
  const get = async (address, options) => {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", ...options, signal: stop.signal });
      return { answer, text: await answer.text() };
    } finally {
      clearTimeout(late);
    }
  };
  const isLocked = ({ answer }) => new URL(answer.url).pathname === "/unlock";
  const isSignedOut = ({ answer }) => answer.status === 401 || new URL(answer.url).pathname === "/signin";

  // One line above the page for what this script has to say; empty when there is nothing.
  const line = document.createElement("div");
  line.setAttribute("role", "alert");
  masthead.before(line);
  const told = new Map();
  const tell = (about, words, action) => {
    if ((told.get(about) || {}).words === words) return;
    if (words) told.set(about, { words, action }); else told.delete(about);
    line.replaceChildren(...[...told.values()].map((one) => {
      const strip = document.createElement("p");
      strip.className = "strip sudden-strip";
      strip.append(one.words);
      if (one.action) strip.append(" ", one.action);
      return strip;
    }));
  };
  const link = (words, address) => {
    const a = document.createElement("a");
    a.textContent = words;
    a.href = address;
    return a;
  };
  const toSignIn = () => link("ログインし直す", "/signin?next=" + encodeURIComponent(location.pathname));

  // The page of an emergency is exchanged part by part. What somebody is typing into stays as it is.
  const emergency = () => document.getElementById("emergency");
  const PARTS = "section[id], [data-live]";
  const isTyped = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((input) => (
    input.type === "radio" || input.type === "checkbox" ? input.checked !== input.defaultChecked : input.value !== input.defaultValue
  ));
  const names = (around) => [...around.querySelectorAll(PARTS)].map((part) => part.id).join(" ");
  const exchange = (text, sent) => {
    const here = emergency();
    const there = read(text).getElementById("emergency");
    if (!here || !there) return false;
    if (names(here) !== names(there) || there.querySelector(".errors")) {
      here.replaceWith(there);
      const part = document.getElementById(sent);
      if (part) part.scrollIntoView();
    } else {
      for (const fresh of there.querySelectorAll(PARTS)) {
        const old = document.getElementById(fresh.id);
        if (!old || (old.id !== sent && isTyped(old))) continue;
        const open = [...old.querySelectorAll("details")].map((one) => one.open);
        const focused = old.contains(document.activeElement) ? document.activeElement : null;
        fresh.querySelectorAll("details").forEach((one, at) => { if (old.id !== sent && open[at]) one.open = true; });
        old.replaceWith(fresh);
        const again = focused && (focused.id ? document.getElementById(focused.id)
          : [...fresh.querySelectorAll(focused.tagName)].find((one) => one.name === focused.name && one.value === focused.value));
        if (again) again.focus({ preventScroll: true });
      }
      here.dataset.mark = there.dataset.mark;
    }
    unhide();
    toErrors();
    return true;
  };

  // The session is locked: this page gives way to the lock. Where something is typed, the lock covers it instead, and it
  // stands there again when the password was right.
  const isChanged = (select) => [...select.options].some((one) => one.defaultSelected) && [...select.options].some((one) => one.selected !== one.defaultSelected);
  const isTypedHere = () => (form && form.dataset.keep === "typed")
    || [...document.querySelectorAll("main form")].some((one) => isTyped(one) || [...one.querySelectorAll("select")].some(isChanged));
  const cover = (text) => {
    const title = document.title;
    const veil = document.createElement("div");
    veil.id = "veil";
    const fill = (words) => {
      const main = read(words).querySelector("main");
      if (!main) return;
      main.removeAttribute("id");
      veil.replaceChildren(main);
      const password = veil.querySelector("input[type=password]");
      if (password) password.focus();
    };
    veil.addEventListener("submit", async (event) => {
      if (!event.target.action.endsWith("/unlock")) return;
      event.preventDefault();
      event.stopPropagation();
      try {
        const got = await get("/unlock", { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
        if (isLocked(got) || isSignedOut(got)) { fill(got.text); return; }
        veil.remove();
        document.body.classList.remove("veiled");
        document.title = title;
        look();
        send();
      } catch { /* The page of the lock stays. */ }
    });
    document.title = "ロックしています - 引き継ぎ";
    document.body.append(veil);
    document.body.classList.add("veiled");
    fill(text);
  };
  const locks = (text) => {
    if (document.getElementById("veil")) return;
    if (isTypedHere() || unsent.length > 0) cover(text);
    else location.assign("/unlock?next=" + encodeURIComponent(location.pathname));
  };

  // A tap is kept until the server has taken it: sent again in order, each one noted once, with the time of the tap.
  const KEPT = "hikitsugi-unsent";
  let unsent = [];
  try { unsent = JSON.parse(sessionStorage.getItem(KEPT) || "[]"); } catch { unsent = []; }
  let taps = 0;
  let isSending = false;
  let retry;
  const keep = () => {
    try { sessionStorage.setItem(KEPT, JSON.stringify(unsent)); } catch { /* It stays in this page. */ }
  };
  const listed = () => unsent.map((one) => new Date(one.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" }) + " " + one.what).join("、");
  const waits = () => {
    tell("unsent", "サーバーにつながりません。記録はこの画面に残し、つながりしだい送ります。閉じないでください。送る記録: " + listed());
  };
  const send = async () => {
    if (isSending) return;
    isSending = true;
    try {
      while (unsent.length > 0) {
        const one = unsent[0];
        if (one.by !== me) {
          const drop = document.createElement("button");
          drop.type = "button";
          drop.className = "button outline small";
          drop.textContent = "送らずに消す";
          drop.addEventListener("click", () => { unsent = unsent.filter((kept) => kept.by === me); keep(); tell("unsent", ""); send(); });
          tell("unsent", "前にログインしていた人の、送られていない記録があります。その人がログインし直すと送れます: " + listed(), drop);
          return;
        }
        const ago = Math.round((Date.now() - one.at) / 1000);
        let got = null;
        try {
          const headers = { "Content-Type": "application/x-www-form-urlencoded" };
          got = await get(one.to, { method: "POST", headers, body: one.words + (ago > 4 ? "&ago=" + ago : "") });
        } catch { /* Told below. */ }
        if (!got || got.answer.status >= 500) { waits(); clearTimeout(retry); retry = setTimeout(send, EVERY); return; }
        if (isSignedOut(got)) {
          tell("unsent", "ログインが切れたか、ロックされています。ログインし直すかロックを解くと送ります: " + listed(), toSignIn());
          return;
        }
        unsent.shift();
        keep();
        tell("unsent", "");
        const path = one.to.split("?")[0];
        const shows = location.pathname === path && emergency();
        if (got.answer.ok || got.answer.status === 422) {
          if (shows) exchange(got.text, one.part);
          if (got.answer.ok) tell("refused", "");
          else if (!shows) tell("refused", "記録できませんでした: " + one.what, link("急変の画面を開く", path));
        } else {
          const title = read(got.text).querySelector("h1");
          tell("refused", "記録できませんでした: " + one.what + " " + (title ? title.textContent : ""), link("急変の画面を開き直す", path));
        }
      }
    } finally {
      isSending = false;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.action.endsWith("/lock") && (isTypedHere() || unsent.length > 0)) {
      event.preventDefault();
      get("/lock", { method: "POST" }).then((got) => { if (isLocked(got)) cover(got.text); }, () => form.submit());
      return;
    }
    if (form.action.endsWith("/signout") && unsent.length > 0) {
      if (!window.confirm("まだ送られていない記録があります。ログアウトすると失われることがあります。ログアウトしますか")) event.preventDefault();
      return;
    }
    const address = new URL(form.action);
    if (!form.closest("#emergency") || address.pathname !== location.pathname || !event.submitter) return;
    event.preventDefault();
    // Pressed twice in a row is pressed once. It keeps the focus, which a disabled button would lose.
    if (event.submitter.ariaDisabled === "true") return;
    const words = new URLSearchParams(new FormData(form));
    words.append(event.submitter.name, event.submitter.value);
    taps += 1;
    words.set("tap", words.get("tap") + "-" + (taps % 1000));
    const button = event.submitter;
    button.ariaDisabled = "true";
    const title = form.closest(".asking") ? form.closest(".asking").querySelector("h2") : button;
    const said = words.get("words") ? "「" + words.get("words") + "」" : "";
    unsent.push({ to: address.pathname + address.search, part: address.hash.slice(1), words: words.toString(), at: Date.now(), by: me, what: title.textContent.trim() + said });
    keep();
    if (isSending) waits();
    send().finally(() => { button.ariaDisabled = null; });
  });
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => {
    if (unsent.length === 0) return;
    event.preventDefault();
    event.returnValue = "";
  });
  send();

  // What everybody has to know at once, and what others noted of the emergency on this page.
  const notices = document.getElementById("notices");
  let failures = 0;
  // Only what somebody does is use of the page; what it asks for by itself does not keep it from being locked.
  const BY_ITSELF = { headers: { "X-By-Itself": "yes" } };
  let isUsed = false;
  for (const kind of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(kind, () => { isUsed = true; }, { capture: true, passive: true });
  }
  const look = async () => {
    if (document.hidden) return;
    try {
      const got = await get("/notices?on=" + (notices.dataset.on || ""), isUsed ? {} : BY_ITSELF);
      isUsed = false;
      if (isLocked(got)) { locks(got.text); return; }
      if (isSignedOut(got)) { tell("session", "ログインが切れています。", toSignIn()); return; }
      if (got.answer.status >= 500) throw new Error("not now");
      failures = 0;
      tell("lost", "");
      tell("session", "");
      if (!got.answer.ok) return;
      const fresh = read(got.text);
      for (const id of ["notices", "unseen"]) {
        const here = document.getElementById(id);
        const there = fresh.getElementById(id);
        if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
      }
      const here = emergency();
      if (!here || isSending) return;
      const newer = await get(location.pathname + "/newer?mark=" + encodeURIComponent(here.dataset.mark), BY_ITSELF);
      if (newer.answer.status !== 200) return;
      const page = await get(location.pathname + location.search, BY_ITSELF);
      if (page.answer.ok && !isSending) exchange(page.text, "");
    } catch {
      failures += 1;
      if (failures > 1) tell("lost", "サーバーにつながりません。この画面は古いかもしれません。");
    }
  };
  const again = async () => { await look(); setTimeout(again, EVERY); };
  setTimeout(again, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
