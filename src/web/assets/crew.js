// While the page stands open it asks whether anything was recorded since, and shows what is new. The button works without.
(() => {
  "use strict";
  const main = document.querySelector("main[data-mark]");
  const told = document.getElementById("live");
  if (!main || !told || !window.fetch || !window.DOMParser) return;
  const EVERY = 5000;
  const here = location.pathname;
  const clock = () => new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" });
  const say = (words, lost) => {
    if (told.textContent !== words) told.textContent = words;
    told.classList.toggle("lost", Boolean(lost));
  };
  const post = (path, words) => fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: words,
    cache: "no-store",
  });

  // Only what is different is exchanged, so that who reads keeps the place.
  const show = (text) => {
    const there = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!there) return false;
    const old = [...main.children];
    const fresh = [...there.children];
    if (!there.dataset.mark) {
      // The paper ended meanwhile, or it cannot be read: that page as it is.
      document.body.replaceChildren(...there.ownerDocument.body.childNodes);
      return false;
    }
    const same = (one, other) => (one.id === "live" && other.id === "live") || one.isEqualNode(other);
    const most = Math.min(old.length, fresh.length);
    let from = 0;
    while (from < most && same(old[from], fresh[from])) from += 1;
    let tail = 0;
    while (tail < most - from && same(old[old.length - 1 - tail], fresh[fresh.length - 1 - tail])) tail += 1;
    const behind = old[old.length - tail] || null;
    const gone = old.slice(from, old.length - tail);
    const come = fresh.slice(from, fresh.length - tail);
    if (gone.length === come.length) {
      gone.forEach((node, at) => { if (!same(node, come[at])) node.replaceWith(come[at]); });
    } else {
      for (const node of gone) node.remove();
      for (const node of come) main.insertBefore(node, behind);
    }
    main.dataset.mark = there.dataset.mark;
    return true;
  };

  const ask = async () => {
    if (document.hidden) return true;
    try {
      const asked = await post(here + "/newer", "mark=" + encodeURIComponent(main.dataset.mark));
      if (asked.status === 204) {
        say("自動で更新中 " + clock() + " 現在");
        return true;
      }
      if (asked.status >= 500) throw new Error("not now");
      const answer = await post(here, main.dataset.ask);
      if (answer.status >= 500) throw new Error("not now");
      if (!show(await answer.text())) return false;
      say("新しい記録を表示しました " + clock());
    } catch {
      say("いま更新できません。表示は最後に読めた内容です。電話でも確かめてください", true);
    }
    return true;
  };
  const again = async () => { if (await ask()) setTimeout(again, EVERY); };
  told.hidden = false;
  say("自動で更新中");
  setTimeout(again, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && main.isConnected) ask(); });
})();
