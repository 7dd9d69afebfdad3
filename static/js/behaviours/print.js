// A button that prints the page.
export default function (button) {
  button.addEventListener("click", () => window.print());
}
