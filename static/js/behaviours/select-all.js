// Selects a whole value when it is touched, so that it can be copied.
export default function (input) {
  input.addEventListener("focus", () => input.select());
}
