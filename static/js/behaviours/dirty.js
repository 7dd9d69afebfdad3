// Asks before leaving a form that was changed and not sent.
export default function (form) {
  let dirty = form.dataset.unsaved !== undefined;
  form.addEventListener("input", () => {
    dirty = true;
  });
  form.addEventListener("submit", () => {
    dirty = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) {
      event.preventDefault();
    }
  });
}
