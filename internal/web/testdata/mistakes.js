(() => {
  const found = [];
  const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className && typeof e.className === "string" ? "." + e.className : "") +
    " \"" + (e.textContent || "").trim().slice(0, 40) + "\"";
  const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === "visible";

  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide"));
    found.push("wider than the screen: " + document.documentElement.scrollWidth + " " + wide.slice(0, 3).map(name).join(", "));
  }

  const headings = [...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) found.push("not one h1");
  headings.forEach((level, i) => { if (i > 0 && level > headings[i - 1] + 1) found.push("a heading is left out above h" + level); });
  for (const landmark of ["header", "main", "footer"]) if (document.querySelectorAll(landmark).length !== 1) found.push("not one " + landmark);
  if (!document.documentElement.lang || !document.title) found.push("no language or no title");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) found.push("an id is there twice");

  for (const e of document.querySelectorAll("input:not([type=hidden], [hidden]), select, textarea")) if (!e.labels.length) found.push("no label: " + name(e));
  for (const e of document.querySelectorAll("a, button, summary")) if (!(e.textContent.trim() || e.ariaLabel)) found.push("no name: " + name(e));
  for (const e of document.querySelectorAll("svg, img, progress, [role=region], [role=img], nav")) {
    if (!(e.ariaLabel || e.getAttribute("aria-hidden") === "true" || e.alt)) found.push("no name: " + name(e));
  }
  for (const e of document.querySelectorAll("[aria-describedby]")) if (!document.getElementById(e.getAttribute("aria-describedby"))) found.push("described by nothing: " + name(e));
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) found.push("no caption: " + name(table));
    for (const th of table.querySelectorAll("th")) if (!th.scope) found.push("no scope: " + name(th));
    for (const row of table.tBodies[0].rows) if (!row.querySelector("th")) found.push("a row without a header: " + name(row));
  }
  for (const e of document.querySelectorAll("main *")) {
    if (e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0) found.push("cannot be scrolled by keys: " + name(e));
  }

  const parsed = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const color = parsed(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !shown(e) || e.closest(".unseen, svg, script")) continue;
    const [a, b] = [light(parsed(getComputedStyle(e).color)), light(ground(e))];
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) found.push("contrast " + contrast.toFixed(2) + ": " + name(e));
  }
  return found;
})()
