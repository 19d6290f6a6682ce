// Sends each file by itself, so that its progress shows and one that broke off can be sent again. Old browsers too.
"use strict";

(function () {
  const form = document.getElementById("upload");
  const words = form.dataset;
  const list = document.getElementById("list");
  const told = document.getElementById("told");
  const wanted = document.querySelector(".words");
  const finish = document.querySelector("#finish button");
  const kinds = words.kinds.split(",");
  const queue = [];
  let busy = false;
  let batch = "";
  let arrived = 0;

  document.documentElement.classList.add("js");

  form.addEventListener("change", function (event) {
    Array.prototype.forEach.call(event.target.files, add);
    event.target.value = "";
    next();
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
  });

  window.addEventListener("beforeunload", function (event) {
    if (!busy) return;
    event.preventDefault();
    event.returnValue = "";
  });

  function add(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    item.appendChild(name);
    item.appendChild(document.createElement("span"));
    list.appendChild(item);
    told.textContent = "";
    const ending = /\.[^.]*$/.exec(file.name.toLowerCase());
    if (kinds.indexOf(ending ? ending[0] : "") < 0) say(item, "no", words.kind.replace("{name}", file.name));
    else if (file.size > Number(words.most)) say(item, "no", words.large);
    else wait({ file: file, item: item });
  }

  function wait(one) {
    say(one.item, "wait", words.wait);
    queue.push(one);
  }

  function say(item, kind, text) {
    item.lastChild.className = kind;
    item.lastChild.textContent = text;
  }

  function next() {
    if (busy) return;
    if (queue.length && arrived < Number(words.mostFiles)) send(queue.shift());
    else if (arrived) give();
  }

  function work(on) {
    busy = on;
    finish.disabled = on;
  }

  function fresh() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function send(one) {
    work(true);
    batch = batch || fresh();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    say(one.item, "wait", "");
    one.item.lastChild.appendChild(bar);
    const post = new XMLHttpRequest();
    post.open("POST", form.action + "/file?batch=" + batch + "&name=" + encodeURIComponent(one.file.name));
    post.setRequestHeader("Content-Type", "application/octet-stream");
    post.upload.addEventListener("progress", function (event) {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    post.addEventListener("load", function () { heard(one, post); });
    post.addEventListener("error", function () { lost(one); });
    post.addEventListener("abort", function () { lost(one); });
    post.send(one.file);
  }

  function heard(one, post) {
    if (isOver(post)) return;
    if (post.status !== 200 && [413, 415, 429, 507].indexOf(post.status) < 0) {
      lost(one);
      return;
    }
    one.item.lastChild.className = "";
    one.item.lastChild.innerHTML = post.responseText;
    if (post.status === 200) arrived += 1;
    work(false);
    next();
  }

  // The page was closed, or its time is over: drawn anew it says so.
  function isOver(post) {
    if (post.status !== 404 && post.status !== 410) return false;
    busy = false;
    window.location.reload();
    return true;
  }

  function lost(one) {
    say(one.item, "no", words.lost);
    again(one.item.lastChild, function () { wait(one); });
    work(false);
    next();
  }

  function again(place, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "outline";
    button.textContent = words.again;
    button.addEventListener("click", function () {
      act();
      next();
    });
    place.appendChild(document.createElement("br"));
    place.appendChild(button);
  }

  function give() {
    work(true);
    const post = new XMLHttpRequest();
    post.open("POST", form.action + "/give");
    post.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    post.addEventListener("load", function () {
      if (isOver(post)) return;
      work(false);
      if (post.status !== 200) {
        kept();
        return;
      }
      told.innerHTML = post.responseText;
      const undone = told.querySelector("[data-again]");
      if (undone) {
        again(undone, clear);
        return;
      }
      if (wanted) wanted.hidden = true;
      batch = "";
      arrived = 0;
      next();
    });
    post.addEventListener("error", function () {
      work(false);
      kept();
    });
    post.send("batch=" + batch);
  }

  function clear() {
    told.innerHTML = "";
  }

  // They have arrived, and perhaps are in the chat; only the word on that was lost. It is said again when asked for, or
  // once the next file has come: of one batch the server hands over what it has not yet, and nothing twice.
  function kept() {
    clear();
    const line = document.createElement("p");
    line.className = "told no";
    line.textContent = words.lost;
    told.appendChild(line);
    again(line, clear);
  }
})();
