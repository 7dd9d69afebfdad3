// A button that closes the dialog around it.
export default function (button) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
