// What HTML alone cannot do in the chat: sending with Enter, dropping files, staying at the end, threads, drawers.
"use strict";

const $ = (selector) => document.querySelector(selector);
const page = document.body.dataset;
const log = $("#log");
const box = $("#line");
const composer = $("#composer");
const files = $("#files");

// --- sending

// An id per event lets the server recognise a repeat. Words that did not arrive keep theirs.
const freshId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
let unsent = null;

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.action !== "/say") return;
  const body = ctx.request.body;
  const words = (body.get("line") || "").trim();
  if (ctx.sourceElement !== composer) {
    body.set("event_id", ctx.sourceElement.matches("form") ? idOf(ctx.sourceElement) : freshId());
    return;
  }
  if (!words && !chosen.length) {
    event.preventDefault();
    return;
  }
  body.delete("files");
  chosen.forEach((file) => body.append("files", file));
  body.set("event_id", unsent && unsent.words === words && !chosen.length ? unsent.id : freshId());
  ctx.mine = { words, id: body.get("event_id"), files: chosen };
  unsent = null;
  remember(words);
  choose([]);
  replyTo(null);
  box.value = "";
  grow();
  toEnd();
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.action !== "/say") return;
  tried.delete(ctx.sourceElement);
  if (ctx.response.status < 300) $("#notice").replaceChildren();
  else {
    if (!ctx.hx.retarget && !ctx.hx.redirect) say(ctx.mine ? page.lost : page.unheard);
    giveBack(ctx);
  }
});

document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (!ctx || ctx.response || ctx.request.method !== "POST") return;
  say(ctx.mine ? page.lost : page.unheard);
  giveBack(ctx);
});

function giveBack(ctx) {
  if (!ctx.mine) return;
  unsent = ctx.mine;
  if (!box.value) box.value = ctx.mine.words;
  if (!ctx.response) choose(ctx.mine.files);
  grow();
  box.focus();
}

function say(words) {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = words;
  $("#notice").replaceChildren(line);
}

// --- the box

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

const narrow = matchMedia("(max-width: 600px)");
box.dataset.long = box.placeholder;

function invite() {
  box.placeholder = narrow.matches ? box.dataset.short : box.dataset.long;
  grow();
}
narrow.addEventListener("change", invite);

const kept = `said:${page.me}`;
let past = JSON.parse(sessionStorage.getItem(kept) || "[]");
let back = past.length;

function remember(words) {
  if (words && past.at(-1) !== words) past = [...past.slice(-49), words];
  back = past.length;
  sessionStorage.setItem(kept, JSON.stringify(past));
}

box.addEventListener("input", () => {
  grow();
  back = past.length;
});

box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // the Enter that chooses a Chinese word
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    composer.requestSubmit();
  } else if (event.key === "Escape") {
    replyTo(null);
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    walk(event);
  }
});

// Up and down go through what was sent, as long as the words in the box are untouched.
function walk(event) {
  const untouched = back < past.length ? box.value === past[back] : !box.value;
  const next = back + (event.key === "ArrowUp" ? -1 : 1);
  if (!untouched || next < 0 || next > past.length) return;
  event.preventDefault();
  back = next;
  box.value = past[back] || "";
  grow();
  box.setSelectionRange(box.value.length, box.value.length);
}

// --- files

let chosen = [];

function choose(list) {
  chosen = list;
  files.value = "";
  $("#chosen").replaceChildren(...list.map(chip));
}

function chip(file) {
  const item = document.createElement("li");
  const away = $("[data-no-reply]").cloneNode(true);
  away.removeAttribute("data-no-reply");
  away.setAttribute("aria-label", `× ${file.name}`);
  away.addEventListener("click", () => choose(chosen.filter((one) => one !== file)));
  item.append(file.name, away);
  return item;
}

function add(list) {
  choose([...chosen, ...list].slice(0, 20));
  box.focus();
}

$("#pick").addEventListener("click", () => files.click());
files.addEventListener("change", () => add([...files.files]));
box.addEventListener("paste", (event) => {
  const pasted = [...event.clipboardData.files];
  if (!pasted.length || event.clipboardData.getData("text/plain")) return;
  event.preventDefault();
  add(pasted);
});

let depth = 0;
const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
function dropping(event, change) {
  if (!carries(event)) return;
  event.preventDefault();
  depth = Math.max(0, depth + change);
  document.body.classList.toggle("dropping", depth > 0);
}
addEventListener("dragenter", (event) => dropping(event, 1));
addEventListener("dragleave", (event) => dropping(event, -1));
addEventListener("dragover", (event) => dropping(event, 0));
addEventListener("drop", (event) => {
  dropping(event, -depth);
  if (carries(event)) add([...event.dataTransfer.files]);
});

// --- replies

function replyTo(id) {
  $("#reply-to").value = id || "";
  $("#replying").hidden = !id;
  if (!id) return;
  const said = document.getElementById(`said-${id}`);
  const words = said.querySelector(".title, .body, .bubble, .pressed") || said;
  $("#replying q").textContent = words.textContent.trim().replace(/\s+/g, " ").slice(0, 80);
  box.focus();
}

