// Forms in the conversation: one that is sent twice is heard once, and what is wrong stands at its field.
"use strict";

// A form whose answer was lost on the way is the same event when it is sent again as it is.
const tried = new WeakMap();

function idOf(form) {
  const words = new URLSearchParams(new FormData(form)).toString();
  const before = tried.get(form);
  const id = before && before.words === words ? before.id : freshId();
  tried.set(form, { words, id });
  return id;
}

function forgive(form) {
  form.querySelectorAll(".why").forEach((why) => why.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.dataset.hint);
  });
}

// Why it was sent back stands at the field that it is about, else at the button.
function sentBack(form) {
  const why = form.querySelector(".back .why");
  if (!why) return;
  const field = why.dataset.field && form.elements[`field.${why.dataset.field}`];
  if (field && field.type !== "hidden") {
    field.dataset.hint = field.getAttribute("aria-describedby") || "";
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${why.id} ${field.dataset.hint}`.trim());
    field.after(why);
    field.focus({ preventScroll: true });
  }
  why.scrollIntoView({ block: field ? "center" : "nearest" });
}

document.addEventListener("htmx:before:request", (event) => {
  const form = event.detail.ctx.sourceElement;
  if (form.matches(".asked")) forgive(form);
});
