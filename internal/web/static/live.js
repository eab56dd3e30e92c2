// Reads the page again every few seconds and puts what is new in the place of what was there, unless somebody is at work on it.
"use strict";
(() => {
  const every = 5000;
  const main = () => document.querySelector("main[data-live]");
  const status = document.getElementById("status");
  if (!main()) return;
  for (const note of document.querySelectorAll(".live")) note.hidden = false;

  // What was done is said once.
  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }

  const busy = () => {
    const selected = document.getSelection();
    return main().contains(document.activeElement) && document.activeElement !== main()
      || selected && !selected.isCollapsed && main().contains(selected.anchorNode)
      || [...main().querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
  };

  const swap = (now, next) => {
    const open = [...now.querySelectorAll("details[open][id]")].map((details) => details.id);
    const scrolled = [...now.querySelectorAll("[role=region][aria-label]")].map((region) => [region.ariaLabel, region.scrollLeft]);
    now.replaceChildren(...next.childNodes);
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    for (const [label, left] of scrolled) {
      for (const region of now.querySelectorAll("[role=region][aria-label]")) {
        if (region.ariaLabel === label) region.scrollLeft = left;
      }
    }
    if (now.dataset.state !== next.dataset.state) {
      now.dataset.state = next.dataset.state;
      status.textContent = next.dataset.state;
    }
  };

  // refresh tells whether the page is what it was asked for.
  const refresh = async () => {
    if (document.visibilityState !== "visible" || busy()) return false;
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(4 * every) });
    if (answer.redirected) return location.reload(); // the session is over
    if (!answer.ok) return false;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = next.querySelector("main");
    if (!fresh || busy()) return false;
    if (!fresh.hasAttribute("data-live")) return location.reload(); // it has come to rest
    swap(main(), fresh);
    document.querySelector("footer").replaceChildren(...next.querySelector("footer").childNodes);
    document.title = next.title;
    return true;
  };

  let timer = setTimeout(loop, every);
  let reading = false;
  async function loop() {
    clearTimeout(timer);
    if (reading) return; // it goes on by itself: two would go on for good
    reading = true;
    const said = await refresh().catch(() => false); // the next one may succeed
    reading = false;
    for (const note of document.querySelectorAll(".live")) note.hidden = !said;
    timer = setTimeout(loop, every);
  }
  document.addEventListener("visibilitychange", loop); // whoever comes back sees what is true now
})();
