// Moves to the list of errors when the page opens with one.
export default function (box) {
  box.focus();
}
