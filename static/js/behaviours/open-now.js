// A dialog that is open when the page comes back with something to put right.
export default function (dialog) {
  dialog.showModal();
}
