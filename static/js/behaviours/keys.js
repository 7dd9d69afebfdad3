// Single letters press the button that shows them, unless somebody is typing.
export default function (bar) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.target.matches("input, textarea, select")) {
      return;
    }
    const button = bar.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
}
