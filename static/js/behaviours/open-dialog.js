// A button that opens the dialog named in data-dialog.
export default function (button) {
  button.addEventListener("click", () => document.getElementById(button.dataset.dialog).showModal());
}