document.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-reply]");
  if (reply) replyTo(reply.dataset.reply);
  else if (event.target.closest("[data-no-reply]")) replyTo(null);
  else if (event.target.closest("[data-drawer]")) drawer(event.target.closest("[data-drawer]").dataset.drawer);
  else if (event.target.closest("[data-theme-switch]")) shade();
  else if (event.target.closest("#checklist .task, #checklist .empty button")) drawer("");
});

// --- drawers, colours

let opener = null;

function drawer(name) {
  const closing = !name && page.open;
  if (name) page.open = name;
  else delete page.open;
  document.querySelectorAll("[aria-controls]").forEach((button) => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-controls") === name));
  });
  if (name) {
    opener = document.activeElement;
    document.getElementById(name).focus();
  } else if (closing && opener) {
    opener.focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  drawer("");
  document.querySelectorAll(".menu[open]").forEach((menu) => menu.removeAttribute("open"));
});

document.addEventListener("click", (event) => {
  document.querySelectorAll(".menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
});

function shade() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  $("#night").media = dark ? "not all" : "all";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

// --- what arrives

let atEnd = true;
const toEnd = () => {
  log.scrollTop = log.scrollHeight;
  atEnd = true;
  $("#down").hidden = true;
};
log.addEventListener("scroll", () => {
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  if (atEnd) $("#down").hidden = true;
});
$("#down").addEventListener("click", toEnd);

// Shows the end, or the beginning of a form that is longer than the window.
function follow(line, fillIn) {
  toEnd();
  const form = line && line.querySelector(".said form.asked");
  if (!form) return;
  const first = [...form.elements].find((field) => field.type !== "hidden");
  if (fillIn && !box.value) first.focus({ preventScroll: true });
  const top = line.getBoundingClientRect().top - log.getBoundingClientRect().top;
  if (top >= 0) return;
  log.scrollTop += top;
  atEnd = false;
}

// A notice, a longer box or the keyboard of a phone takes room away: the end stays in sight.
new ResizeObserver(() => atEnd && toEnd()).observe(log);

let arrived = "";
let asked = false; // the last line but one was this person's: what the bot says now is for them

// A line that is here already was edited, or came twice: it is changed in place and its thread stays.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (!ctx.sourceElement.hasAttribute("hx-sse:connect")) return;
  for (const task of tasks) {
    const line = task.fragment.querySelector("[data-line]");
    if (!line) continue;
    arrived = line.id;
    const here = document.getElementById(line.id);
    if (here) {
      const said = document.createDocumentFragment();
      said.append(line.querySelector(".said"));
      Object.assign(task, { fragment: said, target: here.querySelector(".said"), swapSpec: { style: "outerMorph" } });
    } else {
      task.target = task.target || $("#lines");
      if (line.hasAttribute("data-mine")) atEnd = true;
      else if (!atEnd) $("#down").hidden = false;
    }
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  tidy();
  if (ctx.sourceElement.matches(".asked")) sentBack(ctx.sourceElement);
  if (!ctx.sourceElement.hasAttribute("hx-sse:connect")) return;
  const line = document.getElementById(arrived);
  if (atEnd) follow(line, asked);
  asked = Boolean(line) && line.hasAttribute("data-mine");
});

function tidy() {
  let day = "";
  document.querySelectorAll("#lines > [data-line]").forEach((line) => {
    line.toggleAttribute("data-new-day", line.dataset.day !== day);
    day = line.dataset.day;
  });
  document.querySelectorAll(".thread").forEach((thread) => {
    const count = thread.querySelectorAll("li").length;
    const { one, many } = $("#lines").dataset;
    thread.querySelector("summary").textContent = count === 1 ? one : many.replace("2", count);
  });
  unread();
}

// Which rooms have something new is this browser's own knowledge: what it has shown, it has shown.
function unread() {
  document.querySelectorAll(".doors a[data-room]").forEach((door) => {
    const name = `read:${page.me}:${door.dataset.room}`;
    const seen = Number(door.dataset.seen);
    if (door.hasAttribute("aria-current")) localStorage.setItem(name, Math.max(seen, Number(page.seen)));
    door.classList.toggle("unread", seen > Number(localStorage.getItem(name) || 0));
  });
}

document.addEventListener("htmx:sse:after:message", (event) => {
  if (event.detail.message.id) page.seen = event.detail.message.id;
});
document.addEventListener("htmx:sse:after:connection", () => {
  $("#offline").hidden = true;
});
document.addEventListener("htmx:sse:error", () => {
  $("#offline").hidden = document.hidden;
});


// --- another language

// The whole page is in it, so it is drawn anew; what stands half typed in the box comes along.
const draft = `draft:${page.me}:${page.room}`;

document.body.addEventListener("tongue", () => {
  sessionStorage.setItem(draft, box.value);
  location.reload();
});

box.value = sessionStorage.getItem(draft) || box.value;
sessionStorage.removeItem(draft);
tidy();
invite();
follow($("#lines > [data-line]:last-child"), false);
